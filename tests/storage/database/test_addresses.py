"""Addresses as libpq's users write them, and what the server is told by them."""

import socket
from contextlib import suppress
from urllib.parse import quote

import asyncpg
import pytest
from sqlalchemy import text

from app.storage.database.addresses import Address
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable
from tests.storage.proxy import Proxy


@pytest.fixture
async def proxy(server):
    """A TCP way to the server, which listens on a file only."""
    async with Proxy(server.url("postgres")) as running:
        yield running


def at(app_url, *hosts, **parameters):
    name = app_url.partition("?")[0].rpartition("/")[2]
    query = "&".join(f"{key}={quote(value)}" for key, value in parameters.items())
    return f"postgresql://accord_app@{','.join(hosts)}/{name}?{query}"


async def asked(url, question):
    database = Database(url, pool_size=1)
    try:
        async with database.transaction() as tx:
            return (await tx.execute(text(question))).scalar_one()
    finally:
        await database.dispose()


@pytest.mark.parametrize(
    ("written", "dsn"),
    [
        ("postgres://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+asyncpg://h/d?ssl=require", "postgresql://h/d?sslmode=require"),
        (
            "postgresql://h/d?sslmode=verify-full&sslrootcert=/a%20b.pem&channel_binding=prefer",
            "postgresql://h/d?sslmode=verify-full&sslrootcert=%2Fa+b.pem",
        ),
        ("postgresql://a:1,b:2/d?connect_timeout=3", "postgresql://a:1,b:2/d"),
        ("postgresql://@/d?host=/a,b/c", "postgresql:///d"),
    ],
)
def test_a_url_is_read_as_people_write_it(written, dsn):
    assert Address.read(written).dsn.replace("//@/", "///") == dsn


@pytest.mark.parametrize("wrong", ["sqlite:///accord.db", "postgresql://h/d?nothing"])
def test_what_is_no_address(wrong):
    with pytest.raises(ValueError, match=r"postgresql|query"):
        Address.read(wrong)


@pytest.mark.one_server("it talks to a server of its own, whatever else is named")
@pytest.mark.parametrize(
    ("parameters", "question", "answer"),
    [
        ({}, "SHOW application_name", "accord"),
        ({"application_name": "shop"}, "SHOW application_name", "shop"),
        ({"options": "-c statement_timeout=7s"}, "SHOW statement_timeout", "7s"),
        ({"options": "-c work_mem=5MB"}, "SHOW statement_timeout", "8s"),
        ({"options": "-c work_mem=5MB"}, "SHOW work_mem", "5MB"),
        ({"options": "-c search_path=public"}, "SHOW TimeZone", "UTC"),
    ],
)
async def test_what_the_address_says_stands(app_url, proxy, parameters, question, answer):
    assert await asked(at(app_url, proxy.host, **parameters), question) == answer


@pytest.mark.one_server("it talks to a server of its own, whatever else is named")
async def test_of_several_hosts_the_one_that_may_be_written_to(app_url, proxy):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"127.0.0.1:{closed.getsockname()[1]}"
    several = {"target_session_attrs": "read-write", "connect_timeout": "5"}
    assert await asked(at(app_url, nobody, proxy.host, **several), "SELECT 1") == 1

    standby = at(app_url, proxy.host, target_session_attrs="standby")
    with pytest.raises(Unavailable):
        await asked(standby, "SELECT 1")


async def test_no_answer_within_the_addresss_own_limit(app_url):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = at(app_url, f"127.0.0.1:{silent.getsockname()[1]}", connect_timeout="0.3")
        with pytest.raises(Unavailable, match="connection"):
            await asked(url, "SELECT 1")


@pytest.mark.one_server("it talks to a server of its own, whatever else is named")
async def test_the_kernel_asks_after_a_silent_server(app_url, proxy):
    url = at(app_url, proxy.host, keepalives_idle="7", tcp_user_timeout="9000")
    connect = Address.read(url).connector(settings={}, connect_timeout_s=5, command_timeout_s=None)
    made = await connect()
    try:
        end = made._transport.get_extra_info("socket")
        assert end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert end.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 7
        assert end.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 3
        assert end.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 9000
    finally:
        with suppress(asyncpg.PostgresError):
            await made.close()
