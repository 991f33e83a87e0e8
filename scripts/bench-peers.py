#!/usr/bin/env python3
"""qcc beside its peers on this machine, in one run; ratios first.

usage: scripts/bench-peers.py SIMULATOR_BENCH MODELS

SIMULATOR_BENCH is .build/release/simulator-bench. MODELS is a folder with onnx/NAME_qdq_s8_per_channel.onnx and
tflite/NAME_int8.tflite, the same networks in 8 bits. Peers are the Python packages ai-edge-litert and onnxruntime; one that is not
installed is left out, and the table says so. Needs NumPy.

Values: samples per second, one thread, batches of 64, the best of several rounds in which everybody has a turn. Exit code 1 where a
peer is faster.
"""

import importlib.metadata
import os
import platform
import subprocess
import sys
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


def own_rates(bench, path):
    """Samples per second, and the part of the dot product instruction's peak."""
    lines = subprocess.run([bench, path], check=True, capture_output=True, text=True).stdout.splitlines()
    columns = next(line for line in lines if line.startswith(os.path.basename(path))).split()
    return float(columns[4]), float(columns[3])


def values(bench, models):
    """Simulated values beside interpreters. Says whether XNNPACK is faster somewhere."""
    peers = value_peers(models)
    print(f"values: one thread, batches of {BATCH}; qcc's ratio to each, then samples per second")
    slower = False
    for name in NETWORKS:
        ready = {peer: prepare(name) for peer, prepare in peers.items()}
        own, of_peak, rates = 0.0, 0.0, dict.fromkeys(peers, 0.0)
        for _ in range(ROUNDS):
            own, of_peak = max((own, of_peak), own_rates(bench, model(models, name)))
            for peer, run in ready.items():
                rates[peer] = max(rates[peer], rate(run))
        print(f"{name:16}{'':10}{own:12,.0f}  qcc, exact: {of_peak:.0%} of the dot product instruction's peak")
        for peer, speed in rates.items():
            print(f"{'':16}{own / speed:9.2f}x{speed:12,.0f}  {peer}", flush=True)
            slower |= own < speed
    for missing in [package for package in ("ai-edge-litert", "onnxruntime") if version(package) is None]:
        print(f"left out, not installed: {missing}")
    return slower


def main():
    bench, models = sys.argv[1:3]
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}")
    # One function per section; each prints its table and says whether a peer is ahead.
    sections = (values,)
    sys.exit(any([section(bench, models) for section in sections]))


main()
