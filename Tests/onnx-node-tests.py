#!/usr/bin/env python3
"""Runs the node tests of the ONNX project in qcc's float reference.

usage: Tests/onnx-node-tests.py [QCC [NAME ...]]        (or make node-tests; needs the Python package onnx)

A test is taken where every operator in it stands in the README's table of ONNX operators. What a network has as weights,
shapes, scales or axes is an input in these tests: such inputs become initializers with the test's own numbers. Tests that qcc
has to refuse, each for a reason that stands in REFUSED, are refused with a message; all others have to give the test's outputs
within the tolerance of ONNX' own suite. Prints what passed, failed, was refused and was skipped, and fails where one failed.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import numpy
    import onnx
    from onnx import defs, helper, numpy_helper
    from onnx.backend.test.case.node import collect_testcases
except ImportError:
    sys.exit("all skipped: the Python package onnx is not installed (pip install onnx)")

ROOT = pathlib.Path(__file__).resolve().parent.parent
# onnx/backend/test/runner: the tolerance of tests that name none.
RELATIVE, ABSOLUTE = 1e-3, 1e-7

# What has to be refused, and the words of the message: element types, numbers and results that no network for inference on
# integers has.
REFUSED = {
    r"^cast(like)?_.*(FLOAT8|FLOAT6|FLOAT4|E8M0|STRING)": "a cast to|the network's input is of|a tensor of",
    r"^cast(like)?_.*FLOAT16": "it computes in|the network's input is of",
    r"^cast(like)?_(FLOAT_to_DOUBLE|DOUBLE_to_FLOAT)(_expanded)?$": "NaN or infinity",
    r"^(de)?quantizelinear_(e[45]m|float[46])": "float[468]",
    r"_b?float16(_expanded)?$": "it computes in b?float16|the network's input is of b?float16",
    r"^((add|sub|mul)_u?int|div_uint64)": "every sample of the batch alone|wrap around",
    r"^pow($|_bcast_array|_example|_types)": "a power of shape",
    r"^matmul_1d_3d$": "every sample of the batch alone",
    r"^identity_(opt|sequence)$": "an optional|a sequence",
    r"^batchnorm_.*_training_mode$": "training_mode",
    r"^training_dropout(?!_zero)": "training_mode",
    r"^maxpool_with_argmax": "a second result",
    r"^constant$": "constant",
    r"^reshape_allowzero_reordered$": "the network's input has shape",
    r"^slice_start_out_of_bounds$": "0 of 10 positions",
    r"^split_zero_size_splits": "the network's input has shape",
    r"^convtranspose_3d$": "a transposed convolution over a tensor of shape",
    r"^resize_.*_cubic": "mode = 'cubic'",
    r"^resize_tf_crop": "tf_crop_and_resize",
    r"^resize_downsample.*_linear_antialias": "antialias",
    r"^resize_downsample_scales_linear_align_corners": "align_corners",
}

# A cast of a float that the integer type does not hold is undefined: those elements are not compared.
UNDEFINED = r"^cast(like)?_(FLOAT|DOUBLE)_to_U?INT"

# Outputs that wrap around where the operator saturates, as its text says and ONNX Runtime does: the stored ones come from
# NumPy's cast to int8. ONNX Runtime's are taken.
WRAPPED = r"^qlinearmatmul_.*_int8_"

# Inputs that are computed in a network, by operator: the first one, or as many as it joins.
DATA = collections.defaultdict(lambda: 1, {name: 1000 for name in ["Concat", "Sum", "Mean", "Max", "Min"]})
# Operators of two tensors take one and a constant as well: both ways are run.
BOTH = {"Add", "Sub", "Mul", "MatMul"}


def supported_operators():
    """The operators of the README's table."""
    table = (ROOT / "README.md").read_text().split("| ONNX operators |")[1].split("\n\n")[0]
    return {name for row in table.splitlines() for name in re.findall(r"`(?:[\w.]+:)?(\w+)`", row.split("|")[1])}


def tensor_of(data, value):
    """A tensor of a test's data set, with the type that the model gives it; None for sequences and the like."""
    if value.type.WhichOneof("value") != "tensor_type":
        return None
    tensor = data if isinstance(data, onnx.TensorProto) else numpy_helper.from_array(numpy.asarray(data), value.name)
    # The suite writes these as the unsigned integers of their bits.
    if value.type.tensor_type.elem_type == onnx.TensorProto.BFLOAT16:
        tensor.data_type = onnx.TensorProto.BFLOAT16
    return tensor


