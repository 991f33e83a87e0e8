#!/usr/bin/env python3
"""Trains a small float network on scikit-learn's digits and writes it and the inputs to calibrate it with beside this file.

Python 3.11 with: tensorflow-cpu==2.15.1 "numpy<2" scikit-learn
  digits_float.h5   convolutions with batch normalization, a residual sum, both kinds of pooling, a softmax
  calibration.npy   float32 (160, 8, 8, 1), some of the training set; the test set is ../digits_x.npy
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorflow import keras

L = keras.layers
HERE = os.path.dirname(os.path.abspath(__file__))


def network():
    i = keras.Input((8, 8, 1), name="input")
    x = L.Conv2D(12, 3, padding="same", use_bias=False, name="stem")(i)
    x = s = L.ReLU(name="stem_relu")(L.BatchNormalization(name="stem_bn")(x))
    x = L.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    x = L.ReLU(name="depthwise_relu")(L.BatchNormalization(name="depthwise_bn")(x))
    x = L.BatchNormalization(name="pointwise_bn")(L.Conv2D(12, 1, name="pointwise")(x))
    x = L.ReLU(name="residual_relu")(L.Add(name="residual")([x, s]))
    x = L.MaxPooling2D(2, name="pool")(x)
    x = L.Conv2D(16, 3, strides=2, padding="same", activation="relu", name="strided")(x)
    x = L.Dropout(0.1, name="dropout")(L.Flatten(name="flatten")(L.AveragePooling2D(2, name="average")(x)))
    return keras.Model(i, L.Dense(10, activation="softmax", name="classifier")(x), name="digits_float")


if __name__ == "__main__":
    keras.utils.set_random_seed(1)
    d = load_digits()
    x = (d.images[..., None] / 16.0).astype(np.float32)
    train, test, labels, test_labels = train_test_split(
        x, d.target.astype(np.int64), test_size=450, random_state=1, stratify=d.target
    )
    model = network()
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train, labels, batch_size=64, epochs=40, verbose=0)
    print("accuracy", model.evaluate(test, test_labels, verbose=0)[1])
    model.save(os.path.join(HERE, "digits_float.h5"), include_optimizer=False)
    np.save(os.path.join(HERE, "calibration.npy"), train[:160])
