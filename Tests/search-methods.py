#!/usr/bin/env python3
"""The fronts that the methods of `qcc search` find with as many evaluations, on the four networks with labelled inputs.

usage: Tests/search-methods.py QCC MODELS [--evaluations N] [--seeds N] [--samples N] [--networks NAME ...]

Prints the area that a front dominates in cost (ideal latency, as a part of that of flat 16 bits) and loss (its logarithm, from the
flat network of 4 bits, where it is 0, down to that of 8 bits, where it is 1: nobody needs less), of that of all fronts together.
Python with NumPy.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import tempfile

import numpy as np

from search_runs import recorded

METHODS = ["sensitivity", "random", "hyperband", "bayesian", "evolutionary"]


def networks(models, folder, samples):
    float_ = os.path.join(models, "float")

    def path(name):
        """The first inputs, or labels, of those that judge."""
        file = os.path.join(models, "labelled", name + ".npy")
        if "validation" not in name:
            return file
        short = os.path.join(folder, name + ".npy")
        np.save(short, np.load(file)[:samples])
        return short

    fashion = ["--calibration", path("fashion_calibration_x"), "--validation", path("fashion_validation_x"), "--labels", path("fashion_validation_y")]
    return {
        "dscnn_kws": [os.path.join(float_, "dscnn_kws.h5"), "--calibration", path("kws_calibration_x"), "--validation", path("kws_calibration_x"), "--labels", path("kws_calibration_y")],
        "resnet8_fashion": [os.path.join(float_, "resnet8_fashion.h5")] + fashion,
        "mobilenet_fashion": [os.path.join(float_, "mobilenet_fashion.h5")] + fashion,
        "fcae_fashion": [os.path.join(float_, "fcae_fashion.h5"), "--calibration", path("fcae_calibration_x"), "--validation", path("fcae_validation_x")],
    }


def trials(qcc, arguments, method, seed, evaluations):
    """(widths, cost, loss) of all networks that were judged by all samples."""
    with tempfile.TemporaryDirectory() as folder:
        study = os.path.join(folder, "study")
        command = [qcc, "search", *arguments, "--minimize", "ideal", "--method", method, "--seed", str(seed), "--evaluations", str(evaluations), "--study", study]
        subprocess.run(command, check=True, capture_output=True)
        found = [json.loads(result) for result in recorded(study).values()]
    return [(t["widths"], t["costs"]["ideal"], t["verdict"]["loss"]) for t in found if t["share"] == 1 and not t["isThorough"]]


def area(points, flat):
    """Of cost and loss, both 0 to 1, what the points dominate. flat: (cost, loss) by width."""
    widest, best, worst = flat[16][0], math.log(flat[8][1]), math.log(flat[4][1])
    gain = lambda loss: min(max((worst - math.log(max(loss, 1e-30))) / (worst - best), 0), 1)
    total, level = 0.0, 0.0
    for cost, loss in sorted(points):
        if gain(loss) > level:
            total += (1 - cost / widest) * (gain(loss) - level)
            level = gain(loss)
    return total


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("qcc")
    p.add_argument("models")
    p.add_argument("--evaluations", type=int, default=100)
    p.add_argument("--seeds", type=int, default=5)
    p.add_argument("--samples", type=int, default=400)
    p.add_argument("--networks", nargs="+")
    a = p.parse_args()
    inputs = tempfile.TemporaryDirectory()
    print(f"{'network':18}" + "".join(f"{m:>22}" for m in METHODS), flush=True)
    for name, arguments in networks(a.models, inputs.name, a.samples).items():
        if a.networks and name not in a.networks:
            continue
        # The default draws nothing.
        fronts = {m: [trials(a.qcc, arguments, m, seed + 1, a.evaluations) for seed in range(1 if m == "sensitivity" else a.seeds)] for m in METHODS}
        everything = [t for runs in fronts.values() for run in runs for t in run]
        flat = {}
        for widths, cost, loss in everything:
            # Inputs and results have 8 bits at least.
            for bits in (4, 8, 16):
                if max(set(widths), key=widths.count) == bits and all(w in (bits, max(bits, 8)) for w in widths) and widths.count(bits) >= len(widths) - 3:
                    if bits not in flat or cost < flat[bits][0]:
                        flat[bits] = (cost, loss)
        whole = area([t[1:] for t in everything], flat)
        cells = []
        for m in METHODS:
            values = [area([t[1:] for t in run], flat) / whole for run in fronts[m]]
            cells.append(f"{statistics.mean(values):.3f} ({min(values):.3f}-{max(values):.3f})")
        print(f"{name:18}" + "".join(f"{c:>22}" for c in cells), flush=True)


main()
