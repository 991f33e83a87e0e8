#!/usr/bin/env python3
"""Runs what `qcc export` writes in other people's programs, and compares.

usage: Tests/export-check.py [QCC] [MODEL ...]

Of each network, in both styles: the file passes ONNX' checker; the qonnx executor (style qonnx) or ONNX Runtime with all graph
optimizations off (style qdq) computes the outputs that `qcc simulate --reference` gives of the model itself; `qcc verify` of the
file is bit-exact, and every tensor that the other program computed in it is what the file means, code by code (ties explained by
float32's error bound are counted). Networks that a style cannot hold are refused with a reason. Inputs are those of the model's
golden file where there is one, else drawn.

Packages: numpy, h5py, onnx, onnxruntime, qonnx.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import h5py
import numpy
import onnx
import onnxruntime

warnings.filterwarnings("ignore")
from qonnx.core.modelwrapper import ModelWrapper  # noqa: E402
from qonnx.core.onnx_exec import execute_onnx  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT / "../shared/models"
# The qonnx executor makes a session of ONNX Runtime per operator and sample.
SAMPLES = 2
# Of the largest output: two float32 programs that add in different order.
TOLERANCE = 1e-5


class Failed(Exception):
    pass


def networks():
    folders = [SHARED / "qkeras", SHARED / "qtools", SHARED / "onnx", SHARED / "float", ROOT / "testdata",
               ROOT / "testdata/zoo"]
    files = [f for folder in folders for ending in ("h5", "onnx") for f in sorted(folder.glob(f"*.{ending}"))]
    return [file for file in files if not file.name.endswith(".golden.h5")]


def golden_of(model):
    for golden in (model.with_name(model.name.rsplit(".", 1)[0] + ".golden.h5"), model.parent.parent / "golden" / model.name):
        if golden.exists() and golden != model:
            return golden
    return None


def inputs_of(model, exported):
    """Samples for each input of the network, by name."""
    shapes = {value.name: [d.dim_value for d in value.type.tensor_type.shape.dim][1:] for value in exported.graph.input}
    golden = golden_of(model)
    if golden is not None and len(shapes) == 1:
        x = h5py.File(golden)["x"][:SAMPLES].astype(numpy.float32)
        return {name: x.reshape([len(x), *shape]) for name, shape in shapes.items()}
    random = numpy.random.default_rng(1)
    return {name: random.uniform(-1.2, 1.2, [SAMPLES, *shape]).astype(numpy.float32) for name, shape in shapes.items()}


def run_qonnx(file, inputs):
    wrapper = ModelWrapper(str(file))
    outputs = [value.name for value in wrapper.graph.output]
    runs = [execute_onnx(wrapper, {name: x[sample:sample + 1] for name, x in inputs.items()}, True)
            for sample in range(len(next(iter(inputs.values()))))]
    made = {name for node in wrapper.graph.node for name in node.output}
    values = {name: numpy.concatenate([run[name] for run in runs]) for name in runs[0] if name in made
              and runs[0][name].ndim and runs[0][name].shape[0] == 1}
    return values, outputs


def run_onnxruntime(file, inputs):
    model = onnx.load(file)
    outputs = [value.name for value in model.graph.output]
    types = [(value, value.type.tensor_type) for value in model.graph.value_info]
    model.graph.output.extend(value for value, tensor in types if tensor.elem_type == onnx.TensorProto.FLOAT
                              and tensor.shape.dim and tensor.shape.dim[0].dim_param)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs))), outputs


def call(*arguments):
    return subprocess.run([str(a) for a in arguments], capture_output=True, text=True)


def named(inputs, folder):
    arguments = []
    for index, (name, x) in enumerate(inputs.items()):
        numpy.save(folder / f"x{index}.npy", x.astype(numpy.float64))
        file = folder / f"x{index}.npy"
        arguments += ["--inputs", f"{name}={file}" if len(inputs) > 1 else file]
    return arguments


def check(qcc, model, style, folder):
    """A line of the table: what was compared."""
    file = folder / "exported.onnx"
    done = call(qcc, "export", model, "-o", file, "--style", style)
    if done.returncode == 1 and not file.exists():
        errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        if not errors:
            raise Failed("refused without a reason")
        reason = errors[0].removeprefix(f"error: {model}: ")
        return "refused", reason + (f" (and {len(errors) - 1} more)" if len(errors) > 1 else "")
    if done.returncode:
        raise Failed(f"exit code {done.returncode}: {done.stderr.strip()}")
    exported = onnx.load(file)
    onnx.checker.check_model(exported, full_check=True)
    inputs = inputs_of(model, exported)
    values, outputs = (run_qonnx if style == "qonnx" else run_onnxruntime)(file, inputs)

    arguments = named(inputs, folder)
    done = call(qcc, "simulate", model, *arguments, "-o", folder / "y.npy", "--reference")
    if done.returncode:
        raise Failed(f"simulate: {done.stderr.strip()}")
    references = dict(zip(outputs, sorted(folder.glob("y*.npy"))))
    if len(outputs) > 1:
        references = {name: folder / f"y_{name.replace('/', '_')}.npy" for name in outputs}
    distance = 0.0
    for name, reference in references.items():
        expected = numpy.load(reference)
        if values[name].shape != expected.shape:
            raise Failed(f"output '{name}' of shape {values[name].shape}, expected {expected.shape}")
        distance = max(distance, float(numpy.abs(values[name] - expected).max() / max(numpy.abs(expected).max(), 1e-30)))
    for reference in folder.glob("y*.npy"):
        reference.unlink()

    with h5py.File(folder / "golden.h5", "w") as golden:
        golden["x"] = next(iter(inputs.values()))
        made = {name for node in exported.graph.node for name in node.output}
        for name, array in values.items():
            # Behind a DequantizeLinear are the values of the codes in front of it.
            name += "/codes" if style == "qdq" and name + "/codes" in made else ""
            golden["layers/" + name.replace("/", "|")] = array
    done = call(qcc, "verify", file, *arguments, "--golden", folder / "golden.h5", "--no-emitted", "--format", "json")
    text = f"outputs {distance:.1e}"
    if not done.stdout.startswith("{"):
        if distance > TOLERANCE:
            raise Failed(f"{text} from the reference")
        errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        return "runs", f"{text}; not compiled: {errors[0].removeprefix(f'error: {file}: ') if errors else done.stderr}"
    report = json.loads(done.stdout)
    compared = report["golden"]
    text += f"; {compared['elements']} elements, {compared['ties']} ties"
    if compared["mismatches"] and "QCC_KEEP" in os.environ:
        shutil.copytree(folder, os.environ["QCC_KEEP"], dirs_exist_ok=True)
    if compared["mismatches"] or not report["bitExact"]:
        raise Failed(f"{text}, {compared['mismatches']} mismatches, bit-exact: {report['bitExact']}")
    if distance > TOLERANCE and not compared["ties"]:
        raise Failed(f"{text}: the outputs are not the reference's")
    return "equal", text


def main():
    qcc = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/qcc").resolve()
    models = [pathlib.Path(name) for name in sys.argv[2:]] or networks()
    counts = {}
    for model in models:
        for style in ("qonnx", "qdq"):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    result, text = check(qcc, model, style, pathlib.Path(folder))
                except Exception as error:  # noqa: BLE001: whatever the other programs raise is a failure to show
                    result, text = "FAILED", f"{type(error).__name__}: {error}"
            counts[style, result] = counts.get((style, result), 0) + 1
            print(f"{model.name:42} {style:6} {result:8} {' '.join(text.split())[:260]}", flush=True)
    for (style, result), count in sorted(counts.items()):
        print(f"{style}: {count} {result}")
    return 1 if any(result == "FAILED" for _, result in counts) or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
