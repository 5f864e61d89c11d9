#!/usr/bin/env bash
# Rewrites the sources to the house format: what dotnet format knows, and comments that are too long.
source "$(dirname "$0")/environment.sh"

dotnet format Store.sln
wrapped=0
while IFS= read -r file; do
    awk -f eng/wrap-comments.awk "$file" >"$file.wrapped"
    cat "$file.wrapped" >"$file"
    rm "$file.wrapped"
    wrapped=$((wrapped + 1))
done < <(grep -rlE --include='*.cs' --exclude-dir=obj --exclude-dir=bin '^ *///? .{112,}' src tests bench samples eng)
say "formatted; $wrapped files with long comments looked at"
