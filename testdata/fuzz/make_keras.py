#!/usr/bin/env python3
"""Writes the seeds of the fuzz target `keras` to keras/ and their words to keras.dict: networks of ../zoo as the text of model_config, a zero byte, and the
group model_weights as the records that the process which runs libhdf5 hands over (Sources/2-Formats/CHDF5Shims/include/CHDF5Shims.h).

Python 3.11 with: h5py "numpy<2"
"""
import json
import os
import struct

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
END, GROUP, DATASET, ATTRIBUTE = range(4)
INTEGER, FLOAT, STRING = 0, 2, 3
AS_NOTHING, AS_FLOAT, AS_INT64, AS_STRINGS = 0, 1, 3, 5

NETWORKS = [
    "adaptive_channels", "add", "average_pooling", "binary_weights", "bits_auto", "bits_auto_po2", "bn_dense", "concatenate",
    "conv1d", "dense_on_map", "depth_multiplier", "folded_auto", "global_average", "groups", "head_linear_layers", "hswish",
    "keras_activations", "max_pooling", "nested_model", "po2_weights", "q_average_pooling", "relu_options", "separable",
    "sequential_in_sequential", "shapes", "sigmoid", "ternary_weights", "two_inputs",
]


def text(value):
    data = value.encode() if isinstance(value, str) else bytes(value)
    return struct.pack("<Q", len(data)) + data


def value(array):
    array = np.asarray(array)
    if array.dtype.kind in "OSU":
        kind, size, storage, data = STRING, 16, AS_STRINGS, b"".join(text(v) for v in array.ravel())
    elif array.dtype.kind == "f":
        kind, size, storage, data = FLOAT, array.itemsize, AS_FLOAT, array.astype("<f4").tobytes()
    else:
        kind, size, storage, data = INTEGER, array.itemsize, AS_INT64, array.astype("<i8").tobytes()
    if array.size == 0:
        storage, data = AS_NOTHING, b""
    shape = struct.pack(f"<BIB{array.ndim}Q", kind, size, array.ndim, *array.shape)
    return shape + struct.pack("<BQ", storage, array.size) + data


def attributes(thing):
    return b"".join(bytes([ATTRIBUTE]) + text(name) + value(thing.attrs[name]) for name in sorted(thing.attrs))


def record(name, thing):
    if isinstance(thing, h5py.Dataset):
        return bytes([DATASET]) + text(name) + value(thing[()]) + attributes(thing) + bytes([END])
    inner = b"".join(record(key, thing[key]) for key in sorted(thing))
    return bytes([GROUP]) + text(name) + attributes(thing) + inner + bytes([END])


def strings(config):
    """Keys and texts of a configuration, without the names that its layers have."""
    if isinstance(config, dict):
        return set(config) | {s for key, inner in config.items() if key != "name" for s in strings(inner)}
    if isinstance(config, list):
        return {s for inner in config for s in strings(inner)}
    return {config} if isinstance(config, str) else set()


if __name__ == "__main__":
    words = set()
    os.makedirs(f"{HERE}/keras", exist_ok=True)
    for name in NETWORKS:
        with h5py.File(f"{HERE}/../zoo/{name}.h5") as file, open(f"{HERE}/keras/{name}", "wb") as seed:
            config = file.attrs["model_config"]
            config = config if isinstance(config, bytes) else config.encode()
            words |= strings(json.loads(config)["config"])
            seed.write(config + b"\0" + record("model_weights", file["model_weights"]))
    with open(f"{HERE}/keras.dict", "w") as file:
        file.writelines(f'"{word}"\n' for word in sorted(words) if word.isprintable() and not set(word) & set('"\\'))
