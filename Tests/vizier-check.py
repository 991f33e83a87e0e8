#!/usr/bin/env python3
"""integrations/vizier_search.py with three workers, one of them killed and started again, on a real server on loopback.
Tests/vizier-check.py QCC FOLDER: Python's packages go into the folder."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import engine_checks
from engine_checks import check, until

QCC = str(pathlib.Path(sys.argv[1]).resolve())
# Vizier's server imports JAX, with an equinox that knows none from 0.5 on.
engine_checks.inside(
    sys.argv[2], "google-vizier==0.1.24 equinox==0.11.7 flax==0.10.2 jax<0.5 jaxlib<0.5 optax<0.2.5 chex<0.1.90 "
    "orbax-checkpoint<0.11.6")

from vizier.service import clients
from vizier.service import pyvizier as vz


@contextlib.contextmanager
def server():
    """integrations/vizier_server.py; where it listens."""
    port = engine_checks.free_port()
    script = engine_checks.ROOT / "integrations/vizier_server.py"
    with open("server.log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, str(script), "--port", str(port), "--database", "vizier.db"], stdout=log, stderr=log)
        try:
            until("the server", lambda: "listening" in pathlib.Path("server.log").read_text())
            yield f"localhost:{port}"
        finally:
            process.terminate()
            process.wait()


def row(trial):
    text = trial.metadata.ns("qcc").get("row")
    return json.loads(text) if text else None


def check_workers(endpoint):
    clients.environment_variables.server_endpoint = endpoint
    words = ["--study", "digits", "--server", endpoint, "--qcc", QCC, "--worker"]

    def trials():
        with contextlib.suppress(clients.ResourceNotFoundError):  # There is no study yet.
            return list(clients.Study.from_owner_and_id("qcc", "digits").trials().get())
        return []

    workers = [engine_checks.Worker("vizier_search.py", *words, name) for name in ["first", "second", "third"]]
    until("first results", lambda: sum(trial.status == vz.TrialStatus.COMPLETED for trial in trials()) >= 5)
    killed = workers.pop().kill(lambda: next(
        (trial for trial in trials() if trial.status == vz.TrialStatus.ACTIVE and trial.assigned_worker == "third"), None))
    print(f"killed the worker of trial {killed.id}")
    workers.append(engine_checks.Worker("vizier_search.py", *words, "third"))
    for worker in workers:
        worker.finish()

    ended = trials()
    check(all(trial.status == vz.TrialStatus.COMPLETED for trial in ended), f"all of {len(ended)} trials are complete")
    check(not any(trial.infeasible for trial in ended), "qcc refused none of their plans")
    rows = [row(trial) for trial in ended if row(trial)]
    plans = {json.dumps(row["plan"], sort_keys=True) for row in rows}
    check(len(rows) == len(plans) >= engine_checks.TRIALS, f"{len(rows)} plans were judged, none twice")
    again = next(trial for trial in ended if trial.id == killed.id)
    check(again.assigned_worker == "third" and again.final_measurement is not None,
          "the trial of the killed worker was taken up again")
    engine_checks.check_front(QCC, rows)
    engine_checks.refused(workers[0].words + ["--widths", "2,8"], "the study 'digits' has another space")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    with server() as endpoint:
        check_workers(endpoint)
    engine_checks.refused(
        [sys.executable, str(engine_checks.ROOT / "integrations/vizier_search.py"), *engine_checks.NETWORK, "--study",
         "digits", "--server", endpoint, "--qcc", QCC, "--worker", "first"], "is vizier_server.py running?")
