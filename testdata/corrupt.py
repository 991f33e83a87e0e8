"""Writes corrupted/digits_dense.golden.h5: the golden file of digits_dense with one value changed, which `qcc verify` has
to find.

Python 3.11 with: h5py
"""

import os
import shutil

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))

if __name__ == "__main__":
    os.makedirs(f"{HERE}/corrupted", exist_ok=True)
    path = f"{HERE}/corrupted/digits_dense.golden.h5"
    shutil.copy(f"{HERE}/digits_dense.golden.h5", path)
    with h5py.File(path, "r+") as file:
        values = file["layers/relu1"]
        step = np.diff(np.unique(values)).min()
        values[2, 5] += step if values[2, 5] < values[:].max() else -step
