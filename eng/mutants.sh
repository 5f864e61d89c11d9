#!/usr/bin/env bash
# Breaks one rule of src/Raft at a time and shows that a test notices. usage: eng/mutants.sh [word of a name]
source "$(dirname "$0")/environment.sh"

tree=out/mutants
rm -rf "$tree"
mkdir -p "$tree/src" "$tree/tests"
cp -r Directory.*.props global.json .editorconfig eng "$tree/"
cp -r src/Base src/Store src/Raft src/Rpc src/StoreServer "$tree/src/"
cp -r tests/Raft.Tests tests/Simulation "$tree/tests/"
cp -r docs "$tree/"

run_tests() {
    dotnet test "$tree/tests/Raft.Tests" -p:TreatWarningsAsErrors=false -p:EnforceCodeStyleInBuild=false \
        -p:RunAnalyzers=false "$@" 2>&1 || true
}

# Tests that fail anyway would notice everything.
result=$(run_tests)
if ! grep -q '^Passed!' <<<"$result"; then
    printf '%s\n' "$result" | tail -20
    fail "the tests do not pass before anything is broken"
fi

survivors=0 killed=0
while IFS= read -r line; do
    case "$line" in '#'*|'') continue ;; esac
    IFS=$'\t' read -r name file from to < <(perl -pe 's/(?<!\\)\|/\t/g; s/\\\|/|/g' <<<"$line")
    [[ -z "${1:-}" || "$name" == *"$1"* ]] || continue
    # Only the file that was broken last and the one that is broken now change: the rest is not built again.
    [ -z "${broken:-}" ] || cp "src/Raft/$broken" "$tree/src/Raft/$broken"
    broken=$file
    FROM="$from" TO="$to" perl -0pi -e '
        BEGIN { $from = $ENV{FROM}; $to = $ENV{TO}; } $n = s/\Q$from\E/$to/; END { exit($n ? 0 : 1) }' \
        "$tree/src/Raft/$file" || fail "mutants.txt: '$name': the text is not in src/Raft/$file any more"
    result=$(run_tests --no-restore)
    if grep -q '^Passed!' <<<"$result"; then
        say "SURVIVES: $name"
        survivors=$((survivors + 1))
    elif grep -q 'Failed:' <<<"$result"; then
        noticed=$(sed -nE 's/^  Failed ([A-Za-z0-9_]+).*/\1/p' <<<"$result" | sort -u)
        say "$name: noticed by $(wc -l <<<"$noticed") ($(head -3 <<<"$noticed" | paste -sd' '))"
        killed=$((killed + 1))
    else
        printf '%s\n' "$result" | tail -20
        fail "'$name' does not build"
    fi
done <tests/Raft.Tests/mutants.txt
say "$killed mutants noticed, $survivors survive"
[ "$survivors" -eq 0 ]
