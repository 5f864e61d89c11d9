#!/usr/bin/env bash
# Runs the test projects of the solution one after the other, so that a crashed or hung host is seen and named.
# usage: eng/test.sh [--quick]     --quick: unit and architecture tests only, on what is already built
# The last line is "N passed, N failed, N skipped", summed over all suites.
source "$(dirname "$0")/environment.sh"

quick=false
[ "${1:-}" = --quick ] && quick=true
# A suite that takes longer hangs; the limit is far above the slowest one and below the CI's own.
suite_seconds_max=900
logs=.state/test
# What failed without being a test: the format, a host that crashed.
broken=0
rm -rf "$logs"
mkdir -p "$logs"

# Simulation, Compatibility and Fuzz take minutes or need real peers: not part of the quick gate.
is_quick() {
    case "$1" in
        *.Tests.csproj | *Keelson.Architecture.csproj) return 0 ;;
        *) return 1 ;;
    esac
}

# A test project without a test yet (a library that others use) prints no summary and owes none.
has_tests() {
    grep -q 'Microsoft.NET.Test.Sdk' "$1" &&
        grep -rqE --include='*.cs' '\[(Test|TestCase|TestCaseSource|Theory|Property|FsCheck\.NUnit\.Property)\b' "$(dirname "$1")"
}

if ! $quick; then
    if [ -x eng/peers.sh ]; then
        say "real peers"
        eng/peers.sh
    fi
    if compgen -G 'src/Cli/*.cs' >/dev/null; then
        say "the program"
        eng/build.sh
    fi
    say "build"
    dotnet build Store.sln -c "$configuration" -v q
    say "format"
    dotnet format whitespace Store.sln --no-restore --verify-no-changes || { warn "run: make format"; broken=1; }
fi

projects=()
for project in $(solution_projects); do
    if has_tests "$project" && { ! $quick || is_quick "$project"; }; then
        projects+=("$project")
    fi
done

passed=0 failed=0 skipped=0 number=0
for project in "${projects[@]}"; do
    name=$(basename "$project" .csproj)
    number=$((number + 1))
    say "[$number/${#projects[@]}] $name"
    log=$logs/$name.log
    status=0
    timeout --kill-after=30 "$suite_seconds_max" \
        dotnet test "$project" --no-build -c "$configuration" -tl:off \
        >"$log" 2>&1 </dev/null || status=$?
    # Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, Duration: 1 s - Name.dll (net10.0)
    numbers=$(sed -nE 's/^(Passed|Failed|Skipped)! +- Failed: +([0-9]+), Passed: +([0-9]+), Skipped: +([0-9]+),.*/\2 \3 \4/p' "$log" | tail -n 1)
    if [ -z "$numbers" ]; then
        warn "$name printed no summary (exit $status): its host crashed or hung; the end of $log:"
        tail -n 40 "$log" >&2
        broken=$((broken + 1))
        continue
    fi
    read -r suite_failed suite_passed suite_skipped <<<"$numbers"
    passed=$((passed + suite_passed)) failed=$((failed + suite_failed)) skipped=$((skipped + suite_skipped))
    grep -E '^(Passed|Failed|Skipped)! ' "$log" | tail -n 1
    if [ "$status" -ne 0 ]; then
        sed -n '/^  Failed /,$p' "$log" | grep -vE '^(Passed|Failed)! ' | head -n 200 || true
        # Failures are counted above; a bad exit without one is a crash after the summary.
        [ "$suite_failed" -gt 0 ] || { warn "$name exited with $status although no test failed"; broken=$((broken + 1)); }
    fi
done

failed=$((failed + broken))
verdict=0
[ "$failed" -eq 0 ] || verdict=1
[ $((passed + failed)) -gt 0 ] || { warn "no test was executed"; verdict=1; }
echo "$passed passed, $failed failed, $skipped skipped" | tee "$logs/summary"
exit "$verdict"
