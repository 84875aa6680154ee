"""Returns in bulk: by reference or id, once however often the file is given, nothing guessed."""

import io
from datetime import date
from functools import partial

import pytest

from app.routers.edge.csv import read_id, shown_id
from app.services.files.columns import Kind
from app.services.files.csv_files import Source
from app.services.files.formats import Formats
from app.services.files.imports import Importer, run
from app.services.files.rows import BadColumns, layout
from app.services.payments.post import PostPayment, post_payment
from app.storage.accounts import accounts
from app.storage.payments import payments
from app.storage.tenancy import enter_tenant as enter

DAY = date(2026, 6, 30)
ACCOUNTS = """\
reference,currency,product,opened_on,effective_on,principal_minor,policy
A-1,EUR,invoice,2025-01-01,2026-01-05,40000,unlimited
A-2,EUR,invoice,2025-01-01,2026-01-05,40000,unlimited
"""
PAYMENTS = "reference,account_reference,amount_minor,currency,effective_on\n" + "".join(
    f"X-{n},A-{1 + n % 2},1000,EUR,2026-02-0{1 + n}\n" for n in range(8)
)
HEADER = (
    "payment_reference,payment_id,reason_code,effective_on,amount_minor,currency,return_fee_minor\n"
)


def unforeseen(failure):
    raise failure.error


@pytest.fixture
def bring(database, tenant):
    async def bring(kind, content):
        raw = content.encode()
        source = Source(io.BytesIO(raw), size=len(raw))
        shape = layout(
            kind,
            source.header,
            formats=Formats(),
            renamed={},
            constants={},
            payment_id=partial(read_id, "payment"),
        )
        importer = Importer(tenant_id=tenant, kind=kind, today=lambda _: DAY, actor="ann")
        found = []
        rows = (shape.read(line) for line in source)
        await run(
            database, importer, rows, page_size=100, after_page=found.extend, failed=unforeseen
        )
        return [(str(result.outcome), result.reason) for result in found]

    return bring


@pytest.fixture
async def paid(bring):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    await bring(Kind.PAYMENTS, PAYMENTS)


async def test_lines_are_reversed_known_or_rejected(bring, paid, database, tenant):
    async with database.transaction() as tx:
        await enter(tx, tenant)
        (_, own_id) = (await accounts.resolve(tx, "payment", ["X-1"]))["X-1"]
    lines = f"""\
X-0,,AM04,2026-02-05,1000,EUR,500
,{shown_id("payment", own_id)},MS03,2026-02-05,,,
X-99,,AM04,,,,
X-2,,AM04,,999,EUR,
X-3,,MS03,,,,500
X-4,,R01,,,USD,
,,AM04,,,,
X-5,pay_0,AM04,,,,
"""
    outcomes = await bring(Kind.RETURNS, HEADER + lines)

    assert [one for one, _ in outcomes] == ["stored", "stored", *["rejected"] * 6]
    reasons = [reason for _, reason in outcomes]
    assert "X-99" in reasons[2]
    assert "charged back" in reasons[3]
    assert "only AM04, R01, R09 do" in reasons[4]
    assert "/currency" in reasons[5]
    assert "payment_reference or payment_id" in reasons[6]
    assert "pay_" in reasons[7]
    again = await bring(Kind.RETURNS, HEADER + lines)
    assert [one for one, _ in again] == ["already there", "already there", *["rejected"] * 6]
    other_reason = await bring(Kind.RETURNS, f"{HEADER}X-0,,AC04,,,,\n")
    assert other_reason[0][0] == "rejected"


async def test_a_file_given_again_takes_back_nothing_of_what_was_posted_anew(
    bring, paid, database, tenant
):
    lines = f"{HEADER}X-0,,AM04,2026-02-05,,,\n"
    assert (await bring(Kind.RETURNS, lines))[0][0] == "stored"
    async with database.transaction() as tx:
        ctx = await Importer(tenant_id=tenant, kind=Kind.PAYMENTS, today=lambda _: DAY).context(tx)
        (first,) = (await payments.of_references(tx, ["X-0"]))["X-0"]
        retry = PostPayment(
            reference="X-0",
            amount_minor=1000,
            currency="EUR",
            account_reference="A-1",
            effective_on=date(2026, 2, 20),
            replaces=first.id,
        )
        posted = await post_payment(ctx, retry)
    assert (await bring(Kind.RETURNS, lines))[0][0] == "already there"
    failed_again = f"{HEADER}X-0,,AM04,2026-02-24,,,\n"
    assert (await bring(Kind.RETURNS, failed_again))[0][0] == "stored"
    async with database.transaction() as tx:
        await enter(tx, tenant)
        chain = (await payments.of_references(tx, ["X-0"]))["X-0"]
    assert [one.id for one in chain] == [first.id, posted.payment.id]
    assert {one.status for one in chain} == {"reversed"}


async def test_a_header_that_names_no_payment_is_refused(bring):
    with pytest.raises(BadColumns, match="payment_reference or payment_id is missing"):
        await bring(Kind.RETURNS, "reason_code\nR01\n")
