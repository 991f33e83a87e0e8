"""Small networks for what QTools tells apart and ../zoo has not: every pair of types that can meet, and layers of Keras
beside quantized ones."""

from golden import keras, np
from qkeras import (
    QActivation,
    QAveragePooling2D,
    QBatchNormalization,
    QConv1D,
    QConv2D,
    QConv2DBatchnorm,
    QDense,
    QDepthwiseConv2D,
    QDepthwiseConv2DBatchnorm,
    QGlobalAveragePooling2D,
    QSeparableConv1D,
    QSeparableConv2D,
)
from qkeras.quantizers import *

L = keras.layers

# Two of each kind where the sign or a bound makes a difference.
ACTIVATIONS = {
    "bits": lambda: quantized_bits(5, 2, alpha=1),
    "unsigned": lambda: quantized_bits(4, 1, keep_negative=False, alpha=1),
    "relu": lambda: quantized_relu(6, 3),
    "leaky": lambda: quantized_relu(6, 3, negative_slope=0.25),
    "one": lambda: quantized_relu(1, 1),
    "tanh": lambda: quantized_tanh(4),
    "ulaw": lambda: quantized_ulaw(5, 1),
    "po2": lambda: quantized_po2(4, 2),
    "po2_free": lambda: quantized_po2(3),
    "relu_po2": lambda: quantized_relu_po2(3, 0.5),
    "ternary": lambda: ternary(alpha=1),
    "sternary": lambda: stochastic_ternary(alpha=1),
    "binary": lambda: binary(alpha=1),
    "sbinary": lambda: stochastic_binary(alpha=1),
    "zero_one": lambda: binary(use_01=True, alpha=1),
}
WEIGHTS = ("bits", "one", "po2", "relu_po2", "ternary", "binary", "sbinary", "zero_one")
# Zeros are saved in one line where QKeras' own initializer repeats the quantizer.
SHORT = {"kernel_initializer": "zeros", "use_bias": False}


def activations(x, names=ACTIVATIONS):
    return {n: QActivation(ACTIVATIONS[n](), name=f"a_{n}")(x) for n in names}


def pairs(names):
    """Weights of every kind times activations of these."""
    x = i = keras.Input((3,), name="input")
    out = []
    for n, a in activations(x, names).items():
        for w in WEIGHTS:
            out.append(QDense(2, kernel_quantizer=ACTIVATIONS[w](), name=f"{n}_{w}", **SHORT)(a))
    return keras.Model(i, out)


def merges():
    """Sums and concatenations of two types."""
    x = i = keras.Input((3,), name="input")
    a, out = activations(x), []
    names = list(a)
    for k, n in enumerate(names):
        other = names[(5 * k + 3) % len(names)]
        out.append(L.Add(name=f"add_{n}_{other}")([a[n], a[other]]))
        out.append(L.Concatenate(name=f"cat_{n}_{other}")([a[n], a[other]]))
        out.append(L.Add(name=f"same_{n}")([a[n], QActivation(ACTIVATIONS[n](), name=f"b_{n}")(x)]))
        out.append(L.Concatenate(name=f"both_{n}")([a[n], QActivation(ACTIVATIONS[n](), name=f"c_{n}")(x)]))
    out.append(L.Add(name="twice")([a["bits"], a["bits"]]))
    out.append(L.Add(name="of_input")([i, a["relu"]]))
    out.append(L.Concatenate(name="three")([a["po2"], a["ternary"], L.Activation("relu", name="float")(x)]))
    return keras.Model(i, [L.Flatten(name=f"flat_{k}")(o) for k, o in enumerate(out)])


def shapes():
    """Layers that hand types on, and means of every type."""
    x = i = keras.Input((4, 4, 2), name="input")
    out = []
    for n, a in activations(x).items():
        p = L.MaxPooling2D(2, name=f"max_{n}")(a)
        out.append(QConv2D(1, 1, kernel_quantizer=ACTIVATIONS["bits"](), name=f"conv_{n}", **SHORT)(p))
        out.append(L.AveragePooling2D((3, 2), name=f"mean_{n}")(a))
        out.append(L.GlobalAveragePooling2D(name=f"global_{n}")(a))
        q = {"average_quantizer": quantized_bits(6, 0, 1, alpha=1)} if len(n) % 2 else {}
        out.append(QAveragePooling2D(2, name=f"qmean_{n}", **q)(L.ZeroPadding2D(1, name=f"pad_{n}")(a)))
        out.append(QGlobalAveragePooling2D(name=f"qglobal_{n}", **q)(L.ReLU(name=f"relu_{n}")(a)))
    out.append(L.GlobalMaxPooling2D(name="gmax")(a))
    return keras.Model(i, out)


