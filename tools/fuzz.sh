#!/usr/bin/env bash
# fuzz.sh DURATION: runs every fuzz target of the module for that long, one after the other.
set -euo pipefail
duration=$1

targets=$(grep -rEo --include='*_test.go' --exclude-dir=node_modules '^func Fuzz[A-Za-z0-9_]*' . | sort || true)
[ -n "$targets" ] || { echo "no fuzz target found" >&2; exit 1; }
while IFS= read -r line; do
  package=$(dirname "${line%%:*}") name=${line##*func }
  printf '%s %s: ' "$package" "$name"
  if ! log=$(go test -run='^$' -fuzz="^$name\$" -fuzztime="$duration" "$package" 2>&1); then
    printf 'FAIL\n%s\n' "$log"
    exit 1
  fi
  grep -Eo 'execs: [0-9]+' <<<"$log" | tail -n 1 || echo done
done <<<"$targets"
