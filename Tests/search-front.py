#!/usr/bin/env python3
"""Whether the default method of `qcc search` finds the true front of a network where every point can be judged: three layers of the
digits network with three widths each for weights and maps, 729 points.

usage: Tests/search-front.py QCC [--evaluations N]

Prints for every cost how much of the front was found with how many evaluations; exits 1 where a point is missing.
"""

import argparse
import json
import subprocess
import sys
import tempfile

from search_runs import digits, recorded

LIMITS = ["weights:(depthwise|classifier).*=8", "maps:(input|stem.*|residual.*|classifier.*)=8"]
COSTS = ["ideal", "cycles", "energy", "bits", "bytes"]


def judged(qcc, cost, method, evaluations):
    """Cost and loss by widths."""
    with tempfile.TemporaryDirectory() as folder:
        study = f"{folder}/study"
        command = digits(qcc, "--minimize", cost, "--method", method, "--evaluations", str(evaluations), "--study", study)
        command += [word for limit in LIMITS for word in ("--limit", limit)]
        subprocess.run(command, check=True, capture_output=True)
        trials = [json.loads(result) for result in recorded(study).values()]
    return {tuple(t["widths"]): (t["costs"][cost], t["verdict"]["loss"]) for t in trials if not t["isThorough"]}


def front(points):
    best, found = float("inf"), []
    for cost, loss in sorted(points):
        if loss < best:
            found.append((cost, loss))
            best = loss
    return found


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("qcc")
    p.add_argument("--evaluations", type=int, default=300)
    a = p.parse_args()
    missing = 0
    for cost in COSTS:
        everything = judged(a.qcc, cost, "random", 10000)
        some = judged(a.qcc, cost, "sensitivity", a.evaluations)
        true = front(everything.values())
        found = len(set(true) & set(front(some.values())))
        missing += len(true) - found
        print(f"{cost:8} {len(everything)} points, {len(some)} evaluated: {found} of {len(true)} on the true front", flush=True)
    sys.exit(missing > 0)


main()
