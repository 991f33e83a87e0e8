"""Writes small quantized ONNX networks with golden files (see network.py).

Python 3.11 with: h5py numpy<2 onnx 1.16.2 onnxruntime 1.26.0 qonnx 0.4.0
"""

import os
import sys

import numpy as np

from network import MICROSOFT, RANGES, TYPES, Network

HERE = os.path.dirname(os.path.abspath(__file__))


def middle(kind):
    return 0 if kind.startswith("s") else (RANGES[kind][1] + 1) // 2


# QONNX

def qonnx_rounding(mode, signed=1, narrow=0, zero=0, bits=4.0, step=np.float32(0.17), name=None):
    """A fully connected layer between quantizers that round in some mode."""
    name = name or f"qonnx_{mode.lower()}_{'s' if signed else 'u'}{'n' if narrow else ''}"
    net = Network(name, [6], seed=len(name))
    x = net.quant("x", step, bits, signed, narrow, zero, mode)
    w = net.quant_weights(np.float32(0.25), 4, 6, 5, mode=mode)
    b = net.quant_weights(np.float32(0.25 * step), 8, 5, mode=mode)
    y = net.add("Add", net.add("MatMul", x, w), b)
    net.outputs = [net.quant(y, np.float32(0.3), bits, signed, narrow, zero, mode)]
    return net, step


def qonnx_channels():
    """Scales per channel of weights, feature maps and biases, in the shapes that Brevitas writes."""
    net = Network("qonnx_channels", [3, 5, 5], seed=3)
    x = net.quant("x", np.float32(0.031), 7, 0, 1, 4.0)
    scales = net.scale(0.05, 6, 1, 1, 1)
    w = net.quant_weights(scales, 3, 6, 3, 3, 3, narrow=1)
    y = net.add("Conv", x, w, net.constant(net.floats(6)), pads=[1, 1, 1, 1])
    y = net.add("Relu", y)
    y = net.quant(y, np.float32(2.0) ** -np.arange(6).reshape(1, 6, 1, 1), 5, 0)
    depthwise = net.quant_weights(np.float32(0.1), 5, 6, 1, 2, 2)
    y = net.add("Conv", y, depthwise, group=6, strides=[2, 2])
    net.outputs = [net.quant(y, net.scale(0.2, 6, 1, 1), 8, 1)]
    return net, np.float32(0.031)


def qonnx_bipolar():
    """Signs as feature maps and as weights; a former domain."""
    net = Network("qonnx_bipolar", [8], seed=5)
    def sign(tensor, scale):
        return net.add("BipolarQuant", tensor, net.constant(scale), domain="qonnx.custom_op.general")
    w = sign(net.constant(net.floats(8, 7)), net.scale(0.3, 1, 7))
    y = net.add("MatMul", sign("x", np.float32(0.5)), w)
    y = net.quant(y, np.float32(0.9), 1, 1, 0)
    w = net.quant_weights(np.float32(0.25), 2, 7, 4, narrow=1, domain="finn.custom_op.general")
    net.outputs = [net.quant(net.add("MatMul", y, w), np.float32(0.125), 4, 1, domain="onnx.brevitas")]
    return net, np.float32(1)


def qonnx_trunc(mode, bits=2, zero=0.0):
    """A mean whose low bits are dropped, as Brevitas' TruncAvgPool2d."""
    net = Network(f"qonnx_trunc_{mode.lower()}", [3, 4, 4], seed=7)
    scale = np.float32(0.11)
    x = net.quant("x", scale, 6, 1)
    y = net.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    y = net.add("Mul", y, net.constant(np.float32(4)))
    y = net.add(
        "Trunc", y, net.constant(scale), net.constant(np.float32(zero)), net.constant(np.float32(8)),
        net.constant(np.float32(8 - bits)), domain="qonnx.custom_op.general", rounding_mode=mode)
    net.checked.append(y)
    w = net.quant_weights(np.float32(0.0625), 4, 12, 3)
    y = net.add("MatMul", net.add("Flatten", y), w)
    net.outputs = [net.quant(y, np.float32(0.7), 8, 1)]
    return net, scale


def qonnx_trunc_version2():
    """Version 2, which has a scale of its own for what is left and clamps it."""
    net = Network("qonnx_trunc_version2", [3, 4, 4], seed=43)
    net.qonnx_opset = 2
    scale = np.float32(0.11)
    y = net.add("AveragePool", net.quant("x", scale, 6, 1), kernel_shape=[2, 2], strides=[2, 2])
    y = net.add("Mul", y, net.constant(np.float32(4)))
    y = net.add(
        "Trunc", y, net.constant(scale), net.constant(np.float32(8)), net.constant(np.float32(8)),
        net.constant(np.float32(scale * 4)), net.constant(np.float32(5)), domain="qonnx.custom_op.general",
        rounding_mode="FLOOR", signed=1, narrow=1)
    net.checked.append(y)
    y = net.add("MatMul", net.add("Flatten", y), net.quant_weights(np.float32(0.0625), 4, 12, 3))
    net.outputs = [net.quant(y, np.float32(0.7), 8, 1)]
    return net, scale


