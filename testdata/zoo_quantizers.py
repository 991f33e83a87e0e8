"""Networks for quantizers: of weights (a chain of convolutions) and of feature maps (a chain of activations)."""

import numpy as np
from golden import quantized_bits_featuremap as affine
from networks import L, QActivation, act, bits, chain, classifier, conv, dense, keras, network, start
from qkeras import (
    QDepthwiseConv2D,
    bernoulli,
    binary,
    quantized_bits,
    quantized_hswish,
    quantized_po2,
    quantized_relu,
    quantized_relu_po2,
    quantized_sigmoid,
    quantized_tanh,
    quantized_ulaw,
    stochastic_binary,
    stochastic_ternary,
    ternary,
)


@network("quantized_bits weights: 2 to 16 bits, integer 0 to 3, symmetric or not, keep_negative=False")
def bits_weights():
    return chain(
        [
            bits(2),
            bits(3, 1),
            bits(8, 0, symmetric=0),
            bits(4, 0, keep_negative=False),
            bits(16, 2),
            bits(6, 0, symmetric=0),
            bits(5, 0, keep_negative=False, symmetric=0),
        ],
        biases=[bits(8), bits(8, 1, symmetric=0), bits(6, 2, keep_negative=False), bits(16, 3)],
    )


@network("quantized_bits feature maps: 2 to 16 bits, integer 0 to 4, symmetric or not, keep_negative=False, alpha None")
def bits_activations():
    return chain(
        [bits(5)],
        [
            bits(3, 1),
            bits(8, 4, symmetric=0),
            bits(4, 2, keep_negative=False),
            bits(16, 4),
            quantized_bits(6, 2),
            bits(8, 0),
            bits(2, 2, symmetric=0),
        ],
    )


@network("quantized_bits with numbers as alpha, powers of two and not, for weights, biases and feature maps")
def bits_alpha_number():
    return chain(
        [bits(4, alpha=0.5), bits(4, alpha=0.3), bits(6, 1, alpha=2), bits(5, alpha=1.7)],
        [bits(6, 2, alpha=0.5), bits(6, 2, alpha=0.7), quantized_relu(6, 2)],
        [bits(12, 3, alpha=0.25), bits(8, 1, alpha=1.1)],
    )


@network(
    "a feature map whose scale of 1/255 is far below what it quantizes, hard sigmoids and hard tanh that round at 1",
    low=-2.5,
    high=2.5,
)
def small_scale():
    i, x = start(quantizer=bits(8, 2))
    x = act(x, "unit", quantized_bits(8, 0, 0, keep_negative=False, alpha=1 / 255))
    x = act(conv(x, "c0"), "a0", quantized_tanh(6))
    x = act(conv(x, "c1", size=2), "a1", quantized_sigmoid(7))
    x = L.Activation("hard_sigmoid", name="h0")(conv(x, "c2", size=1))
    x = act(x, "a2", quantized_relu(8, 0))
    x = QActivation("hard_tanh", name="h1")(conv(x, "c3", size=1))
    return keras.Model(i, dense(L.Flatten(name="flatten")(act(x, "a3", bits(9, 0)))))


@network(
    "quantized_bits with an array as alpha: one number for each channel, in weights, biases and a feature map",
    loads=False,
)
def bits_alpha_array():
    a = np.array([0.5, 1.0, 0.3, 2.0], np.float32)
    return chain(
        [bits(4, alpha=a), bits(5, alpha=a.reshape(1, 1, 1, 4)), bits(6)],
        [quantized_relu(6, 2), quantized_relu(6, 2), bits(6, 2, alpha=a)],
        [bits(12, 3, alpha=a), bits(12, 3)],
    )


@network('quantized_bits(alpha="auto") weights and biases: 2 to 8 bits, integer 0 to 8, depthwise, dense')
def bits_auto():
    def q(b, integer=0):
        return quantized_bits(b, integer, alpha="auto")

    i, x = start()
    for k, (b, integer) in enumerate(((4, 0), (8, 8), (2, 0), (3, 2))):
        x = act(conv(x, f"c{k}", size=2, kernel_quantizer=q(b, integer), bias_quantizer=q(12, k)), f"a{k}")
    x = act(QDepthwiseConv2D(2, depthwise_quantizer=q(6), bias_quantizer=q(8), name="d")(x), "a4")
    return keras.Model(i, dense(L.Flatten(name="flatten")(x), kernel_quantizer=q(5), bias_quantizer=q(16)))


