#!/usr/bin/env python3
"""Networks that keep what they have seen in variables, step by step: every output code of the interpreter's reference kernels and of qcc,
which has the variables as inputs and outputs, is compared.

    tflite-streaming.py make FOLDER [--seed 1] [--count 60]   with TensorFlow 2.15: writes NAME.tflite
    tflite-streaming.py check FOLDER QCC                      with ai-edge-litert and numpy: runs them
    tflite-streaming.py golden FOLDER                         with the same: writes NAME.x.npy and NAME.y.npy, a row a step
"""
import glob
import os
import re
import subprocess
import tempfile

import numpy as np

import tflite_networks

STEPS = 6


# ---- Networks


def module(tf, random):
    """Convolutions over time, each of which keeps the frames that its next window begins with; behind some a gate, a residual or a mean
    over the last frames."""
    channels = int(random.integers(2, 10))
    new = int(random.integers(1, 3))
    widths = [channels] + [int(n) for n in random.integers(2, 9, random.integers(1, 4))]
    kinds = [["conv", "depthwise", "mean"][n] for n in random.integers(0, 3, len(widths) - 1)]
    sizes = [int(n) for n in random.integers(2, 6, len(kinds))]

    class Network(tf.Module):
        def __init__(self):
            super().__init__()
            self.states, self.weights = [], []
            for index, (kind, size) in enumerate(zip(kinds, sizes)):
                if kind != "conv":
                    widths[index + 1] = widths[index]
                width = widths[index]
                self.states.append(tf.Variable(tf.zeros([1, size - 1, width]), trainable=False, name=f"frames_{index}"))
                shape = (size, 1, width, widths[index + 1]) if kind == "conv" else (size, 1, width, 1)
                self.weights.append(tf.constant(random.normal(0, 0.4, shape).astype(np.float32)))
            self.last = tf.constant(random.normal(0, 0.6, (widths[-1] * new, 4)).astype(np.float32))

        @tf.function(input_signature=[tf.TensorSpec([1, new, channels], tf.float32)])
        def __call__(self, x):
            for kind, state, weights in zip(kinds, self.states, self.weights):
                frames = tf.concat([state, x], 1)
                state.assign(frames[:, new:])
                if kind == "conv":
                    x = tf.nn.relu(tf.nn.conv2d(frames[:, :, None], weights, 1, "VALID")[:, :, 0])
                elif kind == "depthwise":
                    x = x + tf.nn.depthwise_conv2d(frames[:, :, None], weights, (1, 1, 1, 1), "VALID")[:, :, 0]
                else:
                    mean = tf.reduce_mean(frames, 1, keepdims=True)
                    x = x * tf.sigmoid(mean) if new == 1 else x + mean
            x = tf.reshape(x, [1, -1]) @ self.last
            return tf.nn.softmax(x) if widths[-1] % 2 else x

    return Network(), (1, new, channels)


def make(folder, seed, count):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    os.makedirs(folder, exist_ok=True)
    for index in range(count):
        random = np.random.default_rng([seed, index])
        network, shape = module(tf, random)
        converter = tf.lite.TFLiteConverter.from_concrete_functions([network.__call__.get_concrete_function()], network)
        converter.experimental_enable_resource_variables = True
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([random.normal(0, 1, shape).astype(np.float32)] for _ in range(20))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        types = [tf.int8, tf.int8, tf.float32, tf.uint8]
        converter.inference_input_type = converter.inference_output_type = types[random.integers(len(types))]
        # Variables of int8; without it they are floats, which are quantized where they are read.
        converter._experimental_variable_quantization = bool(random.integers(3))
        with open(os.path.join(folder, f"{index:04}.tflite"), "wb") as file:
            file.write(converter.convert())


# ---- What it computes


def reference(path):
    """The input's name, inputs, and what the reference kernels make of them step by step."""
    return tflite_networks.reference(path, STEPS, deviation=2)


def steps(qcc, path, name, x, place):
    """What qcc makes of them: the outputs that end in /next are the inputs behind the first."""
    def run(*arguments):
        return subprocess.run([qcc, *arguments], check=True, capture_output=True, text=True)

    states, y = None, []
    for step in x:
        np.save(f"{place}/x.npy", step[None])
        for file in glob.glob(f"{place}/y_*"):
            os.remove(file)
        if states is None:
            states = first(run("summary", path).stderr, place)
        inputs = [f"{name}={place}/x.npy"] + [f"{state}={place}/{file_name(state)}.npy" for state in states]
        run("simulate", path, *[word for input in inputs for word in ("--inputs", input)], "-o", f"{place}/y.npy")
        for state, kind in states.items():
            next = f"{place}/y_{file_name(state)}_next.npy"
            numbers = np.load(next if kind == np.float32 else next.replace(".npy", "_codes.npy"))
            np.save(f"{place}/{file_name(state)}.npy", numbers.astype(kind))
        (output,) = [file for file in glob.glob(f"{place}/y_*_codes.npy") if "_next_" not in file]
        y.append((np.load(output)[0], np.load(output.replace("_codes", ""))[0]))
    return [np.stack(rows) for rows in zip(*y)]


def file_name(state):
    return state.replace("/", "_")


def first(notes, place):
    """Writes what the states are before the first step, which the notes say; by name the type of their numbers."""
    kinds = {}
    for name, extents, code, zero in re.findall(r"'([^']*)' \[([^]]*)\], (?:code (-?\d+)|(0))", notes):
        kinds[name] = np.int8 if code else np.float32
        shape = [1] + [int(n) for n in extents.split(",")]
        np.save(f"{place}/{file_name(name)}.npy", np.full(shape, int(code or 0), kinds[name]))
    return kinds


def check(folder, qcc):
    failed = exact = 0
    for path in tflite_networks.files(folder):
        name, x, y = reference(path)
        with tempfile.TemporaryDirectory() as place:
            try:
                codes, values = steps(qcc, path, name, x, place)
            except subprocess.CalledProcessError as problem:
                failed += 1
                print(f"{os.path.basename(path)}: exit code {problem.returncode}: {problem.stderr[-300:]}")
                continue
        found = values.astype(np.float32) if y.dtype == np.float32 else codes
        differ = int((found.reshape(y.shape) != y).sum())
        failed += differ > 0
        exact += differ == 0
        if differ:
            print(f"{os.path.basename(path)}: {differ} of {y.size} codes differ")
    print(f"{exact} networks exact, {failed} not")
    return failed


tflite_networks.run_command(
    __doc__, 60, make, check, golden=lambda folder: tflite_networks.golden(folder, reference))
