#!/usr/bin/env python3
"""Random networks through TensorFlow's converter, run by the interpreter's reference kernels and by qcc: every output code is compared.

    tflite-differential.py make FOLDER [--seed 1] [--count 500]   with TensorFlow 2.15: writes NAME.tflite
    tflite-differential.py check FOLDER QCC                       with ai-edge-litert and numpy: runs them
    tflite-differential.py golden FOLDER                          with the same: writes NAME.x.npy and NAME.y.npy
"""
import glob
import os
import subprocess
import sys
import tempfile

import numpy as np

import tflite_networks

SAMPLES = 16


# ---- Networks


def layers(tf, random):
    """Names with functions that put an operator behind a tensor."""
    keras = tf.keras.layers
    choice = lambda *options: options[random.integers(len(options))]
    activation = lambda: choice(None, "relu", tf.nn.relu6)
    padding = lambda: choice("same", "valid")
    axes = lambda: choice([1], [2], [1, 2], [3], [1, 2, 3])
    weights = lambda: dict(
        kernel_initializer=tf.random_normal_initializer(stddev=0.3, seed=int(random.integers(1 << 30))),
        bias_initializer=tf.random_normal_initializer(stddev=0.5, seed=int(random.integers(1 << 30))),
        use_bias=bool(random.integers(4)))

    def conv(x):
        dilated = random.integers(4) == 0
        return keras.Conv2D(
            int(random.integers(1, 12)), (int(random.integers(1, 4)), int(random.integers(1, 4))),
            strides=1 if dilated else int(random.integers(1, 3)), dilation_rate=2 if dilated else 1, padding=padding(),
            activation=activation(), **weights())(x)

    def depthwise(x):
        arguments = weights()
        arguments["depthwise_initializer"] = arguments.pop("kernel_initializer")
        return keras.DepthwiseConv2D(
            int(random.integers(1, 4)), strides=int(random.integers(1, 3)), padding=padding(),
            depth_multiplier=int(random.integers(1, 3)), activation=activation(), **arguments)(x)

    def dense(x):
        return keras.Dense(int(random.integers(1, 20)), activation=activation(), **weights())(keras.Flatten()(x))

    def wide_dense(x):
        return keras.Dense(int(random.integers(1, 8)), activation=activation(), **weights())(x)

    def pool(kind):
        return lambda x: kind(
            (int(random.integers(1, 4)), int(random.integers(1, 4))), strides=int(random.integers(1, 3)), padding=padding())(x)

    def add(x):
        y = keras.Conv2D(x.shape[-1], 1, **weights())(x)
        z = choice(x, keras.Conv2D(x.shape[-1], 1, **weights())(x))
        sum = choice(lambda: z + y, lambda: z - y)()
        return choice(lambda: sum, lambda: tf.nn.relu(sum), lambda: tf.nn.relu6(sum))()

    def constant(x):
        """Numbers that spread over a map: one, one per channel, or rows and columns that vary too."""
        shape = choice([], [x.shape[-1]], list(x.shape[1:]), [x.shape[1], 1, 1], [1, x.shape[2], 1])
        return random.normal(0, 2, shape).astype(np.float32)

    def other(x):
        """A map that spreads over another one."""
        y = keras.Conv2D(x.shape[-1], 1, **weights())(x)
        return choice(lambda: y, lambda: y, lambda: tf.reduce_mean(y, [1, 2], keepdims=True), lambda: y[:, :1],
                      lambda: y[..., :1])()

    def add_constant(x):
        return choice(lambda: x + constant(x), lambda: x - constant(x), lambda: constant(x) - x)()

    def spread(x):
        y = other(x)
        return choice(lambda: x + y, lambda: y - x, lambda: tf.nn.relu(y + x))()

    def multiply(x):
        y = choice(lambda: other(x), lambda: constant(x), lambda: x)()
        return choice(lambda: x * y, lambda: y * x, lambda: tf.nn.relu(x * y), lambda: tf.nn.relu6(y * x))()

    def gate(x):
        return choice(lambda: x * tf.sigmoid(other(x)), lambda: tf.sigmoid(x) * tf.tanh(other(x)))()

    def extremum(x):
        y = choice(other, constant)(x)
        return choice(tf.maximum, tf.minimum)(x, y)

    def prelu(x):
        shared = choice([1, 2], [1, 2], [1, 2, 3])
        return keras.PReLU(alpha_initializer=tf.random_normal_initializer(0.2, 0.4, int(random.integers(1 << 30))),
                           shared_axes=shared)(x)

    def bilinear(x):
        centered, aligned = choice((False, False), (True, False), (False, True))
        size = choice(
            lambda: [int(n) for n in random.integers(2, 15, 2)], lambda: [2 * int(n) - aligned for n in x.shape[1:3]],
            lambda: [4 * int(n) for n in x.shape[1:3]])()
        return tf.compat.v1.image.resize_bilinear(x, size, align_corners=aligned, half_pixel_centers=centered)

    def shapes(x):
        """Shapes that are known when the network runs."""
        return choice(lambda: tf.reshape(x, [tf.shape(x)[0], -1]),
                      lambda: tf.reshape(x, [tf.shape(x)[0], x.shape[1] * x.shape[2], x.shape[3]]),
                      lambda: tf.reshape(x, tf.concat([tf.shape(x)[:1], [x.shape[1], -1]], 0)))()

    def concatenate(x):
        return tf.concat([x, keras.Conv2D(3, 1, **weights())(x)], -1)

    def blocks(x):
        """Pixels to channels and back."""
        size = [n for n in (2, 3) if x.shape[1] % n == 0 and x.shape[2] % n == 0]
        wider = keras.Conv2D(4 * x.shape[-1], 1, **weights())
        return choice(lambda: tf.nn.space_to_depth(x, size[0]) if size else x[:, 1:], lambda: tf.nn.depth_to_space(wider(x), 2))()

    def gather(x):
        axis = int(random.integers(1, 4))
        return tf.gather(x, [int(n) for n in random.integers(0, x.shape[axis], random.integers(1, 6))], axis=axis)

    def pad(x):
        sides = [[0, 0], *random.integers(0, 3, (2, 2)).tolist(), [0, 0]]
        return choice(lambda: tf.pad(x, sides), lambda: tf.pad(x, sides, "SYMMETRIC"))()

    def slice(x):
        return choice(
            lambda: x[:, ::2, 1:, :], lambda: x[:, ::-1, :, 1:] if x.shape[-1] > 1 else x[:, ::-1],
            lambda: tf.slice(x, [0, 1, 0, 0], [-1, x.shape[1] - 1, -1, -1]), lambda: tf.split(x, 2, 1)[1]
            if x.shape[1] % 2 == 0 else x[:, 1:], lambda: tf.split(x, [1, x.shape[2] - 1], 2)[1],
            lambda: tf.stack(tf.unstack(x, axis=2)[::-1], 1))()

    return {
        "conv": conv, "depthwise": depthwise, "dense": dense, "wide_dense": wide_dense,
        "average": pool(keras.AveragePooling2D), "most": pool(keras.MaxPooling2D), "add": add,
        "concatenate": concatenate, "pad": pad, "slice": slice, "blocks": blocks, "gather": gather,
        "relu": lambda x: choice(tf.nn.relu, tf.nn.relu6)(x),
        "leaky": lambda x: tf.nn.leaky_relu(x, float(random.uniform(0.01, 0.9))),
        "sigmoid": lambda x: choice(tf.sigmoid, tf.tanh)(x),
        "hard_swish": lambda x: x * tf.nn.relu6(x + 3) * (1 / 6),
        "transpose": lambda x: tf.transpose(x, [0, 2, 1, 3]),
        "resize": lambda x: tf.compat.v1.image.resize_nearest_neighbor(
            x, [int(n) for n in random.integers(3, 12, 2)], half_pixel_centers=bool(random.integers(2))),
        "reshape": lambda x: tf.reshape(x, [-1, x.shape[2], x.shape[1] * x.shape[3]]),
        "mean": lambda x: tf.reduce_mean(x, axes(), keepdims=True),
        "largest": lambda x: tf.reduce_max(x, axes(), keepdims=True),
        "absolute": tf.abs,
        "add_constant": add_constant, "spread": spread, "multiply": multiply, "gate": gate, "extremum": extremum, "prelu": prelu,
        "bilinear": bilinear, "shapes": shapes,
        "softmax": lambda x: keras.Softmax()(keras.Dense(int(random.integers(2, 30)), **weights())(keras.Flatten()(x))),
    }


