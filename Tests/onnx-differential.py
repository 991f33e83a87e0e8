#!/usr/bin/env python3
"""Mutants of the test networks: what ONNX' checker refuses qcc refuses, and what qcc accepts it computes as ONNX Runtime does.

onnx-differential.py QCC [COUNT [SEED [FOLDER]]]; FOLDER takes the mutants that are not as they should be.
onnx-differential.py QCC store: writes a few small ones with their verdicts to testdata/onnx/mutants.

Python 3.11 with: h5py numpy onnx 1.16.2 onnxruntime 1.32.0 (make check-onnx-differential PYTHON=…)

A mutant is a network of testdata/onnx with one or two changes to its structure: attributes, operator sets, element types,
operands, operators, constants, nodes put in between. ONNX' checker (with inference of shapes and types) and ONNX Runtime
without optimizations say what it is; `qcc verify --golden` compares every tensor of codes and every output.
"""

import collections
import copy
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import warnings

import h5py
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = 4
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 1e-3, 1e30, 3.4028234663852886e38, -3.4028234663852886e38, 1 / 3]
INTEGERS = [-2, -1, 0, 1, 2, 3, 5, 7, 127, 128, 255]
NUMBER_TYPES = [
    TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.INT8, TensorProto.UINT8, TensorProto.INT16,
    TensorProto.INT32, TensorProto.INT64, TensorProto.UINT64,
]
RUNTIME_TYPES = {
    TensorProto.FLOAT: "tensor(float)", TensorProto.DOUBLE: "tensor(double)", TensorProto.INT8: "tensor(int8)",
    TensorProto.UINT8: "tensor(uint8)", TensorProto.INT16: "tensor(int16)", TensorProto.UINT16: "tensor(uint16)",
    TensorProto.INT32: "tensor(int32)", TensorProto.INT64: "tensor(int64)", TensorProto.FLOAT16: "tensor(float16)",
}
ALIKE = [
    ["Add", "Sub", "Mul", "Div"], ["Relu", "Sigmoid", "Tanh", "HardSwish", "HardSigmoid", "LeakyRelu", "Identity", "Neg", "Round"],
    ["MaxPool", "AveragePool"], ["GlobalAveragePool", "GlobalMaxPool"], ["QLinearAdd", "QLinearMul"], ["Squeeze", "Unsqueeze"],
    ["QuantizeLinear", "DequantizeLinear"], ["MatMul", "Gemm"], ["Flatten", "Softmax"], ["ReduceMean", "ReduceMax", "ReduceSum"],
]
STRINGS = ["VALID", "SAME_UPPER", "SAME_LOWER", "NOTSET", "edge", "reflect", "constant", "wrap", "FLOOR", "ROUND", "nonsense"]


# Changes. Each takes the model and a source of random numbers, and returns what it did, or None where it does not apply.

def some(rng, values):
    values = list(values)
    return rng.choice(values) if values else None


def with_attributes(model):
    return [n for n in model.graph.node if n.attribute]


def change_attribute(model, rng):
    node = some(rng, with_attributes(model))
    if node is None:
        return None
    a = rng.choice(node.attribute)
    if a.type == onnx.AttributeProto.INT:
        a.i = rng.choice(INTEGERS)
    elif a.type == onnx.AttributeProto.FLOAT:
        a.f = rng.choice(FLOATS + [a.f * 2, -a.f])
    elif a.type == onnx.AttributeProto.INTS and a.ints:
        a.ints[rng.randrange(len(a.ints))] = rng.choice(INTEGERS)
    elif a.type == onnx.AttributeProto.STRING:
        a.s = rng.choice(STRINGS).encode()
    else:
        return None
    return f"{node.op_type}.{a.name} changed"


def lengthen_attribute(model, rng):
    node = some(rng, [n for n in model.graph.node if any(a.type == onnx.AttributeProto.INTS for a in n.attribute)])
    if node is None:
        return None
    a = rng.choice([a for a in node.attribute if a.type == onnx.AttributeProto.INTS])
    if a.ints and rng.random() < 0.5:
        del a.ints[-1]
    else:
        a.ints.append(rng.choice([0, 1, 2]))
    return f"{node.op_type}.{a.name} of another length"


def remove_attribute(model, rng):
    node = some(rng, with_attributes(model))
    if node is None:
        return None
    index = rng.randrange(len(node.attribute))
    name = node.attribute[index].name
    del node.attribute[index]
    return f"{node.op_type}.{name} removed"


