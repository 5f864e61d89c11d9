#!/usr/bin/env bash
# Costs of single parts, and our log beside FASTER's. usage: eng/bench-micro.sh [words that a benchmark's name contains]
source "$(dirname "$0")/environment.sh"

say "build bench/Micro (the first time takes a minute or two)"
dotnet build bench/Micro -c "$configuration" -v q
exec dotnet artifacts/bin/Keelson.Bench.Micro/release/Keelson.Bench.Micro.dll "$@"