LAST = {"dense", "softmax", "reshape", "shapes"}
# Those whose kernels of int16 are the arithmetic that docs/tflite.md tells.
WIDE = {
    "conv", "depthwise", "dense", "wide_dense", "most", "average", "mean", "slice", "concatenate", "reshape", "transpose", "shapes",
    "add", "add_constant", "spread", "multiply", "extremum", "relu", "bilinear", "resize", "pad", "gather", "largest"}


def network(tf, names, random):
    """The file's bytes."""
    made = layers(tf, random)
    # Without a batch the file computes shapes.
    batch = None if "shapes" in names or random.integers(4) == 0 else 1
    x = tf.keras.Input([int(n) for n in random.integers(4, 10, 2)] + [int(random.integers(1, 6))], batch_size=batch)
    y = x
    for name in names:
        y = made[name](y)
    spread = float(np.exp(random.uniform(-2, 3)))
    center = float(random.uniform(-1, 1)) * spread
    converter = tf.lite.TFLiteConverter.from_keras_model(tf.keras.Model(x, y))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: (
        [random.normal(center, spread, (1, *x.shape[1:])).astype(np.float32)] for _ in range(8))
    ops = tf.lite.OpsSet
    isWide = WIDE.issuperset(names) and random.integers(3) == 0
    # ABS has no kernel of uint8.
    isUnsigned = not isWide and "absolute" not in names and random.integers(4) == 0
    converter.target_spec.supported_ops = [
        ops.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8 if isWide else ops.TFLITE_BUILTINS_INT8]
    types = [tf.int16, tf.int16, tf.float32] if isWide else [tf.int8, tf.int8, tf.uint8, tf.float32]
    converter.inference_input_type = converter.inference_output_type = types[random.integers(len(types))]
    if isWide and "depthwise" not in names and random.integers(3) == 0:
        converter._experimental_full_integer_quantization_bias_type = tf.int32
    if isUnsigned or random.integers(4) == 0:
        converter._experimental_disable_per_channel = True
    converted = changed(converter.convert(), as_older)
    if isUnsigned:
        return changed(converted, lambda *model: without_signs(random, *model))
    return changed(converted, in_four_bits) if not isWide and random.integers(6) == 0 else converted


