"""Returned ACH debits: what the code allows next, the fee, and what the payment says after."""

from app.schemas.payments.payments import PaymentRead
from app.schemas.payments.reversals import PaymentReversalRead
from tests.routers.lives.desk import DUE, OPENING
from tests.routers.settling import agree, owed


async def test_insufficient_funds_may_be_tried_again_and_cost_a_fee(desk):
    account, plan = await desk.opened()
    await desk.at(DUE[0])
    paid = await desk.pay(account, 100_00, method="ach")
    await desk.at("2026-02-03")
    back = await desk.reverse(paid, return_fee_minor=25_00, reference="RET-1")

    assert PaymentReversalRead.model_validate(back)
    assert (back["status"], back["allocations"]) == ("reversed", [])
    code = back["ach_return"]
    assert (code["code"], code["retry_allowed"], code["reason"]) == ("R01", True, None)
    assert (code["retry_until_on"], code["entries_left"]) == ("2026-07-30", 2)
    assert (code["latest_return_on"], code["late"]) == ("2026-02-03", False)
    assert back["return_fee"]["amount_minor"] == 25_00
    assert back["return_fee"]["charge_id"].startswith("chg_")
    rows = (await desk.read(plan))["installments"]
    assert [row["fees_minor"] for row in rows] == [0, 25_00, 0]
    assert back["account"]["balance"]["total_minor"] == 325_00
    await desk.books_agree(account)


async def test_a_third_entry_is_the_last(desk):
    account = await desk.account()
    paid = await desk.pay(account, 1_00)
    back = await desk.reverse(paid, entries_made=3, reason_code="R09")

    code = back["ach_return"]
    assert (code["retry_allowed"], code["reason"]) == (False, "REINITIATED_TWICE")
    assert back["return_fee"] is None


async def test_an_unauthorized_debit_never_goes_out_again_and_bears_no_fee(desk):
    account = await desk.account()
    paid = await desk.pay(account, 1_00)
    path = f"/v1/payments/{paid['id']}/reversals"
    asked = {"reason_code": "R10", "return_fee_minor": 1}
    status, name, problem = await desk.refused("POST", path, json=asked)

    assert (status, name, problem["allowed_codes"]) == (
        409,
        "return-fee-barred",
        ["AM04", "R01", "R09"],
    )
    assert (await desk.read(paid))["status"] == "posted"
    back = await desk.reverse(paid, reason_code="R10")
    assert back["ach_return"]["reason"] == "NEW_AUTHORISATION_AND_NEW_ENTRY_REQUIRED"


async def test_a_fee_that_may_not_be_charged_undoes_nothing(desk):
    account = await desk.account()
    paid = await desk.pay(account, 1_00)
    hold = {"kind": "dispute", "starts_on": paid["effective_on"], "reason": "x"}
    await desk.post(f"/v1/accounts/{account['id']}/holds", hold)
    path = f"/v1/payments/{paid['id']}/reversals"
    asked = {"reason_code": "R01", "return_fee_minor": 1}

    assert (await desk.refused("POST", path, json=asked))[1] == "account-on-hold"
    assert (await desk.read(paid))["status"] == "posted"


async def test_a_reason_that_is_no_code_says_nothing(desk):
    account = await desk.account()
    back = await desk.reverse(await desk.pay(account, 1_00), reason_code="posted in error")

    assert back["ach_return"] is None


async def test_a_payment_names_what_undid_it(desk):
    account, _ = await desk.opened()
    await desk.at("2026-02-20")
    paid = await desk.pay(account, 400_00, DUE[0])
    own = f"/v1/payments/{paid['id']}"
    taken = {"amount_minor": 20_00, "reason_code": "10.4", "reference": "CB-1"}
    one = await desk.post(f"{own}/chargebacks", {**taken, "effective_on": "2026-02-10"})
    await desk.at("2026-02-21")
    await desk.post(f"/v1/chargebacks/{one['id']}/reversals", {})
    two = await desk.post(f"{own}/refunds", {"amount_minor": 5_00})
    other = await desk.pay(account, 1_00)
    await desk.reverse(other, reason_code="R03")

    read = await desk.read(paid)
    assert PaymentRead.model_validate(read)
    shown = ("kind", "id", "effective_on", "amount_minor", "reason_code", "reference", "won_on")
    assert [tuple(by[name] for name in shown) for by in read["undone_by"]] == [
        ("chargeback", one["id"], "2026-02-10", 20_00, "10.4", "CB-1", "2026-02-21"),
        ("refund", two["id"], "2026-02-21", 5_00, None, None, None),
    ]
    (reversal,) = (await desk.read(other))["undone_by"]
    assert reversal["id"].startswith("rev_")
    assert (reversal["amount_minor"], reversal["reason_code"]) == (1_00, "R03")
    assert (reversal["role"], reversal["entered_at"][-1]) == ("admin", "Z")
    await desk.at("2026-02-20")
    assert [by["won_on"] for by in (await desk.read(paid))["undone_by"]] == [None]


async def test_a_return_fee_is_owed_beside_a_settlement(desk):
    account = await owed(desk)
    settlement = await agree(desk, account)
    paid = await desk.pay(account, 500_00, method="ach")

    back = await desk.reverse(paid, return_fee_minor=25_00)

    assert back["return_fee"]["amount_minor"] == 25_00
    assert (await desk.read(account))["balance"]["fees_minor"] == 25_00
    plan = await desk.get(f"/v1/plans/{settlement['plan_id']}")
    assert plan["outstanding_minor"] == 1000_00
    await desk.books_agree(account)


async def test_the_table_says_what_makes_a_new_entry_and_the_assessment_keeps_to_it(desk):
    codes = (await desk.get("/v1/ach-returns/codes"))["codes"]
    told = {one["code"]: one["new_entry_if"] for one in codes}
    assert (told["R02"], told["R03"], told["R04"], told["R20"]) == ("corrected",) * 4
    assert (told["R01"], told["R07"], told["R10"]) == (None, "reauthorized", None)
    for code, needed in told.items():
        asked = {"code": code, "settled_on": OPENING, "on": OPENING, "entries_made": 3}
        for done in ("corrected", "reauthorized"):
            answer = await desk.client.post(
                "/v1/ach-returns/assessments", json=asked | {done: True}
            )
            assert answer.json()["retry_allowed"] is (needed == done), (code, done)