def qonnx_float_weights():
    """Weights that no quantizer touches."""
    net = Network("qonnx_float_weights", [5], seed=11)
    y = net.add("Gemm", net.quant("x", np.float32(0.125), 6), net.constant(net.floats(4, 5)),
                net.constant(net.floats(4)), transB=1, alpha=0.7)
    net.outputs = [net.quant(net.add("Relu", y), np.float32(0.1), 4, 0)]
    return net, np.float32(0.125)


# Integer operators

def qlinear_conv(x_kind, w_kind, per_channel, zeros=True, direct=False):
    """QLinearConv three times: padded, depthwise, without bias; read from integers or floats."""
    name = f"qlinear_conv_{x_kind}_{w_kind}" + ("_channels" if per_channel else "") + ("_direct" if direct else "")
    net = Network(name, [3, 6, 6], x_kind if direct else "f32", seed=len(name))

    def zero(kind):
        low, high = RANGES[kind]
        return int(net.random.randint(low + 1, high)) if zeros else middle(kind)

    def operand(scale, value, kind):
        return net.constant(scale), net.constant(value, kind)

    tensor, scale, z = "x", net.scale(0.02), zero(x_kind) // 2
    if not direct:
        tensor = net.quantize("x", scale, z, x_kind)
    operands = operand(scale, z, x_kind)
    for channels, groups, pads, bias in [(6, 1, [1, 1, 1, 1], True), (6, 6, [0, 1, 1, 0], True), (4, 1, [0] * 4, False)]:
        inputs = {1: 3}.get(groups if channels == 6 else 0, 6 // groups)
        w = net.codes(w_kind, channels, inputs, 3, 3)
        count = [channels] if per_channel else []
        w_zero = np.full(count, 0) if w_kind.startswith("s") else net.random.randint(100, 150, count)
        w_scale = net.scale(0.01, *count)
        y_scale, y_zero = net.scale(0.08), zero(x_kind)
        y = operand(y_scale, y_zero, x_kind)
        extra = [net.constant(net.random.randint(-2000, 2000, channels), "s32")] if bias else []
        tensor = net.add(
            "QLinearConv", tensor, *operands, net.constant(w, w_kind), *operand(w_scale, w_zero, w_kind), *y, *extra,
            group=groups, pads=pads, kernel_shape=[3, 3])
        net.checked.append(tensor)
        operands, scale, z = y, y_scale, y_zero
    net.outputs = [tensor]
    return net, None


def qlinear_head():
    """A chain of ONNX Runtime's integer operators."""
    net = Network("qlinear_head", [4, 4, 4], seed=13)

    def q(kind="u8", around=0.03):
        return net.constant(net.scale(around)), net.constant(net.random.randint(90, 160), kind)

    first = q()
    net.add("QuantizeLinear", "x", *first, name="a")
    other, sum_ = q(), q(around=0.05)
    net.add("QLinearLeakyRelu", "a", *first, *other, domain=MICROSOFT, name="b", alpha=0.125)
    net.add("QLinearAdd", "a", *first, "b", *other, *sum_, domain=MICROSOFT, name="c")
    joined = q(around=0.04)
    net.add("QLinearConcat", *joined, "c", *sum_, "b", *other, domain=MICROSOFT, name="d", axis=1)
    pooled = q()
    net.add("QLinearAveragePool", "d", *joined, *pooled, domain=MICROSOFT, name="e", kernel_shape=[2, 2],
            strides=[2, 2])
    mean = q(around=0.02)
    net.add("QLinearGlobalAveragePool", "e", *pooled, *mean, domain=MICROSOFT, name="f", channels_last=0)
    net.add("Flatten", "f", name="g")
    gated = net.constant(np.float32(1 / 256)), net.constant(0, "u8")
    net.add("QLinearSigmoid", "g", *mean, *gated, domain=MICROSOFT, name="h")
    product = q(around=0.1)
    w = net.constant(net.codes("s8", 8, 5), "s8")
    w_scale = net.scale(0.02, 5)
    net.add("QLinearMatMul", "h", *gated, w, net.constant(w_scale), net.constant(np.zeros(5), "s8"), *product,
            name="i")
    constant = net.constant(net.codes("u8", 1, 5), "u8")
    net.add("QLinearMul", "i", *product, constant, *q(), *q(around=0.2), domain=MICROSOFT, name="j")
    net.checked = ["a", "b", "c", "d", "e", "f", "h", "i", "j"]
    net.outputs = ["j"]
    return net, None


def qgemm():
    """QGemm to codes and to floats."""
    net = Network("qgemm", [7], seed=17)
    a = net.constant(np.float32(0.02)), net.constant(131, "u8")
    net.add("QuantizeLinear", "x", *a, name="a")
    b_scale = net.scale(0.01, 6)
    b = net.constant(net.codes("s8", 6, 7), "s8"), net.constant(b_scale), net.constant(np.zeros(6), "s8")
    y = net.constant(np.float32(0.05)), net.constant(120, "u8")
    net.add("QGemm", "a", *a, *b, net.constant(net.random.randint(-900, 900, 6), "s32"), *y, domain=MICROSOFT,
            name="b", transB=1, alpha=1.0)
    c = net.constant(net.codes("s8", 6, 3), "s8"), net.constant(np.float32(0.01)), net.constant(0, "s8")
    net.add("QGemm", "b", *y, *c, net.constant(net.random.randint(-900, 900, 3), "s32"), domain=MICROSOFT, name="c")
    net.checked = ["a", "b"]
    net.outputs = ["c"]
    return net, None


def integer_sums():
    """ConvInteger and MatMulInteger with what dynamic quantizers put behind them."""
    net = Network("integer_sums", [2, 5, 5], seed=19)
    x = net.quantize("x", np.float32(0.017), 120, "u8")
    w = net.constant(net.codes("u8", 4, 2, 2, 2), "u8")
    sums = net.add("ConvInteger", x, w, net.constant(120, "u8"), net.constant(129, "u8"), pads=[1, 0, 0, 1])
    real = net.add("Mul", net.add("Cast", sums, to=1), net.constant(np.float32(0.017 * 0.01)))
    real = net.add("Relu", net.add("Add", real, net.constant(net.floats(4, 1, 1))))
    y = net.quantize(net.add("Flatten", real), np.float32(0.03), 3, "u8")
    m = net.constant(net.codes("s8", 100, 3), "s8")
    sums = net.add("MatMulInteger", y, m, net.constant(3, "u8"), net.constant([1, -2, 0], "s8"))
    net.outputs = [net.dequantize(sums, np.float32(0.0003), 0, "s32")]
    return net, None


# QDQ

def qdq_types(kind, w_kind, opset=21, per_channel=True, domain=""):
    """Convolution, pool and fully connected layer with codes of one type."""
    name = f"qdq_{kind}_{w_kind}" + ("" if per_channel else "_tensor") + ("_ms" if domain else "")
    net = Network(name, [2, 6, 6], opset=opset, seed=len(name))
    spread = 4.0 / (RANGES[kind][1] - RANGES[kind][0])
    w_spread = 2.0 / (RANGES[w_kind][1] - RANGES[w_kind][0])
    x_scale = net.scale(spread)
    x = net.fake("x", x_scale, middle(kind), kind, domain)
    scale = net.scale(w_spread, *([5] if per_channel else []))
    zero = middle(w_kind)
    w = net.weights(w_kind, 5, 2, 3, 3, scale=scale, zero=zero, axis=0 if per_channel else None, domain=domain)
    products = (x_scale * scale).astype(np.float32)
    bias = net.dequantize(
        net.constant(net.random.randint(-500, 500, 5), "s32"), products, np.zeros(np.shape(products)), "s32", domain,
        **({"axis": 0} if per_channel else {}))
    y = net.fake(net.add("Conv", x, w, bias, pads=[1, 1, 1, 1]), net.scale(spread * 3), middle(kind), kind, domain)
    y = net.add("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2])
    y_scale = net.scale(spread * 3)
    y = net.fake(net.add("Relu", y), y_scale, RANGES[kind][0], kind, domain)
    m = net.weights(w_kind, 45, 4, scale=net.scale(w_spread), zero=zero, domain=domain)
    y = net.add("MatMul", net.add("Flatten", y), m)
    last = net.fake if kind.endswith("4") else net.quantize
    net.outputs = [last(y, net.scale(spread * 5), middle(kind), kind, domain)]
    return net, None


def qdq_operators():
    """Quantizers around everything that stands between linear layers."""
    net = Network("qdq_operators", [4, 6, 6], opset=17, seed=23)

    def fake(tensor, around=0.02, kind="u8", low=60, high=190):
        return net.fake(tensor, net.scale(around), net.random.randint(low, high), kind)

    x = fake("x")
    pooled = fake(net.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2]))
    largest = fake(net.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]))
    sum_ = fake(net.add("Add", pooled, largest), 0.04)
    clipped = fake(net.add("Clip", sum_, net.constant(np.float32(0)), net.constant(np.float32(1.7))), 0.01, low=0, high=5)
    gate = fake(net.add("Sigmoid", sum_), 1 / 256, low=0, high=1)
    hard = fake(net.add("HardSigmoid", sum_, alpha=0.25, beta=0.5), 1 / 200, low=0, high=3)
    leaky = fake(net.add("LeakyRelu", sum_, alpha=0.2), 0.02)
    tanh = net.fake(net.add("Tanh", sum_), np.float32(1 / 128), 0, "s8")
    joined = fake(net.add("Concat", clipped, gate, hard, leaky, tanh, axis=1), 0.02)
    w = net.weights("s8", 6, 20, 1, 1, scale=net.scale(0.01, 6), axis=0)
    y = fake(net.add("Conv", joined, w), 0.06)
    y = fake(net.add("GlobalAveragePool", y), 0.02)
    y = net.add("Flatten", y)
    w = net.weights("u8", 6, 3, zero=117)
    net.outputs = [net.add("Gemm", y, w, net.constant(net.floats(3)))]
    return net, None


