"""Charges, what takes them back, and what is waived."""

import pytest

from tests.routers.lives.desk import IN_THREE, OPENING


def without_version(account):
    return {k: v for k, v in account.items() if k != "etag"}


@pytest.mark.parametrize(
    ("kind", "component"),
    [
        ("fee", "fees"),
        ("late_fee", "fees"),
        ("penalty", "penalties"),
        ("interest", "interest"),
        ("cost", "costs"),
    ],
)
async def test_a_charge_lands_in_its_component(desk, kind, component):
    account = await desk.account()
    charge = await desk.post(
        f"/v1/accounts/{account['id']}/charges", {"kind": kind, "amount_minor": 25_00}
    )

    assert charge["component"] == component
    assert charge["account"]["balance"] == {
        **account["balance"], f"{component}_minor": 25_00, "total_minor": 325_00,
    }  # fmt: skip
    assert (await desk.read(account))["balance"] == charge["account"]["balance"]
    await desk.books_agree(account)


async def test_a_charge_joins_the_first_installment_due_on_or_after_its_date(desk):
    account, plan = await desk.opened()
    path = f"/v1/accounts/{account['id']}/charges"
    joined = await desk.post(
        path,
        {"kind": "fee", "amount_minor": 5_00, "plan_id": plan["id"], "due_on": "2026-02-01"},
    )
    own = await desk.post(
        path,
        {"kind": "cost", "amount_minor": 7_00, "plan_id": plan["id"], "due_on": "2026-04-15"},
    )
    rows = (await desk.read(plan))["installments"]

    assert joined["installment_id"] == rows[1]["id"]
    assert (rows[1]["fees_minor"], rows[1]["amount_minor"]) == (5_00, 105_00)
    assert own["installment_id"] == rows[3]["id"]
    assert (rows[3]["kind"], rows[3]["due_on"], rows[3]["costs_minor"]) == (
        "charge", "2026-04-15", 7_00,
    )  # fmt: skip
    await desk.books_agree(account)


async def test_a_reversed_charge_was_never_charged(desk):
    account, plan = await desk.opened()
    before = await desk.read(account), await desk.read(plan)
    charge = await desk.post(
        f"/v1/accounts/{account['id']}/charges",
        {"kind": "fee", "amount_minor": 5_00, "plan_id": plan["id"], "reference": "F-1"},
    )
    reversal = await desk.post(f"/v1/charges/{charge['id']}/reversals", {"reason": "in error"})
    after = await desk.read(account), await desk.read(plan)

    assert reversal["charge_id"] == charge["id"]
    assert without_version(after[0]) == without_version(before[0])
    assert after[1] == before[1]
    again = await desk.refused("POST", f"/v1/charges/{charge['id']}/reversals", json={})
    assert again[:2] == (409, "already-reversed")
    await desk.books_agree(account)


async def test_money_that_paid_a_reversed_charge_is_free_again(desk):
    await desk.at(OPENING)
    account = await desk.account(100_00)
    charge = await desk.post(
        f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": 5_00}
    )
    payment = await desk.pay(account, 105_00)
    assert payment["unapplied_minor"] == 0
    await desk.post(f"/v1/charges/{charge['id']}/reversals", {})

    assert (await desk.read(payment))["unapplied_minor"] == 5_00
    assert (await desk.read(account))["status"] == "paid"
    kinds = [r["kind"] for r in (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]]
    assert sorted(kinds) == ["charge", "payment", "placement", "reallocation", "reversal"]
    await desk.books_agree(account)


async def test_unapplied_money_pays_the_next_charge(desk):
    account = await desk.account(100_00)
    payment = await desk.pay(account, 120_00)
    assert payment["unapplied_minor"] == 20_00
    charge = await desk.post(
        f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": 5_00}
    )

    assert charge["account"]["unapplied_minor"] == 15_00
    assert charge["account"]["balance"]["total_minor"] == 0
    await desk.books_agree(account)


