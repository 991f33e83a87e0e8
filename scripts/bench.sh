#!/usr/bin/env bash
# The figures of `make bench`: scripts/bench.sh QCC. Best of several runs each; wall time from start to end of the process.
# The large networks are those of ../shared/models, where that folder exists; otherwise the digits networks are measured.
set -euo pipefail
cd "$(dirname "$0")/.."
qcc=$1
models=../shared/models/qkeras
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# best RUNS COMMAND...: the shortest wall time of the runs in seconds; a run that fails ends the benchmark.
best() {
  local runs=$1 start end shortest=
  shift
  for ((i = 0; i < runs; i++)); do
    start=$(date +%s%N)
    "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; return 1; }
    end=$(date +%s%N)
    [[ -z $shortest || $((end - start)) -lt $shortest ]] && shortest=$((end - start))
  done
  printf '%d.%03d' $((shortest / 1000000000)) $((shortest / 1000000 % 1000))
}

line() { printf '%-44s %s\n' "$1" "$2"; }

if [[ -d $models ]]; then
  networks=("$models"/*_affine.h5)
else
  echo "no folder $models: measuring the digits networks instead"
  networks=(testdata/digits_*_affine.h5 testdata/digits_dense.h5)
fi
echo "compile: from file to C project"
for network in "${networks[@]}"; do
  line "  $(basename "$network")" "$(best 5 "$qcc" compile "$network" -o "$scratch/out") s"
done
echo "tile-report: import, lowering, tiling and one cycle simulation"
for network in "${networks[@]}"; do
  line "  $(basename "$network")" "$(best 5 "$qcc" tile-report "$network") s"
done
echo "verify: 64 samples, without the C compiler"
for network in "${networks[@]}"; do
  line "  $(basename "$network")" "$(best 2 "$qcc" verify "$network" --samples 64 --no-emitted) s"
done
echo
echo "import, kernels, simulator, emitter, tiling and cycle simulation"
for benchmark in .build/release/*-bench; do
  echo "-- $(basename "$benchmark")"
  case $benchmark in
    */import-bench | */compile-bench) "$benchmark" "${networks[@]}" ;;
    */simulator-bench)
      "$benchmark"
      if [[ -d $models ]]; then "$benchmark" "$models"/../onnx/*_qdq_s8_per_channel.onnx "${networks[@]}"; fi
      ;;
    */calibration-bench) "$benchmark" testdata/quantize/{digits_float.h5,calibration.npy,calibration.npy} 8 8 8 ;;
    *) "$benchmark" ;;
  esac
done
