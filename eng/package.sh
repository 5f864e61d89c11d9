#!/usr/bin/env bash
# NuGet packages of the libraries that are for other people, and one file that needs nothing on the machine.
source "$(dirname "$0")/environment.sh"

rid=$(runtime_identifier)
rm -rf out/package
say "NuGet packages"
dotnet pack Store.sln -c "$configuration" -o out/package -v q
say "self-contained single file for $rid (takes about two minutes)"
dotnet publish src/Cli -c "$configuration" -r "$rid" --self-contained true --artifacts-path out/artifacts/package \
    -p:KeelsonLockFolder=out/artifacts/package/locks -p:PublishSingleFile=true \
    -p:IncludeNativeLibrariesForSelfExtract=true -p:EnableCompressionInSingleFile=true \
    -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -o "out/package/$rid" -v q
ls -l out/package out/package/"$rid"/keelson
say "packages are in out/package"
