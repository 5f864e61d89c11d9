#!/usr/bin/env bash
# A long run of the fuzz targets; goes on at the seed where the last one stopped (.state/fuzz).
# usage: eng/fuzz.sh [seconds, shared by the targets] [target or all] [seed: only this input]
source "$(dirname "$0")/environment.sh"

say "build tests/Fuzz (the first time takes a minute or two)"
dotnet build tests/Fuzz -c "$configuration" -v q
exec dotnet artifacts/bin/Keelson.Fuzz/release/Keelson.Fuzz.dll "${1:-60}" "${2:-all}" "${3:-}"
