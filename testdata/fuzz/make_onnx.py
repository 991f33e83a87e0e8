#!/usr/bin/env python3
"""Writes the seeds of the fuzz target `onnx` to onnx/ and their words to onnx.dict: small networks that between them have every operator that the
importer reads, every way in which ONNX stores numbers, and what the importer refuses.

Python 3.11 with: onnx==1.16.2 "numpy<2"
"""
import os

import numpy as np
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
QONNX = "qonnx.custom_op.general"
MICROSOFT = "com.microsoft"
random = np.random.default_rng(1)
words = set()


def constant(name, values, kind=None):
    values = np.asarray(values)
    if kind is None:
        return numpy_helper.from_array(values.astype(np.float32) if values.dtype == np.float64 else values, name)
    return helper.make_tensor(name, kind, values.shape, values.ravel())


def weights(*shape):
    return random.normal(0, 0.5, shape).astype(np.float32)


def codes(*shape, kind=np.int8):
    return random.integers(-7, 8, shape).astype(kind)


def write(name, nodes, initializers=(), shape=(1, 3, 6, 6), outputs=("y",), opset=17, **more):
    """A network from x to y; initializers are (name, values) or tensors."""
    tensors = [t if hasattr(t, "dims") else constant(*t) for t in initializers]
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", more.pop("kind", TensorProto.FLOAT), shape)],
        [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs], tensors, **more.pop("graph", {}))
    domains = sorted({n.domain for n in nodes} - {""})
    opsets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(d, 1) for d in domains]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="", **more)
    for n in nodes:
        words.update([n.op_type, n.domain, *(a.name for a in n.attribute)])
        words.update(a.s.decode() for a in n.attribute)
    with open(f"{HERE}/onnx/{name}", "wb") as file:
        file.write(model.SerializeToString())


node = helper.make_node


def chain(*steps):
    """Nodes one after another from x to y; a step is (operator, further inputs, attributes)."""
    nodes, last = [], "x"
    for index, (operator, inputs, attributes) in enumerate(steps):
        result = "y" if index == len(steps) - 1 else f"t{index}"
        nodes.append(node(operator, [last, *inputs], [result], **attributes))
        last = result
    return nodes


