#!/usr/bin/env python3
"""Writes rounding.onnx, a network of 16-bit feature maps: steps so fine that ONNX Runtime's float32 arithmetic falls on the
other side of a rounding boundary many times; rounding.golden.h5, the codes of ONNX Runtime, all graph optimizations off; and
two golden files with one code changed, which `qcc verify` has to find: by one where no boundary is near, by two where the
error of a long sum could explain it and an integer's rounding cannot.

Python 3.11 with: numpy onnx==1.16.2 onnxruntime==1.26.0 h5py
"""

import os
import shutil

import h5py
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = 4
random = np.random.default_rng(3)
nodes, constants = [], []


def constant(name, array):
    constants.append(numpy_helper.from_array(np.asarray(array), name))
    return name


def node(kind, inputs, output, **attributes):
    nodes.append(helper.make_node(kind, inputs, [output], **attributes))
    return output


def quantized(name, scale, zero_point=0, kind=np.int16):
    """QuantizeLinear and DequantizeLinear of a tensor: codes `<name>_codes`."""
    scale, zero = constant(f"{name}_scale", np.float32(scale)), constant(f"{name}_zero", kind(zero_point))
    node("QuantizeLinear", [name, scale, zero], f"{name}_codes")
    return node("DequantizeLinear", [f"{name}_codes", scale, zero], f"{name}_values")


def weights(name, shape, axis):
    """8-bit weights with a scale per output channel."""
    scales = random.uniform(0.002, 0.01, shape[axis]).astype(np.float32)
    codes = constant(f"{name}_codes", random.integers(-127, 128, shape).astype(np.int8))
    zeros = constant(f"{name}_zeros", np.zeros(shape[axis], np.int8))
    node("DequantizeLinear", [codes, constant(f"{name}_scales", scales), zeros], name, axis=axis)
    return name


def bias(name, count):
    scale = constant(f"{name}_scale", np.full(count, 3e-7, np.float32))
    codes = constant(f"{name}_codes", random.integers(-10**6, 10**6, count).astype(np.int32))
    zeros = constant(f"{name}_zeros", np.zeros(count, np.int32))
    return node("DequantizeLinear", [codes, scale, zeros], name, axis=0)


def network():
    x = quantized("x", 3.1e-5, 1000)
    node("Conv", [x, weights("w1", (12, 8, 3, 3), 0), bias("b1", 12)], "c1", pads=[1, 1, 1, 1])
    node("Relu", ["c1"], "r1")
    first = quantized("r1", 1.7e-4, -32768)
    node("Conv", [first, weights("w2", (12, 1, 3, 3), 0), bias("b2", 12)], "c2", pads=[1, 1, 1, 1], group=12)
    second = quantized("c2", 9.3e-5)
    node("Add", [first, second], "sum")
    third = quantized("sum", 2.3e-4, -7)
    node("AveragePool", [third], "mean", kernel_shape=[3, 3], strides=[2, 2])
    fourth = quantized("mean", 1.3e-4, -20000)
    node("Flatten", [fourth], "flat")
    flat = quantized("flat", 1.3e-4, -20000)
    node("Gemm", [flat, weights("w3", (5, 108), 0), bias("b3", 5)], "logits", transB=1)
    return quantized("logits", 6.1e-4)


if __name__ == "__main__":
    output = network()
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "rounding", [value("x", [1, 8, 8, 8])], [value(output, [1, 5])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, f"{HERE}/rounding.onnx")

    names = [n.output[0] for n in nodes if n.op_type == "QuantizeLinear"]
    del model.graph.output[:]
    model.graph.output.extend(helper.make_tensor_value_info(n, TensorProto.INT16, None) for n in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = random.uniform(-1, 1, (SAMPLES, 8, 8, 8)).astype(np.float32)
    runs = [session.run(names, {"x": sample[None]}) for sample in x]
    golden = f"{HERE}/rounding.golden.h5"
    with h5py.File(golden, "w") as file:
        file["x"] = x
        for index, name in enumerate(names):
            file[f"tensors/{name}"] = np.concatenate([run[index] for run in runs])
    for wrong, name, by in (("by_one", "x_codes", 1), ("by_two", "logits_codes", 2)):
        path = f"{HERE}/rounding_{wrong}.golden.h5"
        shutil.copy(golden, path)
        with h5py.File(path, "r+") as file:
            codes = file[f"tensors/{name}"]
            place = (1, 2, 3, 4)[:codes.ndim]
            assert abs(codes[place]) < 30000
            codes[place] += by
            if name == "x_codes":
                position = np.float64(x[place]) / np.float64(np.float32(3.1e-5))
                assert abs(position % 1 - 0.5) > 0.1
