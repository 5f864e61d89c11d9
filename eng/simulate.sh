#!/usr/bin/env bash
# Whole nodes in virtual time, one seed after the other; goes on where the last run stopped (.state/simulate).
# usage: eng/simulate.sh [seconds] [kind or all] [seed: only this one, with its last events when it fails]
source "$(dirname "$0")/environment.sh"

say "build tests/Simulation (the first time takes a minute or two)"
dotnet build tests/Simulation -c "$configuration" -v q
exec dotnet artifacts/bin/Keelson.Simulation/release/Keelson.Simulation.dll "${1:-60}" "${2:-all}" "${3:-}"