def qdq_odd():
    """Weights kept as floats, other scales in DequantizeLinear, several readers of one tensor of codes, codes as results."""
    net = Network("qdq_odd", [5], opset=13, seed=29)
    codes = net.quantize("x", np.float32(0.03), 100, "u8")
    left = net.dequantize(codes, np.float32(0.03), 100, "u8")
    right = net.dequantize(codes, np.float32(0.011), 90, "u8")
    w = net.constant(net.floats(5, 4))
    scale = net.scale(0.02, 4)
    w = net.dequantize(
        net.add("QuantizeLinear", w, net.constant(scale), net.constant(np.zeros(4), "s8"), axis=1), scale, np.zeros(4),
        "s8", axis=1)
    a = net.quantize(net.add("MatMul", left, w), np.float32(0.07), -3, "s8")
    b = net.fake(net.add("MatMul", right, w), np.float32(0.05), 4, "s8")
    c = net.add("Add", net.dequantize(a, np.float32(0.07), -3, "s8"), b)
    net.outputs = [net.quantize(c, np.float32(0.093), 7, "s8"), a]
    return net, None


def qdq_outputs():
    """Outputs behind accumulators that no quantizer follows, codes in between, a quantized input, one tensor twice."""
    net = Network("qdq_outputs", [3, 6, 5], opset=17, seed=31)
    x = net.fake("x", np.float32(0.017), 118, "u8")
    y = net.add("Conv", x, net.weights("s8", 4, 3, 3, 3, scale=net.scale(0.02, 4), axis=0))
    relu = net.add("Relu", y)
    pooled = net.add("MaxPool", relu, kernel_shape=[2, 2], strides=[2, 1])
    codes = net.quantize(pooled, np.float32(0.021), 0, "u8")
    flat = net.add("Flatten", net.dequantize(codes, np.float32(0.021), 0, "u8"))
    z = net.add("MatMul", flat, net.weights("s8", 16, 5))
    gate = net.add("Sigmoid", z)
    net.outputs = [
        z, gate, net.add("Tanh", z), net.add("LeakyRelu", z, alpha=0.2), net.add("HardSwish", z), net.add("Softmax", z),
        net.fake(net.add("Softmax", z, axis=1), np.float32(1 / 200), 3, "u8"), y, relu, pooled, codes, x,
        net.add("Transpose", relu, perm=[0, 3, 1, 2]), net.add("Flatten", net.add("Sigmoid", y)),
        net.add("AveragePool", y, kernel_shape=[3, 3], pads=[1, 1, 1, 1]), net.add("Identity", gate),
        net.add("Add", net.add("Mul", y, net.constant(net.scale(0.5, 4, 1, 1))), net.constant(np.float32(0.3))),
    ]
    return net, None


