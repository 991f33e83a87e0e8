"""Networks for layers and their options."""

import numpy as np
import tensorflow as tf
from networks import L, act, bias, bits, classifier, conv, dense, keras, network, start
from qkeras import (
    QAdaptiveActivation,
    QAveragePooling2D,
    QBatchNormalization,
    QConv1D,
    QConv2DBatchnorm,
    QConv2DTranspose,
    QDense,
    QDepthwiseConv2D,
    QDepthwiseConv2DBatchnorm,
    QGlobalAveragePooling2D,
    QSeparableConv2D,
    quantized_bits,
    quantized_relu,
)
from tensorflow.python.ops import array_ops

# QConv2DTranspose of QKeras 0.9.0 calls it where it stood until TensorFlow 2.14.
array_ops.stack = tf.stack


def folded(x, name, filters=4, size=3, **options):
    options = {"kernel_quantizer": bits(6), "bias_quantizer": bits(16, 3), "padding": "same"} | options
    return QConv2DBatchnorm(filters, size, name=name, **options)(x)


def folded_depthwise(x, name, **options):
    options = {"depthwise_quantizer": bits(6), "bias_quantizer": bits(16, 3), "padding": "same"} | options
    return QDepthwiseConv2DBatchnorm(3, name=name, **options)(x)


def folded_network(mode):
    i, x = start()
    x = act(folded(x, "c0", folding_mode=mode), "a0")
    x = act(folded_depthwise(x, "d1", folding_mode=mode, ema_freeze_delay=10), "a1")
    x = act(folded(x, "c2", folding_mode=mode, use_bias=False, strides=2), "a2")
    x = folded_depthwise(x, "d3", folding_mode=mode, use_bias=False, scale=False, activation=quantized_relu(5, 2))
    x = act(folded(x, "c4", size=1, folding_mode=mode, scale=False, epsilon=1e-5), "a4", bits(6, 2))
    x = folded(x, "c5", size=2, padding="valid", folding_mode=mode, activation="quantized_bits(8,2,1,alpha=1)")
    return keras.Model(i, classifier(x))


@network("QConv2DBatchnorm, QDepthwiseConv2DBatchnorm with ema_stats_folding: bias or none, scale=False, activation=")
def folded_ema():
    return folded_network("ema_stats_folding")


@network("the same with batch_stats_folding")
def folded_batch():
    return folded_network("batch_stats_folding")


@network("folded layers whose weights are scaled after folding: alpha auto and auto_po2")
def folded_auto():
    i, x = start()
    x = act(folded(x, "c0", kernel_quantizer=quantized_bits(4, 0, alpha="auto")), "a0")
    x = act(folded_depthwise(x, "d1", depthwise_quantizer=quantized_bits(5, 0, alpha="auto")), "a1")
    x = act(folded(x, "c2", kernel_quantizer=quantized_bits(4, 0, alpha="auto_po2")), "a2")
    x = act(folded_depthwise(x, "d3", depthwise_quantizer=quantized_bits(8, 0, alpha="auto_po2")), "a3")
    return keras.Model(i, classifier(x))


@network("folded layers without bias quantizer: the folded bias stays a float32 constant")
def folded_float_bias():
    i, x = start()
    x = act(folded(x, "c0", bias_quantizer=None), "a0")
    x = act(folded_depthwise(x, "d1", bias_quantizer=None, use_bias=False), "a1")
    return keras.Model(i, classifier(x))


@network("BatchNormalization after convolutions: negative gamma, scale and center False, axis -1, 3 and [3]")
def bn_conv():
    i, x = start()
    x = act(L.BatchNormalization(name="n0")(conv(x, "c0")), "a0")
    x = act(L.BatchNormalization(name="n1", scale=False, axis=3)(conv(x, "c1", size=1)), "a1")
    x = QDepthwiseConv2D(3, depthwise_quantizer=bits(5), use_bias=False, padding="same", name="d2")(x)
    x = act(L.BatchNormalization(name="n2", center=False, axis=[3], epsilon=1e-5)(x), "a2", bits(6, 2))
    x = act(L.BatchNormalization(name="n3", center=False, scale=False)(conv(x, "c3", size=2)), "a3")
    x = L.ReLU(name="r4")(
        L.BatchNormalization(name="n4")(conv(x, "c4", kernel_quantizer=quantized_bits(4, 0, alpha="auto")))
    )
    return keras.Model(i, classifier(act(x, "a4")))


@network("BatchNormalization after dense layers, also as the last layer")
def bn_dense():
    i, x = start((16,))
    x = act(L.BatchNormalization(name="n0")(dense(x, "f0", 8)), "a0")
    x = act(L.BatchNormalization(name="n1", axis=1)(dense(x, "f1", 8, use_bias=False)), "a1", bits(4, 2))
    return keras.Model(i, L.BatchNormalization(name="n2")(dense(x, "f2", 4)))


