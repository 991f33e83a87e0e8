#!/usr/bin/env python3
"""Searches that are killed at random moments, every second with two processes, of every fourth the worker first: resumed they find the
same front and the same network, and nothing that was recorded is lost.

usage: Tests/search-kills.py QCC [COUNT]
"""

import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from search_runs import digits, recorded


def found(output):
    report = json.loads(output)
    del report["seconds"]
    return report


def recorded_so_far(study):
    if not os.path.exists(study):
        return {}
    try:
        return recorded(study)
    except sqlite3.OperationalError:  # It was not made yet.
        return {}


def kill_workers(process):
    for worker in subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split():
        os.kill(int(worker), signal.SIGKILL)


def main():
    qcc, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100
    search = digits(qcc, "--minimize", "cycles", "--max-drop", "1.5", "--evaluations", "60", "--format", "json")
    random.seed(7)
    kept, lost, wrong = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        start = time.time()
        file = pathlib.Path(folder, "best.onnx")
        whole = found(subprocess.run(search + ["-o", file], capture_output=True, check=True).stdout)
        network, duration = file.read_bytes(), time.time() - start
        for number in range(count):
            study = f"{folder}/{number}.study"
            command = search + ["--study", study, "-o", file] + (["--workers", "2"] if number % 2 else [])
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(duration * random.random())
            if number % 4 == 3:
                kill_workers(process)
                time.sleep(duration * random.random() * 0.3)
            process.kill()
            process.wait()
            before = recorded_so_far(study)
            resumed = subprocess.run(command, capture_output=True, text=True)
            after = recorded_so_far(study)
            kept += len(before)
            lost += sum(after.get(key) != result for key, result in before.items())
            if resumed.returncode != 0 or found(resumed.stdout) != whole or file.read_bytes() != network:
                wrong += 1
                print(f"{number}: another front after {len(before)} results: {resumed.stderr[-200:]}")
    print(f"{count} kills: {kept} results were recorded before them, {lost} of these lost; {wrong} fronts differ")
    sys.exit(lost + wrong > 0)


main()
