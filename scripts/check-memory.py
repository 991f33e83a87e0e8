#!/usr/bin/env python3
"""Time and memory of large networks: check-memory.py QCC

Imports ONNX files of 100 MB and fails where that takes three times their size in memory. The networks are dense layers of float32
weights, and of int8 and uint8 weights behind DequantizeLinear, in four tensors and in a single one.

Then compiles a network, one ten times as deep and one ten times as wide, and says what both take.

The files are written here, field by field after the ONNX specification: no package is needed.
"""
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time

FLOAT, UINT8, INT8 = 1, 2, 3
MEBIBYTES = 100


def varint(value):
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    return bytes(data) + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def data(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, kind, dims, raw):
    return data(5, b"".join(number(1, d) for d in dims) + number(2, kind) + data(8, name) + data(9, raw))


def node(operator, inputs, output, **attributes):
    made = b"".join(data(1, i) for i in inputs) + data(2, output) + data(4, operator)
    for name, value in attributes.items():
        made += data(5, data(1, name) + number(3, value) + number(20, 2))
    return data(1, made)


def value(field, name, extents):
    shape = b"".join(data(1, number(1, e)) for e in extents)
    return data(field, data(1, name) + data(2, data(1, number(1, FLOAT) + data(2, shape))))


def units_for(kind, layers):
    """Of layers whose weights together are MEBIBYTES large."""
    return int((MEBIBYTES * 2**20 / (4 if kind == FLOAT else 1) / layers) ** 0.5)


def network(kind, layers, units):
    """Layers of as many units each, the outputs of all but the last quantized where weights are."""
    zero, zero_type = (128, UINT8) if kind == UINT8 else (0, INT8)
    graph = value(11, "x", [1, units])
    graph += tensor("scale", FLOAT, [], struct.pack("<f", 0.05))
    graph += tensor("zero", INT8, [], b"\0") + tensor("weight_zero", zero_type, [], bytes([zero]))
    for layer in range(layers):
        # Any bytes will do for integers; floats have to be finite.
        raw = struct.pack("<f", 0.25 + layer) * units**2 if kind == FLOAT else os.urandom(units**2)
        graph += tensor(f"w{layer}", kind, [units, units], raw)
        source, weight = f"y{layer - 1}" if layer else "x", f"w{layer}"
        if kind != FLOAT:
            graph += node("QuantizeLinear", [source, "scale", "zero"], f"q{layer}")
            graph += node("DequantizeLinear", [f"q{layer}", "scale", "zero"], f"d{layer}")
            graph += node("DequantizeLinear", [weight, "scale", "weight_zero"], f"v{layer}")
            source, weight = f"d{layer}", f"v{layer}"
        graph += node("Gemm", [source, weight], f"y{layer}", transB=1)
    graph += value(12, f"y{layers - 1}", [1, units])
    return number(1, 8) + data(7, graph) + data(8, data(1, "") + number(2, 17))


def measured(*command):
    """Seconds and bytes of a command that reads a model, by a process in between, whose only child it is."""
    said = subprocess.run([sys.executable, __file__, "--measure", *command], check=True, capture_output=True, text=True).stdout
    seconds, peak = said.split()
    return float(seconds), int(peak)


def check_imports(qcc, path):
    """Whether one takes too much."""
    failed = False
    for name, kind in [("float32", FLOAT), ("int8", INT8), ("uint8", UINT8)]:
        for layers in [4, 1]:
            with open(path, "wb") as file:
                file.write(network(kind, layers, units_for(kind, layers)))
            seconds, peak = measured(qcc, "summary", path)
            ratio = peak / os.path.getsize(path)
            failed |= ratio >= 3
            print(
                f"{name} weights in {layers} tensors: {ratio:.2f} times the file's {os.path.getsize(path)} bytes, "
                f"{seconds:.2f} s", flush=True)
    return failed


def print_growth(qcc, folder):
    print("compile: int8 weights, seconds and megabytes")
    for name, layers, units in [("8 layers of 128 units", 8, 128), ("80 layers of 128", 80, 128), ("8 layers of 1280", 8, 1280)]:
        path = f"{folder}/model.onnx"
        with open(path, "wb") as file:
            file.write(network(INT8, layers, units))
        seconds, peak = min(measured(qcc, "compile", path, "-o", f"{folder}/out") for _ in range(5))
        print(f"{name:24}{seconds:8.3f} s{peak / 2**20:8.0f} MB, file of {os.path.getsize(path) / 2**20:.2f} MB", flush=True)


def main(qcc):
    with tempfile.TemporaryDirectory() as folder:
        failed = check_imports(qcc, f"{folder}/model.onnx")
        print_growth(qcc, folder)
    sys.exit(failed)


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        start = time.perf_counter()
        # More than a model may take that nobody meant to be so large.
        environment = os.environ | {"QCC_MEMORY": "4GiB"}
        subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL, env=environment)
        print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
    else:
        main(os.path.abspath(sys.argv[1]))
