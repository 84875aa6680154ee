"""Settlements paid, missed, cured and taken back: forgiveness stands exactly while they do."""

import pytest

from app.domain.books.chart import DEFAULT, Slot
from tests.routers.books.test_journal import moved, pages
from tests.routers.lives.desk import OPENING
from tests.routers.offers import (
    DUE,
    act,
    agreed,
    asked,
    folder,
    kinds,
    offered,
    policy_of,
    read,
    told,
)


async def paid(desk, account, on=DUE[0], amounts=(350_00, 350_00)):
    """Paid on a day, in these parts; the payments."""
    await desk.at(on)
    return [await desk.pay(account, amount) for amount in amounts]


async def brief(desk, settlement, **params):
    now = await read(desk, settlement, **params)
    return now["status"], now["paid_minor"], now["remaining_minor"], now["forgiven_minor"]


async def stands(desk, account):
    now = await desk.read(account)
    return now["status"], now["balance"]["total_minor"], now["unapplied_minor"]


# --- Satisfied ------------------------------------------------------------------------------


async def test_the_payment_that_satisfies_forgives_the_rest(desk):
    account, one, plan = await agreed(desk)
    await paid(desk, account, amounts=[350_00])
    assert await brief(desk, one) == ("accepted", 350_00, 350_00, 0)
    assert await stands(desk, account) == ("open", 650_00, 0)
    await desk.at(DUE[1])
    last = await desk.pay(account, 350_00)

    assert last["account"]["balance"]["total_minor"] == 0
    assert await brief(desk, one) == ("satisfied", 700_00, 0, 300_00)
    assert (await read(desk, one))["satisfied_on"] == DUE[1]
    assert await stands(desk, account) == ("settled", 0, 0)
    assert (await desk.read(plan))["status"] == "completed"
    assert await kinds(desk, account) == [
        ("placement", 1000_00), ("payment", -350_00), ("payment", -350_00),
        ("forgiveness", -300_00),
    ]  # fmt: skip
    rows = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
    assert (rows[-1]["payment_id"], rows[-1]["plan_id"]) == (last["id"], plan["id"])
    assert await told(desk, account) == ["offered", "accepted", "satisfied"]
    settled = (await desk.get("/v1/accounts", status="settled"))["data"]
    assert [found["id"] for found in settled] == [account["id"]]
    await desk.books_agree(account)


async def test_every_component_of_the_rest_is_forgiven(desk):
    await desk.at(OPENING)
    balance = {"principal_minor": 600_00, "interest_minor": 300_00, "fees_minor": 100_00}
    account = await desk.account(balance=balance)
    one = await act(desk, await offered(desk, account), "accept")
    await paid(desk, account)

    assert (await read(desk, one))["forgiven_minor"] == 300_00
    rows = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
    assert rows[-1]["components"] == {
        "principal_minor": -300_00, "interest_minor": 0, "fees_minor": 0, "penalties_minor": 0,
        "costs_minor": 0, "unapplied_minor": 0,
    }  # fmt: skip
    await desk.books_agree(account)


async def test_a_cent_short_is_not_there_unless_the_policy_lets_it_go(desk):
    account, one, _ = await agreed(desk)
    await paid(desk, account, amounts=[350_00, 349_99])
    assert await brief(desk, one) == ("accepted", 699_99, 1, 0)
    kind = await policy_of(desk, tolerance_minor=1)
    other, two, _ = await agreed(desk, policy=kind)
    await paid(desk, other, amounts=[350_00, 349_99])

    assert await brief(desk, two) == ("satisfied", 699_99, 0, 300_01)
    for each in (account, other):
        await desk.books_agree(each)


async def test_more_than_agreed_is_an_overpayment_and_goes_back(desk):
    account, one, _ = await agreed(desk)
    (last,) = await paid(desk, account, amounts=[750_00])

    assert await brief(desk, one) == ("satisfied", 700_00, 0, 300_00)
    assert await stands(desk, account) == ("settled", 0, 50_00)
    body = {"amount_minor": 50_00, "reference": "R-1"}
    await desk.post(f"/v1/payments/{last['id']}/refunds", body)
    assert await stands(desk, account) == ("settled", 0, 0)
    await desk.books_agree(account)


