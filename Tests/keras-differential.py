#!/usr/bin/env python3
"""Mutants of the zoo's networks, run by Keras and QKeras themselves and by qcc: what both compute has to be equal, and what Keras
refuses qcc has to refuse too.

usage: Tests/keras-differential.py QCC [--count N] [--first N] [--state FILE] [--keep FOLDER]
       Tests/keras-differential.py QCC --store FOLDER NUMBER ...

A mutant is a network whose configuration or weights were changed in one to three places, by values of the kind that stands
there; the same number gives the same mutant. What was found of each is a line of the state file, and a run goes on where
the last one stopped. Mutants with a difference are kept, with what Keras computed. The second form writes mutants by their
numbers: those of testdata/mutants, which the tests read.

Environment as in testdata/golden.py.
"""

import argparse
import contextlib
import io
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "testdata"))

import h5py
import numpy as np
import tensorflow as tf
from golden import keras, load, write
from keras.src.engine.base_layer import Layer
from keras.src.engine.keras_tensor import KerasTensor
from networks import TABLE
from qcc_verify import verify

import zoo_files, zoo_layers, zoo_quantizers, zoo_topology  # noqa: E401 (they fill the table)

tf.get_logger().setLevel("ERROR")
# Networks of a few samples: threads that hand on to each other take longer than what they do.
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def by_running(layer, inputs, args, kwargs, _):
    """The outputs of a layer in a network that is being put together, from a run on zeros: Keras would trace a graph of it, which
    takes ten times as long."""
    with tf.init_scope(), tf.name_scope(layer._name_scope()):
        zeros = tf.nest.map_structure(lambda t: tf.zeros([2, *t.shape[1:]], t.dtype), inputs)
        layer._maybe_build(zeros)
        outputs = layer.call(layer._maybe_cast_inputs(zeros), *args, **kwargs)
    if any(0 in o.shape for o in tf.nest.flatten(outputs)):
        raise ValueError(f"'{layer.name}' has no outputs")
    return tf.nest.map_structure(lambda o: KerasTensor(tf.TensorSpec([None, *o.shape[1:]], o.dtype)), outputs)


Layer._infer_output_signature = by_running


def give_up(*_):
    raise TimeoutError("20 s")


# Of this process' time, whatever else is running.
signal.signal(signal.SIGPROF, give_up)

# What a value may become, by its key.
NUMBERS = [0, 1, 2, 3, 4, 5, 7, 8, 16, -1, -2, 0.5, 1.5, 0.3, 1e-3, 1e6, None, True, False]
FLAGS = [True, False, 1, 0, None, 2, "yes"]
WORDS = {
    "padding": ["valid", "same", "causal", "full"],
    "data_format": ["channels_last", "channels_first", None],
    "activation": ["linear", "relu", "relu6", "sigmoid", "tanh", "hard_sigmoid", "softmax", "hard_tanh", "smooth_sigmoid",
                   "quantized_relu(4,1)", "quantized_bits(5,1,1,alpha=1)", "binary_tanh", "swish", None],
    "alpha": [None, "auto", "auto_po2", 1, 0.5, 1.3, -1, "none"],
    "log2_rounding": ["rnd", "floor"],
}
QUANTIZERS = [
    "quantized_bits(4,0,1,alpha=1)", "quantized_bits(6,2,0,alpha=1)", "quantized_bits(4,1,alpha='auto')",
    "quantized_bits(5,0,alpha='auto_po2')", "quantized_bits(8,2,1,keep_negative=False,alpha=1.0)", "quantized_bits(4)",
    "quantized_relu(5,1)", "quantized_relu(6,2,negative_slope=0.25)", "quantized_relu(4,1,use_sigmoid=1)", "binary(alpha=1)",
    "binary(alpha='auto')", "binary(use_01=True,alpha=1)", "ternary(alpha=1)", "ternary(alpha='auto_po2')",
    "quantized_po2(4)", "quantized_po2(5,2)", "quantized_relu_po2(4,2)", "quantized_tanh(6)", "quantized_sigmoid(6)",
    "quantized_ulaw(5,1)", "quantized_hswish(6,2,alpha=1)", "stochastic_ternary(alpha=1)", "quantized_tanh(5,use_real_tanh=True)", None,
]
EXTENTS = [1, 2, 3, 4, [1, 1], [2, 2], [3, 1], [1, 3], [2, 1], 0, None]
KEYS = {
    "integer": [0, 1, 2, 3, 5], "dtype": ["float32"] * 6 + ["float64", "mixed_float16", None],
    "kernel_size": EXTENTS, "pool_size": EXTENTS, "strides": EXTENTS, "dilation_rate": EXTENTS, "axis": [-1, 1, 2, 3, [3], [1], 0],
    "target_shape": [[-1], [2, -1], [4], [1, 1, -1]], "use_bias": FLAGS, "scale": FLAGS, "center": FLAGS, "keepdims": FLAGS,
    "symmetric": FLAGS, "keep_negative": FLAGS, "use_01": FLAGS, "use_sigmoid": FLAGS, "per_channel": FLAGS, "po2_rounding": FLAGS,
    "quadratic_approximation": FLAGS, "use_real_tanh": FLAGS, "use_real_sigmoid": FLAGS, "use_stochastic_rounding": FLAGS,
    "sparse": FLAGS, "ragged": FLAGS,
}
# Keys that other classes have, or none.
STRANGE = ["mask", "units", "kernel_quantizer", "kernel_quantiser", "threshold", "relu_upper_bound", "rate", "autocast", "Axis"]
# Names, and what only training uses: nobody reads those at inference, whatever they say.
IDLE = {"name", "class_name", "module", "registered_name", "config", "layers", "inbound_nodes", "trainable", "momentum", "rate",
        "seed", "noise_shape", "stddev", "current_step", "quantization_delay", "ema_decay", "ema_freeze_delay", "folding_mode",
        "var_name", "use_ste", "use_variables", "__passive_serialization__"}


