#!/usr/bin/env bash
# The quick gate, under five minutes. Style beyond whitespace is a build error already (EnforceCodeStyleInBuild).
source "$(dirname "$0")/environment.sh"

say "restore"
dotnet restore Store.sln -v q
say "format"
dotnet format whitespace Store.sln --no-restore --verify-no-changes || fail "run: make format"
say "build"
dotnet build Store.sln --no-restore -c "$configuration" -v q
eng/test.sh --quick
