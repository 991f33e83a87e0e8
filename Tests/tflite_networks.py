"""What the checks of random TensorFlow Lite networks share: what the interpreter's reference kernels make of a network, and
the commands."""
import argparse
import glob
import os
import sys

import numpy as np


def reference(path, samples, deviation, with_ends=False):
    """The input's name, drawn inputs, and what the reference kernels make of them one after another, as the file's own types have it.
    With ends, the first two inputs of integers are all the least and all the largest."""
    from ai_edge_litert import interpreter as litert

    it = litert.Interpreter(
        model_path=path, num_threads=1, experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF)
    it.allocate_tensors()
    source, result = it.get_input_details()[0], it.get_output_details()[0]
    random = np.random.default_rng(7)
    shape = (samples, *source["shape"][1:])
    if source["dtype"] == np.float32:
        x = random.normal(0, deviation, shape).astype(np.float32)
    else:
        limits = np.iinfo(source["dtype"])
        x = random.integers(limits.min, limits.max + 1, shape).astype(source["dtype"])
        if with_ends:
            x[0], x[1] = limits.min, limits.max
    y = []
    for sample in x:
        it.set_tensor(source["index"], sample[None])
        it.invoke()
        y.append(it.get_tensor(result["index"])[0].copy())
    return source["name"], x, np.stack(y)


def files(folder):
    return sorted(glob.glob(os.path.join(folder, "*.tflite")))


def golden(folder, reference, rows=None):
    """Writes the inputs and outputs of a folder's networks beside them."""
    for path in files(folder):
        _, x, y = reference(path)
        np.save(path[:-7] + ".x.npy", x[:rows])
        np.save(path[:-7] + ".y.npy", y[:rows])


def run_command(description, count, make, check, golden):
    """make FOLDER [--seed] [--count], check FOLDER QCC or golden FOLDER."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ["make", "check", "golden"]:
        command = commands.add_parser(name)
        command.add_argument("folder")
        if name == "make":
            command.add_argument("--seed", type=int, default=1)
            command.add_argument("--count", type=int, default=count)
        if name == "check":
            command.add_argument("qcc")
    arguments = parser.parse_args()
    if arguments.command == "make":
        make(arguments.folder, arguments.seed, arguments.count)
    elif arguments.command == "check":
        sys.exit(bool(check(arguments.folder, arguments.qcc)))
    else:
        golden(arguments.folder)
