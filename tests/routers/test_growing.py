"""Lists that do not grow: a page takes a few statements, and each reads from an index.

Asked of books that the planner takes for those of 100,000 accounts (`large.py`): with values that
many rows have, that few have, and that none has.
"""

import pytest
import pytest_asyncio

from app.main import ROUTERS
from tests.routers.large import FEW, ON, SWEPT, large_books, scans

#: Beside beginning, saying who is there, and committing.
MOST = 3
#: Every list, by path: what it is asked for. A word in capitals is one of `Large.known`.
LISTS = {
    "/v1/plans": (
        {}, {"account_id": "ACCOUNT"}, {"status": "active"}, {"status": "pending_approval"},
        {"status": "rejected"}, {"standing": "delinquent"}, {"standing": "paused"},
        {"standing": "due", "status": "active"}, {"standing": "due", "due_from": "2026-03-01"},
        {"due_from": "2026-03-01", "due_to": "2026-03-31"},
        {"due_from": "2030-03-01", "due_to": "2030-03-31"}, {"due_from": "2026-02-01"},
        {"due_to": "2026-01-31"},
        {"due_from": "2026-02-27", "due_to": "2026-02-28", "status": "active"},
    ),
    "/v1/accounts": (
        {}, {"reference": "ACCOUNT_REFERENCE"}, {"reference": "nobody's"},
        {"debtor_reference": "D-1"}, {"status": "open"}, {"status": "charged_off"},
        {"bucket": "1-29"}, {"bucket": "180+"},
        {"bucket": "1-29", "status": "open", "debtor_reference": "D-1"},
        {"assigned_to": "ann"}, {"assigned_team": "austin", "status": "open"},
        {"debtor_id": "DEBTOR"}, {"q": "Zoe"}, {"q": "+12025550199"}, {"q": "T0"},
    ),
    "/v1/payments": (
        {}, {"account_id": "ACCOUNT"}, {"reference": "PAYMENT_REFERENCE"},
        {"reference": "nobody's"}, {"from": "2026-02-03", "to": "2026-02-03"},
        {"from": "2026-02-03"}, {"to": "2026-02-03"}, {"from": "2030-01-01"},
        {"status": "posted"}, {"status": "reversed"}, {"status": "refunded"},
        {"from": "2026-02-03", "status": "reversed"},
    ),
    "/v1/persons": (
        {"reference": "D-1"}, {"reference": "nobody's"}, {"name": "Ann"}, {"name": "Zoe"},
        {"name": "A"}, {"email": "ann@example.com"}, {"phone": "+12025550123"},
    ),
    "/v1/suspense": (
        {}, {"status": "suspense"}, {"status": "assigned"}, {"reference": "S-1"},
    ),
    "/v1/settlement-offers": (
        {}, {"account_id": "ACCOUNT"}, {"status": "offered"}, {"status": "void"},
        {"status": "pending_approval"},
    ),
    "/v1/events": (
        {}, {"account_id": "ACCOUNT"}, {"types": "payment.posted"}, {"types": "re_age.granted"},
    ),
    "/v1/reports/journal": (
        {"from": "2026-03-01", "to": "2026-03-01"}, {"from": "2026-01-01", "to": "2026-03-01"},
        {"from": "2025-01-01", "to": "2025-01-31"},
    ),
    "/v1/approvals": ({},),
    "/v1/accounts/{account_id}/ledger": ({},),
    "/v1/accounts/{account_id}/timeline": ({},),
}  # fmt: skip
#: Lists of tables that are empty in these books: nothing of theirs is held here.
NOT_FILLED = {
    "/v1/accounts/{account_id}/assignments", "/v1/accounts/{account_id}/contacts",
    "/v1/persons/{person_id}/contacts", "/v1/persons/{person_id}/timeline",
    "/v1/reports/{report}/rows",  # the whole report again: bounded, see services/reports/look.py
    "/v1/accounts/{account_id}/contact-decisions", "/v1/contact-decisions", "/v1/contacts",
    "/v1/keys",
    "/v1/contact-policies", "/v1/messages", "/v1/print-batches", "/v1/suppressions", "/v1/targets",
    "/v1/teams", "/v1/templates", "/v1/import-mappings",
    "/v1/report-schedules", "/v1/report-schedules/{schedule_id}/deliveries",
    "/v1/webhooks",
    "/v1/accounts/{account_id}/links", "/v1/imports", "/v1/imports/{import_id}/rejects",
    "/v1/escalations",
    "/v1/worklists/{name}/items",  # held by tests/storage/worklists
    "/v1/worklists/{name}/done",  # held by tests/routers/worklists/test_done.py
    "/v1/webhooks/{webhook_id}/deliveries",
}  # fmt: skip
#: Lists without pages, of one account or plan, and reports: each statement from an index, too.
OTHERS = (
    "/v1/accounts/ACCOUNT/holds", "/v1/accounts/ACCOUNT/promises", "/v1/accounts/ACCOUNT/quotes",
    "/v1/accounts/ACCOUNT/re-ages", "/v1/plans/PLAN/re-ages", "/v1/plans/PLAN/pauses",
    "/v1/plans/PLAN/revisions", "/v1/reports/re-ages", "/v1/sweeps/SWEEP",
)  # fmt: skip
RARE = "settlement.satisfied"
ASKED = [(path, asked) for path, each in LISTS.items() for asked in each]


