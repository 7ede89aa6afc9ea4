#!/usr/bin/env bash
# vulnerabilities.sh DATABASE OUT: asks govulncheck whether the program reaches code that is known to be vulnerable. DATABASE is a tar.gz
# holding vulndb/, or "online", or empty: then the check is left out, and OUT/skipped says so.
set -euo pipefail
database=$1 out=$2
tool=(go tool -modfile=tools/go.mod govulncheck)

if [ -z "$database" ]; then
  mkdir -p "$out"
  echo "govulncheck: no vulnerability database at hand (VULNDB=FILE.tar.gz or VULNDB=online)" | tee -a "$out/skipped"
  exit 0
fi
if [ "$database" = online ]; then
  exec "${tool[@]}" ./...
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tar -xzf "$database" -C "$dir"
"${tool[@]}" -db "file://$dir/vulndb" ./...
