#!/usr/bin/env python3
"""Writes schemas/onnx-operators.txt: what the operators that qcc reads may have, by the schemas of the packages that define them.

Python 3.11 with: onnx 1.23.2 onnxruntime 1.32.0 qonnx 1.0.0 (python3 scripts/onnx-schemas.py > schemas/onnx-operators.txt)

A line is an operator from one version of its operator set on:

    DOMAIN:NAME VERSION | ATTRIBUTE:TYPE... | INPUT... | OUTPUT... | VARIABLE=TYPE,...

`!` marks a required attribute; of inputs and outputs `?` one that may be left out and `*` any number of them, `*~` of any types.
An input or output is a type variable or a type.
"""

import importlib

import onnx
from onnx import defs
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

# Operator sets that are read.
FIRST, LAST = 9, 28

ONNX = """
Add Sub Mul Div BatchNormalization Relu LeakyRelu PRelu ThresholdedRelu Elu Selu Celu Exp
Softplus Softsign Swish Gelu Mish Erf Clip Sigmoid HardSigmoid HardSwish Tanh Softmax Identity
Sum Mean Dropout Cast Conv Gemm MatMul QLinearConv QLinearMatMul ConvInteger MatMulInteger MaxPool AveragePool GlobalAveragePool
GlobalMaxPool ReduceMean QuantizeLinear DequantizeLinear Pad Slice Gather Split Tile Resize
Upsample DepthToSpace SpaceToDepth ConvTranspose Reshape Flatten Squeeze Unsqueeze Transpose Concat
Constant Shape Size Expand ConstantOfShape Neg Abs Sqrt Pow Min Max Floor Ceil Round ReduceProd ReduceSum ReduceMax ReduceMin
""".split()

MICROSOFT = """
QuantizeLinear DequantizeLinear QGemm QLinearAdd QLinearMul QLinearConcat QLinearAveragePool QLinearGlobalAveragePool
QLinearLeakyRelu QLinearSigmoid QLinearReduceMean QLinearSoftmax Gelu QuickGelu
""".split()

# qonnx says the attributes; inputs are what its documentation lists.
QONNX = {
    ("Quant", 1): ("quant", "Quant", 4), ("IntQuant", 1): ("intquant", "IntQuant", 4),
    ("BipolarQuant", 1): ("bipolar_quant", "BipolarQuant", 2), ("Trunc", 1): ("trunc", "Trunc_v1", 5),
    ("Trunc", 2): ("trunc", "Trunc_v2", 6),
}

TYPES = "float uint8 int8 uint16 int16 int32 int64 string bool float16 double uint32 uint64 complex64 complex128 bfloat16 " \
    "float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1 float8e8m0 uint2 int2 float6e2m3 float6e3m2".split()
NUMBERS = "float uint8 int8 uint16 int16 int32 int64 double uint32 uint64".split()
SHORT = {"f": "float", "i": "int", "s": "string"}


def tensor(text):
    """`float` of `tensor(float)`; None of what is no tensor, or of a type that ONNX got later."""
    name = text[len("tensor("):-1] if text.startswith("tensor(") else None
    return name if name in TYPES else None


def parameter(value):
    # The bindings of the two packages spell their names differently.
    kind = value.type_str if hasattr(value, "type_str") else value.typeStr
    is_homogeneous = value.is_homogeneous if hasattr(value, "is_homogeneous") else value.isHomogeneous
    option = str(value.option).split(".")[-1]
    return (tensor(kind) or kind) + {"Single": "", "Optional": "?", "Variadic": "*" if is_homogeneous else "*~"}[option]


def line(domain, schema):
    attributes = [
        f"{name}:{str(a.type).split('.')[-1].lower()}{'!' if a.required else ''}"
        for name, a in sorted(schema.attributes.items())
    ]
    variables = [
        f"{v.type_param_str}={','.join(sorted(filter(None, map(tensor, v.allowed_type_strs)), key=TYPES.index))}"
        for v in schema.type_constraints
    ]
    fields = [attributes, map(parameter, schema.inputs), map(parameter, schema.outputs), variables]
    return " | ".join([f"{domain}:{schema.name} {schema.since_version}", *(" ".join(field) for field in fields)])


def qonnx_line(name, version, module, class_name, inputs):
    custom = getattr(importlib.import_module(f"qonnx.custom_op.general.{module}"), class_name)
    node = onnx.helper.make_node(name, [], [], domain="qonnx.custom_op.general")
    types = custom(node).get_nodeattr_types()
    attributes = [f"{a}:{SHORT[t[0]]}{'!' if t[1] and a != 'rounding_mode' else ''}" for a, t in sorted(types.items())]
    # The tensor itself is of floats, its scale, zero point and widths may be integers.
    variables = [f"T{i}={'float,double' if i == 0 else ','.join(NUMBERS)}" for i in range(inputs)]
    fields = [attributes, [f"T{i}" for i in range(inputs)], ["float"], variables]
    return " | ".join([f"qonnx.custom_op.general:{name} {version}", *(" ".join(field) for field in fields)])


def main():
    lines = []
    for name in ONNX:
        versions = [s for s in defs.get_all_schemas_with_history() if s.name == name and s.domain == ""]
        versions = sorted((s for s in versions if s.since_version <= LAST), key=lambda s: s.since_version)
        first = max((s.since_version for s in versions if s.since_version <= FIRST), default=0)
        lines += [line("", s) for s in versions if s.since_version >= first]
    microsoft = {s.name: s for s in get_all_operator_schema() if s.domain == "com.microsoft"}
    lines += [line("com.microsoft", microsoft[name]) for name in MICROSOFT]
    lines += [qonnx_line(*key, *value) for key, value in QONNX.items()]
    print("\n".join(sorted(lines, key=lambda text: (text.split(" ")[0], int(text.split(" ")[1])))))


if __name__ == "__main__":
    main()
