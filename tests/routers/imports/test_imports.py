"""Files sent over HTTP: refused by name at once, or imported by a worker, page by page, once."""

import asyncio
import gzip
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.routers.edge.bodies import MAX_BODY_BYTES, MAX_FILE_BYTES
from app.services.imports import queue, work
from app.workers.imports import Imports
from tests.clock import real_now
from tests.database import as_tenant
from tests.routers.lives.desk import OPENING

CSV = {"Content-Type": "text/csv"}
HEADER = "reference,currency,principal_minor,product,opened_on\n"
#: Later than anything is sent here: what is due then is due.
NOW = real_now() + timedelta(hours=1)


def accounts(count, start=0):
    return HEADER + "".join(
        f"F-{n},USD,1000,invoice,2026-01-02\n" for n in range(start, start + count)
    )


@pytest.fixture
def send(desk):
    """`await send(content, kind="accounts", …)`: what is answered."""

    async def send(content, *, desk=desk, headers=None, **said):
        body = content.encode() if isinstance(content, str) else content
        params = {"kind": "accounts", **said}
        return await desk.client.post(
            "/v1/imports", content=body, params=params, headers={**CSV, **(headers or {})}
        )

    return send


@pytest.fixture
def worked(database, tenant):
    """`await worked()`: whether a server did what is due of this tenant at that instant."""

    async def worked(now=None, database=database):
        at = now or real_now()
        taken = await work.take(database, tenant, now=at)
        if taken is not None:
            await carried_on(database, taken, at)
        return taken is not None

    return worked


async def carried_on(database, taken, at):
    await work.carry_on(database, taken, now=lambda: at, payment_id=None, failed=None)


@pytest.fixture
def imported(desk, send, worked):
    """`await imported(content, …)`: the import as it stands once a worker has done it."""

    async def imported(content, **said):
        sent = await send(content, **said)
        assert sent.status_code == 202, sent.text
        assert (sent.json()["status"], sent.json()["read"]["rows"]) == ("queued", 0)
        await worked()
        return await desk.get(sent.headers["location"])

    return imported


async def test_a_file_is_imported_and_every_line_is_accounted_for(desk, imported, owner, tenant):
    await desk.at(OPENING)
    content = accounts(3) + "F-1,USD,1000,invoice,2026-01-02\n,,,,\nF-9,USD,x,invoice,2026-01-02\n"
    read = await imported(content)
    rows = {name: one["rows"] for name, one in read["outcomes"].items() if one["rows"]}
    assert (read["status"], read["problem"]) == ("completed", None)
    assert rows == {"stored": 3, "already_there": 1, "rejected": 1}
    assert read["read"] == {"rows": 5, "without_amount": 1, "sums_minor": {"USD": 4000}}
    assert (read["blank_lines"], read["bytes_read"]) == (1, len(content))
    page = await desk.get(f"/v1/imports/{read['id']}/rejects")
    assert page["data"] == [
        {"line": 7, "cells": ["F-9", "USD", "x", "invoice", "2026-01-02"],
         "reason": "principal_minor: should be a whole number of minor units"}
    ]  # fmt: skip
    again = await imported(content)
    assert again["outcomes"]["already_there"]["rows"] == 4
    listed = (await desk.get("/v1/imports"))["data"]
    assert [one["id"] for one in listed] == [again["id"], read["id"]]
    async with as_tenant(owner, tenant) as tx:  # what named people is not kept
        kept = "SELECT count(*) FROM import_piece WHERE tenant_id = :t AND content IS NOT NULL"
        assert (await tx.execute(text(kept), {"t": tenant})).scalar_one() == 0


async def test_facts_are_those_of_whoever_sent_the_file(desk, staff, send, worked):
    await desk.at(OPENING)
    agent = await staff("agent", "ann")
    assert (await send(accounts(1), desk=agent)).status_code == 202
    await worked()
    told = (await desk.get("/v1/events", types="account.created"))["data"]
    assert [(one["actor"], one["role"]) for one in told] == [("ann", "agent")]


async def test_a_dry_run_stores_nothing(desk, imported):
    await desk.at(OPENING)
    read = await imported(accounts(2) + "F-9,USD,,invoice,2026-99-02\n", dry_run=True)
    assert (read["outcomes"]["readable"]["rows"], read["outcomes"]["rejected"]["rows"]) == (2, 1)
    assert (await desk.get("/v1/accounts"))["data"] == []


async def test_a_due_date_taken_for_the_opening_draws_a_warning(desk, send):
    await desk.at(OPENING)
    content = accounts(1).replace("opened_on", "Due date")
    sent = await send(content, map="opened_on=Due date", dry_run=True)
    assert "sounds like a due date" in sent.json()["warnings"][0]


