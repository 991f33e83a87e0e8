#!/usr/bin/env python3
"""Trains a quantized network in QKeras: a trainer for `qcc tune --trainer`, and one to begin your own with.

    qcc tune q.onnx --teacher model.h5 --data x.npy -o tuned.onnx \\
      --trainer "python3 trainers/qkeras_finetune.py {in} {out} {epochs} --data x.npy --teacher model.h5"

IN is a QKeras file as `qcc` writes it, OUT the same network with other weights. It learns from labels, from a float network that is
its teacher, or from both, half of each. A part of the data is held out: the best epoch on it is kept.
Needs TensorFlow 2.15 (or an older one, or tf-keras) and QKeras 0.9.0; the same seed comes to the same network on one processor.
"""

import argparse
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import numpy as np
import tensorflow as tf
from tensorflow import keras

import qcc_quantizers


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("epochs", type=int)
    parser.add_argument("--data", required=True, help="inputs, .npy, samples first")
    parser.add_argument("--labels", help="a class for each, .npy")
    parser.add_argument("--teacher", help="the float network, .h5")
    parser.add_argument("--loss", choices=("classes", "squares"), default="classes", help="squares: the results are a reconstruction")
    parser.add_argument("--held-out", type=float, default=0.125, help="part of the data that chooses between epochs")
    parser.add_argument("--rate", type=float, default=0.001,
                        help="how far a weight moves in a step at first, of the largest of its layer; falls as a cosine to 0")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--patience", type=int, default=5, help="epochs without a better network before training ends")
    parser.add_argument("--log", help="losses by epoch, .csv")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not options.labels and not options.teacher:
        parser.error("there is nothing to learn from: give --labels, --teacher or both")
    if options.loss == "squares" and not options.teacher:
        parser.error("--loss squares learns from a --teacher")
    return options


def load(path):
    return keras.models.load_model(path, custom_objects=qcc_quantizers.objects(), compile=False)


class RelativeAdam(keras.optimizers.legacy.Adam):
    """Adam whose rate is a part of a variable's largest number. What a quantizer with a scale reads may be in any unit: that of a wide
    bias is tiny, and steps of one size for all would be leaps."""

    def __init__(self, rate, variables=(), **words):
        super().__init__(rate, **words)
        self.parts = {v.ref(): float(np.abs(v.numpy()).max()) for v in variables}

    def _resource_apply_dense(self, gradient, variable, apply_state=None):
        before = tf.identity(variable)
        with tf.control_dependencies([before]):
            step = super()._resource_apply_dense(gradient, variable, apply_state)
        with tf.control_dependencies([step]):
            return variable.assign(before + self.parts[variable.ref()] * (variable - before))


def ends_in_softmax(model):
    layer = model.layers[-1]
    return "softmax" in (type(layer).__name__.lower(), getattr(getattr(layer, "activation", None), "__name__", ""))


def wanted(options, x, classes):
    """What results should be: by sample a part of 1 for each class, or numbers."""
    parts = []
    if options.teacher:
        teacher = load(options.teacher)
        results = teacher.predict(x, verbose=0)
        parts.append(results if options.loss == "squares" or ends_in_softmax(teacher) else tf.nn.softmax(results).numpy())
    if options.labels:
        labels = np.load(options.labels).reshape(-1).astype(np.int64)
        if len(labels) != len(x):
            sys.exit(f"{options.labels} has {len(labels)} labels, {options.data} has {len(x)} samples")
        parts.append(np.eye(classes, dtype=np.float32)[labels])
    return np.mean(parts, axis=0)


def main():
    options = arguments()
    keras.utils.set_random_seed(options.seed)
    tf.config.experimental.enable_op_determinism()
    model = load(options.input)
    for layer in model.layers:
        # What is left of batch normalization are factors of channels, which no statistics of batches may replace.
        if "BatchNormalization" in type(layer).__name__:
            layer.trainable = False
    x = np.load(options.data).astype(np.float32)
    y = wanted(options, x, model.output_shape[-1])
    held = max(1, int(len(x) * options.held_out))
    steps = options.epochs * -(-(len(x) - held) // options.batch)
    if options.loss == "squares":
        loss = keras.losses.MeanSquaredError()
    else:
        loss = keras.losses.CategoricalCrossentropy(from_logits=not ends_in_softmax(model))
    rate = keras.optimizers.schedules.CosineDecay(options.rate, max(steps, 1))
    model.compile(RelativeAdam(rate, model.trainable_variables, epsilon=1e-12), loss)
    callbacks = [
        keras.callbacks.EarlyStopping("val_loss", patience=options.patience),
        keras.callbacks.ModelCheckpoint(options.output, "val_loss", save_best_only=True, save_format="h5",
                                        initial_value_threshold=model.evaluate(x[-held:], y[-held:], verbose=0)),
    ]
    if options.log:
        callbacks.append(keras.callbacks.CSVLogger(options.log))
    # Where no epoch is better, this is what there is.
    model.save(options.output, include_optimizer=False, save_format="h5")
    model.fit(x[:-held], y[:-held], batch_size=options.batch, epochs=options.epochs, validation_data=(x[-held:], y[-held:]),
              callbacks=callbacks, verbose=2)


if __name__ == "__main__":
    main()
