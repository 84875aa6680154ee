"""The crash script, in small: nothing that was answered is lost, nothing is doubled."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_kill_9_of_the_server_and_its_database_in_the_middle_of_payments():
    """Of the server alone: the fault table does that."""
    how = ("--payments", "200", "--accounts", "20", "--database-too")
    done = subprocess.run(
        [sys.executable, "-m", "scripts.crash_test", *how],
        cwd=ROOT, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("ok: nothing lost, nothing doubled")
    figures = {
        said.strip(): int(figure)
        for figure, _, said in (line.strip().partition("  ") for line in done.stdout.splitlines())
        if figure.isdigit()
    }
    assert figures["payments in the end"] == 200
    assert 0 < figures["got no answer"] < 200, "it was killed in the middle"
