"""Charge-offs and closures over HTTP: who may, when not, and what an account shows after."""

import pytest

from app.domain.books.chart import DEFAULT, Slot
from tests.routers.books.test_journal import moved, pages
from tests.routers.lives.desk import DUE, IN_THREE, OPENING

REASON = {"reason": "uneconomic to pursue"}


def path(account, what):
    return f"/v1/accounts/{account['id']}/{what}"


async def told(desk, account, kind):
    page = await desk.get(path(account, "timeline"), limit=200)
    return [event for event in page["data"] if event["type"] == kind]


async def test_a_charged_off_debt_is_owed_and_paid_as_before(desk):
    await desk.at(OPENING)
    account = await desk.account()

    charged_off = await desk.post(path(account, "charge-offs"), {"reason": "policy 4.2"})

    assert (charged_off["status"], charged_off["charged_off_on"]) == ("charged_off", OPENING)
    assert charged_off["balance"] == account["balance"]
    assert (charged_off["substandard_on"], charged_off["charge_off_due_on"]) == (None, None)
    await desk.plan(account)
    await desk.pay(account, 50_00)
    now = await desk.read(account)
    assert (now["status"], now["balance"]["total_minor"]) == ("charged_off", 250_00)
    await desk.books_agree(account)

    undone = await desk.post(path(account, "charge-offs/undo"), {"reason": "x"}, status=200)
    assert (undone["status"], undone["charged_off_on"]) == ("open", None)
    first, second = await told(desk, account, "account.charged_off")
    assert second["corrects"] == first["id"]
    assert second["data"] == {"before": {"balance_minor": 300_00}, "after": None}
    await desk.books_agree(account)


async def test_when_nothing_is_charged_off(desk):
    await desk.at(OPENING)
    account = await desk.account()
    before = await desk.account(charged_off_on="2026-01-02")
    paid = await desk.account()
    await desk.pay(paid, 300_00)

    await desk.post(path(account, "charge-offs"), REASON)
    for one, what, problem in (
        (account, "charge-offs", "already-charged-off"),
        (before, "charge-offs", "already-charged-off"),
        (before, "charge-offs/undo", "not-charged-off"),
        (paid, "charge-offs", "nothing-owed"),
        (paid, "charge-offs/undo", "not-charged-off"),
        (paid, "closures/undo", "not-closed"),
    ):
        refused = await desk.refused("POST", path(one, what), json=REASON)
        assert refused[:2] == (409, problem), what


async def test_a_closure_writes_the_rest_off_and_its_undo_restores_it(desk):
    await desk.at(OPENING)
    account = await desk.account(balance={"principal_minor": 300_00, "fees_minor": 20_00})
    await desk.pay(account, 50_00)
    before = await desk.read(account)

    closed = await desk.post(path(account, "closures"), REASON)

    assert (closed["status"], closed["closed_on"]) == ("closed", OPENING)
    assert (closed["balance"]["total_minor"], closed["written_off_minor"]) == (0, 270_00)
    row = (await desk.get(path(account, "ledger")))["data"][-1]
    assert (row["kind"], row["amount_minor"]) == ("write_off", -270_00)
    assert row["components"]["principal_minor"] == -270_00
    assert row["reason"] == REASON["reason"]
    await desk.books_agree(account)
    await desk.at("2026-03-01")

    await desk.post(path(account, "closures/undo"), {}, status=200)

    again = await desk.read(account, as_of=OPENING)
    same = {name: again[name] for name in before if name != "etag"}
    assert same == {name: before[name] for name in before if name != "etag"}
    assert (await told(desk, account, "account.closed"))[-1]["data"]["after"] is None
    await desk.books_agree(account)


