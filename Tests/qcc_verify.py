"""What `qcc verify` says of a network: shared by the campaigns beside it."""

import json
import subprocess


def verify(qcc, path, golden=None):
    """A word and more of it: crash (how), refused (the message), exact or differs (the report)."""
    command = [qcc, "verify", path, "--no-emitted", "--format", "json"] + (["--golden", golden] if golden else [])
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    except subprocess.TimeoutExpired:
        return "crash", "more than 600 s"
    if done.returncode not in (0, 1):
        return "crash", f"exit {done.returncode}: {done.stderr.strip()[-300:]}"
    if not done.stdout.strip():
        return "refused", done.stderr.strip()
    report = json.loads(done.stdout)
    return ("exact" if report["bitExact"] else "differs"), report
