#!/usr/bin/env python3
"""Writes ONNX files that are damaged, or hold what cannot be read, beside this file: one mistake each, but several_mistakes.

Python 3.11 with: onnx==1.16.2 "numpy<2"
"""
import os

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
FLOAT = TensorProto.FLOAT
node = helper.make_node


def tensor(name, values):
    return numpy_helper.from_array(np.asarray(values), name)


W = tensor("w", np.arange(12, dtype=np.float32).reshape(4, 3) / 8)


def info(name, shape=None, kind=FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def model(nodes=None, initializers=(W,), inputs=None, outputs=("y",), opset=17, ir=8, functions=(), **graph):
    """By default y = x w."""
    nodes = nodes or [node("MatMul", ["x", "w"], ["y"], name="product")]
    inputs = inputs or [info("x", ["batch", 4])]
    outputs = [info(o) if isinstance(o, str) else o for o in outputs]
    graph = helper.make_graph(nodes, "bad", inputs, outputs, list(initializers), **graph)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("own", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=ir, functions=functions)


def write(name, made):
    data = made if isinstance(made, bytes) else made.SerializeToString()
    with open(f"{HERE}/{name}.onnx", "wb") as file:
        file.write(data)


def varint(value):
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    return bytes(data) + bytes([value])


def message(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def broken_protobuf():
    whole = model().SerializeToString()
    write("text", b"this is no model\n")
    write("cut", whole[: len(whole) * 2 // 3])
    write("wire_type_of_graph", varint(7 << 3) + varint(1))
    write("wire_type_of_name", whole + message(7, message(1, varint(4 << 3 | 5) + b"abcd")))
    write("length_beyond_the_end", whole + varint(7 << 3 | 2) + varint(1 << 40))
    write("field_zero", whole + b"\0\0")
    write("nothing_but_a_version", ModelProto(ir_version=8).SerializeToString())
    # Two bytes each in the file.
    write("hollow_nodes", message(7, message(1, b"") * 20000))
    inner = b""
    for _ in range(2000):
        inner = message(5, message(6, message(1, inner)))
    write("deep", message(7, message(1, inner)))


def broken_tensors():
    def dims(*extents, data=W.raw_data, kind=FLOAT):
        return TensorProto(name="w", data_type=kind, dims=extents, raw_data=data)

    write("negative_extent", model(initializers=[dims(-4, 3)]))
    write("huge_extents", model(initializers=[dims(1 << 40, 1 << 40)]))
    write("huge_beside_empty", model(initializers=[dims(0, 1 << 62, 1 << 62, data=b"")]))
    write("too_little_data", model(initializers=[dims(4, 3, data=W.raw_data[:-4])]))
    write("too_much_data", model(initializers=[dims(2, 3)]))
    write("unknown_type", model(initializers=[dims(4, 3, kind=99)]))
    write("no_type", model(initializers=[dims(4, 3, kind=0)]))
    write("complex", model(initializers=[dims(4, 3, kind=TensorProto.COMPLEX64, data=W.raw_data * 2)]))
    write("strings", model(initializers=[TensorProto(name="w", data_type=8, dims=[4, 3], string_data=[b"one"] * 12)]))
    write("not_a_number", model(initializers=[tensor("w", np.full((4, 3), np.nan, np.float32))]))
    outside = [("parent", "../weights.bin"), ("parent_inside", "folder/../../weights.bin"), ("absolute", "/etc/passwd"),
               ("missing", "weights.bin"), ("nowhere", "")]
    for name, path in outside:
        write(f"external_{name}", model(initializers=[external(location=path)]))
    # The test writes this file.
    write("external_short", model(initializers=[external(location="weights.bin", offset="40", length="48")]))
    write("external_negative", model(initializers=[external(location="weights.bin", offset="-1", length="48")]))
    write("external_huge", model(initializers=[external(location="weights.bin", offset=str(1 << 62), length=str(1 << 62))]))
    write("external_link", model(initializers=[external(location="link.bin")]))
    write("external_folder_link", model(initializers=[external(location="link/weights.bin")]))
    # 2^40 numbers of a few bytes.
    grown = [node("Concat", ["w"] * 64, ["w1"], axis=0)]
    grown += [node("Concat", [f"w{i}"] * 64, [f"w{i + 1}"], axis=0) for i in range(1, 6)]
    write("growing_constants", model([*grown, node("MatMul", ["x", "w6"], ["y"])]))
    write("spreading_constants", model(
        [node("Add", ["a", "b"], ["w2"]), node("MatMul", ["x", "w2"], ["y"])],
        [tensor("a", np.zeros((5000, 1), np.float32)), tensor("b", np.zeros((1, 5000), np.float32))]))


def external(**entries):
    made = TensorProto(name="w", data_type=FLOAT, dims=[4, 3], data_location=TensorProto.EXTERNAL)
    for key, value in entries.items():
        made.external_data.add(key=key, value=value)
    return made


def broken_graphs():
    relu = node("Relu", ["x"], ["y"], name="end")
    write("missing_initializer", model(initializers=[]))
    write("missing_output", model(outputs=["z"]))
    write("no_outputs", model(outputs=[]))
    write("cycle", model([node("Add", ["x", "b"], ["a"], name="first"), node("Relu", ["a"], ["b"], name="second"),
                          node("Relu", ["b"], ["y"], name="third")]))
    write("reads_itself", model([node("Add", ["x", "y"], ["y"], name="sum")]))
    write("two_of_a_name", model([relu, node("Sigmoid", ["x"], ["y"], name="again")]))
    write("two_initializers_of_a_name", model(initializers=[W, W]))
    write("input_made_by_node", model([node("Relu", ["w"], ["x"], name="again"), relu]))
    write("constant_output", model([node("Identity", ["w"], ["y"])]))
    branch = helper.make_graph([node("Relu", ["x"], ["inner"])], "branch", [], [info("inner")])
    flag, count = tensor("flag", True), tensor("count", np.int64(2))
    write("if", model([node("If", ["flag"], ["y"], name="choice", then_branch=branch, else_branch=branch)], [flag]))
    write("loop", model([node("Loop", ["count", "flag", "x"], ["y"], name="turns", body=branch)], [flag, count]))
    write("scan", model([node("Scan", ["x"], ["y"], name="steps", body=branch, num_scan_inputs=1)]))
    twice = helper.make_function("own", "Twice", ["a"], ["b"], [node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)])
    write("function", model([node("Twice", ["x"], ["y"], name="own", domain="own")], functions=[twice]))
    sparse = helper.make_sparse_tensor(tensor("v", np.float32([1, 2])), tensor("i", np.array([0, 4])), [4, 3])
    write("sparse", model(sparse_initializer=[sparse]))
    write("unknown_operator", model([node("Det", ["x"], ["y"], name="odd")]))
    write("unknown_domain", model([node("Twice", ["x"], ["y"], name="odd", domain="own")]))
    write("unknown_attribute", model([node("Relu", ["x"], ["y"], name="odd", slope=0.5)]))
    write("attribute_of_wrong_type", model([node("Flatten", ["x"], ["y"], name="odd", axis="one")]))
    write("too_few_inputs", model([node("MatMul", ["x"], ["y"], name="odd")]))
    write("no_inputs", model([node("Relu", [], ["y"], name="odd")]))
    write("several_mistakes", model(
        [node("Det", ["x"], ["a"], name="one"), node("MatMul", ["x", "absent"], ["b"], name="two"),
         node("Relu", ["x"], ["c"], name="three", slope=0.5), node("Scan", ["x"], ["y"], name="four", body=branch)], [],
        outputs=["a", "b", "c", "y"]))


def broken_kinds():
    write("opset_5", model(opset=5))
    write("opset_99", model(opset=99))
    write("ir_version_99", model(ir=99))
    write("input_without_shape", model(inputs=[info("x")]))
    write("input_of_dynamic_shape", model(inputs=[info("x", ["batch", "features"])]))
    write("input_of_negative_shape", model(inputs=[info("x", [1, -4])]))
    write("input_of_huge_shape", model(inputs=[info("x", [1, 1 << 40])], nodes=[node("Relu", ["x"], ["y"])]))
    write("input_of_strings", model(inputs=[info("x", [1, 4], TensorProto.STRING)]))
    write("input_of_a_sequence", model(inputs=[helper.make_tensor_sequence_value_info("x", FLOAT, [4])]))
    for name, made in [("operator", model([node("abcd", ["x"], ["y"])])), ("tensor", model([node("Relu", ["x"], ["abcd"])], outputs=["abcd"]))]:
        write(f"{name}_not_utf8", made.SerializeToString().replace(b"abcd", b"a\xff\xfed"))
    write("name_with_zero", model([node("abcd", ["x"], ["y"])]).SerializeToString().replace(b"abcd", b"ab\0d"))
    for name, scale, zero in [("zero", 0, 0), ("negative", -1, 0), ("infinite", np.inf, 0), ("none", [], 0)]:
        write(f"scale_{name}", model(
            [node("QuantizeLinear", ["x", "s", "z"], ["y"], name="quantizer")],
            [tensor("s", np.float32(scale)), tensor("z", np.int8(zero))]))
    write("scales_and_zero_points", model(
        [node("QuantizeLinear", ["x", "s", "z"], ["y"], name="quantizer")],
        [tensor("s", np.ones(4, np.float32)), tensor("z", np.zeros(3, np.int8))]))
    write("reshape_beyond_counting", model(
        [node("Reshape", ["x", "s"], ["y"], name="turn")], [tensor("s", np.array([1 << 40, 1 << 40, -1]))]))
    write("pads_beyond_counting", model(
        [node("Pad", ["x", "p"], ["y"], name="frame")], [tensor("p", np.full(8, (1 << 63) - 1))], [info("x", [1, 3, 4, 4])]))
    write("kernel_beyond_counting", model(
        [node("MaxPool", ["x"], ["y"], name="pool", kernel_shape=[1 << 62, 1], strides=[1 << 62, 1])], [],
        [info("x", [1, 3, 4, 4])]))


if __name__ == "__main__":
    broken_protobuf()
    broken_tensors()
    broken_graphs()
    broken_kinds()
