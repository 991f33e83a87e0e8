#!/usr/bin/env python3
"""Emitted projects as C compilers, sanitizers and MISRA's rules see them.

usage: Tests/c-check.py QCC [--networks FILE ...] [--targets NAME ...]

Compiles networks for both kinds of target, by default five of testdata. Each project builds without a warning as C99, C11 and C17 with
gcc and clang (-pedantic-errors -Wconversion -Wsign-conversion), its headers also as C++11 to C++20; its bench passes with the address
and the undefined behaviour sanitizer, at -O0 and -O3; `make stack` finds a bound; and cppcheck's MISRA addon names no rule that
docs/misra.md does not list. Exit code 1 where one of these fails.
"""

import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORKS = ["digits_conv_affine.h5", "digits_dense.h5", "zoo/add.h5", "zoo/depth_multiplier.h5", "zoo/two_outputs.h5"]
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-pedantic-errors", "-Wconversion", "-Wsign-conversion", "-Wvla"]
SANITIZERS = "-fsanitize=address,undefined -fno-sanitize-recover=all"

failures = []


def check(what, *command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        failures.append(what)
        print(f"{what}: {' '.join(command[:3])} …\n{(result.stdout + result.stderr)[-1500:]}", flush=True)
    return result.stdout


def listed():
    with open(os.path.join(HERE, "..", "docs", "misra.md")) as f:
        return set(re.findall(r"^\| (\d+\.\d+) \|", f.read(), re.M))


def misra(folder):
    sources = [s for s in glob.glob(folder + "/src/*.c") + glob.glob(folder + "/runtime/*.c")]
    result = subprocess.run(
        ["cppcheck", "-q", "--addon=misra", "--std=c99", "-Iinclude", "-Iruntime", "-Isrc"] + sources, cwd=folder, capture_output=True, text=True)
    return {rule: line for line in result.stderr.splitlines() for rule in re.findall(r"misra-c2012-(\d+\.\d+)", line)}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("qcc")
    p.add_argument("--networks", nargs="+", default=[os.path.join(HERE, "..", "testdata", n) for n in NETWORKS])
    p.add_argument("--targets", nargs="+", default=["stmac", "cpu"])
    a = p.parse_args()
    used = set()
    for model in a.networks:
        for target in a.targets:
            with tempfile.TemporaryDirectory() as folder:
                title = f"{os.path.basename(model)} for {target}"
                check(title, os.path.abspath(a.qcc), "compile", os.path.abspath(model), "--target", target, "--name", "net", "-o", folder, folder=HERE)
                includes = ["-I" + f for f in ("include", "runtime", "src", "test")]
                sources = [os.path.relpath(s, folder) for s in glob.glob(folder + "/*/*.c")]
                for compiler in ("gcc", "clang"):
                    for standard in ("c99", "c11", "c17"):
                        check(f"{title}, {compiler} {standard}", compiler, "-std=" + standard, "-fsyntax-only", *WARNINGS, *includes, *sources, folder=folder)
                    for standard in ("c++11", "c++14", "c++17", "c++20"):
                        check(f"{title}, {compiler} {standard}", compiler, "-x", "c++", "-std=" + standard, "-fsyntax-only", *WARNINGS,
                              "-Iinclude", "include/net.h", "-Wno-pragma-once-outside-header", folder=folder)
                    for level in ("-O0", "-O3"):
                        make = ["make", "-s", "CC=" + compiler]
                        check(title, *make, "clean", folder=folder)
                        check(f"{title}, sanitizers of {compiler} {level}", *make, "test", f"CFLAGS={level} {SANITIZERS}", folder=folder)
                check(f"{title}, stack", "make", "-s", "stack", "CC=gcc", folder=folder)
                found = misra(folder)
                used |= set(found)
                for rule in sorted(set(found) - listed()):
                    failures.append(f"{title}, rule {rule}")
                    print(f"{title}: rule {rule} is not in docs/misra.md: {found[rule]}", flush=True)
                print(f"{title}: checked", flush=True)
    unused = listed() - used
    if unused:
        print(f"listed, but not found here: {', '.join(sorted(unused))}")
    print(f"{len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