def candidates(key, value):
    if key.endswith("_quantizer"):
        return QUANTIZERS
    if key in KEYS:
        return KEYS[key]
    if key in WORDS:
        return WORDS[key]
    if isinstance(value, bool):
        return FLAGS
    if isinstance(value, (int, float)):
        return NUMBERS + [value * 2, value / 2, value + 1]
    return [None, value]


def places(config):
    """Objects whose members a mutation may change: layers' configurations and those of quantizers in them."""
    found = []

    def walk(o, inside):
        if isinstance(o, dict):
            if inside:
                found.append(o)
            for k, v in o.items():
                # What only training uses is left alone.
                if not k.endswith(("initializer", "regularizer", "constraint")) and k not in ("inbound_nodes", "input_layers", "output_layers"):
                    walk(v, inside or k == "config" and "layers" not in o.get("config", {}))
        elif isinstance(o, list):
            for v in o:
                walk(v, inside)

    for layer in config["config"]["layers"] if isinstance(config["config"], dict) else config["config"]:
        walk(layer, False)
    return found


def mutate_config(config, r):
    objects = places(config)
    o = r.choice(objects)
    keys = [k for k in o if k not in IDLE and not k.endswith(("_range", "initializer", "regularizer", "constraint"))]
    how = r.random()
    if how < 0.7 and keys:
        key = r.choice(keys)
        if isinstance(o[key], dict) and r.random() < 0.3:
            o[key] = r.choice(QUANTIZERS)
        elif not isinstance(o[key], dict):
            o[key] = r.choice(candidates(key, o[key]))
        return f"{key} = {o[key]}"
    if how < 0.8 and keys:
        key = r.choice(keys)
        del o[key]
        return f"no {key}"
    key = r.choice(STRANGE + list(KEYS))
    o[key] = r.choice(candidates(key, 1))
    return f"{key} = {o[key]} added"


def mutate_weights(file, r):
    found = []
    file["model_weights"].visititems(lambda n, o: found.append(n) if isinstance(o, h5py.Dataset) and o.dtype.kind == "f" and o.size else None)
    if not found:
        return "no weights"
    name = r.choice(found)
    data = file["model_weights"][name]
    v = data[()]
    g = np.random.default_rng(r.getrandbits(32))
    how = r.choice(["scaled", "zero", "drawn", "one large", "one channel", "ties"])
    if how == "scaled":
        v = v * np.float32(2.0 ** r.choice([-20, -8, -3, -1, 1, 3]))
    elif how == "zero":
        v = np.zeros_like(v)
    elif how == "drawn":
        v = g.normal(0, 1, v.shape).astype(np.float32)
    elif how == "one large":
        v.flat[g.integers(v.size)] = g.choice([50, -200, 1e-10])
    elif how == "one channel":
        v[..., g.integers(v.shape[-1])] *= np.float32(0.0 if r.random() < 0.5 else 37.0)
    else:
        v = (np.rint(v * 32) + 0.5).astype(np.float32) / 32
    data[...] = v
    return f"{name} {how}"