def qdq_axis():
    """A feature map with a scale and a zero point for each channel."""
    net = Network("qdq_axis", [4, 3, 3], opset=13, seed=31)
    w = net.weights("s8", 4, 4, 1, 1, scale=net.scale(0.01, 4), axis=0)
    y = net.add("Conv", net.fake("x", np.float32(0.02), 128, "u8"), w)
    y = net.fake(y, net.scale(0.04, 4), net.random.randint(100, 150, 4), "u8", axis=1)
    w = net.weights("s8", 3, 4, 2, 2, scale=net.scale(0.01, 3), axis=0)
    net.outputs = [net.quantize(net.add("Conv", y, w), np.float32(0.09), 128, "u8")]
    return net, None


def qdq_clip():
    """Codes and constants of fewer bits than their type has, as Brevitas and PyTorch write them."""
    net = Network("qdq_clip", [3, 4, 4], opset=13, seed=47)

    def clipped(tensor, low, high, kind):
        return net.add("Clip", tensor, net.constant(low, kind), net.constant(high, kind))

    x = clipped(net.quantize("x", np.float32(0.03), 60, "u8"), 0, 127, "u8")
    x = net.dequantize(x, np.float32(0.03), 60, "u8")
    scale = net.scale(0.1, 5)
    w = net.add("QuantizeLinear", net.constant(net.floats(5, 3, 2, 2)), net.constant(scale),
                net.constant(np.zeros(5), "s8"), axis=0)
    w = net.dequantize(clipped(w, -7, 7, "s8"), scale, np.zeros(5), "s8", axis=0)
    codes = net.quantize(net.add("Conv", x, w), np.float32(0.2), 0, "s8")
    y = net.add("Flatten", net.dequantize(clipped(codes, -8, 7, "s8"), np.float32(0.2), 0, "s8"))
    w = net.weights("s8", 45, 3, codes=net.random.randint(-7, 8, (45, 3)))
    net.outputs = [clipped(net.quantize(net.add("MatMul", y, w), np.float32(0.1), 3, "s8"), -100, 100, "s8")]
    return net, np.float32(0.03)


def qdq_casts():
    """Casts of codes to their own type, to a wider one and to floats, as converted torch.ao modules have them."""
    net = Network("qdq_casts", [4, 4, 4], opset=13, seed=53)
    scale = np.float32(0.02)
    codes = net.add("Cast", net.quantize("x", scale, 120, "u8"), to=TYPES["u8"][0])
    y = net.dequantize(codes, scale, 120, "u8")
    wide = net.dequantize(net.add("Cast", codes, to=TYPES["s32"][0]), scale, 0, "s32")
    y = net.fake(net.add("Add", y, wide), np.float32(0.0625), 9, "u8")
    numbers = net.add("Mul", net.add("Cast", codes, to=TYPES["f32"][0]), net.constant(np.float32(0.015625)))
    y = net.fake(net.add("Add", y, numbers), np.float32(0.125), 3, "u8")
    w = net.weights("s8", 3, 4, 2, 2, scale=net.scale(0.01, 3), axis=0)
    net.outputs = [net.quantize(net.add("Conv", y, w), np.float32(0.1), 128, "u8")]
    return net, None


