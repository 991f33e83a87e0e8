#!/usr/bin/env python3
"""Writes hostile/*.keras: archives that lie or ask for too much, each made of keras2_sequential.keras.

usage: testdata/formats/make_hostile.py        (Python alone)
"""

import io
import os
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
CENTRAL, LOCAL = b"PK\1\2", b"PK\3\4"
MEMBERS = {i.filename: i for i in zipfile.ZipFile(f"{HERE}/keras2_sequential.keras").infolist()}


def contents(name):
    return zipfile.ZipFile(f"{HERE}/keras2_sequential.keras").read(name)


def archive(*members, method=STORED):
    """`(name, bytes)` or `(name, bytes, method)` each."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as into:
        for name, data, *own in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = own[0] if own else method
            into.writestr(info, data)
    return bytearray(file.getvalue())


def change(data, member, offset, new, where=(LOCAL, CENTRAL)):
    """Bytes of a member's headers: the offset is that of the local one."""
    for signature in where:
        at = -1
        while True:
            at = data.find(signature, at + 1)
            fixed, shift = (30, 0) if signature == LOCAL else (46, 2)
            if data[at + fixed:at + fixed + len(member)] == member.encode():
                break
        data[at + offset + shift:at + offset + shift + len(new)] = new
    return data


def main():
    os.makedirs(f"{HERE}/hostile", exist_ok=True)
    whole = [(name, contents(name)) for name in MEMBERS]
    config, weights = ("config.json", contents("config.json")), ("model.weights.h5", contents("model.weights.h5"))
    huge = (0xFFFFFFF0).to_bytes(4, "little")
    files = {
        "bomb": archive(("config.json", b" " * (65 << 20), DEFLATED), weights),
        "claims_4_gib": change(archive(config, weights, method=DEFLATED), "config.json", 22, huge),
        "claims_more": change(archive(config, weights), "config.json", 22, (len(config[1]) + 100).to_bytes(4, "little")),
        "twice": archive(config, config, weights),
        "encrypted": change(archive(*whole), "model.weights.h5", 6, b"\1\0"),
        "bzip2": archive(config[:2] + (zipfile.ZIP_BZIP2,), weights),
        "paths": archive(("../config.json", config[1]), ("/model.weights.h5", weights[1])),
        "no_weights": archive(config),
        "no_h5": archive(config, ("model.weights.h5", b"PK\3\4" * 100)),
        "no_json": archive(("config.json", b"\0\xff"), weights),
        "checksum": archive(*whole),
        "other_weights": archive(config, ("model.weights.h5", other_weights())),
    }
    at = files["checksum"].find(b"conv1d")
    files["checksum"][at:at + 6] = b"CONV1D"
    for name, data in files.items():
        open(f"{HERE}/hostile/{name}.keras", "wb").write(data)


def other_weights():
    """The weights of another model."""
    return zipfile.ZipFile(f"{HERE}/keras3_quantized.keras").read("model.weights.h5")


if __name__ == "__main__":
    main()
