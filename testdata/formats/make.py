#!/usr/bin/env python3
"""Writes small networks in every kind of file that Keras writes, each network in several, and what Keras computes:

  NETWORK.h5  NETWORK.keras           the whole model
  NETWORK.json  NETWORK.weights.h5    its architecture, and its weights alone
  wrapped.h5                          layers in tfmot's wrappers, and such as preprocess inputs
  NETWORK.golden.h5                   x: inputs (x/NAME of several), layers/NAME: outputs

usage: testdata/formats/make.py, in each of three environments (Python 3.11), whose Keras names the files:
  keras212  tensorflow 2.12.1, qkeras 0.9.0: only .keras, in which weights have other names than later
  keras2    tensorflow 2.15.1, qkeras 0.9.0, tf_keras 2.15.1, tensorflow-model-optimization 0.8.1
  keras3    tensorflow 2.21.0, keras 3.15.1, qkeras-v3 1.2.1
"""

import os

import h5py
import numpy as np
import keras
import qkeras
from keras import layers

HERE = os.path.dirname(os.path.abspath(__file__))
IS_OLD = keras.__version__.startswith("2.12.")
KIND = "keras212" if IS_OLD else f"keras{keras.__version__[0]}"


def quantized():
    """Layers with variables of every kind, models in a model, one layer called twice."""
    random = np.random.RandomState(1)
    bits, relu = (lambda b, i: qkeras.quantized_bits(b, i, 1, alpha=1)), (lambda b, i: qkeras.quantized_relu(b, i))
    kernel = {"kernel_quantizer": bits(5, 0), "bias_quantizer": bits(6, 1)}
    x = layers.Input((8, 8, 2), name="image")
    y = qkeras.QActivation(bits(8, 2), name="qin")(x)
    y = qkeras.QConv2D(4, 3, strides=2, padding="same", activation=relu(6, 2), name="c0", **kernel)(y)
    y = qkeras.QDepthwiseConv2D(3, depthwise_quantizer=bits(5, 0), use_bias=False, name="dw")(y)
    y = layers.BatchNormalization(center=False, name="bn")(y)
    y = qkeras.QActivation(relu(6, 2), name="q1")(y)
    y = qkeras.QConv2DBatchnorm(4, 1, name="folded", **kernel)(y)
    y = qkeras.QActivation(relu(6, 2), name="q2")(y)
    y = layers.Flatten(name="flat")(y)
    inner = keras.Sequential([
        layers.Input((16,)),
        qkeras.QDense(6, name="d", **kernel),
        qkeras.QActivation(bits(8, 3), name="q"),
    ], name="inner")
    a, b = layers.Input((16,), name="left"), layers.Input((16,), name="right")
    both = keras.Model([a, b], layers.Add(name="sum")([inner(a), inner(b)]), name="both")
    y = both([y, y])
    y = qkeras.QActivation(bits(6, 3), name="q3")(y)
    y = qkeras.QDense(3, name="d", **kernel)(y)
    if KIND != "keras3":  # qkeras-v3 cannot save it
        y = qkeras.QAdaptiveActivation("quantized_bits", 7, name="adaptive")(y)
    model = keras.Model(x, y, name="net")
    randomize(model, random)
    return model, random.uniform(-3, 3, (8, 8, 8, 2)).astype(np.float32)