async def test_posted_is_cleared_unless_the_method_takes_days(desk):
    account, one, plan = await agreed(desk, policy=await policy_of(desk, clearing_days={"ach": 3}))
    await desk.at("2026-01-29")
    await desk.pay(account, 700_00, method="ach")
    waits = await read(desk, one)

    assert (waits["status"], waits["clears_on"], waits["remaining_minor"]) == (
        "accepted", "2026-02-01", 0,
    )  # fmt: skip
    assert (await desk.read(plan))["status"] == "active"
    assert await stands(desk, account) == ("open", 300_00, 0)
    assert (await brief(desk, one, as_of="2026-01-31"))[0] == "accepted"
    assert (await brief(desk, one, as_of="2026-02-01"))[0] == "satisfied"
    await desk.at("2026-02-03")
    await desk.post("/v1/sweeps", {"business_date": "2026-02-03"}, status=202)
    assert (await read(desk, one))["satisfied_on"] == "2026-02-01"
    assert await stands(desk, account) == ("settled", 0, 0)
    assert (await kinds(desk, account))[-1] == ("forgiveness", -300_00)
    await desk.books_agree(account)


# --- Void and cured -------------------------------------------------------------------------


async def test_a_miss_beyond_grace_makes_it_void(desk):
    account, one, plan = await agreed(desk)
    await paid(desk, account, amounts=[100_00])
    assert (await brief(desk, one, as_of="2026-02-05"))[0] == "accepted"
    await desk.at("2026-02-06")
    void = await read(desk, one)

    assert (void["status"], void["voided_on"], void["status_reason"]) == (
        "void", "2026-02-06", "missed",
    )  # fmt: skip
    assert (void["paid_minor"], void["forgiven_minor"]) == (100_00, 0)
    assert await stands(desk, account) == ("open", 900_00, 0)
    await desk.pay(account, 50_00)
    assert await stands(desk, account) == ("open", 850_00, 0)
    ended = await desk.read(plan)
    assert (ended["status"], ended["status_reason"]) == ("broken", "missed")
    assert await told(desk, account) == ["offered", "accepted", "voided"]
    assert await told(desk, account, "plan.") == ["created", "activated", "broken"]
    assert (await offered(desk, account, amount_minor=850_00, expires_on="2026-02-28",
                          terms=None))["status"] == "offered"  # fmt: skip
    await desk.books_agree(account)


async def test_money_dated_within_grace_comes_in_time_whenever_it_is_entered(desk):
    account, one, _ = await agreed(desk)
    await desk.at("2026-02-10")
    await desk.post("/v1/sweeps", {"business_date": "2026-02-10"}, status=202)
    assert (await brief(desk, one))[0] == "void"
    await desk.pay(account, 350_00, "2026-02-05")

    assert await brief(desk, one) == ("accepted", 350_00, 350_00, 0)
    assert await told(desk, account) == ["offered", "accepted", "voided", "voided (withdrawn)"]
    await desk.books_agree(account)


async def test_a_cure_window_restores_it(desk):
    kind = await policy_of(desk, cure_days=14)
    account, one, plan = await agreed(desk, policy=kind)
    await desk.at("2026-02-06")
    assert (await read(desk, one))["curable_until_on"] == "2026-02-20"
    await desk.pay(account, 100_00)
    assert await brief(desk, one) == ("void", 0, 0, 0)
    await desk.at("2026-02-20")
    await desk.pay(account, 250_00)

    assert await brief(desk, one) == ("accepted", 350_00, 350_00, 0)
    assert (await desk.read(plan))["status"] == "active"
    await desk.books_agree(account)
    await paid(desk, account, on=DUE[1], amounts=[350_00])
    assert await brief(desk, one) == ("satisfied", 700_00, 0, 300_00)
    assert await told(desk, account) == [
        "offered", "accepted", "voided", "reopened", "satisfied",
    ]  # fmt: skip
    await desk.books_agree(account)


async def test_a_hold_stops_its_clock(desk):
    account, one, _ = await agreed(desk)
    hold = {"kind": "breathing_space", "variant": "standard", "reason": "debt advice"}
    await desk.post(f"/v1/accounts/{account['id']}/holds", hold)
    await desk.at("2026-03-01")

    assert (await brief(desk, one))[0] == "accepted"
    await desk.at("2026-04-01")
    assert (await brief(desk, one))[0] == "void"
    await desk.books_agree(account)


