"""Imports on a real database: every row once, however often, and nothing lost by a kill."""

import asyncio
import csv
import gzip
import io
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from app.services.books import ledger
from app.services.files.columns import Kind
from app.services.files.csv_files import Source, Unreadable
from app.services.files.formats import Amounts, Formats
from app.services.files.imports import Importer, run
from app.services.files.pages import Outcome
from app.services.files.rows import BadColumns, layout
from app.storage.accounts import accounts
from app.storage.database.unavailable import Unavailable
from tests.database import as_tenant
from tests.waiting import is_waited_for

ROOT = Path(__file__).parents[3]
DAY = date(2026, 6, 30)
PATIENCE_S = 180  # a loaded machine takes a minute to start a command
ACCOUNTS = """\
reference,currency,product,opened_on,effective_on,principal_minor,fees_minor,policy
A-1,USD,invoice,2025-01-01,2026-01-05,90000,1000,unlimited
A-2,USD,invoice,2025-01-01,2026-01-05,50000,,unlimited
A-3,EUR,invoice,2025-01-01,2026-01-05,0,,unlimited
"""
PLANS = """\
reference,account_reference,installment_count,every,unit,first_due_on,effective_on
PL-1,A-1,4,1,month,2026-02-05,2026-01-05
"""
CHARGES = """\
reference,account_reference,kind,amount_minor,effective_on,plan_reference
C-1,A-1,late_fee,2500,2026-02-10,PL-1
C-2,A-2,cost,700,2026-01-10,
C-3,A-2,penalty,300,2026-03-10,
C-4,A-2,fee,0,2026-03-11,
"""
PAYMENTS = """\
reference,account_reference,amount_minor,currency,effective_on
P-1,A-1,22750,USD,2026-02-05
P-2,A-2,20000,USD,2026-03-01
P-3,A-1,22750,USD,2026-03-05
P-4,A-2,10000,USD,2026-02-01
P-5,A-2,40000,USD,2026-04-01
P-6,A-2,0,USD,2026-04-01
"""
FILES = {
    Kind.ACCOUNTS: ACCOUNTS,
    Kind.PLANS: PLANS,
    Kind.CHARGES: CHARGES,
    Kind.PAYMENTS: PAYMENTS,
}


def unforeseen(failure):
    raise failure.error


@pytest.fixture
def bring(database, tenant):
    """Import a file's text or bytes; answers the summary and every result by line."""

    async def bring(
        kind,
        content,
        *,
        page_size=2,
        amounts=Amounts.MINOR,
        after=None,
        failed=None,
        today=lambda _: DAY,
        **says,
    ):
        raw = content.encode() if isinstance(content, str) else content
        source = Source(io.BytesIO(raw), size=len(raw))
        shape = layout(
            kind, source.header, formats=Formats(amounts=amounts),
            **{"renamed": {}, "constants": {}, **says},
        )  # fmt: skip
        found = {}

        def after_page(results):
            found.update({result.row.line.number: result for result in results})
            if after is not None:
                after(results)

        importer = Importer(tenant_id=tenant, kind=kind, today=today)
        rows = (shape.read(line) for line in source)
        made = await run(
            database,
            importer,
            rows,
            page_size=page_size,
            after_page=after_page,
            failed=failed or unforeseen,
        )
        made.blank = source.blank
        assert made.reconciles
        return made, found

    return bring


@pytest.fixture
def conserved(at, database, tenant):
    """The accounts by reference; every one of them passes its self-check."""

    async def conserved():
        async with at(DAY) as ctx:
            known = await accounts.find(ctx.tx, limit=200)
            for one in known:
                checked = await ledger.self_check(ctx, one.id)
                assert [i for i in checked.identities if not i.ok] == []
            return {one.reference: one for one in known}

    return conserved


def counts(summary):
    return {str(outcome): tally.rows for outcome, tally in summary.by_outcome.items() if tally.rows}


async def test_four_files_make_the_books(bring, conserved):
    said = {kind: counts((await bring(kind, FILES[kind]))[0]) for kind in FILES}

    assert said == {
        Kind.ACCOUNTS: {"stored": 3},
        Kind.PLANS: {"stored": 1},
        Kind.CHARGES: {"stored": 3, "empty": 1},
        Kind.PAYMENTS: {"stored": 5, "empty": 1},
    }
    found = await conserved()
    one, two = found["A-1"].state, found["A-2"].state
    assert one.balance.total_minor == 91000 + 2500 - 45500
    assert one.plans[0].paid_minor == 45500
    assert (two.balance.total_minor, two.unapplied_minor) == (0, 70000 - 51000)
    assert found["A-3"].status == "paid"


async def test_the_same_files_again_change_nothing(bring, conserved):
    for kind, content in FILES.items():
        await bring(kind, content)
    before = await conserved()

    again = {kind: counts((await bring(kind, FILES[kind], page_size=3))[0]) for kind in FILES}

    assert again == {
        Kind.ACCOUNTS: {"already there": 3},
        Kind.PLANS: {"already there": 1},
        Kind.CHARGES: {"already there": 3, "empty": 1},
        Kind.PAYMENTS: {"already there": 5, "empty": 1},
    }
    assert await conserved() == before


