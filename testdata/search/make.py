#!/usr/bin/env python3
"""Writes the halves of the digits' test set beside this file: one chooses among networks, the other one judges the chosen.

Python 3.11 with numpy.
  validation_x.npy, validation_y.npy   float32 (225, 8, 8, 1) and int64 (225,): every second one of ../digits_x.npy
  test_x.npy, test_y.npy               the others
"""
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))

if __name__ == "__main__":
    for name, source in (("x", "digits_x.npy"), ("y", "digits_labels.npy")):
        samples = np.load(os.path.join(HERE, "..", source))
        for first, half in enumerate(("validation", "test")):
            np.save(os.path.join(HERE, f"{half}_{name}.npy"), np.ascontiguousarray(samples[first::2]))
