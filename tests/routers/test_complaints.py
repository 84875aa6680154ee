"""What people complain of where they pay by plan, tried at the desk: see docs/complaints.md.

Only what no other test says; that page names those too.
"""

from tests.routers.lives.desk import DUE, IN_THREE, OPENING
from tests.routers.plans.test_expiring import sweep_on
from tests.routers.settling import owed, settle

BEGAN = "2025-10-01"
#: Words in the name of a field that would hold what money can be taken with.
MEANS = (
    "iban", "routing", "account_number", "card_number", "pan", "cvv", "cvc", "expiry", "sort_code",
    "bank", "mandate",
)  # fmt: skip


async def report(desk, account):
    return await desk.get(f"/v1/accounts/{account['id']}/credit-report")


async def types(desk, account):
    path = f"/v1/accounts/{account['id']}/timeline"
    return [event["type"] for event in (await desk.get(path, limit=200))["data"]]


async def pay_each_on_its_day(desk, account):
    """100.00 on each due date, and what the credit report carries on each and a month later."""
    told = []
    for day in DUE:
        await desk.at(day)
        await desk.pay(account, 100_00)
        told.append(await report(desk, account))
    return told


# --- Plan refused, too short, only full payment -------------------------------------------------


async def test_any_amount_is_credited_without_any_plan(desk):
    await desk.at(OPENING)
    account = await desk.account(4000_00)
    for minor, left in ((3000_00, 1000_00), (1, 999_99)):
        payment = await desk.pay(account, minor)
        assert (payment["status"], payment["unapplied_minor"]) == ("posted", 0)
        assert sum(line["amount_minor"] for line in payment["allocations"]) == minor
        assert (await desk.read(account))["balance"]["total_minor"] == left
    await desk.books_agree(account)


# --- Reported late while paying -----------------------------------------------------------------


async def test_a_kept_plan_is_reported_current_where_it_is_the_contract(desk):
    await desk.at(OPENING)
    account = await desk.account(past_due_minor=0)
    await desk.plan(account)
    told = await pay_each_on_its_day(desk, account)

    assert [one["account_status"] for one in told] == ["11", "11", "13"]
    assert {(one["past_due_minor"], one["first_delinquency_on"]) for one in told} == {(0, None)}
    assert told[-1]["payment_rating"] == "0"
    assert not {"installment.missed", "account.bucket_changed"} & set(await types(desk, account))


async def test_a_kept_plan_on_a_debt_that_was_late_says_so_and_that_it_is_paid_by_plan(desk):
    """The plan is current; the contract stays as late as it was until it is paid or re-aged."""
    await desk.at(OPENING)
    account = await desk.account(delinquent_since_on=BEGAN)
    plan = await desk.plan(account)
    await desk.at(DUE[0])
    await desk.pay(account, 100_00)
    told = await report(desk, account)

    assert (await desk.read(plan))["standing"] == "current"
    assert (told["account_status"], told["special_comment"]) == ("82", "AC")
    assert told["first_delinquency_on"] == BEGAN
    assert (told["balance_minor"], told["past_due_minor"]) == (200_00, 200_00)


async def test_a_date_for_charging_off_is_told_and_nothing_is_charged_off_by_it(desk):
    await desk.at(OPENING)
    account = await desk.account(600_00, delinquent_since_on="2026-01-05")
    await desk.plan(account, **{**IN_THREE, "installment_count": 12})
    for month in range(1, 6):
        day = f"2026-0{month}-28"
        await desk.at(day)
        await desk.pay(account, 50_00)
    await desk.at("2026-06-15")
    stored = await desk.pay(account, 50_00)
    now = await desk.read(account)

    found = await types(desk, account)
    assert "account.charge_off_due" in found
    assert "account.charged_off" not in found
    assert (now["status"], now["charged_off_on"], now["written_off_minor"]) == ("open", None, 0)
    assert (stored["plan"]["status"], now["balance"]["total_minor"]) == ("active", 300_00)


# --- Payment not posted, billed on after payoff -------------------------------------------------


async def test_who_has_paid_all_is_asked_for_nothing_ever_after(desk):
    account, plan = await desk.opened()
    await desk.pay(account, 300_00)
    before = await types(desk, account)
    run = await sweep_on(desk, "2027-06-30")
    read, clock = await desk.read(account), (await desk.read(plan))["delinquency"]

    assert (run["changed"], await types(desk, account)) == (0, before)
    assert (read["status"], read["balance"]["total_minor"]) == ("paid", 0)
    assert clock is None or (clock["overdue_minor"], clock["past_due_days"]) == (0, 0)
    for path, body in (
        ("/v1/plans", {"account_id": account["id"], "terms": IN_THREE}),
        (f"/v1/accounts/{account['id']}/quotes", {"terms": IN_THREE}),
    ):
        assert (await desk.refused("POST", path, json=body))[:2] == (409, "nothing-owed")


# --- Settled debt still pursued -----------------------------------------------------------------


async def test_after_a_settlement_no_terms_can_be_asked_for_and_nothing_is_told(desk):
    account = await owed(desk)
    settlement, _ = await settle(desk, account)
    before = await types(desk, account)
    run = await sweep_on(desk, "2027-06-30")
    folder, terms = f"/v1/accounts/{account['id']}", {**IN_THREE, "first_due_on": "2027-07-31"}
    terms["anchor_on"] = "2027-07-31"
    asks = (
        ("/v1/plans", {"account_id": account["id"], "terms": terms}),
        (f"{folder}/quotes", {"terms": terms}),
        (f"{folder}/settlement-offers", {"amount_minor": 1, "expires_on": "2027-07-01"}),
        (f"{folder}/plan-options", {"affordable_minor": 1, "frequency": {"unit": "month"},
                                    "first_due_on": "2027-07-31"}),
    )  # fmt: skip
    for path, body in asks:
        assert (await desk.refused("POST", path, json=body))[:2] == (409, "nothing-owed"), path

    assert (run["changed"], await types(desk, account)) == (0, before)
    read = await desk.read(account)
    assert (read["status"], read["balance"]["total_minor"]) == ("settled", 0)
    letter = await desk.client.get(f"/v1/settlement-offers/{settlement['id']}/letter")
    assert letter.text.startswith("YOUR ACCOUNT IS SETTLED")


# --- Terms not in writing; debits ---------------------------------------------------------------


async def test_there_is_no_field_for_what_money_could_be_taken_with(desk):
    document = await desk.get("/openapi.json")
    names = {
        name
        for kind, schema in document["components"]["schemas"].items()
        if not kind.startswith("Payee")  # whom to pay: the creditor's own
        for name in schema.get("properties", {})
    }

    assert len(names) > 100
    assert not {name for name in names for means in MEANS if means in [name, *name.split("_")]}


async def test_a_debit_that_bounces_ends_no_plan_and_costs_nothing_by_itself(desk):
    account, plan = await desk.opened()
    await desk.at(DUE[0])
    payment = await desk.pay(account, 100_00, method="ach")
    await desk.at("2026-02-03")
    await desk.reverse(payment)
    bounced = await desk.read(plan)
    await desk.at("2026-02-05")  # the last day of grace
    await desk.pay(account, 100_00, method="card")

    assert (bounced["status"], bounced["standing"]) == ("active", "in_grace")
    assert (await desk.read(plan))["standing"] == "current"
    rows = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
    assert [(row["kind"], row["amount_minor"]) for row in rows] == [
        ("placement", 300_00), ("payment", -100_00), ("reversal", 100_00), ("payment", -100_00),
    ]  # fmt: skip
    assert "installment.missed" not in await types(desk, account)