def operations():
    """Operations on tensors outside of layers: TensorFlow's functions, or those of keras.ops."""
    random = np.random.RandomState(5)
    if KIND == "keras3":
        from keras import ops

        relu6, leaky, tanh, silu, softplus = ops.relu6, lambda x: ops.leaky_relu(x, 0.1), ops.tanh, ops.silu, ops.softplus
        mean, largest, reshape, transpose, concat, clip = ops.mean, ops.max, ops.reshape, ops.transpose, ops.concatenate, ops.clip
        maximum, pad, resize = ops.maximum, ops.pad, lambda x, size: ops.image.resize(x, size, interpolation="nearest")
        sigmoid, others = ops.sigmoid, [ops.hard_sigmoid]
    else:
        import tensorflow as tf

        relu6, leaky, tanh, silu, softplus = tf.nn.relu6, lambda x: tf.nn.leaky_relu(x, 0.1), tf.math.tanh, tf.nn.silu, tf.nn.softplus
        mean, largest, reshape, transpose, concat, clip = tf.reduce_mean, tf.reduce_max, tf.reshape, tf.transpose, tf.concat, tf.clip_by_value
        maximum, pad, resize = tf.maximum, tf.pad, lambda x, size: tf.image.resize(x, size, method="nearest")
        sigmoid = tf.sigmoid
        others = [lambda x: tf.nn.max_pool2d(x, 2, 1, "SAME"), lambda x: tf.nn.avg_pool2d(x, [1, 2, 2, 1], 1, "VALID"), tf.identity]
    count = iter(range(100))
    q = lambda x, bits=8, integer=3: qkeras.QActivation(qkeras.quantized_bits(bits, integer, alpha=1), name=f"q{next(count)}")(x)
    conv = lambda x: q(qkeras.QConv2D(4, 3, padding="same", name=f"c{next(count)}", kernel_quantizer=qkeras.quantized_bits(6, 0, 1, alpha=1),
                                      bias_quantizer=qkeras.quantized_bits(8, 2, alpha=1))(x))
    x = layers.Input((8, 6, 3), name="image")
    a = q(q(x) * 0.5 + 0.25, 10)
    b, c = conv(a), conv(a)
    sums = q(b + c), q(b - c), q(1.0 - b), q(b * c, 14, 5), q(-c), q(b / 4, 10), maximum(b, c), q(maximum(b, 0.0))
    d = concat(list(sums), axis=-1)[:, 1:, ::2, 2:]
    e = [q(f(d), 9) for f in [relu6, leaky, tanh, silu, softplus, sigmoid, lambda x: clip(x, 0.0, 4.0)]]
    f = q(mean(pad(conv(concat(e, axis=-1)), [[0, 0], [1, 0], [0, 2], [0, 0]]), axis=[1, 2]), 10)
    g = reshape(transpose(resize(b, (4, 3)), (0, 3, 1, 2)), (-1, 8, 6))
    outputs = [f, largest(g, axis=1), b[:, :, :, 1], conv(d)[:, -1, 3::-1]] + [q(f(b), 10) for f in others]
    model = keras.Model(x, outputs, name="net")
    randomize(model, random)
    return model, random.uniform(-3, 3, (4, 8, 6, 3)).astype(np.float32)


def floats():
    """A float network with a dictionary of inputs and of outputs."""
    random = np.random.RandomState(2)
    x = {"map": layers.Input((9, 8, 3), name="map"), "scalar": layers.Input((4,), name="scalar")}
    y = layers.Conv2D(4, (3, 2), padding="same", activation="relu", name="c")(x["map"])
    y = layers.MaxPooling2D(2, name="pool")(y)
    y = layers.SeparableConv2D(5, 3, padding="same", name="sep")(y)
    y = layers.BatchNormalization(name="bn")(y)
    y = layers.LeakyReLU(name="leaky")(y)
    y = layers.DepthwiseConv2D(3, name="dw")(y)
    y = layers.ReLU(max_value=6, name="relu6")(y)
    y = layers.GlobalAveragePooling2D(name="gap")(y)
    y = layers.Concatenate(name="cat")([y, layers.Dropout(0.2, name="drop")(x["scalar"])])
    inner = keras.Sequential([layers.Input((9,)), layers.Dense(6, activation="tanh", name="d"), layers.Dense(6, name="e")], name="inner")
    y = layers.Add(name="all")([inner(y), layers.Dense(6, use_bias=False, name="d")(y)])
    z = layers.Input((6,))
    nested = keras.Model(z, layers.Dense(2, name="t")(z), name="nested")
    outputs = {"class": layers.Dense(3, activation="softmax", name="class")(y), "all": y, "nested": nested(y)}
    model = keras.Model(x, outputs, name="net")
    randomize(model, random)
    return model, {"map": random.normal(size=(6, 9, 8, 3)).astype(np.float32), "scalar": random.normal(size=(6, 4)).astype(np.float32)}


def sequential():
    """A Sequential without an input layer, built by its first call."""
    random = np.random.RandomState(3)
    model = keras.Sequential([
        layers.Conv1D(4, 3, padding="causal", activation="relu", name="c"), layers.Flatten(name="f"),
        layers.Dense(3, name="d"),
    ], name="net")
    model.build((None, 7, 2))
    randomize(model, random)
    return model, random.normal(size=(6, 7, 2)).astype(np.float32)


