#!/usr/bin/env python3
"""qcc beside its peers on this machine, in one run; ratios first.

usage: scripts/bench-peers.py BINARIES MODELS

BINARIES is .build/release, with qcc and simulator-bench. MODELS is a folder with onnx/NAME_qdq_s8_per_channel.onnx and
tflite/NAME_int8.tflite, the same networks in 8 bits, and qkeras/NAME_affine.h5, in mixed widths. Peers are the Python packages
ai-edge-litert and onnxruntime, and Arm's vela, beside this Python or in PATH; one that is not installed is left out, and the table
says so. Needs NumPy.

Values: samples per second, one thread, batches of 64, the best of several rounds in which everybody has a turn.
Compile: from the file to what runs, whole processes, the median of rounds in which everybody has a turn.
Exit code 1 where a peer is faster.
"""

import importlib.metadata
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

NETWORKS = ("resnet8_ic", "mobilenet_vww", "dscnn_kws", "fcae_ad")
BATCH = 64
ROUNDS = 3


def version(package):
    """None where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def rate(run, seconds=1.0):
    """The best samples per second of a function that runs one batch."""
    run()
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return BATCH / best


def interpreter(module, path, **options):
    found = module.Interpreter(path, num_threads=1, **options)
    entry = found.get_input_details()[0]
    found.resize_tensor_input(entry["index"], [BATCH, *entry["shape"][1:]])
    found.allocate_tensors()
    codes = np.random.default_rng(1).integers(-128, 128, (BATCH, *entry["shape"][1:]))
    found.set_tensor(entry["index"], codes.astype(entry["dtype"]))
    return found.invoke


def session(module, path):
    """The files say one sample at a time: a batch is as many runs."""
    options = module.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    found = module.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    entry = found.get_inputs()[0]
    values = np.random.default_rng(1).normal(size=[n if isinstance(n, int) else 1 for n in entry.shape]).astype(np.float32)
    return lambda: [found.run(None, {entry.name: values}) for _ in range(BATCH)]


def value_peers(models):
    """By name: a function that makes a network ready to run a batch."""
    peers = {}
    if number := version("ai-edge-litert"):
        from ai_edge_litert import interpreter as tflite

        file = os.path.join(models, "tflite", "{}_int8.tflite")
        reference = {"experimental_op_resolver_type": tflite.OpResolverType.BUILTIN_REF}
        peers[f"TFLite XNNPACK {number}"] = lambda name: interpreter(tflite, file.format(name))
        peers[f"TFLite reference {number}"] = lambda name: interpreter(tflite, file.format(name), **reference)
    if number := version("onnxruntime"):
        import onnxruntime

        peers[f"ONNX Runtime QDQ {number}, batch 1"] = lambda name: session(onnxruntime, model(models, name))
    return peers


def model(models, name):
    return os.path.join(models, "onnx", name + "_qdq_s8_per_channel.onnx")


def own_files(models, name):
    """By name: the file with quantizers in it, and TensorFlow Lite's own, with its kernels' arithmetic."""
    return {"QDQ": model(models, name), "TFLite": os.path.join(models, "tflite", f"{name}_int8.tflite")}


def own_rates(binaries, path):
    """Samples per second, and the part of the dot product instruction's peak."""
    bench = os.path.join(binaries, "simulator-bench")
    lines = subprocess.run([bench, path], check=True, capture_output=True, text=True).stdout.splitlines()
    columns = next(line for line in lines if line.startswith(os.path.basename(path))).split()
    return float(columns[4]), float(columns[3])


def values(binaries, models):
    """Simulated values beside interpreters. Says whether XNNPACK is faster somewhere."""
    peers = value_peers(models)
    print(f"values: one thread, batches of {BATCH}; samples per second and, of peers, qcc's ratio from both files")
    slower = False
    for name in NETWORKS:
        ready = {peer: prepare(name) for peer, prepare in peers.items()}
        rates, own = dict.fromkeys(peers, 0.0), {}
        for _ in range(ROUNDS):
            for kind, path in own_files(models, name).items():
                own[kind] = max(own.get(kind, (0.0, 0.0)), own_rates(binaries, path))
            for peer, run in ready.items():
                rates[peer] = max(rates[peer], rate(run))
        print(name)
        for kind, (speed, of_peak) in own.items():
            print(f"{speed:12,.0f}{'':20}  qcc, {kind}: {of_peak:.0%} of the dot product instruction's peak")
        for peer, speed in rates.items():
            ratios = [found / speed for found, _ in own.values()]
            print(f"{speed:12,.0f}{''.join(f'{ratio:9.2f}x' for ratio in ratios)}  {peer}", flush=True)
            slower |= max(ratios) < 1
    for missing in [package for package in ("ai-edge-litert", "onnxruntime") if version(package) is None]:
        print(f"left out, not installed: {missing}")
    return slower


COMPILATIONS = 9


def vela():
    beside = os.path.join(os.path.dirname(sys.executable), "vela")
    return beside if os.path.exists(beside) else shutil.which("vela")


def milliseconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - start)


def compilations(binaries, models):
    """Models to C projects beside Vela's way from the same file to its accelerator's commands."""
    qcc, peer = os.path.join(binaries, "qcc"), vela()
    print("compile: whole processes; qcc's ratio, then milliseconds")
    slower = False
    for name in NETWORKS:
        same, own = os.path.join(models, "tflite", f"{name}_int8.tflite"), os.path.join(models, "qkeras", f"{name}_affine.h5")
        with tempfile.TemporaryDirectory() as folder:
            commands = {
                "qcc, the same file": [qcc, "compile", same, "-o", f"{folder}/tflite"],
                "qcc, QKeras": [qcc, "compile", own, "-o", f"{folder}/h5"],
            }
            if peer:
                commands["vela"] = [peer, same, "--output-dir", f"{folder}/vela"]
            times = {who: [] for who in commands}
            for _ in range(COMPILATIONS):
                for who, command in commands.items():
                    times[who].append(milliseconds(command))
        medians = {who: statistics.median(found) for who, found in times.items()}
        print(name)
        for who, time_taken in medians.items():
            ratio = f"{medians['vela'] / time_taken:9.2f}x" if peer and who != "vela" else " " * 10
            print(f"{'':16}{ratio}{time_taken:12.1f}  {who}", flush=True)
            slower |= peer is not None and time_taken > medians["vela"]
    if not peer:
        print("left out, not installed: vela")
    return slower


def main():
    binaries, models = sys.argv[1:3]
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    # One function per section; each prints its table and says whether a peer is ahead.
    sections = (values, compilations)
    sys.exit(any([section(binaries, models) for section in sections]))


main()
