"""Makes cases.json: what QKeras computes for each quantizer, on feature maps and on parameters.

Run with Python 3.11, tensorflow==2.15.1, qkeras==0.9.0. Options that only the head of google/qkeras has come from a second
run: `make.py` for 0.9.0, then `PYTHONPATH=<checkout of google/qkeras> make.py head`. Arrays are base64 of little-endian float32.
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import qkeras.quantizers as qk
import tensorflow as tf

from configurations import FEATURE_MAPS, FUNCTIONS, HEAD_FEATURE_MAPS, FUNCTIONS, HEAD_PARAMETERS, PARAMETERS, STRINGS

HEAD = sys.argv[1:] == ["head"]
rng = np.random.default_rng(20)


def packed(values):
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


def quantizer(name, config):
    function = getattr(qk, name)
    if not isinstance(function, type):
        return function
    config = {key: np.array(value, np.float32) if isinstance(value, list) and key in ("alpha", "post_training_scale") else value
              for key, value in config.items()}
    return function(**config)


def evaluate(function, x):
    return np.asarray(function(tf.constant(x, tf.float32)), np.float32)


def boundaries(function, span, wanted=10):
    """Pairs of neighbouring floats between which the output steps."""
    grid = np.unique(np.concatenate([np.linspace(-span, span, 4001), [-1e-6, 1e-6, 0]]).astype(np.float32))
    y = evaluate(function, grid)
    steps = np.flatnonzero(y[1:] != y[:-1])
    if len(steps) > wanted:
        steps = np.unique(np.concatenate([steps[:2], steps[-2:], rng.choice(steps, wanted - 4, replace=False)]))
    pairs = []
    for step in steps:
        low, high = grid[step], grid[step + 1]
        first = y[step]
        while np.nextafter(low, high) != high:
            middle = np.float32((np.float64(low) + np.float64(high)) / 2)
            if middle in (low, high):
                break
            if evaluate(function, np.array([middle]))[0] == first:
                low = middle
            else:
                high = middle
        pairs += [low, high]
    return pairs


def inputs(function, step, span):
    ties = [(k + 0.5) * step for k in (-5, -4, -3, -2, -1, 0, 1, 2, 3, 4)]
    whole = [k * step for k in (-3, -2, -1, 1, 2, 3)]
    special = [0.0, -0.0, 1e-8, -1e-8, 2e-7, -2e-7, 1e-3, 0.33, -0.33, 1, -1, 100, -100, 3e4, -3e4]
    random = rng.normal(0, span / 2, 16)
    x = np.array(list(boundaries(function, span)) + ties + whole + special + list(random), np.float32)
    return np.where(np.abs(x) < 1e-30, np.float32(0), x)  # TensorFlow takes denormal numbers for 0


# Ranks 1, 2 and 4, with zeros, ties, a channel of zeros and channels of very different size.
def parameters():
    bias = np.array([0, 0.5, -0.25, 0.0078125, 1.75, -3.1, 1e-4, 0.3], np.float32)
    dense = rng.normal(0, 0.3, (12, 5)).astype(np.float32)
    dense[:, 1] = 0
    dense[:, 2] *= 20
    dense[:, 3] = np.round(dense[:, 3] * 16) / 16
    kernel = rng.normal(0, 0.15, (3, 3, 4, 6)).astype(np.float32)
    kernel[..., 1] *= 0.01
    kernel[0, 0] = 0
    kernel[..., 2] = np.abs(kernel[..., 2])
    kernel[..., 3] = -np.abs(kernel[..., 3])
    return {"bias": bias, "dense": dense, "kernel": kernel}


def feature_map_case(name, config, step, span):
    function = quantizer(name, config)
    x = inputs(function, step, span)
    return {"class_name": name, "config": config, "x": packed(x), "y": packed(evaluate(function, x))}


def parameter_case(name, config, trainable, tensor, x):
    function = quantizer(name, config)
    if trainable:
        function._set_trainable_parameter()
    y = evaluate(function, x)
    scale = np.asarray(getattr(function, "scale", None) if getattr(function, "scale", None) is not None else 1, np.float32)
    return {"class_name": name, "config": config, "trainable": trainable, "tensor": tensor, "y": packed(y),
            "scale": packed(scale.reshape(-1))}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    tensors = parameters()
    result = {"tensors": {name: {"shape": list(x.shape), "x": packed(x)} for name, x in tensors.items()}}
    result["featureMaps"] = [feature_map_case(*case) for case in (HEAD_FEATURE_MAPS if HEAD else FEATURE_MAPS)]
    result["parameters"] = [
        parameter_case(name, config, trainable, tensor, tensors[tensor])
        for name, config, trainable, names in (HEAD_PARAMETERS if HEAD else PARAMETERS) for tensor in names]
    if not HEAD:
        probe = np.linspace(-3, 3, 25).astype(np.float32)
        result["strings"] = [{"text": text, "x": packed(probe), "y": packed(evaluate(qk.get_quantizer(text), probe))}
                             for text in STRINGS]
        result["functions"] = [{"name": name, "x": packed(probe), "y": packed(evaluate(qk.get_quantizer(name), probe))}
                               for name in FUNCTIONS]
    with open(os.path.join(here, "cases_head.json" if HEAD else "cases.json"), "w") as file:
        json.dump(result, file, indent=0, separators=(",", ":"))
        file.write("\n")


main()
