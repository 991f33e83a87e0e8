"""Networks for what only QKeras' development head has: quantized_linear, and newer options of quantized_bits and binary.

Its quantized_bits(alpha="auto_po2") differs from 0.9.0, too: it quantizes once more with the last scale. A file shows
which package wrote it: head's quantized_bits has the key post_training_scale.
"""

import numpy as np
from networks import L, act, bits, chain, classifier, conv, keras, network, start
from qkeras import binary, quantized_bits, quantized_relu
from zoo_files import edit_config, layer_config


def linear(*args, **options):
    from qkeras import quantizers

    return quantizers.quantized_linear(*args, **options)


def head(purpose, **options):
    return network(purpose, head=True, **options)


@head(
    "quantized_linear weights: alpha None (auto_po2 in layers), number, auto, auto_po2, keep_negative=False, not symmetric"
)
def head_linear():
    return chain(
        [linear(4, 0), linear(4, 1, alpha="auto"), linear(6, 0, alpha=0.3), linear(8, 2, alpha="auto_po2")]
        + [linear(4, 0, keep_negative=False, alpha=1.0), linear(3, 0, symmetric=0, alpha=1.0)]
        + [linear(4, 0, alpha="auto", keep_negative=False), linear(5, 0, symmetric=0, alpha="auto")],
        biases=[linear(12, 3), linear(8, 1, symmetric=0), linear(12, 3, alpha="auto"), linear(12, 3, alpha="auto_po2")]
        + [linear(12, 3, alpha=0.3), linear(8, 3, keep_negative=False), linear(1, 1), linear(16, 3)],
    )


@head(
    "one-bit quantized_linear weights: plus and minus half a step; with auto, auto_po2; 0 or a step without negatives"
)
def head_linear_one_bit():
    return chain(
        [linear(1, 0, alpha=1.0), linear(1, 0, alpha="auto"), linear(1, 0, alpha="auto_po2")]
        + [linear(1, 0, keep_negative=False, alpha=1.0)],
        [linear(1, 1), quantized_relu(4, 2), linear(1, 0, keep_negative=False), quantized_relu(6, 2)],
    )


@head("quantized_linear feature maps: objects and strings, symmetric or not, keep_negative=False, number as alpha")
def head_linear_activations():
    return chain(
        [bits(5, 1)],
        [linear(6, 2), "quantized_linear(8,3,0)", linear(4, 2, keep_negative=False), linear(5, 1, alpha=0.7)]
        + ["quantized_linear(16, 4, symmetric=True)"],
    )


@head('quantized_bits(alpha="auto_po2") as head finds it: 2 to 8 bits, integer 0 to 2, dense, bias')
def head_bits_auto_po2():
    def q(b, integer=0):
        return quantized_bits(b, integer, alpha="auto_po2")

    return chain([q(2), q(3), q(4, 2), q(8), quantized_bits(5)], biases=[q(12, 3), q(4)])


@head("quantized_bits with negative integer, which 0.9.0 cannot run")
def head_negative_integer():
    return chain([bits(5, -1), bits(4, 0)], [bits(6, -1), bits(6, -2, keep_negative=False)])


@head("quantized_bits with post_training_scale: a number, and one for each channel")
def head_post_training_scale():
    each = np.array([0.5, 0.25, 1.0, 0.3]).reshape(1, 1, 1, 4)
    return chain(
        [quantized_bits(4, 0, alpha="auto_po2", post_training_scale=np.array(0.5))]
        + [quantized_bits(5, 1, alpha="auto", post_training_scale=each)]
        + [quantized_bits(6, 0, alpha="auto_po2", post_training_scale=each)]
    )


def set_options(**options):
    """Options that head reads from a file but does not write, for the weights of the named layers."""

    def change(config):
        for name, values in options.items():
            layer_config(config, name)["kernel_quantizer"]["config"].update(values)

    return edit_config(change)