def qdq_one_axis():
    """Padding and means along one axis of space alone, and an input that a mean reads first."""
    net = Network("qdq_one_axis", [3, 5, 6], opset=17, seed=59)
    x = net.fake("x", np.float32(0.02), 0, "s8")
    narrow = net.fake(net.add("ReduceMean", x, axes=[3]), np.float32(0.01), 5, "s8")
    w = net.weights("s8", 4, 3, 3, 1, scale=net.scale(0.01, 4), axis=0)
    narrow = net.quantize(net.add("Conv", narrow, w), np.float32(0.03), -4, "s8")
    wide = net.add("Pad", x, net.constant([0, 0, 0, 2, 0, 0, 0, 0], "s64"))
    w = net.weights("s8", 4, 3, 3, 3, scale=net.scale(0.01, 4), axis=0)
    wide = net.quantize(net.add("Conv", wide, w), np.float32(0.1), 7, "s8")
    net.outputs = [narrow, wide]
    return net, None


def qdq_crop():
    """Rows and columns left out, every second one taken, and the four parts of a map one behind another (Focus)."""
    net = Network("qdq_crop", [3, 6, 8], opset=13, seed=61)
    x = net.fake("x", np.float32(0.02), 5, "s8")

    def cut(tensor, start, end, axis, step=1):
        return net.add("Slice", tensor, *(net.constant([v], "s64") for v in (start, end, axis, step)))

    parts = [cut(cut(x, row, 6, 2, 2), column, 8, 3, 2) for row in (0, 1) for column in (0, 1)]
    w = net.weights("s8", 5, 12, 3, 3, scale=net.scale(0.01, 5), axis=0)
    y = net.fake(net.add("Conv", net.add("Concat", *parts, axis=1), w, pads=[1, 1, 1, 1]), np.float32(0.05), -3, "s8")
    y = cut(cut(y, 1, 3, 2), -4, -1, 3)
    w = net.weights("s8", 2, 5, 2, 2, scale=net.scale(0.01, 2), axis=0)
    net.outputs = [net.quantize(net.add("Conv", y, w), np.float32(0.03), 0, "s8")]
    return net, None


# Exact ties: all numbers on the way are float32 numbers, and many lie in the middle of two codes.

def ties(name, kind="s8", shape=(4, 6, 6)):
    net = Network(f"ties_{name}", list(shape), kind, opset=13, seed=len(name))
    return net, net.constant(np.float32(0.5)), net.constant(0, kind)


def ties_divide():
    """Quotients per channel and by one number."""
    net, half, _ = ties("divide", "u8")
    x = net.add("Sub", net.add("Cast", "x", to=TYPES["f32"][0]), net.constant(net.random.randint(100, 150, (4, 1, 1))))
    a = net.quantize(net.add("Div", x, net.constant(np.reshape([6, 3, 5, 7], (4, 1, 1)))), np.float32(0.5), 0, "s8")
    b = net.quantize(net.add("Div", x, net.constant(np.float32(6))), np.float32(0.25), 1, "s8")
    net.outputs = [a, b]
    return net, None


def ties_integer_operator(operator, kind, zero):
    """ONNX Runtime's own integer operators with output zero points that are odd and even."""
    net, half, middle = ties(f"{operator.lower()}_{kind}_{zero}", kind)
    y = net.constant(np.float32(1)), net.constant(zero, kind)
    if operator == "QLinearAveragePool":
        y = net.constant(np.float32(0.25)), y[1]
        result = net.add(operator, "x", half, middle, *y, domain=MICROSOFT, kernel_shape=[2, 2], strides=[2, 2])
    else:
        other = net.constant(net.random.randint(1, 8, (4, 1, 1)), kind)
        result = net.add(operator, "x", half, middle, other, half, middle, *y, domain=MICROSOFT)
    net.outputs = net.checked = [result]
    return net, None


def qdq_products():
    """Products of two tensors, gates that spread over rows and columns, powers, and matrices times matrices."""
    net = Network("qdq_products", [4, 6, 5], opset=17, seed=53)

    def fake(tensor, around=0.02, kind="u8", low=60, high=190):
        return net.fake(tensor, net.scale(around), net.random.randint(low, high), kind)

    x = fake("x")
    y = fake(net.add("Conv", x, net.weights("s8", 4, 4, 3, 3, scale=net.scale(0.02, 4), axis=0), pads=[1, 1, 1, 1]), 0.03)
    swish = fake(net.add("Mul", y, fake(net.add("Sigmoid", y), 1 / 256, low=0, high=3)), 0.02, low=10, high=40)
    gate = fake(net.add("GlobalAveragePool", swish), 0.01)
    gate = net.fake(net.add("HardSigmoid", gate, alpha=1 / 6, beta=0.5), net.scale(1 / 120), -128, "s8")
    excited = fake(net.add("Mul", gate, swish), 0.015, "s8", -90, -20)
    rows = fake(net.add("ReduceMean", excited, axes=[2], keepdims=1), 0.01, "s8", -9, 9)
    spread = fake(net.add("Mul", excited, rows), 0.004, "s8", -9, 9)
    square = fake(net.add("Mul", spread, spread), 0.003, low=0, high=9)
    cube = fake(net.add("Pow", excited, net.constant(np.float32(3))), 0.02, "s8", -40, 40)
    joined = fake(net.add("Sum", square, cube, excited), 0.03, "s8", -40, 40)
    flat = net.add("Reshape", joined, net.constant(np.array([-1, 4, 30]), "s64"))
    turned = net.add("Transpose", flat, perm=[0, 2, 1])
    scores = fake(net.add("MatMul", flat, turned), 0.2, "s8", -20, 20)
    mixed = fake(net.add("MatMul", scores, flat), 0.6, "s8", -20, 20)
    net.outputs = [mixed, net.add("Mul", y, x), net.add("MatMul", turned, scores)]
    return net, None


