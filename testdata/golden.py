"""What the scripts beside this file share: networks as their files say them, and the golden file.

A golden file `<name>.golden.h5` stands beside each network `<name>.h5` and says what QKeras computes in float32:
  x                        the inputs (a group of datasets named by input layer where the network has several)
  layers/<layer>           the layer's output for these inputs (not of inputs, Flatten and Dropout); a layer that is
                           called n times has its later calls in <layer>:1, <layer>:2 ...
  quantized_weights/<layer>/<weight>
                           weights as the layer's quantizers give them (`kernel` and `bias`; a separable convolution has
                           `depthwise_kernel` and `pointwise_kernel`), after folding where the layer folds, and masked where it has a mask
The network is read back from the file before it runs, so the golden says what the file means.

Python 3.11 with: tensorflow-cpu==2.15.1 qkeras==0.9.0 "numpy<2" "pyparsing<3.2" h5py scikit-learn
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # plain Eigen kernels: the same sums on every machine
import warnings

warnings.filterwarnings("ignore")
import h5py
import keras
import numpy as np
import qkeras
import tensorflow as tf
from qkeras.quantizers import _get_integer_bits

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "trainers"))
from qcc_quantizers import objects, quantized_bits_featuremap


def load(path):
    """The network as its file says it."""
    model = keras.models.load_model(path, custom_objects=objects(), compile=False)
    for layer in model.layers:
        if type(layer).__name__ == "QAdaptiveActivation":
            # The file holds the moving averages; QKeras derives the integer bits from them only after its first call.
            layer.quantizer.integer.assign(
                _get_integer_bits(
                    layer.ema_min,
                    layer.ema_max,
                    layer.total_bits,
                    layer.symmetric,
                    layer.keep_negative,
                    layer.po2_rounding,
                )
            )
    return model


def quantized_weights(layer):
    """Weights of one layer as its quantizers give them, by name."""
    kind = type(layer).__name__
    if not hasattr(layer, "get_quantizers") or not layer.get_weights():
        return {}
    quantizers = list(layer.get_quantizers())
    if kind.endswith("Batchnorm"):
        values, names = layer.get_folded_weights(), ["kernel", "bias"]
    elif kind == "QBatchNormalization":
        named = {"gamma": layer.gamma, "beta": layer.beta}
        named |= {"moving_mean": layer.moving_mean, "moving_variance": layer.moving_variance}
        names, quantizers = zip(*[(n, q) for n, q in zip(named, quantizers) if named[n] is not None])
        values = [named[n] for n in names]
    elif "Separable" in kind:
        values, names = layer.get_weights(), ["depthwise_kernel", "pointwise_kernel", "bias"]
    else:
        values, names = layer.get_weights(), ["kernel", "bias"]
    found = {n: np.asarray(q(tf.constant(np.asarray(v)))) for n, v, q in zip(names, values, quantizers) if q is not None}
    if getattr(layer, "_mask", None) is not None:
        found["kernel"] = found["kernel"] * np.asarray(layer._mask, np.float32)
    return found


def outputs(model, x):
    """Every layer's output for the inputs x, by dataset name; layers that only hand on values are left out."""
    tensors = {}
    for layer in model.layers:
        if type(layer).__name__ in ("InputLayer", "Flatten", "Dropout") and layer.name not in model.output_names:
            continue
        for i in range(len(layer.inbound_nodes)):
            nodes = [n for d in model._nodes_by_depth.values() for n in d]
            if layer.inbound_nodes[i] not in nodes:
                continue
            t = layer.get_output_at(i)
            if not isinstance(t, (list, tuple)):
                tensors[layer.name if layer.name not in tensors else f"{layer.name}:{i}"] = t
    values = keras.Model(model.inputs, list(tensors.values()))(x, training=False)
    return {n: np.asarray(v) for n, v in zip(tensors, values)}


def write(path, x, model):
    """Writes the golden file of `model` for inputs x (an array, or arrays by input layer name)."""
    data = {"x": x} if not isinstance(x, dict) else {f"x/{n}": v for n, v in x.items()}
    feed = x if not isinstance(x, dict) else [x[n] for n in model.input_names]
    data |= {f"layers/{n}": v for n, v in outputs(model, feed).items()}
    for layer in model.layers:
        data |= {f"quantized_weights/{layer.name}/{n}": v for n, v in quantized_weights(layer).items()}
    with h5py.File(
        path, "w", libver=("v110", "v110"), meta_block_size=64
    ) as f:  # Debian 12 reads 1.10; smaller than "earliest"
        for name, value in data.items():
            f.create_dataset(name, data=value, compression="gzip", compression_opts=9, shuffle=True)
    return data
