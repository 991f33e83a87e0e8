#!/usr/bin/env python3
"""Writes the .npy files beside it. Needs numpy (made with 1.26):

    python3 testdata/npy/make.py
"""
import os

import numpy as np
from numpy.lib import format

HERE = os.path.dirname(os.path.abspath(__file__))


def save(name, array, version=None):
    with open(os.path.join(HERE, name + ".npy"), "wb") as f:
        format.write_array(f, array, version=version)


if __name__ == "__main__":
    signed = np.array([[-3, 0, 5], [1, -1, 100]])
    for kind in ("i1", "i2", "i4", "i8", "f2", "f4", "f8"):
        save(kind + "_little", signed.astype("<" + kind))
        save(kind + "_big", signed.astype(">" + kind))
    for kind in ("u1", "u2", "u4", "u8"):
        save(kind + "_little", abs(signed).astype("<" + kind))
        save(kind + "_big", abs(signed).astype(">" + kind))
    cube = np.arange(24, dtype="f4").reshape(2, 3, 4)
    save("fortran", np.asfortranarray(cube))
    save("version_2", cube, (2, 0))
    save("version_3", cube, (3, 0))
    save("bool", np.array([True, False, True]))
    save("scalar", np.array(2.5))
    save("none", np.zeros((0, 3)))
    save("special", np.array([np.nan, np.inf, -np.inf, -0.0, 1 / 3]))
    save("exact", np.array([-(2**53), 2**53, 2**62]))
    save("inexact", np.array([2**53 + 1]))
    save("complex", np.array([1j]))
    save("text", np.array(["a"]))
    save("records", np.zeros(2, [("a", "i4"), ("b", "f4")]))
    save("objects", np.array([{}, None], dtype=object))
