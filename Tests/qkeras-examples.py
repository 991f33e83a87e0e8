#!/usr/bin/env python3
"""QKeras' own example networks, as they are before training: compiled, verified, and compared with QKeras layer by layer.

usage: Tests/qkeras-examples.py QCC EXAMPLES        (or make check-qkeras-examples EXAMPLES=…)

EXAMPLES is the folder `examples` of QKeras 0.9.0's repository (github.com/google/qkeras at v0.9.0; its packages do not have it).
Each script there runs up to where it would train, with zeros in place of its data set; the networks that it built are saved as H5.
Environment as in testdata/golden.py, and tensorflow-model-optimization 0.8.0 for the one that prunes. Fails where a network is
neither exact nor refused as REFUSED says.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "testdata"))

# By script: words of the message, or of what the script itself says.
REFUSED = {
    # model_quantize of QKeras 0.9.0 looks for its layers where Keras 2.13 and later do not.
    "example_keras_to_qkeras": "Could not locate class 'QConv2D'",
    # Its quantizer has a threshold and a scale, which QKeras 0.9.0 asserts it has not.
    "example_mnist_bn": "AssertionError",
    # QKeras 0.9.0 has no such option.
    "example_qoctave": "'Keyword argument not understood:', 'depthwise_activation'",
}
# They show functions, and build no network.
WITHOUT_NETWORK = {"example_act", "example_b2t", "example_ternary"}


class Built(Exception):
    """The script would train now."""


def build(script, folder):
    """Runs a script and saves the quantized networks that it built, each with a golden file."""
    import runpy

    from golden import keras, load, np, tf, write
    from tensorflow.python.ops import array_ops

    found = {}

    def note(model, *_, **__):
        if any(type(layer).__name__.startswith("Q") for layer in model._flatten_layers(include_self=False)):
            found.setdefault(model.name, model)

    def train(model, *_, **__):
        note(model)
        raise Built

    def data(*shape):
        return lambda: ((np.zeros((8, *shape), np.uint8), np.zeros((8, 1), np.uint8)),) * 2

    tf.keras.datasets.mnist.load_data = data(28, 28)
    tf.keras.datasets.cifar10.load_data = data(32, 32, 3)
    # QConv2DTranspose calls it where it stood until TensorFlow 2.14.
    array_ops.stack = tf.stack
    # Options of optimizers changed since; nothing is optimized.
    keras.optimizers.Optimizer._process_kwargs = lambda *_: None
    Model = keras.Model
    Model.compile = Model.summary = note
    Model.fit = Model.predict = Model.evaluate = train
    sys.argv = [script]
    keras.utils.set_random_seed(7)
    stopped = None
    try:
        runpy.run_path(script, run_name="__main__")
    except (Built, SystemExit):
        pass
    except Exception as error:  # of a library that changed since the script was written
        stopped = " ".join(f"{type(error).__name__}: {error}".split())
    r = np.random.default_rng(11)
    wrapper = sys.modules.get("tensorflow_model_optimization.python.core.sparsity.keras.pruning_wrapper")
    if wrapper:
        keras.utils.get_custom_objects()["PruneLowMagnitude"] = wrapper.PruneLowMagnitude
    for name, model in found.items():
        path = os.path.join(folder, f"{name}.h5")
        keras.models.save_model(model, path, include_optimizer=False, save_format="h5")
        draw = {i.name: r.uniform(0, 1, (2, *i.shape[1:])).astype(np.float32) for i in model.inputs}
        write(os.path.join(folder, f"{name}.golden.h5"), draw if len(draw) > 1 else next(iter(draw.values())), load(path))
    if stopped and not found:
        print(stopped, file=sys.stderr)


def check(qcc, script):
    """Lines of the table: a network, what qcc says, and whether that is right."""
    from qcc_verify import verify

    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, __file__, "--build", script, folder], capture_output=True, text=True)
        networks = sorted(path for path in pathlib.Path(folder).glob("*.h5") if ".golden" not in path.name)
        if not networks:
            said = (done.stderr.strip().splitlines() or ["builds no network"])[-1][:400]
            return [("-", said, script.stem in WITHOUT_NETWORK or REFUSED.get(script.stem, "\0") in said)]
        lines = []
        for path in networks:
            golden = path.with_suffix(".golden.h5")
            result, report = verify(qcc, path, *([golden] if golden.exists() else []))
            project = subprocess.run([qcc, "compile", path, "-o", f"{folder}/c"], capture_output=True, text=True)
            if result == "exact":
                numbers = report.get("golden") or {"elements": 0, "ties": 0}
                said = f"exact: {numbers['elements']:,} numbers of QKeras, {numbers['ties']:,} ties"
                is_right = golden.exists() and project.returncode == 0
            else:
                said = f"{result}: {str(report)[:500]}"
                is_right = result == "refused" and REFUSED.get(script.stem, "\0") in report
            lines.append((path.stem, said, is_right))
        return lines


def main():
    if sys.argv[1] == "--build":
        return build(*sys.argv[2:])
    qcc, examples = sys.argv[1:]
    wrong = 0
    for script in sorted(pathlib.Path(examples).glob("example_*.py")):
        for name, said, is_right in check(qcc, script):
            wrong += not is_right
            print(f"{script.stem:26} {name:18} {said}{'' if is_right else '   <-- unexpected'}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
