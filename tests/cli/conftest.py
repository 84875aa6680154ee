"""The command line on an embedded PostgreSQL of its own: its commands decide where that is."""

import asyncio
import os
import subprocess
import sys
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from app.cli.commands import app
from app.services.tenancy.installation import EMBEDDED_DATABASE
from app.storage.database import migrate
from app.storage.embedded import embedded
from tests.cli.processes import ROOT, Started, as_from_a_terminal

FOREIGN = ("ACCORD_DATABASE_URL", "ACCORD_ADMIN_DATABASE_URL", "ACCORD_PORT", "ACCORD_HOST")


def pytest_configure(config):
    config.pluginmanager.import_plugin("tests.database")


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    """The folder commands are told; for root the cluster itself lies elsewhere.

    The server runs from the first test to the last; each command joins and leaves it.
    """
    folder = tmp_path_factory.mktemp("accord")
    with embedded.start(folder):
        yield folder


@pytest.fixture(scope="session")
def postgres(data_dir):
    """That server, for a test that asks it something itself."""
    with embedded.start(data_dir) as running:
        yield running


@pytest.fixture
def environment(data_dir):
    """What a command of ours sees: the shared folder, and nothing of the caller's settings."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    quiet = {"ACCORD_SCHEDULER": "false"}  # no sweep of its own while a test looks
    return {**kept, **quiet, "ACCORD_DATA_DIR": str(data_dir), "COLUMNS": "120"}


@pytest.fixture
def accord(data_dir):
    """Run a command in this process: `accord("keys", "list", ACCORD_PORT="9000")`."""

    def run(*words, **settings):
        env = dict.fromkeys(FOREIGN) | {"ACCORD_DATA_DIR": str(data_dir)} | settings
        return CliRunner(env=env).invoke(app, words)

    return run


@pytest.fixture
def token(accord):
    """An admin key of a sandbox of this test's own."""
    name = f"sandbox-{uuid4().hex[:8]}"
    accord("tenants", "create", name, "--sandbox")
    return accord(
        "keys", "create", "--tenant", name, "--role", "admin", "--scopes", "*"
    ).stdout.strip()


@pytest.fixture
def sql(data_dir):
    """A statement as the superuser: who could change what the application cannot."""

    async def asked(url, statement, values):
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    def run(statement, *values):
        with embedded.start(data_dir) as server:
            url = server.url(EMBEDDED_DATABASE, embedded.SUPERUSER)
            return asyncio.run(asked(url, statement, values))

    return run


@pytest.fixture
def books(accord, sql, tmp_path):
    """A tenant with three accounts that were placed: its name and their ids."""
    name = f"verify-{uuid4().hex[:8]}"
    accord("tenants", "create", name)
    file = tmp_path / "accounts.csv"
    rows = "".join(f"INV-{n},USD,invoice,10000,2026-01-05\n" for n in range(3))
    file.write_text(f"reference,currency,product,principal_minor,opened_on\n{rows}")
    done = accord("import", "accounts", str(file), "--tenant", name)
    assert done.exit_code == 0, done.stderr
    ids = sql(
        "SELECT a.id FROM account a JOIN tenant t USING (tenant_id) WHERE t.name = $1 ORDER BY 1",
        name,
    )
    return name, [row[0] for row in ids]


@pytest.fixture
def elsewhere(owner_url, empty_database):
    """The settings of a server that is not ours, with an empty database; it knows our login."""
    return {
        "ACCORD_DATABASE_URL": empty_database.replace("//postgres@", f"//{migrate.APP_ROLE}@"),
        "ACCORD_ADMIN_DATABASE_URL": empty_database,
    }


@pytest.fixture
def start(environment):
    """Start a command as a process of its own; what still runs is ended after the test."""
    running = []

    def run(*words, **settings):
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *words],
            cwd=ROOT, env={**environment, **settings}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            preexec_fn=as_from_a_terminal,  # noqa: PLW1509 - no thread of ours forks
        )  # fmt: skip
        running.append(process)
        return Started(process)

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()