def wrapped():
    """Normalization and Rescaling in front, layers in tfmot's wrappers: pruned ones with a mask, one with clustered weights."""
    from tensorflow_model_optimization.python.core.clustering.keras import cluster_config
    from tensorflow_model_optimization.python.core.clustering.keras.cluster_wrapper import ClusterWeights
    from tensorflow_model_optimization.python.core.keras.compat import keras as own
    from tensorflow_model_optimization.python.core.sparsity.keras.pruning_schedule import ConstantSparsity
    from tensorflow_model_optimization.python.core.sparsity.keras.pruning_wrapper import PruneLowMagnitude

    random = np.random.RandomState(4)

    def prune(layer):
        return PruneLowMagnitude(layer, pruning_schedule=ConstantSparsity(0.5, 0))

    model = own.Sequential([
        own.layers.Input((8, 8, 2)), own.layers.Rescaling(1 / 127.5, offset=-1, name="rescale"),
        own.layers.Normalization(name="adapted"), own.layers.Normalization(mean=[0.5, -0.25], variance=[2, 0.3], name="given"),
        own.layers.Normalization(axis=None, invert=True, name="inverse"),
        prune(own.layers.Conv2D(4, 3, activation="relu", name="c")), prune(own.layers.SeparableConv2D(4, 3, name="s")),
        prune(own.layers.DepthwiseConv2D(3, name="dw")), prune(own.layers.BatchNormalization(name="bn")), prune(own.layers.Flatten(name="f")),
        ClusterWeights(
            own.layers.Dense(5, name="d"), number_of_clusters=3,
            cluster_centroids_init=cluster_config.CentroidInitialization.LINEAR),
    ], name="net")
    model.build((None, 8, 8, 2))
    randomize(model, random)
    for layer in model.layers:
        for variable in layer.weights:
            name = variable.name.split("/")[-1]
            if name.startswith("mask"):
                variable.assign(random.randint(0, 2, variable.shape).astype(np.float32))
            elif name.startswith("cluster_centroids"):
                variable.assign(np.float32([-0.5, 0.1, 0.7]))
    x = random.randint(0, 256, (6, 8, 8, 2)).astype(np.float32)
    # Calls leave masked and clustered weights behind; the file has those from before. What it means is what a model read from
    # it computes: a Normalization goes on with the numbers that it adapted to until it is loaded.
    model.save(f"{HERE}/wrapped.h5")
    read = own.models.load_model(
        f"{HERE}/wrapped.h5", custom_objects={"PruneLowMagnitude": PruneLowMagnitude, "ClusterWeights": ClusterWeights})
    write_golden("wrapped", x, {model.layers[-1].name: read.predict(x, verbose=0)})


def randomize(model, random):
    for layer in model._flatten_layers() if hasattr(model, "_flatten_layers") else [model]:
        for variable in layer.weights:
            name = variable.name.split("/")[-1]
            if not np.issubdtype(variable.numpy().dtype, np.floating):
                continue
            values = random.normal(size=variable.shape, scale=0.5)
            if "variance" in name or "gamma" in name:
                values = np.abs(values) + 0.5
            variable.assign(values.astype(np.float32))


def save(model, x, name):
    if IS_OLD:
        model.save(f"{HERE}/{name}.keras", save_format="keras_v3")
    else:
        model.save(f"{HERE}/{name}.h5")
        model.save(f"{HERE}/{name}.keras")
        open(f"{HERE}/{name}.json", "w").write(model.to_json())
        model.save_weights(f"{HERE}/{name}.weights.h5")
    y = model.predict(x, verbose=0)
    names = getattr(model, "output_names", [model.layers[-1].name])
    write_golden(name, x, y if isinstance(y, dict) else dict(zip(names, y if isinstance(y, list) else [y])))


def write_golden(name, x, outputs):
    with h5py.File(f"{HERE}/{name}.golden.h5", "w", libver="latest") as file:
        for key, value in (x.items() if isinstance(x, dict) else [("", x)]):
            file.create_dataset(f"x/{key}" if key else "x", data=value, track_times=False)
        for key, value in outputs.items():
            file.create_dataset(f"layers/{key}", data=np.asarray(value, np.float32), track_times=False)


def main():
    for network in [quantized, floats, sequential] + ([] if IS_OLD else [operations]):
        keras.backend.clear_session()
        save(*network(), f"{KIND}_{network.__name__}")
    if KIND == "keras2":
        wrapped()


if __name__ == "__main__":
    main()
