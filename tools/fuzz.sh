#!/usr/bin/env bash
# fuzz.sh DURATION: runs every fuzz target of the module for that long, one after the other.
set -euo pipefail
duration=$1

targets=$(grep -rEo --include='*_test.go' --exclude-dir=node_modules --exclude-dir=bench '^func Fuzz[A-Za-z0-9_]*' . | sort || true)
[ -n "$targets" ] || { echo "no fuzz target found" >&2; exit 1; }

# ended reports a run that failed for nothing but its own end: where the machine is busy, the go command now and then reports as an error that the
# time was over while a worker was still at its input. An input that fails is always written down and named.
ended() { grep -q '^ *context deadline exceeded$' <<<"$1" && ! grep -Eq 'Failing input|panic:|DATA RACE|_test\.go:[0-9]+:' <<<"$1"; }

while IFS= read -r line; do
  package=$(dirname "${line%%:*}") name=${line##*func }
  printf '%s %s: ' "$package" "$name"
  for try in 1 2 3; do
    if log=$(go test -run='^$' -fuzz="^$name\$" -fuzztime="$duration" "$package" 2>&1); then break; fi
    if [ "$try" = 3 ] || ! ended "$log"; then
      printf 'FAIL\n%s\n' "$log"
      exit 1
    fi
  done
  grep -Eo 'execs: [0-9]+' <<<"$log" | tail -n 1 || echo done
done <<<"$targets"
