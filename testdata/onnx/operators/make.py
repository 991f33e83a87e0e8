#!/usr/bin/env python3
"""Writes the networks of this folder, small ones as exporters write them, and golden.h5: of each network its inputs and what
ONNX Runtime computes from them with all optimizations off, in `NETWORK/inputs/…` and `NETWORK/outputs/…`.

usage: testdata/onnx/operators/make.py        (onnx 1.23, onnxruntime 1.32, h5py)
"""

import os

import h5py
import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = 3


class Network:
    """A graph under construction: every method appends a node and returns the name of its result."""

    def __init__(self, name, opset, seed=0):
        self.name, self.opset = name, opset
        self.random = np.random.default_rng(sum(name.encode()) + seed)
        self.nodes, self.initializers, self.inputs, self.outputs = [], [], [], []
        self.given = {}

    def input(self, name, shape, batch="N", dtype=np.float32, given=None):
        """`batch` is a name, a number, or None where the first axis is data."""
        axes = ([batch] if batch is not None else []) + list(shape)
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self.inputs.append(helper.make_tensor_value_info(name, kind, axes))
        count = SAMPLES if isinstance(batch, str) else batch
        shape = ([count] if batch is not None else []) + list(shape)
        if given is None:
            given = self.random.normal(size=shape) if np.issubdtype(dtype, np.floating) else self.random.integers(
                np.iinfo(dtype).min, np.iinfo(dtype).max, size=shape, endpoint=True)
        self.given[name] = np.asarray(given, dtype)
        return name

    def weight(self, *shape, dtype=np.float32, least=None):
        """Random numbers as an initializer."""
        numbers = self.random.normal(size=shape) / np.sqrt(max(1, np.prod(shape[1:])))
        if least is not None:
            numbers = np.abs(numbers) + least
        return self.constant(numbers.astype(dtype))

    def constant(self, array, node=False):
        array = np.asarray(array)
        name = f"c{len(self.initializers) + len(self.nodes)}"
        tensor = numpy_helper.from_array(array, name)
        if node:
            return self.op("Constant", value=tensor)
        self.initializers.append(tensor)
        return name

    def ints(self, *numbers):
        return self.constant(np.array(numbers, np.int64))

    def op(self, kind, *inputs, outputs=1, **attributes):
        names = [f"{kind.lower()}{len(self.nodes)}" + (f"_{index}" if index else "") for index in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=f"/{kind}_{len(self.nodes)}", **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, x, inputs, outputs, *kernel, group=1, bias=True, **attributes):
        weights = [self.weight(outputs, inputs // group, *kernel)] + ([self.weight(outputs)] if bias else [])
        return self.op("Conv", x, *weights, kernel_shape=list(kernel), group=group, **attributes)

    def batch_normalization(self, x, channels):
        return self.op(
            "BatchNormalization", x, self.weight(channels), self.weight(channels), self.weight(channels),
            self.weight(channels, least=0.2), epsilon=1e-3)

    def dense(self, x, inputs, outputs):
        return self.op("Gemm", x, self.weight(outputs, inputs), self.weight(outputs), transB=1)

    def output(self, *names):
        self.outputs += names

    def save(self, golden):
        outputs = [helper.make_empty_tensor_value_info(name) for name in self.outputs]
        graph = helper.make_graph(self.nodes, self.name, self.inputs, outputs, self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = helper.find_min_ir_version_for(list(model.opset_import))
        model.producer_name = model.producer_version = ""
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        results = session.run(self.outputs, self.given)
        # Exporters write types and ranks of outputs.
        for value, result in zip(model.graph.output, results):
            kind = helper.np_dtype_to_tensor_dtype(result.dtype)
            value.CopyFrom(helper.make_tensor_value_info(value.name, kind, [None] * result.ndim))
        onnx.checker.check_model(model)
        onnx.save(model, os.path.join(HERE, f"{self.name}.onnx"))
        for kind, arrays in [("inputs", self.given), ("outputs", dict(zip(self.outputs, results)))]:
            for name, array in arrays.items():
                golden.create_dataset(f"{self.name}/{kind}/{name}", data=np.asarray(array, np.float64), track_times=False)


def residual():
    """ResNet as PyTorch exports it."""
    n = Network("residual_opset9", 9)
    x = n.input("x", [3, 8, 8])
    x = n.op("Relu", n.batch_normalization(n.conv(x, 3, 4, 3, 3, pads=[1, 1, 1, 1], bias=False), 4))
    y = n.op("Relu", n.batch_normalization(n.conv(x, 4, 6, 3, 3, pads=[1, 1, 1, 1], strides=[2, 2]), 6))
    y = n.batch_normalization(n.conv(y, 6, 6, 3, 3, pads=[1, 1, 1, 1]), 6)
    x = n.op("Relu", n.op("Add", n.conv(x, 4, 6, 1, 1, strides=[2, 2]), y))
    x = n.op("Flatten", n.op("GlobalAveragePool", x))
    n.output(n.dense(x, 6, 5))
    return n


def depthwise():
    n = Network("depthwise_opset11", 11)
    x = n.input("image", [4, 9, 7])
    x = n.conv(x, 4, 8, 3, 3, group=4, auto_pad="SAME_UPPER", strides=[2, 2])
    x = n.op("Clip", x, n.constant(np.float32(0)), n.constant(np.float32(0.5)))
    x = n.conv(x, 8, 6, 1, 1, group=2)
    x = n.conv(x, 6, 6, 3, 2, group=6, auto_pad="SAME_LOWER")
    x = n.conv(x, 6, 5, 2, 2, dilations=[2, 2], pads=[1, 0, 0, 1])
    x = n.op("ReduceMean", x, axes=[2, 3], keepdims=0)
    n.output(n.op("Gemm", x, n.weight(5, 3), n.constant(np.float32([[0.5]])), alpha=0.5, beta=2.0))
    return n


def steps():
    """One axis of space."""
    n = Network("steps_opset13", 13)
    x = n.input("x", [2, 20])
    x = n.op("LeakyRelu", n.batch_normalization(n.conv(x, 2, 4, 5, pads=[2, 2], strides=[2]), 4), alpha=0.1)
    x = n.op("MaxPool", x, kernel_shape=[3], strides=[2], ceil_mode=1)
    x = n.op("AveragePool", x, kernel_shape=[2], pads=[1, 0])
    x = n.op("Squeeze", n.op("Unsqueeze", x, n.ints(3)), n.ints(-1))
    x = n.op("Flatten", x)
    x = n.op("Add", n.op("MatMul", x, n.weight(20, 6)), n.weight(6))
    n.output(n.op("Softmax", x))
    return n


def branches():
    n = Network("branches_opset13", 13)
    x = n.input("x", [3, 8, 6])
    a = n.op("Relu", n.conv(x, 3, 4, 3, 3, pads=[1, 1, 1, 1]))
    b = n.op("MaxPool", x, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1])
    c = n.op("AveragePool", x, kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1)
    x = n.op("Concat", a, b, c, axis=1)
    x = n.op("Concat", x, n.op("Sub", x, n.weight(10, 1, 1)), axis=3)
    x = n.op("Pad", x, n.ints(0, 0, 0, 1, 0, 0, 1, 2))
    x = n.op("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)
    n.output(n.conv(x, 10, 3, 1, 1), n.op("GlobalMaxPool", x))
    return n


def view():
    """PyTorch's x.view(x.size(0), -1) with a batch of any size."""
    n = Network("view_opset13", 13)
    x = n.input("x", [2, 4, 4])
    x = n.op("Relu", n.conv(x, 2, 3, 3, 3))
    size = n.op("Gather", n.op("Shape", x), n.constant(np.int64(0), node=True), axis=0)
    zero = n.constant(np.array([0], np.int64), node=True)
    shape = n.op("Concat", n.op("Unsqueeze", size, zero), n.constant(np.array([-1], np.int64), node=True), axis=0)
    n.output(n.dense(n.op("Reshape", x, shape), 12, 4))
    return n


def channels_last():
    """Channels last outside, transposes around convolutions, shapes through Cast and Slice: tf2onnx."""
    n = Network("channels_last_opset13", 13)
    x = n.input("x", [8, 6, 3])
    x = n.conv(n.op("Transpose", x, perm=[0, 3, 1, 2]), 3, 4, 3, 3, pads=[0, 0, 1, 1], strides=[2, 2])
    x = n.op("Transpose", n.op("Relu", x), perm=[0, 2, 3, 1])
    x = n.op("Add", n.op("Mul", x, n.weight(4)), n.weight(1, 1, 1, 4))
    shape = n.op("Cast", n.op("Shape", x), to=TensorProto.INT32)
    shape = n.op("Slice", shape, n.ints(0), n.ints(1), n.ints(0))
    shape = n.op("Concat", shape, n.constant(np.array([-1], np.int32)), axis=0)
    x = n.op("Reshape", x, n.op("Cast", shape, to=TensorProto.INT64))
    n.output(n.op("Tanh", n.op("Add", n.op("MatMul", x, n.weight(48, 5)), n.weight(5))))
    return n


def constants():
    """Weights that nodes make of constants; attributes of old operator sets."""
    n = Network("constants_opset9", 9)
    x = n.input("x", [2, 6, 6])
    raw = n.op("Transpose", n.constant(n.random.normal(size=(3, 3, 2, 4)).astype(np.float32), node=True), perm=[3, 2, 0, 1])
    scale = n.op("Reshape", n.op("Div", n.weight(4), n.weight(4, least=0.5)), n.ints(4, 1, 1, 1))
    x = n.op("Conv", x, n.op("Mul", raw, scale), n.op("Sub", n.weight(4), n.weight(4)), kernel_shape=[3, 3])
    x = n.op("Dropout", n.op("Clip", x, min=-0.5, max=6.0), ratio=0.4)
    x = n.op("Unsqueeze", n.op("Squeeze", n.op("Slice", x, axes=[2], starts=[1], ends=[2]), axes=[2]), axes=[3])
    x = n.op("Pad", x, pads=[0, 0, 1, 0, 0, 0, 0, 1], value=0.25)
    x = n.op("Reshape", x, n.op("Concat", n.ints(0), n.op("Unsqueeze", n.op("Gather", n.ints(7, 40, 9), n.constant(np.int64(1))), axes=[0]), axis=0))
    n.output(n.op("Softmax", n.op("MatMul", x, n.op("Identity", n.weight(40, 3)))))
    return n


def activations():
    n = Network("activations_opset21", 21)
    x = n.input("x", [4, 5])
    six = n.constant(np.float32(6))
    gate = n.op("Clip", n.op("Add", x, n.constant(np.float32(3))), n.constant(np.float32(0)), six)
    swish = n.op("Div", n.op("Mul", x, gate), six)
    gated = n.op("Mul", n.op("HardSigmoid", x, alpha=1 / 6, beta=0.5), x)
    n.output(
        swish, gated, n.op("HardSwish", x), n.op("Sigmoid", x), n.op("HardSigmoid", x), n.op("Tanh", x),
        n.op("LeakyRelu", x), n.op("Sub", n.constant(np.float32(1)), x), n.op("Div", x, n.weight(4, 1, least=0.3)),
        n.op("Mul", x, n.weight(4, 5)), n.op("Sub", n.weight(1, 5), x), n.op("Clip", x, "", n.constant(np.float32(0.1))),
        n.op("Sub", x, gate), n.op("Add", x, n.op("ReduceMean", x, n.ints(2))))
    return n


def curves():
    """Functions of one number, slopes per channel, and how exporters write functions that later operator sets have."""
    n = Network("curves_opset24", 24)
    x = n.input("x", [4, 5])
    n.output(
        n.op("Elu", x, alpha=0.7), n.op("Selu", x), n.op("Selu", x, alpha=0.5, gamma=2.0), n.op("Celu", x, alpha=1.5),
        n.op("Exp", x), n.op("Softplus", x), n.op("Softsign", x), n.op("Gelu", x), n.op("Gelu", x, approximate="tanh"),
        n.op("Mish", x), n.op("Erf", x), n.op("ThresholdedRelu", x, alpha=-0.5), n.op("LeakyRelu", x, alpha=-0.3),
        n.op("PRelu", x, n.weight(4, 1)), n.op("PRelu", x, n.weight(5)), n.op("PRelu", x, n.weight(4, 5)),
        n.op("PRelu", x, n.weight(1)), n.op("Mul", x, n.op("Sigmoid", x)),
        n.op("Mul", n.op("Sigmoid", n.op("Mul", x, n.constant(np.float32(1.702)))), x),
        n.op("Mul", x, n.op("Tanh", n.op("Softplus", x))))
    gate = n.op("Add", n.op("Erf", n.op("Div", x, n.constant(np.float32(2 ** 0.5)))), n.constant(np.float32(1)))
    n.output(n.op("Mul", n.op("Mul", x, gate), n.constant(np.float32(0.5))))
    return n


def matrices():
    """Products with several matrices, and from the left."""
    n = Network("matrices_opset17", 17)
    x = n.input("x", [3, 4, 6])
    x = n.op("MatMul", n.weight(2, 4), n.op("MatMul", x, n.weight(3, 6, 5)))
    x = n.op("Add", n.op("MatMul", x, n.weight(1, 5, 3)), n.weight(2, 3))
    x = n.op("Reshape", n.op("Transpose", x, perm=[0, 2, 1, 3]), n.ints(0, 3, 2, 3))
    n.output(n.op("MatMul", n.op("MatMul", n.weight(3, 2, 2), x), n.weight(3)))
    return n


def selections():
    n = Network("selections_opset19", 19)
    x = n.input("x", [3, 6, 5])
    x = n.op("Pad", x, n.ints(0, 0, 2, 1, 0, 0, 1, 2), mode="reflect")
    x = n.op("Pad", x, n.ints(1, 0, 0, 2), "", n.ints(1, 3), mode="edge")
    x = n.op("Pad", x, n.ints(1, -2), "", n.ints(-2), mode="wrap")
    x = n.op("Pad", x, n.ints(0, 1, -1, 0, 0, 0, 2, 1), n.constant(np.float32(-0.5)))
    even = n.op("Slice", x, n.ints(0, -1), n.ints(2**62, -(2**62)), n.ints(3, 2), n.ints(2, -3))
    first = n.op("Gather", x, n.constant(np.int64(1)), axis=2)
    n.output(even, first, n.op("Gather", x, n.constant(np.array([[0, -1], [2, 2]])), axis=1))
    return n


def merged_softmax():
    """Before opset 13 softmax is over all axes from one on."""
    n = Network("merged_softmax_opset11", 11)
    x = n.input("x", [3, 2, 4])
    x = n.op("MaxPool", x, kernel_shape=[1, 2])
    n.output(n.op("Softmax", x), n.op("Softmax", x, axis=2), n.op("Softmax", x, axis=-1))
    return n


def fixed_batch():
    """Shapes with the batch written out."""
    n = Network("fixed_batch_opset17", 17)
    x = n.input("x", [2, 4, 4], batch=5)
    x = n.op("Relu", n.conv(x, 2, 3, 3, 3, pads=[1, 1, 1, 1]))
    x = n.op("Reshape", x, n.ints(5, 3, 16))
    x = n.op("Reshape", n.op("Transpose", x, perm=[0, 2, 1]), n.ints(5, -1))
    n.output(n.dense(x, 48, 4))
    return n


def mixed_batch():
    """The first axis is data: time steps that are averaged."""
    n = Network("mixed_batch_opset17", 17)
    x = n.input("x", [6], batch=7)
    x = n.op("Add", n.op("Tanh", n.dense(x, 6, 4)), n.weight(7, 1))
    mean = n.op("ReduceMean", x, axes=[0], keepdims=1)
    x = n.op("Concat", n.op("Transpose", x, perm=[1, 0]), n.op("Reshape", mean, n.ints(4, 1)), axis=-1)
    n.output(n.op("Softmax", x, axis=0), n.op("Gemm", x, n.weight(4, 3), n.weight(8, 1), transA=1))
    return n


def one_sample():
    """A batch of one that is dropped."""
    n = Network("one_sample_opset13", 13)
    x = n.input("x", [2, 6, 5], batch=1)
    x = n.op("Squeeze", n.op("MaxPool", n.conv(x, 2, 3, 3, 3), kernel_shape=[2, 1]))
    x = n.op("Unsqueeze", n.op("Transpose", x, perm=[1, 2, 0]), n.ints(0))
    n.output(n.op("Flatten", n.op("AveragePool", x, kernel_shape=[2, 1]), axis=0))
    return n


def means():
    n = Network("means_opset18", 18)
    x = n.input("x", [4, 5, 3])
    n.output(
        n.op("ReduceMean", x, n.ints(1)), n.op("ReduceMean", x, n.ints(-1), keepdims=0),
        n.op("ReduceMean", x, n.ints(3, 1), keepdims=0), n.op("ReduceMean", x, n.ints(1, 2, 3)),
        n.op("ReduceMean", x, noop_with_empty_axes=1), n.op("Softmax", x, axis=1), n.op("Softmax", x, axis=2))
    return n


def halves():
    """Constants of other floating-point types."""
    n = Network("halves_opset17", 17)
    x = n.input("x", [2, 5, 5])
    weights = n.op("Cast", n.weight(3, 2, 3, 3, dtype=np.float16), to=TensorProto.FLOAT)
    x = n.op("Conv", x, weights, n.op("Cast", n.weight(3, dtype=np.float64), to=TensorProto.FLOAT), strides=[2, 2])
    n.output(n.op("Cast", n.op("Cast", x, to=TensorProto.DOUBLE), to=TensorProto.FLOAT))
    return n


def bytes_in():
    """Pixels as bytes."""
    n = Network("bytes_opset17", 17)
    x = n.input("pixels", [3, 4, 4], dtype=np.uint8)
    x = n.op("Cast", n.op("MaxPool", x, kernel_shape=[2, 2]), to=TensorProto.FLOAT)
    x = n.op("Mul", n.op("Sub", x, n.constant(np.float32([128]))), n.constant(np.float32(1 / 128)))
    n.output(n.conv(x, 3, 2, 2, 2))
    return n


def unused():
    """Inputs, initializers and nodes that no output needs; Identity and Dropout."""
    n = Network("unused_opset15", 15)
    x = n.input("x", [6])
    n.input("never", [2])
    sized = n.input("sized", [3, 2])
    n.weight(5)
    n.op("NonZero", x)
    n.op("Erf", n.op("Identity", n.weight(3)))
    x = n.op("Identity", n.op("Dropout", n.op("Identity", x), n.constant(np.float32(0.3)), outputs=2)[0])
    rows = n.op("Shape", sized, start=1, end=2)
    x = n.op("Reshape", x, n.op("Concat", n.ints(-1), rows, n.ints(2), axis=0))
    n.output(n.op("Flatten", n.op("Unsqueeze", x, n.ints(1))))
    return n


def volumes():
    """Three axes of space."""
    n = Network("volumes_opset19", 19)
    x = n.input("x", [2, 6, 5, 7])
    a = n.op("MaxPool", x, kernel_shape=[3, 2, 3], strides=[2, 1, 2], dilations=[1, 2, 2], pads=[1, 0, 1, 0, 1, 1])
    b = n.op("AveragePool", x, kernel_shape=[2, 2, 3], strides=[2, 2, 1], ceil_mode=1, pads=[0, 1, 0, 1, 0, 1])
    n.output(a, b, n.op("GlobalAveragePool", x))
    return n


def newest():
    """What the newest operator sets add, and average pools that count padding: what ceil_mode adds does not count."""
    n = Network("newest_opset25", 25)
    x = n.input("x", [3, 10, 10])
    zero, scale = n.constant(np.uint8(128)), n.constant(np.float32(0.03))
    x = n.op("QuantizeLinear", x, scale, zero, precision=TensorProto.FLOAT, output_dtype=TensorProto.UINT8)
    x = n.op("DequantizeLinear", x, scale, zero, output_dtype=TensorProto.FLOAT)
    codes = n.random.integers(-2, 2, size=[4, 3, 2, 2])
    kernel = n.op(
        "DequantizeLinear", n.constant(codes.astype(ml_dtypes.int2)), n.constant(np.float32([0.1, 0.2, 0.05, 0.3])), axis=0)
    x = n.op("Conv", x, kernel, pads=[0, 0, 1, 1])
    n.output(n.op("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1, count_include_pad=1))
    n.output(n.op(
        "AveragePool", x, kernel_shape=[3, 4], strides=[2, 3], pads=[1, 0, 1, 1], ceil_mode=1, count_include_pad=1))
    n.output(n.op("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1))
    return n


def moves():
    """Selections, repeats and blocks, channels first and between layers."""
    n = Network("moves_opset18", 18)
    x = n.input("x", [4, 6, 8])
    a, b, c = n.op("Split", x, n.ints(1, 1, 2), axis=1, outputs=3)
    d, e = n.op("Split", x, axis=3, num_outputs=2, outputs=2)
    y = n.conv(n.op("Concat", b, c, a, axis=1), 4, 8, 3, 3, pads=[1, 1, 1, 1])
    dcr = n.op("DepthToSpace", y, blocksize=2)
    crd = n.op("DepthToSpace", y, blocksize=2, mode="CRD")
    z = n.conv(n.op("SpaceToDepth", crd, blocksize=2), 8, 6, 1, 1)
    near = n.op("Resize", z, "", n.constant(np.float32([1, 1, 2, 1.5])), mode="nearest")
    sized = n.op(
        "Resize", z, "", "", n.ints(9, 5), axes=[2, 3], mode="nearest", nearest_mode="ceil",
        coordinate_transformation_mode="align_corners")
    small = n.op(
        "Resize", z, "", n.constant(np.float32([1, 1, 0.5, 0.5])), mode="nearest", nearest_mode="floor",
        coordinate_transformation_mode="asymmetric")
    half = n.op(
        "Resize", z, "", n.constant(np.float32([1, 1, 3, 2])), mode="nearest", nearest_mode="round_prefer_ceil",
        coordinate_transformation_mode="pytorch_half_pixel")
    tiled = n.op("Tile", n.op("Slice", z, n.ints(0, 4), n.ints(2, 0), n.ints(2, 3), n.ints(1, -2)), n.ints(1, 2, 1, 3))
    wide = n.op("Expand", n.op("GlobalAveragePool", z), n.ints(1, 1, 2, 3))
    # Channels that are shuffled.
    s = n.op("Transpose", n.op("Reshape", z, n.ints(0, 2, 3, 6, 8)), perm=[0, 2, 1, 3, 4])
    s = n.conv(n.op("Reshape", s, n.ints(0, 6, 6, 8)), 6, 4, 3, 3, group=2)
    n.output(d, e, dcr, near, sized, small, half, tiled, wide, s)
    return n


def grown():
    """Transposed convolutions and linear interpolation."""
    n = Network("grown_opset17", 17)
    x = n.input("x", [4, 5, 6])

    def transposed(x, inputs, outputs, *kernel, group=1, **attributes):
        return n.op(
            "ConvTranspose", x, n.weight(inputs, outputs // group, *kernel), n.weight(outputs), group=group, **attributes)

    n.output(
        transposed(x, 4, 3, 2, 2, strides=[2, 2]),
        transposed(x, 4, 3, 3, 3, strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1]),
        transposed(x, 4, 6, 3, 4, strides=[2, 3], group=2, pads=[0, 1, 1, 0], dilations=[2, 1]),
        transposed(x, 4, 4, 2, 3, strides=[3, 2], group=4, output_padding=[2, 0]),
        transposed(x, 4, 2, 3, 3, strides=[2, 2], auto_pad="SAME_UPPER"),
        transposed(x, 4, 2, 4, 3, strides=[2, 3], auto_pad="SAME_LOWER"),
        transposed(x, 4, 2, 3, 3, strides=[3, 2], output_shape=[14, 12]),
        transposed(x, 4, 2, 3, 2, pads=[2, 1, 0, 0], dilations=[1, 3]),
        transposed(n.op("Reshape", x, n.ints(0, 4, 30)), 4, 3, 5, strides=[2]),
        n.op("Resize", x, "", n.constant(np.float32([1, 1, 2, 3])), mode="linear"),
        n.op(
            "Resize", x, "", n.constant(np.float32([1, 1, 1, 4])), mode="linear",
            coordinate_transformation_mode="asymmetric"))
    return n


def interpolated():
    """Linear interpolation to any size, as exporters write it."""
    n = Network("interpolated_opset19", 19)
    x = n.input("x", [2, 6, 7])
    def resized(*size, scales=False, **attributes):
        sizes = ["", n.constant(np.float32(size))] if scales else ["", "", n.ints(*size)]
        return n.op("Resize", x, *sizes, mode="linear", axes=[2, 3], **attributes)
    modes = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric"]
    n.output(
        *[resized(9, 5, coordinate_transformation_mode=mode) for mode in modes],
        *[resized(12, 14, coordinate_transformation_mode=mode) for mode in modes[:4]],
        resized(3, 1, coordinate_transformation_mode="pytorch_half_pixel"),
        resized(1.5, 0.5, scales=True), resized(0.5, 2.5, scales=True, coordinate_transformation_mode="asymmetric"),
        n.op("Resize", n.op("Reshape", x, n.ints(0, 2, 42)), "", "", n.ints(63), mode="linear", axes=[2]),
        *[n.op("Resize", pixel, "", "", n.ints(3, 4), mode="linear", axes=[2, 3], coordinate_transformation_mode=mode)
          for pixel in [n.op("Slice", x, n.ints(1, 2), n.ints(2, 3), n.ints(2, 3))] for mode in ("align_corners", "half_pixel")])
    return n


def upsampled():
    """Larger maps as early exporters write them."""
    n = Network("upsampled_opset9", 9)
    x = n.input("x", [3, 4, 5])
    x = n.op("Upsample", n.conv(x, 3, 4, 3, 3), n.constant(np.float32([1, 1, 2, 3])), mode="nearest")
    n.output(n.conv(x, 4, 2, 2, 2), *n.op("Split", x, axis=1, split=[1, 3], outputs=2))
    return n


NETWORKS = [
    residual, depthwise, steps, branches, view, channels_last, constants, activations, curves, matrices, selections,
    merged_softmax, fixed_batch, mixed_batch, one_sample, means, halves, bytes_in, unused, volumes, newest, moves, grown,
    interpolated, upsampled,
]


def main():
    with h5py.File(os.path.join(HERE, "golden.h5"), "w") as golden:
        for network in NETWORKS:
            network().save(golden)


if __name__ == "__main__":
    main()
