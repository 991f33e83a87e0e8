"""The table of small networks that zoo.py writes, and what builds them: a network is a function with a sentence."""

import zlib
from dataclasses import dataclass
from typing import Callable

import numpy as np
from golden import keras
from qkeras import QActivation, QConv2D, QDense, quantized_bits, quantized_relu

L = keras.layers


@dataclass
class Network:
    name: str
    purpose: str
    build: Callable
    low: float = -1.2  # range of the inputs, a bit beyond what the input quantizer holds
    high: float = 1.2
    edit: Callable | None = None  # changes the written file (h5py path)
    prepare: Callable | None = None  # changes the model after its random weights are set
    golden: bool = True
    loads: bool = True  # False: QKeras cannot read the file it wrote; the golden is of the model in memory
    folder: str = "zoo"
    head: bool = False  # needs QKeras' development head


TABLE: dict[str, Network] = {}


def network(purpose, **options):
    """Decorator: the function's name is the network's."""

    def register(build):
        TABLE[build.__name__] = Network(build.__name__, purpose, build, **options)
        return build

    return register


def refused(purpose, **options):
    return network(purpose, folder="refused", golden=False, **options)


def bits(b, integer=0, **options):
    """quantized_bits as most layers here have it: symmetric, no scale."""
    return quantized_bits(b, integer, **({"symmetric": 1, "alpha": 1} | options))


def bias():
    return bits(12, 3)


def start(shape=(6, 6, 3), quantizer=None, name="input"):
    """(input, quantized input)"""
    i = keras.Input(shape, name=name)
    return i, QActivation(bits(8) if quantizer is None else quantizer, name=name + "_q")(i)


def act(x, name, quantizer=None):
    return QActivation(quantized_relu(6, 2) if quantizer is None else quantizer, name=name)(x)


# Zeros are saved in one line where QKeras' own initializer repeats the quantizer; the weights are set afterwards.
SHORT = {"kernel_initializer": "zeros"}


def conv(x, name, filters=4, size=3, **options):
    options = {"kernel_quantizer": bits(5), "bias_quantizer": bias()} | SHORT | options
    return QConv2D(filters, size, name=name, **options)(x)


def dense(x, name="fc", units=3, **options):
    options = {"kernel_quantizer": bits(5), "bias_quantizer": bias()} | SHORT | options
    return QDense(units, name=name, **options)(x)


def classifier(x):
    return dense(L.Flatten(name="flatten")(x))


def chain(weights, activations=None, biases=None, shape=(6, 6, 3)):
    """Convolutions in a row, one weight quantizer each, with an activation quantizer after each."""
    i, x = start(shape)
    for k in range(max(len(weights), len(activations or []))):
        w = weights[k % len(weights)]
        b = biases[k % len(biases)] if biases else bias()
        a = activations[k % len(activations)] if activations else None
        x = act(
            conv(x, f"c{k}", size=(3, 2, 1)[k % 3], padding="same", kernel_quantizer=w, bias_quantizer=b), f"a{k}", a
        )
    return keras.Model(i, dense(L.Flatten(name="flatten")(x)))


PLAIN = ("Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "Dense")


def randomize(model, name):
    """Seeded random weights. Layers without weight quantizer get multiples of 1/16, which 8 bits hold."""
    r = np.random.default_rng(zlib.crc32(name.encode()))
    draw = {
        "bias": lambda s: r.normal(0, 0.5, s),
        "beta": lambda s: r.normal(0, 0.5, s),
        "gamma": lambda s: r.uniform(0.5, 1.5, s) * np.where(r.random(s) < 0.3, -1, 1),
        "alpha": lambda s: r.normal(0, 0.5, s),
        "moving_mean": lambda s: r.normal(0, 0.3, s),
        "moving_variance": lambda s: r.uniform(0.2, 2, s),
    }
    for w in model.weights:
        kind = w.name.split("/")[-1].split(":")[0]
        if kind.endswith("kernel") or kind in draw:
            w.assign(draw.get(kind, lambda s: r.normal(0, 0.35, s))(w.shape).astype(np.float32))
    for layer in model._flatten_layers(include_self=False):
        plain = type(layer).__name__ in PLAIN or getattr(layer, "kernel_quantizer", 0) is None
        if plain and layer.get_weights() and not type(layer).__name__.endswith("Batchnorm"):
            layer.set_weights([np.clip(np.rint(w * 16), -127, 127) / 16 for w in layer.get_weights()])