@network("BatchNormalization on a quantized feature map, on an Add, and two in a row, each before a quantizer")
def bn_before_quantizer():
    i, x = start()
    x = act(L.BatchNormalization(name="n0")(x), "a0", bits(6, 2))
    y = act(conv(x, "c1", 3, padding="same"), "a1")
    x = act(L.BatchNormalization(name="n2")(L.Add(name="add")([x, y])), "a2", bits(8, 2))
    x = L.BatchNormalization(name="n4")(L.BatchNormalization(name="n3")(conv(x, "c3")))
    return keras.Model(i, classifier(act(x, "a3")))


@network("Rescaling, BatchNormalization and an activation of an input that nothing quantized before", low=-20, high=280)
def functions_of_inputs():
    i = keras.Input((6, 6, 3), name="input")
    x = L.BatchNormalization(name="norm")(L.Rescaling(1 / 127.5, offset=-1, name="rescaled")(i))
    x = act(L.LeakyReLU(0.25, name="leaky")(x), "a0", bits(6, 1))
    return keras.Model(i, act(conv(x, "c1"), "a1"))


@network("BatchNormalization along rows (axis=1) and rows with channels (axis=[1, 3])")
def bn_rows():
    i, x = start()
    x = act(L.BatchNormalization(name="n0", axis=1)(conv(x, "c0")), "a0")
    x = act(L.BatchNormalization(name="n1", axis=[1, 3])(conv(x, "c1", size=1)), "a1")
    return keras.Model(i, classifier(x))


@network("QBatchNormalization with its default power-of-two quantizers, with others, and with none")
def qbatchnorm():
    i, x = start()
    x = act(QBatchNormalization(name="n0")(conv(x, "c0")), "a0", bits(8, 3))
    q = dict(gamma_quantizer=bits(6, 1), beta_quantizer=bits(8, 2), mean_quantizer=bits(8, 1))
    x = act(QBatchNormalization(name="n1", variance_quantizer=quantized_relu(8, 2), **q)(conv(x, "c1", size=1)), "a1")
    none = dict.fromkeys(("gamma_quantizer", "beta_quantizer", "mean_quantizer", "variance_quantizer"))
    x = act(QBatchNormalization(name="n2", **none)(conv(x, "c2", size=1)), "a2")
    x = QBatchNormalization(name="n3", scale=False, center=False)(conv(x, "c3", size=2))
    x = act(x, "a3", bits(8, 3))
    return keras.Model(i, QBatchNormalization(name="n4", **none)(dense(L.Flatten(name="flatten")(x))))


def run_training(model):
    """A few steps, so that moving averages are there. Seeds are set before the network is built."""
    r = np.random.default_rng(5)
    x = r.uniform(-1.2, 1.2, (32, *model.input_shape[1:])).astype(np.float32)
    model.compile("sgd", "mse")
    model.fit(x, np.zeros((32, *model.output_shape[1:]), np.float32), batch_size=8, epochs=2, verbose=0, shuffle=False)


@network("layers in place of functions: Activation(ReLU(…)), QConv2D(activation=LeakyReLU(…))", loads=False)
def layers_as_activations():
    i, x = start()
    x = act(L.Activation(L.ReLU(1.5), name="r0")(conv(x, "c0")), "a0")
    x = act(conv(x, "c1", activation=L.LeakyReLU(0.25)), "a1", bits(6, 2))
    return keras.Model(i, classifier(x))


@network("TensorFlow's leaky_relu by name, which Keras 2 writes and does not read", loads=False)
def leaky_relu_by_name():
    i, x = start()
    x = act(L.Activation(tf.nn.leaky_relu, name="r0")(conv(x, "c0")), "a0", bits(6, 2))
    return keras.Model(i, classifier(x))


def adaptive(kind, **options):
    i, x = start()
    options = {"ema_decay": 0.7, "quantization_delay": 2, "current_step": 0} | options
    for k in range(2):
        x = QAdaptiveActivation(kind, 6, name=f"a{k}", **options)(conv(x, f"c{k}", kernel_quantizer=bits(5, 1)))
    return keras.Model(i, classifier(x))


@network("QAdaptiveActivation quantized_relu", prepare=run_training)
def adaptive_relu():
    return adaptive("quantized_relu")


@network(
    "QAdaptiveActivation quantized_bits that counts its own steps, range rounded to a power of two",
    prepare=run_training,
)
def adaptive_bits():
    return adaptive("quantized_bits", current_step=None, po2_rounding=True)


