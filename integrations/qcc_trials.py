"""What engines need of qcc: the space of a network's widths, and the judgement of one plan. Python 3.9 or later, nothing else."""

import argparse
import hashlib
import json
import pathlib
import subprocess
import tempfile


class QCCError(Exception):
    """What qcc said was wrong."""


def parser(description):
    """The arguments that every engine has: qcc's own, by qcc's names."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("model", help="the float network: a Keras H5 or an ONNX file")
    arguments.add_argument("--calibration", action="append", required=True, metavar="FILE")
    arguments.add_argument("--validation", action="append", default=[], metavar="FILE", help="inputs that judge")
    arguments.add_argument("--labels", metavar="FILE", help="of the validation inputs; without: agreement")
    arguments.add_argument("--metric", choices=["accuracy", "auc"])
    arguments.add_argument("--groups", metavar="FILE", help="with --metric auc: a number per sample")
    arguments.add_argument("--target", metavar="NAME|FILE", help="the accelerator")
    arguments.add_argument("--widths", metavar="BITS,…", help="to choose from (qcc search --help)")
    arguments.add_argument("--limit", action="append", default=[], metavar="NAME=BITS,…", help="as qcc search has it")
    arguments.add_argument("--minimize", default="cycles", choices=["ideal", "cycles", "energy", "bits", "bytes"])
    arguments.add_argument(
        "--max-drop", type=float, metavar="POINTS",
        help="the cheapest network that loses no more, in percent points; without: cost and loss are both minimized")
    arguments.add_argument("--trials", type=int, default=100, metavar="COUNT", help="different plans to judge")
    arguments.add_argument("--study", required=True, metavar="NAME", help="that the workers share")
    arguments.add_argument("--threads", type=int, metavar="COUNT", help="of each qcc")
    arguments.add_argument("--qcc", default="qcc", metavar="FILE", help="the command")
    return arguments


class Network:
    """A network and the files that judge its plans."""

    def __init__(self, options):
        self.options = options
        self.space = self._space()
        self.variables = self.space["variables"]
        self.size = 1
        for variable in self.variables:
            self.size *= len(variable["choices"])

    @property
    def task(self):
        """All that results depend on: workers of one study have to agree in it."""
        files = {name: getattr(self.options, name) or [] for name in ["calibration", "validation", "labels", "groups"]}
        contents = {name: [_digest(file) for file in _list(files[name])] for name in files}
        words = {name: getattr(self.options, name) for name in ["metric", "target", "minimize", "max_drop"]}
        return {"space": self.space, "model": _digest(self.options.model), **contents, **words}

    def check(self, task, study):
        """Refuses to take part in a study of something else."""
        mine = self.task
        different = [name for name in mine if mine[name] != task.get(name)]
        if different:
            raise QCCError(
                f"the study '{study}' has another {' and another '.join(different)}: "
                "take part with the same files and options, or name another study")

    def plan(self, widths):
        """The plan (schemas/plan.schema.json) that gives every variable of the space its width."""
        plan = {"version": 1, "maps": {}, "weights": {}, "biases": {}}
        for variable in self.variables:
            for kind in ["maps", "weights"]:
                for name in variable[kind]:
                    plan[kind][name] = {"bits": widths[variable["name"]]}
        for name, bits in self.space["biases"].items():
            plan["biases"][name] = {"bits": bits}
        return plan

    def flat(self, most):
        """The widest choices up to a number of bits; where a variable has none, its first."""
        return {
            variable["name"]: max((bits for bits in variable["choices"] if bits <= most), default=variable["choices"][0])
            for variable in self.variables
        }

    def flats(self):
        """The networks of one width that every front is compared with, the widest first."""
        widths = sorted({bits for variable in self.variables for bits in variable["choices"]}, reverse=True)
        return [self.flat(bits) for bits in widths]

    def evaluate(self, plan):
        """What `qcc evaluate` says of a plan (schemas/trial.schema.json)."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "plan.json")
            file.write_text(json.dumps(plan))
            return json.loads(self._qcc("evaluate", "--plan", str(file), "--format", "json", *self._judging()))

    def objectives(self, row):
        """Cost and loss, or with a limit the cost alone; all are minimized."""
        cost = row[self.options.minimize]
        return [cost, row["loss"]] if self.options.max_drop is None else [cost]

    def excess(self, row):
        """How far a network drops beyond the limit, in percent points."""
        return 100 * row.get("dropBound", row["expectedDrop"]) - self.options.max_drop

    def best(self, rows):
        """Those that are best in cost and loss, or with a limit the cheapest that keeps it; the cheapest first."""
        rows = sorted(rows, key=lambda row: (row[self.options.minimize], row["loss"]))
        if self.options.max_drop is not None:
            return [row for row in rows if self.excess(row) <= 0][:1]
        front = []
        for row in rows:
            if not front or row["loss"] < front[-1]["loss"]:
                front.append(row)
        return front

    def show(self, rows):
        """Prints the best of what was judged."""
        best = self.best(rows)
        if not best:
            print(f"no network drops {self.options.max_drop} points at most: allow more, or more trials")
            return
        print(f"best of {self.options.study}:")
        for row in best:
            print(self.line(row))

    def line(self, row):
        """A network in words."""
        cost = f"{row[self.options.minimize]:,} {self.options.minimize}"
        return f"{cost}, {row['speedup']:.2f}x, loss {row['loss']:.4g}, drop {100 * row['drop']:.2f} points"

    def _space(self):
        """The space as qcc has it: variables, tied maps, limits. A search of one network says it."""
        with tempfile.TemporaryDirectory() as folder:
            study, journal = str(pathlib.Path(folder, "study")), pathlib.Path(folder, "journal")
            options = ["--widths", self.options.widths] if self.options.widths else []
            options += [word for limit in self.options.limit for word in ("--limit", limit)]
            self._qcc("search", "--evaluations", "1", "--study", study, *options, *self._judging())
            self._run("study", "export", "--optuna", str(journal), study)
            for line in journal.read_text().splitlines():
                space = json.loads(line).get("user_attr", {}).get("space")
                if space:
                    return space
        raise QCCError("the journal of qcc study export names no space: qcc and this script are of different versions")

    def _judging(self):
        words = [word for file in self.options.calibration for word in ("--calibration", file)]
        words += [word for file in self.options.validation for word in ("--validation", file)]
        for name in ["labels", "metric", "groups", "target", "threads"]:
            value = getattr(self.options, name)
            if value is not None:
                words += [f"--{name}", str(value)]
        return words

    def _qcc(self, command, *words):
        return self._run(command, self.options.model, *words)

    def _run(self, *words):
        try:
            result = subprocess.run([self.options.qcc, *words], capture_output=True, text=True)
        except OSError as error:
            raise QCCError(f"{self.options.qcc}: {error.strerror}: --qcc names the command") from error
        if result.returncode < 0:
            raise QCCError(f"qcc {words[0]} was ended by signal {-result.returncode}")
        if result.returncode > 0:
            raise QCCError(result.stderr.strip())
        return result.stdout


def key(plan):
    """A trial's key: two trials of one plan are one."""
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()


def _list(value):
    return [value] if isinstance(value, str) else value


def _digest(argument):
    """Of the contents of FILE, NAME=FILE or FILE:DATASET."""
    names = [argument, argument.split("=", 1)[-1], argument.split("=", 1)[-1].rsplit(":", 1)[0]]
    for name in names:
        if pathlib.Path(name).is_file():
            return hashlib.sha256(pathlib.Path(name).read_bytes()).hexdigest()
    raise QCCError(f"{argument}: no such file")
