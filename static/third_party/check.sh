#!/usr/bin/env bash
# Fetches every package of packages.json by its name and compares each kept file byte for byte. Needs npm and node.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line for each package: name, version, then its files.
list() {
  node -e '
    for (const p of JSON.parse(require("fs").readFileSync("packages.json", "utf8")).packages)
      console.log([p.package, p.version, ...p.files.map((f) => f.path)].join("\t"));'
}

differ=0
checked=0
while IFS=$'\t' read -r name version rest; do
  dir="$work/$checked"
  mkdir "$dir"
  tarball=$(npm pack --silent --ignore-scripts --pack-destination "$dir" "$name@$version" | tail -n 1)
  tar -xzf "$dir/$tarball" -C "$dir"
  IFS=$'\t' read -ra files <<<"$rest"
  for file in "${files[@]}"; do
    checked=$((checked + 1))
    if ! cmp -s "$dir/package/$file" "$name/$file"; then
      echo "differs from $name@$version: $file" >&2
      differ=1
    fi
  done
done < <(list)

if ((checked == 0)); then
  echo "packages.json lists no files" >&2
  exit 1
fi
((differ == 0)) && echo "$checked files are as published"
exit "$differ"
