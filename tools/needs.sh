#!/usr/bin/env bash
# needs.sh WITHOUT: makes sure that what the tests need is here. As root on Debian it installs what is missing; anywhere else it says what
# is missing, what for, and how to go on. WITHOUT names what to do without: "browser".
set -euo pipefail
without=${1:-}

missing=()
lacks() { ! command -v "$1" >/dev/null 2>&1; }
lacks go && { echo "go is missing: everything here needs Go 1.26 or newer" >&2; exit 1; }
lacks git && missing+=(git)
lacks cc && lacks gcc && missing+=(gcc libc6-dev)
if [[ " $without " != *" browser "* ]]; then
  lacks chromium && missing+=(chromium)
  lacks node && missing+=(nodejs)
  lacks npm && missing+=(npm)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ] && ! lacks apt-get; then
  echo "== installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi

{
  echo "missing here: ${missing[*]}"
  echo "  gcc is for the race detector; chromium, nodejs and npm are for the tests in a real browser."
  echo "  On Debian: apt-get install ${missing[*]}"
  echo "  Without a browser: make test WITHOUT=browser"
} >&2
exit 1