def raised(model):
    """The model under the oldest operator set that qcc reads, where its operators have not changed since their own."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    model.ir_version = max(model.ir_version, 4)
    for opset in model.opset_import:
        if opset.domain in ("", "ai.onnx") and opset.version < 9:
            for node in model.graph.node:
                then, now = (defs.get_schema(node.op_type, version).since_version for version in (opset.version, 9))
                assert then == now, f"{node.op_type} of opset {opset.version} is another one in opset 9"
            opset.version = 9
    return model


def frozen(model, tensors, data):
    """The model with all inputs but the first `data` as initializers."""
    model = raised(model)
    constants = {value.name for value in list(model.graph.input)[data:]}
    for value, tensor in zip(list(model.graph.input), tensors):
        if value.name in constants and tensor is not None:
            tensor.name = value.name
            model.graph.initializer.append(tensor)
            model.graph.input.remove(value)
    return model


class Failed(Exception):
    pass


def run(qcc, model, inputs, expected, kept, folder):
    """Compares a model's outputs with what they should be, of the first one the elements that are kept."""
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    arguments = []
    for value, array in inputs:
        file = folder / f"{len(arguments)}.npy"
        numpy.save(file, array.astype(numpy.float64))
        arguments += ["--inputs", f"{value.name}={file}" if len(inputs) > 1 else str(file)]
    for file in folder.glob("y*.npy"):
        file.unlink()
    done = subprocess.run(
        [qcc, "simulate", str(path), *arguments, "-o", str(folder / "y.npy"), "--reference"], capture_output=True,
        text=True)
    if done.returncode:
        raise Failed(done.stderr.strip() or f"exit code {done.returncode}")
    several = len(expected) > 1
    for index, (value, array) in enumerate(expected):
        file = folder / (f"y_{value.name.replace('/', '_')}.npy" if several else "y.npy")
        if not file.exists():
            raise Failed(f"no output '{value.name}'")
        found = numpy.load(file)
        # A model whose first axis is no batch is one sample.
        if found.shape not in (array.shape, (1, *array.shape)):
            raise Failed(f"output of shape {found.shape}, expected {array.shape}")
        compared = kept if index == 0 else ...
        try:
            numpy.testing.assert_allclose(
                found.reshape(array.shape)[compared], array.astype(numpy.float64)[compared], rtol=RELATIVE,
                atol=ABSOLUTE)
        except AssertionError as error:
            raise Failed(str(error).strip().splitlines()[0] + ": " + " ".join(str(error).split())[:300]) from None


def saturated(model, given):
    """A model's outputs from ONNX Runtime."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(
        None, {value.name: numpy_helper.to_array(tensor) for value, tensor in zip(model.graph.input, given)})


def ways(model):
    """How many inputs are data: each number is a way to run the test."""
    first = model.graph.node[0]
    inputs = [value.name for value in model.graph.input]
    taken = min(DATA[first.op_type], len(inputs))
    if first.op_type in BOTH and len(inputs) == 2:
        return [1, 2]
    return [taken]


def check(qcc, name, case):
    model = case.model
    for inputs, outputs in case.data_sets:
        given = [tensor_of(data, value) for data, value in zip(inputs, model.graph.input)]
        expected = [tensor_of(data, value) for data, value in zip(outputs, model.graph.output)]
        expected = [None if tensor is None else numpy_helper.to_array(tensor) for tensor in expected]
        if re.search(WRAPPED, name):
            expected = saturated(model, given)
        for data in ways(model):
            inputs = [(value, numpy_helper.to_array(tensor))
                      for value, tensor in list(zip(model.graph.input, given))[:data] if tensor is not None]
            inputs = [(value, numpy.zeros(array.shape) if array.dtype == object else array) for value, array in inputs]
            if not inputs:
                inputs = [(helper.make_tensor_value_info("x", 1, []), numpy.zeros(()))]
            kept = numpy.ones(numpy.shape(expected[0]), bool)
            if re.search(UNDEFINED, name):
                kept = numpy.trunc(inputs[0][1]) == expected[0].astype(numpy.float64)
            with tempfile.TemporaryDirectory() as temporary:
                run(qcc, frozen(model, given, data), inputs, list(zip(model.graph.output, expected)), kept,
                    pathlib.Path(temporary))


def main():
    qcc = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".build/release/qcc")
    wanted = sys.argv[2:]
    supported = supported_operators()
    results = collections.defaultdict(list)
    for case in sorted(collect_testcases(), key=lambda case: case.name):
        name = case.name.removeprefix("test_")
        if wanted and name not in wanted:
            continue
        others = sorted({node.op_type for node in case.model.graph.node} - supported)
        if others:
            results["skipped"].append((name, "operator " + ", ".join(others)))
            continue
        reason = next((words for pattern, words in REFUSED.items() if re.search(pattern, name)), None)
        try:
            check(qcc, name, case)
            message = None
        except Failed as error:
            message = str(error)
        if reason is None:
            results["passed" if message is None else "failed"].append((name, message))
        elif message is not None and re.search(reason, message):
            results["refused"].append((name, re.sub(r"^error: \S+: ", "", message.splitlines()[0])))
        else:
            results["failed"].append((name, f"should be refused ({reason}), but: {message or 'it ran'}"))
    for kind in ["passed", "refused", "skipped", "failed"]:
        for name, message in results[kind]:
            print(f"{kind} {name}" + (f": {message}" if message else ""))
    counts = ", ".join(f"{len(results[kind])} {kind}" for kind in ["passed", "failed", "refused", "skipped"])
    print(f"onnx {onnx.__version__}, {len(supported)} operators: {counts}")
    return 1 if results["failed"] or not results["passed"] else 0


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    sys.exit(main())
