#!/usr/bin/env python3
"""Every tensor of TensorFlow Lite files, of real inputs: what the accelerator holds against what the interpreter holds, code by code.

    tflite-tensors.py QCC MODELS [--samples 64] [NAME …]     with ai-edge-litert and numpy

MODELS has tflite/ (MLPerf Tiny's files), inputs/ and labelled/. In double rounding the interpreter runs its reference kernels: no code
may differ. In single rounding it runs XNNPACK, and where codes differ each operator runs once more alone, on the codes that qcc has
in front of it: what XNNPACK computes otherwise is said by operator, without what follows from it.
"""
import argparse
import glob
import os
import subprocess
import sys
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

# Real inputs, first those without labels.
INPUTS = {
    "dscnn_kws": ["inputs/calibration_dscnn_kws", "labelled/kws_test_x"],
    "fcae_ad": ["inputs/calibration_fcae_ad"],
    "mobilenet_vww": ["inputs/calibration_mobilenet_vww"],
    "resnet8_ic": ["inputs/calibration_resnet8_ic"],
}


def interpreter(model, single):
    kind = litert.OpResolverType
    source = dict(model_path=model) if isinstance(model, str) else dict(model_content=model)
    it = litert.Interpreter(
        **source, num_threads=1, experimental_preserve_all_tensors=isinstance(model, str),
        experimental_op_resolver_type=kind.AUTO if single else kind.BUILTIN_REF)
    it.allocate_tensors()
    return it


def inputs(models, name, source, samples):
    """As the file's codes."""
    shape = (-1, *source["shape"][1:])
    arrays = [np.load(f"{models}/{file}.npy").reshape(shape) for file in INPUTS.get(name, [])]
    if not arrays:
        return np.random.default_rng(7).integers(-128, 128, (samples, *source["shape"][1:])).astype(np.int8), "drawn"
    x = np.concatenate(arrays).astype(np.float32)
    # Where there are fewer: mirrored, photographs along both axes, sounds (five frames of 128 bands in a row) along time.
    x = x if x.ndim > 2 else x.reshape(len(x), 5, 128)
    mirrored = [x, x[:, :, ::-1], x[:, ::-1], x[:, ::-1, ::-1]] if x.ndim > 3 else [x, x[:, ::-1]]
    x = np.concatenate(mirrored)[:samples].reshape(shape)
    scale, zero = source["quantization"]
    limits = np.iinfo(source["dtype"])
    return np.clip(np.round(x / np.float32(scale)) + zero, limits.min, limits.max).astype(source["dtype"]), "real"


def file_names(details):
    """By tensor what qcc calls its file: the first of joined names, with the number where two have it."""
    short = {t["index"]: t["name"].split(";")[0] for t in details}
    found = {}
    for index, name in short.items():
        for candidate in [name, f"{name}/{index}"] if name else [f"tensor/{index}"]:
            found.setdefault(index, []).append(candidate.replace("/", "_"))
    return found


def run(it, x, tensors):
    source = it.get_input_details()[0]
    held = {index: [] for index in tensors}
    for sample in x:
        it.set_tensor(source["index"], sample[None])
        it.invoke()
        for index in tensors:
            held[index].append(it.get_tensor(index)[0].copy())
    return {index: np.stack(arrays) for index, arrays in held.items()}


def operators(it):
    """By result: the operator's name and its inputs."""
    return {index: (op["op_name"], list(op["inputs"])) for op in it._get_ops_details() for index in op["outputs"]}


def compare(qcc, models, path, samples, single):
    name = os.path.basename(path).removesuffix(".tflite").removesuffix("_int8")
    it = interpreter(path, single)
    details = it.get_tensor_details()
    made = operators(interpreter(path, False))
    x, kind = inputs(models, name, it.get_input_details()[0], samples)
    with tempfile.TemporaryDirectory() as place:
        np.save(f"{place}/x.npy", x)
        os.mkdir(f"{place}/t")
        subprocess.run(
            [qcc, "simulate", path, "--tflite-rounding", "single" if single else "double", "--inputs", f"{place}/x.npy",
             "-o", f"{place}/out.npy", "--tensors", f"{place}/t"], check=True, capture_output=True)
        ours = {}
        for index, names in file_names(details).items():
            for candidate in names if index in made else []:
                if os.path.exists(f"{place}/t/{candidate}.npy"):
                    ours[index] = np.load(f"{place}/t/{candidate}.npy")
        result = it.get_output_details()[0]["index"]
        ours[result] = np.load(f"{place}/out_codes.npy")
        theirs = run(it, x, [index for index in ours if index in made])
    differ = {}
    for index, want in theirs.items():
        difference = np.abs(ours[index].reshape(want.shape) - want.astype(np.int64))
        if difference.any():
            differ[index] = (int((difference > 0).sum()), int(difference.max()))
    left = [index for index in made if index not in ours and made[index][0] != "RESHAPE"]
    print(f"{name}, {'single' if single else 'double'}: {len(x)} {kind} inputs, {len(theirs)} of {len(made)} tensors, "
          f"{sum(t.size for t in theirs.values()):,} codes: {sum(n for n, _ in differ.values())} differ"
          + (f"; not held by the program: {[made[i][0] for i in left]}" if left else ""))
    return (made, ours, theirs, (it.get_input_details()[0]["index"], x)) if differ else None


def alone(path, index, ours):
    """What XNNPACK makes of qcc's codes in the one operator whose result is tensor `index`."""
    with open(path, "rb") as file:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file.read(), 0))
    graph = model.subgraphs[0]
    graph.operators = [op for op in graph.operators if index in op.outputs]
    maps = [i for i in graph.operators[0].inputs if i in ours]
    graph.inputs, graph.outputs, model.signatureDefs = np.array(maps, np.int32), np.array([index], np.int32), []
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    it = interpreter(bytes(builder.Output()), True)
    found = []
    for sample in range(len(ours[index])):
        for source in it.get_input_details():
            codes = ours[source["index"]][sample]
            it.set_tensor(source["index"], codes.reshape(source["shape"]).astype(source["dtype"]))
        it.invoke()
        found.append(it.get_tensor(it.get_output_details()[0]["index"])[0].copy())
    return np.stack(found)


def by_operator(path, made, ours, theirs, source):
    """How many codes differ of each kind of operator on the same inputs."""
    counts = {}
    for index in sorted(theirs):
        name, sources = made[index]
        if all(i not in ours and i != source[0] for i in sources):
            continue
        found = alone(path, index, {**ours, source[0]: source[1]})
        difference = np.abs(found.astype(np.int64) - ours[index].reshape(found.shape))
        differing, of, most = counts.get(name, (0, 0, 0))
        counts[name] = (differing + int((difference > 0).sum()), of + found.size, max(most, int(difference.max())))
    for name, (differing, of, most) in sorted(counts.items()):
        print(f"    {name} alone: {differing} of {of:,} codes" + (f", by {most} at most" if differing else ""))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("qcc")
parser.add_argument("models")
parser.add_argument("names", nargs="*")
parser.add_argument("--samples", type=int, default=64)
arguments = parser.parse_args()
failed = 0
for path in sorted(glob.glob(f"{arguments.models}/tflite/*.tflite")):
    if arguments.names and not any(name in path for name in arguments.names):
        continue
    for single in (False, True):
        found = compare(arguments.qcc, arguments.models, path, arguments.samples, single)
        if found:
            failed += not single
            by_operator(path, *found)
sys.exit(bool(failed))