@network(
    "QAdaptiveActivation with one range per channel, quantized_relu and quantized_bits, slope, not symmetric",
    prepare=run_training,
)
def adaptive_channels():
    i, x = start()
    options = dict(ema_decay=0.7, quantization_delay=2, current_step=0, per_channel=True)
    x = QAdaptiveActivation("quantized_relu", 6, name="a0", **options)(conv(x, "c0", kernel_quantizer=bits(5, 2)))
    x = QAdaptiveActivation("quantized_bits", 5, name="a1", symmetric=False, **options)(conv(x, "c1"))
    x = QAdaptiveActivation("quantized_relu", 6, name="a2", relu_neg_slope=0.25, **options)(conv(x, "c2", size=1))
    return keras.Model(i, classifier(x))


@network("activation= inside quantized layers: strings, objects, relu then a quantizer, softmax at the end")
def inline_activation():
    i, x = start()
    x = conv(x, "c0", activation="quantized_relu(4,2)")
    x = act(conv(x, "c1", activation="relu", size=1), "a1", bits(6, 2))
    x = QDepthwiseConv2D(3, depthwise_quantizer=bits(5), bias_quantizer=bias(), activation=bits(6, 1), name="d2")(x)
    x = conv(x, "c3", size=1, activation=quantized_relu(5, 2, negative_slope=0.25))
    x = dense(L.Flatten(name="flatten")(x), "f4", 6, activation="quantized_tanh(5)")
    x = dense(x, "f6", 5, activation="linear")
    return keras.Model(i, dense(act(x, "a6"), "f7", 4, activation="softmax"))


@network("activation= naming a QKeras function, which is saved as class_name `function`", loads=False)
def inline_function():
    i, x = start((12,))
    x = act(dense(x, "f0", 6, activation="hard_tanh"), "a0", bits(5))
    x = dense(x, "f1", 6, activation="binary_tanh")
    return keras.Model(i, dense(x, "f2", 4))


@network("Activation relu, hard_sigmoid, tanh, sigmoid and softmax; quantizers follow the inner ones")
def keras_activations():
    i, x = start()
    for k, name in enumerate(("relu", "hard_sigmoid", "tanh", "sigmoid", "linear")):
        x = act(L.Activation(name, name=f"{name}{k}")(conv(x, f"c{k}", size=2)), f"a{k}", bits(6, 1))
    return keras.Model(i, L.Activation("softmax", name="softmax")(classifier(x)))


CURVES = ("elu", "exponential", "softplus", "softsign", "swish", "gelu", "mish", "leaky_relu", "relu6")


@network("activations by name: " + ", ".join(CURVES), loads=False)
def keras_curves():
    i, x = start((4, 4, 3))
    for k, name in enumerate(CURVES[:5]):
        x = act(conv(x, f"c{k}", size=1, activation=getattr(keras.activations, name)), f"a{k}", bits(6, 2))
    x = L.Flatten(name="flatten")(x)
    for k, name in enumerate(CURVES[5:]):
        function = getattr(keras.activations, name, None) or getattr(tf.nn, name)
        x = act(L.Activation(function, name=name)(dense(x, f"f{k}", 6)), f"b{k}", bits(6, 2))
    return keras.Model(i, L.Activation("gelu", name="out")(dense(x)))


@network("selu, whose two constants no attribute of ONNX' Selu says")
def keras_selu():
    i, x = start((12,))
    return keras.Model(i, dense(act(dense(x, "f0", 6, activation="selu"), "a0", bits(6, 2))))


@network("activation functions as layers: ELU, LeakyReLU, ThresholdedReLU, PReLU of its channels, and of each element")
def activation_layers():
    i, x = start((4, 4, 3))
    x = act(L.ELU(0.7, name="elu")(conv(x, "c0", size=1)), "a0", bits(6, 2))
    x = act(L.LeakyReLU(-0.25, name="leaky")(conv(x, "c1", size=1)), "a1", bits(6, 2))
    x = act(L.ThresholdedReLU(0.5, name="threshold")(conv(x, "c2", size=1)), "a2", bits(6, 2))
    x = act(L.PReLU(shared_axes=[1, 2], name="channels")(conv(x, "c3", size=1)), "a3", bits(6, 2))
    x = act(L.PReLU(name="elements")(conv(x, "c4", size=1)), "a4", bits(6, 2))
    x = act(L.PReLU(shared_axes=[1], name="columns")(conv(x, "c5", size=1)), "a5", bits(6, 2))
    x = act(L.PReLU(shared_axes=[1, 2, 3], name="one")(conv(x, "c6", size=1)), "a6", bits(6, 2))
    return keras.Model(i, L.PReLU(name="units")(classifier(x)))


