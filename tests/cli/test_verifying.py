"""`accord verify`: whole chains, a broken one and where, in one process and in several."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from app.services.tenancy.installation import EMBEDDED_DATABASE
from app.storage.database import embedded


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


@pytest.mark.parametrize("workers", ["1", "2"])
def test_chains_nobody_touched_are_whole(accord, books, workers):
    name, _ = books
    done = accord("verify", "--tenant", name, "--workers", workers)

    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{name}: 3 accounts, 3 events, all as they were written\n"


@pytest.mark.parametrize(
    "tampering",
    [
        """UPDATE event SET data = '{"amount_minor": 1}' WHERE account_id = $1""",
        "DELETE FROM event WHERE account_id = $1",
        "UPDATE account SET event_hash = sha256('x') WHERE id = $1",
    ],
    ids=["changed", "dropped", "another head"],
)
def test_the_first_event_that_is_not_as_it_was_written_is_named(accord, books, sql, tampering):
    name, ids = books
    sql(tampering, ids[1])

    done = accord("verify", "--tenant", name, "--workers", "1")

    assert done.exit_code == 3
    said = done.stdout.splitlines()
    assert said[0].endswith("BROKEN: 1 accounts")
    at = 2 if "event_hash" in tampering else 1
    assert said[1].endswith(f"is not as it was written from event {at} on")
    assert len(said) == 2
