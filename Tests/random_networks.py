"""Campaigns over random networks, each of a seed: shared by the scripts beside it."""

import pathlib
import sys
import tempfile

from qcc_verify import verify

ROOT = pathlib.Path(__file__).resolve().parent.parent


def disagreement(qcc, path, golden):
    """What `qcc verify` finds wrong, or `refused: ` and its message; None where all is exact."""
    outcome, found = verify(qcc, str(path), str(golden))
    if outcome == "exact":
        return None
    return f"not exact: {found.get('firstDifference')}" if outcome == "differs" else f"{outcome}: {found}".replace(f"{path.parent}/", "")


def run(problem):
    """The command line QCC [FIRST [COUNT]]: `problem(qcc, seed, folder)` says what is wrong with a seed's network, `refused: ` and the
    message where it may be refused, `left out: ` where there is nothing to compare, None where it is exact."""
    arguments = dict(enumerate(sys.argv))
    qcc = str(pathlib.Path(arguments.get(1, ROOT / ".build/release/qcc")).resolve())
    first, count = int(arguments.get(2, 0)), int(arguments.get(3, 100))
    found = {"exact": 0, "refused": 0, "left out": 0, "failed": 0}
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            text = problem(qcc, seed, pathlib.Path(folder))
        kind = "exact" if text is None else text.split(":")[0]
        found[kind if kind in found else "failed"] += 1
        if text:
            print(f"seed {seed}: {text}", flush=True)
    print(", ".join(f"{number} {kind}" for kind, number in found.items()))
    return 1 if found["failed"] or not found["exact"] else 0