@pytest.mark.parametrize(
    ("kind", "was", "now"),
    [
        pytest.param(Kind.ACCOUNTS, "50000", "50001", id="a balance"),
        pytest.param(Kind.ACCOUNTS, "invoice,2025-01-01", "invoice,2025-01-02", id="a date"),
        pytest.param(Kind.PLANS, "PL-1,A-1,4", "PL-1,A-1,5", id="a count"),
        pytest.param(Kind.CHARGES, "C-2,A-2,cost", "C-2,A-2,fee", id="a kind"),
        pytest.param(Kind.CHARGES, "C-2,A-2", "C-2,A-1", id="a charge's account"),
        pytest.param(Kind.PAYMENTS, "P-2,A-2,20000", "P-2,A-2,20001", id="an amount"),
        pytest.param(Kind.PAYMENTS, "P-2,A-2", "P-2,A-1", id="a payment's account"),
    ],
)
async def test_a_reference_with_other_content_is_refused(bring, kind, was, now):
    for each, content in FILES.items():
        await bring(each, content)

    made, found = await bring(kind, FILES[kind].replace(was, now))

    assert made.rejected >= 1
    assert all("taken" in r.reason for r in found.values() if r.outcome is Outcome.REJECTED)
    assert counts(made).get("stored", 0) == 0


async def test_a_failure_between_pages_is_continued_by_the_same_file(bring, conserved):
    await bring(Kind.ACCOUNTS, ACCOUNTS)

    def fail(_results):
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        await bring(Kind.PAYMENTS, PAYMENTS, after=fail)
    made, _ = await bring(Kind.PAYMENTS, PAYMENTS)

    assert counts(made) == {"stored": 3, "already there": 2, "empty": 1}
    assert (await conserved())["A-2"].state.unapplied_minor == 20000


async def test_a_page_that_lost_its_connection_goes_on_in_halves(bring, conserved):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    asked = []

    def today(_zone):
        asked.append(1)
        if len(asked) == 1:
            raise Unavailable("connection", retry_after_s=0)
        return DAY

    made, _ = await bring(Kind.PAYMENTS, PAYMENTS, page_size=100, today=today)

    assert len(asked) == 3
    assert counts(made) == {"stored": 5, "empty": 1}
    assert (await conserved())["A-1"].state.balance.total_minor == 91000 - 45500


async def test_a_file_with_rows_of_one_reference(bring, conserved):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    twice = PAYMENTS + "P-1,A-1,22750,USD,2026-02-05\nP-1,A-1,1,USD,2026-02-05\n"

    made, found = await bring(Kind.PAYMENTS, twice, page_size=100)

    assert counts(made) == {"stored": 5, "already there": 1, "empty": 1, "rejected": 1}
    assert (found[8].outcome, found[9].outcome) == (Outcome.ALREADY_THERE, Outcome.REJECTED)
    assert (await conserved())["A-1"].state.balance.total_minor == 91000 - 45500


async def test_one_row_refused_keeps_none_from_being_stored(bring, conserved):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    lines = (
        "X-1,A-1,100,USD,2026-02-05", "X-2,A-9,100,USD,2026-02-05", "X-3,A-1,100,EUR,2026-02-05",
        "X-4,A-1,-100,USD,2026-02-05", "X-5,A-1,100,USD,2026-02-30", "X-6,A-1,100,USD,2026-07-01",
        "X-7,A-1,100,USD", "X-8,A-1,ten,USD,2026-02-05", "X-9,A-1,100,USD,2026-02-05",
    )  # fmt: skip
    made, found = await bring(Kind.PAYMENTS, "\n".join((PAYMENTS.splitlines()[0], *lines)))

    assert counts(made) == {"stored": 2, "rejected": 7}
    reasons = {n: r.reason for n, r in found.items() if r.outcome is Outcome.REJECTED}
    assert [*reasons] == [3, 4, 5, 6, 7, 8, 9]
    for number, word in {
        3: "'A-9'", 4: "EUR", 5: "amount_minor: should be 0 to", 6: "a day that exists",
        7: "business date", 8: "4 cells", 9: "whole number",
    }.items():  # fmt: skip
        assert word in reasons[number]
    assert made.read.sums == {"USD": 400, "EUR": 100}
    assert made.read.unread == 2
    assert (await conserved())["A-1"].state.balance.total_minor == 91000 - 200


async def test_decimals_are_exact_or_refused(bring, conserved):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    file = """\
id,account_reference,paid,when
D-1,A-1,12.34,2026-02-05
D-2,A-1,12.345,2026-02-05
D-3,A-1,12.3400,2026-02-05
D-4,A-1,"1,234.00",2026-02-05
D-5,A-1,7,2026-02-05
D-6,A-1,0.00,2026-02-05
"""
    says = {
        "renamed": {"reference": "id", "amount": "paid", "effective_on": "when"},
        "constants": {"currency": "USD"},
    }
    made, found = await bring(Kind.PAYMENTS, file, amounts=Amounts.DECIMAL, **says)

    assert counts(made) == {"stored": 3, "empty": 1, "rejected": 2}
    assert "more than the 2 decimals of USD" in found[3].reason
    assert "decimal number" in found[5].reason
    assert made.read.sums == {"USD": 1234 + 1234 + 700}
    assert (await conserved())["A-1"].state.balance.total_minor == 91000 - 3168


