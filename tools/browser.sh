#!/usr/bin/env bash
# browser.sh WITHOUT OUT: the tests in a real browser, against the program as people get it (built without C).
set -euo pipefail
without=$1 out=$2
mkdir -p "$out"

if [[ " $without " == *" browser "* ]]; then
  echo "browser tests: left out by WITHOUT=browser" | tee -a "$out/skipped"
  exit 0
fi
echo "== browser tests"
CGO_ENABLED=0 go build -o "$out/workbench" ./cmd/workbench
cd e2e
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
E2E_BINARY=$out/workbench node --test --test-concurrency=1 \
  --test-reporter=spec --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination="$out/e2e.tap"
