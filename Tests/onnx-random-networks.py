#!/usr/bin/env python3
"""Random networks, channels first as PyTorch has them, quantized by ONNX Runtime: qcc has to find every code that ONNX Runtime
finds, prove every channel, and run the float network as ONNX Runtime does.

usage: Tests/onnx-random-networks.py [QCC [FIRST [COUNT]]]

The same seed gives the same network. Python 3.11 with: numpy onnx==1.16.2 onnxruntime==1.26.0 h5py
"""

import logging
import subprocess
import sys

import h5py
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

import random_networks

# Where qcc may refuse: a mean over the edge that no quantizer follows has no scale, nor has a function's result that one averages.
REFUSED = ("an average over windows of", "reaches it unquantized")


class Network:
    """A float network, grown layer by layer."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.constants = [], []
        self.input = self.shape = (int(self.pick(1, 3, 4, 8)), *(int(n) for n in self.random.integers(6, 14, 2)))
        self.last = "x"
        for _ in range(self.random.integers(1, 5)):
            self.pick(*[self.convolution] * 6, self.max_pool, self.average_pool, self.residual, self.branch, self.excite,
                      self.function, self.merge, self.transposed, self.grow, self.move, self.pad)()
        self.classifier()

    def pick(self, *choices):
        return choices[self.random.integers(len(choices))]

    def constant(self, numbers):
        self.constants.append(numpy_helper.from_array(np.asarray(numbers), f"constant{len(self.constants)}"))
        return self.constants[-1].name

    def weights(self, *shape):
        return self.constant(self.random.normal(0, np.prod(shape[1:]) ** -0.5, shape).astype(np.float32))

    def node(self, kind, *inputs, **attributes):
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=f"{name}/node", **attributes))
        self.last = name
        return name

    def slid(self, size, stride, pads):
        """The shape behind a window."""
        channels, *extents = self.shape
        spread = zip(extents, pads[:2], pads[2:])
        return (channels, *((extent + before + after - size) // stride + 1 for extent, before, after in spread))

    def convolution(self):
        channels = self.shape[0]
        size = self.pick(*(k for k in (1, 2, 3) if k < min(self.shape[1:]) or k == 1))
        stride, pads = self.pick(1, 1, 2), self.random.integers(0, size, 4).tolist()
        groups = self.pick(1, channels, 2 if channels % 2 == 0 else 1)
        filters = channels * self.pick(1, 2) if groups == channels else self.pick(4, 8, 12)
        inputs = [self.last, self.weights(filters, channels // groups, size, size)]
        if self.pick(True, True, False):
            inputs.append(self.weights(filters))
        self.node("Conv", *inputs, strides=[stride] * 2, pads=pads, group=groups)
        self.shape = (filters, *self.slid(size, stride, pads)[1:])
        self.pick(*[lambda: self.node("Relu", self.last)] * 3, lambda: self.node("LeakyRelu", self.last, alpha=0.125),
                  lambda: self.node("Clip", self.last, *(self.constant(np.float32(n)) for n in (0, 6))), lambda: None)()

    def max_pool(self):
        if min(self.shape[1:]) >= 2:
            self.node("MaxPool", self.last, kernel_shape=[2, 2], strides=[2, 2])
            self.shape = self.slid(2, 2, [0] * 4)

    def average_pool(self):
        if min(self.shape[1:]) >= 3:
            self.node("AveragePool", self.last, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4,
                      count_include_pad=self.pick(0, 1))
            self.shape = self.slid(3, 2, [1] * 4)

    def residual(self):
        before, channels = self.last, self.shape[0]
        self.node("Add", before, self.node("Conv", before, self.weights(channels, channels, 1, 1)))
        if self.pick(True, False):
            self.node("Relu", self.last)

    def branch(self):
        before, channels = self.last, self.shape[0]
        self.node("Concat", before, self.node("Conv", before, self.weights(4, channels, 1, 1)), axis=1)
        self.shape = (channels + 4, *self.shape[1:])

    def merge(self):
        """Two maps come together in another way than a sum."""
        before, channels = self.last, self.shape[0]
        other = self.node("Conv", before, self.weights(channels, channels, 1, 1))
        self.node(self.pick("Mul", "Sub", "Max", "Min"), before, other)

    def excite(self):
        """Squeeze and excite: channels are multiplied by what the whole map says of them."""
        before, channels = self.last, self.shape[0]
        self.node("Conv", self.node("GlobalAveragePool", before), self.weights(4, channels, 1, 1), self.weights(4))
        self.node("Conv", self.node("Relu", self.last), self.weights(channels, 4, 1, 1))
        self.node("Mul", before, self.node(self.pick("Sigmoid", "HardSigmoid"), self.last))

    def function(self):
        before = self.last
        kind = self.pick("Elu", "Selu", "Softplus", "Softsign", "Tanh", "Sigmoid", "HardSwish", "ThresholdedRelu", "PRelu",
                         "swish", "LeakyRelu")
        if kind == "PRelu":
            self.node(kind, before, self.constant(self.random.uniform(0, 0.5, (self.shape[0], 1, 1)).astype(np.float32)))
        elif kind == "swish":
            self.node("Mul", before, self.node("Sigmoid", before))
        elif kind in ("LeakyRelu", "ThresholdedRelu"):
            self.node(kind, before, alpha=float(self.random.uniform(0.01, 0.5)))
        else:
            self.node(kind, before)

    def transposed(self):
        channels, groups = self.shape[0], self.pick(1, self.shape[0])
        filters = 1 if groups > 1 else self.pick(3, 4)
        size, stride, cut = self.pick(1, 2, 3, 4), self.pick(1, 2), self.pick(0, 0, 1)
        more = self.pick(0, 1) if stride == 2 else 0
        extents = [(extent - 1) * stride + size + more - 2 * cut for extent in self.shape[1:]]
        if min(extents) < 2 or max(extents) > 24:
            return
        self.node("ConvTranspose", self.last, self.weights(channels, filters, size, size), self.weights(filters * groups),
                  strides=[stride] * 2, pads=[cut] * 4, output_padding=[more] * 2, group=groups)
        self.shape = (filters * groups, *extents)

    def grow(self):
        factor = self.pick(2, 2, 3)
        if max(self.shape[1:]) * factor > 24:
            return
        scales = self.constant(np.array([1, 1, factor, factor], np.float32))
        how = self.pick(
            dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
            dict(mode="nearest", coordinate_transformation_mode="half_pixel", nearest_mode="round_prefer_floor"),
            dict(mode="linear", coordinate_transformation_mode="half_pixel"),
            dict(mode="linear", coordinate_transformation_mode="align_corners"))
        self.node("Resize", self.last, "", scales, **how)
        self.shape = (self.shape[0], *(extent * factor for extent in self.shape[1:]))

    def move(self):
        """Codes that move and are nothing else afterwards."""
        channels, rows, columns = self.shape
        ints = lambda *numbers: self.constant(np.array(numbers, np.int64))
        how = self.pick("slice", "split", "shuffle", "depth", "space")
        if how == "slice" and min(rows, columns) >= 4:
            step = self.pick(1, 2)
            self.node("Slice", self.last, ints(1, 0), ints(rows, columns - 1), ints(2, 3), ints(1, step))
            self.shape = (channels, rows - 1, len(range(0, columns - 1, step)))
        elif how == "split" and channels % 2 == 0:
            names = [f"split{len(self.nodes)}_{part}" for part in range(2)]
            self.nodes.append(helper.make_node("Split", [self.last, ints(channels // 2, channels // 2)], names, name=f"split{len(self.nodes)}/node", axis=1))
            self.node("Concat", *reversed(names), axis=1)
        elif how == "shuffle" and channels % 2 == 0:
            self.node("Reshape", self.last, ints(1, 2, channels // 2, rows, columns))
            self.node("Transpose", self.last, perm=[0, 2, 1, 3, 4])
            self.node("Reshape", self.last, ints(1, channels, rows, columns))
        elif how == "depth" and channels % 4 == 0 and max(rows, columns) <= 12:
            self.node("DepthToSpace", self.last, blocksize=2, mode=self.pick("DCR", "CRD"))
            self.shape = (channels // 4, rows * 2, columns * 2)
        elif how == "space" and rows % 2 == 0 and columns % 2 == 0 and channels <= 8:
            self.node("SpaceToDepth", self.last, blocksize=2)
            self.shape = (channels * 4, rows // 2, columns // 2)

    def pad(self):
        if min(self.shape[1:]) < 2:
            return
        pads = [0, 0, 1, 0, 0, 0, self.pick(0, 1), 1]
        self.node("Pad", self.last, self.constant(np.array(pads, np.int64)), mode=self.pick("constant", "reflect", "edge"))
        self.shape = (self.shape[0], *(e + pads[2 + i] + pads[6 + i] for i, e in enumerate(self.shape[1:])))

    def classifier(self):
        end, units = self.random.integers(5), int(self.random.integers(2, 11))
        inputs = self.shape[0] if end in (2, 3) else int(np.prod(self.shape))
        if end == 0:
            self.node("Reshape", self.last, self.constant(np.array([1, -1])))
        elif end == 3:
            self.node("ReduceMean", self.last, axes=[2, 3], keepdims=0)
        else:
            if end == 2:
                self.node("GlobalAveragePool", self.last)
            if end == 4:
                self.node("Transpose", self.last, perm=[0, 2, 3, 1])
            self.node("Flatten", self.last)
        if self.pick(True, False):
            self.node("Gemm", self.last, self.weights(units, inputs), self.weights(units), transB=1)
        else:
            weights = self.random.normal(0, inputs ** -0.5, (inputs, units)).astype(np.float32)
            self.node("Add", self.node("MatMul", self.last, self.constant(weights)), self.weights(units))
        if self.random.random() < 0.3:
            self.node("Softmax", self.last)
        self.output = (units,)

    @property
    def model(self):
        value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *shape])
        graph = helper.make_graph(
            self.nodes, "random", [value("x", self.input)], [value(self.last, self.output)], self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class Samples(CalibrationDataReader):
    def __init__(self, x):
        self.rest = iter([{"x": sample[None]} for sample in x])

    def get_next(self):
        return next(self.rest, None)


def run(model, outputs, x):
    """Every output for every sample, all graph optimizations off."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    runs = [session.run(outputs, {"x": sample[None]}) for sample in x]
    return [np.concatenate([each[index] for each in runs]) for index in range(len(runs[0]))]