def float_networks():
    write("conv", chain(("Conv", ["w", "b"], dict(pads=[1, 1, 1, 1], strides=[2, 2])), ("Relu", [], {})),
          [("w", weights(4, 3, 3, 3)), ("b", weights(4))])
    write("conv_attributes", chain(
        ("Conv", ["w"], dict(auto_pad="SAME_LOWER", dilations=[2, 1], group=3, kernel_shape=[3, 2])),
        ("Conv", ["w2"], dict(auto_pad="VALID")), ("Sigmoid", [], {})),
        [("w", weights(3, 1, 3, 2)), ("w2", weights(2, 3, 1, 1))])
    write("conv1d", chain(("Conv", ["w"], dict(pads=[1, 1])), ("MaxPool", [], dict(kernel_shape=[2], strides=[2]))),
          [("w", weights(4, 3, 3))], shape=("N", 3, 8))
    write("gemm", chain(("Flatten", [], {}), ("Gemm", ["w", "b"], dict(alpha=0.5, beta=2.0, transB=1)), ("Tanh", [], {}),
                        ("MatMul", ["w2"], {}), ("Add", ["b2"], {}), ("Softmax", [], dict(axis=-1))),
          [("w", weights(5, 108)), ("b", weights(5)), ("w2", weights(5, 3)), ("b2", weights(3))])
    write("elementwise", chain(
        ("Mul", ["s"], {}), ("Sub", ["c"], {}), ("Div", ["s"], {}), ("Clip", ["low", "high"], {}), ("LeakyRelu", [], dict(alpha=0.25)),
        ("HardSigmoid", [], dict(alpha=0.25, beta=0.5)), ("Dropout", [], {}), ("Cast", [], dict(to=1)), ("Identity", [], {})),
        [("s", np.float32(0.5)), ("c", weights(1, 1, 1, 6)), ("low", np.float32(-1)), ("high", np.float32(6))])
    write("pools", chain(
        ("MaxPool", [], dict(kernel_shape=[2, 2], strides=[1, 2], pads=[1, 0, 0, 1], ceil_mode=1)),
        ("AveragePool", [], dict(kernel_shape=[2, 2], count_include_pad=0)), ("BatchNormalization", list("gbmv"), {}),
        ("GlobalAveragePool", [], {}), ("Flatten", [], {})),
        [(n, np.abs(weights(3)) + 1) for n in "gbmv"])
    write("mean", chain(("Pad", ["p"], {}), ("ReduceMean", [], dict(axes=[2, 3], keepdims=0))),
          [("p", np.array([0, 0, 1, 1, 0, 0, 1, 1]))])
    write("global_max", chain(("GlobalMaxPool", [], {}), ("Squeeze", ["a"], {}), ("Unsqueeze", ["u"], {})),
          [("a", np.array([2, 3])), ("u", np.array([-1]))])
    write("branches", [
        node("Relu", ["x"], ["a"]), node("Transpose", ["x"], ["t"], perm=[0, 2, 3, 1]),
        node("Transpose", ["t"], ["u"], perm=[0, 3, 1, 2]), node("Concat", ["a", "u"], ["c"], axis=1),
        node("Add", ["a", "x"], ["s"]), node("Concat", ["c", "s"], ["y"], axis=1)])
    write("shapes", [
        node("Shape", ["x"], ["shape"]), node("Gather", ["shape", "zero"], ["batch"], axis=0),
        node("Unsqueeze", ["batch", "axes"], ["b"]), node("Slice", ["shape", "one", "four"], ["rest"]),
        node("Mul", ["one", "minus"], ["open"]), node("Concat", ["b", "open"], ["target"], axis=0),
        node("Constant", [], ["k"], value=constant("", weights(108, 2))), node("Reshape", ["x", "target"], ["f"]),
        node("Identity", ["k"], ["k1"]), node("Transpose", ["k1"], ["k2"], perm=[1, 0]),
        node("Reshape", ["k2", "flat"], ["k3"]), node("Cast", ["k3"], ["k4"], to=1), node("Gemm", ["f", "k4"], ["y"], transB=1)],
        [("zero", np.int64(0)), ("axes", np.array([0])), ("one", np.array([1])), ("four", np.array([4])),
         ("minus", np.array([-1])), ("flat", np.array([2, -1]))])
    write("opset9", chain(("Pad", [], dict(pads=[0, 0, 1, 1, 0, 0, 1, 1])), ("Reshape", ["s"], {}), ("Unsqueeze", [], dict(axes=[1])),
                          ("Squeeze", [], dict(axes=[1])), ("Clip", [], dict(min=0.0, max=1.0))),
          [("s", np.array([0, -1]))], opset=9)


