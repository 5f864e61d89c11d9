# Sourced by the scripts in eng/: one place for what they share.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The summary lines are parsed, so they must be English; a build server that lingers would outlive the script.
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
export NuGetAudit=false
configuration=Release

say() { printf '== %s\n' "$*"; }

warn() { printf 'warning: %s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

runtime_identifier() {
    case "$(uname -m)" in
        x86_64) echo linux-x64 ;;
        aarch64) echo linux-arm64 ;;
        *) fail "no build is prepared for $(uname -m); use: dotnet publish src/Cli" ;;
    esac
}

# Projects of the solution, one path a line.
solution_projects() {
    dotnet sln Store.sln list | tr -d '\r' | grep '\.csproj$'
}