@network('quantized_bits(alpha="auto_po2"), also from alpha=None, weights and biases, depthwise, dense')
def bits_auto_po2():
    def q(b, integer=0):
        return quantized_bits(b, integer, alpha="auto_po2")

    i, x = start()
    for k, w in enumerate((q(4), q(8, 2), q(2), quantized_bits(6, 1), quantized_bits(4))):
        x = act(conv(x, f"c{k}", size=2, kernel_quantizer=w, bias_quantizer=q(12, k)), f"a{k}")
    x = act(QDepthwiseConv2D(1, depthwise_quantizer=q(6), bias_quantizer=q(8), name="d")(x), "a5")
    return keras.Model(i, dense(L.Flatten(name="flatten")(x), kernel_quantizer=q(5), bias_quantizer=q(16)))


def zero_a_filter(model):
    for layer in model.layers:
        if layer.name in ("c0", "c1"):
            kernel = layer.get_weights()[0]
            kernel[..., 1] = 0
            layer.set_weights([kernel] + layer.get_weights()[1:])


@network('alpha "auto_po2" with a filter of zeros (scale 2^-23)', prepare=zero_a_filter)
def auto_po2_zero_filter():
    i, x = start()
    x = act(conv(x, "c0", kernel_quantizer=quantized_bits(4, 0, alpha="auto_po2")), "a0")
    x = act(conv(x, "c1", kernel_quantizer=ternary(alpha="auto_po2"), size=2), "a1")
    return keras.Model(i, classifier(x))


@network(
    "one-bit quantized_bits: signs, and 0 or 2^(integer - 1) with keep_negative=False, as weights and feature maps"
)
def bits_one():
    return chain(
        [
            quantized_bits(1, 0, alpha=1),
            quantized_bits(1, 0, keep_negative=False, alpha=1),
            quantized_bits(1, 0, alpha=0.5),
        ],
        [
            quantized_bits(1, 0, alpha=1),
            quantized_relu(1, 0),
            quantized_bits(1, 1, keep_negative=False, alpha=1),
            quantized_bits(1, 0, alpha=0.25),
        ],
    )


@network("quantized_relu: 1 to 16 bits, integer 0 to 4")
def relu_bits():
    return chain(
        [bits(5, 1)],
        [
            quantized_relu(1, 1),
            quantized_relu(2, 2),
            quantized_relu(8, 0),
            quantized_relu(16, 4),
            quantized_relu(3, 3),
            quantized_relu(5, 0),
            quantized_relu(4),
        ],
    )


@network("quantized_relu with negative_slope 0.25, 0.5, 1 and 0.125")
def relu_slope():
    return chain(
        [bits(5, 1)],
        [
            quantized_relu(6, 2, negative_slope=0.25),
            quantized_relu(4, 2, negative_slope=0.5),
            quantized_relu(8, 3, negative_slope=1.0),
            quantized_relu(5, 1, negative_slope=0.125),
        ],
    )


@network(
    "quantized_relu with relu_upper_bound, clipped by the quantizer (default) or by the bound (only strings keep "
    "is_quantized_clip), with and without slope"
)
def relu_upper_bound():
    return chain(
        [bits(5, 1)],
        [
            quantized_relu(6, 2, relu_upper_bound=1.5),
            "quantized_relu(6,2,relu_upper_bound=1.5,is_quantized_clip=False)",
            "quantized_relu(6,2,relu_upper_bound=1.3,is_quantized_clip=False)",
            "quantized_relu(6,3,0,0.25,relu_upper_bound=2.0,is_quantized_clip=False)",
            "quantized_relu(6,2,is_quantized_clip=False)",
        ],
    )


@network("quantized_relu with use_sigmoid, with and without slope")
def relu_sigmoid():
    return chain(
        [bits(5, 1)],
        [
            quantized_relu(6, 2, use_sigmoid=1),
            quantized_relu(4, 0, use_sigmoid=1),
            quantized_relu(6, 1, use_sigmoid=1, negative_slope=0.25),
        ],
    )


