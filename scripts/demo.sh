#!/usr/bin/env bash
# The demo: scripts/demo.sh QCC NETWORK compiles NETWORK.h5, verifies it against its golden outputs and labels, reports
# its tiles, and runs the emitted project's own test bench. Shows each command before it runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
qcc=$1 network=$2
out=build/$(basename "$network")

run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

rm -rf "$out"
mkdir -p build
run "$qcc" compile "$network.h5" --target stmac -o "$out"
run "$qcc" verify "$network.h5" --inputs testdata/digits_x.npy --labels testdata/digits_labels.npy
run "$qcc" verify "$network.h5" --golden "$network.golden.h5"
run "$qcc" tile-report "$network.h5"
for compiler in cc gcc clang; do
  command -v "$compiler" >/dev/null || continue
  run make -s -C "$out" CC="$compiler" test
  break
done
