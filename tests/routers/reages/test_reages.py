"""Re-ages over HTTP: asked about, previewed, granted, refused with every reason, taken back."""

import pytest

from tests.routers.changes.test_changes import rows, without_ids
from tests.routers.lives.desk import DUE, OPENING

RE_AGE = {
    "kind": "standard",
    "first_due_on": "2026-03-01",
    "installment_count": 6,
    "frequency": {"every": 1, "unit": "month"},
    "reason": "agreed",
    "documented_ability": True,
}
NEW = [(f"2026-0{month}-01", 50_00) for month in range(3, 9)]


async def late(desk, **changes):
    """The usual plan under the policy without conditions, its first installment missed."""
    await desk.at(OPENING)
    account = await desk.account(policy="unlimited", **changes)
    plan = await desk.plan(account)
    await desk.at("2026-02-20")
    return account, plan


async def test_a_re_age_moves_everything_open_and_the_plan_is_current(desk):
    account, plan = await late(desk)
    path = f"/v1/plans/{plan['id']}/re-ages"
    before = await desk.read(plan)
    shown = await desk.post(f"{path}/preview", RE_AGE, status=200)
    made = await desk.post(path, RE_AGE)

    assert (shown["eligible"], shown["failed"], shown["refusals"]) == (True, [], [])
    assert without_ids(shown["plan"]) == without_ids(made["plan"])
    assert rows(made["plan"]) == NEW
    assert (before["standing"], made["plan"]["standing"]) == ("delinquent", "current")
    assert made["plan"]["outstanding_minor"] == 300_00
    voided = [row for row in made["plan"]["installments"] if row["status"] == "void"]
    assert [(r["amount_minor"], r["satisfied_on"]) for r in voided] == [(0, "2026-02-20")] * 3
    read = await desk.read(account)
    assert (read["reported_since_on"], read["first_delinquency_on"]) == (None, OPENING)
    assert made["plan"]["delinquency"]["contract"] == {"since_on": OPENING, "days": 41}
    listed = (await desk.get(path))["data"]
    assert [(one["id"], one["undone_on"]) for one in listed] == [(made["id"], None)]
    await desk.books_agree(account)

    undone = await desk.post(f"{path}/{made['id']}/undo", {"reason": "r"}, status=200)
    assert undone == before
    assert (await desk.get(path))["data"][0]["undone_on"] == "2026-02-20"
    assert (await desk.read(account))["reported_since_on"] == OPENING
    await desk.books_agree(account)
    missing = await desk.refused("POST", f"{path}/rea_01h455vb4pex5vsknk084sn02q/undo")
    assert missing[:2] == (404, "not-found")


async def test_what_was_paid_and_charged_stays_on_its_row(desk):
    """60.00 paid on the first; a fee of 5.00 on it stays, owed and first in line, and ages not."""
    account, plan = await late(desk)
    await desk.pay(account, 60_00)
    fee = {"kind": "fee", "amount_minor": 5_00, "due_on": DUE[0], "plan_id": plan["id"]}
    await desk.post(f"/v1/accounts/{account['id']}/charges", fee)
    made = (await desk.post(f"/v1/plans/{plan['id']}/re-ages", RE_AGE))["plan"]

    first = made["installments"][0]
    assert (first["principal_minor"], first["fees_minor"], first["outstanding_minor"]) == (
        60_00, 5_00, 5_00,
    )  # fmt: skip
    assert made["delinquency"]["past_due_days"] == 0
    await desk.at("2026-02-28")
    assert (await desk.read(plan))["delinquency"]["missed"] == []
    paid = await desk.pay(account, 7_00)
    assert [(line["cell"], line["amount_minor"]) for line in paid["allocations"]] == [
        ("fees", 5_00), ("principal", 2_00),
    ]  # fmt: skip
    await desk.books_agree(account)


async def test_the_clock_starts_again_at_the_next_overdue_due_date(desk):
    account, plan = await late(desk)
    await desk.post(f"/v1/plans/{plan['id']}/re-ages", RE_AGE)
    await desk.at("2026-03-04")
    read = await desk.read(account)

    assert read["reported_since_on"] == "2026-03-01"
    assert read["first_delinquency_on"] == OPENING
    assert (await desk.read(plan))["delinquency"]["missed_total"] == 1


async def test_an_account_placed_current_stays_behind_by_its_contract(desk):
    """Its plan is the contract: what a re-age moves ahead is past due by it until it is paid."""
    account, plan = await late(desk, past_due_minor=0)
    await desk.post(f"/v1/plans/{plan['id']}/re-ages", RE_AGE)
    contract = (await desk.read(plan))["delinquency"]["contract"]
    assert contract == {"since_on": DUE[0], "days": 20}
    await desk.pay(account, 40_00)
    assert (await desk.read(account))["first_delinquency_on"] == DUE[0]
    await desk.pay(account, 60_00)
    assert (await desk.read(plan))["delinquency"]["contract"]["since_on"] is None


