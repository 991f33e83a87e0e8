#!/usr/bin/env python3
"""QKeras runs the H5 files that `qcc quantize` writes, and computes layer by layer what qcc says they mean.

usage: Tests/quantized-keras-check.py QCC [MODELS]

The digits network of testdata/quantize in several widths and schemes; with MODELS, the folder of the reference models, their float
networks too. Environment as in testdata/golden.py.
"""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "testdata"))

import tensorflow as tf
from golden import load, np, write
from qcc_verify import verify

tf.get_logger().setLevel("ERROR")

PLANS = [
    "", "--weights 4 --maps 4 --input-maps 8", "--weights 2 --maps 3 --bias-bits 6", "--weights 1 --maps 8",
    "--scheme symmetric", "--scheme powerOfTwo", "--scheme powerOfTwo --weights 5 --maps 7 --bias-bits 16",
    "--weights 16 --maps 16 --bias-bits 24",
]  # fmt: skip


def check(qcc, name, model, calibration, plan, folder):
    written, golden = folder / "q.h5", folder / "golden.h5"
    command = [qcc, "quantize", model, "--calibration", calibration, *plan.split(), "-o", written]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return f"{name} {plan}: {done.stderr.strip()[-300:]}"
    write(golden, np.load(calibration)[:4].astype(np.float32), load(written))
    result, report = verify(qcc, written, golden)
    if result != "exact":
        return f"{name} {plan}: {result}, {str(report)[:300]}"
    found = report["golden"]
    print(f"{name:18} {plan:54} {found['elements']:9,} elements, {found['ties']:6,} ties")


def main():
    qcc, *models = sys.argv[1:]
    data = ROOT / "testdata" / "quantize"
    cases = [("digits", data / "digits_float.h5", data / "calibration.npy", plan) for plan in PLANS]
    for folder in map(pathlib.Path, models):
        for name, inputs in [("dscnn_kws", "kws"), ("resnet8_fashion", "fashion"), ("mobilenet_fashion", "fashion"), ("fcae_fashion", "fcae")]:
            calibration = folder / "labelled" / f"{inputs}_calibration_x.npy"
            cases += [(name, folder / "float" / f"{name}.h5", calibration, plan) for plan in (PLANS[1], PLANS[6])]
    with tempfile.TemporaryDirectory() as folder:
        problems = [p for p in (check(qcc, *case, pathlib.Path(folder)) for case in cases) if p]
    print("\n".join(problems) or f"{len(cases)} networks are the same in QKeras")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
