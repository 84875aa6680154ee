"""Dialer lists: who may be called now, each call reserved; what came of it, and what did not."""

import asyncio
import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.domain.contact.words import Purpose
from app.domain.vocabulary import Role
from app.domain.worklists.dialer import DialerFormat
from app.domain.worklists.lists import SHIPPED
from app.schemas.edge.ids import decode, encode
from app.services.context import Context
from app.services.worklists.dialer import MakeDialerList, claimant, make_dialer_list
from tests.database import as_tenant

#: Eleven in the morning in Chicago, where the debtors are: no rule forbids calls.
NOW = datetime(2026, 2, 9, 17, tzinfo=UTC)


def debtor(n, phone):
    return {"name": f"Mary Jane Doe{n}", "reference": f"D-{n}", "phone": phone, "region": "US-IL",
            "time_zone": "America/Chicago", "language": "es"}  # fmt: skip


@pytest.fixture
async def ann(desk, staff):
    await desk.at("2026-01-10")
    hired = await staff("supervisor", "ann")
    for n in range(3):
        await hired.account((4 - n) * 100_00, debtor=debtor(n, f"+1312555010{n}"))
    same = await hired.account(50_00, debtor=debtor(0, "+13125550100"))  # another debt of D-0
    await hired.account(50_00, debtor=debtor(7, None) | {"phone": None})
    held = await hired.account(900_00, debtor=debtor(8, "+13125550108"))
    await hired.post(f"/v1/accounts/{held['id']}/holds", {"kind": "bankruptcy", "reason": "told"})
    assert same["debtor"]["reference"] == "D-0"
    await desk.at("2026-02-09")
    return hired


@pytest.fixture
def made(database, tenant):
    """`await made(...)`: a list made at eleven in the morning, by its id."""

    async def make(**changes):
        now = changes.pop("now", NOW)
        asked = {"limit": 10, "purpose": Purpose.COLLECTION, "valid_minutes": 60,
                 "format": DialerFormat.CSV, **changes}  # fmt: skip
        async with as_tenant(database, tenant) as tx:
            ctx = Context(tx=tx, tenant_id=tenant, role=Role.SUPERVISOR, actor="ann", now=now,
                          business_date=now.date(), sandbox=True)  # fmt: skip
            view = await make_dialer_list(ctx, SHIPPED["collectors"], MakeDialerList(**asked))
        return encode("dl", view.stored.id)

    return make


async def rows(ann, list_id):
    return (await ann.get(f"/v1/dialer-lists/{list_id}"))["rows"]


async def test_only_who_may_be_called_stands_on_it_once_and_reserved(ann, made):
    list_id = await made()
    found = await rows(ann, list_id)

    assert [one["phone"] for one in found] == ["+13125550100", "+13125550101", "+13125550102"]
    first = found[0]
    assert (first["first_name"], first["last_name"]) == ("Mary Jane", "Doe0")
    assert (first["language"], first["time_zone"]) == ("es", "America/Chicago")
    assert (first["call_before_at"], first["reason"]) == ("2026-02-09T18:00:00Z", "no_contact")
    for one in found:
        decision = await ann.get(f"/v1/contact-decisions/{one['decision_id']}")
        assert (decision["allowed"], decision["reserved_until_at"]) == (
            True, "2026-02-09T18:00:00Z",
        )  # fmt: skip
    assert await rows(ann, await made()) == []  # they are somebody's already
    assert (await ann.get(f"/v1/dialer-lists/{list_id}/summary"))["open"] == 3


async def test_it_is_taken_away_in_the_columns_a_dialer_reads(ann, made):
    async def taken(list_id):
        text = (await ann.client.get(f"/v1/dialer-lists/{list_id}/rows.csv")).text
        assert (await ann.client.get(f"/v1/dialer-lists/{list_id}.csv")).text == text
        return list(csv.DictReader(io.StringIO(text)))

    (ours,) = await taken(await made(limit=1, columns=("phone", "row_id", "voicemail")))
    (theirs,) = await taken(await made(limit=1, format=DialerFormat.VICIDIAL))

    assert list(ours) == ["phone", "row_id", "voicemail"]
    assert (ours["phone"], ours["voicemail"]) == ("+13125550100", "limited_content")
    assert ours["row_id"].startswith("dlr_")
    assert theirs["vendor_lead_code"].startswith("dlr_")
    assert theirs["source_id"].startswith("dec_")
    assert (theirs["phone_code"], theirs["phone_number"]) == ("1", "3125550101")
    assert (theirs["last_name"], theirs["rank"]) == ("Doe1", "53")