async def test_cancelling_its_plan_makes_it_void(desk):
    account, one, plan = await agreed(desk)
    await desk.pay(account, 100_00)
    body = {"reason": "both sides agreed"}
    await desk.post(f"/v1/plans/{plan['id']}/cancel", body, status=200)

    void = await read(desk, one)
    assert (void["status"], void["voided_on"], void["status_reason"]) == (
        "void", OPENING, "both sides agreed",
    )  # fmt: skip
    assert await stands(desk, account) == ("open", 900_00, 0)
    assert await told(desk, account) == ["offered", "accepted", "voided"]
    await desk.books_agree(account)


# --- Money that comes back ------------------------------------------------------------------


async def test_a_reversal_reopens_it_and_a_late_payment_satisfies_it_once_more(desk):
    account, one, plan = await agreed(desk)
    first, last = await paid(desk, account)
    assert (await brief(desk, one))[0] == "satisfied"
    await desk.reverse(last)

    assert await brief(desk, one) == ("accepted", 350_00, 350_00, 0)
    assert await stands(desk, account) == ("open", 650_00, 0)
    reopened = await read(desk, one)
    assert (reopened["satisfied_on"], reopened["voided_on"]) == (None, None)
    assert (await desk.read(plan))["status"] == "active"
    assert await told(desk, account) == [
        "offered", "accepted", "satisfied", "satisfied (withdrawn)",
    ]  # fmt: skip
    assert (await kinds(desk, account))[-2:] == [("reversal", 300_00), ("reversal", 350_00)]
    await desk.books_agree(account)
    await paid(desk, account, on=DUE[1], amounts=[350_00])
    assert await brief(desk, one) == ("satisfied", 700_00, 0, 300_00)
    given = [amount for kind, amount in await kinds(desk, account) if kind == "forgiveness"]
    assert given == [-300_00, -300_00]
    assert (await read(desk, one, as_of=DUE[0]))["status"] == "accepted"
    assert (await told(desk, account))[-1] == "satisfied"
    await desk.books_agree(account)
    await desk.reverse(first)
    assert (await brief(desk, one))[0] == "void"  # its grace had passed before the second came
    await desk.books_agree(account)


async def test_by_policy_a_return_makes_it_void_instead(desk):
    account, one, plan = await agreed(desk, policy=await policy_of(desk, on_return="void"))
    _, last = await paid(desk, account)
    await desk.reverse(last)

    void = await read(desk, one)
    assert (void["status"], void["status_reason"], void["forgiven_minor"]) == (
        "void", "returned", 0,
    )  # fmt: skip
    assert (await desk.read(plan))["status"] == "broken"
    assert await stands(desk, account) == ("open", 650_00, 0)
    assert "voided" in await told(desk, account)
    await desk.books_agree(account)
    other, two, _ = await agreed(desk, policy="own")
    first, _ = await paid(desk, other, on=OPENING, amounts=[100_00, 100_00])
    await desk.reverse(first)
    assert (await brief(desk, two))[0] == "accepted"  # it had not been satisfied
    await desk.books_agree(other)


@pytest.mark.parametrize("on_return", ["reopen", "void"])
async def test_a_chargeback_takes_forgiveness_back(desk, on_return):
    kind = await policy_of(desk, on_return=on_return)
    account, one, plan = await agreed(desk, policy=kind)
    _, last = await paid(desk, account)
    await desk.at("2026-02-10")
    body = {"amount_minor": 200_00, "reason_code": "10.4", "reference": "CB-1"}
    taken = await desk.post(f"/v1/payments/{last['id']}/chargebacks", body)

    status = {"reopen": "accepted", "void": "void"}[on_return]
    assert (await brief(desk, one))[0] == status
    assert await stands(desk, account) == ("open", 500_00, 0)
    await desk.books_agree(account)
    if on_return == "reopen":
        assert (await brief(desk, one))[2] == 200_00
        await desk.pay(account, 200_00)
        assert (await brief(desk, one))[::3] == ("satisfied", 300_00)
        assert await stands(desk, account) == ("settled", 0, 0)
    won = f"/v1/chargebacks/{taken['id']}/reversals"
    await desk.post(won, {"reason": "won"})
    assert (await brief(desk, one))[::3] == ("satisfied", 300_00)
    assert (await read(desk, one))["satisfied_on"] == DUE[0]
    assert (await desk.read(plan))["status"] == "completed"
    await desk.books_agree(account)


