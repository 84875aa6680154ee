"""The import contracts of pyproject.toml bite: on a small house that breaks each, each says so."""

import re
import subprocess
import sys
import tomllib

import pytest

from tests.architecture.tree import ROOT, modules

#: Every module of the real house: here they are empty, so that only the lines below import.
MODULES = tuple(path.relative_to("app").with_suffix("").as_posix() for path in modules("app"))
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = SETTINGS["tool"]["importlinter"]["contracts"]

SOUND = {
    "main": "import app.config, app.routers.plans.plans, app.storage.database.engine",
    "cli/serve": "import app.config, app.services.plans.open, app.storage.database.engine",
    "scheduler": "import asyncio, app.routers.plans.plans, app.storage.database.engine",
    "workers/running": "import app.outbound.http, app.workers.loop, app.storage.database.engine",
    "workers/webhooks": "import app.schemas.webhooks.message, app.services.webhooks.attempting",
    "outbound/http": "import httpx, app.outbound.resolving, app.domain.webhooks.attempts",
    "routers/plans/plans": "import fastapi, app.schemas.plans.plans, app.services.plans.open\n"
    "from app.storage.database.engine import Transaction",
    "services/plans/open": "import app.storage.plans.plans, app.domain.money, app.services.work",
    "storage/plans/plans": "import sqlalchemy, app.storage.tables, app.domain.money",
    "storage/database/engine": "import sqlalchemy, asyncpg\nTransaction = object",
    "schemas/plans/plans": "import pydantic, app.domain.money, app.schemas.edge.types",
    "domain/replay/replay": "import app.domain.facts.fact, app.domain.standing.status",
    "domain/values": "import msgspec",
    "domain/money": "import dataclasses, datetime, dateutil, app.domain.errors",
}
BROKEN = {
    "layers": ("services/plans/open", "import app.schemas.plans.plans"),
    "domain-rooms": ("domain/policy/model", "import app.domain.facts.fact"),
    "services-rooms": ("services/work", "import app.services.accounts.charge"),
    "storage-rooms": ("storage/tables/plans", "import app.storage.plans.plans"),
    "edges-rooms": ("routers/plans/plans", "import app.routers.changes.changes"),
    "schemas-rooms": ("schemas/accounts/accounts", "import app.schemas.plans.plans"),
    "pure-domain": ("domain/money", "import time"),
    "values-know-the-library": ("domain/money", "import msgspec"),
    "sql-in-storage": ("services/plans/open", "import sqlalchemy"),
    "http-at-the-edge": ("services/plans/open", "import starlette"),
    "storage-behind-services": ("routers/plans/plans", "import app.storage.plans.plans"),
    "workers-rooms": ("workers/loop", "import app.workers.webhooks"),
    "outbound-rooms": ("outbound/resolving", "import app.outbound.http"),
    "outbound-knows-no-books": ("outbound/http", "import app.storage.tables"),
    "schemas-at-the-edge": ("cli/serve", "import app.schemas.plans.plans"),
    "settings": ("services/plans/open", "import app.config"),
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
