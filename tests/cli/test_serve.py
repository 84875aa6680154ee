"""`accord serve` as a process: where it listens, and how it ends."""

import asyncio
import signal
import socket
import time

import asyncpg
import httpx
import pytest

from app.cli.serve import address, listen
from app.services.tenancy.tenants import NotPossible
from tests.cli.processes import PATIENCE_S, free_port

WAITED_FOR = """
    SELECT count(*) FROM pg_locks
    WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
"""


def ready(base):
    return httpx.get(f"{base}/readyz", trust_env=False, timeout=PATIENCE_S)


def postmaster(folder):
    return folder / "postgres" / "postmaster.pid"


def test_a_port_that_is_taken_is_said_and_the_next_one_is_used(capsys):
    port = free_port()
    with (
        listen("127.0.0.1", port, chosen=False) as first,
        listen("127.0.0.1", port, chosen=False) as second,
    ):
        assert address(first) == f"http://127.0.0.1:{port}"
        assert address(second) == f"http://127.0.0.1:{port + 1}"

    assert capsys.readouterr().err == f"Port {port} is taken; this is {port + 1}.\n"


@pytest.mark.parametrize(
    ("host", "name"), [("0.0.0.0", "localhost"), ("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")]
)
def test_an_address_is_one_a_browser_can_open(host, name):
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with listen(host, 0, chosen=True) as listening:
        assert address(listening) == f"http://{name}:{listening.getsockname()[1]}"


def test_no_port_at_all(monkeypatch):
    monkeypatch.setattr("app.cli.serve._ATTEMPTS", 1)
    with (
        listen("127.0.0.1", 0, chosen=True) as taken,
        pytest.raises(NotPossible, match="No free port"),
    ):
        listen("127.0.0.1", taken.getsockname()[1], chosen=False)


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("by", ["--port", "ACCORD_PORT"])
def test_a_port_somebody_chose_is_refused_where_it_is_taken(accord, command, by):
    with listen("127.0.0.1", 0, chosen=True) as taken:
        port = str(taken.getsockname()[1])
        words, settings = ([by, port], {}) if by == "--port" else ([], {by: port})

        done = accord(command, *words, **settings)

    assert done.exit_code == 1
    assert f"Port {port} is taken. Name another" in done.stderr


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A folder nobody else uses; whichever server of this module comes first makes its database."""
    return tmp_path_factory.mktemp("alone")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=str)
def test_it_ends_in_order_and_its_database_with_it(start, alone, number):
    server = start("serve", "--port", "0", ACCORD_DATA_DIR=str(alone))
    base = server.serves()
    assert ready(base).json() == {"status": "ok"}
    assert postmaster(alone).exists()

    assert server.ends(number) == 0
    assert not postmaster(alone).exists()
    with pytest.raises(httpx.ConnectError):
        ready(base)


async def test_a_running_request_is_answered_before_it_ends(start, token, postgres):
    patient = {"ACCORD_LOCK_TIMEOUT_SECONDS": "60", "ACCORD_STATEMENT_TIMEOUT_SECONDS": "60"}
    server = start("serve", "--port", "0", **patient)
    base = server.serves()
    held = await asyncpg.connect(
        host=str(postgres.socket_dir), user="postgres", database="postgres"
    )
    async with httpx.AsyncClient(
        base_url=base,
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=PATIENCE_S,
    ) as client:
        debt = {"reference": "A", "currency": "USD", "balance": {"principal_minor": 100}}
        account = (await client.post("/v1/accounts", json=debt)).json()["id"]
        money = {"account_id": account, "reference": "P", "amount_minor": 1, "currency": "USD"}
        async with held.transaction():
            await held.execute("SELECT FROM account FOR UPDATE")  # nobody else gets one now
            paying = asyncio.create_task(client.post("/v1/payments", json=money))
            while not await held.fetchval(WAITED_FOR):  # noqa: ASYNC110 - another process does
                await asyncio.sleep(0.05)
            server.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            assert not paying.done()
        assert (await paying).status_code == 201
    await held.close()
    assert await asyncio.to_thread(server.process.wait, PATIENCE_S) == 0


def test_two_servers_share_one_database_and_the_first_may_leave(start):
    port = free_port()
    first = start("serve", "--port", str(port))
    first.serves()
    second = start("serve", "--port", str(port + 1))
    base = second.serves()

    assert first.ends(signal.SIGTERM) == 0
    assert ready(base).is_success
    assert second.ends(signal.SIGTERM) == 0


def test_a_database_that_is_not_migrated_is_served_as_not_ready(start, accord, elsewhere):
    server = start("serve", "--port", "0", **elsewhere)
    assert server.says("migrations-pending") is not None
    base = server.serves()
    assert ready(base).status_code == 503

    assert accord("migrate", **elsewhere).exit_code == 0
    until = time.monotonic() + PATIENCE_S
    while not ready(base).is_success and time.monotonic() < until:
        time.sleep(0.1)
    assert ready(base).is_success
    assert server.ends(signal.SIGTERM) == 0


def test_a_folder_it_may_not_use_is_one_sentence(start, tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")

    server = start("serve", "--port", "0", ACCORD_DATA_DIR=str(tmp_path))
    output, said = server.process.communicate(timeout=PATIENCE_S)

    assert server.process.returncode == 1
    assert "PostgreSQL 16" in said
    assert "Traceback" not in output + said