def quantized_networks():
    def scales(name, scale, zero, kind=np.int8):
        return [(name + "s", np.float32(scale)), (name + "z", np.asarray(zero, kind))]

    for name, kind, zero in [("s8", np.int8, -3), ("u8", np.uint8, 128), ("s16", np.int16, 0), ("u16", np.uint16, 7)]:
        nodes = [
            node("QuantizeLinear", ["x", "xs", "xz"], ["q"]), node("DequantizeLinear", ["q", "xs", "xz"], ["d"]),
            node("DequantizeLinear", ["w", "ws", "wz"], ["wd"], axis=0), node("DequantizeLinear", ["b", "bs"], ["bd"], axis=0),
            node("Conv", ["d", "wd", "bd"], ["c"], pads=[1, 1, 1, 1]), node("Relu", ["c"], ["r"]),
            node("QuantizeLinear", ["r", "ys", "yz"], ["r8"]), node("DequantizeLinear", ["r8", "ys", "yz"], ["rd"]),
            node("MaxPool", ["rd"], ["p"], kernel_shape=[2, 2], strides=[2, 2]), node("GlobalAveragePool", ["p"], ["g"]),
            node("QuantizeLinear", ["g", "ys", "yz"], ["g8"]), node("DequantizeLinear", ["g8", "ys", "yz"], ["gd"]),
            node("Flatten", ["gd"], ["f"]), node("QuantizeLinear", ["k", "ks", "kz"], ["k8"]),
            node("DequantizeLinear", ["k8", "ks", "kz"], ["kd"]), node("MatMul", ["f", "kd"], ["y"])]
        write(f"qdq_{name}", nodes, [
            *scales("x", 0.05, zero, kind), *scales("y", 0.1, zero, kind), ("w", codes(4, 3, 3, 3)), ("k", weights(4, 2)),
            ("ws", np.float32([0.1, 0.2, 0.05, 0.3])), ("wz", np.zeros(4, np.int8)), ("b", codes(4, kind=np.int32)),
            ("bs", np.float32([0.005, 0.01, 0.0025, 0.015])), *scales("k", 0.02, 0)], opset=21 if "16" in name else 17)
    write("qdq_4_bits", [
        node("QuantizeLinear", ["x", "s", "zu"], ["q"]), node("DequantizeLinear", ["q", "s", "zu"], ["d"]),
        node("DequantizeLinear", ["w", "s", "zs"], ["wd"]), node("MatMul", ["d", "wd"], ["y"])],
        [("s", np.float32(0.25)), constant("zu", np.array(3), TensorProto.UINT4), constant("zs", np.array(0), TensorProto.INT4),
         constant("w", codes(6, 3), TensorProto.INT4)], shape=(1, 6), opset=21)
    write("qlinear", [
        node("QuantizeLinear", ["x", "xs", "xz"], ["q"]),
        node("QLinearConv", ["q", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"], ["c"], pads=[1, 1, 1, 1]),
        node("QLinearAdd", ["c", "ys", "yz", "c", "ys", "yz", "ys", "yz"], ["a"], domain=MICROSOFT),
        node("QLinearGlobalAveragePool", ["a", "ys", "yz", "ys", "yz"], ["g"], domain=MICROSOFT, channels_last=0),
        node("Flatten", ["g"], ["f"]), node("QLinearMatMul", ["f", "ys", "yz", "k", "ks", "kz", "ys", "yz"], ["m"]),
        node("DequantizeLinear", ["m", "ys", "yz"], ["y"])],
        [*scales("x", 0.05, 128, np.uint8), *scales("y", 0.1, 100, np.uint8), ("w", codes(4, 3, 3, 3)),
         ("ws", np.float32([0.1, 0.2, 0.05, 0.3])), ("wz", np.zeros(4, np.int8)), ("b", codes(4, kind=np.int32)),
         ("k", codes(4, 2)), *scales("k", 0.02, 0)])
    write("integer", [
        node("QuantizeLinear", ["x", "xs", "xz"], ["q"]), node("ConvInteger", ["q", "w", "xz", "wz"], ["c"]),
        node("Cast", ["c"], ["cf"], to=1), node("Mul", ["cf", "xs"], ["m"]), node("Flatten", ["m"], ["f"]),
        node("QuantizeLinear", ["f", "xs", "xz"], ["fq"]), node("MatMulInteger", ["fq", "k", "xz", "wz"], ["i"]),
        node("Cast", ["i"], ["y"], to=1)],
        [*scales("x", 0.05, 128, np.uint8), ("w", codes(2, 3, 3, 3)), ("wz", np.int8(0)), ("k", codes(32, 2))])
    write("dynamic", [node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), node("DequantizeLinear", ["q", "s", "z"], ["y"])])


def qonnx_networks():
    def quant(x, y, bits, narrow=0, signed=1, mode="ROUND", scale="s"):
        return node("Quant", [x, scale, "z", bits], [y], domain=QONNX, narrow=narrow, signed=signed, rounding_mode=mode)

    numbers = [("s", np.float32(0.125)), ("z", np.float32(0)), ("4", np.float32(4)), ("6", np.float32(6)), ("3.5", np.float32(3.5))]
    for mode in ["ROUND", "CEIL", "FLOOR", "ROUND_TO_ZERO", "HALF_EVEN", "HALF_UP", "HALF_DOWN", "UP", "DOWN"]:
        write(f"quant_{mode.lower()}", [
            quant("x", "q", "6", mode=mode), quant("w", "wq", "4", narrow=1, scale="ws"),
            node("Conv", ["q", "wq"], ["c"]), node("Relu", ["c"], ["r"]), quant("r", "y", "4", signed=0, mode=mode)],
            [*numbers, ("w", weights(4, 3, 3, 3)), ("ws", np.float32(np.full((4, 1, 1, 1), 0.3)))])
    write("bipolar", [
        quant("x", "q", "3.5"), node("BipolarQuant", ["w", "s"], ["wq"], domain=QONNX), node("MatMul", ["q", "wq"], ["m"]),
        node("BipolarQuant", ["m", "s"], ["y"], domain=QONNX)], [*numbers, ("w", weights(6, 3))], shape=(1, 6))
    write("trunc", [
        quant("x", "q", "6"), node("AveragePool", ["q"], ["a"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Trunc", ["a", "s", "z", "6", "4"], ["y"], domain=QONNX, rounding_mode="FLOOR", signed=1, narrow=0)], numbers)


def storage():
    double = numpy_helper.from_array(weights(6, 2).astype(np.float64), "w")
    write("double", chain(("MatMul", ["w"], {})), [double], shape=(1, 6))
    write("float16", chain(("MatMul", ["w"], {})), [constant("w", weights(6, 2).astype(np.float16))], shape=(1, 6))
    write("bfloat16", chain(("MatMul", ["w"], {})), [constant("w", weights(6, 2), TensorProto.BFLOAT16)], shape=(1, 6))
    write("float_data", chain(("MatMul", ["w"], {})), [constant("w", weights(6, 2), TensorProto.FLOAT)], shape=(1, 6))
    for kind in ["INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64", "BOOL", "INT4", "UINT4"]:
        values = constant("w", np.abs(codes(6, 2)) % (2 if kind == "BOOL" else 8), getattr(TensorProto, kind))
        write(f"data_{kind.lower()}", [node("Cast", ["w"], ["wf"], to=1), node("MatMul", ["x", "wf"], ["y"])], [values],
              shape=(1, 6), opset=21)
    outside = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[6, 2], data_location=TensorProto.EXTERNAL)
    for key, value in [("location", "weights.bin"), ("offset", "16"), ("length", "48")]:
        outside.external_data.add(key=key, value=value)
    write("external", chain(("MatMul", ["w"], {})), [outside], shape=(1, 6))


def refused():
    branch = helper.make_graph([node("Relu", ["x"], ["inner"])], "branch", [], [
        helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)])
    write("if", [node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)], [("c", np.array(True))])
    write("loop", [node("Loop", ["n", "c", "x"], ["y"], body=branch)], [("n", np.int64(2)), ("c", np.array(True))])
    write("scan", [node("Scan", ["x"], ["y"], body=branch, num_scan_inputs=1)])
    sparse = helper.make_sparse_tensor(constant("w", weights(2)), constant("i", np.array([1, 4])), [6, 2])
    write("sparse", chain(("Relu", [], {})), graph=dict(sparse_initializer=[sparse]))
    function = helper.make_function("own", "twice", ["a"], ["b"], [node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)])
    write("function", [node("twice", ["x"], ["y"], domain="own")], functions=[function])
    write("attributes", [node("Sum", ["x", "x"], ["y"], floats=[1.0, 2.0], strings=["a", "b"], ints=[1, 2], text="c",
                              tensor=constant("t", weights(2)))])


if __name__ == "__main__":
    os.makedirs(f"{HERE}/onnx", exist_ok=True)
    float_networks()
    quantized_networks()
    qonnx_networks()
    storage()
    refused()
    with open(f"{HERE}/onnx.dict", "w") as file:
        file.writelines(f'"{word}"\n' for word in sorted(words - {""}))