def trained_in_uint8(tf, random):
    """The file's bytes, all of it uint8: a network with fake quantization, which the older converter takes."""
    v1 = tf.compat.v1
    choice = lambda *options: options[random.integers(len(options))]
    graph = tf.Graph()
    with graph.as_default(), v1.Session() as session:
        def quantized(y, low=None, high=None):
            low = -float(random.uniform(0.3, 4)) if low is None else low
            high = float(random.uniform(0.3, 4)) if high is None else high
            return tf.quantization.fake_quant_with_min_max_args(y, low, high)

        def weights(*shape):
            return quantized(tf.constant(random.normal(0, 0.4, shape).astype(np.float32)), -1.0, float(random.uniform(0.5, 1)))

        def conv(y):
            size = [int(n) for n in random.integers(1, 4, 2)]
            y = tf.nn.conv2d(y, weights(*size, y.shape[-1], int(random.integers(1, 9))), int(random.integers(1, 3)), "SAME")
            return choice(lambda: quantized(tf.nn.relu(y), 0.0), lambda: quantized(tf.nn.relu6(y), 0.0, 6.0), lambda: quantized(y))()

        def depthwise(y):
            kernel = weights(3, 3, y.shape[-1], int(random.integers(1, 3)))
            return quantized(tf.nn.depthwise_conv2d(y, kernel, (1, 1, 1, 1), "SAME"))

        def resize(y):
            size, centered = [2 * int(n) for n in y.shape[1:3]], bool(random.integers(2))
            return quantized(v1.image.resize_bilinear(y, size, half_pixel_centers=centered))

        functions = [
            conv, conv, depthwise, resize, lambda y: quantized(y + conv_of(y)), lambda y: quantized(y * conv_of(y)),
            lambda y: quantized(tf.nn.avg_pool2d(y, 2, 1, "SAME")), lambda y: tf.nn.max_pool2d(y, 2, 2, "SAME"),
            lambda y: quantized(tf.sigmoid(y), 0.0, 1.0), lambda y: quantized(tf.reduce_mean(y, [1, 2], keepdims=True)),
            lambda y: tf.pad(y, [[0, 0], [1, 1], [0, 2], [0, 0]]), lambda y: quantized(tf.nn.leaky_relu(y, 0.2))]
        conv_of = lambda y: quantized(tf.nn.conv2d(y, weights(1, 1, y.shape[-1], y.shape[-1]), 1, "SAME"))
        x = v1.placeholder(tf.float32, [1, *(int(n) for n in random.integers(4, 10, 2)), int(random.integers(1, 6))], name="x")
        y = quantized(x, -1.0, 1.5)
        for _ in range(random.integers(1, 5)):
            y = choice(*functions)(y)
        if random.integers(3) == 0:
            y = quantized(tf.reshape(y, [1, -1]) @ weights(int(np.prod(y.shape)), int(random.integers(2, 9))))
            y = choice(lambda: y, lambda: quantized(tf.nn.softmax(y), 0.0, 1.0))()
        converter = v1.lite.TFLiteConverter.from_session(session, [x], [tf.identity(y, "y")])
        converter.inference_type = converter.inference_input_type = converter.inference_output_type = tf.uint8
        converter.quantized_input_stats = {"x": (102, 102)}
        return converter.convert()