@network("Resizing to larger and smaller maps, bilinear and nearest, each before a quantizer")
def resizing():
    i, x = start()
    x = act(L.Resizing(9, 4, name="fractions")(x), "a0", bits(8, 1))
    x = act(L.Resizing(5, 7, interpolation="nearest", name="nearest")(conv(x, "c1", size=1)), "a1", bits(6, 2))
    x = act(L.Resizing(11, 5, name="many")(x), "a2", bits(6, 2))
    x = act(L.UpSampling2D((2, 3), interpolation="bilinear", name="whole")(x), "a3", bits(6, 2))
    return keras.Model(i, classifier(x))


@network("Activation holding a QKeras quantizer object")
def activation_quantizer():
    i, x = start()
    x = L.Activation(quantized_relu(5, 2), name="a0")(conv(x, "c0"))
    return keras.Model(i, classifier(x))


@network("ReLU with max_value, negative_slope, threshold and all of them")
def relu_options():
    i, x = start()
    options = (
        dict(max_value=1.5),
        dict(negative_slope=0.25),
        dict(threshold=0.5),
        dict(max_value=2.0, negative_slope=0.3, threshold=0.25),
    )
    for k, o in enumerate(options):
        x = act(L.ReLU(name=f"r{k}", **o)(conv(x, f"c{k}", size=2)), f"a{k}", bits(6, 1))
    return keras.Model(i, classifier(x))


@network("Add of two and three feature maps with different scales, of an accumulator, and of a map to itself")
def add():
    i, x = start()
    a = act(conv(x, "c0", padding="same"), "a0", quantized_relu(4, 1))
    b = act(conv(x, "c1", padding="same"), "a1", bits(6, 2))
    x = act(L.Add(name="two")([a, b]), "a2", bits(6, 2))
    x = act(L.Add(name="three")([a, b, x]), "a3", quantized_relu(6, 3))
    x = act(L.Add(name="itself")([x, x]), "a4", quantized_relu(5, 3))
    x = act(L.Add(name="accumulator")([conv(x, "c5", padding="same"), b]), "a5", bits(7, 3))
    return keras.Model(i, classifier(x))


@network("Concatenate of feature maps with different scales and signs, along channels, rows, and after Flatten")
def concatenate():
    i, x = start()
    a = act(conv(x, "c0", 3), "a0", quantized_relu(4, 1))
    b = act(conv(x, "c1", 2), "a1", bits(6, 2))
    x = act(conv(L.Concatenate(name="channels")([a, b]), "c2", size=1), "a2")
    y = act(conv(b, "c3", size=1), "a3", quantized_relu(8, 3))
    rows = L.Concatenate(axis=1, name="rows")([x, y])
    rows = act(conv(rows, "c4"), "a4")
    flat = [L.Flatten(name="flat0")(rows), L.Flatten(name="flat1")(a), L.Flatten(name="flat2")(b)]
    return keras.Model(i, dense(act(L.Concatenate(name="all")(flat), "a5", bits(5, 2))))


@network("AveragePooling2D: valid, same (edges divide by fewer), stride unlike pool, each before a quantizer")
def average_pooling():
    i, x = start((9, 9, 3))
    x = act(conv(x, "c0", padding="same"), "a0")
    x = act(L.AveragePooling2D(2, strides=1, name="p1")(x), "a1")
    x = act(L.AveragePooling2D(3, strides=1, padding="same", name="p2")(x), "a2", quantized_relu(5, 2))
    x = act(L.AveragePooling2D((3, 2), strides=(2, 2), padding="same", name="p3")(x), "a3", quantized_relu(8, 2))
    return keras.Model(i, classifier(act(L.AveragePooling2D(2, name="p4")(x), "a4")))


@network("MaxPooling2D: valid, same, stride unlike pool, signed and unsigned codes")
def max_pooling():
    i, x = start((9, 9, 3))
    x = act(conv(x, "c0", padding="same"), "a0", bits(6, 2))
    x = L.MaxPooling2D(2, strides=1, name="p1")(x)
    x = act(conv(L.MaxPooling2D(3, strides=2, padding="same", name="p2")(x), "c2", size=1), "a2", bits(4, 2))
    x = L.MaxPooling2D((2, 3), strides=(1, 2), padding="same", name="p3")(x)
    return keras.Model(i, classifier(L.MaxPooling2D(2, name="p4")(x)))


@network("MaxPooling2D of accumulators: after a convolution, and after batch normalization with negative gamma")
def max_pooling_accumulator():
    i, x = start((8, 8, 3))
    x = act(L.MaxPooling2D(2, name="p0")(conv(x, "c0")), "a0", bits(6, 2))
    x = L.BatchNormalization(name="n1")(conv(x, "c1", padding="same"))
    x = act(L.MaxPooling2D(2, strides=1, padding="same", name="p1")(x), "a1", bits(6, 2))
    x = L.MaxPooling2D(2, name="p2")(L.ReLU(name="r2")(conv(x, "c2", size=2)))
    return keras.Model(i, classifier(act(x, "a2")))