def mutant(base, path, r):
    """Writes a mutant of a file and says what was changed."""
    shutil.copy(base, path)
    os.chmod(path, 0o644)
    with h5py.File(path, "r+") as f:
        config = json.loads(f.attrs["model_config"])
        changes = []
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            changes.append(mutate_weights(f, r) if r.random() < 0.25 else mutate_config(config, r))
        f.attrs["model_config"] = json.dumps(config)
    return changes


def by_keras(path, golden, seed):
    """Writes what Keras computes; says why it does not where it does not."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    # Layers that feed each other in a circle keep Keras busy for ever.
    signal.setitimer(signal.ITIMER_PROF, 20)
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            model = load(path)
            g = np.random.default_rng(seed)
            draw = {i.name: g.uniform(-1.2, 1.2, (3, *i.shape[1:])).astype(np.float32) for i in model.inputs}
            data = write(golden, draw if len(draw) > 1 else next(iter(draw.values())), model)
    except Exception as problem:  # Keras raises what it likes
        return f"{type(problem).__name__}: {problem}"[:300]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    bad = [n for n, v in data.items() if v.dtype.kind == "f" and not np.isfinite(v).all()]
    return f"not finite: {bad[:3]}" if bad else None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("qcc")
    p.add_argument("--count", type=int, default=5000)
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--state", default="build/keras-differential.jsonl")
    p.add_argument("--keep", default="build/keras-differential")
    p.add_argument("--store", nargs="+", metavar=("FOLDER", "NUMBER"))
    a = p.parse_args()
    folder, *numbers = a.store or [None]
    # Without those that Keras cannot read back, or that are another each time they run.
    names = sorted(n.name for n in TABLE.values() if n.folder == "zoo" and n.loads and n.golden and not n.head)
    bases = [str(ROOT / f"testdata/zoo/{name}.h5") for name in names]
    for number in map(int, numbers):
        r = random.Random(number)
        base = r.choice(bases)
        path = os.path.join(folder, f"{number}_{os.path.basename(base)}")
        changes = mutant(base, path, r)
        print(os.path.basename(path), changes, by_keras(path, path.replace(".h5", ".golden.h5"), number))
    if a.store:
        return 0
    os.makedirs(a.keep, exist_ok=True)
    done = {}
    if os.path.exists(a.state):
        done = {d["mutant"]: d for d in map(json.loads, open(a.state))}
    with tempfile.TemporaryDirectory() as folder, open(a.state, "a") as state:
        path, golden = os.path.join(folder, "m.h5"), os.path.join(folder, "m.golden.h5")
        for number in range(a.first, a.first + a.count):
            if number in done:
                continue
            r = random.Random(number)
            base = r.choice(bases)
            changes = mutant(base, path, r)
            why = by_keras(path, golden, number)
            outcome, what = verify(a.qcc, path, None if why else golden)
            if outcome == "exact":
                what = ""
            elif outcome == "differs":
                what = json.dumps(what.get("firstDifference"))
            kind = {
                "crash": "CRASH", "refused": "both refuse" if why else "qcc refuses",
                "exact": "QCC ACCEPTS" if why else "equal", "differs": "DIFFERS"}[outcome]
            if kind == "QCC ACCEPTS" and why.startswith("not finite"):
                kind = "not finite in Keras"
            done[number] = d = dict(mutant=number, base=os.path.basename(base), changes=changes, kind=kind, keras=why, qcc=what[:300])
            state.write(json.dumps(d) + "\n")
            state.flush()
            if kind.isupper():
                print(d, flush=True)
                for f, suffix in ((path, ".h5"), (golden, ".golden.h5")):
                    if os.path.exists(f):
                        shutil.copy(f, os.path.join(a.keep, f"{number}{suffix}"))
            if os.path.exists(golden):
                os.remove(golden)
    counts = {}
    for d in done.values():
        counts[d["kind"]] = counts.get(d["kind"], 0) + 1
    print(f"{len(done)} mutants: " + ", ".join(f"{n} {k}" for k, n in sorted(counts.items())))
    return any(k.isupper() for k in counts)


if __name__ == "__main__":
    sys.exit(main())
