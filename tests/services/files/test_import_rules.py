"""What a file may not bring in that the API would not: the rules of the domain hold for imports."""

import io
from datetime import date

import pytest

from app.services.files.columns import Kind
from app.services.files.csv_files import Source
from app.services.files.formats import Formats
from app.services.files.imports import Importer, run
from app.services.files.pages import Outcome
from app.services.files.rows import layout
from app.storage.accounts import accounts
from app.storage.accounts.narrowing import narrowed

DAY = date(2026, 6, 30)
ACCOUNTS = """\
reference,currency,product,opened_on,effective_on,principal_minor,past_due_minor,policy
A-1,USD,invoice,2025-01-01,2026-01-05,40000,0,unlimited
"""
PLANS = """\
reference,account_reference,installment_count,every,unit,first_due_on,effective_on
PL-1,A-1,4,1,month,2026-02-05,2026-01-05
"""
CHARGES = "reference,account_reference,kind,amount_minor,effective_on,plan_reference\n"
PAYMENTS = "reference,account_reference,amount_minor,currency,effective_on\n"


def unforeseen(failure):
    raise failure.error


@pytest.fixture
def bring(database, tenant):
    """Import a file's text; answers what became of its rows, in their order."""

    async def bring(kind, content):
        raw = content.encode()
        source = Source(io.BytesIO(raw), size=len(raw))
        shape = layout(kind, source.header, formats=Formats(), renamed={}, constants={})
        importer = Importer(tenant_id=tenant, kind=kind, today=lambda _: DAY)
        found = []
        rows = (shape.read(line) for line in source)
        await run(
            database,
            importer,
            rows,
            page_size=100,
            after_page=found.extend,
            failed=unforeseen,
        )
        return [result.outcome for result in found]

    return bring


def paid(*days):
    return PAYMENTS + "".join(f"P-{n},A-1,10000,USD,{day}\n" for n, day in enumerate(days))


async def test_no_late_fee_upon_a_late_fee_nor_before_its_time(bring):
    """One payment was late; every other came in full on its day, and one is still to come."""
    await bring(Kind.ACCOUNTS, ACCOUNTS.replace("40000", "50000"))
    await bring(Kind.PLANS, PLANS.replace("PL-1,A-1,4", "PL-1,A-1,5"))
    await bring(Kind.PAYMENTS, paid("2026-02-15", "2026-03-05", "2026-04-05", "2026-05-05"))
    days = ("2026-02-05", "2026-02-10", "2026-03-10", "2026-04-10", "2026-05-10")
    fees = "".join(f"C-{n},A-1,late_fee,500,{day},PL-1\n" for n, day in enumerate(days))

    found = await bring(Kind.CHARGES, CHARGES + fees)
    assert found == [Outcome.REJECTED, Outcome.STORED, *[Outcome.REJECTED] * 3]
    bare = fees.replace(",PL-1", ",").replace("C-", "D-")
    found = await bring(Kind.CHARGES, CHARGES + bare)
    assert found == [Outcome.REJECTED, Outcome.STORED, *[Outcome.REJECTED] * 3]


async def test_a_plan_of_nothing_is_no_plan_of_everything(bring):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    header, row = PLANS.splitlines()

    assert await bring(Kind.PLANS, f"{header},amount_minor\n{row},0\n") == [Outcome.REJECTED]


async def test_a_year_migrated_payments_before_plans_comes_out_right(bring, at):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    await bring(Kind.PAYMENTS, paid("2026-02-05", "2026-03-05", "2026-04-05", "2026-05-05"))
    assert await bring(Kind.PLANS, PLANS) == [Outcome.STORED]

    async with at(DAY) as ctx:
        account = (await accounts.find(ctx.tx, narrowed(reference="A-1"), limit=1))[0]
    plan = account.state.plans[0]
    assert [row.amount_minor for row in plan.installments] == [100_00] * 4
    assert (plan.status, plan.missed_total) == ("completed", 0)
