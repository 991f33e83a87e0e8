#!/usr/bin/env python3
"""What QKeras itself computes for a network that `qcc quantize` wrote: written.golden.h5 beside written.h5.

Environment as in ../golden.py. written.json is a plan with everything decided: weights of 4 bits, maps of 6 with any scale or with
powers of two, biases of 12 and 32 bits. written.h5 is made of it:
  qcc quantize digits_float.h5 --calibration calibration.npy --plan written.json -o written.h5
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from golden import load, np, write

if __name__ == "__main__":
    x = np.load(os.path.join(HERE, "..", "digits_x.npy"))[:2]
    write(os.path.join(HERE, "written.golden.h5"), x, load(os.path.join(HERE, "written.h5")))