@network("AveragePooling2D and GlobalAveragePooling2D of accumulators before their quantizer")
def average_pooling_accumulator():
    i, x = start((8, 8, 3))
    x = act(L.AveragePooling2D(2, name="p0")(conv(x, "c0")), "a0", bits(6, 2))
    x = act(L.AveragePooling2D(2, strides=1, padding="same", name="p1")(conv(x, "c1", padding="same")), "a1")
    x = act(L.GlobalAveragePooling2D(name="p2")(conv(x, "c2")), "a2", bits(6, 1))
    return keras.Model(i, dense(x))


@network("GlobalAveragePooling2D, plain and keepdims, and as the last layer")
def global_average():
    i, x = start((5, 6, 3))
    x = act(conv(x, "c0", padding="same"), "a0")
    kept = act(L.GlobalAveragePooling2D(keepdims=True, name="p1")(x), "a1", quantized_relu(8, 2))
    flat = act(L.GlobalAveragePooling2D(name="p2")(x), "a2", quantized_relu(6, 2))
    kept = L.Flatten(name="flatten")(act(conv(kept, "c1", size=1), "a3"))
    last = L.GlobalAveragePooling2D(name="p3")(conv(x, "c4", size=1))
    return keras.Model(i, [dense(L.Concatenate(name="both")([kept, flat])), last])


@network("QAveragePooling2D, QGlobalAveragePooling2D with average_quantizer and activation, and without")
def q_average_pooling():
    i, x = start((9, 9, 3))
    x = act(conv(x, "c0", padding="same"), "a0")
    x = QAveragePooling2D(2, strides=1, average_quantizer=bits(8), activation=quantized_relu(6, 2), name="p1")(x)
    x = QAveragePooling2D(3, strides=2, average_quantizer="quantized_bits(4,0,1)", name="p2")(x)
    x = act(conv(act(x, "a2"), "c2", padding="same"), "a3")
    x = act(QAveragePooling2D((2, 1), padding="same", strides=1, activation=quantized_relu(5, 2), name="p3")(x), "a4")
    y = QGlobalAveragePooling2D(average_quantizer=bits(6), activation="quantized_relu(6,2)", name="p4")(x)
    z = QGlobalAveragePooling2D(activation=quantized_relu(8, 2), name="p5")(x)
    return keras.Model(i, dense(L.Concatenate(name="both")([y, z])))


@network("ZeroPadding2D (one number, unequal sides), Reshape (also -1), Dropout before quantized layers")
def shapes():
    i, x = start()
    x = act(conv(L.ZeroPadding2D(1, name="z0")(x), "c0"), "a0")
    x = L.Dropout(0.3, name="drop")(L.ZeroPadding2D(((1, 2), (0, 3)), name="z1")(x))
    x = act(conv(x, "c1", 4, strides=2), "a1")
    x = act(conv(L.Reshape((2, -1, 8), name="r2")(x), "c2", size=(2, 1)), "a2")
    x = act(L.Reshape((-1,), name="r3")(conv(x, "c3", size=1)), "a3")
    return keras.Model(i, L.Reshape((3, 2), name="r4")(dense(x, units=6)))


@network("Softmax layer at the end, of a quantized feature map")
def softmax_layer():
    i, x = start((12,))
    return keras.Model(i, L.Softmax(name="softmax")(act(dense(x, "f0", 5), "a0", bits(8, 2))))


@network("plain Conv2D, DepthwiseConv2D, Dense and Conv1D whose weights are multiples of 1/16")
def plain_layers():
    i, x = start()
    x = act(L.Conv2D(4, 3, padding="same", activation="relu", name="c0")(x), "a0")
    x = act(L.DepthwiseConv2D(3, strides=2, padding="same", name="d1")(x), "a1")
    x = act(L.Conv2D(4, 2, use_bias=False, name="c2")(x), "a2", bits(6, 2))
    x = act(L.Conv1D(3, 2, padding="causal", name="c3")(L.Reshape((4, 4), name="r3")(x)), "a3")
    return keras.Model(i, L.Dense(3, activation="softmax", name="f4")(L.Flatten(name="flatten")(x)))


@network("quantized layers without weight quantizer, weights multiples of 1/16; bias without quantizer")
def weights_without_quantizer():
    i, x = start()
    x = act(conv(x, "c0", kernel_quantizer=None, bias_quantizer=None), "a0")
    x = act(conv(x, "c1", size=2, bias_quantizer=None), "a1")
    return keras.Model(i, dense(L.Flatten(name="flatten")(x), kernel_quantizer=None, bias_quantizer=None))


