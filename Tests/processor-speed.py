#!/usr/bin/env python3
"""The C for processors beside TFLite's reference kernels, on this machine, one thread.

usage: Tests/processor-speed.py QCC MODELS

MODELS is a folder with onnx/NAME_qdq_s8_per_channel.onnx and tflite/NAME_int8.tflite, the same networks in 8 bits. Prints runs per second
of processor time of `qcc compile --target cpu`, compiled by cc -O2, and of TFLite's interpreter, one after the other, and their ratio.
Exit code 1 where TFLite is faster. Python with NumPy and ai-edge-litert.
"""

import glob
import importlib.metadata
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

HERE = os.path.dirname(os.path.abspath(__file__))


def compiled(qcc, model):
    with tempfile.TemporaryDirectory() as folder:
        project, program = os.path.join(folder, "net"), os.path.join(folder, "program")
        subprocess.run([qcc, "compile", model, "--target", "cpu", "--name", "net", "-o", project], check=True, capture_output=True)
        sources = [s for f in ("src", "runtime", "test") for s in sorted(glob.glob(f"{project}/{f}/*.c")) if not s.endswith("/testbench.c")]
        includes = [f"-I{project}/{f}" for f in ("include", "runtime", "src", "test")]
        subprocess.run(["cc", "-std=c99", "-O2", *includes, *sources, os.path.join(HERE, "embedded", "speed.c"), "-o", program], check=True)
        return float(subprocess.run([program], check=True, capture_output=True, text=True).stdout)


def interpreted(model):
    interpreter = Interpreter(model, num_threads=1, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    for tensor in interpreter.get_input_details():
        interpreter.set_tensor(tensor["index"], np.zeros(tensor["shape"], tensor["dtype"]))
    interpreter.invoke()
    start, runs = time.process_time(), 0
    while time.process_time() - start < 1:
        interpreter.invoke()
        runs += 1
    return runs / (time.process_time() - start)


def main():
    qcc, models = sys.argv[1:3]
    print(f"{'network':16}{'qcc':>12}{'TFLite':>12}{'ratio':>8}   ai-edge-litert {importlib.metadata.version('ai-edge-litert')}")
    slower = 0
    for name in ("dscnn_kws", "fcae_ad", "resnet8_ic", "mobilenet_vww"):
        ours = compiled(qcc, os.path.join(models, "onnx", name + "_qdq_s8_per_channel.onnx"))
        theirs = interpreted(os.path.join(models, "tflite", name + "_int8.tflite"))
        slower += ours < theirs
        print(f"{name:16}{ours:12,.1f}{theirs:12,.1f}{ours / theirs:8.2f}", flush=True)
    sys.exit(1 if slower else 0)


main()