def add_attribute(model, rng):
    node = some(rng, model.graph.node)
    donor = some(rng, with_attributes(model))
    made = [
        helper.make_attribute("axis", rng.choice([-1, 0, 1, 2])), helper.make_attribute("alpha", 0.25),
        helper.make_attribute("keepdims", rng.choice([0, 1, 2])), helper.make_attribute("axes", [1]),
        helper.make_attribute("ceil_mode", 1), helper.make_attribute("count_include_pad", rng.choice([1, -1])),
        helper.make_attribute("auto_pad", rng.choice(STRINGS[:4])), helper.make_attribute("noop_with_empty_axes", 2),
        helper.make_attribute("output_dtype", rng.choice([2, 3])), helper.make_attribute("dilations", [2, 2]),
        helper.make_attribute("block_size", 2), helper.make_attribute("saturate", 0),
    ]
    attribute = copy.deepcopy(rng.choice(donor.attribute)) if donor is not None and rng.random() < 0.4 else rng.choice(made)
    if attribute.name in [a.name for a in node.attribute] and rng.random() < 0.7:
        return None
    node.attribute.append(attribute)
    return f"{node.op_type}.{attribute.name} added"


def retype_attribute(model, rng):
    node = some(rng, with_attributes(model))
    if node is None:
        return None
    a = rng.choice(node.attribute)
    name = a.name
    value = rng.choice([1, 1.0, "text", [1, 1], [1.0]])
    a.CopyFrom(helper.make_attribute(name, value))
    return f"{node.op_type}.{name} of another type"


def change_opset(model, rng):
    o = rng.choice(model.opset_import)
    if o.domain == "":
        o.version = rng.choice([9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21])
    else:
        o.version = rng.choice([1, 2])
    return f"operator set '{o.domain}' {o.version}"


def add_opset(model, rng):
    version = rng.choice([9, 11, 13, 17, 21])
    model.opset_import.append(helper.make_opsetid(rng.choice(["", "ai.onnx"]), version))
    return f"another operator set {version}"


def remove_opset(model, rng):
    if len(model.opset_import) < 2:
        return None
    o = model.opset_import.pop(rng.randrange(len(model.opset_import)))
    return f"without operator set '{o.domain}'"


def retype_initializer(model, rng):
    tensor = some(rng, model.graph.initializer)
    if tensor is None:
        return None
    to = rng.choice(NUMBER_TYPES)
    try:
        values = numpy_helper.to_array(tensor).astype(helper.tensor_dtype_to_np_dtype(to))
    except (ValueError, TypeError):
        return None
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    return f"initializer '{tensor.name}' of type {to}"


def change_initializer(model, rng):
    tensor = some(rng, model.graph.initializer)
    if tensor is None or tensor.data_type in (TensorProto.INT4, TensorProto.UINT4):
        return None
    values = numpy_helper.to_array(tensor).copy()
    if values.size == 0:
        return None
    flat = values.reshape(-1)
    index = rng.randrange(flat.size)
    if values.dtype.kind == "f":
        flat[index] = rng.choice(FLOATS[1:] + [float(flat[index]) * 2, -float(flat[index])])
    elif values.dtype.kind in "iu":
        info = np.iinfo(values.dtype)
        flat[index] = min(max(rng.choice(INTEGERS + [info.min, info.max]), info.min), info.max)
    else:
        return None
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    return f"a number of '{tensor.name}'"


def reshape_initializer(model, rng):
    tensor = some(rng, model.graph.initializer)
    if tensor is None or not tensor.raw_data:
        return None
    dims = list(tensor.dims)
    choice = rng.randrange(3)
    if choice == 0:
        dims = [1] + dims
    elif choice == 1:
        dims = dims + [1]
    elif len(dims) > 1:
        dims = [int(np.prod(dims))]
    else:
        return None
    del tensor.dims[:]
    tensor.dims.extend(dims)
    return f"initializer '{tensor.name}' of shape {dims}"


def remove_input(model, rng):
    node = some(rng, [n for n in model.graph.node if n.input])
    index = rng.randrange(len(node.input))
    if rng.random() < 0.5:
        del node.input[index]
    else:
        node.input[index] = ""
    return f"{node.op_type} without input {index + 1}"


def tensors(model):
    return [t.name for t in model.graph.initializer] + [i.name for i in model.graph.input]


def add_input(model, rng):
    node = some(rng, model.graph.node)
    node.input.append(rng.choice(tensors(model)))
    return f"{node.op_type} with another input"


