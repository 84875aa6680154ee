"""Contacts from a file: whom a line means, judged once its page is in, the same file twice."""

from datetime import UTC, date, datetime

import pytest

from app.services.files.columns import Kind
from app.services.files.csv_files import opened
from app.services.files.formats import Amounts, Formats
from app.services.files.imports import Importer, run
from app.services.files.pages import Outcome
from app.services.files.rows import layout
from app.storage.contacts import contacts
from app.storage.contacts.contacts import FindContacts
from tests.database import as_tenant

DAY = date(2026, 1, 15)
ACCOUNTS = """\
reference,currency,product,opened_on,principal_minor,debtor_reference,debtor_name,debtor_phone,debtor_region
A-1,USD,other,2025-01-01,50000,D-1,Jane Doe,(312) 555-0100,US-IL
A-2,USD,other,2025-01-01,50000,D-2,Zeb Roe,(312) 555-0199,US-IL
"""
HEADER = "reference,account_reference,channel,direction,started_at,outcome,point,person_reference\n"


@pytest.fixture
def bring(database, tenant, tmp_path):
    """Import the text of a file, page by page; answers the summary and the reasons by line."""

    async def bring(kind, text, *, actor="ann", page_size=4):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text)
        importer = Importer(
            tenant_id=tenant, kind=kind, today=lambda _: DAY, actor=actor,
            clock=lambda _: datetime(2026, 1, 15, 20, tzinfo=UTC),
        )  # fmt: skip
        said = {}
        with opened(str(path)) as source:
            formats = Formats(amounts=Amounts.MINOR)
            shape = layout(kind, source.header, formats=formats, renamed={}, constants={})
            summary = await run(
                database, importer, map(shape.read, source), page_size=page_size,
                after_page=lambda page: said.update(
                    {one.row.line.number: one.reason for one in page if one.reason}
                ),
                failed=lambda failure: pytest.fail(str(failure.error)),
            )  # fmt: skip
        return summary, said

    return bring


def line(reference, at, *, account="A-1", outcome="no_answer", point="", person=""):
    return f"{reference},{account},call,out,{at},{outcome},{point},{person}\n"


async def stored(database, tenant):
    async with as_tenant(database, tenant) as tx:
        found = await contacts.find(tx, FindContacts(), limit=100)
    return {one.reference: one for one in found}


async def test_a_week_of_calls_is_judged_as_if_told_one_by_one(bring, database, tenant):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    days = [f"2026-01-{day:02d}T18:00:00Z" for day in (14, 8, 9, 10, 11, 12, 13)]
    calls = [line(f"C-{n}", at, point="312-555-0100") for n, at in enumerate(days)]
    calls.append(line("C-7", "2026-01-14T16:00:00-06:00"))

    summary, said = await bring(Kind.CONTACTS, HEADER + "".join(calls))

    assert (summary.by_outcome[Outcome.STORED].rows, said, summary.reconciles) == (8, {}, True)
    found = await stored(database, tenant)
    outside = {name: [r["code"] for r in one.outside] for name, one in found.items()}
    assert {name: codes for name, codes in outside.items() if codes} == {
        "C-7": ["MORE_THAN_7_IN_7"]
    }
    assert {one.point_id is None for name, one in found.items() if name != "C-7"} == {False}
    assert found["C-7"].started_at == datetime(2026, 1, 14, 22, tzinfo=UTC)
    again, _ = await bring(Kind.CONTACTS, HEADER + "".join(calls), page_size=100)
    assert again.by_outcome[Outcome.ALREADY_THERE].rows == 8


async def test_a_line_that_means_nobody_says_what_is_wrong(bring, database, tenant):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    at = "2026-01-14T18:00:00Z"
    lines = [
        line("C-1", at, account="A-9"),
        line("C-2", at, person="D-9"),
        line("C-3", at, point="312-555-0199"),  # the other debtor's
        line("C-4", "2026-01-15T20:00:01Z"),
        line("C-5", at, outcome="met"),
        line("C-6", "2026-01-14T18:00:00"),
        line("C-7", at),
        line("C-7", at, outcome="busy"),
    ]

    summary, said = await bring(Kind.CONTACTS, HEADER + "".join(lines), page_size=100)

    assert summary.by_outcome[Outcome.STORED].rows == 1
    wanted = ("account", "person", "/point", "/started_at", "/outcome", "offset", "taken")
    told = [said[number] for number in (2, 3, 4, 5, 6, 7, 9)]
    assert [one in reason for one, reason in zip(wanted, told, strict=True)] == [True] * 7, told
    assert set(await stored(database, tenant)) == {"C-7"}
    _, unsaid = await bring(Kind.CONTACTS, HEADER + line("C-8", at), actor=None)
    assert list(unsaid) == [2]