@pytest.mark.parametrize(
    ("component", "amount", "expected"),
    [
        pytest.param("fees", 5_00, 201, id="all of it"),
        pytest.param("fees", 5_01, 409, id="a cent more"),
        pytest.param("interest", 1, 409, id="nothing open of it"),
        pytest.param("principal", 300_00, 201, id="the whole principal"),
    ],
)
async def test_an_adjustment_lowers_at_most_what_is_open(desk, component, amount, expected):
    account = await desk.account(balance={"principal_minor": 300_00, "fees_minor": 5_00})
    body = {"component": component, "amount_minor": amount, "reason": "goodwill"}
    answer = await desk.client.post(f"/v1/accounts/{account['id']}/adjustments", json=body)

    assert answer.status_code == expected, answer.text
    open_minor = account["balance"][f"{component}_minor"]
    if expected == 201:
        left = answer.json()["account"]["balance"][f"{component}_minor"]
        assert left == open_minor - amount
    else:
        assert answer.json()["type"] == "/problems/exceeds-balance"
        assert answer.json()["limit_minor"] == open_minor
    await desk.books_agree(account)


async def test_a_charge_is_waived_up_to_its_own_amount_and_then_not_reversed(desk):
    account = await desk.account(balance={"principal_minor": 300_00, "fees_minor": 50_00})
    path = f"/v1/accounts/{account['id']}"
    charge = await desk.post(f"{path}/charges", {"kind": "fee", "amount_minor": 5_00})
    waiver = {"component": "fees", "reason": "goodwill", "charge_id": charge["id"]}

    more = {**waiver, "amount_minor": 5_01}
    assert (await desk.refused("POST", f"{path}/adjustments", json=more))[1] == "exceeds-balance"
    made = await desk.post(f"{path}/adjustments", {**waiver, "amount_minor": 2_00})
    assert made["account"]["balance"]["fees_minor"] == 53_00
    status, name, problem = await desk.refused(
        "POST", f"/v1/charges/{charge['id']}/reversals", json={}
    )
    assert (status, name, problem["waived_minor"]) == (409, "charge-adjusted", 2_00)
    wrong = {**waiver, "component": "costs", "amount_minor": 1}
    assert await desk.pointers(f"{path}/adjustments", wrong) == ["/component"]
    await desk.books_agree(account)


async def test_references_are_claimed_once(desk):
    account = await desk.account(balance={"fees_minor": 50_00})
    path = f"/v1/accounts/{account['id']}"
    charge = {"kind": "fee", "amount_minor": 1, "reference": "F-1"}
    waiver = {"component": "fees", "amount_minor": 1, "reason": "r", "reference": "F-1"}

    made = await desk.post(f"{path}/charges", charge)
    waived = await desk.post(f"{path}/adjustments", waiver)
    for change in ({"amount_minor": 2}, {"effective_on": "2026-01-10"}, {"reason": "x"}):
        other = {**charge, **change}
        status, name, problem = await desk.refused("POST", f"{path}/charges", json=other)
        assert (status, name, problem["existing_charge_id"]) == (409, "reference-taken", made["id"])
    other = {**waiver, "amount_minor": 2}
    taken = await desk.refused("POST", f"{path}/adjustments", json=other)
    assert taken[:2] == (409, "reference-taken")
    assert taken[2]["existing_adjustment_id"] == waived["id"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"amount_minor": 0}, "/amount_minor", id="nothing"),
        pytest.param({"amount_minor": 5.5}, "/amount_minor", id="a float"),
        pytest.param({"kind": "tip"}, "/kind", id="no such kind"),
        pytest.param({"effective_on": "2026-01-11"}, "/effective_on", id="tomorrow"),
        pytest.param({"effective_on": "2026-01-09"}, "/effective_on", id="before placement"),
        pytest.param({"due_on": "9999-12-31"}, "/due_on", id="never"),
        pytest.param({"plan_id": "acc_1"}, "/plan_id", id="not a plan"),
        pytest.param(
            {"for_installment": "ins_01h455vb4pex5vsknk084sn02q"}, "/for_installment",
            id="without its plan",
        ),
    ],
)  # fmt: skip
async def test_malformed_charges(desk, change, pointer):
    await desk.at(OPENING)
    account = await desk.account()
    body = {"kind": "fee", "amount_minor": 5_00, **change}

    assert await desk.pointers(f"/v1/accounts/{account['id']}/charges", body) == [pointer]