@network(
    "quantized_po2 weights: max_value above, at and below 1, quadratic_approximation, log2_rounding floor, few bits"
)
def po2_weights():
    return chain(
        [
            quantized_po2(4),
            quantized_po2(4, 2.0),
            quantized_po2(3, 1.0),
            quantized_po2(4, 0.5),
            quantized_po2(4, 1.0, quadratic_approximation=True),
            quantized_po2(4, 1.0, log2_rounding="floor"),
            quantized_po2(2, 1.0),
        ],
        biases=[quantized_po2(4, 1.0), quantized_po2(5, 4.0), bits(12, 3)],
    )


@network(
    "quantized_po2 and quantized_relu_po2 feature maps: max_value, slope, quadratic_approximation, log2_rounding floor"
)
def po2_activations():
    return chain(
        [bits(5, 1)],
        [
            quantized_po2(4, 4.0),
            quantized_relu_po2(4, 4.0),
            quantized_relu_po2(4, 2.0, 0.25),
            quantized_relu_po2(3, 1.0, quadratic_approximation=True),
            quantized_po2(3),
            quantized_relu_po2(4, 4.0, log2_rounding="floor"),
            quantized_relu_po2(3),
        ],
    )


@network("quantized_relu_po2 weights (what a negative weight becomes), slope, max_value not a power of two")
def relu_po2_weights():
    return chain(
        [quantized_relu_po2(4, 1.0), quantized_relu_po2(4, 1.0, 0.5), quantized_po2(4, 0.7), quantized_po2(4, 3.0)]
    )


@network("binary weights: use_01, alpha None, number, auto, auto_po2")
def binary_weights():
    return chain(
        [
            binary(),
            binary(alpha=1),
            binary(use_01=True, alpha=1),
            binary(alpha="auto"),
            binary(alpha="auto_po2"),
            binary(use_01=True, alpha="auto"),
            binary(alpha=0.3),
        ]
    )


@network("binary feature maps: alpha None, 1, 0.5, use_01, an alpha array", loads=False)
def binary_activations():
    a = np.array([0.5, 1.0, 0.25, 2.0], np.float32)
    return chain(
        [bits(4)],
        [
            binary(alpha=1),
            binary(),
            binary(use_01=True, alpha=1),
            binary(alpha=0.5),
            binary(use_01=True),
            binary(alpha=a),
        ],
    )


@network("ternary weights: alpha None, number, auto, auto_po2, threshold, number_of_unrolls")
def ternary_weights():
    return chain(
        [
            ternary(),
            ternary(alpha=1),
            ternary(alpha=1, threshold=0.1),
            ternary(alpha="auto"),
            ternary(alpha="auto_po2"),
            ternary(alpha=0.3, threshold=0.2),
            ternary(alpha="auto", number_of_unrolls=1),
        ]
    )


@network("ternary feature maps: alpha None, 1, 0.5, threshold")
def ternary_activations():
    return chain([bits(4)], [ternary(alpha=1), ternary(), ternary(alpha=0.5, threshold=0.5), ternary(threshold=1.0)])


@network('binary and ternary biases, and dense and depthwise weights with alpha "auto"')
def binary_ternary_shapes():
    i, x = start()
    x = act(conv(x, "c0", kernel_quantizer=binary(alpha="auto"), bias_quantizer=binary(alpha=1)), "a0")
    x = act(
        QDepthwiseConv2D(2, depthwise_quantizer=ternary(alpha="auto"), bias_quantizer=ternary(alpha=1), name="d1")(x),
        "a1",
    )
    x = act(
        QDepthwiseConv2D(
            2, depthwise_quantizer=binary(alpha="auto_po2"), bias_quantizer=ternary(alpha="auto"), name="d2"
        )(x),
        "a2",
    )
    x = act(
        dense(
            L.Flatten(name="flatten")(x),
            "f3",
            6,
            kernel_quantizer=ternary(alpha="auto_po2"),
            bias_quantizer=binary(alpha="auto"),
        ),
        "a3",
    )
    return keras.Model(i, dense(x, kernel_quantizer=binary(alpha="auto")))


