#!/usr/bin/env python3
"""Proves the Sum-Together array, and says what it takes on a chip.

  - st_array (Runtime/include/st_array.h) equals st_mac on all 2^32 pairs of ports, in all modes: each is tried.
  - Tests/multiplier/multipliers.v is the same array in Verilog. yosys' SAT solver proves, for every row, mode and operand, that the
    row is that of a multiplication in two's complement plus a constant, and that constants and correction cancel out: the sum of
    the rows is the sum of the products.
  - Areas of it, of plain multipliers and of what st_mac says, mapped to cells of osu018.

Needs gcc and Debian's yosys and qflow-tech-osu018 (make check-multiplier installs them)."""

import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERILOG = ROOT / "Tests/multiplier"
LIBERTY = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib"
DESIGNS = [
    ("standard", "16x16 alone, as an array"),
    ("together", "all modes, weights in reversed lanes"),
    ("together_in_order", "all modes, weights in order"),
    ("switched", "what st_mac says: products of each mode, and a choice"),
    ("operator", "16x16 alone, by the synthesizer's `*`"),
]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True)


def yosys(script):
    return run("yosys", "-p", f"read_verilog {VERILOG}/multipliers.v {VERILOG}/row_lemma.v; {script}")


def main():
    failures = 0

    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/exhaustive"
        run("gcc", "-O3", "-march=native", f"-I{ROOT}/Runtime/include", str(VERILOG / "exhaustive.c"), "-o", program)
        tried = run(program)
    failures += tried.returncode != 0
    print(f"C: pairs of ports that differ from st_mac, of 2^32 each, with 1, 2 and 4 lanes: {tried.stdout.strip()}")

    lemmas = [f"chparam -set ROW {row} row_lemma; prep -flatten -top row_lemma" for row in range(16)]
    lemmas.append("prep -flatten -top zero_lemma")
    proved = sum(yosys(f"{lemma}; sat -verify -prove ok 1").returncode == 0 for lemma in lemmas)
    failures += proved != len(lemmas)
    print(f"Verilog: {proved} of {len(lemmas)} lemmas proved by SAT (16 rows, and their constants)")
    # A solver that proves everything proves nothing.
    wrong = yosys("chparam -set ROW 3 row_lemma; prep -flatten -top row_lemma; sat -verify -prove ok 0").returncode
    failures += wrong == 0

    areas = {}
    for name, _ in DESIGNS:
        found = yosys(f"synth -flatten -top {name}; abc -D 3000 -liberty {LIBERTY}; stat -liberty {LIBERTY}")
        area = re.search(r"Chip area for module.*: ([0-9.]+)", found.stdout)
        failures += area is None
        areas[name] = float(area.group(1)) if area else float("nan")
    print(f"{'area, osu018':58}{'um2':>8}{'ratio':>8}")
    for name, meaning in DESIGNS:
        print(f"{meaning:58}{areas[name]:8.0f}{areas[name] / areas['standard']:8.3f}")
    return failures != 0


sys.exit(main())
