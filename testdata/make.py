#!/usr/bin/env python3
"""Trains the digits networks with QKeras and writes them, their test set and their golden outputs beside this file.

Python 3.11 with: tensorflow-cpu==2.15.1 qkeras==0.9.0 "numpy<2" "pyparsing<3.2" h5py scikit-learn
Run it without arguments for all, or with the names of the networks wanted. It takes a few minutes on two cores.

  digits_conv           quantized_bits(alpha=1) weights of 4 to 8 bits, folded and unfolded batch normalization
  digits_conv_auto      the same with alpha="auto" weights
  digits_conv_auto_po2  the same with alpha="auto_po2" weights
  digits_conv_affine    trained in float, batch normalization folded, then quantized: alpha="auto" weights, and feature
                        maps with scale and zero point (class qcc>quantized_bits_featuremap) from the training set
  digits_dense          64-32-24-10 with batch normalization, 2- to 8-bit weights

digits_x.npy, float32 (450, 8, 8, 1) in 0...1, and digits_labels.npy, int64 (450,), are the test set: a quarter of the
digits of scikit-learn. Golden files hold the first 8 of it.
"""
import sys

import numpy as np
from golden import HERE, keras, load, os, quantized_bits_featuremap, tf, write
from qkeras import QActivation, QConv2D, QConv2DBatchnorm, QDense, QDepthwiseConv2D, quantized_bits, quantized_relu
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

L = keras.layers


def digits():
    """(training inputs, test inputs, training labels, test labels)."""
    d = load_digits()
    x = (d.images[..., None] / 16.0).astype(np.float32)
    return train_test_split(x, d.target.astype(np.int64), test_size=450, random_state=1, stratify=d.target)


def conv(name, alpha):
    """Stem, a depthwise separable residual block, pooling, a strided convolution, classifier."""

    def weights(bits):
        return quantized_bits(bits, 0, 1, alpha=alpha)

    def bias(integer=3):
        return quantized_bits(16, integer, 1, alpha=1)

    def relu(bits, name):
        return QActivation(quantized_relu(bits, 2), name=name)

    i = keras.Input((8, 8, 1), name="input")
    x = QActivation(quantized_bits(8, 0, 1, alpha=1), name="quantized_input")(i)
    x = QConv2DBatchnorm(
        16, 3, padding="same", kernel_quantizer=weights(8), bias_quantizer=bias(), ema_freeze_delay=600, name="stem"
    )(x)
    x = s = relu(4, "stem_relu")(x)
    x = QDepthwiseConv2D(3, padding="same", depthwise_quantizer=weights(4), bias_quantizer=bias(), name="depthwise")(x)
    x = relu(8, "depthwise_relu")(L.BatchNormalization(name="depthwise_bn")(x))
    x = QConv2D(16, 1, use_bias=False, kernel_quantizer=weights(4), name="pointwise")(x)
    x = L.BatchNormalization(name="pointwise_bn")(x)
    x = QActivation(quantized_bits(6, 2, 1, alpha=1), name="pointwise_quantized")(x)
    x = relu(4, "residual_relu")(L.Add(name="residual")([x, s]))
    x = L.MaxPooling2D(2, name="pool")(x)
    x = QConv2D(
        24,
        3,
        strides=2,
        padding="same",
        kernel_quantizer=weights(6),
        bias_quantizer=bias(),
        activation=quantized_relu(8, 3),
        name="strided",
    )(x)
    x = L.AveragePooling2D(2, name="average")(x)
    x = QActivation(quantized_relu(8, 3), name="average_quantized")(x)
    x = L.Dropout(0.1, name="dropout")(L.Flatten(name="flatten")(x))
    x = QDense(10, kernel_quantizer=weights(8), bias_quantizer=bias(), name="classifier")(x)
    return keras.Model(i, L.Activation("softmax", name="softmax")(x), name=name)


def dense(name):
    i = keras.Input((8, 8, 1), name="input")
    x = L.Flatten(name="flatten")(QActivation("quantized_relu(4,0)", name="quantized_input")(i))
    for k, (units, bits, out) in enumerate([(32, 6, 4), (24, 2, 8)], 1):
        x = QDense(
            units,
            kernel_quantizer=quantized_bits(bits, 0, 1, alpha=1),
            name=f"dense{k}",
            bias_quantizer=quantized_bits(12, 3, 1, alpha=1),
        )(x)
        x = QActivation(quantized_relu(out, 2), name=f"relu{k}")(L.BatchNormalization(name=f"bn{k}")(x))
    x = QDense(
        10,
        kernel_quantizer=quantized_bits(8, 1, 1, alpha=1),
        name="classifier",
        bias_quantizer=quantized_bits(16, 3, 1, alpha=1),
    )(x)
    return keras.Model(i, L.Softmax(name="softmax")(x), name=name)


def float_conv():
    i = keras.Input((8, 8, 1), name="input")

    def step(layer, x, name, relu=True):
        x = L.BatchNormalization(name=name + "_bn")(layer(x))
        return L.ReLU(name=name + "_relu")(x) if relu else x

    x = s = step(L.Conv2D(16, 3, padding="same", name="stem"), i, "stem")
    x = step(L.DepthwiseConv2D(3, padding="same", name="depthwise"), x, "depthwise")
    x = step(L.Conv2D(16, 1, name="pointwise"), x, "pointwise", relu=False)
    x = L.ReLU(name="residual_relu")(L.Add(name="residual")([x, s]))
    x = L.MaxPooling2D(2, name="pool")(x)
    x = step(L.Conv2D(24, 3, strides=2, padding="same", name="strided"), x, "strided")
    x = L.Flatten(name="flatten")(L.AveragePooling2D(2, name="average")(x))
    return keras.Model(i, L.Softmax(name="softmax")(L.Dense(10, name="classifier")(x)))