async def test_what_stands_in_a_closures_way(desk):
    account, plan = await desk.opened()
    refused = await desk.refused("POST", path(account, "closures"), json=REASON)
    assert refused[:2] == (409, "plan-exists")
    assert refused[2]["existing_plan_id"] == plan["id"]
    await desk.pay(account, 310_00)
    payment = (await desk.get("/v1/payments", account_id=account["id"]))["data"][0]

    refused = await desk.refused("POST", path(account, "closures"), json=REASON)
    assert (refused[1], refused[2]["unapplied_minor"]) == ("unapplied-money-left", 10_00)
    back = {"amount_minor": 10_00, "reference": "R-1"}
    await desk.post(f"/v1/payments/{payment['id']}/refunds", back)
    closed = await desk.post(path(account, "closures"), REASON)
    assert (closed["status"], closed["written_off_minor"]) == ("closed", 0)
    assert (await desk.refused("POST", path(account, "closures"), json=REASON))[1] == (
        "account-closed"
    )


async def test_a_closure_does_not_lie_before_what_was_done(desk):
    await desk.at(OPENING)
    account = await desk.account()
    await desk.at("2026-01-20")
    await desk.pay(account, 1_00, "2026-01-15")

    body = {**REASON, "effective_on": "2026-01-14"}
    assert await desk.pointers(path(account, "closures"), body) == ["/effective_on"]
    closed = await desk.post(path(account, "closures"), {**body, "effective_on": "2026-01-15"})
    assert closed["closed_on"] == "2026-01-15"
    await desk.books_agree(account)


async def test_a_closed_account_takes_no_commands(desk):
    await desk.at(OPENING)
    account = await desk.account()
    quote = await desk.post(path(account, "quotes"), {"terms": IN_THREE})
    await desk.post(path(account, "closures"), REASON)
    payment = {"account_id": account["id"], "reference": "P", "amount_minor": 1, "currency": "USD"}
    accepted = {"account_id": account["id"], "quote_id": quote["id"], "quote_hash": quote["hash"]}

    for where, body in (
        (path(account, "charges"), {"kind": "fee", "amount_minor": 1}),
        (path(account, "adjustments"),
         {"component": "principal", "amount_minor": 1, "reason": "x"}),
        (path(account, "quotes"), {"terms": IN_THREE}),
        ("/v1/plans", {"account_id": account["id"], "terms": IN_THREE}),
        ("/v1/plans", accepted),
        (path(account, "plan-options"), {"affordable_minor": 100_00, "first_due_on": DUE[0],
                                         "frequency": {"unit": "month"}}),
        (path(account, "holds"), {"kind": "hardship", "reason": "x"}),
        (path(account, "promises"), {"amount_minor": 1, "due_on": DUE[0]}),
        (path(account, "cycles"), {"due_on": DUE[0], "minimum_due_minor": 1}),
        (path(account, "re-ages"), {"kind": "standard", "documented_ability": True,
                                    "reason": "x"}),
        (path(account, "charge-offs"), REASON),
        (path(account, "charge-offs/undo"), REASON),
        ("/v1/payments", payment),
    ):  # fmt: skip
        refused = await desk.refused("POST", where, json=body)
        assert refused[:2] == (409, "account-closed"), (where, refused[2])
    kept = await desk.post("/v1/payments", {**payment, "unmatched": "suspense"})
    assert kept["status"] == "suspense"


async def test_earlier_payments_still_bounce_and_are_written_off(desk):
    account, _ = await desk.opened()
    one, two = await desk.pay(account, 200_00), await desk.pay(account, 100_00)
    await desk.at("2026-02-01")
    await desk.post(path(account, "closures"), REASON)
    await desk.at("2026-02-10")

    await desk.reverse(two)
    back = {"amount_minor": 80_00, "reason_code": "fraud", "reference": "C-1",
            "effective_on": "2026-02-10"}  # fmt: skip
    chargeback = await desk.post(f"/v1/payments/{one['id']}/chargebacks", back)

    now = await desk.read(account)
    assert (now["status"], now["balance"]["total_minor"]) == ("closed", 0)
    assert now["written_off_minor"] == 180_00
    assert now["active_plan_id"] is None
    await desk.books_agree(account)

    await desk.post(f"/v1/chargebacks/{chargeback['id']}/reversals", {})
    assert (await desk.read(account))["written_off_minor"] == 100_00
    await desk.books_agree(account)
    assert (await told(desk, account, "account.closed"))[-1]["data"] == {
        "before": {"written_off_minor": 0},
        "after": {"written_off_minor": 100_00},
    }


