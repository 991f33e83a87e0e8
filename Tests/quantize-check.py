#!/usr/bin/env python3
"""What qcc quantize, ONNX Runtime's static quantizer and Intel Neural Compressor lose of the same networks on the same calibration inputs.

    Tests/quantize-check.py QCC MODELS

QCC is the program, MODELS the folder with float/ and labelled/. Prints SQNR at the output in dB and agreement with the float
network; exits 1 where another one loses less. Python 3.11 with: numpy onnx==1.16.2 onnxruntime==1.22

Where NEURAL_COMPRESSOR names a Python with Intel Neural Compressor (quantize-neural-compressor.py says which), it is in the table,
at the 8 bits that it has.
"""
import json
import logging
import math
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

NETWORKS = {
    "dscnn_kws": "kws",
    "resnet8_fashion": "fashion",
    "mobilenet_fashion": "fashion",
    "fcae_fashion": "fcae",
}
METHODS = [CalibrationMethod.MinMax, CalibrationMethod.Entropy, CalibrationMethod.Percentile]


class Samples(CalibrationDataReader):
    def __init__(self, name, x):
        # Its histograms take batches of one size only.
        size = math.gcd(len(x), 16)
        self.batches = iter([{name: x[i : i + size]} for i in range(0, len(x), size)])

    def get_next(self):
        return next(self.batches, None)


def run(file, x):
    # As the operators are defined: fused ones saturate sums of 8-bit products on processors without VNNI.
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(file, options)
    name = session.get_inputs()[0].name
    return np.concatenate([session.run(None, {name: x[i : i + 100]})[0] for i in range(0, len(x), 100)]).reshape(len(x), -1)


def loss(reference, found):
    sqnr = 10 * np.log10((reference**2).sum() / ((reference - found) ** 2).sum())
    return sqnr, 100 * (reference.argmax(1) == found.argmax(1)).mean()


def without_softmax(file, to):
    model = onnx.load(file)
    last = model.graph.node[-1]
    if last.op_type == "Softmax":
        model.graph.node.remove(last)
        model.graph.output[0].name = last.input[0]
        for value in [v for v in model.graph.value_info if v.name == last.input[0]]:
            model.graph.value_info.remove(value)
    onnx.save(model, to)
    return model.graph.input[0].name


def theirs(folder, float_file, name, calibration, test, reference, weights):
    for method in METHODS:
        file = os.path.join(folder, "theirs.onnx")
        quantize_static(
            float_file,
            file,
            Samples(name, calibration),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=weights,
            calibrate_method=method,
        )
        yield method.name, *loss(reference, run(file, test))
    python = os.environ.get("NEURAL_COMPRESSOR")
    if python and weights == QuantType.QInt8:
        np.save(os.path.join(folder, "calibration.npy"), calibration)
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "quantize-neural-compressor.py")
        subprocess.run(
            [python, script, float_file, "calibration.npy", "intel.onnx"], cwd=folder, check=True, capture_output=True
        )
        yield "Intel", *loss(reference, run(os.path.join(folder, "intel.onnx"), test))


def main(qcc, models):
    worse = []
    for network, data in NETWORKS.items():
        file = lambda part: os.path.join(models, "labelled", f"{data}_{part}_x.npy")
        calibration, test = (np.load(file(part)).astype(np.float32) for part in ("calibration", "test"))
        model = os.path.join(models, "float", network + ".h5")
        with tempfile.TemporaryDirectory() as folder:
            path = lambda name: os.path.join(folder, name)
            subprocess.run([qcc, "export", model, "-o", path("float.onnx"), "--style", "qdq"], check=True, stdout=subprocess.DEVNULL)
            name = without_softmax(path("float.onnx"), path("logits.onnx"))
            quant_pre_process(path("logits.onnx"), path("prepared.onnx"))
            reference = run(path("logits.onnx"), test)
            for bits, weights in ((8, QuantType.QInt8), (4, QuantType.QInt4)):
                ours = json.loads(
                    subprocess.run(
                        [qcc, "quantize", model, "--calibration", file("calibration"), "--weights", str(bits)]
                        + ["--test", file("test"), "--format", "json"],
                        check=True,
                        capture_output=True,
                    ).stdout
                )
                mine = ours["outputSqnr"], 100 * ours["agreement"]
                print(f"{network:18s} W{bits}A8 {'qcc':11s} {mine[0]:6.1f} dB  agreement {mine[1]:6.2f} %", flush=True)
                for method, *found in theirs(folder, path("prepared.onnx"), name, calibration, test, reference, weights):
                    print(f"{'':18s}      {method:11s} {found[0]:6.1f} dB  agreement {found[1]:6.2f} %", flush=True)
                    if found[0] > mine[0]:
                        worse.append(f"{network} W{bits}A8: {method}")
    print("never below the others" if not worse else "below others: " + ", ".join(worse))
    return bool(worse)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    sys.exit(main(*sys.argv[1:]))