@network("QSeparableConv2D: valid, same, stride 2, depth_multiplier 2, dilation, no bias, activation=")
def separable():
    i, x = start((9, 9, 3))

    def step(x, name, filters=4, **options):
        q = dict(depthwise_quantizer=bits(4), pointwise_quantizer=bits(4, 1), bias_quantizer=bias())
        return QSeparableConv2D(filters, 3, name=name, **(q | options))(x)

    x = act(step(x, "s0"), "a0")
    x = act(step(x, "s1", padding="same", strides=2, depth_multiplier=2), "a1", bits(6, 2))
    x = act(step(x, "s2", padding="same", use_bias=False, dilation_rate=2), "a2")
    auto = dict(
        depthwise_quantizer=quantized_bits(4, 0, alpha="auto"),
        pointwise_quantizer=quantized_bits(4, 0, alpha="auto_po2"),
    )
    x = step(x, "s3", padding="same", activation=quantized_relu(5, 2), **auto)
    return keras.Model(i, classifier(x))


@network("QConv1D: valid, same, causal, strides, dilation")
def conv1d():
    i, x = start((16, 3))
    options = (
        dict(),
        dict(padding="same", strides=2),
        dict(padding="causal"),
        dict(padding="causal", dilation_rate=2),
        dict(padding="same", dilation_rate=2),
        dict(padding="causal", strides=2),
    )
    for k, o in enumerate(options):
        x = act(QConv1D(4, 3, kernel_quantizer=bits(5), bias_quantizer=bias(), name=f"c{k}", **o)(x), f"a{k}")
    return keras.Model(i, classifier(x))


@network("strides 2, 3, (1, 2) and (2, 1) with same and valid padding, and depthwise stride 2")
def strides():
    i, x = start((13, 11, 3))
    x = act(conv(x, "c0", strides=(1, 2), padding="same"), "a0")
    x = act(conv(x, "c1", strides=(2, 1)), "a1")
    x = QDepthwiseConv2D(3, strides=2, padding="same", depthwise_quantizer=bits(5), bias_quantizer=bias(), name="d2")(x)
    y = act(conv(act(x, "a2"), "c3", size=1, strides=2), "a3")
    return keras.Model(i, classifier(act(conv(y, "c4", size=2, strides=3, padding="same"), "a4")))


@network("dilation 2 and (1, 3), convolution and depthwise, same and valid")
def dilation():
    i, x = start((9, 9, 3))
    x = act(conv(x, "c0", dilation_rate=2, padding="same"), "a0")
    q = dict(depthwise_quantizer=bits(5), bias_quantizer=bias(), dilation_rate=2)
    x = act(QDepthwiseConv2D(3, padding="same", name="d1", **q)(x), "a1")
    x = act(QDepthwiseConv2D(2, name="d2", **q)(x), "a2")
    return keras.Model(i, classifier(act(conv(x, "c3", size=2, dilation_rate=(1, 3)), "a3")))


@network("groups 2 and 4, the latter with two outputs for each input channel")
def groups():
    i, x = start((6, 6, 4))
    x = act(conv(x, "c0", 6, groups=2, padding="same"), "a0")
    x = act(conv(x, "c1", 4, size=1), "a1")
    x = act(conv(x, "c2", 8, groups=4, kernel_quantizer=quantized_bits(4, 0, alpha="auto")), "a2")
    return keras.Model(i, classifier(x))


@network("depth_multiplier 2: QDepthwiseConv2D, with per-filter scales, and folded")
def depth_multiplier():
    i, x = start()
    q = dict(bias_quantizer=bias(), depth_multiplier=2)
    x = act(QDepthwiseConv2D(3, depthwise_quantizer=bits(5), name="d0", **q)(x), "a0")
    x = act(
        QDepthwiseConv2D(3, depthwise_quantizer=quantized_bits(4, 0, alpha="auto"), padding="same", name="d1", **q)(x),
        "a1",
    )
    x = act(folded_depthwise(x, "d2", depth_multiplier=2), "a2")
    return keras.Model(i, classifier(x))


@network("kernel 10x4, larger than the weight memory, stride 2, same padding")
def kernel_10x4():
    i, x = start((12, 6, 1))
    x = act(conv(x, "c0", 4, size=(10, 4), strides=2, padding="same"), "a0")
    return keras.Model(i, classifier(act(conv(x, "c1", 3, size=(6, 3)), "a1")))