async def test_one_re_age_a_day_an_undone_one_does_not_count(desk):
    _, plan = await late(desk)
    path = f"/v1/plans/{plan['id']}/re-ages"
    made = await desk.post(path, RE_AGE)
    status, name, problem = await desk.refused("POST", path, json=RE_AGE)

    assert (status, name, problem["existing_revision"]) == (409, "changed-today", 2)
    await desk.post(f"{path}/{made['id']}/undo", {}, status=200)
    again = await desk.post(path, RE_AGE)
    assert again["revision"] == 3


async def test_every_reason_against_it_at_once_and_who_may_override(desk, staff):
    account, plan = await desk.opened()
    await desk.at("2026-02-20")
    path = f"/v1/plans/{plan['id']}/re-ages"
    body = {**RE_AGE, "documented_ability": False}
    asked = {"documented_ability": "false"}
    found = await desk.get(f"/v1/accounts/{account['id']}/re-age-eligibility", **asked)
    shown = await desk.post(f"{path}/preview", body, status=200)
    status, name, problem = await desk.refused("POST", path, json=body)

    failed = ["NOT_OPEN_END", "WILLINGNESS_NOT_DOCUMENTED", "ACCOUNT_TOO_NEW",
              "INSUFFICIENT_PAYMENTS"]  # fmt: skip
    assert (status, name) == (409, "re-age-refused")
    assert problem["failed"] == shown["failed"] == found["failed"] == failed
    assert problem["counters"] == shown["counters"] == found["counters"]
    assert found["counters"]["qualifying_payments"] == 0
    assert [one["rule"] for one in problem["refusals"]] == failed

    override = {"override": {"reason": "flood", "approved_by": "sue"}}
    ann, bob = await staff("agent", "ann"), await staff("supervisor", "bob")
    sue = await staff("supervisor", "sue")
    assert (await ann.refused("POST", path, json=body | override))[1] == "re-age-refused"
    assert await sue.pointers(path, body | override) == ["/override/approved_by"]
    made = await bob.post(path, body | override)
    assert made["override"] == {"failed": failed, "reason": "flood", "approved_by": "sue"}
    assert (made["actor"], made["plan"]["standing"]) == ("bob", "current")


async def test_an_accounts_own_clock(desk):
    await desk.at(OPENING)
    account = await desk.account(product="open_end", opened_on="2024-01-01")
    path = f"/v1/accounts/{account['id']}"
    for month in ("02", "03", "04"):
        due = f"2026-{month}-01"
        await desk.post(f"{path}/cycles", {"due_on": due, "minimum_due_minor": 20_00})
        await desk.at(due)
        await desk.pay(account, 20_00)
    body = {"reason": "three payments", "documented_ability": True}
    await desk.at("2026-04-02")
    asked = await desk.get(f"{path}/re-age-eligibility", documented_ability="true")
    made = await desk.post(f"{path}/re-ages", body)

    assert (asked["eligible"], asked["counters"]["qualifying_payments"]) == (True, 3)
    assert (made["reported_since_on"], made["first_delinquency_on"]) == (None, OPENING)
    assert (await desk.read(account))["delinquency"]["bucket"] == "current"
    problem = (await desk.refused("POST", f"{path}/re-ages", json=body))[2]
    assert problem["failed"] == ["TWELVE_MONTH_LIMIT"]
    earlier = await desk.get(
        f"{path}/re-age-eligibility", documented_ability="true", as_of="2026-03-31"
    )
    assert earlier["failed"] == ["INSUFFICIENT_PAYMENTS"]
    await desk.books_agree(account)


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        pytest.param({"first_due_on": "2026-02-19"}, ["/first_due_on"], id="in the past"),
        pytest.param({"installment_count": 0}, ["/installment_count"], id="no installments"),
        pytest.param({"frequency": {"every": 0, "unit": "month"}}, ["/frequency/every"],
                     id="never"),
        pytest.param({"kind": "gift"}, ["/kind"], id="no such kind"),
    ],
)  # fmt: skip
async def test_malformed_re_ages(desk, change, pointers):
    _, plan = await late(desk)

    assert await desk.pointers(f"/v1/plans/{plan['id']}/re-ages", {**RE_AGE, **change}) == pointers


async def test_money_dated_before_a_re_age_counts_as_if_it_had_come_in_time(desk):
    account, plan = await late(desk)
    made = await desk.post(f"/v1/plans/{plan['id']}/re-ages", RE_AGE)
    await desk.at("2026-02-25")
    await desk.pay(account, 120_00, on=DUE[0])
    after = await desk.read(plan)

    assert rows(after)[:2] == [(DUE[0], 100_00), ("2026-02-28", 20_00)]
    new = [row for row in after["installments"] if row["due_on"] in dict(NEW)]
    assert [row["principal_minor"] for row in new] == [30_00] * 6
    ids = {row["due_on"]: row["id"] for row in made["plan"]["installments"]}
    assert [row["id"] for row in new] == [ids[row["due_on"]] for row in new]
    await desk.books_agree(account)