def on_input():
    """What reads a network input itself."""
    x = i = keras.Input((4, 4, 2), name="input")
    out = [
        L.BatchNormalization(name="bn")(x),
        QBatchNormalization(name="qbn")(x),
        L.GlobalAveragePooling2D(name="global")(x),
        QGlobalAveragePooling2D(name="qglobal")(x),
        L.AveragePooling2D(2, name="mean")(x),
        L.MaxPooling2D(2, name="max")(x),
        L.ReLU(name="relu")(x),
        L.Activation("tanh", name="tanh")(x),
        L.Flatten(name="flat")(x),
        QConv2D(2, 2, kernel_quantizer=quantized_bits(4, 1, alpha=1), bias_quantizer=None, name="conv")(x),
        QDepthwiseConv2D(2, depthwise_quantizer=quantized_po2(4), name="dw")(x),
        L.SeparableConv2D(3, 2, name="separable")(x),
    ]
    return keras.Model(i, out)


def normalizations():
    """QBatchNormalization with its four quantizers of all kinds, behind every type."""
    x = i = keras.Input((3,), name="input")
    names = ("bits", "unsigned", "one", "tanh", "po2", "relu_po2", "ternary", "sbinary", "zero_one")
    a, out = activations(x, names), []
    kinds = [None, *ACTIVATIONS]
    pick = lambda k: kinds[k % len(kinds)] and ACTIVATIONS[kinds[k % len(kinds)]]()
    for k, (n, y) in enumerate(a.items()):
        options = {"center": bool(k % 2), "scale": bool(k % 3)}
        out.append(QBatchNormalization(name=f"default_{n}", **options)(y))
        out.append(L.BatchNormalization(name=f"keras_{n}", **options)(y))
        for j, v in enumerate((None, quantized_relu_po2(5, 16), quantized_po2(4, 9))):
            quantizers = {
                "gamma_quantizer": pick(3 * k + j),
                "beta_quantizer": pick(5 * k + 2 * j),
                "mean_quantizer": pick(k + j),
                "variance_quantizer": v,
            }
            out.append(QBatchNormalization(name=f"n{j}_{n}", scale=j != 1 or k % 2 == 0, **quantizers)(y))
    return keras.Model(i, [L.Activation("linear", name=f"end_{k}")(o) for k, o in enumerate(out)])


def mixed():
    """Layers of Keras between quantized ones, functions and quantizers inside of layers, Dropout."""
    bits = lambda b=4: quantized_bits(b, 1, alpha=1)
    x = i = keras.Input((6, 6, 2), name="input")
    x = L.Conv2D(3, 3, activation="relu", name="conv")(x)
    x = L.Dropout(0.5, name="drop")(x)
    x = QConv2D(4, 2, kernel_quantizer=bits(), bias_quantizer=bits(), activation="relu", name="qconv_function")(x)
    x = QConv2D(4, 1, kernel_quantizer=bits(), activation=quantized_relu(5, 1), use_bias=False, name="qconv_relu")(x)
    y = L.SpatialDropout2D(0.2, name="spatial")(x)
    y = L.DepthwiseConv2D(2, use_bias=False, name="dw")(y)
    y = QSeparableConv2D(
        3, 2, depthwise_quantizer=bits(), pointwise_quantizer=ternary(alpha=1), bias_quantizer=bits(9),
        activation="quantized_tanh(6)", name="qseparable",
    )(y)  # fmt: skip
    y = L.LeakyReLU(0.25, name="leaky")(y)
    y = QDepthwiseConv2DBatchnorm(1, depthwise_quantizer=bits(), bias_quantizer=bits(12), name="folded_dw")(y)
    y = QConv2DBatchnorm(4, 1, kernel_quantizer=binary(alpha=1), bias_quantizer=None, name="folded")(y)
    z = L.Conv2D(4, 1, activation=quantized_relu(3, 1), name="conv_relu")(x)
    z = L.GlobalAveragePooling2D(name="global")(z)
    z = L.Dense(3, activation="softmax", name="soft")(z)
    y = L.Flatten(name="flat")(y)
    y = L.BatchNormalization(name="bn")(y)
    y = QDense(3, kernel_quantizer=None, bias_quantizer=None, activation="quantized_bits(5,1)", name="plain")(y)
    s = L.Reshape((6, 6), name="rows")(L.Flatten(name="flat2")(x))
    s = QConv1D(3, 3, kernel_quantizer=bits(), bias_quantizer=quantized_po2(4), padding="causal", name="conv1d")(s)
    s = QSeparableConv1D(
        4, 2, depthwise_quantizer=bits(), pointwise_quantizer=bits(), bias_quantizer=bits(), name="separable1d"
    )(s)
    s = L.Dense(3, name="last")(L.Flatten(name="flat3")(L.Conv1D(2, 2, name="plain1d")(s)))
    return keras.Model(i, [L.Softmax(name="softmax")(y), z, L.Dropout(0.1, name="end")(s), x])


