#!/usr/bin/env python3
"""Writes the HDF5 files beside it. Needs numpy and h5py (made with numpy 1.26 and h5py 3.16):

    python3 testdata/hdf5/make.py

The tests in Tests/HDF5Tests say what is expected to be read from them.
"""
import os

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def create(name, **options):
    return h5py.File(os.path.join(HERE, name), "w", **options)


def split_attribute(group, name, values, limit):
    """As keras/src/saving/legacy/hdf5_format.py, save_attributes_to_hdf5_group, with a smaller limit than 64512."""
    data = np.asarray([v.encode() for v in values])
    chunks = 1
    while any(c.nbytes > limit for c in np.array_split(data, chunks)):
        chunks += 1
    for i, chunk in enumerate(np.array_split(data, chunks)):
        group.attrs[f"{name}{i}" if chunks > 1 else name] = chunk


def keras():
    """The structure of a Keras 2 model, small: one layer with weights, one without."""
    with create("keras.h5") as f:
        f.attrs["keras_version"] = b"2.15.0"
        f.attrs["model_config"] = b'{"class_name": "Sequential", "config": {"name": "s", "layers": []}}'
        weights = f.create_group("model_weights")
        weights.attrs["layer_names"] = [b"dense", b"flatten"]
        dense = weights.create_group("dense")
        dense.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        dense.create_dataset("dense/kernel:0", data=np.arange(12, dtype="f4").reshape(3, 4) / 8)
        dense.create_dataset("dense/bias:0", data=np.array([1, -2, 3, -4], "f4"), compression="gzip", shuffle=True)
        weights.create_group("flatten").attrs["weight_names"] = np.zeros(0)


def attributes():
    """Long and split attributes."""
    with create("attributes.h5", libver=("v110", "v110")) as f:
        split_attribute(f, "layer_names", [f"layer_{i:03}" for i in range(100)], 256)
        # Over 64 KiB an attribute is stored apart ("dense"), in a fractal heap.
        f.attrs["long"] = np.bytes_(b"0123456789abcdef" * 4375)
        f.attrs.create("long_variable", "é" * 35000, dtype=h5py.string_dtype())
        for i in range(12):
            f.attrs[f"many_{i:02}"] = i
        split_attribute(f, "text", ["one ", "text in ", "pieces"], 8)


def numbers():
    """[-3, 0, 5] or [0, 3, 5] in every type and byte order, and a 4x6 array in every compression."""
    with create("numbers.h5") as f:
        for kind in ("i1", "i2", "i4", "i8", "f2", "f4", "f8"):
            for order in "<>":
                f.create_dataset(order + kind, data=np.array([-3, 0, 5], order + kind))
        for kind in ("u1", "u2", "u4", "u8"):
            for order in "<>":
                f.create_dataset(order + kind, data=np.array([0, 3, 5], order + kind))
        grid = np.arange(24, dtype="f4").reshape(4, 6)
        f.create_dataset("gzip", data=grid, compression="gzip", compression_opts=9, chunks=(3, 4))
        f.create_dataset("shuffled", data=grid, compression="gzip", shuffle=True)
        f.create_dataset("checked", data=grid, chunks=(2, 6), fletcher32=True)
        f.create_dataset("big_endian_gzip", data=grid.astype(">f8"), compression="gzip", shuffle=True)
        f.create_dataset("scale_offset", data=np.arange(24, dtype="i4").reshape(4, 6), scaleoffset=0)
        f.create_dataset("partly_written", shape=(4, 6), chunks=(2, 6), dtype="f4", fillvalue=7)[2:] = grid[2:]
        f.create_dataset("lzf", data=grid, compression="lzf")
        f.create_dataset("bool", data=np.array([True, False, True]))
        f.create_dataset("enum", data=np.array([2, 1], ">i2"), dtype=h5py.enum_dtype({"a": 1, "b": 2}, basetype=">i2"))
        f.create_dataset("scalar", data=2.5)
        f.create_dataset("third", data=np.array([1 / 3]))
        f.create_dataset("none", data=np.zeros((0, 3), "f4"))
        f.create_dataset("empty", data=h5py.Empty("f4"))
        f.create_dataset("extremes", data=np.array([-(2**63), 2**63 - 1], "i8"))
        f.create_dataset("beyond", data=np.array([2**64 - 1], "u8"))
        f.create_dataset("inner/deep", data=np.int8(-7))
        f["soft"] = h5py.SoftLink("/inner/deep")
        f["hard"] = f["inner"]
        f["type"] = np.dtype("f4")