def affine(name, net, calibration):
    """The trained float_conv with folded batch normalization, quantized after training."""
    probe = keras.Model(net.input, [l.output for l in net.layers])
    ranges = {
        l.name: (float(o.min()), float(o.max())) for l, o in zip(net.layers, probe.predict(calibration, verbose=0))
    }
    logits = keras.Model(net.input, net.get_layer("classifier").output).predict(calibration, verbose=0)
    ranges["classifier"] = (float(logits.min()), float(logits.max()))
    folded = {}

    def quantize(x, source, bits):
        lo, hi = min(ranges[source][0], 0.0), ranges[source][1]
        scale = (hi - lo) / (2**bits - 1)
        zero = int(np.clip(round(-lo / scale), 0, 2**bits - 1))
        return QActivation(quantized_bits_featuremap(bits, scale, zero), name=source + "_quantized")(x)

    def fold(layer, axis):
        w, b = layer.get_weights()
        bn = net.get_layer(layer.name + "_bn") if layer.name != "classifier" else None
        if bn is not None:
            gamma, beta, mean, variance = bn.get_weights()
            g = gamma / np.sqrt(variance + bn.epsilon)
            w, b = w * g.reshape([-1 if a == axis else 1 for a in range(w.ndim)]), (b - mean) * g + beta
        folded[layer.name] = [w, b]

    def auto(bits):
        return quantized_bits(bits, bits, 1, 1, alpha="auto")

    def linear(x, source, weight_bits, bias_bits):
        layer = net.get_layer(source)
        kind = type(layer).__name__
        fold(layer, 2 if kind == "DepthwiseConv2D" else layer.get_weights()[0].ndim - 1)
        common = dict(bias_quantizer=auto(bias_bits), name=source)
        if kind == "Dense":
            return QDense(layer.units, kernel_quantizer=auto(weight_bits), **common)(x)
        common.update(strides=layer.strides, padding=layer.padding)
        if kind == "Conv2D":
            return QConv2D(layer.filters, layer.kernel_size, kernel_quantizer=auto(weight_bits), **common)(x)
        return QDepthwiseConv2D(layer.kernel_size, depthwise_quantizer=auto(weight_bits), **common)(x)

    i = keras.Input((8, 8, 1), name="input")
    x = quantize(i, "input", 8)
    x = L.ReLU(name="stem_relu")(linear(x, "stem", 8, 16))
    x = s = quantize(x, "stem_relu", 8)
    x = L.ReLU(name="depthwise_relu")(linear(x, "depthwise", 8, 31))
    x = quantize(x, "depthwise_relu", 8)
    x = quantize(linear(x, "pointwise", 4, 16), "pointwise_bn", 8)
    x = L.ReLU(name="residual_relu")(L.Add(name="residual")([x, s]))
    x = L.MaxPooling2D(2, name="pool")(quantize(x, "residual_relu", 4))
    x = L.ReLU(name="strided_relu")(linear(x, "strided", 8, 16))
    x = L.AveragePooling2D(2, name="average")(quantize(x, "strided_relu", 16))
    x = L.Flatten(name="flatten")(quantize(x, "average", 8))
    x = quantize(linear(x, "classifier", 8, 16), "classifier", 16)
    m = keras.Model(i, L.Activation("softmax", name="softmax")(x), name=name)
    for layer, values in folded.items():
        m.get_layer(layer).set_weights(values)
    return m


def accuracy(model, x, labels):
    return float(np.mean(model.predict(x, verbose=0).argmax(-1) == labels))


def train(model, x, labels, epochs):
    steps = keras.optimizers.schedules.CosineDecay(4e-3, epochs * -(-len(x) // 32))
    model.compile(keras.optimizers.Adam(steps), "sparse_categorical_crossentropy")
    model.fit(x, labels, batch_size=32, epochs=epochs, verbose=0)


def main():
    x, x_test, labels, labels_test = digits()
    np.save(os.path.join(HERE, "digits_x.npy"), x_test)
    np.save(os.path.join(HERE, "digits_labels.npy"), labels_test)
    builders = {
        "digits_conv": lambda n: conv(n, 1),
        "digits_conv_auto": lambda n: conv(n, "auto"),
        "digits_conv_auto_po2": lambda n: conv(n, "auto_po2"),
        "digits_dense": dense,
        "digits_conv_affine": None,
    }
    for name in sys.argv[1:] or builders:
        keras.backend.clear_session()
        keras.utils.set_random_seed(3)
        tf.config.experimental.enable_op_determinism()
        if builders[name] is None:
            net = float_conv()
            train(net, x, labels, 30)
            model = affine(name, net, x)
        else:
            model = builders[name](name)
            train(model, x, labels, 40)
        path = os.path.join(HERE, name + ".h5")
        model.save(path, include_optimizer=False)
        model = load(path)
        write(path.replace(".h5", ".golden.h5"), x_test[:8], model)
        print(
            f"{name}: {model.count_params()} parameters, test accuracy {accuracy(model, x_test, labels_test):.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