async def test_entered_together_or_one_by_one_comes_to_the_same(bring, conserved):
    two = ACCOUNTS + "B-1,USD,invoice,2025-01-01,2026-01-05,90000,1000,unlimited\n"
    await bring(Kind.ACCOUNTS, two)
    await bring(Kind.PLANS, PLANS + "PL-2,B-1,4,1,month,2026-02-05,2026-01-05\n")
    head, *_ = PAYMENTS.splitlines()
    days = ("2026-03-07", "2026-02-01", "2026-05-06", "2026-01-20", "2026-04-05")
    for reference, page_size in (("A-1", 100), ("B-1", 1)):
        rows = (f"{reference}-{on},{reference},15000,USD,{on}" for on in days)
        await bring(Kind.PAYMENTS, "\n".join((head, *rows)), page_size=page_size)

    found = await conserved()
    together, singly = found["A-1"].state, found["B-1"].state
    assert together.balance == singly.balance

    def shown(plan):
        return [(r.paid, r.satisfied_on, r.missed_on, r.paid_late_minor) for r in plan.installments]

    assert shown(together.plans[0]) == shown(singly.plans[0])
    assert together.bucket == singly.bucket


async def test_gzip_is_known_by_its_content(bring):
    made, _ = await bring(Kind.ACCOUNTS, gzip.compress(b"\xef\xbb\xbf" + ACCOUNTS.encode()))

    assert counts(made) == {"stored": 3}
    with pytest.raises(Unreadable):
        await bring(Kind.ACCOUNTS, gzip.compress(ACCOUNTS.encode())[:-20])


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("reference,account_reference,amount_minor", "currency is missing"),
        ("reference,account_reference,amount,currency", "nobody knows amount"),
        ("reference,account_reference,amount_minor,currency,reference", "a second time"),
    ],
)
async def test_a_header_that_does_not_fit_stores_nothing(bring, header, complaint):
    with pytest.raises(BadColumns, match=complaint):
        await bring(Kind.PAYMENTS, f"{header}\n")


# As processes -----------------------------------------------------------------------------


@pytest.fixture
async def accord(app_url, tenant, tmp_path):
    """`accord import …` as a process of its own, in this test's tenant."""
    rejects = tmp_path / "rejects.csv"

    def accord(kind, *options):
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "import", kind, "-", "--tenant", str(tenant),
             "--page-size", "2", "--rejects", str(rejects), *options],
            cwd=ROOT, env={**os.environ, "ACCORD_DATABASE_URL": app_url},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    accord.rejects = rejects
    return accord


async def test_a_pipe_its_rejects_and_the_exit_code(bring, accord):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    bad = PAYMENTS + 'X-1,A-9,100,USD,2026-02-05\nX-2,A-1,100,"US\nD",2026-02-05\n'

    process = accord("payments", "--business-date", "2026-06-30")
    said = process.communicate(bad.encode())[0].decode()

    assert process.returncode == 1, said
    assert "reconciles" in said
    with accord.rejects.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["reference"]) for row in rows] == [("8", "X-1"), ("9", "X-2")]
    assert "A-9" in rows[0]["rejected_because"]
    mended = accord.rejects.read_text().replace("A-9", "A-1").replace('"US\nD"', "USD")
    assert counts((await bring(Kind.PAYMENTS, mended))[0]) == {"stored": 2}


async def test_a_killed_process_is_continued_by_the_same_file(
    bring, accord, database, tenant, conserved
):
    await bring(Kind.ACCOUNTS, ACCOUNTS)
    head, *_ = PAYMENTS.splitlines()
    rows = [f"K-{n},A-{1 + (n > 3)},100,USD,2026-02-05" for n in range(8)]
    file = "\n".join((head, *rows, ""))

    async with as_tenant(database, tenant) as held:  # so that its third page waits for us
        known = (await accounts.resolve(held, "account", ["A-2"]))["A-2"]
        await accounts.lock(held, known[0])
        process = accord("payments", "--business-date", "2026-06-30")
        process.stdin.write(file.encode())
        process.stdin.close()
        until = time.monotonic() + PATIENCE_S
        while not await is_waited_for(held) and time.monotonic() < until:
            assert process.poll() is None, process.stdout.read()
            await asyncio.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert await stored(held) == 4

    made, _ = await bring(Kind.PAYMENTS, file)

    assert counts(made) == {"stored": 4, "already there": 4}
    found = await conserved()
    assert found["A-1"].state.balance.total_minor == 91000 - 400
    assert found["A-2"].state.balance.total_minor == 50000 - 400


async def stored(tx):
    return (await tx.execute(text("SELECT count(*) FROM payment"))).scalar_one()