def changed(file, change):
    """A file whose model was changed by a function of the schema, the model and its network."""
    import flatbuffers
    from tensorflow.lite.python import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file, 0))
    if not is_quantized(schema, model, model.subgraphs[0]):
        raise ValueError("the converter quantizes nothing")
    change(schema, model, model.subgraphs[0])
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def kind(schema, model, op):
    code = model.operatorCodes[op.opcodeIndex]
    return max(code.builtinCode, code.deprecatedBuiltinCode)


def layers_of(schema):
    """The kinds whose second input are weights."""
    names = schema.BuiltinOperator
    return {names.CONV_2D, names.DEPTHWISE_CONV_2D, names.FULLY_CONNECTED}


def is_quantized(schema, model, graph):
    return any(tensor.type in (schema.TensorType.INT8, schema.TensorType.INT16) for tensor in graph.tensors)


def as_older(schema, model, graph):
    """With the version of DEPTH_TO_SPACE that the reference kernels are registered for; what it does is the same."""
    for code in model.operatorCodes:
        if code.builtinCode == schema.BuiltinOperator.DEPTH_TO_SPACE:
            code.version = 1


def without_signs(random, schema, model, graph):
    """The same in uint8, as older converters wrote it: codes are 128 more, those of weights about as many."""
    maps = {index for op in graph.operators for index in op.outputs} | set(graph.inputs)
    weights = {op.inputs[1] for op in graph.operators if kind(schema, model, op) in layers_of(schema)}
    moved = {}
    for index, tensor in enumerate(graph.tensors):
        if tensor.type != schema.TensorType.INT8:
            continue
        by = moved.setdefault(tensor.buffer, 128 + int(random.integers(-3, 4))) if index in weights else 128
        tensor.type = schema.TensorType.UINT8
        tensor.quantization.zeroPoint = np.clip(np.asarray(tensor.quantization.zeroPoint) + by, 0, 255)
        data = model.buffers[tensor.buffer].data
        if data is not None and len(data) and index not in maps:
            codes = np.asarray(data, np.uint8).view(np.int8).astype(np.int64) + by
            model.buffers[tensor.buffer].data = np.clip(codes, 0, 255).astype(np.uint8)