def qdq_merges():
    """The largest, the smallest, differences, means and negative numbers of tensors of any scales."""
    net = Network("qdq_merges", [3, 5, 4], opset=17, seed=59)

    def fake(tensor, around=0.02, kind="u8", low=60, high=190):
        return net.fake(tensor, net.scale(around), net.random.randint(low, high), kind)

    x = fake("x")
    y = fake(net.add("Conv", x, net.weights("s8", 3, 3, 1, 1, scale=net.scale(0.02, 3), axis=0)), 0.03)
    z = fake(net.add("Neg", y), 0.03, "s8", -9, 9)
    same = fake(net.add("Max", z, net.add("Neg", z)), 0.02)
    largest = fake(net.add("Max", x, y), 0.02)
    smallest = fake(net.add("Min", x, y, z, net.constant(np.float32(0.4))), 0.02)
    bounded = fake(net.add("Max", y, net.constant(net.floats(3, 1, 1))), 0.03)
    difference = fake(net.add("Sub", largest, smallest), 0.03, "s8", -40, 40)
    absolute = fake(net.add("Abs", difference), 0.03, low=0, high=5)
    mean = fake(net.add("Mean", absolute, difference, bounded, same), 0.02, "s8", -40, 40)
    net.outputs = [mean, net.add("Sub", x, y), net.add("Min", y, x)]
    return net, None


def qdq_sums(kind):
    """Residuals: of codes of two scales, of accumulators with scales per channel, of three tensors."""
    net = Network(f"qdq_sums_{kind}", [4, 6, 5], opset=21, seed=61)
    spread = 4.0 / (RANGES[kind][1] - RANGES[kind][0])

    def fake(tensor, around):
        return net.fake(tensor, net.scale(around * spread), middle(kind), kind)

    x = fake("x", 1)
    def conv():
        return net.add(
            "Conv", x, net.weights("s8", 4, 4, 3, 3, scale=net.scale(0.005, 4), axis=0), net.constant(net.floats(4)),
            pads=[1, 1, 1, 1])
    first = fake(conv(), 2)
    second = fake(net.add("Add", first, x), 2)
    third = fake(net.add("Relu", net.add("Add", first, net.add("Add", second, fake(conv(), 2)))), 3)
    last = conv() if kind.endswith("8") else fake(conv(), 2)
    net.outputs = [fake(net.add("Add", last, third), 3), net.add("Add", second, first)]
    return net, None


# Networks through onnxruntime.quantization

def residual(net):
    y = net.add("Conv", "x", net.constant(net.floats(8, 3, 3, 3, spread=0.3)), net.constant(net.floats(8)),
                pads=[1, 1, 1, 1], strides=[2, 2])
    y = net.add("Relu", y)
    z = net.add("Conv", y, net.constant(net.floats(8, 1, 3, 3, spread=0.4)), net.constant(net.floats(8)),
                pads=[1, 1, 1, 1], group=8)
    y = net.add("Add", y, net.add("Clip", z, net.constant(np.float32(0)), net.constant(np.float32(6))))
    y = net.add("Concat", y, net.add("MaxPool", y, kernel_shape=[3, 3], pads=[1, 1, 1, 1]), axis=1)
    y = net.add("Flatten", net.add("GlobalAveragePool", y))
    return net.add("Gemm", y, net.constant(net.floats(4, 16, spread=0.3)), net.constant(net.floats(4)), transB=1)