def unmodelled():
    """Layers and quantizers that have no program, but types."""
    dense = lambda q, n: QDense(3, kernel_quantizer=q, name=n, **SHORT)
    x = i = keras.Input((6, 6, 2), name="input")
    x = QActivation(quantized_bits(8, 0, 1, alpha=1), name="a0")(x)
    y = L.UpSampling2D((2, 1), name="up")(x)
    y = L.PReLU(shared_axes=[1, 2], name="prelu")(y)
    y = L.BatchNormalization(axis=1, name="rows")(y)
    y = L.Conv2DTranspose(3, 3, strides=2, name="transposed")(y)
    y = QActivation(bernoulli(alpha=1), name="random")(y)
    y = QConv2D(2, 3, kernel_quantizer=quantized_bits(4, 1, alpha=1), name="conv", **SHORT)(y)
    y = L.GlobalAveragePooling2D(name="global")(y)
    s = L.Reshape((12, 6), name="steps")(L.Flatten(name="flat")(x))
    s = L.UpSampling1D(2, name="up1")(L.MaxPooling1D(3, padding="same", name="max1")(s))
    s = L.AveragePooling1D(2, strides=1, name="mean1")(L.ZeroPadding1D(1, name="pad1")(s))
    s = L.GlobalAveragePooling1D(name="global1")(L.Cropping1D((1, 2), name="crop1")(s))
    s = QActivation("quantized_relu(5,1)", name="a1")(s)
    a = {n: QActivation(ACTIVATIONS[n](), name=f"a_{n}")(s) for n in ("bits", "relu", "po2", "ternary", "zero_one")}
    out = []
    for kind in (L.Multiply, L.Average, L.Maximum, L.Minimum):
        k = kind.__name__.lower()
        out.append(kind(name=f"{k}_same")([a["bits"], QActivation(ACTIVATIONS["bits"](), name=f"b_{k}")(s)]))
        out.append(kind(name=f"{k}_po2")([a["po2"], a["bits"]]))
        # Of one width: QTools' energy of a product of three depends on their order, which is another each time.
        three = [QActivation(f"quantized_relu(5,{j})", name=f"c{j}_{k}")(s) for j in (0, 2)]
        out.append(kind(name=f"{k}_three")([a["bits"], *three]))
        out.append(kind(name=f"{k}_few")([a["ternary"], a["zero_one"]]))
    out.append(L.Multiply(name="float")([L.Activation("sigmoid", name="sigmoid")(s), a["bits"]]))
    out = [dense(bernoulli(alpha=1) if k % 2 else quantized_po2(4), f"d{k}")(o) for k, o in enumerate(out)]
    return keras.Model(i, [y, *out])


def folded(conv, depthwise):
    """Convolutions with batch normalization folded into them, or their twins without."""
    x = i = keras.Input((6, 6, 2), name="input")
    x = QActivation("quantized_bits(8,0,1)", name="a0")(x)
    x = conv(4, 3, kernel_quantizer=quantized_bits(4, 1), bias_quantizer=quantized_bits(9, 3), name="c0")(x)
    x = QActivation("quantized_relu(5,1)", name="a1")(x)
    x = depthwise(3, depthwise_quantizer=ternary(), bias_quantizer=quantized_bits(9, 3), name="d1")(x)
    x = QActivation("quantized_relu_po2(4,2)", name="a2")(x)
    x = conv(3, 2, kernel_quantizer=quantized_po2(4), bias_quantizer=quantized_po2(6), name="c2")(x)
    return keras.Model(i, x)


NETWORKS = {
    "folded": lambda: folded(QConv2DBatchnorm, QDepthwiseConv2DBatchnorm),
    "unfolded": lambda: folded(QConv2D, QDepthwiseConv2D),
    "pairs_fixed": lambda: pairs(["bits", "unsigned", "leaky", "tanh"]),
    "pairs_po2": lambda: pairs(["po2", "po2_free", "relu_po2"]),
    "pairs_few": lambda: pairs(["one", "ternary", "binary", "sbinary", "zero_one"]),
    "merges": merges,
    "shapes": shapes,
    "on_input": on_input,
    "normalizations": normalizations,
    "mixed": mixed,
    "unmodelled": unmodelled,
}


def randomize(model):
    r = np.random.default_rng(5)
    for w in model.weights:
        kind = w.name.split("/")[-1].split(":")[0]
        if kind != "iteration":
            w.assign((r.uniform(0.3, 2, w.shape) if "variance" in kind else r.normal(0, 0.5, w.shape)).astype(np.float32))
