"""Plans that bear interest change like others: previewed, made, undone, and paid to the cent."""

import pytest

from tests.routers.changes.test_changes import without_ids
from tests.routers.lives.desk import OPENING
from tests.routers.plans.test_interest import TERMS
from tests.routers.reages.test_reages import RE_AGE

DUE = ("2026-02-10", "2026-03-10", "2026-04-10")
TODAY = "2026-02-20"
CHANGES = [
    pytest.param("re-ages", {**RE_AGE, "installment_count": 4}, id="re-age"),
    pytest.param("reamortizations", {}, id="re-amortization"),
    pytest.param(
        "reschedules",
        {"from_due_on": DUE[1], "to_due_on": "2026-03-25", "extra_installments": 1, "reason": "r"},
        id="reschedule",
    ),
    pytest.param("deferrals", {"number": 2, "reason": "r"}, id="deferral"),
    pytest.param("due-day-changes", {"day": 15, "reason": "r"}, id="due day"),
    pytest.param(
        "payment-holidays", {"from_due_on": DUE[1], "installments": 1, "reason": "r"}, id="holiday"
    ),
    pytest.param(
        "step-downs",
        {"installment_minor": 50_00, "until_on": DUE[1], "reason": "r"},
        id="step-down",
    ),
]


@pytest.fixture
async def late(desk):
    """300.00 at 12 %, the first of three installments missed."""
    await desk.at(OPENING)
    account = await desk.account(policy="unlimited")
    plan = await desk.plan(account, **TERMS)
    await desk.at(TODAY)
    return account, plan


@pytest.mark.parametrize(("change", "body"), CHANGES)
async def test_changed_it_owes_the_same_and_costs_what_it_shows(desk, late, change, body):
    account, plan = late
    path = f"/v1/plans/{plan['id']}/{change}"
    before, owed = await desk.read(plan), (await desk.read(account))["balance"]
    shown = await desk.post(f"{path}/preview", body, status=200)
    made = (await desk.post(path, body))["plan"]

    assert without_ids(shown["plan"]) == without_ids(made)
    assert (await desk.read(account))["balance"] == owed
    assert sum(row["principal_minor"] for row in made["installments"]) == 300_00
    await desk.books_agree(account)
    undone = await desk.post(f"/v1/plans/{plan['id']}/revisions/2/undo", {}, status=200)
    assert undone == before

    made = (await desk.post(path, body))["plan"]
    overdue = sum(r["outstanding_minor"] for r in made["installments"] if r["due_on"] < TODAY)
    if overdue:
        await desk.pay(account, overdue)
    for day in sorted({row["due_on"] for row in made["installments"] if row["due_on"] > TODAY}):
        await desk.at(day)
        rows = (await desk.read(plan))["installments"]
        due = sum(row["outstanding_minor"] for row in rows if row["due_on"] == day)
        if due:
            await desk.pay(account, due)
    assert (await desk.read(plan))["status"] == "completed"
    assert (await desk.read(account))["balance"]["total_minor"] == 0
    await desk.books_agree(account)


@pytest.mark.parametrize(
    ("change", "body", "pointer"),
    [
        ("re-ages", {**RE_AGE, "first_due_on": TODAY}, "/first_due_on"),
        ("reschedules", {"from_due_on": DUE[1], "to_due_on": TODAY, "reason": "r"},
         "/to_due_on"),
    ],
)  # fmt: skip
async def test_nothing_falls_due_on_the_day_of_its_change(desk, late, change, body, pointer):
    _, plan = late

    assert await desk.pointers(f"/v1/plans/{plan['id']}/{change}", body) == [pointer]