async def test_results_become_contacts_and_closing_releases_the_rest(ann, desk, made):
    list_id = await made()
    dialed, wrong, late = await rows(ann, list_id)
    await desk.at("2026-02-10")
    at = f"/v1/dialer-lists/{list_id}"

    def result(row, **more):
        return {"row_id": row["row_id"], "reference": row["reference"],
                "started_at": "2026-02-09T17:05:00Z", "outcome": "no_answer", **more}  # fmt: skip

    unknown = {**result(late), "row_id": "dlr_" + late["decision_id"].removeprefix("dec_")}
    items = [result(wrong, outcome="delivered"), result(dialed, actor="bob"),
             result(dialed, actor="bob"), unknown,
             result(dialed, reference="again", started_at="2026-02-09T17:40:00Z"),
             result(dialed, reference="again", started_at="2026-02-09T17:40:00Z")]  # fmt: skip
    told = (await ann.post(f"{at}/results", {"items": items}, status=200))["results"]

    assert [one["status"] for one in told] == [422, 201, 200, 404, 201, 200]
    contact = told[1]["contact"]
    assert (contact["decision_id"], contact["actor"]) == (dialed["decision_id"], "bob")
    assert (contact["judged"]["outside"], told[2]["contact"]["id"]) == ([], contact["id"])

    again = told[4]["contact"]  # dialed once more than was reserved
    assert (again["decision_id"], again["judged"]["outside"] != []) == (None, True)

    closed = await ann.post(f"{at}/close", {}, status=200)
    assert (closed["dialed"], closed["released"], closed["open"]) == (1, 2, 0)
    assert closed["outcomes"] == [{"outcome": "no_answer", "count": 1}]
    assert await ann.post(f"{at}/close", {}, status=200) == closed
    decision = await ann.get(f"/v1/contact-decisions/{late['decision_id']}")
    assert decision["ended_because"] == "released"

    (after,) = (await ann.post(f"{at}/results", {"items": [result(late)]}, status=200))["results"]
    assert (after["status"], after["contact"]["decision_id"]) == (201, None)
    found = {one["account_id"]: one for one in
             (await ann.get("/v1/worklists/collectors/items"))["data"]}  # fmt: skip
    assert [found[one["account_id"]]["claimed_by"] for one in (dialed, wrong, late)] == [None] * 3
    assert found[dialed["account_id"]]["attempts"] == 1


async def test_a_row_is_named_by_its_decision_too_and_by_one_of_both(ann, desk, made):
    list_id = await made(format=DialerFormat.VICIDIAL)
    first = (await rows(ann, list_id))[0]
    await desk.at("2026-02-10")
    said = {"decision_id": first["decision_id"], "reference": first["reference"],
            "started_at": "2026-02-09T17:05:00Z", "outcome": "no_answer"}  # fmt: skip
    at = f"/v1/dialer-lists/{list_id}/results"

    (told,) = (await ann.post(at, {"items": [said]}, status=200))["results"]

    assert (told["status"], told["contact"]["decision_id"]) == (201, first["decision_id"])
    both = {**said, "row_id": first["row_id"]}
    assert await ann.pointers(at, {"items": [both]}) == ["/items/0/row_id"]


async def claimants(database, tenant):
    async with as_tenant(database, tenant) as tx:
        found = await tx.execute(text("SELECT claimed_by FROM work_item WHERE tenant_id = :t"),
                                 {"t": tenant})  # fmt: skip
        return {one for one in found.scalars() if one is not None}


async def test_a_list_that_closes_gives_back_its_own_items_alone(ann, made, database, tenant):
    first = await made(valid_minutes=1)
    second = await made(now=NOW + timedelta(hours=3), limit=1)
    assert len(await claimants(database, tenant)) == 2

    await ann.post(f"/v1/dialer-lists/{first}/close", {}, status=200)

    (left,) = await claimants(database, tenant)
    assert left == claimant(decode("dl", second))
    assert (await rows(ann, second))[0]["account_id"] == (await rows(ann, first))[0]["account_id"]


async def test_a_number_of_two_people_rings_for_one_of_them(ann, desk, made):
    await desk.at("2026-01-10")
    await ann.account(800_00, debtor=debtor(20, "+13125550100"))  # who shares it with D-0
    await desk.at("2026-02-09")

    phones = [one["phone"] for one in await rows(ann, await made())]

    assert sorted(phones) == ["+13125550100", "+13125550101", "+13125550102"]
    assert await rows(ann, await made()) == []  # it rings already, whoever is asked for


async def test_of_two_lists_made_at_once_one_has_the_number(ann, desk, made):
    await desk.at("2026-01-10")
    await ann.account(800_00, debtor=debtor(20, "+13125550100"))
    await desk.at("2026-02-09")

    lists = await asyncio.gather(*(made() for _ in range(3)))

    phones = [one["phone"] for each in lists for one in await rows(ann, each)]
    assert len(phones) == len(set(phones))


async def test_what_comes_in_between_takes_the_number_off_the_list(ann, desk, made):
    list_id = await made()
    stopped, held, left = await rows(ann, list_id)
    person = (await ann.get(f"/v1/accounts/{stopped['account_id']}"))["debtor"]["id"]
    stop = {"kind": "opt_out", "channel": "call", "reason": "said so"}
    await ann.post(f"/v1/persons/{person}/restrictions", stop)
    hold = {"kind": "dispute", "reason": "said so"}
    await ann.post(f"/v1/accounts/{held['account_id']}/holds", hold)

    told = {one["account_id"]: one["forbidden_by"] for one in await rows(ann, list_id)}

    assert told == {
        stopped["account_id"]: "MEDIUM_OPT_OUT", held["account_id"]: "DISPUTE_UNVERIFIED",
        left["account_id"]: None,
    }  # fmt: skip
    taken = (await ann.client.get(f"/v1/dialer-lists/{list_id}/rows.csv")).text
    assert [one["phone"] for one in csv.DictReader(io.StringIO(taken))] == [left["phone"]]
    await ann.post(f"/v1/dialer-lists/{list_id}/close", {}, status=200)
    taken = (await ann.client.get(f"/v1/dialer-lists/{list_id}/rows.csv")).text
    assert list(csv.DictReader(io.StringIO(taken))) == []
