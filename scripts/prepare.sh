#!/usr/bin/env bash
# Makes a machine ready to build qcc, with --tests also to test it, with --embedded to run networks on simulated
# microcontrollers, with --multiplier to synthesize multipliers: checks Swift, installs by apt what is missing and says so, fetches
# the packages. Where it may not install anything it says what to install instead.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}

fail() {
  printf 'prepare: %s\n' "$@" >&2
  exit 1
}

command -v "$swift" >/dev/null || fail "no '$swift' on the PATH: install Swift 6.1 or later from https://swift.org/install"
version=$("$swift" --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -1)
read -r major minor <<<"${version:-0 0}"
((major > 6 || (major == 6 && minor >= 1))) || fail "Swift $major.$minor found; qcc needs 6.1 or later (https://swift.org/install)"

missing=()
command -v git >/dev/null || missing+=(git ca-certificates)
command -v pkg-config >/dev/null || missing+=(pkg-config)
# Verification compiles the emitted C: any of the three will do, and Swift brings clang.
command -v cc >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null || missing+=(gcc libc6-dev)
pkg-config --exists hdf5-serial 2>/dev/null || missing+=(libhdf5-dev)
pkg-config --exists minizip 2>/dev/null || missing+=(libminizip-dev)
pkg-config --exists libseccomp 2>/dev/null || missing+=(libseccomp-dev)
pkg-config --exists libprotobuf-c 2>/dev/null || missing+=(libprotobuf-c-dev)
pkg-config --exists flatbuffers 2>/dev/null || missing+=(libflatbuffers-dev)
pkg-config --exists yaml-0.1 2>/dev/null || missing+=(libyaml-dev)
pkg-config --exists sqlite3 2>/dev/null || missing+=(libsqlite3-dev)
# The tests compile emitted C with gcc and with Swift's clang.
[[ ${1:-} != --tests ]] || command -v gcc >/dev/null || missing+=(gcc libc6-dev)
# And the kernels for synthesis with g++.
[[ ${1:-} != --tests ]] || command -v g++ >/dev/null || missing+=(g++)
# They ask clang's analysis whether loops have bounds, where Debian has the version whose answers they read.
if [[ ${1:-} == --tests && ! -x /usr/bin/opt-14 ]] && apt-cache show clang-14 llvm-14 >/dev/null 2>&1; then missing+=(clang-14 llvm-14); fi
# And whether emitted C keeps to the rules of MISRA that docs/misra.md does not except.
[[ ${1:-} != --tests ]] || command -v cppcheck >/dev/null || missing+=(cppcheck)
# Whether the C generated from schemas/ is fresh is one of the checks.
[[ ${1:-} != --tests ]] || command -v protoc-c >/dev/null || missing+=(protobuf-c-compiler)
[[ ${1:-} != --tests ]] || command -v flatc >/dev/null || missing+=(flatbuffers-compiler)
if [[ ${1:-} == --embedded ]]; then
  command -v arm-none-eabi-gcc >/dev/null || missing+=(gcc-arm-none-eabi)
  command -v riscv64-unknown-elf-gcc >/dev/null || missing+=(gcc-riscv64-unknown-elf)
  command -v qemu-system-arm >/dev/null || missing+=(qemu-system-arm)
  command -v qemu-system-riscv32 >/dev/null || missing+=(qemu-system-misc)
  for processor in arm-none-eabi riscv64-unknown-elf; do
    [[ -e /usr/lib/picolibc/$processor/picolibc.specs ]] || missing+=("picolibc-$processor")
  done
fi

if [[ ${1:-} == --multiplier ]]; then
  command -v yosys >/dev/null || missing+=(yosys)
  [[ -e /usr/share/qflow/tech/osu018/osu018_stdcells.lib ]] || missing+=(qflow-tech-osu018)
fi

if ((${#missing[@]})); then
  command -v apt-get >/dev/null ||
    fail "missing: ${missing[*]} (names of Debian packages); this system has no apt-get to install them" \
      "libhdf5 and minizip are looked for where Debian has them, the other C libraries by pkg-config: flatbuffers, libprotobuf-c, libseccomp, sqlite3, yaml-0.1"
  root=()
  if [[ $(id -u) != 0 ]]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
      root=(sudo)
    else
      fail "missing: ${missing[*]}; ask an administrator for: apt-get install --no-install-recommends ${missing[*]}"
    fi
  fi
  echo "prepare: installing ${missing[*]} with ${root[*]:+${root[*]} }apt-get"
  apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"; }
  # Lists of packages are often missing or stale where nothing was installed for a while.
  apt update || echo "prepare: apt-get update failed; trying with the lists that are here" >&2
  apt install -y --no-install-recommends "${missing[@]}" >/dev/null || fail "apt-get install ${missing[*]} failed"
  for library in flatbuffers hdf5-serial libprotobuf-c libseccomp minizip sqlite3 yaml-0.1; do
    pkg-config --exists "$library" || fail "${missing[*]} are installed, but pkg-config does not know $library"
  done
fi

# The types of the tools for synthesis, ac_int and ap_int: headers of a Python package, of which nothing else is used. Tests of the
# kernels say where they are missing.
types=.build/hls4ml
if [[ ${1:-} == --tests && ! -d $types ]]; then
  package=$(mktemp -d)
  if python3 -m pip download --quiet --no-deps --dest "$package" hls4ml==1.3.0 >/dev/null 2>&1; then
    python3 -m zipfile -e "$package"/hls4ml-*.whl "$package/hls4ml"
    mkdir -p .build
    mv "$package/hls4ml" "$types"
  else
    echo "prepare: hls4ml could not be downloaded with Python's pip; tests of the kernels for synthesis are skipped" >&2
  fi
  rm -rf "$package"
fi

# Fetching packages is the one step that needs a network; a first try may hit a hiccup.
for attempt in 1 2 3; do
  if "$swift" package resolve >/dev/null 2>.build-resolve.log; then
    rm -f .build-resolve.log
    exit 0
  fi
  sleep $((attempt * 2))
done
cat .build-resolve.log >&2
rm -f .build-resolve.log
fail "the Swift packages that qcc uses could not be fetched (see above)"
