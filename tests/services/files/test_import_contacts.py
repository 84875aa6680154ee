"""Contacts from a file: whom a line means, judged once its page is in, the same file twice."""

from datetime import UTC, date, datetime
from random import Random

import pytest

from app.services.files.columns import Kind
from app.services.files.csv_files import opened
from app.services.files.formats import Amounts, Formats
from app.services.files.imports import Importer, run
from app.services.files.pages import Outcome
from app.services.files.rows import layout
from app.storage.contacts import contacts
from app.storage.contacts.contacts import FindContacts
from app.storage.database.addresses import Driven
from app.storage.database.tenanted import of_tenant
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

    async def bring(kind, text, *, actor="ann", page_size=4, into=tenant):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text)
        importer = Importer(
            tenant_id=into, kind=kind, today=lambda _: DAY, actor=actor,
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


MIXED = [
    ("C-0", "A-1", "call", "out", "2026-01-05T18:00:00Z", "conversation", "", "+13125550100"),
    ("C-1", "A-2", "sms", "in", "2026-01-09T18:00:00Z", "received", "", "312 555 0199"),
    ("C-2", "A-1", "letter", "out", "2026-01-07T18:00:00Z", "mailed", "validation_notice", ""),
    ("C-3", "A-2", "call", "out", "2026-01-03T18:00:00Z", "voicemail_left", "", "+13125550199"),
    ("C-4", "A-1", "call", "out", "2026-01-08T18:00:00Z", "no_answer", "", "+13125550100"),
    ("C-5", "A-2", "call", "out", "2026-01-12T05:00:00Z", "not_in_service", "", "+13125550199"),
    ("C-6", "A-1", "call", "in", "2026-01-04T18:00:00Z", "conversation", "", "+13125550100"),
    ("C-7", "A-1", "letter", "out", "2026-01-06T18:00:00Z", "mailed", "validation_notice", ""),
    ("C-8", "A-2", "call", "out", "2026-01-13T18:00:00Z", "not_in_service", "", "+13125550199"),
    ("C-9", "A-2", "sms", "in", "2026-01-08T18:00:00Z", "received", "", "+13125550199"),
]
KEPT = of_tenant("""
    SELECT jsonb_build_object(
        'contacts', (SELECT jsonb_object_agg(reference, jsonb_build_array(
            (SELECT jsonb_agg(r->>'code' ORDER BY r->>'code') FROM jsonb_array_elements(outside) r),
            label, point_id IS NULL)) FROM contact WHERE tenant_id = :the_tenant),
        'told', (SELECT jsonb_object_agg(c.reference, (SELECT count(*) FROM contact_fact f
            WHERE f.tenant_id = :the_tenant AND f.contact_id = c.id AND f.kind = 'recorded'))
            FROM contact c WHERE c.tenant_id = :the_tenant),
        'about', (SELECT jsonb_agg(jsonb_build_array(c.reference, a.reference) ORDER BY c.reference)
            FROM contact_account b
            JOIN contact c ON c.tenant_id = b.tenant_id AND c.id = b.contact_id
            JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id
            WHERE b.tenant_id = :the_tenant),
        'validation', (SELECT jsonb_agg(jsonb_build_array(a.reference, a.validation_ends_on,
                v.initial_on, v.sent_on, v.ends_on, i.reference, n.reference) ORDER BY a.reference)
            FROM validation v
            JOIN account a ON a.tenant_id = v.tenant_id AND a.id = v.account_id
            JOIN contact i ON i.tenant_id = v.tenant_id AND i.id = v.initial_contact_id
            LEFT JOIN contact n ON n.tenant_id = v.tenant_id AND n.id = v.notice_contact_id
            WHERE v.tenant_id = :the_tenant),
        'work', (SELECT jsonb_agg(jsonb_build_array(reference, last_communication_on,
            unread_since_on) ORDER BY reference) FROM account_work WHERE tenant_id = :the_tenant),
        'points', (SELECT jsonb_agg(jsonb_build_array(normalized, last_used_at, last_inbound_on)
            ORDER BY normalized) FROM contact_point WHERE tenant_id = :the_tenant),
        'persons', (SELECT jsonb_agg(jsonb_build_array(reference, fact_sequence, unreachable_on)
            ORDER BY reference) FROM person WHERE tenant_id = :the_tenant),
        'said', (SELECT jsonb_agg(jsonb_build_array(kind, sequence, body->>'because')
            ORDER BY sequence) FROM person_fact WHERE tenant_id = :the_tenant),
        'chained', (SELECT jsonb_agg(jsonb_build_array(a.reference, a.event_sequence = e.count,
            a.event_hash = e.hash) ORDER BY a.reference) FROM account a JOIN (
            SELECT account_id, count(*), (array_agg(hash ORDER BY sequence DESC))[1] AS hash
            FROM event WHERE tenant_id = :the_tenant GROUP BY account_id) e ON e.account_id = a.id
            WHERE a.tenant_id = :the_tenant)
    )
""")


def mixed(numbers):
    names = "reference,account_reference,channel,direction,started_at,outcome,purpose,point\n"
    return names + "".join(",".join(MIXED[number]) + "\n" for number in numbers)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_page_at_once_leaves_what_its_lines_leave_one_by_one(
    bring, database, tenant, other, seed
):
    order = list(range(len(MIXED)))
    Random(seed).shuffle(order)
    found = []
    for into, page_size in ((tenant, 100), (other, 1)):
        await bring(Kind.ACCOUNTS, ACCOUNTS, into=into)
        summary, said = await bring(
            Kind.CONTACTS, mixed(order), page_size=page_size, into=into
        )  # fmt: skip
        assert (summary.by_outcome[Outcome.STORED].rows, said) == (len(MIXED), {})
        async with as_tenant(database, into) as tx:
            found.append((await tx.execute(KEPT)).scalar_one())

    assert found[0] == found[1]
    begun, written = found[0]["validation"]
    # The earliest talk begins, the latest notice counts.
    assert begun[2:4] + begun[5:] == ["2026-01-04", "2026-01-07", "C-6", "C-2"]
    assert written[5:] == ["C-3", None]
    assert found[0]["work"] == [["A-1", "2026-01-07", None], ["A-2", "2026-01-09", "2026-01-08"]]
    assert [one[1:] for one in found[0]["points"]] == [
        ["2026-01-08T18:00:00+00:00", None], ["2026-01-13T18:00:00+00:00", "2026-01-09"],
    ]  # fmt: skip
    assert found[0]["chained"] == [["A-1", True, True], ["A-2", True, True]]
    assert [one[2] for one in found[0]["said"]] == ["not_in_service"] * 2
    assert found[0]["contacts"]["C-5"][0] == ["OUTSIDE_HOURS", "VALIDATION_NOTICE_OVERDUE"]


async def test_a_longer_page_takes_no_more_statements(bring, monkeypatch):
    said = []
    for name in ("execute", "fetch", "fetchrow", "executemany", "prepare"):
        real = getattr(Driven, name)

        def spoken(self, sql, *rest, _real=real, **named):
            said.append(sql)
            return _real(self, sql, *rest, **named)

        monkeypatch.setattr(Driven, name, spoken)
    await bring(Kind.ACCOUNTS, ACCOUNTS)

    async def taken(first, last):
        lines = []
        for number in range(first, last):
            _, *rest = MIXED[number % len(MIXED)]
            lines.append(",".join([f"D-{number}", *rest]) + "\n")
        said.clear()
        await bring(Kind.CONTACTS, mixed([]) + "".join(lines), page_size=1_000)
        return len(said)

    await taken(0, 10)
    assert await taken(10, 20) >= await taken(20, 120) > 10


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