def convolution(net, tensor, inputs, outputs, size=1, stride=1, group=1):
    kernel = net.constant(net.floats(outputs, inputs // group, size, size, spread=(inputs // group * size * size) ** -0.5))
    return net.add(
        "Conv", tensor, kernel, net.constant(net.floats(outputs, spread=0.2)), pads=[size // 2] * 4,
        strides=[stride, stride], group=group)


def relu6(net, tensor):
    return net.add("Clip", tensor, net.constant(np.float32(0)), net.constant(np.float32(6)))


def hard_swish(net, tensor):
    return net.add("Mul", tensor, net.add("HardSigmoid", tensor, alpha=1 / 6, beta=0.5))


def inverted_residual(net, tensor, inputs, outputs, stride, function, size=3, squeezes=False):
    """MobileNet's block: wider, depthwise, squeezed and excited, narrower."""
    wide = 3 * inputs
    y = function(net, convolution(net, tensor, inputs, wide))
    y = function(net, convolution(net, y, wide, wide, size, stride, wide))
    if squeezes:
        gate = convolution(net, net.add("GlobalAveragePool", y), wide, wide // 4)
        gate = convolution(net, net.add("Relu", gate), wide // 4, wide)
        y = net.add("Mul", y, net.add("HardSigmoid", gate, alpha=1 / 6, beta=0.5))
    y = convolution(net, y, wide, outputs)
    return net.add("Add", tensor, y) if stride == 1 and inputs == outputs else y


def head(net, tensor, inputs):
    y = net.add("Flatten", net.add("GlobalAveragePool", tensor))
    return net.add(
        "Gemm", y, net.constant(net.floats(5, inputs, spread=0.3)), net.constant(net.floats(5)), transB=1)


def mobilenet_v2(net):
    y = relu6(net, convolution(net, "x", 3, 8, 3, 2))
    y = inverted_residual(net, y, 8, 8, 1, relu6)
    y = inverted_residual(net, y, 8, 12, 2, relu6)
    return head(net, inverted_residual(net, y, 12, 12, 1, relu6), 12)


def mobilenet_v3(net):
    y = hard_swish(net, convolution(net, "x", 3, 8, 3, 2))
    y = inverted_residual(net, y, 8, 8, 1, lambda net, y: net.add("Relu", y), squeezes=True)
    y = inverted_residual(net, y, 8, 12, 2, hard_swish, 5, squeezes=True)
    return head(net, hard_swish(net, inverted_residual(net, y, 12, 12, 1, hard_swish)), 12)


def attention(net):
    """Rows of pixels that look at each other; its weights are a hard sigmoid of their products."""
    y = net.add("Reshape", convolution(net, "x", 3, 8, 3, 2), net.constant(np.array([-1, 8, 16]), "s64"))
    y = net.add("Transpose", y, perm=[0, 2, 1])
    query, key, value = (net.add("MatMul", y, net.constant(net.floats(8, 8, spread=0.4))) for _ in range(3))
    scores = net.add("MatMul", query, net.add("Transpose", key, perm=[0, 2, 1]))
    mixed = net.add("MatMul", net.add("HardSigmoid", scores), value)
    return net.add("ReduceMean", net.add("Add", y, mixed), axes=[1], keepdims=0)


def softmax(net):
    """A classifier whose probabilities are quantized too."""
    return net.add("Softmax", residual(net), axis=-1)


def block(net, x, inputs, outputs, **attributes):
    """Two convolutions of a U-Net."""
    for channels in (inputs, outputs):
        w = net.floats(outputs, channels, 3, 3, spread=(2 / channels / 9) ** 0.5)
        x = net.add("Relu", net.add("Conv", x, net.constant(w), net.constant(net.floats(outputs, spread=0.1)),
                                    pads=[1, 1, 1, 1], **attributes))
    return x


def unet(net, larger):
    """Two levels down and up again, with connections across; `larger` doubles a map's rows and columns."""
    first = block(net, "x", 3, 4)
    second = block(net, net.add("MaxPool", first, kernel_shape=[2, 2], strides=[2, 2]), 4, 6)
    y = block(net, net.add("MaxPool", second, kernel_shape=[2, 2], strides=[2, 2]), 6, 8)
    y = block(net, net.add("Concat", larger(net, y, 8), second, axis=1), 14, 6)
    y = block(net, net.add("Concat", larger(net, y, 6), first, axis=1), 10, 4)
    return net.add("Conv", y, net.constant(net.floats(2, 4, 1, 1)), net.constant(net.floats(2)))


def unet_bilinear(net):
    """PyTorch's Upsample(scale_factor=2, mode='bilinear', align_corners=True)"""
    scales = net.constant(np.float32([1, 1, 2, 2]))
    return unet(net, lambda net, x, _: net.add(
        "Resize", x, "", scales, mode="linear", coordinate_transformation_mode="align_corners"))


def unet_nearest(net):
    scales = net.constant(np.float32([1, 1, 2, 2]))
    return unet(net, lambda net, x, _: net.add(
        "Resize", x, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"))


def autoencoder(net):
    """Convolutions with strides, and transposed ones back."""
    x, channels = "x", 3
    for filters in (6, 8):
        w = net.floats(filters, channels, 3, 3, spread=0.3)
        x = net.add("Conv", x, net.constant(w), net.constant(net.floats(filters, spread=0.1)), pads=[1, 1, 1, 1],
                    strides=[2, 2])
        x, channels = net.add("Elu", x), filters
    for filters, options in ((6, dict(pads=[1, 1, 1, 1], output_padding=[1, 1], kernel_shape=[3, 3])),
                             (3, dict(kernel_shape=[2, 2]))):
        w = net.floats(channels, filters, *options["kernel_shape"], spread=0.3)
        x = net.add("ConvTranspose", x, net.constant(w), net.constant(net.floats(filters, spread=0.1)), strides=[2, 2],
                    **options)
        x, channels = net.add("Elu", x) if filters > 3 else net.add("Sigmoid", x), filters
    return x


def quantized_statically(form, types, per_channel, build=residual):
    """A float network through onnxruntime.quantization."""
    import tempfile

    import onnx
    from onnxruntime import quantization

    kinds = {"u8": quantization.QuantType.QUInt8, "s8": quantization.QuantType.QInt8,
             "u16": quantization.QuantType.QUInt16, "s16": quantization.QuantType.QInt16}
    kind = "static" if build == residual else build.__name__
    name = f"{kind}_{form.lower()}_{types[0]}_{types[1]}" + ("_channels" if per_channel else "")
    net = Network(name, [3, 8, 8], opset=17, seed=37)
    net.outputs = [build(net)]
    x = net.inputs(16)

    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.samples = iter(x)

        def get_next(self):
            sample = next(self.samples, None)
            return None if sample is None else {"x": sample[None]}

    with tempfile.TemporaryDirectory() as folder:
        onnx.save(net.model(), f"{folder}/float.onnx")
        quantization.quantize_static(
            f"{folder}/float.onnx", f"{folder}/quantized.onnx", Reader(),
            quant_format=quantization.QuantFormat[form], per_channel=per_channel, activation_type=kinds[types[0]],
            weight_type=kinds[types[1]])
        model = onnx.load(f"{folder}/quantized.onnx")
    opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
    result = Network(name, net.shape, opset=opset, seed=41)
    result.nodes, result.initializers = list(model.graph.node), list(model.graph.initializer)
    result.outputs = [output.name for output in model.graph.output]
    result.checked = [
        node.output[0] for node in result.nodes if node.op_type == "QuantizeLinear" or node.op_type.startswith("QLinear")
        or (node.op_type == "QGemm" and len(node.input) > 7)
    ]
    return result, None


def networks():
    modes = ["ROUND", "half_even", "CEIL", "FLOOR", "UP", "DOWN", "HALF_UP", "HALF_DOWN"]
    yield from (qonnx_rounding(mode) for mode in modes)
    yield from (qonnx_rounding(mode, signed=0) for mode in modes[2:])
    yield qonnx_rounding("ROUND", 1, 1)
    yield qonnx_rounding("ROUND", 0, 1)
    yield qonnx_rounding("ROUND", 0, 0, 5, name="qonnx_odd_zero_point")
    yield qonnx_rounding("HALF_UP", 1, 0, 3, name="qonnx_half_up_zero_point")
    yield qonnx_rounding("DOWN", 1, 0, -2, name="qonnx_down_zero_point")
    yield qonnx_rounding("ROUND", bits=3.5, name="qonnx_fractional_bits")
    yield qonnx_rounding("CEIL", 0, bits=2.3, name="qonnx_fractional_bits_ceil")
    yield qonnx_rounding("ROUND", step=np.float32(0.125), name="qonnx_ties")
    yield qonnx_rounding("FLOOR", step=np.float32(0.125), name="qonnx_floor_ties")
    yield qonnx_channels()
    yield qonnx_bipolar()
    yield from (qonnx_trunc(mode) for mode in modes[:1] + modes[2:])
    yield qonnx_trunc_version2()
    yield qonnx_float_weights()
    yield qlinear_conv("u8", "s8", True)
    yield qlinear_conv("u8", "u8", False)
    yield qlinear_conv("u8", "u8", False, direct=True)
    yield qlinear_conv("s8", "s8", True, direct=True)
    yield qlinear_head()
    yield qgemm()
    yield integer_sums()
    for kinds in [("u8", "s8"), ("s8", "s8"), ("u8", "u8"), ("u16", "s8"), ("s16", "s16"), ("u16", "u16"),
                  ("u8", "s4"), ("s8", "u4"), ("u4", "s4")]:
        yield qdq_types(*kinds)
    yield qdq_types("s8", "s8", opset=13, per_channel=False)
    yield qdq_types("s16", "s8", opset=17, domain=MICROSOFT)
    yield qdq_operators()
    yield qdq_odd()
    yield qdq_outputs()
    yield qdq_axis()
    yield qdq_clip()
    yield qdq_casts()
    yield qdq_one_axis()
    yield qdq_crop()
    yield qdq_products()
    yield qdq_merges()
    yield qdq_sums("s8")
    yield qdq_sums("u16")
    yield ties_divide()
    for operator in ["QLinearAdd", "QLinearMul", "QLinearAveragePool"]:
        for kind, zero in [("s8", 3), ("s8", -4), ("u8", 9)]:
            yield ties_integer_operator(operator, kind, zero)
    for form in ["QDQ", "QOperator"]:
        yield quantized_statically(form, ("u8", "u8"), False)
        yield quantized_statically(form, ("u8", "s8"), True)
    yield quantized_statically("QDQ", ("s8", "s8"), True)
    yield quantized_statically("QDQ", ("u16", "s8"), True)
    yield quantized_statically("QOperator", ("u8", "s8"), True, softmax)
    for build in [unet_bilinear, unet_nearest, autoencoder]:
        yield quantized_statically("QDQ", ("u8", "s8"), True, build)
    for build in [mobilenet_v2, mobilenet_v3]:
        yield quantized_statically("QDQ", ("u8", "s8"), True, build)
        yield quantized_statically("QOperator", ("u8", "u8"), False, build)
    yield quantized_statically("QDQ", ("s16", "s8"), True, mobilenet_v3)
    yield quantized_statically("QDQ", ("s8", "s8"), False, attention)


if __name__ == "__main__":
    # quantized.py [FOLDER [NAME...]]
    folder = sys.argv[1] if len(sys.argv) > 1 else f"{HERE}/quantized"
    os.makedirs(folder, exist_ok=True)
    for net, step in networks():
        if net.name not in sys.argv[2:] and len(sys.argv) > 2:
            continue
        try:
            net.save(folder, step=step)
        except Exception as error:
            raise SystemExit(f"{net.name}: {error}") from error
