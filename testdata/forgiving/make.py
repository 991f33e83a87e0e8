"""What QKeras 0.9.0 says of 20 random networks: sizes, delta and score by its forgiving factors for bits and energy.

tensorflow-cpu 2.15.1, tf-keras 2.15.1, qkeras 0.9.0, numpy 1.26: python testdata/forgiving/make.py
"""
import json
import os
import random

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf
from qkeras import QActivation, QConv2D, QDense, QDepthwiseConv2D, quantized_bits
from qkeras.autoqkeras.autoqkeras_internal import AutoQKHyperModel
from qkeras.autoqkeras.forgiving_metrics import forgiving_factor

layers = tf.keras.layers


def network(shape, blocks, bits):
    """The float network, or with `bits` (of weights and maps, by layer) the quantized one."""
    value = inputs = layers.Input(shape)
    bits = iter(bits) if bits else None
    for kind, units in blocks:
        widths = next(bits) if bits else None
        if kind == "dense" and len(value.shape) == 4:
            value = layers.Flatten()(value)
        if widths:
            weights, maps = widths
            quantizers = dict(bias_quantizer=quantized_bits(weights, 0, 1))
            kernel = quantized_bits(weights, 0, 1)
            if kind == "conv":
                value = QConv2D(units, 3, kernel_quantizer=kernel, **quantizers)(value)
            elif kind == "depthwise":
                value = QDepthwiseConv2D(3, depthwise_quantizer=kernel, **quantizers)(value)
            else:
                value = QDense(units, kernel_quantizer=kernel, **quantizers)(value)
            value = QActivation(f"quantized_relu({maps})")(value)
        else:
            layer = {
                "conv": lambda: layers.Conv2D(units, 3),
                "depthwise": lambda: layers.DepthwiseConv2D(3),
                "dense": lambda: layers.Dense(units),
            }[kind]()
            value = layers.Activation("relu")(layer(value))
    return tf.keras.Model(inputs, value)


def score(delta, metric):
    """AutoQKeras' own function, over a metric that is `metric`."""
    function = AutoQKHyperModel.adjusted_score(None, delta, lambda *_: tf.constant(metric, tf.float32))
    nothing = tf.zeros((1, 2))
    return float(function(nothing, nothing).numpy())


def case(draw, number):
    shape = (draw.randint(7, 12), draw.randint(7, 12), draw.randint(1, 4))
    blocks = [(draw.choice(["conv", "depthwise"]), draw.randint(2, 9)) for _ in range(draw.randint(1, 2))]
    blocks += [("dense", draw.randint(2, 20)) for _ in range(draw.randint(1, 2))]
    bits = [(draw.choice([2, 3, 4, 6, 8, 16]), draw.choice([2, 4, 6, 8, 16])) for _ in blocks]
    goal = "energy" if number % 2 else "bits"
    options = dict(
        delta_p=draw.choice([2.0, 5.0, 8.0, 7.3]), delta_n=draw.choice([2.0, 8.0, 10.1]),
        rate=draw.choice([2.0, 3.0, 1.7]), stress=draw.choice([1.0, 0.5, 0.25, 1.3]))
    if goal == "bits":
        more = dict(input_bits=8, output_bits=8, ref_bits=8, config={"default": ["parameters", "activations"]})
    else:
        more = dict(
            process="horowitz", parameters_on_memory=["sram", "sram"], activations_on_memory=["sram", "sram"],
            rd_wr_on_io=[False, False], min_sram_size=[0, 0], source_quantizers=[quantized_bits(8, 0, 1)],
            reference_internal="int8", reference_accumulator="int32")
    plain = forgiving_factor[goal](**{**options, "stress": 1.0}, **more)
    reference = float(plain.get_reference(network(shape, blocks, None)))
    target = forgiving_factor[goal](**options, **more)
    target.get_reference(network(shape, blocks, None))
    trial = float(target.get_trial(network(shape, blocks, bits)))
    metric = float(np.float32(draw.uniform(0.3, 1)))
    delta = target.delta()
    return dict(
        goal=goal, deltaP=options["delta_p"], deltaN=options["delta_n"], rate=options["rate"],
        stress=options["stress"], reference=reference, trial=trial, metric=metric, delta=float(delta),
        score=score(delta, metric))


draw = random.Random(1)
cases = [json.dumps(case(draw, number)) for number in range(20)]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.json"), "w") as file:
    file.write("[\n  " + ",\n  ".join(cases) + "\n]\n")
