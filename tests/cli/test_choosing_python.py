"""`make setup` takes the first Python, and says where another was built with profiles."""

import os
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "scripts" / "setup"
#: A Python that says how it was built, and makes no environment, so that setup ends there.
STUB = """#!/bin/sh
case "$*" in
    *CONFIG_ARGS*) exit {slow} ;;
    *"-m venv"*) echo "made by $0"; exit 3 ;;
    --version) echo Python 3.99 ;;
esac
"""


@pytest.fixture
def made_by(tmp_path):
    """`made_by(name=slow, …)`: what setup says with these Pythons on the PATH."""

    def made_by(named=None, **pythons):
        for name, slow in pythons.items():
            (tmp_path / name).write_text(STUB.format(slow=int(slow)))
            (tmp_path / name).chmod(0o755)
        environment = {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"}
        environment.pop("PYTHON", None)
        if named:
            environment["PYTHON"] = named
        ended = subprocess.run(
            ["sh", SETUP, tmp_path / "venv"], env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert ended.returncode == 3, ended.stderr
        return ended.stdout

    return made_by


def test_of_one_that_is_fast_nothing_is_said(made_by):
    said = made_by(python3=False, python=False)

    assert "/python3\n" in said
    assert "built without" not in said


def test_the_first_is_taken_and_the_faster_one_is_named(made_by):
    said = made_by(python3=True, python=False)

    assert "PYTHON=python make setup" in said
    assert "/python3\n" in said


def test_of_one_that_is_named_nothing_is_said(made_by):
    said = made_by(named="python3", python3=True, python=False)

    assert "/python3\n" in said
    assert "built without" not in said