async def test_unapplied_money_that_covers_a_chargeback_reopens_nothing(desk):
    account, one, _ = await agreed(desk)
    (last,) = await paid(desk, account, amounts=[750_00])
    body = {"amount_minor": 50_00, "reason_code": "10.4", "reference": "CB-1"}
    await desk.post(f"/v1/payments/{last['id']}/chargebacks", body)

    assert await brief(desk, one) == ("satisfied", 700_00, 0, 300_00)
    assert await stands(desk, account) == ("settled", 0, 0)
    assert await told(desk, account) == ["offered", "accepted", "satisfied"]
    await desk.books_agree(account)


async def test_the_journal_gives_up_what_is_forgiven_and_takes_it_back(desk):
    account, _, _ = await agreed(desk)
    _, last = await paid(desk, account)
    given, owed = DEFAULT[Slot.FORGIVEN], DEFAULT[Slot.RECEIVABLE_PRINCIPAL]
    assert moved(await pages(desk))[account["id"], given] == 300_00
    await desk.reverse(last)

    found = moved(await pages(desk))
    assert (found[account["id"], given], found[account["id"], owed]) == (0, 650_00)
    await paid(desk, account, on=DUE[1], amounts=[350_00])
    found = moved(await pages(desk))
    assert (found[account["id"], given], found[account["id"], owed]) == (300_00, 0)


# --- What may not be done to it -------------------------------------------------------------


async def test_its_plan_stays_as_it_was_agreed(desk):
    account, _, plan = await agreed(desk)
    path = f"/v1/plans/{plan['id']}"
    re_age = {
        "kind": "standard", "first_due_on": "2026-02-10", "installment_count": 3,
        "frequency": {"unit": "month"}, "reason": "r", "documented_ability": True,
    }  # fmt: skip
    moved = {"from_due_on": DUE[0], "to_due_on": "2026-02-10", "reason": "r"}
    asks = [
        (f"{path}/re-ages", re_age),
        (f"{path}/re-ages/preview", re_age),
        (f"{path}/reamortizations", {"reason": "r"}),
        (f"{path}/reschedules", moved),
        (f"{path}/deferrals", {"number": 1, "reason": "r"}),
        (f"/v1/accounts/{account['id']}/charges",
         {"kind": "late_fee", "amount_minor": 5_00, "plan_id": plan["id"]}),
    ]  # fmt: skip
    for where, body in asks:
        status, name, problem = await desk.refused("POST", where, json=body)
        assert (status, name, problem["plan_id"]) == (409, "settlement-plan-fixed", plan["id"])
    assert await desk.read(plan) == plan


async def test_nothing_is_agreed_beside_it(desk):
    account, one, plan = await agreed(desk)
    body = {"account_id": account["id"], "terms": {"installment_count": 2,
            "frequency": {"unit": "month"}, "first_due_on": DUE[0]}}  # fmt: skip
    status, name, problem = await desk.refused("POST", "/v1/plans", json=body)
    assert (status, name, problem["existing_plan_id"]) == (409, "plan-exists", plan["id"])
    status, name, problem = await desk.refused("POST", folder(account), json=asked())
    assert (status, name, problem["existing_settlement_id"]) == (
        409, "settlement-open", one["id"],
    )  # fmt: skip


async def test_a_charge_on_the_account_is_forgiven_with_the_rest(desk):
    account, one, _ = await agreed(desk)
    path = f"/v1/accounts/{account['id']}/charges"
    await desk.post(path, {"kind": "fee", "amount_minor": 25_00})
    await paid(desk, account)

    assert await brief(desk, one) == ("satisfied", 700_00, 0, 325_00)
    assert await stands(desk, account) == ("settled", 0, 0)
    await desk.books_agree(account)


async def test_no_reader_sees_another_days_settlement(desk):
    account, one, _ = await agreed(desk)
    await paid(desk, account)
    assert (await brief(desk, one, as_of="2026-01-30"))[0] == "accepted"
    await desk.at("2026-01-15")

    assert (await read(desk, one))["status"] == "accepted"
    await desk.at("2026-01-09")
    gone = await desk.refused("GET", f"/v1/settlement-offers/{one['id']}")
    assert gone[:2] == (404, "not-found")
    assert (await desk.get("/v1/settlement-offers"))["data"] == []