async def test_workers_take_a_file_of_each_tenant_and_none_twice(desk, send, database):
    await desk.at(OPENING)
    at = (await send(accounts(1))).headers["location"]
    imports = Imports(database, now=lambda: NOW)
    while (batch := await imports.take(10)).jobs:  # the files of other tests, too
        assert len({one.tenant_id for one in batch.jobs}) == len(batch.jobs) <= 2
        await asyncio.gather(*map(imports.do, batch.jobs))
    assert (await desk.get(at))["status"] == "completed"


async def test_a_server_that_dies_is_taken_over_where_it_was(desk, send, worked, database):
    """Pages of 100: the connection goes after the first; the lease must end before another."""
    await desk.at(OPENING)
    at = (await send(accounts(250))).headers["location"]
    dying = Dying(database, pages=1)
    with pytest.raises(ConnectionResetError):
        await worked(NOW, dying)
    died = await desk.get(at)
    assert (died["status"], died["read"]["rows"]) == ("running", 100)
    assert not await worked(NOW + work.LEASE / 2)  # it may live still
    assert await worked(NOW + 2 * work.LEASE)
    read = await desk.get(at)
    assert (read["status"], read["outcomes"]["stored"]["rows"]) == ("completed", 250)


class Dying:
    """A database that is gone once so many pages were stored."""

    def __init__(self, database, *, pages):
        self._database, self._left = (
            database,
            pages + 3,
        )  # to take it, and to fetch its one piece and the end

    def transaction(self, **options):
        self._left -= 1
        if self._left < 0:
            raise ConnectionResetError
        return self._database.transaction(**options)


async def test_who_was_taken_over_stores_nothing_more(desk, send, database, tenant):
    await desk.at(OPENING)
    at = (await send(accounts(250))).headers["location"]
    slow = await work.take(database, tenant, now=NOW)
    assert await work.take(database, tenant, now=NOW) is None  # two servers, one claim
    quick = await work.take(database, tenant, now=NOW + 2 * work.LEASE)
    for one in (slow, quick):  # whose lease is over is the first to come to a page's end
        await carried_on(database, one, NOW)
    read = await desk.get(at)
    assert (read["status"], read["outcomes"]["stored"]["rows"]) == ("completed", 250)


async def test_a_file_is_cancelled_between_two_pages_and_sent_again(
    desk, send, worked, database, tenant
):
    await desk.at(OPENING)
    at = (await send(accounts(250))).headers["location"]
    taken = await work.take(database, tenant, now=NOW)
    with pytest.raises(ConnectionResetError):
        await carried_on(Dying(database, pages=0), taken, NOW)
    stored = (await desk.get(at))["outcomes"]["stored"]["rows"]
    assert stored == 100

    gone = await desk.post(f"{at}/cancel", {}, status=200)
    assert (gone["status"], gone["problem"]) == ("cancelled", "it was cancelled")
    assert gone["finished_at"] is not None
    await carried_on(database, taken, NOW)  # who was at it stores nothing more
    assert await desk.get(at) == gone
    assert await desk.post(f"{at}/cancel", {}, status=200) == gone
    assert not await worked(NOW + timedelta(days=1))

    again = (await send(accounts(250))).headers["location"]
    await worked(NOW)
    outcomes = (await desk.get(again))["outcomes"]
    assert (outcomes["already_there"]["rows"], outcomes["stored"]["rows"]) == (
        stored, 250 - stored,
    )  # fmt: skip
    over = await desk.post(f"{again}/cancel", {}, status=200)
    assert over["status"] == "completed"


async def test_a_dry_run_answers_with_its_first_lines_as_understood(desk, send):
    await desk.at(OPENING)
    content = HEADER + "F-1,USD,1000,invoice,2026-01-02\nF-2,USD,x,invoice,2026-01-02\n"
    tried = (await send(content + accounts(20, start=3).removeprefix(HEADER), dry_run=True)).json()

    assert [one["line"] for one in tried["understood"]] == list(range(2, 12))
    first, second = tried["understood"][:2]
    assert first == {"line": 2, "reason": None, "values": {
        "reference": "F-1", "currency": "USD", "principal_minor": "1000", "product": "invoice",
        "opened_on": "2026-01-02",
    }}  # fmt: skip
    assert "principal_minor" not in second["values"]
    assert "principal" in second["reason"]
    assert "understood" not in await desk.get(f"/v1/imports/{tried['id']}")
    assert (await send(content)).json()["understood"] is None


async def test_a_file_that_kills_its_servers_is_given_up(desk, send, database, tenant):
    await desk.at(OPENING)
    at = (await send(accounts(1))).headers["location"]
    for turn in range(work.MOST_TRIES):
        assert await work.take(database, tenant, now=NOW + 2 * turn * work.LEASE)
    assert await work.take(database, tenant, now=NOW + timedelta(days=1)) is None
    read = await desk.get(at)
    assert read["status"] == "incomplete"
    assert "again and again" in read["problem"]


async def test_a_file_that_ends_in_the_middle_says_where(desk, send, imported):
    await desk.at(OPENING)
    broken = '"F-8,USD,1000,invoice,2026-01-02\n'
    assert "line 2" in (await send(HEADER + broken)).json()["detail"]  # seen at once
    read = await imported(accounts(queue.LOOKED_AT) + broken, dry_run=True)
    assert (read["status"], read["outcomes"]["readable"]["rows"]) == ("incomplete", 500)
    assert "line 502" in read["problem"]


