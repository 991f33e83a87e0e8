#!/usr/bin/env python3
"""Every kind of quantizer on weights and with scales of extreme size: qcc neither crashes nor calls a network wrong that QKeras
computes as qcc does; what it refuses it refuses with a message.

usage: Tests/quantizer-extremes.py QCC [--count N] [--first N] [--keep FOLDER]
       Tests/quantizer-extremes.py QCC --store FOLDER NUMBER ...

A case is a dense layer between two quantizers: the same number gives the same case. The second form writes cases by their
numbers, and what QKeras computes where qcc computes as well: those of testdata/mutants, which the tests read. Environment as
in testdata/golden.py.
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "testdata"))

import h5py
import numpy as np
import tensorflow as tf
from golden import qkeras
from qcc_verify import verify

MAGNITUDES = [0, 1e-45, 1e-40, 1.2e-38, 1e-30, 1e-20, 1e-10, 1e-4, 0.3, 1, 2, 77, 1e4, 1e7, 1e10, 1e19, 1e20, 1e30, 1e38, 3.4e38]
ALPHAS = ["None", "'auto'", "'auto_po2'", "1", "0.5", "-1", "1e-38", "1e-30", "1e-10", "3e-5", "1.3", "1e5", "1e10", "1e20", "1e30", "3e38", "-1e10"]
INPUTS, OUTPUTS, SAMPLES = 3, 4, 6


def is_drowned(x, q, quantizer):
    """Whether QKeras' x + (q - x) is more of rounding than of q: there it has no number to compare with."""
    x, q = np.abs(np.asarray(x)), np.abs(np.asarray(q))
    alpha = getattr(quantizer, "alpha", None)
    # The least number beside 0 that may have been lost.
    least = abs(alpha) if isinstance(alpha, (int, float)) else 1.0
    least *= 2.0 ** (int(getattr(quantizer, "integer", 0)) - int(getattr(quantizer, "bits", 0)))
    return bool(np.where(q != 0, x > 4 * q, x > 4 * least * (x > 2.0**-16)).any())


