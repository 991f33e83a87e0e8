#!/usr/bin/env python3
"""What `qcc tune` makes of the reference networks at 4 bits, 8 at their input, beside rounding alone. Prints a table, with the commands.

The Fashion-MNIST twins learn from 10,000 training images, epochs are chosen on 4,000 others, the 10,000 test images judge; DS-CNN learns
from the 200 unlabelled keywords, an eighth held out, and the 400 test inputs judge. Arguments: qcc, the folder of models, networks.
Needs numpy and Debian's dataset-fashion-mnist; run by `make check-tune`."""
import json, sys, tempfile

import numpy as np

from fashion_networks import images, run

QCC, MODELS = sys.argv[1], sys.argv[2]
FASHION = ["--epochs", "8", "--augment", "mirror,shift:2x2"]
WORDS = ["--epochs", "100", "--patience", "100", "--batch", "100", "--rate", "0.002", "--augment", "shift:4x0,mix"]
# By name: the float network, its inputs, which of them are learned from, options.
NETWORKS = {
    "resnet8": ("resnet8_fashion", "fashion", FASHION),
    "mobilenet": ("mobilenet_fashion", "fashion", FASHION),
    "dscnn": ("dscnn_kws", "kws", WORDS),
}


def fashion(folder):
    """Training images that neither calibrate nor validate elsewhere, in an order of their own."""
    x, _ = images("train")
    seen = {image.tobytes() for name in ("calibration", "validation") for image in np.load(f"{MODELS}/labelled/fashion_{name}_x.npy")}
    x = x[[image.tobytes() not in seen for image in x]]
    order = np.random.default_rng(1).permutation(len(x))
    test, labels = images("t10k")
    for name, array in (("data", x[order[:10_000]]), ("validation", x[order[10_000:14_000]]), ("test", test), ("labels", labels)):
        np.save(f"{folder}/{name}.npy", array)


def main():
    for name in sys.argv[3:] or NETWORKS:
        model, inputs, options = NETWORKS[name]
        with tempfile.TemporaryDirectory() as folder:
            teacher, q = f"{MODELS}/float/{model}.h5", f"{folder}/q.onnx"
            labelled = f"{MODELS}/labelled/{inputs}"
            run(QCC, "quantize", teacher, "--calibration", f"{labelled}_calibration_x.npy", "--weights", "4", "--maps", "4",
                "--input-maps", "8", "-o", q)
            if inputs == "fashion":
                fashion(folder)
                files = ["--data", f"{folder}/data.npy", "--validation", f"{folder}/validation.npy", "--test", f"{folder}/test.npy",
                         "--test-labels", f"{folder}/labels.npy"]
            else:
                files = ["--data", f"{labelled}_calibration_x.npy", "--test", f"{labelled}_test_x.npy", "--test-labels",
                         f"{labelled}_test_y.npy"]
            report = json.loads(run(QCC, "tune", q, "--teacher", teacher, *files, *options, "--format", "json", "-o", f"{folder}/t.onnx"))
            before, after = report["test"]["before"], report["test"]["after"]
            print(f"{name}: accuracy {100 * before['floatMetric']:.2f} % float, {100 * before['metric']:.2f} % quantized, "
                  f"{100 * after['metric']:.2f} % tuned (drop {100 * after['drop']:.2f}, 95 %: {100 * after['dropInterval'][0]:.2f} to "
                  f"{100 * after['dropInterval'][1]:.2f}); agreement {100 * before['agreement']:.2f}, {100 * after['agreement']:.2f} %; "
                  f"loss {before['loss']:.5f}, {after['loss']:.5f}; {report['seconds']:.0f} s", flush=True)
            print("  qcc tune q.onnx " + " ".join(options), flush=True)


main()