@pytest_asyncio.fixture(scope="module")
async def books(server):
    async with large_books(server) as made:
        yield made


def read_whole(plan):
    """The tables that grow and that a plan reads from end to end."""
    return [one["Relation Name"] for one in scans(plan)
            if one["Node Type"] == "Seq Scan" and one["Relation Name"] not in FEW]  # fmt: skip


def words(books, asked):
    return {name: books.known.get(value, value) for name, value in asked.items()}


async def test_every_list_is_asked(books):
    routes = [route for router in ROUTERS for route in router.routes if "GET" in route.methods]
    paths = {one.path for one in routes
             if any(field.name == "limit" for field in one.dependant.query_params)}  # fmt: skip
    assert paths - NOT_FILLED == LISTS.keys()


@pytest.mark.parametrize("day", [SWEPT, ON], ids=["swept", "behind"])
@pytest.mark.parametrize(("path", "asked"), ASKED)
async def test_a_page_takes_few_statements_and_each_an_index(books, path, asked, day):
    await books.desk.at(day)
    path = path.replace("{account_id}", books.known["ACCOUNT"])
    asked = words(books, asked)
    few = await books.asked(path, {**asked, "limit": 1})
    said = await books.asked(path, {**asked, "limit": 200})

    assert len(few) <= MOST, few
    assert len(said) <= MOST, said
    for sql, values in said:
        assert read_whole(await books.planned(sql, values)) == [], sql


@pytest.mark.parametrize("path", OTHERS)
async def test_what_has_no_pages_reads_from_indexes_too(books, path):
    await books.desk.at(SWEPT)
    for word in ("ACCOUNT", "PLAN", "SWEEP"):
        path = path.replace(f"/{word}", f"/{books.known[word]}")
    for sql, values in await books.asked(path, {}):
        assert read_whole(await books.planned(sql, values)) == [], sql


async def test_a_reader_of_a_rare_type_goes_on_where_the_feed_ended(books):
    first = await books.desk.get("/v1/events", types=RARE)
    assert first["data"] == []
    assert first["next_cursor"] is not None
    await books.asked("/v1/events", {"types": RARE, "after": first["next_cursor"]})
    sql, values = books.said[-1]
    plan = await books.planned(sql, values)
    assert scans(plan)[0]["Node Type"] == "Index Only Scan"
    assert "ROW(type, epoch, tx, account_id, sequence) > ROW" in scans(plan)[0]["Index Cond"]
