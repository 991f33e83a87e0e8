#!/usr/bin/env python3
"""Writes what QKeras' QTools says of networks into <group>.json here, and the networks that no other folder has.

  make.py [group ...]

A group is {"types": [type, ...], "cases": {case: {"file", "options", "map", "energy", "total_cost", "sum"}}}. A map has
numbers in place of types, which count "types", or the name of an earlier case that has the same map. "energy" is by layer
[inputs, outputs, parameters, op_cost, total of the profile] in pJ. Where QKeras fails, "error" (data type map) or
"energy_error" says how. Options that are not named are those of BASE. Environment as in ../golden.py.
"""

import contextlib
import glob
import io
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from golden import keras, load, np  # noqa: E402  (before TensorFlow: it sets its environment)

import h5py  # noqa: E402
from qtools_networks import NETWORKS, randomize  # noqa: E402
from qkeras import quantizers  # noqa: E402
from qkeras.qtools import run_qtools  # noqa: E402
from qkeras.qtools import settings  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TESTDATA = os.path.dirname(HERE)
BASE = {
    "source": "quantized_bits(8,0,1)",
    "keras_quantizer": "fp32",
    "keras_accumulator": "fp32",
    "for_reference": False,
    "inference": False,
    "weights_on": "sram",
    "activations_on": "sram",
    "min_sram_size": 8 * 16 * 1024 * 1024,
    "io": False,
}


