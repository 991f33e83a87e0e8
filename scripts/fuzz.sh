#!/usr/bin/env bash
# Fuzzes the importers: scripts/fuzz.sh FUZZ SECONDS [TARGET ...], FUZZ being what `make fuzz` builds. All targets at once,
# from the seeds in testdata/fuzz. What crashes, hangs or takes too much memory is kept in build/fuzz; nothing else is.
set -uo pipefail
cd "$(dirname "$0")/.."
fuzz=$1 seconds=$2
shift 2
targets=("$@")
((${#targets[@]})) || targets=(keras hdf5 onnx tflite)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

seeds() {
  case $1 in
    tflite) echo testdata/tflite testdata/fuzz/tflite ;;
    hdf5) echo testdata/hdf5 testdata/refused testdata/formats testdata/formats/hostile ;;
    *) echo "testdata/fuzz/$1" "-dict=testdata/fuzz/$1.dict" ;;
  esac
}

mkdir -p build/fuzz
declare -A running
for target in "${targets[@]}"; do
  mkdir "$scratch/$target"
  # The limits say what counts as a hang and as too much memory. Fuzzing starts anew where a run ended early.
  QCC_FUZZ=$target "$fuzz" "$scratch/$target" $(seeds "$target") -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -malloc_limit_mb=512 -max_len=65536 -detect_leaks=0 -print_final_stats=1 -artifact_prefix="build/fuzz/$target-" \
    >"$scratch/$target.log" 2>&1 &
  running[$target]=$!
done
failed=0
for target in "${targets[@]}"; do
  log=$scratch/$target.log
  if wait "${running[$target]}"; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "$target: $runs inputs, $(grep -oE 'cov: [0-9]+' "$log" | tail -1 | cut -d' ' -f2) edges reached, nothing found"
  else
    failed=1
    grep -vE '^#[0-9]+|^INFO|^Dictionary' "$log" | head -60
    artifact=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
    echo "$target: FOUND; reproduce it with: QCC_FUZZ=$target $fuzz $artifact"
  fi
done
rmdir build/fuzz build 2>/dev/null
exit $failed
