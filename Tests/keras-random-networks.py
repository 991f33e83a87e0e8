#!/usr/bin/env python3
"""Random networks of Keras' and QKeras' layers, built by QKeras: qcc has to find every number that QKeras finds, and prove every channel.

usage: Tests/keras-random-networks.py [QCC [FIRST [COUNT]]]

The same seed gives the same network. Environment as in testdata/golden.py.
"""

import contextlib
import io
import sys

from random_networks import ROOT, disagreement, run

sys.path.insert(0, str(ROOT / "testdata"))

from golden import keras, load, np, qkeras, tf, write
from tensorflow.python.ops import array_ops

# QConv2DTranspose of QKeras 0.9.0 calls it where it stood until TensorFlow 2.14.
array_ops.stack = tf.stack
L = keras.layers


class Network:
    """A network of one or two axes, grown layer by layer; what a layer gives is quantized unless its codes stay codes."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.axes = self.pick(2, 2, 2, 1)
        self.count = 0
        shape = [int(n) for n in self.random.integers(6, 13, self.axes)] + [self.pick(1, 2, 3, 4, 6)]
        self.input = i = keras.Input(shape, name="x")
        self.last = i
        self.quantize()
        steps = [*[self.convolution] * 5, self.pool, self.pool, self.merge, self.merge, self.excite, self.function, self.move, self.operation]
        steps += [self.grow] + ([self.transposed, self.depthwise, self.separable] if self.axes == 2 else [])
        for _ in range(self.random.integers(1, 7)):
            self.pick(*steps)()
        self.classifier()
        self.model = keras.Model(i, self.last)
        for layer in self.model.layers:
            # Weights that are not those of every other network, batch normalization's among them.
            layer.set_weights([self.weights(np.asarray(w), v.name) for w, v in zip(layer.get_weights(), layer.weights)])

    def pick(self, *choices):
        return choices[self.random.integers(len(choices))]

    def weights(self, like, name):
        if like.ndim == 0:
            return like
        if "variance" in name:
            return self.random.uniform(0.3, 2, like.shape)
        if "gamma" in name:
            return self.random.uniform(-1.5, 1.5, like.shape)
        return self.random.normal(0, max(np.prod(like.shape[:-1]), 1) ** -0.5 if like.ndim > 1 else 0.3, like.shape)

    def name(self, kind):
        self.count += 1
        return f"{kind}{self.count}"

    def add(self, layer, *inputs):
        inputs = inputs or (self.last,)
        self.last = layer(inputs[0] if len(inputs) == 1 else list(inputs))
        return self.last

    @property
    def shape(self):
        return self.last.shape[1:]

    def weight_quantizer(self):
        bits = self.pick(2, 4, 6, 8)
        return self.pick(
            f"quantized_bits({bits},0,1,alpha=1.0)", f"quantized_bits({bits},1,alpha=1.0)", f"quantized_bits({bits},0,1,alpha='auto_po2')",
            f"quantized_bits({bits},0,1,alpha='auto')", f"quantized_bits({bits},0,0,alpha=1.0)",
            "binary(alpha=1.0)", "ternary(alpha=1.0,threshold=0.1)", f"quantized_po2({self.pick(3, 4)},1)")

    def map_quantizer(self):
        bits = self.pick(4, 6, 8, 8, 12)
        return self.pick(
            f"quantized_bits({bits},2,alpha=1.0)", f"quantized_bits({bits},1,1,alpha=1.0)", f"quantized_relu({bits},2)",
            f"quantized_relu({bits},1,negative_slope=0.125)" if bits > 4 else f"quantized_relu({bits},2)", f"quantized_tanh({bits})",
            f"quantized_sigmoid({bits})", f"quantized_relu({bits},3)")

    def quantize(self):
        self.add(qkeras.QActivation(self.map_quantizer(), name=self.name("q")))

    def options(self, which="kernel"):
        bias = self.pick(True, True, False)
        return {
            f"{which}_quantizer": self.weight_quantizer(), "use_bias": bias,
            "bias_quantizer": self.pick("quantized_bits(8,2,alpha=1.0)", "quantized_bits(16,3,alpha=1.0)") if bias else None}

    def window(self, most=3):
        return self.pick(*(n for n in range(1, most + 1) if n <= min(self.shape[:-1])))

    def closed(self):
        """What stands behind a linear layer: batch normalization or none, an activation or a quantizer."""
        if self.pick(True, False, False):
            self.add(L.BatchNormalization(name=self.name("bn")))
        if self.pick(True, False, False, False):
            self.add(L.Activation(self.pick("relu", "tanh", "sigmoid", "hard_sigmoid", "elu", "softplus", "swish", "gelu"), name=self.name("f")))
        self.quantize()

    def convolution(self):
        layer = qkeras.QConv2D if self.axes == 2 else qkeras.QConv1D
        stride, dilation = self.pick((1, 1), (1, 1), (2, 1), (1, 2))
        size = self.window()
        padding = "same" if dilation * (size - 1) >= min(self.shape[:-1]) else self.pick("same", "valid")
        self.add(layer(self.pick(2, 4, 5, 8), size, strides=stride, dilation_rate=dilation, padding=padding,
                       name=self.name("conv"), **self.options()))
        self.closed()

    def depthwise(self):
        self.add(qkeras.QDepthwiseConv2D(self.window(), strides=self.pick(1, 2), padding=self.pick("same", "valid"),
                                         name=self.name("depthwise"), **self.options("depthwise")))
        self.closed()

    def separable(self):
        options = {"depthwise_quantizer": self.weight_quantizer(), "pointwise_quantizer": self.weight_quantizer()}
        self.add(qkeras.QSeparableConv2D(self.pick(3, 4), self.window(), padding="same", name=self.name("separable"),
                                         bias_quantizer="quantized_bits(8,2,alpha=1.0)", **options))
        self.closed()

    def transposed(self):
        if max(self.shape[:-1]) > 10:
            return
        self.add(qkeras.QConv2DTranspose(self.pick(2, 3, 4), self.pick(1, 2, 3), strides=self.pick(1, 2), padding=self.pick("same", "valid"),
                                         name=self.name("transposed"), **self.options()))
        self.closed()

    def pool(self):
        size = self.window()
        options = {"strides": self.pick(None, 1, 2), "padding": self.pick("same", "valid"), "name": self.name("pool")}
        if self.pick(True, False):
            self.add((L.MaxPooling2D if self.axes == 2 else L.MaxPooling1D)(size, **options))
        else:
            self.add((L.AveragePooling2D if self.axes == 2 else L.AveragePooling1D)(size, **options))
            self.quantize()

    def other(self):
        """Another map of the last one's shape, and of its own codes."""
        before = self.last
        layer = qkeras.QConv2D if self.axes == 2 else qkeras.QConv1D
        self.add(layer(self.shape[-1], 1, padding="same", name=self.name("conv"), **self.options()))
        if self.pick(True, True, False):
            self.quantize()
        return before, self.last

    def merge(self):
        before, other = self.other()
        kind = self.pick(L.Add, L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum, L.Concatenate)
        if kind in (L.Multiply, L.Maximum, L.Minimum, L.Concatenate):
            self.quantize()
            other = self.last
        self.add(kind(name=self.name("merge")), before, other)
        if kind is L.Concatenate and self.pick(True, False):
            return
        self.closed()

    def excite(self):
        before, channels = self.last, self.shape[-1]
        self.add((L.GlobalAveragePooling2D if self.axes == 2 else L.GlobalAveragePooling1D)(name=self.name("mean")))
        self.quantize()
        self.add(qkeras.QDense(2, name=self.name("squeeze"), **self.options()))
        self.add(qkeras.QActivation("quantized_relu(6,2)", name=self.name("q")))
        self.add(qkeras.QDense(channels, name=self.name("excite"), **self.options()))
        self.add(qkeras.QActivation(self.pick("quantized_sigmoid(6)", "quantized_relu(4,0)"), name=self.name("q")))
        self.add(L.Reshape([1] * self.axes + [channels], name=self.name("reshape")))
        self.add(L.Multiply(name=self.name("multiply")), before, self.last)
        self.quantize()

    def function(self):
        layer = self.pick(
            lambda n: L.ReLU(name=n), lambda n: L.ReLU(6.0, name=n), lambda n: L.LeakyReLU(0.1, name=n), lambda n: L.ELU(name=n),
            lambda n: L.ThresholdedReLU(0.5, name=n), lambda n: L.PReLU(shared_axes=list(range(1, self.axes + 1)), name=n),
            lambda n: L.Activation(self.pick("selu", "softsign", "exponential", "swish", "gelu", "softplus"), name=n))
        self.add(layer(self.name("function")))
        self.quantize()

    def operation(self):
        """Outside of layers."""
        before = self.last
        self.last = self.pick(
            lambda x: x + self.other()[1], lambda x: x - self.other()[1], lambda x: x * 0.75, lambda x: 1.5 - x, lambda x: x / 2, tf.nn.relu,
            lambda x: -x, tf.nn.relu6, lambda x: tf.nn.leaky_relu(x, 0.3), tf.nn.silu, tf.math.tanh, lambda x: tf.clip_by_value(x, 0, 1.5),
            lambda x: x[:, 1:, ..., :2], lambda x: x[:, ::-2], lambda x: tf.concat([x, x * x], axis=-1), lambda x: tf.maximum(x, 0.0),
            lambda x: tf.nn.max_pool2d(x, 2, 1, "VALID") if self.axes == 2 else tf.nn.elu(x))(before)
        self.quantize()

    def grow(self):
        if max(self.shape[:-1]) > 10:
            return
        if self.axes == 1:
            self.add(L.UpSampling1D(2, name=self.name("grow")))
            return
        how = self.pick("nearest", "bilinear")
        self.add(L.UpSampling2D(self.pick(2, (1, 2), 3), interpolation=how, name=self.name("grow")))
        if how == "bilinear":
            self.quantize()

    def move(self):
        if self.axes == 1:
            kinds = [lambda n: L.ZeroPadding1D((1, 0), name=n), lambda n: L.Permute((2, 1), name=n)]
            kinds += [lambda n: L.Cropping1D((1, 0), name=n)] if self.shape[0] > 3 else []
        else:
            kinds = [lambda n: L.ZeroPadding2D(((1, 0), (0, 2)), name=n), lambda n: L.Permute((2, 1, 3), name=n)]
            kinds += [lambda n: L.Permute((3, 1, 2), name=n)]
            kinds += [lambda n: L.Cropping2D(((1, 0), (0, 1)), name=n)] if min(self.shape[:2]) > 3 else []
            rows, columns, channels = self.shape
            kinds += [lambda n: L.Reshape((columns, rows, channels), name=n)]
        self.add(self.pick(*kinds)(self.name("move")))

    def classifier(self):
        kind = self.pick("flatten", "flatten", "mean", "largest")
        if kind == "flatten":
            self.add(L.Flatten(name=self.name("flatten")))
        elif kind == "mean":
            self.add((L.GlobalAveragePooling2D if self.axes == 2 else L.GlobalAveragePooling1D)(name=self.name("mean")))
            self.quantize()
        else:
            self.add((L.GlobalMaxPooling2D if self.axes == 2 else L.GlobalMaxPooling1D)(name=self.name("largest")))
        self.add(qkeras.QDense(self.pick(2, 3, 10), name=self.name("dense"), **self.options()))
        end = self.pick("linear", "softmax", "sigmoid", "quantized", "relu")
        if end == "quantized":
            self.quantize()
        elif end != "linear":
            self.add(L.Activation(end, name=self.name("end")))


def problem(qcc, seed, folder):
    """What is wrong with a seed's network, or what qcc says where it refuses; None where it is exact."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    network = Network(seed)
    path, golden = folder / "model.h5", folder / "model.golden.h5"
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        network.model.save(path)
        model = load(path)
        x = network.random.normal(0, 1, (3, *network.input.shape[1:])).astype(np.float32)
        data = write(golden, x, model)
    if not all(np.isfinite(value).all() for value in data.values() if value.dtype.kind == "f"):
        return "left out: its numbers are not finite"
    return disagreement(qcc, path, golden)


if __name__ == "__main__":
    sys.exit(run(problem))