def plain(value):
    """NumPy's and TensorFlow's numbers as Python's."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    value = value.numpy() if hasattr(value, "numpy") else value
    value = value.tolist() if hasattr(value, "tolist") else value
    return int(value) if isinstance(value, bool) else value


def case(path, model=None, **options):
    entry = {"file": os.path.relpath(path, TESTDATA), "options": options}
    o = BASE | options
    try:
        model = model or load(path)
        sources = [eval("quantizers." + o["source"]) for _ in model.inputs]
        tools = run_qtools.QTools(
            model,
            process="horowitz",
            source_quantizers=sources,
            is_inference=o["inference"],
            keras_quantizer=o["keras_quantizer"],
            keras_accumulator=o["keras_accumulator"],
            for_reference=o["for_reference"],
        )
        entry["map"] = plain(tools._output_dict)
    except BaseException as e:
        entry["error"] = f"{type(e).__name__}: {str(e).partition(chr(10))[0][:120]}"
        return entry
    try:
        energy = tools.pe(o["weights_on"], o["activations_on"], o["min_sram_size"], o["io"])
        profile = tools.extract_energy_profile(settings.cfg.include_energy, energy)
        entry["energy"] = {
            n: [*e["energy"].values(), profile[n]["total"]] for n, e in energy.items() if n != "total_cost"
        }
        entry["total_cost"] = energy["total_cost"]
        entry["sum"] = tools.extract_energy_sum(settings.cfg.include_energy, energy)
    except Exception as e:
        entry["energy_error"] = f"{type(e).__name__}: {str(e).partition(chr(10))[0][:120]}"
    return entry


VARIANTS = {
    "reference": {"for_reference": True},
    "reference_default": {"for_reference": True, "keras_quantizer": None, "keras_accumulator": None},
    "reference_int8": {"for_reference": True, "keras_quantizer": "int8", "keras_accumulator": "int32"},
    "reference_fp16": {"for_reference": True, "keras_quantizer": "fp16", "keras_accumulator": "fp16"},
    "keras_default": {"keras_quantizer": None, "keras_accumulator": None},
    "inference": {"inference": True},
    "dram": {"weights_on": "dram", "activations_on": "dram", "min_sram_size": 0, "io": True},
    "fixed": {"weights_on": "fixed", "activations_on": "dram"},
    "io": {"io": True, "min_sram_size": 4096},
    "po2_source": {"source": "quantized_po2(4,2.0)"},
    "tanh_source": {"source": "quantized_tanh(5)"},
    "binary_source": {"source": "binary(alpha=1)"},
    "ternary_source": {"source": "ternary(alpha=1)"},
    "unsigned_source": {"source": "quantized_bits(6,2,keep_negative=False)"},
}


def files(folder):
    paths = sorted(glob.glob(os.path.join(TESTDATA, folder, "*.h5")))
    return [p for p in paths if not p.endswith(".golden.h5")]


def name(path):
    return os.path.splitext(os.path.basename(path))[0]


def group(paths, variants=("",)):
    cases = {}
    for path in paths:
        for variant in variants:
            key = name(path) + (":" + variant if variant else "")
            keras.backend.clear_session()
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                cases[key] = case(path, **(VARIANTS[variant] if variant else {}))
            print(key, cases[key].get("error", ""), cases[key].get("energy_error", ""), flush=True)
    return cases


def write(group, cases):
    types, first = {}, {}

    def short(value):
        if isinstance(value, list):
            return [short(v) for v in value]
        if isinstance(value, dict):
            return types.setdefault(json.dumps(value, separators=(",", ":")), len(types))
        return value

    for key, entry in cases.items():
        if "map" in entry:  # memory options do not change it
            entry["map"] = {n: short(v) if isinstance(v, list) else {k: short(t) for k, t in v.items()} for n, v in entry["map"].items()}
            text = json.dumps(entry["map"])
            if first.setdefault(text, key) != key:
                entry["map"] = first[text]
    with open(os.path.join(HERE, group + ".json"), "w") as f:
        lines = (json.dumps(n) + ":" + json.dumps(c, separators=(",", ":")) for n, c in cases.items())
        f.write('{"types":[\n' + ",\n".join(types) + '\n],\n"cases":{\n' + ",\n".join(lines) + "\n}}\n")


# Where the options make a difference.
OPTIONS = [
    "add", "bn_conv", "bn_dense", "folded_float_bias", "keras_activations", "plain_layers",
    "q_average_pooling", "qbatchnorm", "ternary_activations",
]  # fmt: skip



def save_networks():
    for n, build in NETWORKS.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(7)
        model = build()
        model._name = n
        randomize(model)
        # As ../zoo.py does it: half the size.
        with h5py.File(os.path.join(HERE, n + ".h5"), "w", libver=("v110", "v110"), meta_block_size=64) as f:
            model.save(f, include_optimizer=False)


def accumulators():
    """Bits of the sums of every layer but the last, from the weights as QKeras quantizes them and from all codes that the
    quantizer in front gives: the least and the largest partial sum of any output, in two's complement."""
    widths = {}
    for n in ("bits_weights", "bits_activations", "ternary_weights"):
        model = load(os.path.join(TESTDATA, "zoo", n + ".h5"))
        quantizer = {}
        widths[n] = {}
        for layer in model.layers:
            if type(layer).__name__ == "QActivation":
                quantizer[layer.output.ref()] = layer.quantizer
            if type(layer).__name__ != "QConv2D":
                continue
            q = quantizer[layer.input.ref()]
            values = np.unique(np.asarray(q(np.linspace(-300, 300, 2**20, dtype=np.float32))).astype(np.float64))
            steps = np.round(values / np.abs(np.diff(values)).min()).astype(int)
            least, most = min(steps.min(), 0), max(steps.max(), 0)
            kernel = np.asarray(layer.get_quantizers()[0](layer.get_weights()[0])).astype(np.float64)
            columns = np.round(kernel.reshape(-1, kernel.shape[-1]).T * 2**20).astype(int)
            codes = [k // np.gcd.reduce(k) for k in columns]
            low = min(np.minimum(k * least, k * most).clip(max=0).sum() for k in codes)
            high = max(np.maximum(k * least, k * most).clip(min=0).sum() for k in codes)
            widths[n][layer.name] = max(int(high).bit_length(), int(-low - 1).bit_length()) + 1
    return widths


def inference():
    """Where counted values make a difference."""
    return [os.path.join(HERE, n + ".h5") for n in ("normalizations", "on_input", "pairs_fixed", "pairs_po2", "unfolded", "unmodelled")]


GROUPS = {
    "zoo": lambda: group(files("zoo")),
    "options": lambda: group([os.path.join(TESTDATA, "zoo", n + ".h5") for n in OPTIONS], VARIANTS),
    "networks": lambda: (save_networks(), group(files("qtools")) | group(inference(), ["inference"]))[1],
}

if __name__ == "__main__":
    for g in sys.argv[1:] or GROUPS:
        write(g, GROUPS[g]())
    with open(os.path.join(HERE, "accumulators.json"), "w") as f:
        json.dump(accumulators(), f, indent=1)
