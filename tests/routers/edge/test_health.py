"""Alive, ready, measured, and quiet about people."""

import json
import logging

import httpx
import pytest

from app.main import create_app
from app.routers.edge import logs
from app.services.tenancy.readiness import newest_revision
from app.storage.database.engine import Database
from tests.clock import wall
from tests.routers.conftest import started


async def test_healthz_asks_nobody(stranger):
    answer = await stranger.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_when_the_schema_is_the_newest(stranger):
    answer = await stranger.get("/readyz")

    assert newest_revision()
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def readyz(url):
    made = Database(url, pool_size=1, pool_timeout_s=1)
    async with started(create_app(made, clock=wall)) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://a.test") as client:
            answer = await client.get("/readyz")
    await made.dispose()
    return answer.status_code, answer.json()["status"]


async def test_not_ready_before_the_migrations(empty_database):
    assert await readyz(empty_database) == (503, "migrations-pending")


async def test_not_ready_without_a_database(tmp_path):
    nowhere = f"postgresql://nobody@/nothing?host={tmp_path}"

    assert await readyz(nowhere) == (503, "database-unavailable")


async def test_requests_are_counted_by_route_and_outcome(client):
    note = {"json": {"name": "n"}, "headers": {"Idempotency-Key": "k"}}
    for _ in range(2):
        await client.post("/v1/probe/notes", **note)
    await client.post("/v1/probe/notes", json={})
    await client.get("/v1/probe/accounts/acc_01h455vb4pex5vsknk084sn02q")
    await client.get("/v1/probe/accounts/acc_01h455vb4pex5vsknk084sn03q")
    await client.get("/v1/someone/elses/path")
    await client.request("BREW", "/v1/probe/notes")
    text = (await client.get("/metrics")).text

    def figure(name, **labels):
        wanted = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        lines = [line for line in text.splitlines() if line.startswith(f"{name}{{{wanted}}} ")]
        return float(lines[0].rpartition(" ")[2]) if lines else None

    route = {"route": "/v1/probe/notes"}
    count = "accord_request_seconds_count"
    assert figure(count, method="POST", **route, status="201") == 2
    assert figure(count, method="POST", **route, status="422") == 1
    one = "/v1/probe/accounts/{account_id}"
    assert figure(count, method="GET", route=one, status="200") == 2
    assert figure(count, method="GET", route="unmatched", status="404") == 1
    assert figure(count, method="OTHER", **route, status="405") == 1
    assert figure("accord_commands_total", **route, outcome="stored") == 1
    assert figure("accord_commands_total", **route, outcome="replayed") == 1
    assert figure("accord_commands_total", **route, outcome="refused") == 1
    assert "accord_transactions_open 0.0" in text


@pytest.fixture
def lines(capsys):
    """What a server would have logged since `lines.begin()`."""
    before = logging.root.handlers[:], logging.root.level

    class Lines:
        @staticmethod
        def begin():
            logs.configure("info", "json")
            logging.getLogger("httpx").setLevel("WARNING")  # the client, not the server

        @staticmethod
        def read():
            return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    yield Lines
    logging.root.handlers, logging.root.level = before
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).propagate = True


async def test_a_request_is_one_line_without_personal_data(client, tenant, lines):
    lines.begin()
    url = "/v1/probe/accounts/acc_01h455vb4pex5vsknk084sn02q?as_of=2026-01-01"
    headers = {"Accord-Actor": "jane.doe@example.test", "X-Request-Id": "r-1"}
    await client.get(url, headers=headers)
    await client.get("/healthz")
    (line,) = lines.read()

    assert line.pop("at").endswith("Z")
    assert line.pop("ms") > 0
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": "r-1",
        "method": "GET",
        "route": "/v1/probe/accounts/{account_id}",
        "status": 200,
        "tenant": str(tenant),
        "outcome": None,
    }


async def test_a_bug_is_logged_with_its_way_through_the_code(client, lines):
    lines.begin()
    await client.post("/v1/probe/notes", json={"name": "n", "then": "break"})
    bug, request = lines.read()

    assert (bug["event"], bug["error"], bug["level"]) == ("bug", "RuntimeError", "error")
    assert bug["request_id"] == request["request_id"]
    assert "probe.py" in bug["frames"][-1]
    assert (request["status"], request["outcome"]) == (500, "failed")


def test_libraries_log_in_the_same_form(lines):
    lines.begin()
    error = ValueError("first line\nDETAIL: Key (name)=(Jane Doe) already exists")
    logging.getLogger("uvicorn.error").error("went %s", "wrong", exc_info=error)
    logging.getLogger("uvicorn.access").info("GET /v1/accounts?debtor_reference=JANE")
    (line,) = lines.read()

    assert (line["event"], line["error"], line["level"]) == ("went wrong", "ValueError", "error")
    assert line["message"] == "first line"
    assert "Jane" not in json.dumps(line)
