#!/usr/bin/env python3
"""Searches the widths of a network with Optuna: one worker. Start as many as wanted, each with a seed of its own, on any machine
that reaches the storage. See docs/integrations/optuna.md."""

import datetime
import os
import socket
import sys
import time
import warnings

import optuna
from optuna.trial import TrialState

import qcc_trials

# A worker that was not heard of for two of these, in seconds, is dead.
HEARTBEAT = 10


def storage(name):
    """A database by its URL, or else a journal file."""
    retry = optuna.storages.RetryHeartbeatStaleTrialCallback()
    if "://" in name:
        return optuna.storages.RDBStorage(
            name, heartbeat_interval=HEARTBEAT, heartbeat_stale_trial_callback=retry)
    backend = optuna.storages.journal.JournalFileBackend(name)
    return optuna.storages.JournalStorage(backend)


def study(options, network):
    """The study that workers share: whoever comes first makes it."""
    found = optuna.create_study(
        study_name=options.study, storage=storage(options.storage), load_if_exists=True,
        directions=["minimize"] * (2 if options.max_drop is None else 1),
        # Plans that other workers are at are taken for bad ones meanwhile: nobody asks for them again.
        sampler=optuna.samplers.TPESampler(seed=options.seed, constant_liar=True, multivariate=True))
    if "task" in found.user_attrs:
        network.check(found.user_attrs["task"], options.study)
    else:
        found.set_metric_names([options.minimize, "loss"][:len(found.directions)])
        for widths in network.flats():
            found.enqueue_trial(widths, skip_if_exists=True)
        found.set_user_attr("task", network.task)
    return found


class Worker:
    def __init__(self, study, network, trials):
        self.study = study
        self.network = network
        self.trials = min(trials, network.size)

    def run(self):
        """Until enough plans are judged, and nobody works any more who might die."""
        while True:
            self.bury()
            trials = self.study.get_trials(deepcopy=False)
            waiting = any(trial.state == TrialState.WAITING for trial in trials)
            running = sum(trial.state == TrialState.RUNNING for trial in trials)
            judged = len({trial.user_attrs["key"] for trial in trials if self.is_judged(trial)})
            if waiting or judged + running < self.trials:
                self.study.optimize(self.judge, n_trials=1, catch=(qcc_trials.QCCError,))
            elif running:
                time.sleep(0.5)
            else:
                return

    def judge(self, trial):
        trial.set_user_attr("worker", [socket.gethostname(), os.getpid()])
        widths = {
            variable["name"]: trial.suggest_categorical(variable["name"], variable["choices"])
            for variable in self.network.variables
        }
        plan = self.network.plan(widths)
        trial.set_user_attr("key", qcc_trials.key(plan))
        earlier = self.earlier(trial.number, qcc_trials.key(plan))
        if earlier:
            trial.set_user_attr("same as", earlier.number)
            if "error" in earlier.user_attrs:
                raise qcc_trials.QCCError(earlier.user_attrs["error"])
            row = earlier.user_attrs["row"]
        else:
            try:
                row = self.network.evaluate(plan)
            except qcc_trials.QCCError as error:
                trial.set_user_attr("error", str(error))
                raise
        trial.set_user_attr("row", row)
        print(f"trial {trial.number}: {self.network.line(row)}", flush=True)
        if self.network.options.max_drop is not None:
            trial.set_constraint("drop", self.network.excess(row))
        return self.network.objectives(row)

    def earlier(self, number, key):
        """The trial that judged the plan before. While another worker is at it, this one waits."""
        while True:
            same = [
                trial for trial in self.study.get_trials(deepcopy=False)
                if trial.number < number and trial.user_attrs.get("key") == key
            ]
            done = next((trial for trial in same if self.is_judged(trial)), None)
            if done or not any(trial.state == TrialState.RUNNING for trial in same):
                return done
            self.bury()
            time.sleep(0.2)

    @staticmethod
    def is_judged(trial):
        """Also where qcc refused its plan."""
        return trial.state == TrialState.COMPLETE or trial.state == TrialState.FAIL and "error" in trial.user_attrs

    def bury(self):
        """Trials of workers that died are marked failed, and wait to be taken up again."""
        optuna.storages.fail_stale_trials(self.study)
        for trial in self.study.get_trials(deepcopy=False, states=[TrialState.RUNNING]):
            if self.is_orphan(trial):
                try:
                    self.study.tell(trial.number, state=TrialState.FAIL)
                except (ValueError, optuna.exceptions.UpdateFinishedTrialError):
                    continue  # Another worker was faster.
                self.study.enqueue_trial(trial.params)

    def is_orphan(self, trial):
        """Whether a running trial has no worker, and no heartbeat that would tell."""
        if "worker" not in trial.user_attrs:
            # It died before it said who it was, or has only just begun.
            return (datetime.datetime.now() - trial.datetime_start).total_seconds() > 6 * HEARTBEAT
        host, process = trial.user_attrs["worker"]
        # Journals have no heartbeat: of this machine the processes are known.
        return "://" not in self.network.options.storage and host == socket.gethostname() and not is_running(process)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def main():
    arguments = qcc_trials.parser(__doc__)
    arguments.add_argument("--storage", required=True, metavar="URL|FILE", help="postgresql+psycopg://… or a journal")
    arguments.add_argument("--seed", type=int, required=True, metavar="NUMBER", help="unlike those of other workers")
    options = arguments.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    try:
        network = qcc_trials.Network(options)
        found = study(options, network)
        Worker(found, network, options.trials).run()
    except qcc_trials.QCCError as error:
        sys.exit(str(error))
    network.show(trial.user_attrs["row"] for trial in found.get_trials(deepcopy=False, states=[TrialState.COMPLETE]))


if __name__ == "__main__":
    main()