async def test_the_journal_books_what_was_written_off_and_taken_back(desk):
    await desk.at(OPENING)
    account = await desk.account()
    await desk.post(path(account, "closures"), REASON)
    lost = (account["id"], DEFAULT[Slot.WRITTEN_OFF])
    assert moved(await pages(desk))[lost] == 300_00

    await desk.post(path(account, "closures/undo"), {}, status=200)
    assert moved(await pages(desk))[lost] == 0


@pytest.mark.parametrize("what", ["charge-offs", "charge-offs/undo", "closures", "closures/undo"])
async def test_an_agent_does_not_decide_this(desk, staff, what):
    await desk.at(OPENING)
    account = await desk.account()
    agent, supervisor = await staff("agent"), await staff("supervisor")

    status, name, problem = await agent.refused("POST", path(account, what), json=REASON)
    assert (status, name) == (409, "outside-authority")
    assert problem["refusals"][0]["override_role"] == "supervisor"
    if not what.endswith("undo"):
        await supervisor.post(path(account, what), REASON)


async def test_an_account_says_when_it_is_substandard_and_to_be_charged_off(desk):
    await desk.at(OPENING)
    account = await desk.account(product="open_end")
    assert (account["substandard_on"], account["charge_off_due_on"]) == (
        "2026-04-10",
        "2026-07-31",
    )
    path_of = f"/v1/accounts/{account['id']}/holds"
    await desk.post(path_of, {"kind": "dispute", "variant": "fraud", "reason": "stolen card"})
    assert (await desk.read(account))["charge_off_due_on"] == "2026-04-30"
    await desk.at("2026-05-01")
    await desk.post("/v1/sweeps", {"business_date": "2026-05-01"}, status=202)

    (substandard,) = await told(desk, account, "account.substandard")
    (due,) = await told(desk, account, "account.charge_off_due")
    assert (substandard["business_date"], due["business_date"]) == ("2026-04-10", "2026-04-30")
    assert due["data"]["driver"] == "fraud_discovered"
    await desk.books_agree(account)


async def test_a_charge_of_a_breathing_space_known_late_is_taken_back(desk):
    await desk.at(OPENING)
    account = await desk.account()
    await desk.at("2026-01-20")
    fee = await desk.post(path(account, "charges"), {"kind": "late_fee", "amount_minor": 15_00})
    await desk.at("2026-02-01")

    body = {"kind": "breathing_space", "starts_on": "2026-01-15", "reason": "register"}
    await desk.post(path(account, "holds"), body)

    assert (await desk.read(account))["balance"]["total_minor"] == 300_00
    row = (await desk.get(path(account, "ledger")))["data"][-1]
    assert (row["kind"], row["reverses"], row["amount_minor"]) == ("reversal", fee["id"], -15_00)
    (event,) = await told(desk, account, "charge.reversed")
    assert event["data"] == {"charge_id": fee["id"], "by": "breathing_space"}
    await desk.books_agree(account)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"kind": "breathing_space", "variant": "fraud"}, id="of no breathing space"),
        pytest.param({"kind": "bankruptcy", "variant": "fraud"}, id="nor of a bankruptcy"),
        pytest.param({"kind": "dispute", "variant": "mental_health"}, id="disputes have their own"),
    ],
)
async def test_fraud_is_a_variant_of_disputes_only(desk, body):
    account = await desk.account()

    pointers = await desk.pointers(path(account, "holds"), {**body, "reason": "x"})
    assert pointers == ["/variant"]