@network("stochastic_binary and stochastic_ternary weights and feature maps: at inference binary and ternary")
def stochastic():
    return chain(
        [
            stochastic_binary(alpha="auto"),
            stochastic_ternary(alpha="auto"),
            stochastic_binary(),
            stochastic_ternary(),
            stochastic_binary(alpha=1),
            stochastic_ternary(alpha="auto_po2"),
            stochastic_ternary(alpha=1, threshold=0.2),
        ],
        [
            quantized_relu(6, 2),
            stochastic_binary(alpha=1),
            quantized_relu(6, 2),
            stochastic_ternary(alpha=1, threshold=0.5),
            bits(6, 2),
            stochastic_binary(),
        ],
    )


@network("use_stochastic_rounding, which rounds to nearest at inference: bits, relu, po2, binary, tanh, sigmoid")
def stochastic_rounding():
    s = dict(use_stochastic_rounding=True)
    return chain(
        [
            bits(4, **s),
            quantized_bits(4, 0, alpha="auto", **s),
            quantized_po2(4, 1.0, **s),
            binary(alpha="auto", **s),
            ternary(alpha="auto", **s),
        ],
        [
            quantized_relu(5, 2, **s),
            bits(6, 2, **s),
            quantized_tanh(4, **s),
            quantized_sigmoid(4, **s),
            quantized_relu_po2(4, 4.0, **s),
        ],
    )


def saturate(model):
    layer = model.get_layer("c0")
    kernel = layer.get_weights()[0]
    layer.set_weights([np.where(kernel < 0, -20, 20).astype(np.float32), layer.get_weights()[1]])


@network("bernoulli weights so large that the draw is certain", prepare=saturate)
def bernoulli_certain():
    i, x = start()
    return keras.Model(i, classifier(act(conv(x, "c0", kernel_quantizer=bernoulli(alpha=1)), "a0")))


@network("bernoulli weights: random at each call, at inference too", golden=False)
def bernoulli_random():
    i, x = start()
    return keras.Model(i, classifier(act(conv(x, "c0", kernel_quantizer=bernoulli(alpha=1)), "a0")))


@network("quantized_tanh: linear (default) and real, symmetric, 2 to 8 bits")
def tanh():
    return chain(
        [bits(5, 1)],
        [
            quantized_tanh(6),
            quantized_tanh(4, symmetric=True),
            quantized_tanh(5, use_real_tanh=True),
            quantized_tanh(8, use_real_tanh=True, symmetric=True),
            quantized_tanh(2),
        ],
    )


@network("quantized_sigmoid: linear (default) and real, symmetric, 2 to 8 bits")
def sigmoid():
    return chain(
        [bits(5, 1)],
        [
            quantized_sigmoid(6),
            quantized_sigmoid(4, symmetric=True),
            quantized_sigmoid(5, use_real_sigmoid=True),
            quantized_sigmoid(8, True, True),
            quantized_sigmoid(2),
        ],
    )


@network("quantized_ulaw feature maps and weights: integer, symmetric, u")
def ulaw():
    return chain(
        [bits(5, 1), quantized_ulaw(4, 1), bits(5, 1)],
        [quantized_ulaw(6, 1), quantized_ulaw(4, 0, 1), quantized_ulaw(4, 2, u=15.0)],
    )


@network("quantized_hswish: integer, relu_shift, relu_upper_bound, alpha", loads=False)
def hswish():
    return chain(
        [bits(5, 1)],
        [
            quantized_hswish(8, 3),
            quantized_hswish(6, 2, 1, relu_shift=2, relu_upper_bound=4),
            quantized_hswish(6, 2, alpha=0.5),
        ],
    )


FUNCTIONS = ("hard_sigmoid", "smooth_sigmoid", "hard_tanh", "smooth_tanh", "binary_sigmoid", "binary_tanh")


@network("QActivation naming a function: hard and smooth sigmoid and tanh before a quantizer, binary ones without")
def activation_functions():
    i, x = start()
    for k, f in enumerate(FUNCTIONS):
        x = QActivation(f, name=f"{f}{k}")(conv(x, f"c{k}", size=2 if k < 5 else 1, kernel_quantizer=bits(5, 1)))
        x = x if "binary" in f else act(x, f"a{k}", bits(6))
    return keras.Model(i, classifier(x))