@head(
    "quantized_bits auto_po2 with min_po2_exponent and max_po2_exponent",
    edit=set_options(
        c0=dict(min_po2_exponent=-2), c1=dict(max_po2_exponent=-4), c2=dict(min_po2_exponent=-3, max_po2_exponent=-2)
    ),
)
def head_po2_exponents():
    return chain([quantized_bits(4, 0, alpha="auto_po2") for _ in range(3)])


@head(
    "quantized_bits auto_po2 with scale_axis (number, list) and elements_per_scale (number, list)",
    edit=set_options(
        c0=dict(scale_axis=3, elements_per_scale=2),
        c1=dict(scale_axis=2, elements_per_scale=2),
        c2=dict(scale_axis=[2, 3], elements_per_scale=2),
        c3=dict(scale_axis=[2, 3], elements_per_scale=[1, 2]),
        c4=dict(scale_axis=[2, 3]),
        c5=dict(scale_axis=0),
    ),
)
def head_elements_per_scale():
    return chain([quantized_bits(4, 0, alpha="auto_po2") for _ in range(6)])


@head(
    "binary with scale_axis, elements_per_scale and exponent bounds",
    edit=set_options(
        c0=dict(scale_axis=3, elements_per_scale=2),
        c1=dict(scale_axis=[2, 3], elements_per_scale=[2, 2]),
        c2=dict(min_po2_exponent=-1),
        c3=dict(scale_axis=2),
    ),
)
def head_binary_scales():
    return chain([binary(alpha="auto"), binary(alpha="auto_po2"), binary(alpha="auto_po2"), binary(alpha="auto")])


@head("quantized_linear with scale_axis", edit=set_options(c0=dict(scale_axis=2), c1=dict(scale_axis=0)))
def head_linear_scale_axis():
    i, x = start()
    x = act(conv(x, "c0", kernel_quantizer=linear(4, 0, alpha="auto")), "a0")
    x = act(conv(x, "c1", size=2, kernel_quantizer=linear(4, 0, alpha="auto_po2")), "a1")
    return keras.Model(i, classifier(x))


@head("folded convolution, depthwise and dense layers with quantized_linear")
def head_linear_layers():
    from qkeras import QConv2DBatchnorm, QDepthwiseConv2D

    i, x = start()
    x = QConv2DBatchnorm(4, 3, kernel_quantizer=linear(5, 0, alpha="auto"), bias_quantizer=linear(16, 3), name="c0")(x)
    x = act(x, "a0", linear(6, 2))
    x = QDepthwiseConv2D(2, depthwise_quantizer=linear(4, alpha="auto"), bias_quantizer=linear(12, 3), name="d1")(x)
    return keras.Model(i, classifier(L.MaxPooling2D(2, name="pool")(act(x, "a1"))))


@head("QConv2D with a mask over its window, with and without a scale for each channel")
def head_mask():
    i, x = start()
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.float32)
    x = act(conv(x, "c0", mask=cross), "a0")
    x = act(conv(x, "c1", mask=1 - cross, kernel_quantizer=quantized_bits(4, 0, alpha="auto")), "a1")
    return keras.Model(i, classifier(x))


@head("QBatchNormalization with inverse_quantizer, also without gamma and beta")
def head_inverse_quantizer():
    from qkeras import QBatchNormalization

    def norm(x, name, **options):
        none = dict.fromkeys(["gamma_quantizer", "variance_quantizer"])
        return QBatchNormalization(name=name, mean_quantizer=bits(8, 2), beta_quantizer=bits(8, 2), **none, **options)(x)

    i, x = start()
    x = act(norm(conv(x, "c0", filters=9), "n0", inverse_quantizer=bits(8, 2)), "a0")
    x = norm(conv(x, "c1"), "n1", scale=False, center=False, inverse_quantizer=quantized_bits(6, 1, alpha="auto"))
    return keras.Model(i, classifier(act(x, "a1")))
