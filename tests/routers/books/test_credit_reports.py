"""What a credit report would carry: by the contract's lateness, whatever was agreed since."""

import pytest

from app.schemas.books.credit_report import CreditReportRead
from tests.routers.lives.desk import IN_THREE, OPENING
from tests.routers.settling import agree, owed, settle

BEGAN = "2025-10-01"  # 101 days before the opening day
LATE = {"delinquent_since_on": BEGAN}


def path(account):
    return f"/v1/accounts/{account['id']}/credit-report"


async def report(desk, account, *, on=None, **params):
    if on is not None:
        await desk.at(on)
    answer = await desk.client.get(path(account), params=params)
    assert answer.status_code == 200, answer.text
    assert CreditReportRead.model_validate_json(answer.content)
    return answer.json()


def codes(told):
    return told["account_status"], told["payment_rating"], told["special_comment"]


def began(told):
    return told["first_delinquency_on"], told["obsolete_after_on"]


async def placed(desk, minor=300_00, **changes):
    await desk.at(OPENING)
    return await desk.account(minor, **changes)


async def test_late_as_it_was_placed(desk):
    account = await placed(desk, **LATE)
    told = await report(desk, account)

    assert codes(told) == ("80", None, None)
    assert (told["balance_minor"], told["past_due_minor"], told["past_due_days"]) == (
        300_00, 300_00, 101,
    )  # fmt: skip
    assert began(told) == (BEGAN, "2033-03-30")
    assert (told["plan_payment_minor"], told["scheduled_by"]) == (None, None)
    later = await report(desk, account, as_of="2026-04-01")
    assert (later["account_status"], later["as_of"]) == ("84", "2026-04-01")


async def test_a_plan_that_pays_less_than_is_past_due_says_so_and_moves_no_date(desk):
    account = await placed(desk, **LATE)
    plan = await desk.plan(account)
    told = await report(desk, account)

    assert codes(told) == ("80", None, "AC")
    assert began(told)[0] == BEGAN
    assert (told["plan_payment_minor"], told["scheduled_payment_minor"]) == (100_00, 300_00)
    assert told["scheduled_by"] == "past_due"
    await desk.post(f"/v1/plans/{plan['id']}/cancel", {"reason": "asked"}, status=200)
    ended = await report(desk, account)
    assert (codes(ended), began(ended)[0]) == (("80", None, None), BEGAN)


@pytest.mark.parametrize(("minimum", "comment"), [(100_00, None), (100_01, "AC")])
async def test_billing_cycles_say_what_the_contract_asks_for(desk, minimum, comment):
    account = await placed(desk, **LATE)
    for due_on, due in (("2025-12-05", 900_00), ("2026-01-05", minimum)):
        body = {"due_on": due_on, "minimum_due_minor": due}
        await desk.post(f"/v1/accounts/{account['id']}/cycles", body)
    await desk.plan(account)
    told = await report(desk, account)

    assert (told["scheduled_payment_minor"], told["scheduled_by"]) == (minimum, "cycle")
    assert told["special_comment"] == comment


async def test_placed_current_its_plan_is_the_contract(desk):
    account = await placed(desk, past_due_minor=0)
    await desk.plan(account)
    told = await report(desk, account, on="2026-03-01")  # 31 January and 28 February were missed

    assert (told["scheduled_by"], told["scheduled_payment_minor"]) == ("plan", 100_00)
    assert (told["past_due_days"], told["past_due_minor"]) == (29, 0)
    assert (codes(told), began(told)) == (("11", None, None), (None, None))
    later = await report(desk, account, on="2026-03-02")
    assert (codes(later), later["past_due_minor"]) == (("71", None, None), 200_00)
    assert began(later)[0] == "2026-01-31"


async def test_what_nobody_told_us_is_not_guessed(desk):
    account = await placed(desk, past_due_minor=100_00)
    await desk.pay(account, 100_00)
    await desk.plan(account, **IN_THREE)
    told = await report(desk, account)

    assert (told["plan_payment_minor"], told["scheduled_payment_minor"]) == (66_67, None)
    assert (codes(told), told["scheduled_by"]) == (("11", None, None), None)


