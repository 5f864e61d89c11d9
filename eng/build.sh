#!/usr/bin/env bash
# Publishes the program to out/keelson: needs the .NET runtime on the machine, starts fast by ReadyToRun.
source "$(dirname "$0")/environment.sh"

say "publishing to out/keelson (the first time takes a minute or two)"
mkdir -p out
rid=$(runtime_identifier)
# Own artifacts and lock files: a build for one platform must not change those that are checked in.
options=(-r "$rid" --artifacts-path out/artifacts/publish -p:KeelsonLockFolder=out/artifacts/publish/locks)
ready_to_run=true
if ! dotnet restore src/Cli "${options[@]}" -p:PublishReadyToRun=true -v q >out/restore.log 2>&1; then
    warn "the ReadyToRun compiler for this runtime did not restore (out/restore.log): building without it, start is slower"
    ready_to_run=false
    dotnet restore src/Cli "${options[@]}" -p:PublishReadyToRun=false -v q
fi

dotnet publish src/Cli --no-restore -c "$configuration" "${options[@]}" --self-contained false \
    -p:PublishReadyToRun=$ready_to_run -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -o out/keelson -v q
say "out/keelson/keelson is built (ReadyToRun: $ready_to_run)"