@network(
    "quantizers as strings, in layers and in QActivation: positional and named arguments, spaces, quotes, defaults"
)
def strings():
    weights = [
        "quantized_bits(4,0,alpha=1)",
        "quantized_bits(bits=4, integer=0, symmetric=True, alpha='auto_po2')",
        'quantized_bits(4, 0, 1, alpha="auto")',
        "ternary()",
        "binary(alpha=1)",
        "quantized_po2(4, 1)",
        "quantized_bits(8, 0, 1, True, 1.0)",
        "quantized_bits",
    ]
    activations = [
        "quantized_relu(4,2)",
        "quantized_bits(8,2,alpha=1)",
        "quantized_relu(bits=6, integer=2, negative_slope=0.25)",
        "quantized_tanh(5)",
        "quantized_relu_po2(4,4)",
        "quantized_relu",
        "quantized_sigmoid(4,True)",
        "ternary(threshold=0.2)",
    ]
    return chain(weights, activations, ["quantized_bits(12,3,1)", "quantized_bits(16, 3, alpha=1.0)"])


@network("wide feature maps and weights: 16x16, 16x8, 12x10, with 24-bit biases")
def wide():
    return chain(
        [bits(16), quantized_bits(16, 0, alpha="auto"), bits(8), bits(10)],
        [bits(16, 4), quantized_relu(16, 2), bits(12, 4), quantized_relu(8, 2)],
        [bits(24, 6)],
    )


@network("quantizer chains: one quantizer straight after another, coarser and finer, relu between")
def quantizer_chain():
    i, x = start()
    x = act(act(conv(x, "c0"), "a0", bits(8, 2)), "a1", bits(4, 2))
    x = act(L.ReLU(name="r2")(act(conv(x, "c2", size=2), "a2", bits(6, 2))), "a3", quantized_relu(3, 1))
    x = act(act(x, "a4", quantized_relu(8, 2)), "a5", quantized_tanh(5))
    return keras.Model(i, classifier(x))


@network(
    "affine feature maps (scale and zero point, 3 to 16 bits) into convolutions with same padding, pooling of both "
    "kinds with padding, ZeroPadding2D, Add, Concatenate, BatchNormalization, dense layers; zero points at both ends",
    low=-1.5,
    high=2.0,
)
def affine_maps():
    def auto(b):
        return quantized_bits(b, b, 1, 1, alpha="auto")

    def step(x, name, quantizer, filters=4, size=3, bits=8, **options):
        q = {"kernel_quantizer": auto(bits), "bias_quantizer": auto(16), "padding": "same"} | options
        return act(conv(x, name, filters, size, **q), name + "_q", quantizer)

    i, x = start((8, 8, 3), affine(8, 3.3 / 255, 100))
    x = s = step(x, "c0", affine(8, 0.037, 131))
    x = step(L.ZeroPadding2D(((1, 0), (0, 2)), name="pad")(x), "c1", affine(4, 0.21, 7), padding="valid", bits=4)
    x = act(
        L.MaxPooling2D(2, strides=1, padding="same", name="max")(step(x, "c2", affine(16, 1e-4, 30000), strides=2)),
        "max_q",
        affine(6, 0.09, 40),
    )
    s = act(L.AveragePooling2D(3, strides=2, padding="same", name="average")(s), "average_q", affine(8, 0.02, 128))
    x = act(L.Add(name="add")([x, s]), "add_q", affine(8, 0.05, 90))
    x = L.Concatenate(name="both")([x, step(s, "c3", affine(3, 0.5, 3), size=1, use_bias=False)])
    d = QDepthwiseConv2D(3, padding="same", depthwise_quantizer=auto(6), bias_quantizer=auto(31), name="depthwise")(x)
    x = act(L.ReLU(name="relu")(L.BatchNormalization(name="norm")(d)), "depthwise_q", affine(8, 0.03, 0))
    x = act(L.GlobalAveragePooling2D(name="mean")(x), "mean_q", affine(8, 0.015, 0))
    x = act(dense(x, "f0", 6, kernel_quantizer=auto(4), bias_quantizer=auto(16)), "f0_q", affine(5, 0.05, 20))
    return keras.Model(i, dense(x, "f1", 4, kernel_quantizer=auto(16), bias_quantizer=auto(16)))