def change_input(model, rng):
    index = rng.randrange(len(model.graph.node))
    node = model.graph.node[index]
    before = tensors(model) + [o for n in model.graph.node[:index] for o in n.output]
    if not node.input:
        return None
    node.input[rng.randrange(len(node.input))] = rng.choice(before)
    return f"{node.op_type} with another tensor"


def swap_inputs(model, rng):
    node = some(rng, [n for n in model.graph.node if len(n.input) > 1])
    if node is None:
        return None
    a, b = rng.sample(range(len(node.input)), 2)
    node.input[a], node.input[b] = node.input[b], node.input[a]
    return f"{node.op_type}'s inputs {a + 1} and {b + 1} swapped"


def change_operator(model, rng):
    node = some(rng, model.graph.node)
    group = some(rng, [g for g in ALIKE if node.op_type in g])
    if group is None:
        return None
    was, node.op_type = node.op_type, rng.choice([o for o in group if o != node.op_type])
    return f"{was} is {node.op_type}"


def insert(model, rng, make):
    """A node between a tensor and all that read it."""
    index = rng.randrange(len(model.graph.node))
    tensor = some(rng, model.graph.node[index].input)
    if not tensor:
        return None
    node = make(tensor, "between")
    for reader in model.graph.node[index:]:
        for i, name in enumerate(reader.input):
            if name == tensor:
                reader.input[i] = "between"
    model.graph.node.insert(index, node)
    return f"{node.op_type} put behind '{tensor}'"


def insert_cast(model, rng):
    return insert(model, rng, lambda x, y: helper.make_node("Cast", [x], [y], to=rng.choice(NUMBER_TYPES + [16])))


def insert_function(model, rng):
    kind = rng.choice(["Relu", "Identity", "Neg", "Sigmoid", "Tanh", "HardSwish", "Softmax", "LeakyRelu", "Round", "Abs", "Flatten"])
    return insert(model, rng, lambda x, y: helper.make_node(kind, [x], [y]))


def insert_clip(model, rng):
    bounds = []
    kind = rng.choice([np.float32, np.float32, np.int8, np.uint8])
    for name in ["low", "high"]:
        value = rng.choice([3.4028234663852886e38, -3.4028234663852886e38, 0.0, 1.0, -0.5, 6.0]) if kind == np.float32 \
            else rng.choice([0, 3, 100, 127])
        if rng.random() < 0.8:
            model.graph.initializer.append(numpy_helper.from_array(np.array(value, kind), f"bound_{name}"))
            bounds.append(f"bound_{name}")
        else:
            bounds.append("")
    return insert(model, rng, lambda x, y: helper.make_node("Clip", [x] + bounds, [y]))


def insert_arithmetic(model, rng):
    value = rng.choice([np.float32(3), np.float32(6), np.float32(0.5), np.float32(0.1), np.int8(100), np.uint8(200), np.int32(2)])
    values = np.array(value) if rng.random() < 0.6 else np.array([value] * rng.choice([1, 2, 3, 4, 5]))
    model.graph.initializer.append(numpy_helper.from_array(values, "operand"))
    kind = rng.choice(["Add", "Sub", "Mul", "Div"])
    reverse = rng.random() < 0.2
    return insert(model, rng, lambda x, y: helper.make_node(kind, ["operand", x] if reverse else [x, "operand"], [y]))


def insert_quantizers(model, rng):
    kind = rng.choice([np.int8, np.uint8])
    model.graph.initializer.extend([
        numpy_helper.from_array(np.float32(rng.choice([0.5, 0.25, 0.1, 0.013, 1])), "between_scale"),
        numpy_helper.from_array(kind(rng.choice([0, 3, 100])), "between_zero")])
    done = insert(
        model, rng, lambda x, y: helper.make_node("QuantizeLinear", [x, "between_scale", "between_zero"], ["between_codes"]))
    if done is None:
        return None
    index = next(i for i, n in enumerate(model.graph.node) if n.output[0] == "between_codes")
    node = helper.make_node("DequantizeLinear", ["between_codes", "between_scale", "between_zero"], ["between"])
    model.graph.node.insert(index + 1, node)
    return done


def change_dimension(model, rng):
    dims = model.graph.input[0].type.tensor_type.shape.dim
    if len(dims) < 2:
        return None
    axis = rng.randrange(1, len(dims))
    dims[axis].dim_value = rng.choice([1, 2, 3, 5, 8])
    return f"input's axis {axis} of {dims[axis].dim_value}"


