#!/usr/bin/env python3
"""Writes zoo/<name>.h5 with zoo/<name>.golden.h5, refused/<name>.h5, and zoo/README.md: small QKeras networks with
random weights, each for one or a few features. Environment as in golden.py.

  zoo.py [--head FOLDER] [name ...]

Networks of head_networks.py need QKeras' development head (github.com/google/qkeras), whose folder --head names; they
are written by that package instead of 0.9.0.
"""
import os
import sys

HEAD = sys.argv[sys.argv.index("--head") + 1] if "--head" in sys.argv else None
if HEAD:
    sys.path.insert(0, HEAD)
NAMES = [a for a in sys.argv[1:] if a not in ("--head", HEAD)]

import h5py
import numpy as np
from golden import HERE, keras, load, write
from networks import TABLE, randomize

import head_networks, zoo_files, zoo_layers, zoo_quantizers, zoo_topology  # noqa: E401 (they fill the table)

SAMPLES = 4


def inputs(model, network):
    r = np.random.default_rng(11)
    draw = {
        i.name: r.uniform(network.low, network.high, (SAMPLES, *i.shape[1:])).astype(np.float32) for i in model.inputs
    }
    return draw if len(draw) > 1 else next(iter(draw.values()))


def dull(outputs):
    """Layers whose golden output says little: one value only, or not finite."""
    return [
        n for n, v in outputs.items() if n.startswith("layers/") and (v.min() == v.max() or not np.isfinite(v).all())
    ]


def make(network):
    keras.backend.clear_session()
    keras.utils.set_random_seed(7)
    model = network.build()
    model._name = network.name
    randomize(model, network.name)
    if network.prepare:
        network.prepare(model)
    path = os.path.join(HERE, network.folder, network.name + ".h5")
    # Keras' own H5 writer, into a file without the room HDF5 leaves for more: half the size.
    with h5py.File(path, "w", libver=("v110", "v110"), meta_block_size=64) as f:
        model.save(f, include_optimizer=False)
    if network.edit:
        network.edit(path)
    size = os.path.getsize(path)
    note = ""
    if network.golden:
        model = load(path) if network.loads else model
        data = write(path.replace(".h5", ".golden.h5"), inputs(model, network), model)
        size += os.path.getsize(path.replace(".h5", ".golden.h5"))
        note = " ".join(dull(data))
    print(f"{network.folder}/{network.name}: {size} bytes{', dull: ' + note if note else ''}", flush=True)


def readme():
    """README.md of the zoo: one line for each network."""
    text = [
        "# Small QKeras networks",
        "",
        "Written by `../zoo.py`; this page too. `oddities.md` says what they taught.",
        "",
    ]
    for folder, head in (
        ("zoo", "Each with `<name>.golden.h5` (see `../golden.py`)"),
        ("refused", "`../refused`: networks that must be refused with a clear message"),
    ):
        text += [head + ".", "", "| network | what it is for |", "|---|---|"]
        for n in sorted(TABLE.values(), key=lambda n: n.name):
            if n.folder == folder:
                note = " (no golden)" if folder == "zoo" and not n.golden else ""
                text.append(f"| `{n.name}` | {n.purpose}{note}{' [QKeras head]' if n.head else ''} |")
        text.append("")
    with open(os.path.join(HERE, "zoo", "README.md"), "w") as f:
        f.write("\n".join(text))


def main():
    for folder in ("zoo", "refused"):
        os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    failed = []
    for name in NAMES or [n.name for n in TABLE.values() if n.head == bool(HEAD)]:
        try:
            make(TABLE[name])
        except Exception as e:  # one network that QKeras cannot build must not hide the others
            failed.append(name)
            print(f"{name}: {type(e).__name__}: {str(e)[-400:]}", flush=True)
    readme()
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