def strings():
    """Text as attributes and datasets, in every way it can be stored."""
    variable = h5py.string_dtype()
    with create("strings.h5") as f:
        for holder in ("attribute", "dataset"):
            put = f.attrs.create if holder == "attribute" else lambda n, v, dtype=None: f.create_dataset(
                n, data=v, dtype=dtype)
            put("variable", "grüß", dtype=variable)
            put("variable_array", ["a", "", "ccc"], dtype=variable)
            put("variable_grid", np.array([["a", "b"], ["c", "d"]], dtype=object), dtype=variable)
            put("fixed", np.bytes_(b"fixed"))
            put("fixed_array", np.array([b"a", b"", b"ccc"]))
            put("utf8", np.bytes_("grüß".encode()), dtype=h5py.string_dtype(length=12))
        for name, padding in (("null_terminated", h5py.h5t.STR_NULLTERM), ("space_padded", h5py.h5t.STR_SPACEPAD)):
            kind = h5py.h5t.C_S1.copy()
            kind.set_size(8)
            kind.set_strpad(padding)
            raw = {"null_terminated": b"abc\0junk", "space_padded": b"abc     "}[name]
            space = h5py.h5s.create(h5py.h5s.SCALAR)
            dataset = h5py.h5d.create(f.id, name.encode(), kind, space)
            dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, np.frombuffer(raw, "S8"), kind)


def unreadable():
    """Types that are not read, beside one that is."""
    with create("unreadable.h5") as f:
        f.create_dataset("readable", data=np.float32(1))
        f.create_dataset("records", data=np.zeros(2, [("a", "i4"), ("b", "f4")]))
        f.create_dataset("complex", data=np.array([1 + 2j]))
        f.create_dataset("opaque", data=np.zeros(2, "V3"))
        f.create_dataset("arrays", (2,), dtype=np.dtype(("f4", (3,))))
        ragged = f.create_dataset("ragged", (2,), dtype=h5py.vlen_dtype("i4"))
        ragged[0], ragged[1] = [1], [2, 3]
        f.create_dataset("reference", data=f["readable"].ref, dtype=h5py.ref_dtype)


def outside():
    """Things that lead out of the file."""
    with create("external_link.h5") as f:
        f["inside"] = np.float32(1)
        f.create_group("group")["link"] = h5py.ExternalLink("numbers.h5", "/scalar")
        f["through"] = h5py.SoftLink("/group/link")
    with create("external_storage.h5") as f:
        f.create_dataset("data", shape=(3,), dtype="f4", external=[("strings.h5", 0, 12)])
    with create("virtual.h5") as f:
        layout = h5py.VirtualLayout(shape=(4, 6), dtype="f4")
        layout[:] = h5py.VirtualSource("numbers.h5", "gzip", shape=(4, 6))
        f.create_virtual_dataset("data", layout)
    # A user-defined link is an external one with another number.
    with open(os.path.join(HERE, "external_link.h5"), "rb") as f:
        data = f.read()
    link = data.index(b"\x04link")
    kind = data.rindex(b"\x40", 0, link)
    with open(os.path.join(HERE, "user_link.h5"), "wb") as f:
        f.write(data[:kind] + b"\x41" + data[kind + 1:])


def shapes_of_groups():
    """Group structures without end, or nearly so."""
    with create("cycle.h5", libver=("v110", "v110")) as f:
        a = f.create_group("a")
        a.create_group("b")["back"] = a
    with create("soft_cycle.h5", libver=("v110", "v110")) as f:
        f.create_group("a")["root"] = h5py.SoftLink("/")
    with create("dangling.h5", libver=("v110", "v110")) as f:
        f["nowhere"] = h5py.SoftLink("/missing")
    with create("deep.h5", libver=("v110", "v110")) as f:
        f.create_group("/".join("g" * 80))
    with create("diamonds.h5", libver=("v110", "v110")) as f:
        # 2^24 paths to the last group.
        here = f
        for _ in range(24):
            here["l"] = here.create_group("r")
            here = here["r"]


def too_large():
    """Shapes that the file does not hold the data for."""
    with create("chunked_huge.h5", libver=("v110", "v110")) as f:
        f.create_dataset("x", shape=(2**40,), chunks=(1024,), dtype="f4")
    with create("contiguous_huge.h5", libver=("v110", "v110")) as f:
        f.create_dataset("x", shape=(2**36,), dtype="f4")
    with create("uncountable.h5", libver=("v110", "v110")) as f:
        f.create_dataset("x", shape=(2**40, 2**40), chunks=(16, 16), dtype="f4")


def others():
    with create("user_block.h5", userblock_size=1024) as f:
        f["x"] = np.array([1, 2, 3], "f4")
    with create("no_objects.h5", libver=("v110", "v110")):
        pass
    with open(os.path.join(HERE, "not_hdf5.h5"), "w") as f:
        f.write("This is no HDF5 file.\n" * 40)
    with open(os.path.join(HERE, "archive.h5"), "wb") as f:
        f.write(b"PK\x03\x04" + bytes(60))


if __name__ == "__main__":
    for make in (keras, attributes, numbers, strings, unreadable, outside, shapes_of_groups, too_large, others):
        make()
