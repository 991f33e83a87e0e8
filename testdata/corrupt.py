"""Writes corrupted/digits_dense.golden.h5: the golden file of digits_dense with one value changed, which `qcc verify` has
to find; and corrupted/long_config.head, the first bytes of a file whose model_config has 200 MB: the test adds the rest.

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
    whole = f"{HERE}/corrupted/long_config.h5"
    with h5py.File(whole, "w") as file:
        file.create_group("model_weights")
        file.attrs.create("model_config", "[" * 200_000_000, dtype=h5py.string_dtype())
    with open(whole, "rb") as file, open(f"{HERE}/corrupted/long_config.head", "wb") as head:
        head.write(file.read(2112))
    print(os.path.getsize(whole), "bytes")
    os.remove(whole)
