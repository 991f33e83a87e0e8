#!/usr/bin/env python3
"""Writes print_qstats.json beside this file: what QKeras' print_qstats says of each network of ../zoo, of this folder's
parent and, where it is there, of ../../../shared/models/qkeras; or how it fails. Environment as in ../golden.py.

Of a network its lines, one network per line of the file; `error` is an exception's class. Networks that
QKeras 0.9.0 cannot read are left out.
"""

import contextlib
import io
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from golden import HERE, load, qkeras

FOLDERS = {"": HERE, "zoo/": os.path.join(HERE, "zoo"), "shared/": os.path.join(HERE, "../../shared/models/qkeras")}


def statistics(path):
    """Lines, or the class of the exception; None where the file cannot be read."""
    try:
        model = load(path)
    except Exception:
        return None
    with contextlib.redirect_stdout(io.StringIO()) as text:
        try:
            qkeras.print_qstats(model)
        except Exception as e:
            return {"error": type(e).__name__}
    return text.getvalue().splitlines()


def main():
    found = {}
    for prefix, folder in FOLDERS.items():
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if name.endswith(".h5") and not name.endswith(".golden.h5"):
                result = statistics(os.path.join(folder, name))
                if result is not None:
                    found[prefix + name[:-3]] = result
    with open(os.path.join(HERE, "qstats", "print_qstats.json"), "w") as f:
        f.write("{\n" + ",\n".join(f"{json.dumps(n)}: {json.dumps(v)}" for n, v in found.items()) + "\n}\n")


if __name__ == "__main__":
    main()