def change_input_type(model, rng):
    model.graph.input[0].type.tensor_type.elem_type = rng.choice(NUMBER_TYPES)
    return f"input of type {model.graph.input[0].type.tensor_type.elem_type}"


def change_output(model, rng):
    name = some(rng, [o for n in model.graph.node for o in n.output if o])
    del model.graph.output[:]
    model.graph.output.append(helper.make_empty_tensor_value_info(name))
    return f"output '{name}'"


CHANGES = [
    change_attribute, change_attribute, lengthen_attribute, remove_attribute, add_attribute, add_attribute, retype_attribute,
    change_opset, add_opset, remove_opset, retype_initializer, change_initializer, change_initializer, reshape_initializer,
    remove_input, add_input, change_input, swap_inputs, change_operator, insert_cast, insert_function, insert_clip,
    insert_arithmetic, insert_quantizers, change_dimension, change_input_type, change_output, insert_clip, insert_arithmetic,
    insert_quantizers, change_output, change_initializer, insert_function, insert_arithmetic, insert_quantizers,
]


def mutant(model, rng):
    changed = copy.deepcopy(model)
    what = []
    for _ in range(rng.choice([1, 1, 1, 2])):
        done = rng.choice(CHANGES)(changed, rng)
        if done:
            what.append(done)
    return changed, what


# Judges

def complete(model):
    """Says of outputs what they are, as far as that can be found, and nothing of the tensors in front of them."""
    del model.graph.value_info[:]
    names = [o.name for o in model.graph.output]
    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    found = {}
    try:
        found = {o.name: o for o in onnx.shape_inference.infer_shapes(model).graph.output if o.type.tensor_type.HasField("shape")}
    except Exception:
        pass
    if len(found) < len(set(names)):
        try:
            for o in session(model).get_outputs():
                kind = next(kind for kind, name in RUNTIME_TYPES.items() if name == o.type)
                found.setdefault(o.name, helper.make_tensor_value_info(o.name, kind, o.shape))
        except Exception:
            pass
    del model.graph.output[:]
    model.graph.output.extend(
        found.get(name, helper.make_tensor_value_info(name, TensorProto.FLOAT, ["unknown"])) for name in names)


def checked(model):
    """A copy with the types that inference finds; what the checker says where it refuses it."""
    model = needed(model)
    try:
        onnx.checker.check_model(model, full_check=True)
        return onnx.shape_inference.infer_shapes(model, strict_mode=True), None
    except Exception as error:  # onnx raises several kinds
        return None, str(error).strip().split("\n")[0][:160]


def needed(model):
    """The model without nodes that no output needs."""
    model = copy.deepcopy(model)
    tensors = {o.name for o in model.graph.output}
    for node in reversed(list(model.graph.node)):
        if tensors.isdisjoint(node.output):
            model.graph.node.remove(node)
        else:
            tensors.update(node.input)
    return model


def inputs_of(model, rng):
    values = {}
    given = {t.name for t in model.graph.initializer}
    for value in model.graph.input:
        if value.name in given:
            continue
        dims = [d.dim_value for d in value.type.tensor_type.shape.dim]
        shape = [SAMPLES * max(1, dims[0]), *dims[1:]] if dims else [SAMPLES]
        dtype = helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
        if np.dtype(dtype).kind in "iu":
            info = np.iinfo(dtype)
            x = rng.integers(max(info.min, -1000), min(info.max, 1000) + 1, shape).astype(dtype)
        else:
            x = rng.uniform(-3, 3, shape)
            # Many on the boundaries of codes.
            x.reshape(-1)[::3] = np.round(x.reshape(-1)[::3] * 8) / 8
            x = x.astype(dtype)
        values[value.name] = (x, max(1, dims[0]) if dims else 1)
    return values


