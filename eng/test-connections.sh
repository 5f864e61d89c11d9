#!/usr/bin/env bash
# The test of many connections in another size. usage: eng/test-connections.sh connections streams-of-each
# Needs as many open files in each of two processes; see ulimit -Hn.
source "$(dirname "$0")/environment.sh"

say "build tests/Cli.Tests (the first time takes a minute or two)"
dotnet build tests/Cli.Tests -c "$configuration" -v q
KEELSON_CONNECTIONS=$1 KEELSON_STREAMS=$2 exec dotnet test tests/Cli.Tests --no-build -c "$configuration" -tl:off \
    --filter "FullyQualifiedName~ManyConnections" --logger "console;verbosity=detailed"
