#!/usr/bin/env bash
# The larger-than-memory test with more data. usage: eng/test-memory.sh factor
source "$(dirname "$0")/environment.sh"

say "build tests/Cli.Tests (the first time takes a minute or two)"
dotnet build tests/Cli.Tests -c "$configuration" -v q
KEELSON_MEMORY_TEST_FACTOR=$1 exec dotnet test tests/Cli.Tests --no-build -c "$configuration" -tl:off \
    --filter "FullyQualifiedName~LargerThanMemory" --logger "console;verbosity=detailed"
