"""The command line on an embedded PostgreSQL of its own: its commands decide where that is."""

import os
import subprocess
import sys
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from app.cli.commands import app
from app.storage.database import embedded, migrate
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
    return accord("keys", "create", "--tenant", name, "--role", "admin").stdout.strip()


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
