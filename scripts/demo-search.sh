#!/usr/bin/env bash
# The demo of a search: scripts/demo-search.sh QCC finds widths for the float network of the digits, writes the chosen network and
# the search's page, compiles it, verifies it on inputs that the search has not seen, and runs the emitted project's own test
# bench. Shows each command before it runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
qcc=$1
out=build/search data=testdata/search

run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

rm -rf "$out"
mkdir -p "$out"
run "$qcc" search testdata/quantize/digits_float.h5 --calibration testdata/quantize/calibration.npy \
  --validation "$data/validation_x.npy" --labels "$data/validation_y.npy" --widths 2,3,4,8 --minimize bits \
  --max-drop 1 --evaluations 100 \
  --test "$data/test_x.npy" --test-labels "$data/test_y.npy" \
  -o "$out/digits.onnx" --report "$out/digits.html"
run "$qcc" compile "$out/digits.onnx" --target stmac -o "$out/digits"
run "$qcc" verify "$out/digits.onnx" --inputs "$data/test_x.npy" --labels "$data/test_y.npy"
for compiler in cc gcc clang; do
  command -v "$compiler" >/dev/null || continue
  run make -s -C "$out/digits" CC="$compiler" test
  break
done