@network("even kernels and strides that pad one side more than the other")
def same_uneven():
    i, x = start((7, 8, 3))
    x = act(conv(x, "c0", size=2, padding="same"), "a0")
    x = act(conv(x, "c1", size=(4, 3), strides=2, padding="same"), "a1")
    q = dict(depthwise_quantizer=bits(5), bias_quantizer=bias(), padding="same")
    x = act(QDepthwiseConv2D((2, 4), name="d2", **q)(x), "a2")
    return keras.Model(i, classifier(act(QDepthwiseConv2D(2, strides=2, name="d3", **q)(x), "a3")))


@network("quantized layers with use_bias=False")
def no_bias():
    i, x = start()
    x = act(conv(x, "c0", use_bias=False), "a0")
    x = act(QDepthwiseConv2D(2, depthwise_quantizer=bits(5), use_bias=False, name="d1")(x), "a1")
    return keras.Model(i, dense(L.Flatten(name="flatten")(x), use_bias=False))


@network("dense layer on the last axis of a feature map with two spatial axes")
def dense_on_map():
    i, x = start((4, 4, 3))
    x = act(QDense(5, kernel_quantizer=bits(5), bias_quantizer=bias(), name="f0")(x), "a0")
    return keras.Model(i, classifier(x))


@network("MaxPooling1D, AveragePooling1D (valid, same, other strides), ZeroPadding1D, Cropping1D and UpSampling1D of sequences")
def pooling1d():
    i, x = start((20, 3))
    x = act(QConv1D(6, 3, padding="same", kernel_quantizer=bits(5), bias_quantizer=bias(), name="c0")(x), "a0")
    x = L.MaxPooling1D(2, name="p0")(L.ZeroPadding1D((1, 3), name="z0")(x))
    x = act(QConv1D(6, 3, kernel_quantizer=bits(5), bias_quantizer=bias(), name="c1")(x), "a1", bits(6, 2))
    x = L.MaxPooling1D(3, strides=2, padding="same", name="p1")(x)
    x = act(L.AveragePooling1D(2, strides=1, name="p2")(x), "a2")
    x = act(L.AveragePooling1D(3, strides=2, padding="same", name="p3")(L.UpSampling1D(3, name="u0")(x)), "a3")
    x = L.Cropping1D((1, 2), name="k0")(x)
    return keras.Model(i, classifier(x))


@network("GlobalMaxPooling1D and GlobalAveragePooling1D, plain and keepdims, of codes and of accumulators")
def global_pooling1d():
    i, x = start((8, 3))
    x = act(QConv1D(4, 3, kernel_quantizer=bits(5), bias_quantizer=bias(), name="c0")(x), "a0")
    kept = act(L.GlobalAveragePooling1D(keepdims=True, name="p1")(x), "a1", quantized_relu(8, 2))
    flat = act(L.GlobalAveragePooling1D(name="p2")(x), "a2", quantized_relu(6, 2))
    most = L.GlobalMaxPooling1D(name="p3")(x)
    most1 = L.Flatten(name="flatten1")(L.GlobalMaxPooling1D(keepdims=True, name="p4")(x))
    c = QConv1D(4, 1, kernel_quantizer=bits(5), bias_quantizer=bias(), name="c5")(x)
    last = act(L.GlobalAveragePooling1D(name="p5")(c), "a5", bits(6, 1))
    kept = L.Flatten(name="flatten")(kept)
    return keras.Model(i, dense(L.Concatenate(name="all")([kept, flat, most, most1, last])))


@network("Cropping2D, UpSampling2D, Permute (channels and rows, and back), RepeatVector, between quantized layers")
def moves():
    i, x = start((6, 8, 3))
    x = act(conv(L.Cropping2D(((1, 0), (0, 2)), name="k0")(x), "c0", padding="same"), "a0")
    x = act(conv(L.UpSampling2D((2, 3), name="u0")(x), "c1", 5, strides=2), "a1")
    x = act(conv(L.Permute((3, 1, 2), name="t0")(x), "c2", size=2), "a2", bits(6, 2))
    x = L.Permute((2, 1, 3), name="t1")(conv(x, "c3", size=1))
    x = L.Cropping2D(1, name="k1")(L.UpSampling2D(2, name="u1")(act(x, "a3")))
    x = act(dense(L.Flatten(name="flatten")(x), "f4", 5), "a4")
    x = act(dense(L.RepeatVector(3, name="r5")(x), "f5", 4), "a5")
    return keras.Model(i, L.Permute((2, 1), name="t6")(x))


@network("Add whose terms spread over rows, columns and channels")
def add_spread():
    i, x = start((4, 5, 3))
    x = act(conv(x, "c0", padding="same"), "a0", bits(6, 2))
    rows = act(L.MaxPooling2D((4, 1), name="p1")(conv(x, "c1", padding="same")), "a1", bits(6, 2))
    all_ = act(L.GlobalAveragePooling2D(name="p2")(x), "a2", bits(6, 2))
    one = act(conv(x, "c3", 1, padding="same"), "a3", bits(6, 2))
    x = act(L.Add(name="add0")([x, rows]), "a4", bits(6, 3))
    x = act(L.Add(name="add1")([x, one, L.Reshape((1, 1, -1), name="r2")(all_)]), "a5", bits(6, 3))
    return keras.Model(i, classifier(x))


