#!/usr/bin/env python3
"""Damaged TensorFlow Lite files: qcc ends with a message or with a network that it verifies, never otherwise.

    tflite-mutants.py mutants QCC SEEDS [--count 100000] [--seed 1]   files of SEEDS with one to four changes of what their tables say
    tflite-mutants.py bytes QCC FILE                                  FILE cut anywhere, and every byte changed in four ways
    tflite-mutants.py store SEEDS FOLDER [--count 100] [--seed 1]     writes mutants

With ai-edge-litert and numpy. Findings are kept in build/tflite-mutants: signals, more than 20 s, and files that qcc compiles and then
says are not bit-exact.
"""
import argparse
import concurrent.futures
import glob
import os
import shutil
import subprocess
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

OPERATORS = [code for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")]
FINDINGS = "build/tflite-mutants"


class Mutator:
    """Changes of a model's tables: each takes a random place and puts something there that its type allows."""

    def __init__(self, random):
        self.random = random

    def one(self, options):
        return options[self.random.integers(len(options))] if len(options) else None

    def number(self, near):
        """Often near, sometimes at an end of its type."""
        return int(self.one([near - 1, near + 1, 2 * near, near // 2, -near, 0, 1, -1, 2, 127, 255, 65536, 2**31 - 1, -2**31]))

    def real(self, near):
        return float(self.one([near * 2, near / 2, near * 1e6, near / 1e6, near * 1e30, -near, 0.0, 1.0, 1e-38, 1e38, np.nan, np.inf,
                               near * float(self.random.uniform(0.9, 1.1))]))

    def element(self, vector, change):
        vector = list(vector) if vector is not None else []
        kind = self.random.integers(8)
        if kind == 0 and vector:
            vector.pop(self.random.integers(len(vector)))
        elif kind == 1:
            vector.insert(self.random.integers(len(vector) + 1), change(vector[-1] if vector else 1))
        elif vector:
            place = self.random.integers(len(vector))
            vector[place] = change(vector[place])
        return vector

    def integer(self, value):
        return min(max(self.number(int(value)), -2**31), 2**31 - 1)

    def shape(self, model, graph, tensor, op):
        tensor.shape = np.array(self.element(tensor.shape, self.integer), np.int32)

    def signature(self, model, graph, tensor, op):
        tensor.shapeSignature = np.array(self.element(tensor.shape, lambda n: self.one([-1, self.integer(n)])), np.int32)

    def type(self, model, graph, tensor, op):
        tensor.type = int(self.random.integers(0, 19))

    def scale(self, model, graph, tensor, op):
        if tensor.quantization is not None:
            with np.errstate(over="ignore"):
                tensor.quantization.scale = np.array(self.element(tensor.quantization.scale, lambda n: self.real(float(n))), np.float32)

    def zero_point(self, model, graph, tensor, op):
        if tensor.quantization is not None:
            tensor.quantization.zeroPoint = np.array(
                self.element(tensor.quantization.zeroPoint, lambda n: self.one([self.number(int(n)), 2**40, 128, -128])), np.int64)

    def axis(self, model, graph, tensor, op):
        if tensor.quantization is not None:
            tensor.quantization.quantizedDimension = self.integer(tensor.quantization.quantizedDimension or 0)

    def buffer(self, model, graph, tensor, op):
        tensor.buffer = int(self.one([self.random.integers(len(model.buffers) + 1), 0]))

    def data(self, model, graph, tensor, op):
        buffer = self.one(model.buffers)
        if buffer.data is not None and len(buffer.data):
            data = np.array(buffer.data, np.uint8)
            kind = self.random.integers(4)
            if kind == 0:
                data = data[:self.random.integers(len(data))]
            elif kind == 1:
                data = np.append(data, data)
            else:
                data[self.random.integers(len(data))] = self.random.integers(256)
            buffer.data = data

    def inputs(self, model, graph, tensor, op):
        op.inputs = np.array(self.element(op.inputs, lambda n: self.one([self.random.integers(len(graph.tensors)), -1, self.integer(n)])), np.int32)

    def outputs(self, model, graph, tensor, op):
        op.outputs = np.array(self.element(op.outputs, lambda n: self.one([self.random.integers(len(graph.tensors)), self.integer(n)])), np.int32)

    def code(self, model, graph, tensor, op):
        code = self.one(model.operatorCodes)
        code.builtinCode = int(self.one(OPERATORS))
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)

    def options(self, model, graph, tensor, op):
        if op.builtinOptions is not None:
            fields = [name for name, value in vars(op.builtinOptions).items() if isinstance(value, (int, float, bool))]
            if fields:
                name = self.one(fields)
                value = getattr(op.builtinOptions, name)
                if isinstance(value, float):
                    setattr(op.builtinOptions, name, self.real(value))
                elif isinstance(value, bool):
                    setattr(op.builtinOptions, name, not value)
                else:
                    setattr(op.builtinOptions, name, int(self.one([0, 1, 2, 3, 5, max(-128, min(127, self.number(value)))])))

    def operators(self, model, graph, tensor, op):
        kind = self.random.integers(3)
        if kind == 0:
            graph.operators.remove(op)
        elif kind == 1:
            graph.operators.append(op)
        else:
            graph.operators.reverse()

    def ends(self, model, graph, tensor, op):
        change = lambda n: self.one([self.random.integers(len(graph.tensors)), self.integer(n)])
        if self.random.integers(2):
            graph.inputs = np.array(self.element(graph.inputs, change), np.int32)
        else:
            graph.outputs = np.array(self.element(graph.outputs, change), np.int32)

    def variable(self, model, graph, tensor, op):
        tensor.isVariable = True

    changes = [shape, shape, signature, type, type, scale, scale, zero_point, zero_point, axis, buffer, data, data, inputs,
               inputs, outputs, code, options, options, options, operators, ends, variable]

    def mutate(self, file):
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file, 0))
        graph = model.subgraphs[0]
        for _ in range(self.random.integers(1, 5)):
            if graph.operators and graph.tensors:
                self.one(self.changes)(self, model, graph, self.one(graph.tensors), self.one(graph.operators))
        builder = flatbuffers.Builder(1 << 14)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def mutant(seeds, seed, index):
    """nil where the packer has no form for it."""
    random = np.random.default_rng([seed, index])
    with open(seeds[random.integers(len(seeds))], "rb") as file:
        bytes = file.read()
    try:
        return Mutator(random).mutate(bytes)
    except (ValueError, TypeError, OverflowError, AttributeError, flatbuffers.builder.BuilderSizeError):
        return None


def run(qcc, name, file, place):
    """What is wrong, or nothing."""
    if file is None:
        return "not made", None
    path = os.path.join(place, f"{os.getpid()}-{name}.tflite")
    with open(path, "wb") as target:
        target.write(file)
    try:
        done = subprocess.run([qcc, "verify", path, "--samples", "1", "--no-emitted"], capture_output=True, text=True, timeout=20)
        outcome = "compiled" if done.returncode == 0 else "refused" if done.stderr.startswith("error:") or "error:" in done.stderr else None
        problem = None if outcome else f"exit code {done.returncode}: {(done.stdout + done.stderr)[-300:]}"
    except subprocess.TimeoutExpired:
        outcome, problem = "late", "more than 20 s"
    if problem:
        os.makedirs(FINDINGS, exist_ok=True)
        shutil.move(path, os.path.join(FINDINGS, f"{name}.tflite"))
        print(f"{name}: {problem}", flush=True)
        return "finding", problem
    os.remove(path)
    return outcome, None


def campaign(qcc, files, threads, place="/dev/shm"):
    counts = {}
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for outcome, _ in pool.map(lambda job: run(qcc, job[0], job[1](), place), files):
            counts[outcome] = counts.get(outcome, 0) + 1
            if sum(counts.values()) % 5000 == 0:
                print(counts, flush=True)
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    return counts.get("finding", 0)


def damaged(path):
    with open(path, "rb") as file:
        whole = file.read()
    for length in range(len(whole)):
        yield f"cut-{length}", lambda length=length: whole[:length]
    for place in range(len(whole)):
        for flip in sorted({1, 0x80, 0xff, whole[place] ^ 0x7f} - {0}):
            yield f"byte-{place}-{flip}", lambda p=place, f=flip: whole[:p] + bytes([whole[p] ^ f]) + whole[p + 1:]


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
commands = parser.add_subparsers(dest="command", required=True)
for name, arguments in {"mutants": ["qcc", "seeds"], "bytes": ["qcc", "file"], "store": ["seeds", "folder"]}.items():
    command = commands.add_parser(name)
    for argument in arguments:
        command.add_argument(argument)
    command.add_argument("--threads", type=int, default=2)
    if name != "bytes":
        command.add_argument("--count", type=int, default=100000 if name == "mutants" else 100)
        command.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()
seeds = sorted(glob.glob(os.path.join(arguments.seeds, "*.tflite"))) if "seeds" in arguments else []
if arguments.command == "store":
    os.makedirs(arguments.folder, exist_ok=True)
    made = (mutant(seeds, arguments.seed, index) for index in range(10 * arguments.count))
    for index, file in zip(range(arguments.count), (file for file in made if file is not None)):
        with open(os.path.join(arguments.folder, f"{index:03}.tflite"), "wb") as target:
            target.write(file)
elif arguments.command == "bytes":
    sys.exit(bool(campaign(arguments.qcc, damaged(arguments.file), arguments.threads)))
else:
    jobs = ((f"mutant-{arguments.seed}-{index}", lambda index=index: mutant(seeds, arguments.seed, index))
            for index in range(arguments.count))
    sys.exit(bool(campaign(arguments.qcc, jobs, arguments.threads)))
