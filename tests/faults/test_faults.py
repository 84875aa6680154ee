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
        [sys.executable, "-m", "tests.faults", "--faults", "40", "--only", *QUICK],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    rows = done.stdout.splitlines()
    assert rows[-1] == "ok: nothing lost, nothing doubled"
    assert len(rows) == len(["head", *QUICK, "terminate, all", "all", "ok"])


def test_each_event_comes_in_order_though_workers_are_killed_and_the_receiver_is_moody():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.webhooks", "--events", "150", "--accounts", "15",
         "--kills", "2", "--speed", "120", "--patience", "250"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "ok: each event came, in order"


def test_each_message_goes_once_though_carriers_break_off_and_workers_are_killed():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.messages", "--messages", "24", "--kills", "1",
         "--patience", "200"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "ok: each went once, or is known as uncertain"