@network("layers of several tensors: products, differences, means, the largest and the smallest, products of vectors and matrices")
def merges():
    i, x = start((4, 5, 3))
    x = act(conv(x, "c0", padding="same"), "a0", bits(6, 2))
    y = act(conv(x, "c1", padding="same"), "a1", quantized_relu(5, 2))
    gate = act(dense(L.GlobalAveragePooling2D(keepdims=True, name="p2")(x), "f2", 4), "a2", quantized_relu(6, 0))
    x = act(L.Multiply(name="gated")([x, gate]), "a3", bits(7, 2))
    x = act(L.Subtract(name="difference")([x, y]), "a4", bits(7, 3))
    z = act(L.Multiply(name="cube")([x, y, x]), "a5", bits(8, 4))
    z = act(L.Average(name="mean")([z, x, y]), "a6", bits(7, 3))
    x = act(L.Maximum(name="largest")([x, y, z]), "a7", bits(7, 3))
    y = act(L.Minimum(name="smallest")([conv(x, "c8", padding="same"), z]), "a8", bits(6, 2))
    rows = L.Reshape((5, 16), name="rows")(L.Permute((2, 1, 3), name="turned")(y))
    q = act(dense(rows, "f9", 6), "a9", bits(6, 2))
    scores = act(L.Dot(axes=2, name="scores")([q, q]), "a10", bits(8, 6))
    mixed = act(L.Dot(axes=(2, 1), name="mixed")([scores, q]), "a11", bits(8, 9))
    one = act(L.Dot(axes=1, name="one")([L.Flatten(name="v0")(mixed), L.Flatten(name="v1")(q)]), "a12", bits(10, 15))
    return keras.Model(i, [classifier(mixed), one])


@network("QConv2DTranspose: valid and same, strides, kernels smaller and larger than them, output_padding, no bias")
def transposed_convolution():
    i, x = start((4, 5, 3))

    def step(x, name, filters=4, size=3, **options):
        options = {"kernel_quantizer": bits(5), "bias_quantizer": bias()} | options
        return QConv2DTranspose(filters, size, name=name, **options)(x)

    x = act(step(x, "t0", size=2, strides=2), "a0")
    x = act(step(x, "t1", strides=2, padding="same"), "a1")
    y = act(step(x, "t2", size=(2, 1), strides=(3, 2), use_bias=False), "a2", bits(6, 2))
    x = act(conv(x, "c3", size=4, strides=4), "a3")
    x = act(step(x, "t4", size=(3, 4), strides=(2, 3), padding="same", output_padding=(1, 1)), "a4", bits(6, 2))
    x = act(step(x, "t5", size=2, strides=(2, 1), kernel_quantizer=bits(4, alpha="auto_po2")), "a5")
    y = act(conv(y, "c6", size=6, strides=6), "a6", bits(6, 2))
    x = L.Concatenate(name="both")([L.Flatten(name="flatten0")(x), L.Flatten(name="flatten1")(y)])
    return keras.Model(i, [dense(x), step(y, "last", filters=2, strides=2)])


@network("Conv2DTranspose and Conv1DTranspose whose weights are multiples of 1/16, dilation")
def plain_transposed():
    i, x = start((4, 6, 2))
    x = act(L.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu", name="t0")(x), "a0")
    x = act(L.Conv2DTranspose(2, 3, dilation_rate=2, name="t1")(x), "a1")
    x = L.Reshape((-1, 4), name="r2")(x)
    x = act(L.Conv1DTranspose(4, 3, strides=2, name="t2")(x), "a2")
    return keras.Model(i, L.Conv1DTranspose(2, 4, strides=3, padding="same", name="t3")(x))


@network("UpSampling2D with bilinear interpolation, by two, by two and four, and of rows alone")
def bilinear():
    i, x = start((4, 5, 3))
    x = L.UpSampling2D(2, interpolation="bilinear", name="u0")(x)
    x = act(conv(act(x, "a0", bits(8, 1)), "c1", strides=2), "a1")
    x = act(L.UpSampling2D((2, 4), interpolation="bilinear", name="u2")(x), "a2")
    x = act(conv(x, "c3", strides=2), "a3")
    x = act(L.UpSampling2D((4, 1), interpolation="bilinear", name="u4")(x), "a4")
    return keras.Model(i, classifier(act(conv(x, "c5", strides=3), "a5")))
