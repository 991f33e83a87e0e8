#!/usr/bin/env python3
"""Imports ONNX files of 100 MB and fails where that takes three times their size in memory: check-memory.py QCC

The networks are dense layers of float32 weights, and of int8 and uint8 weights behind DequantizeLinear, in four tensors
and, where their codes stay as they are, in a single one. The files are written here, field by field after the ONNX specification: no package is needed.
"""
import os
import resource
import struct
import subprocess
import sys
import tempfile

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


def network(kind, layers):
    """Layers of as many units each; their weights together are MEBIBYTES large."""
    width = 4 if kind == FLOAT else 1
    units = int((MEBIBYTES * 2**20 / width / layers) ** 0.5)
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


def main(qcc):
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, kind in [("float32", FLOAT), ("int8", INT8), ("uint8", UINT8)]:
            # What uint8 weights are without their zero point lies beside them while it is transposed.
            for layers in [4] if kind == UINT8 else [4, 1]:
                path = f"{folder}/model.onnx"
                with open(path, "wb") as file:
                    file.write(network(kind, layers))
                # A process in between, whose only child qcc is: the largest child is what is known.
                peak = int(subprocess.run(
                    [sys.executable, __file__, "--measure", qcc, "summary", path], check=True, capture_output=True,
                    text=True).stdout)
                ratio = peak / os.path.getsize(path)
                failed |= ratio >= 3
                print(f"{name} weights in {layers} tensors: {ratio:.2f} times the file's {os.path.getsize(path)} bytes")
    sys.exit(failed)


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
    else:
        main(os.path.abspath(sys.argv[1]))