async def test_an_ended_plan_takes_no_charge(desk):
    account, plan = await desk.opened()
    await desk.post(f"/v1/plans/{plan['id']}/cancel", {"reason": "asked"}, status=200)
    body = {"kind": "fee", "amount_minor": 5_00, "plan_id": plan["id"]}

    refused = await desk.refused("POST", f"/v1/accounts/{account['id']}/charges", json=body)
    assert refused[:2] == (409, "plan-not-live")


async def test_one_late_payment_bears_one_late_fee(desk):
    """Late once, then every installment in full on its day: no fee for any later one."""
    await desk.at(OPENING)
    account = await desk.account(400_00, past_due_minor=0, policy="unlimited")
    plan = await desk.plan(account, **{**IN_THREE, "installment_count": 4})
    path = f"/v1/accounts/{account['id']}/charges"
    rows = [row["id"] for row in plan["installments"]]
    fee = {"kind": "late_fee", "amount_minor": 5_00, "plan_id": plan["id"]}

    early = await desk.refused("POST", path, json={**fee, "for_installment": rows[1]})
    assert early[:2] == (409, "late-fee-in-grace")
    assert (await desk.refused("POST", path, json=fee))[1] == "late-fee-in-grace"
    await desk.at("2026-02-05")
    await desk.post(path, {**fee, "for_installment": rows[0]})
    await desk.pay(account, 100_00)
    for row, due_on, late_on in zip(
        rows[1:],
        ("2026-02-28", "2026-03-31", "2026-04-30"),
        ("2026-03-10", "2026-04-10", "2026-05-10"),
        strict=True,
    ):
        await desk.at(due_on)
        await desk.pay(account, 100_00)
        await desk.at(late_on)
        for more in ({"for_installment": row}, {}, {"plan_id": None}):
            status, name, problem = await desk.refused("POST", path, json={**fee, **more})
            assert (status, name, problem["short_minor"]) == (409, "late-fee-pyramiding", 5_00)
    assert (await desk.read(account))["balance"]["total_minor"] == 5_00


async def test_a_late_fee_beside_a_plan_is_for_what_the_plan_did_not_take_over(desk):
    await desk.at(OPENING)
    account = await desk.account(400_00, past_due_minor=0, policy="unlimited")
    await desk.plan(account, **IN_THREE, amount_minor=300_00)
    path = f"/v1/accounts/{account['id']}/charges"
    fee = {"kind": "late_fee", "amount_minor": 5_00}

    assert (await desk.post(path, fee))["plan_id"] is None


async def test_a_late_fee_entered_late_is_held_against_its_own_day(desk):
    account, plan = await desk.opened()
    fee = {"kind": "late_fee", "amount_minor": 5_00, "plan_id": plan["id"]}
    await desk.at("2026-02-20")
    await desk.pay(account, 100_00)
    path = f"/v1/accounts/{account['id']}/charges"

    assert (await desk.refused("POST", path, json=fee))[1] == "late-fee-pyramiding"
    await desk.post(path, {**fee, "effective_on": "2026-02-10"})


async def test_who_entered_it_is_told_and_told_again(staff):
    ann = await staff("admin", "ann")
    account = await ann.account()
    path = f"/v1/accounts/{account['id']}"
    fee = {"kind": "fee", "amount_minor": 5_00, "reference": "FEE-1"}
    charge = await ann.post(f"{path}/charges", fee)
    bob = await staff("admin", "bob")
    again = await bob.post(f"{path}/charges", fee, status=200)
    waiver = {"component": "principal", "amount_minor": 1_00, "reason": "goodwill"}
    waived = await bob.post(f"{path}/adjustments", waiver)
    taken_back = await ann.post(f"/v1/charges/{charge['id']}/reversals", {"reason": "in error"})

    told = [one["actor"] for one in (charge, again, waived, taken_back)]
    assert told == ["ann", "ann", "bob", "ann"]
