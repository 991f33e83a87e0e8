#!/usr/bin/env python3
"""The road to QKeras and back: networks that `qcc tune` trained run in QKeras, and QKeras' training is read, proved and judged.

usage: Tests/trainer-check.py QCC

The digits network of testdata/quantize. Scales that are powers of two leave little to train: there it counts that the better one is
kept. Environment as in testdata/golden.py.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "testdata"))

from golden import load, np, tf, write
from qcc_verify import verify

tf.get_logger().setLevel("ERROR")
DIGITS = ROOT / "testdata" / "quantize"
TEACHER, DATA, TEST = DIGITS / "digits_float.h5", DIGITS / "calibration.npy", ROOT / "testdata" / "digits_x.npy"
PLANS = ["--weights 3 --maps 4", "--weights 1 --maps 4 --input-maps 8", "--weights 2 --maps 3 --scheme powerOfTwo"]


def mixed(x):
    """Many inputs of few: each the mean of two, with some weight."""
    random = np.random.default_rng(1)
    first, second, weight = random.integers(len(x), size=1500), random.integers(len(x), size=1500), random.random((1500, 1, 1, 1))
    return (x[first] + weight * (x[second] - x[first])).astype(np.float32)


def check(qcc, plan, folder):
    def run(*words):
        done = subprocess.run([qcc, *map(str, words)], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"qcc {' '.join(map(str, words))}\n{done.stderr.strip()[-2000:]}")
        return done.stdout

    quantized, tuned, exported, golden = (folder / n for n in ("q.onnx", "t.onnx", "t.h5", "golden.h5"))
    run("quantize", TEACHER, "--calibration", DATA, *plan.split(), "--bias-bits", "24", "--style", "qdq", "-o", quantized)
    data, held = folder / "data.npy", folder / "held.npy"
    inputs = np.load(DATA)
    np.save(data, mixed(inputs[:-40]))
    np.save(held, inputs[-40:])
    tune = ["tune", quantized, "--teacher", TEACHER, "--data", data, "--validation", held, "--test", TEST, "--format", "json"]
    run(*tune, "--epochs", "3", "--style", "qdq", "-o", tuned)
    run("export", tuned, "-o", exported)
    for file in (tuned, exported):
        run("simulate", file, "--inputs", TEST, "-o", folder / f"{file.suffix[1:]}.npy")
    if not np.array_equal(np.load(folder / "onnx.npy"), np.load(folder / "h5.npy")):
        return "the QKeras file is another network than the ONNX file"
    write(golden, np.load(TEST)[:8].astype(np.float32), load(str(exported)))
    result, report = verify(qcc, exported, golden)
    if result != "exact":
        return f"{result} in QKeras, {str(report)[:300]}"

    trainer = f"{sys.executable} {ROOT}/trainers/qkeras_finetune.py {{in}} {{out}} {{epochs}}"
    trainer += f" --data {data} --teacher {TEACHER} --rate 0.003 --log {folder}/log.csv"
    found = json.loads(run(*tune, "--epochs", "15", "--trainer", trainer, "-o", folder / "trained.h5"))
    epochs = found["epochs"]
    if [e["epoch"] for e in epochs] != [0, 15] or len((folder / "log.csv").read_text().splitlines()) < 2:
        return f"unexpected epochs: {epochs}"
    if found["best"] == 15:
        run("verify", folder / "trained.h5", "--inputs", TEST)
    print(f"{plan:40} exact in QKeras; trained there: loss {epochs[0]['loss']:.4f} -> {epochs[1]['loss']:.4f}, "
          f"test {found['test']['before']['loss']:.4f} -> {found['test']['after']['loss']:.4f}", flush=True)
    better = epochs[1]["loss"] < epochs[0]["loss"]
    if better != (found["best"] == 15):
        return f"kept is epoch {found['best']}"
    return "" if better or "powerOfTwo" in plan else "QKeras' training made nothing better"


def main():
    problems = []
    for plan in PLANS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                problem = check(sys.argv[1], plan, pathlib.Path(folder))
            except RuntimeError as error:
                problem = str(error)
            problems += [f"{plan}: {problem}"] if problem else []
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
