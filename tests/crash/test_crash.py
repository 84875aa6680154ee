"""The crash script, in small: nothing that was answered is lost, nothing is doubled."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("how", [(), ("--database-too",)], ids=["server", "server and database"])
def test_kill_9_in_the_middle_of_payments(how):
    size = ("--payments", "200", "--accounts", "20")
    done = subprocess.run(
        [sys.executable, "-m", "scripts.crash_test", *size, *how],
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