async def test_paid_off_it_keeps_how_late_it_was(desk):
    late, current = await placed(desk, **LATE), await placed(desk, past_due_minor=0)
    for account in (late, current):
        await desk.pay(account, 300_00)
    told = await report(desk, late, on="2026-05-01")
    fine = await report(desk, current)

    assert codes(told) == ("13", "3", None)
    assert (told["balance_minor"], told["past_due_minor"], told["past_due_days"]) == (0, 0, 101)
    assert began(told)[0] == BEGAN
    assert (codes(fine), began(fine)) == (("13", "0", None), (None, None))
    # Placed and paid on one day: as it was placed. Paid later: as on the eve.
    slow = await placed(desk, **LATE)
    await desk.at("2026-02-01")
    await desk.pay(slow, 300_00)
    assert codes(await report(desk, slow)) == ("13", "4", None)
    assert codes(await report(desk, slow, as_of="2026-01-31")) == ("82", None, None)


@pytest.mark.parametrize(
    ("placement", "expected", "before"),
    [
        pytest.param({"charged_off_on": "2026-01-05"}, ("64", None, "AU"), "97", id="charged off"),
        pytest.param({}, ("13", "3", "AU"), "80", id="late"),
    ],
)
async def test_settled_for_less(desk, placement, expected, before):
    account = await owed(desk, **LATE, **placement)
    _, payment = await settle(desk, account)
    told = await report(desk, account)

    assert codes(told) == expected
    assert (told["balance_minor"], began(told)[0]) == (0, BEGAN)
    await desk.reverse(payment)
    back = await report(desk, account)
    assert (codes(back), began(back)[0]) == ((before, None, "AC"), BEGAN)


async def test_paid_in_full_through_an_offer_of_the_whole_is_paid(desk):
    """Nothing was forgiven: neither "AU" nor `settled`, whatever the way it was agreed on."""
    account = await owed(desk, 1000_00, **LATE)
    await settle(desk, account)
    told = await report(desk, account)

    assert codes(told) == ("13", "3", None)
    now = await desk.get(f"/v1/accounts/{account['id']}")
    assert (now["status"], now["balance"]["total_minor"]) == ("paid", 0)
    listed = (await desk.get("/v1/accounts", status="paid"))["data"]
    assert [one["id"] for one in listed] == [account["id"]]


async def test_a_live_settlement_is_a_partial_payment_agreement(desk):
    account = await owed(desk, charged_off_on="2026-01-05", **LATE)
    await agree(desk, account)
    told = await report(desk, account)

    assert codes(told) == ("97", None, "AC")
    assert (told["balance_minor"], told["past_due_minor"]) == (2000_00, 2000_00)
    assert (told["plan_payment_minor"], told["scheduled_payment_minor"]) == (500_00, 2000_00)


async def test_a_collectors_accounts_are_in_collection(desk):
    said = {"extends": "default", "effective_from": "2026-01-01"}
    ours = {"creditors": {"BANK": {"credit_report": {"collection": True}}}}
    answer = await desk.client.put("/v1/policies/own", json=said | ours)
    assert answer.is_success, answer.text
    account = await owed(desk, policy="own", **LATE)
    assert codes(await report(desk, account)) == ("93", None, None)
    await settle(desk, account)

    assert codes(await report(desk, account)) == ("62", None, "AU")


async def test_a_re_age_makes_it_current_and_the_date_waits(staff):
    desk = await staff("admin", "ann")
    account = await placed(desk, product="open_end", opened_on="2024-01-01", **LATE)
    plan = await desk.plan(account)
    body = {
        "kind": "standard",
        "first_due_on": "2026-02-15",
        "installment_count": 3,
        "frequency": {"every": 1, "unit": "month"},
        "reason": "hardship over",
        "documented_ability": True,
        "override": {"reason": "court", "approved_by": "bob"},
    }
    await desk.post(f"/v1/plans/{plan['id']}/re-ages", body)
    told = await report(desk, account)

    assert told["account_status"] == "11"
    assert (told["past_due_minor"], began(told)) == (0, (None, None))
    assert (await desk.read(account))["first_delinquency_on"] == BEGAN
    late = await report(desk, account, on="2026-03-20")
    assert (late["account_status"], began(late)[0]) == ("71", BEGAN)


async def test_what_a_closure_wrote_off_was_not_paid(desk):
    account = await placed(desk, **LATE)
    await desk.post(f"/v1/accounts/{account['id']}/closures", {"reason": "uncollectible"})
    told = await report(desk, account)

    assert codes(told) == ("97", None, None)
    assert (told["balance_minor"], told["past_due_minor"]) == (300_00, 300_00)
    assert began(told)[0] == BEGAN


async def test_no_report_of_what_is_not_there(desk, theirs):
    account = await placed(desk)
    assert (await desk.refused("GET", path(account), params={"as_of": "2026-01-09"}))[:2] == (
        404, "not-found",
    )  # fmt: skip
    assert (await desk.client.get(path(account), headers=theirs)).status_code == 404
