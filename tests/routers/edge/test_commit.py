"""A 2xx means stored: the commit comes before the answer, and a commit that fails is no 2xx."""

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from tests.routers import probe

NOTE = {"name": "a note"}


@pytest_asyncio.fixture
async def fails_at_commit(owner):
    """While this holds, a note named `fails at commit` is refused by the commit itself."""
    async with owner.transaction() as tx:
        await tx.execute(
            text("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'refused at commit'; END $$""")
        )
        await tx.execute(
            text("""
            CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON person DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.name = 'fails at commit') EXECUTE FUNCTION refuse()""")
        )

    async def mend():
        async with owner.transaction() as tx:
            await tx.execute(text("DROP FUNCTION IF EXISTS refuse CASCADE"))

    yield mend
    await mend()


async def test_what_is_answered_is_already_stored(app, key, stored):
    seen = []

    async def watched(scope, receive, send):
        async def sending(message):
            if message["type"] == "http.response.start":
                seen.append((message["status"], await stored()))
            await send(message)

        await app(scope, receive, sending)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(watched)) as client:
        headers = {"Authorization": f"Bearer {key}"}
        url = "http://accord.test/v1/probe/notes"
        await client.post(url, json=NOTE, headers=headers)

    assert seen == [(201, 1)]


@pytest.mark.one_server("a trigger by hand: where tables are spread it takes the engine's leave")
async def test_a_commit_that_fails_is_a_500_and_stores_nothing(client, stored, fails_at_commit):
    answer = await client.post("/v1/probe/notes", json={"name": "fails at commit"})

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/internal-error"
    assert await stored() == 0


@pytest.mark.one_server("a trigger by hand: where tables are spread it takes the engine's leave")
async def test_a_reply_kept_by_a_failed_commit_was_never_given(client, stored, fails_at_commit):
    again = {"json": {"name": "fails at commit"}, "headers": {"Idempotency-Key": "k"}}
    first = await client.post("/v1/probe/notes", **again)
    await fails_at_commit()
    second = await client.post("/v1/probe/notes", **again)

    assert (first.status_code, second.status_code) == (500, 201)
    assert "idempotency-replayed" not in second.headers
    assert await stored() == 1


async def test_a_connection_lost_before_the_commit_is_a_503(client, stored, owner, monkeypatch):
    async def terminate(pid):
        async with owner.transaction() as tx:
            ends = text("SELECT pg_terminate_backend(CAST(:pid AS integer), 1000)")
            await tx.execute(ends, {"pid": pid})

    monkeypatch.setattr(probe, "_LOSE", terminate)
    note = {"name": "lost", "then": "lose the connection"}
    answer = await client.post("/v1/probe/notes", json=note)
    after = await client.post("/v1/probe/notes", json=NOTE)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["type"] == "/problems/unavailable"
    assert after.status_code == 201
    assert await stored() == 1


@pytest.mark.parametrize(("then", "status"), [("refuse", 404), ("break", 500), ("forget", 500)])
async def test_what_is_refused_is_not_stored(client, stored, then, status):
    answer = await client.post("/v1/probe/notes", json={"name": "n", "then": then})

    assert answer.status_code == status
    assert await stored() == 0