class Case:
    def __init__(self, number):
        self.random = np.random.default_rng(number)
        self.kernel_quantizer = self.quantizer()
        self.bias_quantizer = self.quantizer()
        self.activation = self.quantizer(isMap=True)
        self.kernel = self.numbers((INPUTS, OUTPUTS))
        self.bias = self.numbers((OUTPUTS,))
        self.x = (self.random.integers(-160, 160, (SAMPLES, INPUTS)) / 64).astype(np.float32)

    def pick(self, *choices):
        return choices[self.random.integers(len(choices))]

    def numbers(self, shape):
        """Of one size, of any sizes, or of one size but for one element or channel."""
        draw = lambda shape: self.random.normal(0, 1, shape)
        values = draw(shape) * self.pick(*MAGNITUDES)
        how = self.pick("one size", "any size", "one element", "one channel", "equal")
        if how == "any size":
            values = draw(shape) * np.array([self.pick(*MAGNITUDES) for _ in range(values.size)]).reshape(shape)
        elif how == "one element":
            values.flat[self.random.integers(values.size)] = self.pick(-1, 1) * self.pick(*MAGNITUDES)
        elif how == "one channel":
            values[..., self.random.integers(shape[-1])] *= self.pick(*MAGNITUDES)
        elif how == "equal":
            values = np.full(shape, self.pick(-1, 1) * self.pick(*MAGNITUDES))
        return np.clip(np.nan_to_num(values), -3.4e38, 3.4e38).astype(np.float32)

    def quantizer(self, isMap=False):
        bits, integer = self.pick(1, 2, 4, 6, 8, 12, 16, 31), self.pick(0, 0, 1, 2, 5, 20, 40)
        alpha = self.pick(*[a for a in ALPHAS if not (isMap and "auto" in a)])
        flag = lambda: self.pick(0, 1)
        return self.pick(
            f"quantized_bits({bits},{integer},{flag()},alpha={alpha})",
            f"quantized_bits({bits},{integer},{flag()},keep_negative=False,alpha={alpha})",
            f"quantized_relu({min(bits, 30)},{integer},negative_slope={self.pick(0, 0, 0.25)})",
            f"quantized_relu({min(bits, 12)},{integer},use_sigmoid=1)",
            f"quantized_po2({min(bits, 8) + 1})", f"quantized_po2({min(bits, 8) + 1},max_value={self.pick(0.5, 1, 2, 1024)})",
            f"quantized_relu_po2({min(bits, 8) + 1},max_value={self.pick('None', 0.5, 2)})",
            f"binary(alpha={alpha})", f"binary(use_01=True,alpha={alpha})", f"ternary(alpha={alpha})",
            f"ternary(alpha={alpha},threshold={self.pick(0.1, 1e-20, 1e20)})", f"stochastic_binary(alpha={alpha})",
            f"stochastic_ternary(alpha={alpha})", f"bernoulli(alpha={alpha})", f"quantized_tanh({min(bits, 16)})",
            f"quantized_sigmoid({min(bits, 16)})", f"quantized_ulaw({min(bits, 8) + 1},{integer})",
            f"quantized_hswish({bits},{integer},alpha={alpha})", None if not isMap else "quantized_relu(6,2)")

    def layer(self, name, kind, inputs, **config):
        return dict(
            class_name=kind, name=name, config=dict(name=name, dtype="float32", **config),
            inbound_nodes=[[[i, 0, 0, {}] for i in inputs]] if inputs else [])

    def write(self, path):
        layers = [
            self.layer("x", "InputLayer", [], batch_input_shape=[None, INPUTS]),
            self.layer("q", "QActivation", ["x"], activation="quantized_bits(8,2,1,alpha=1)"),
            self.layer("d", "QDense", ["q"], units=OUTPUTS, use_bias=True, activation="linear",
                       kernel_quantizer=self.kernel_quantizer, bias_quantizer=self.bias_quantizer),
            self.layer("a", "QActivation", ["d"], activation=self.activation),
        ]
        config = dict(name="m", layers=layers, input_layers=[["x", 0, 0]], output_layers=[["a", 0, 0]])
        with h5py.File(path, "w", libver=("v110", "v110")) as f:
            f.attrs["model_config"] = json.dumps(dict(class_name="Functional", config=config))
            g = f.create_group("model_weights/d")
            g.attrs["weight_names"] = ["d/kernel:0", "d/bias:0"]
            g["d/kernel:0"], g["d/bias:0"] = self.kernel, self.bias

    def golden(self, path):
        """Writes what QKeras computes; False where that is not finite, or QKeras raises."""
        try:
            quantizer = lambda text: qkeras.get_quantizer(text) if text else (lambda v: v)
            k, b, m = quantizer(self.kernel_quantizer), quantizer(self.bias_quantizer), quantizer(self.activation)
            if hasattr(k, "_set_trainable_parameter"):
                k._set_trainable_parameter()
            q = quantizer("quantized_bits(8,2,1,alpha=1)")(tf.constant(self.x))
            kernel, bias = k(tf.constant(self.kernel)), b(tf.constant(self.bias))
            d = tf.linalg.matmul(q, kernel) + bias
            a = m(d)
        except Exception:  # QKeras raises what it likes
            return False
        values = dict(q=q.numpy(), d=np.asarray(d), a=np.asarray(a))
        if not all(np.isfinite(v).all() for v in [kernel, bias, *values.values()]):
            return False
        if is_drowned(self.kernel, kernel, k) or is_drowned(self.bias, bias, b):
            del values["d"], values["a"]
        elif is_drowned(d, a, m):
            del values["a"]
        with h5py.File(path, "w") as f:
            f["x"] = self.x
            for name, value in values.items():
                f[f"layers/{name}"] = value
        return True


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("qcc")
    p.add_argument("--count", type=int, default=10000)
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--keep", default="build/quantizer-extremes")
    p.add_argument("--store", nargs="+", metavar=("FOLDER", "NUMBER"))
    a = p.parse_args()
    folder, *numbers = a.store or [None]
    for number in map(int, numbers):
        case, name = Case(number), os.path.join(folder, f"extreme_{number}")
        case.write(f"{name}.h5")
        golden = f"{name}.golden.h5" if verify(a.qcc, f"{name}.h5")[0] == "exact" else None
        if golden and not case.golden(golden):
            os.remove(f"{name}.h5")
            sys.exit(f"{number}: QKeras has nothing to compare with")
        print(number, case.kernel_quantizer, case.bias_quantizer, case.activation, "exact" if golden else "refused")
    if a.store:
        return 0
    os.makedirs(a.keep, exist_ok=True)
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        path, golden = os.path.join(folder, "m.h5"), os.path.join(folder, "m.golden.h5")
        for number in range(a.first, a.first + a.count):
            case = Case(number)
            case.write(path)
            known = case.golden(golden)
            state, what = verify(a.qcc, path, golden if known else None)
            outcome = {"crash": "CRASH", "differs": "FALSE ALARM"}.get(state, state)
            if outcome == "exact" and not known:
                outcome = "exact, not finite or refused by QKeras"
            counts[outcome] += 1
            if outcome.isupper():
                print(number, outcome, case.kernel_quantizer, case.bias_quantizer, case.activation,
                      what.get("firstDifference") if state == "differs" else what, flush=True)
                for f, suffix in ((path, ".h5"), (golden, ".golden.h5")):
                    if os.path.exists(f):
                        shutil.copy(f, os.path.join(a.keep, f"{number}{suffix}"))
    print(f"{a.count} cases: " + ", ".join(f"{n} {k}" for k, n in sorted(counts.items())))
    return any(k.isupper() for k in counts)


if __name__ == "__main__":
    sys.exit(main())
