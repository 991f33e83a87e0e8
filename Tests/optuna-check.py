#!/usr/bin/env python3
"""integrations/optuna_search.py with three workers, one of them killed, on a real PostgreSQL and on a journal file; and the journal of
`qcc study export` in Optuna and its dashboard. Tests/optuna-check.py QCC FOLDER: Python's packages go into the folder. Needs
Debian's postgresql."""

import contextlib
import glob
import json
import os
import pathlib
import pwd
import signal
import subprocess
import sys
import tempfile
import urllib.request

import engine_checks
from engine_checks import check, until

QCC = str(pathlib.Path(sys.argv[1]).resolve())
engine_checks.inside(sys.argv[2], "optuna==5.0.0 optuna-dashboard==0.21.0 psycopg[binary]==3.3.9")

import optuna
import psycopg
from optuna.trial import TrialState


@contextlib.contextmanager
def postgresql(folder):
    """A server of its own, on loopback; its URL."""
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not programs:
        raise SystemExit("no PostgreSQL: apt-get install --no-install-recommends postgresql")
    programs = os.path.dirname(programs[-1])
    # Not as root: PostgreSQL refuses.
    account = pwd.getpwnam("postgres") if os.getuid() == 0 else None
    who = dict(user=account.pw_uid, group=account.pw_gid, extra_groups=[]) if account else {}
    data, port = pathlib.Path(folder, "postgresql"), engine_checks.free_port()
    data.mkdir()
    if account:
        os.chown(data, account.pw_uid, account.pw_gid)
    with open(pathlib.Path(folder, "postgresql.log"), "w") as log:
        subprocess.run(
            [f"{programs}/initdb", "-D", str(data), "-U", "qcc", "-A", "trust", "-E", "UTF8"], check=True, stdout=log,
            stderr=log, cwd="/", **who)
        server = subprocess.Popen(
            [f"{programs}/postgres", "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(data)],
            stdout=log, stderr=log, cwd="/", **who)
        try:
            url = f"postgresql://qcc@127.0.0.1:{port}/postgres"
            until("PostgreSQL", lambda: is_there(url))
            yield url.replace("://", "+psycopg://")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def is_there(url):
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url):
        return True


def load(name, storage):
    if "://" not in storage:
        storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(storage))
    return optuna.load_study(study_name=name, storage=storage)


def check_workers(storage):
    words = ["--study", "digits", "--storage", storage, "--qcc", QCC, "--seed"]
    workers = [engine_checks.Worker("optuna_search.py", *words, str(seed)) for seed in [1, 2, 3]]

    def trials(*states):
        with contextlib.suppress(Exception):  # There is no study yet.
            return load("digits", storage).get_trials(states=states or None)
        return []

    until("first results", lambda: len(trials(TrialState.COMPLETE)) >= 5)
    victim = workers.pop()
    killed = victim.kill(lambda: next(
        (trial for trial in trials(TrialState.RUNNING)
         if trial.user_attrs.get("worker", [0, 0])[1] == victim.process.pid and "key" in trial.user_attrs), None))
    print(f"killed the worker of trial {killed.number}")
    for worker in workers:
        worker.finish()

    ended = trials()
    check(all(trial.state.is_finished() for trial in ended), f"all of {len(ended)} trials ended")
    check(ended[killed.number].state == TrialState.FAIL, "the trial of the killed worker is marked failed")
    complete = [trial for trial in ended if trial.state == TrialState.COMPLETE]
    check(len(ended) == len(complete) + 1, "all other trials are complete")
    judged = [trial for trial in complete if "same as" not in trial.user_attrs]
    keys = [trial.user_attrs["key"] for trial in judged]
    check(len(keys) == len(set(keys)) >= engine_checks.TRIALS, f"{len(keys)} plans were judged, none twice")
    check(killed.user_attrs["key"] in keys, "one of them is that of the killed worker")
    engine_checks.check_front(QCC, [trial.user_attrs["row"] for trial in judged])
    engine_checks.refused(workers[0].words + ["--widths", "2,8"], "the study 'digits' has another space")


def check_journal():
    """What qcc writes is what Optuna reads."""
    search = [QCC, "search", *engine_checks.NETWORK, "--evaluations", "8", "--study", "digits.study"]
    subprocess.run(search, check=True, capture_output=True)
    subprocess.run([QCC, "study", "export", "--optuna", "exported.log", "digits.study"], check=True)
    shown = subprocess.run([QCC, "study", "show", "digits.study", "--format", "json"], check=True, capture_output=True)
    report = json.loads(shown.stdout)
    study = load("digits.study", "exported.log")
    check(len(study.trials) == report["evaluations"], f"Optuna has the {len(study.trials)} trials of the study")
    check(study.metric_names == ["cycles", "loss"], "their values are cycles and loss")
    check(all(trial.datetime_start <= trial.datetime_complete for trial in study.trials), "they took their time")
    variables = study.user_attrs["space"]["variables"]
    for row in report["front"] + report["flat"]:
        # The width of every variable, by what it is in the plan.
        parameters = {
            variable["name"]: row["plan"][kind][name]["bits"]
            for variable in variables for kind in ["maps", "weights"] for name in variable[kind]}
        same = [trial for trial in study.trials if trial.params == parameters and trial.user_attrs["thorough"]]
        if [trial.values for trial in same] != [[row["cycles"], row["loss"]]] or same[0].user_attrs["metric"] != row["metric"]:
            raise SystemExit(f"FAILED: {row} is {same} to Optuna")
    check(True, "front and flat networks have the same values and widths")
    # What qcc has judged is found by engines, who go on from there.
    study.optimize(
        lambda trial: (trial.suggest_categorical(variables[0]["name"], variables[0]["choices"]), 0.0), n_trials=1)
    check(len(load("digits.study", "exported.log").trials) == len(study.trials), "Optuna goes on with the journal")

    port = engine_checks.free_port()
    dashboard = subprocess.Popen(
        [str(pathlib.Path(sys.executable).with_name("optuna-dashboard")), "exported.log", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def fetch(path):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/api/{path}") as answer:
            return json.load(answer)

    try:
        studies = until("optuna-dashboard", lambda: fetch("studies"))["study_summaries"]
        check([study["study_name"] for study in studies] == ["digits.study"], "the dashboard lists the study")
        details = fetch(f"studies/{studies[0]['study_id']}?after=0")
        check(len(details["trials"]) == len(study.trials), f"the dashboard shows its {len(details['trials'])} trials")
    finally:
        dashboard.terminate()
        dashboard.wait()


with tempfile.TemporaryDirectory() as folder:
    os.chmod(folder, 0o755)
    os.chdir(folder)
    print("== the journal of qcc study export")
    check_journal()
    print("== workers on a journal file")
    check_workers(str(pathlib.Path(folder, "workers.log")))
    print("== workers on PostgreSQL")
    with postgresql(folder) as url:
        check_workers(url)