@pytest.mark.parametrize(
    ("content", "said", "told"),
    [
        (",".join(f"c{n}" for n in range(300)), {}, "It has 300 columns; 200 are the most."),
        (HEADER.replace("product", "Währung").encode("cp1252"), {}, "is no UTF-8"),
        (accounts(1).encode("utf-16"), {}, "it seems, UTF-16"),
        (accounts(1), {"encoding": "utf-16"}, "its signs are of one byte"),
        ("", {}, "The first line must name the columns"),
        (HEADER.replace("currency", "valuta"), {}, "nobody knows valuta"),
        (gzip.compress(accounts(999).encode())[:-9], {}, "compression is damaged"),
        (gzip.compress(b"r" * 2_000_000), {}, "1,000,000 characters"),
        (accounts(1), {"delimiter": "xy"}, "cannot stand between cells"),
        (accounts(1), {"kind": "debts"}, "kind"),
    ],
    ids=[
        "wide",
        "cp1252",
        "utf16",
        "narrow",
        "empty",
        "unknown",
        "damaged",
        "endless",
        "delimiter",
        "kind",
    ],
)
async def test_what_fits_nothing_is_refused_and_not_kept(desk, send, content, said, told):
    answer = await send(content, **said)
    assert (answer.status_code, told in answer.text) == (422, True), answer.text
    assert (await desk.get("/v1/imports"))["data"] == []


async def test_a_line_in_another_encoding_is_rejected_by_its_byte(desk, imported):
    await desk.at(OPENING)
    lines = "F-0,USD,1000,invoice,2026-01-02,Jürgen\nF-1,USD,1000,invoice,2026-01-02,Ann\n"
    read = await imported((HEADER[:-1] + ",debtor_name\n" + lines).encode("cp1252"))
    assert (read["outcomes"]["stored"]["rows"], read["outcomes"]["rejected"]["rows"]) == (1, 1)
    page = await desk.get(f"/v1/imports/{read['id']}/rejects")
    assert "byte 0xFC" in page["data"][0]["reason"]


async def test_a_gzip_beyond_its_bounds_is_refused_by_them(desk, send, monkeypatch):
    monkeypatch.setattr(queue, "MAX_UNPACKED_BYTES", 10_000)
    answer = await send(gzip.compress(accounts(999).encode()))
    assert (answer.status_code, "10,000 bytes" in answer.text) == (422, True)


async def test_a_file_may_be_larger_than_other_bodies_and_ends_where_it_says(desk, send):
    await desk.at(OPENING)
    line = f"F-1,USD,1000,invoice,2026-01-02,{'x' * 900}\n"
    large = HEADER[:-1] + ",note\n" + line * (MAX_BODY_BYTES // len(line) + 1)
    assert (await send(large, ignore_unknown=True)).status_code == 202
    answer = await send(b"x" * (50 * 1024 * 1024))
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")
    assert f"{MAX_FILE_BYTES:,}" in answer.json()["detail"]


async def test_a_stranger_sends_no_file(stranger, send):
    answer = await stranger.post("/v1/imports?kind=accounts", content=b"x" * 100, headers=CSV)
    assert answer.status_code == 401


async def test_a_key_makes_one_import_of_a_file_sent_twice(desk, send):
    key = {"Idempotency-Key": "file-1"}
    first, second = [await send(accounts(1), headers=key) for _ in range(2)]
    assert first.json() == second.json()
    assert (await send(accounts(2), headers=key)).status_code == 422


async def test_so_many_files_wait_and_no_more(desk, send, monkeypatch):
    monkeypatch.setattr(queue, "MOST_WAITING", 1)
    assert (await send(accounts(1))).status_code == 202
    answer = await send(accounts(1))
    assert (answer.status_code, answer.json()["waiting"]) == (409, 1)


async def test_rejected_lines_are_forgotten_after_thirty_days(desk, imported, database, tenant):
    await desk.at(OPENING)
    read = await imported(HEADER + "F-1,USD,x,invoice,2026-01-02\n", dry_run=True)
    assert await work.forget_rejects(database, tenant, now=NOW + timedelta(days=29)) == 0
    assert await work.forget_rejects(database, tenant, now=NOW + timedelta(days=31)) == 1
    page = await desk.get(f"/v1/imports/{read['id']}/rejects")
    assert page["data"] == [{"line": 2, "reason": None, "cells": None}]


async def test_sums_beyond_any_number_of_json_are_kept(desk, imported):
    await desk.at(OPENING)
    most = 2**53 - 1
    content = HEADER + f"F-1,USD,{most},invoice,2026-01-02\n" * 1100
    read = await imported(content, dry_run=True)
    assert read["read"]["sums_minor"] == {"USD": 1100 * most}
