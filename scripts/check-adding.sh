#!/usr/bin/env bash
# The patches of Tests/Adding do what docs/adding-a-layer.md and docs/adding-a-quantizer.md say, and nothing more. This applies
# them to a copy of the tree and builds all that has to know every operator or quantizer.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
mkdir "$copy/.build"
# What is fetched already.
for part in checkouts repositories workspace-state.json; do
  [ ! -e ".build/$part" ] || cp -r ".build/$part" "$copy/.build/"
done
cd "$copy"
for patch in Tests/Adding/*.patch; do
  patch --quiet -p1 <"$patch"
  diffstat="$(grep -c '^diff' "$patch") files, $(grep -cE '^\+([^+]|$)' "$patch") lines"
  echo "$patch: $diffstat"
done
for target in Lowering ONNXExport KerasExport; do
  swift build --target "$target" --explicit-target-dependency-import-check error
done
