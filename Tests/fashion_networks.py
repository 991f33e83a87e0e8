"""What the checks of tuned Fashion-MNIST networks share: images of Debian's dataset-fashion-mnist, and qcc's commands."""
import gzip
import subprocess
import sys

import numpy as np

FOLDER = "/usr/share/datasets/fashion-mnist"


def images(kind):
    """All of `train` or `t10k` as the networks take them, 32 x 32 pixels from 0 to 1, and their labels."""
    with gzip.open(f"{FOLDER}/{kind}-images-idx3-ubyte.gz") as file:
        x = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28, 1)
    with gzip.open(f"{FOLDER}/{kind}-labels-idx1-ubyte.gz") as file:
        y = np.frombuffer(file.read(), np.uint8, offset=8).astype(np.int64)
    return np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0))).astype(np.float32) / 255, y


def run(qcc, *words):
    """What a command prints."""
    result = subprocess.run([qcc, *words], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"qcc {' '.join(words)}\n{result.stderr}")
    return result.stdout
