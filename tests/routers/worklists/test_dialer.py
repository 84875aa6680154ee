"""Dialer lists: who may be called now, each call reserved; what came of it, and what did not."""

import csv
import io
from datetime import UTC, datetime

import pytest

from app.domain.contact.words import Purpose
from app.domain.vocabulary import Role
from app.domain.worklists.dialer import DialerFormat
from app.domain.worklists.lists import SHIPPED
from app.schemas.edge.ids import encode
from app.services.context import Context
from app.services.worklists.dialer import MakeDialerList, make_dialer_list
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
        asked = {"limit": 10, "purpose": Purpose.COLLECTION, "valid_minutes": 60,
                 "format": DialerFormat.CSV, **changes}  # fmt: skip
        async with as_tenant(database, tenant) as tx:
            ctx = Context(tx=tx, tenant_id=tenant, role=Role.SUPERVISOR, actor="ann", now=NOW,
                          business_date=NOW.date(), sandbox=True)  # fmt: skip
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
        return list(csv.DictReader(io.StringIO(text)))

    (ours,) = await taken(await made(limit=1, columns=("phone", "row_id", "voicemail")))
    (theirs,) = await taken(await made(limit=1, format=DialerFormat.VICIDIAL))

    assert list(ours) == ["phone", "row_id", "voicemail"]
    assert (ours["phone"], ours["voicemail"]) == ("+13125550100", "limited_content")
    assert ours["row_id"].startswith("dlr_")
    assert theirs["vendor_lead_code"].startswith("dlr_")
    assert (theirs["phone_code"], theirs["phone_number"]) == ("1", "3125550101")
    assert (theirs["last_name"], theirs["rank"]) == ("Doe1", "53")


async def test_results_become_contacts_and_closing_releases_the_rest(ann, desk, made):
    list_id = await made()
    dialed, wrong, late = await rows(ann, list_id)
    await desk.at("2026-02-10")
    at = f"/v1/dialer-lists/{list_id}"

    def result(row, **more):
        return {"row_id": row["row_id"], "reference": f"call-{row['reference']}",
                "started_at": "2026-02-09T17:05:00Z", "outcome": "no_answer", **more}  # fmt: skip

    unknown = {**result(late), "row_id": "dlr_" + late["decision_id"].removeprefix("dec_")}
    items = [result(wrong, outcome="delivered"), result(dialed, actor="bob"),
             result(dialed, actor="bob"), unknown]  # fmt: skip
    told = (await ann.post(f"{at}/results", {"items": items}, status=200))["results"]

    assert [one["status"] for one in told] == [422, 201, 201, 404]
    contact = told[1]["contact"]
    assert (contact["decision_id"], contact["actor"]) == (dialed["decision_id"], "bob")
    assert (contact["judged"]["outside"], told[2]["contact"]["id"]) == ([], contact["id"])

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
