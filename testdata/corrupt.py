"""Writes corrupted/digits_dense.golden.h5: the golden file of digits_dense with one value changed, which `qcc verify` has
to find; and corrupted/long_config.head, the first bytes of a file whose model_config has 200 MB: the test adds the rest.
Beside them arrays, labels and golden files of digits_dense that fit nothing.

Python 3.11 with: h5py
"""

import os
import shutil

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))



def golden(name, of="digits_dense"):
    """A copy of a golden file, to be changed."""
    path = f"{HERE}/corrupted/{name}.h5"
    shutil.copy(f"{HERE}/{of}.golden.h5", path)
    return h5py.File(path, "r+", libver="latest")


def misfits():
    """An empty axis before extents whose product no machine can count, names and labels of nothing, surplus samples."""
    header = str({"descr": "<f4", "fortran_order": False, "shape": (0, 2**63 - 1, 2)}).ljust(117) + "\n"
    with open(f"{HERE}/corrupted/zero_times_huge.npy", "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
    np.save(f"{HERE}/corrupted/odd_labels.npy", np.r_[np.arange(3), -1, 99, 1.5, np.nan, 0])
    for name, path in [("huge_x", "x"), ("huge_layer", "layers/bn1")]:
        with golden(name) as file:
            del file[path]
            file.create_dataset(path, (0, 2**40, 2**40, 1), "f4")
    with golden("odd_names") as file:
        del file["layers/relu1"], file["layers/dense1"]
        file["layers/relu1/sub"] = file["layers/relu11"] = np.zeros((8, 32), "f4")
        file.create_group("layers/dense1")
        file["tensors"] = np.zeros(3)
    with golden("surplus") as file:
        x = file["x"][:3]
        del file["x"]
        file["x"] = x


def outputs():
    """The outputs alone of a network in float32, and the same as float16: nothing in between says what was rounded."""
    for name, dtype in [("outputs_only", "f4"), ("outputs_half", "f2")]:
        with golden(name, of="zoo/small_scale") as file:
            fc = file["layers/fc"][:].astype(dtype)
            del file["layers"], file["quantized_weights"]
            file["layers/fc"] = fc


if __name__ == "__main__":
    misfits()
    outputs()
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
