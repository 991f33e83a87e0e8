#!/usr/bin/env python3
"""Searches the widths of a network with open-source Vizier: one worker. Start as many as wanted, each with a name of its own, on
any machine that reaches the server (vizier_server.py). See docs/integrations/vizier.md."""

import json
import sys
import time

import grpc
from vizier.service import clients
from vizier.service import pyvizier as vz

import qcc_trials

OWNER = "qcc"
# Of what goes into metadata.
NAMESPACE = "qcc"


def study(options, network):
    """The study that workers share: whoever comes first makes it."""
    config = vz.StudyConfig(algorithm=options.algorithm)
    for variable in network.variables:
        config.search_space.root.add_categorical_param(variable["name"], [str(bits) for bits in variable["choices"]])
    names = [options.minimize, "loss"] if options.max_drop is None else [options.minimize]
    for name in names:
        config.metric_information.append(vz.MetricInformation(name, goal=vz.ObjectiveMetricGoal.MINIMIZE))
    if options.max_drop is not None:
        # What is left of the limit: no less than nothing.
        config.metric_information.append(
            vz.MetricInformation("margin", goal=vz.ObjectiveMetricGoal.MAXIMIZE, safety_threshold=0.0))
    config.metadata.ns(NAMESPACE)["task"] = json.dumps(network.task)
    found = clients.Study.from_study_config(config, owner=OWNER, study_id=options.study)
    network.check(json.loads(found.materialize_study_config().metadata.ns(NAMESPACE)["task"]), options.study)
    return found


class Worker:
    def __init__(self, study, network, options):
        self.study = study
        self.network = network
        self.name = options.worker
        self.trials = min(options.trials, network.size)

    def run(self):
        """Until enough plans are judged. What this worker had begun before it died comes first."""
        while True:
            trials = list(self.study.trials().get())
            pending = [trial for trial in trials if trial.status == vz.TrialStatus.ACTIVE]
            mine = any(trial.assigned_worker == self.name for trial in pending)
            judged = len({self.key(trial) for trial in trials if trial.status == vz.TrialStatus.COMPLETED})
            if mine or judged + len(pending) < self.trials:
                for trial in self.study.suggest(count=1, client_id=self.name):
                    self.judge(trial)
            elif judged < self.trials:
                time.sleep(0.5)
            else:
                return

    def widths(self, trial):
        return {name: int(trial.parameters.get_value(name)) for name in trial.parameters}

    def key(self, trial):
        return qcc_trials.key(self.network.plan(self.widths(trial)))

    def judge(self, trial):
        asked = trial.materialize()
        earlier = self.earlier(asked)
        if earlier:
            trial.complete(earlier.final_measurement, infeasible_reason=earlier.infeasibility_reason)
            return
        try:
            row = self.network.evaluate(self.network.plan(self.widths(asked)))
        except qcc_trials.QCCError as error:
            trial.complete(infeasible_reason=str(error))
            return
        metadata = vz.Metadata()
        metadata.ns(NAMESPACE)["row"] = json.dumps(row)
        trial.update_metadata(metadata)
        print(f"trial {trial.id}: {self.network.line(row)}", flush=True)
        trial.complete(self.measurement(row))

    def measurement(self, row):
        metrics = dict(zip([self.network.options.minimize, "loss"], self.network.objectives(row)))
        if self.network.options.max_drop is not None:
            metrics["margin"] = -self.network.excess(row)
        return vz.Measurement(metrics=metrics)

    def earlier(self, asked):
        """The trial that judged the plan before. While another worker is at it, this one waits."""
        while True:
            same = [
                trial for trial in self.study.trials().get()
                if trial.id < asked.id and self.key(trial) == self.key(asked)
            ]
            if not same or same[0].status == vz.TrialStatus.COMPLETED:
                return same[0] if same else None
            time.sleep(0.2)


def main():
    arguments = qcc_trials.parser(__doc__)
    arguments.add_argument("--server", required=True, metavar="HOST:PORT", help="where vizier_server.py listens")
    arguments.add_argument(
        "--worker", required=True, metavar="NAME", help="unlike others; of a worker that died: it goes on with its trial")
    arguments.add_argument("--algorithm", default="NSGA2", help="of Vizier")
    options = arguments.parse_args()
    clients.environment_variables.server_endpoint = options.server
    try:
        network = qcc_trials.Network(options)
        found = study(options, network)
        Worker(found, network, options).run()
        # A trial that repeats another has no row of its own.
        rows = [trial.metadata.ns(NAMESPACE).get("row") for trial in found.trials().get()]
        rows = [json.loads(row) for row in rows if row]
    except qcc_trials.QCCError as error:
        sys.exit(str(error))
    except (grpc.RpcError, grpc.FutureTimeoutError) as error:
        sys.exit(f"{options.server}: {getattr(error, 'details', lambda: 'no answer')()}: is vizier_server.py running?")
    network.show(rows)


if __name__ == "__main__":
    main()
