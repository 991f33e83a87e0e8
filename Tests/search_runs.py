"""What the checks of searches share: the search of the digits network, and what a study has recorded."""

import pathlib
import sqlite3

DATA = pathlib.Path(__file__).resolve().parent.parent / "testdata"


def digits(qcc, *options):
    """The command that searches the digits network."""
    command = [qcc, "search", f"{DATA}/quantize/digits_float.h5", "--calibration", f"{DATA}/quantize/calibration.npy"]
    command += ["--validation", f"{DATA}/search/validation_x.npy", "--labels", f"{DATA}/search/validation_y.npy"]
    return command + list(options)


def recorded(study):
    """By key the results, JSON, of a study that is there."""
    return dict(sqlite3.connect(study).execute("select key, result from result"))