def in_four_bits(schema, model, graph):
    """The same with weights of int4, two to a byte, which the converter does not make."""
    for op in graph.operators:
        tensor = graph.tensors[op.inputs[1]] if len(op.inputs) > 1 else None
        if kind(schema, model, op) not in layers_of(schema) or tensor.type != schema.TensorType.INT8:
            continue
        codes = np.asarray(model.buffers[tensor.buffer].data, np.uint8).view(np.int8)
        codes = np.round(codes / 127 * 7).astype(np.int8) & 15
        codes = np.append(codes, np.zeros(len(codes) % 2, np.int8))
        model.buffers[tensor.buffer].data = (codes[::2] | codes[1::2] << 4).astype(np.uint8)
        tensor.type = schema.TensorType.INT4
        tensor.quantization.scale = np.asarray(tensor.quantization.scale) * np.float32(127 / 7)
        if len(op.inputs) > 2 and op.inputs[2] >= 0:
            # A bias counts products of codes.
            bias = graph.tensors[op.inputs[2]]
            numbers = np.asarray(model.buffers[bias.buffer].data, np.uint8).view(np.int32)
            model.buffers[bias.buffer].data = np.round(numbers / 127 * 7).astype(np.int32).view(np.uint8)
            bias.quantization.scale = np.asarray(bias.quantization.scale) * np.float32(127 / 7)


def make(folder, seed, count):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    os.makedirs(folder, exist_ok=True)
    every = sorted(layers(tf, np.random.default_rng(0)))
    for index in range(count):
        random = np.random.default_rng([seed, index])
        if index % 2 == 0:
            names = [every[index // 2 % len(every)]]
        else:
            names = [every[n] for n in random.integers(0, len(every), random.integers(2, 5))]
            names = [n for i, n in enumerate(names) if n not in LAST or i == len(names) - 1]
        if index % 20 == 19:
            names = ["trained"]
        try:
            bytes = trained_in_uint8(tf, random) if names == ["trained"] else network(tf, names, random)
        except Exception as problem:  # Windows larger than what is left of a map, and the like.
            print(f"{index} {'+'.join(names)}: not made: {str(problem).splitlines()[0][:80]}")
            continue
        with open(os.path.join(folder, f"{index:04}_{'_'.join(names)}.tflite"), "wb") as file:
            file.write(bytes)


# ---- What it computes


def reference(path):
    """The input's name, inputs, and what the reference kernels make of them."""
    return tflite_networks.reference(path, SAMPLES, deviation=3, with_ends=True)


def check(folder, qcc):
    failed = exact = refused = unknown = 0
    with tempfile.TemporaryDirectory() as place:
        for path in tflite_networks.files(folder):
            name = os.path.basename(path)
            try:
                _, x, y = reference(path)
            except (RuntimeError, ValueError) as problem:  # What the converter writes and no kernel takes.
                unknown += 1
                print(f"{name}: refused by the interpreter: {str(problem).splitlines()[0][:120]}")
                continue
            np.save(f"{place}/x.npy", x)
            run = subprocess.run(
                [qcc, "simulate", path, "--tflite-rounding", "double", "--inputs", f"{place}/x.npy", "-o", f"{place}/y.npy"],
                capture_output=True, text=True)
            if run.returncode == 1 and run.stderr.startswith("error:"):
                refused += 1
                print(f"{name}: refused: {run.stderr.splitlines()[0][:200]}")
                continue
            if run.returncode:
                failed += 1
                print(f"{name}: exit code {run.returncode}: {run.stderr[:200]}")
                continue
            found = np.load(f"{place}/y.npy" if y.dtype == np.float32 else f"{place}/y_codes.npy")
            # Values are the same numbers in double precision.
            found = found.astype(np.float32) if y.dtype == np.float32 else found
            differ = int((found.reshape(y.shape) != y).sum())
            failed += differ > 0
            exact += differ == 0
            if differ:
                print(f"{name}: {differ} of {y.size} codes differ")
    print(f"{exact} networks exact, {failed} not, {refused} refused, {unknown} that the interpreter does not run")
    return failed


tflite_networks.run_command(
    __doc__, 500, make, check, golden=lambda folder: tflite_networks.golden(folder, reference, rows=4))
