"""What the checks of integrations/ share: an environment, three workers of which one is killed, and what has to hold in the end."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "testdata"
NETWORK = [
    str(DATA / "quantize/digits_float.h5"), "--calibration", str(DATA / "quantize/calibration.npy"),
    "--validation", str(DATA / "digits_x.npy"), "--labels", str(DATA / "digits_labels.npy"), "--threads", "1",
]
TRIALS = 24


def inside(folder, requirements):
    """Goes on with a Python that has the packages: of an environment in the folder, made where it is not there."""
    folder = pathlib.Path(folder).resolve()
    python = folder / "bin/python"
    if pathlib.Path(sys.prefix).resolve() == folder:
        return
    installed = folder / "installed"
    if not installed.exists() or installed.read_text() != requirements:
        print(f"installing {requirements} into {folder}", flush=True)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *requirements.split()], check=True)
        installed.write_text(requirements)
    os.execv(python, [str(python), *sys.argv])


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def until(what, condition, seconds=300):
    """What a condition says as soon as it says something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"waited {seconds} s for {what}")


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")
    print(f"ok: {what}", flush=True)


class Worker:
    """A process of integrations/NAME."""

    def __init__(self, script, *words):
        self.words = [sys.executable, str(ROOT / "integrations" / script), *NETWORK, "--trials", str(TRIALS), *words]
        self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def kill(self, has_trial):
        """With SIGKILL, in the middle of a trial."""
        def stopped():
            check(self.process.poll() is None, "the worker that is to be killed still runs") if self.process.poll() else None
            self.process.send_signal(signal.SIGSTOP)
            found = has_trial()
            if not found:
                self.process.send_signal(signal.SIGCONT)
                time.sleep(0.1)
            return found
        found = until("a trial of the worker that is killed", stopped)
        self.process.kill()
        self.process.wait()
        return found

    def finish(self):
        output, _ = self.process.communicate(timeout=300)
        check(self.process.returncode == 0, f"a worker ended with 0{'' if self.process.returncode == 0 else ': ' + output}")
        return output


def refused(words, message):
    result = subprocess.run(words, capture_output=True, text=True)
    check(result.returncode == 1 and message in result.stderr and "Traceback" not in result.stderr,
          f"refused in words: {result.stderr.strip()}")


def check_front(qcc, rows):
    """The front of what was judged is what qcc says of its plans again, each in a process of its own."""
    rows = sorted(rows, key=lambda row: (row["cycles"], row["loss"]))
    front = [row for place, row in enumerate(rows) if all(row["loss"] < other["loss"] for other in rows[:place])]
    for row in front:
        plan = pathlib.Path("plan.json")
        plan.write_text(json.dumps(row["plan"]))
        again = subprocess.run(
            [qcc, "evaluate", *NETWORK, "--plan", str(plan), "--format", "json"], capture_output=True, text=True)
        if again.returncode or json.loads(again.stdout) != row:
            raise SystemExit(f"FAILED: qcc evaluate says {again.stdout}{again.stderr} again, not {row}")
    check(len(front) > 1, f"the {len(front)} plans of the front are judged the same again")
