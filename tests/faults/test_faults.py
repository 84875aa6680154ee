"""The fault table, in small: the faults that end fastest, with every kind of command in flight."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUICK = (
    "three times at once",
    "client drops",
    "terminate_backend",
    "kill -9 of the server",
    "stop immediate",
)


def test_nothing_is_lost_or_doubled():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--faults", "60", "--only", *QUICK],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    rows = done.stdout.splitlines()
    assert rows[-1] == "ok: nothing lost, nothing doubled"
    assert len(rows) == len(["head", *QUICK, "terminate, all", "all", "ok"])