def codes(model, x):
    """What every QuantizeLinear of a feature map gives, by name."""
    constants = {constant.name for constant in model.graph.initializer}
    names = [n.output[0] for n in model.graph.node if n.op_type == "QuantizeLinear" and n.input[0] not in constants]
    values = {value.name: value for value in onnx.shape_inference.infer_shapes(model).graph.value_info}
    del model.graph.output[:]
    model.graph.output.extend(values[name] for name in names)
    return dict(zip(names, run(model, names, x)))


def problem(qcc, seed, folder):
    """What is wrong with a seed's network; None where it is exact, a refusal where it may be refused."""
    network = Network(seed)
    x = network.random.normal(0, 1, (8, *network.input)).astype(np.float32)
    onnx.save(network.model, folder / "float.onnx")
    pick = lambda *choices: choices[network.random.integers(len(choices))]
    quantize_static(
        folder / "float.onnx", folder / "model.onnx", Samples(x), QuantFormat.QDQ, per_channel=pick(True, False),
        activation_type=pick(QuantType.QInt8, QuantType.QUInt8, QuantType.QInt16), weight_type=QuantType.QInt8)
    with h5py.File(folder / "golden.h5", "w") as file:
        file["x"] = x[:2]
        for name, numbers in codes(onnx.load(folder / "model.onnx"), x[:2]).items():
            file["tensors/" + name.replace("/", "|")] = numbers

    if text := random_networks.disagreement(qcc, folder / "model.onnx", folder / "golden.h5"):
        isMeant = any(words in text for words in REFUSED)
        return text if isMeant else text.replace("refused: ", "refused without need: ", 1)
    command = [qcc, "simulate", "float.onnx", "--inputs", "golden.h5:x", "-o", "y.npy", "--reference"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        return result.stderr
    (wanted,), found = run(network.model, None, x[:2]), np.load(folder / "y.npy")
    if found.shape != wanted.shape or np.abs(found - wanted).max() > 1e-5 * np.abs(wanted).max():
        return f"the float network's outputs differ: {found.tolist()}, ONNX Runtime {wanted.tolist()}"
    return None


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(random_networks.run(problem))
