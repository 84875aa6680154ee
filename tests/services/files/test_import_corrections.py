"""Corrections in bulk: each line stored, known already, or rejected with every reason."""

import io
from datetime import date

import pytest

from app.services.files.columns import Kind
from app.services.files.csv_files import Source
from app.services.files.formats import Formats
from app.services.files.imports import Importer, run
from app.services.files.rows import layout

DAY = date(2026, 6, 30)
ACCOUNTS = "reference,currency,product,opened_on,effective_on,principal_minor,policy\n" + "".join(
    f"A-{n},USD,invoice,2025-01-01,2026-01-05,40000,unlimited\n" for n in range(3)
)
PLANS = """\
reference,account_reference,installment_count,every,unit,first_due_on,effective_on
PL-1,A-1,4,1,month,2026-02-05,2026-01-05
"""
CORRECTIONS = """\
account_reference,delinquent_since_on,principal_minor,reason
A-0,2025-03-01,50000,r
A-1,,100,r
A-9,2025-03-01,,r
A-2,2026-02-01,,r
A-2,none,,r
A-2,2025-05-05,30000,
"""


def unforeseen(failure):
    raise failure.error


@pytest.fixture
def bring(database, tenant):
    """Import a file's text; answers the outcome and the reason of its rows, in their order."""

    async def bring(kind, content):
        raw = content.encode()
        source = Source(io.BytesIO(raw), size=len(raw))
        shape = layout(kind, source.header, formats=Formats(), renamed={}, constants={})
        importer = Importer(tenant_id=tenant, kind=kind, today=lambda _: DAY, actor="ann")
        found = []
        rows = (shape.read(line) for line in source)
        await run(
            database, importer, rows, page_size=100, after_page=found.extend, failed=unforeseen
        )
        return [(str(result.outcome), result.reason) for result in found]

    return bring


async def test_lines_are_stored_known_or_rejected(bring):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    await bring(Kind.PLANS, PLANS)
    outcomes = await bring(Kind.CORRECTIONS, CORRECTIONS)

    assert [outcome for outcome, _ in outcomes] == [
        "stored", "rejected", "rejected", "rejected", "already there", "rejected",
    ]  # fmt: skip
    reasons = [reason for _, reason in outcomes]
    assert "live plan is over 40000, and 100 would be owed" in reasons[1]
    assert "A-9" in reasons[2]
    assert "/delinquent_since_on" in reasons[3]
    assert "reason: is needed" in reasons[5]
    again = await bring(Kind.CORRECTIONS, CORRECTIONS)
    assert [outcome for outcome, _ in again][:2] == ["already there", "rejected"]


async def test_the_file_of_accounts_given_again_is_known_after_a_correction(bring):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    said = "account_reference,opened_on,product,principal_minor,reason\nA-0,2024-01-01,tax,7,r\n"
    assert (await bring(Kind.CORRECTIONS, said))[0][0] == "stored"

    assert {outcome for outcome, _ in await bring(Kind.ACCOUNTS, ACCOUNTS)} == {"already there"}
    other = ACCOUNTS.replace("A-0,USD,invoice,2025-01-01", "A-0,USD,invoice,2025-01-02")
    assert (await bring(Kind.ACCOUNTS, other))[0][0] == "rejected"