def session(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def evaluate(model, values, runtime):
    """What a runtime makes of the samples, tensor by tensor."""
    machine = session(model) if runtime == "ONNX Runtime" else ReferenceEvaluator(model)
    names = [o.name for o in model.graph.output]
    parts = [
        machine.run(names, {name: x[i * n:(i + 1) * n] for name, (x, n) in values.items()}) for i in range(SAMPLES)
    ]
    return {name: np.stack([np.asarray(part[i]) for part in parts]) for i, name in enumerate(names)}


def with_codes(model, inferred):
    """The model with every tensor of codes as an output."""
    known = {v.name: v.type.tensor_type.elem_type for v in [*inferred.graph.value_info, *inferred.graph.output]}
    known.update({t.name: t.data_type for t in model.graph.initializer})
    whole = copy.deepcopy(model)
    outputs = {o.name for o in model.graph.output}
    for node in model.graph.node:
        if node.op_type == "QuantizeLinear" or node.op_type.startswith("QLinear"):
            name = node.output[0]
            # Python has no arrays of 4-bit integers.
            kinds = {known.get(name), known.get(node.input[2] if len(node.input) > 2 else "")}
            if not kinds & {TensorProto.INT4, TensorProto.UINT4} and name not in outputs:
                whole.graph.output.append(helper.make_empty_tensor_value_info(name))
    return whole


def golden(path, values, results):
    with h5py.File(path, "w") as file:
        if len(values) == 1:
            file["x"] = next(iter(values.values()))[0]
        else:
            for name, (x, _) in values.items():
                file[f"x/{name.replace('/', '|')}"] = x
        for name, found in results.items():
            group = "layers" if found.dtype.kind == "f" else "tensors"
            shape = [found.shape[0] * found.shape[1], *found.shape[2:]] if found.ndim > 1 else found.shape
            file[f"{group}/{name.replace('/', '|')}"] = found.reshape(shape)


def verify(qcc, path, golden_path):
    """Whether qcc accepts it, whether it finds everything equal, and what it says."""
    command = [qcc, "verify", path, "--no-emitted", "--format", "json"] + (["--golden", golden_path] if golden_path else [])
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode not in (0, 1):
        return "crash", done.returncode, done.stderr[-300:]
    if not done.stdout.strip().startswith("{"):
        return "refused", None, done.stderr.strip()[:200]
    return "accepted", done.returncode == 0, done.stdout


def judge(qcc, model, folder, rng):
    """A verdict, and what explains it."""
    path = f"{folder}/mutant.onnx"
    complete(model)
    onnx.save(model, path)
    inferred, refusal = checked(model)
    if refusal:
        state, _, text = verify(qcc, path, None)
        if state == "refused":
            return "refused by both", refusal
        # The shapes of nodes that no output needs are nobody's concern.
        inferred, refusal = checked(needed(model))
        # An operator of a later set than the model's can mean one thing.
        if refusal and "No Op registered for" not in refusal:
            return f"{state}, the checker refuses", refusal
    results, reason = None, ""
    values = inputs_of(model, rng)
    whole = with_codes(needed(model), inferred)
    for runtime in ["ONNX Runtime", "onnx.reference"]:
        try:
            results = evaluate(whole, values, runtime)
            break
        except Exception as error:
            reason = reason or str(error).strip().split("\n")[0][:160]
    if results is None and "NOT_IMPLEMENTED" in reason:
        return "explained", "ONNX Runtime has no kernel for it, and onnx.reference does not run it"
    if results is None and "No corresponding Numpy type" in reason:
        return "explained", "Python has no arrays of 4-bit integers"
    if results is None:
        state, _, text = verify(qcc, path, None)
        return ("refused by both" if state == "refused" else f"{state}, no runtime runs it"), reason
    golden(f"{folder}/golden.h5", values, results)
    state, equal, text = verify(qcc, path, f"{folder}/golden.h5")
    if state == "refused":
        return "refused by qcc", text
    if state == "crash":
        return "crash", text
    if equal:
        return "equal", ""
    explanation = explained(model, values, results, runtime)
    return ("explained", explanation) if explanation else ("differ", text[-300:])


def explained(model, values, results, runtime):
    """What a difference comes from where ONNX leaves it open, or where ONNX Runtime is not what ONNX says."""
    every = needed(model)
    del every.graph.output[:]
    every.graph.output.extend(helper.make_empty_tensor_value_info(o) for n in every.graph.node for o in n.output if o)
    try:
        if any(not np.isfinite(r.astype(float)).all() for r in evaluate(every, values, runtime).values()):
            return "infinity or NaN on the way"
    except Exception:
        pass
    extreme = [t for t in model.graph.initializer if t.data_type == 1 and np.abs(numpy_helper.to_array(t)).max(initial=0) > 1e9]
    if extreme and any(n.op_type.startswith("QLinear") and extreme[0].name in n.input for n in model.graph.node):
        return "codes beyond 32 bits, which ONNX Runtime's integer kernels do not clamp"
    wide = {t.name for t in model.graph.initializer if t.data_type == 6 and np.abs(numpy_helper.to_array(t).astype(float)).max(initial=0) > 2**30}
    if any(n.op_type in ("QLinearConv", "QGemm") and not wide.isdisjoint(n.input) for n in model.graph.node):
        return "sums beyond 32 bits, which ONNX leaves open"
    for node in model.graph.node:
        to = next((a.i for a in node.attribute if a.name == "to"), 0)
        if node.op_type == "Cast" and to in (2, 3, 4, 5, 6, 7, 12, 13):
            return "a cast out of range, which ONNX leaves open"
    if runtime == "ONNX Runtime":
        try:
            other = evaluate(model, values, "onnx.reference")
        except Exception:
            return None
        for name, found in other.items():
            if found.shape == results[name].shape and not np.allclose(found.astype(float), results[name].astype(float), rtol=1e-4, atol=1e-4):
                return "ONNX Runtime and onnx.reference differ"
    return None


def networks():
    paths = sorted(glob.glob(f"{ROOT}/testdata/onnx/operators/*.onnx") + glob.glob(f"{ROOT}/testdata/onnx/quantized/*.onnx"))
    # The checker has no schemas of other domains' operators, and ONNX Runtime none of QONNX.
    return [(p, m) for p in paths for m in [onnx.load(p)] if all(n.domain in ("", "com.microsoft") for n in m.graph.node)]


def store(qcc, models):
    """Mutants that the checker refuses, and such as ONNX Runtime runs and qcc compiles, with ONNX Runtime's results."""
    wanted = {"refused by both": ("refused", 60), "equal": ("exact", 40)}
    target = f"{ROOT}/testdata/onnx/mutants"
    shutil.rmtree(target, ignore_errors=True)
    stored, seen, seed = collections.Counter(), collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        while any(stored[kind] < most for kind, most in wanted.values()):
            seed += 1
            path, what, verdict, _ = in_a_process(lambda: try_one(qcc, models, seed, folder))
            kind, most = wanted.get(verdict, ("", 0))
            # Changes of every kind.
            change = "".join(c for c in what[0] if c.isalpha() or c == " ")[:24] if what else ""
            if stored[kind] >= most or seen[kind, change] > 1 or os.path.getsize(f"{folder}/mutant.onnx") > 6000:
                continue
            stored[kind] += 1
            seen[kind, change] += 1
            os.makedirs(f"{target}/{kind}", exist_ok=True)
            name = f"{target}/{kind}/{stored[kind]:02}_{os.path.basename(path)[:-5]}"
            shutil.copy(f"{folder}/mutant.onnx", f"{name}.onnx")
            if kind == "exact":
                shutil.copy(f"{folder}/golden.h5", f"{name}.golden.h5")
            with open(f"{target}/verdicts.txt", "a") as file:
                file.write(f"{kind}/{os.path.basename(name)}: {'; '.join(what)}\n")


def main():
    qcc = sys.argv[1]
    if sys.argv[2:] == ["store"]:
        return store(qcc, networks())
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    keep = sys.argv[4] if len(sys.argv) > 4 else None
    models = networks()
    warnings.simplefilter("ignore")
    verdicts, bad = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            path, what, verdict, why = in_a_process(lambda: try_one(qcc, models, seed * count + number, folder))
            verdicts[verdict] += 1
            if verdict in ("equal", "explained", "refused by both", "refused by qcc"):
                continue
            name = f"{number:04}_{os.path.basename(path)[:-5]}"
            bad.append(name)
            print(f"{verdict}: {name}: {'; '.join(what)}: {why}", flush=True)
            if keep:
                os.makedirs(keep, exist_ok=True)
                for suffix, file in [(".onnx", "mutant.onnx"), (".golden.h5", "golden.h5")]:
                    if os.path.exists(f"{folder}/{file}"):
                        shutil.copy(f"{folder}/{file}", f"{keep}/{name}{suffix}")
    print(", ".join(f"{v} {k}" for k, v in sorted(verdicts.items())))
    sys.exit(1 if bad else 0)


def try_one(qcc, models, seed, folder):
    rng = random.Random(seed)
    what = []
    while not what:
        path, model = rng.choice(models)
        changed, what = mutant(model, rng)
    for file in os.listdir(folder):
        os.remove(f"{folder}/{file}")
    try:
        return path, what, *judge(qcc, changed, folder, np.random.default_rng(seed))
    except subprocess.TimeoutExpired:
        return path, what, "hang", ""


def in_a_process(work):
    """What work returns: runtimes crash on some models."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as pipe:
            json.dump(work(), pipe)
            pipe.flush()
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else ("unknown.onnx", [], "explained", "a runtime crashed")


if __name__ == "__main__":
    main()
