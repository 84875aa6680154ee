"""What waits for somebody, of accounts and of none, and what is gone once somebody acted."""

from sqlalchemy import text

from app.schemas.edge.ids import decode
from app.services.reports import runs
from tests.database import as_tenant
from tests.routers.payments.test_suspense import LOST
from tests.routers.plans.test_approvals import SMALL
from tests.routers.plans.test_consent import quoted
from tests.routers.reports.stories import cells, report, three
from tests.routers.reports.test_runs import ran

FIGURES = ("accounts", "minor", "oldest_days")
#: What nothing is kept of, so that it is asked of the facts.
RESTATED = {"parameters": {"basis": "restated"}}


async def exceptions(desk, **asked):
    return {key[0]: value for key, value in cells(
        await report(desk, "exceptions", **asked), *FIGURES).items()}  # fmt: skip


async def test_what_waits_is_listed_from_the_day_its_figure_says(desk, staff, swept):
    """Opened on 10 January 2026, a Saturday: it was asked for then, and Tuesday is the second."""
    account, quote = await quoted(desk, expires_at="2026-01-16T18:00:00Z")
    ann = await staff("agent", "ann")
    other = await ann.account(300_00, reference="INV-9")
    await ann.post("/v1/plans", {"account_id": other["id"], "terms": SMALL})
    await desk.post("/v1/payments", LOST)
    paid = await desk.pay(account, 25_00)
    await desk.reverse(paid)
    await swept("2026-01-11")
    early = await exceptions(desk)
    await swept("2026-01-16")
    late = await exceptions(desk)

    assert early == {}
    assert late == {
        "approval_waiting": (1, 300_00, 6),
        "debit_returned": (1, 25_00, 6),
        "quote_ends": (1, 300_00, 0),
        "suspense": (1, LOST["amount_minor"], 6),
    }
    assert "suspense" not in await exceptions(desk, creditor="C-1")
    body = {"terms": SMALL, "supersedes": quote["id"]}
    await ann.post(f"/v1/accounts/{account['id']}/quotes", body)
    await ann.post(
        f"/v1/accounts/{account['id']}/promises", {"amount_minor": 5_00, "due_on": "2026-01-30"}
    )
    assert not {"quote_ends", "debit_returned"} & (await exceptions(desk)).keys()


async def test_a_plan_whose_debit_nothing_allows_waits_for_a_mandate(desk, swept):
    current, *_ = await three(desk)
    found = []
    for day, code in (("2026-02-12", "R01"), ("2026-02-13", "R10"), ("2026-02-16", "MD01")):
        await desk.at(day)
        found.append(await exceptions(desk))
        paid = await desk.pay(current, 25_00, method="direct_debit")
        await desk.reverse(paid, reason_code=code)
    await swept("2026-02-18")
    found.append(await exceptions(desk))
    await desk.pay(current, 25_00, method="direct_debit")
    found.append(await exceptions(desk))

    missing = [one.get("mandate_missing") for one in found]
    assert missing == [None, None, (1, 900_00, 3), (1, 900_00, 2), None]


async def test_days_that_are_not_closed_and_books_that_say_another_sum_are_told(
    desk, swept, owner, tenant
):
    await desk.at("2026-01-10")
    account = await desk.account(70_00, past_due_minor=70_00)
    await desk.at("2026-02-20")
    found = await report(desk, "exceptions")
    behind = cells(found, *FIGURES)[("sweep_behind",)]
    await swept("2026-02-20")
    more = "amount_minor = amount_minor + 1, principal_minor = principal_minor + 1"
    async with as_tenant(owner, tenant) as tx:
        id_ = decode("acc", account["id"])
        await tx.execute(text(f"UPDATE posting SET {more} WHERE account_id = '{id_}'"))
    now = await exceptions(desk)

    assert found["provisional"]
    assert behind[:2] == (1, 70_00)
    assert "sweep_behind" not in now
    assert now["self_check"] == (1, 1, 0)


async def test_a_report_that_was_refused_waits_until_it_is_made(desk, swept, monkeypatch):
    await three(desk)
    await swept("2026-02-20")
    monkeypatch.setattr(runs, "MOST_ROWS", 1)
    failed = await ran(desk, **RESTATED)
    found = await report(desk, "exceptions")
    row = next(one for one in found["rows"] if one["exception"] == "report_refused")
    behind = await report(desk, "exceptions/rows", cell=f"{row['cell']}.accounts")
    monkeypatch.undo()

    assert (row["currency"], row["accounts"], row["oldest_days"]) == (None, 1, 0)
    assert [(one["id"], one["reference"]) for one in behind["data"]] == [(failed["id"], "aging")]
    await ran(desk, **RESTATED)
    assert "report_refused" not in await exceptions(desk)
