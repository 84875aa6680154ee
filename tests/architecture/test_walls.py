"""The import contracts of pyproject.toml bite: on a small house that breaks each, each says so."""

import re
import subprocess
import sys
import tomllib

import pytest

from tests.architecture.tree import ROOT

MODULES = (
    "__init__", "main", "cli", "config", "scheduler",
    "domain/__init__", "domain/money", "domain/errors",
    "services/__init__", "services/plans",
    "storage/__init__", "storage/engine", "storage/plans",
    "schemas/__init__", "schemas/plans",
    "routers/__init__", "routers/plans",
)  # fmt: skip
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = SETTINGS["tool"]["importlinter"]["contracts"]

SOUND = {
    "main": "import app.config, app.routers.plans, app.storage.engine",
    "cli": "import app.config, app.services.plans, app.storage.engine",
    "scheduler": "import asyncio, app.routers.plans, app.services.plans, app.storage.engine",
    "routers/plans": "import fastapi, app.schemas.plans, app.services.plans, app.domain.money\n"
    "from app.storage.engine import Transaction",
    "services/plans": "import app.storage.plans, app.domain.money",
    "storage/plans": "import sqlalchemy, app.domain.money",
    "storage/engine": "import sqlalchemy, asyncpg\nTransaction = object",
    "schemas/plans": "import pydantic, app.domain.money",
    "domain/money": "import dataclasses, datetime, dateutil, app.domain.errors",
}
BROKEN = {
    "layers": ("services/plans", "import app.schemas.plans"),
    "pure-domain": ("domain/money", "import time"),
    "sql-in-storage": ("services/plans", "import sqlalchemy"),
    "http-at-the-edge": ("services/plans", "import starlette"),
    "storage-behind-services": ("routers/plans", "import app.storage.plans"),
    "schemas-at-the-edge": ("cli", "import app.schemas.plans"),
    "settings": ("services/plans", "import app.config"),
    "acyclic": ("domain/errors", "import app.domain.money"),
}


def verdicts(folder, contents):
    """Build a house with these modules and run the real contracts over it."""
    for name in MODULES:
        path = folder / "app" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents.get(name, "") + "\n")
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    code = "from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--no-logo"],
        cwd=folder, env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = {
        contract["id"]: found.group(1)
        for contract in CONTRACTS
        if (found := re.search(rf"{re.escape(contract['name'])}.*?(KEPT|BROKEN)", done.stdout))
    }
    assert said.keys() == {contract["id"] for contract in CONTRACTS}, done.stdout + done.stderr
    return said


def test_a_sound_house_keeps_every_contract(tmp_path):
    assert set(verdicts(tmp_path, SOUND).values()) == {"KEPT"}


def test_every_contract_can_break(tmp_path):
    contents = dict(SOUND)
    for module, line in BROKEN.values():
        contents[module] = f"{contents.get(module, '')}\n{line}"

    assert BROKEN.keys() == {contract["id"] for contract in CONTRACTS}
    assert set(verdicts(tmp_path, contents).values()) == {"BROKEN"}


@pytest.mark.parametrize("module", ["os", "time", "random", "asyncio", "logging", "socket"])
def test_the_domain_is_kept_from_the_machine(module):
    pure = next(contract for contract in CONTRACTS if contract["id"] == "pure-domain")

    assert module in pure["forbidden_modules"]
