"""Plan options: what a person who can pay so much may be offered, what would help, fair shares."""

import pytest

from app.schemas.plans.options import OptionsRead, SharesRead
from tests.routers.lives.desk import OPENING

MONTHLY = {"every": 1, "unit": "month"}
ASKED = {"affordable_minor": 150_00, "frequency": MONTHLY, "first_due_on": "2026-02-10"}
BUDGET = {
    "income_minor": 2600_00,
    "essential_expenses_minor": 2200_00,
    "other_debt_payments_minor": 150_00,
    "household_size": 2,
}
NO_ID = "acc_01h455vb4pex5vsknk084sn02q"


async def offered(desk, account, **changes):
    asked = {k: v for k, v in {**ASKED, **changes}.items() if v is not None}
    path = f"/v1/accounts/{account['id']}/plan-options"
    answer = await desk.client.post(path, json=asked)
    assert answer.status_code == 200, answer.text
    assert OptionsRead.model_validate_json(answer.content)
    return answer.json()


async def hired(staff, role="agent", minor=1200_00, **account):
    desk, admin = await staff(role, "ann"), await staff("admin", "eve")
    await desk.at(OPENING)
    return desk, await admin.account(minor, **account)


async def test_up_to_five_options_ranked_by_when_the_debt_is_over(staff):
    desk, account = await hired(staff)
    answer = await offered(desk, account)
    options = answer["options"]

    assert (answer["balance_minor"], answer["affordable_minor"]) == (1200_00, 150_00)
    assert (answer["capacity"], answer["nearest"]) == (None, [])
    assert 3 <= len(options) <= 5
    assert [one["rank"] for one in options] == list(range(1, len(options) + 1))
    assert options[0]["name"] == "soonest"
    assert [one["last_due_on"] for one in options] == sorted(one["last_due_on"] for one in options)
    for one in options:
        assert one["refusals"] == []
        assert one["total_minor"] == one["schedule"]["total_minor"] == 1200_00
        assert one["highest_minor"] <= 150_00
        assert one["installment_count"] == len(one["schedule"]["installments"])
    assert len((await desk.get(f"/v1/accounts/{account['id']}/timeline"))["data"]) == 1


@pytest.mark.parametrize("policy", ["default", "strict"])
async def test_every_option_can_be_quoted_as_it_is(staff, policy):
    desk, account = await hired(staff, policy=policy)
    answer = await offered(
        desk, account,
        business_days={"calendar": "US-FED", "convention": "following"},
        first_due_on="2026-01-31", frequency={"unit": "semimonth", "days": [15, 31]},
    )  # fmt: skip

    assert answer["options"]
    for one in answer["options"]:
        body = {"terms": one["terms"]}
        quote = await desk.post(f"/v1/accounts/{account['id']}/quotes", body)
        assert quote["schedule"] == one["schedule"]
        assert quote["within_authority"] is True


async def test_a_budget_leaves_what_it_leaves_less_a_tenth(staff):
    desk, account = await hired(staff)
    answer = await offered(desk, account, affordable_minor=None, budget=BUDGET)

    assert answer["capacity"] == {
        "surplus_minor": 250_00,
        "max_installment_minor": 225_00,
        "standards_source": answer["capacity"]["standards_source"],
    }
    assert "IRS" in answer["capacity"]["standards_source"]
    assert answer["affordable_minor"] == 225_00
    assert all(one["highest_minor"] <= 225_00 for one in answer["options"])
    lower = await offered(desk, account, affordable_minor=100_00, budget=BUDGET)
    assert lower["affordable_minor"] == 100_00
    weekly = await offered(
        desk, account, affordable_minor=None, budget=BUDGET, frequency={"unit": "week"}
    )
    assert weekly["affordable_minor"] == 225_00 * 12 // 52


@pytest.mark.parametrize(
    ("currency", "size", "surplus"),
    [
        pytest.param("USD", 2, 2600_00 - 1481_00 - 150_00, id="two are allowed 1,481.00"),
        pytest.param("USD", None, 2600_00 - 1000_00 - 150_00, id="one is allowed 839.00"),
        pytest.param("EUR", None, 2600_00 - 1000_00 - 150_00, id="no standard: as stated"),
    ],
)
async def test_nobody_is_asked_to_live_below_the_standard(staff, currency, size, surplus):
    desk, account = await hired(staff, currency=currency)
    frugal = {**BUDGET, "essential_expenses_minor": 1000_00, "household_size": size}
    answer = await offered(desk, account, affordable_minor=None, budget=frugal)

    assert answer["capacity"]["surplus_minor"] == surplus


async def test_a_standard_that_nobody_has_is_not_passed_over(staff):
    desk, account = await hired(staff, currency="EUR")
    status, name, document = await desk.refused(
        "POST",
        f"/v1/accounts/{account['id']}/plan-options",
        json={**ASKED, "budget": BUDGET},
    )

    assert (status, name) == (422, "invalid-input")
    (error,) = document["errors"]
    assert error["pointer"] == "/budget/household_size"
    assert "for EUR (there are: USD)" in error["detail"]


async def test_what_would_help_where_nothing_fits(staff):
    desk, account = await hired(staff)
    little = await offered(desk, account, affordable_minor=15_00)
    nearest = {one["kind"]: one for one in little["nearest"]}

    assert little["options"] == []
    longer = nearest["longer_term"]
    assert longer["role"] == "supervisor"
    assert {one["rule"] for one in longer["overrides"]} == {"max_count", "max_term_months"}
    assert nearest["higher_installment"]["needed_minor"] == 20_00
    assert nearest["higher_installment"]["short_minor"] == 5_00
    boss = await staff("supervisor", "bob")
    quote = await boss.post(f"/v1/accounts/{account['id']}/quotes", {"terms": longer["terms"]})
    assert quote["within_authority"] is True
    assert quote["schedule"] == longer["schedule"]
    assert (await offered(boss, account, affordable_minor=15_00))["options"]

    nothing = await offered(desk, account, affordable_minor=0)
    kinds = [one["kind"] for one in nothing["nearest"]]
    assert (nothing["options"], kinds[-1]) == ([], "hold")


async def test_a_surplus_of_nothing_is_said(staff):
    desk, account = await hired(staff)
    poor = {**BUDGET, "income_minor": 2000_00}
    answer = await offered(desk, account, affordable_minor=None, budget=poor)

    assert answer["capacity"]["surplus_minor"] == -350_00
    assert answer["affordable_minor"] == answer["capacity"]["max_installment_minor"] == 0
    assert (answer["options"], answer["nearest"][-1]["kind"]) == ([], "hold")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"affordable_minor": None}, "/affordable_minor", id="how much?"),
        pytest.param({"affordable_minor": -1}, "/affordable_minor", id="less than nothing"),
        pytest.param({"affordable_minor": 2**53}, "/affordable_minor", id="beyond 2^53"),
        pytest.param({"affordable_minor": "100"}, "/affordable_minor", id="a string"),
        pytest.param({"frequency": None}, "/frequency", id="how often?"),
        pytest.param({"frequency": {"every": 0, "unit": "week"}}, "/frequency/every", id="never"),
        pytest.param({"frequency": {"unit": "semimonth"}}, "/frequency/days", id="which days?"),
        pytest.param({"first_due_on": "2026-01-09"}, "/first_due_on", id="before it opens"),
        pytest.param({"first_due_on": "3000-01-01"}, "/first_due_on", id="another age"),
        pytest.param(
            {"business_days": {"calendar": "MARS"}}, "/business_days/calendar", id="no calendar"
        ),
        pytest.param(
            {"budget": {**BUDGET, "household_size": 0}}, "/budget/household_size", id="nobody"
        ),
        pytest.param(
            {"budget": {"income_minor": 1}}, "/budget/essential_expenses_minor", id="half"
        ),
        pytest.param({"budget": {**BUDGET, "cats": 2}}, "/budget/cats", id="unknown inside"),
        pytest.param({"mood": 1}, "/mood", id="unknown"),
    ],
)
async def test_malformed_questions(desk, change, pointer):
    await desk.at(OPENING)
    account = await desk.account()
    path = f"/v1/accounts/{account['id']}/plan-options"

    assert await desk.pointers(path, {**ASKED, **change}) == [pointer]


async def test_accounts_that_get_no_offer(desk):
    await desk.at(OPENING)
    clear, disputed = await desk.account(balance={}), await desk.account()
    hold = {"kind": "dispute", "reason": "contested"}
    await desk.post(f"/v1/accounts/{disputed['id']}/holds", hold)
    for account_id, expected in (
        (clear["id"], (409, "nothing-owed")),
        (disputed["id"], (409, "account-on-hold")),
        (NO_ID, (404, "not-found")),
    ):
        path = f"/v1/accounts/{account_id}/plan-options"
        assert (await desk.refused("POST", path, json=ASKED))[:2] == expected


async def test_what_an_admin_may_agree_to_is_told_and_not_offered(desk):
    """An admin has no limit of count: dates go on, and nobody could keep it."""
    await desk.at(OPENING)
    account = await desk.account()
    weekly = {"every": 1, "unit": "week"}
    answer = await offered(desk, account, affordable_minor=31, frequency=weekly)

    assert answer["options"] == []
    longer = answer["nearest"][0]
    assert (longer["kind"], longer["role"], longer["overrides"]) == ("longer_term", "admin", [])
    assert longer["message"].startswith("The admin may agree: 968 payments of at most 31,")
    yearly = {"every": 12, "unit": "month"}
    beyond = await offered(desk, account, affordable_minor=31, frequency=yearly)
    kinds = [one["kind"] for one in beyond["nearest"]]
    assert kinds == ["higher_installment", "token_payment", "hold"]


# --- Shares -------------------------------------------------------------------------------------


def debts(*minors, **more):
    return [{"reference": f"D-{n}", "balance_minor": m, **more} for n, m in enumerate(minors)]


async def shared(desk, available, given, status=200, **more):
    body = {"currency": "GBP", "available_minor": available, "debts": given, **more}
    answer = await desk.post("/v1/plan-options/shares", body, status=status)
    assert SharesRead.model_validate(answer)
    parts = [one["share_minor"] for one in answer["shares"]]
    assert sum(parts) + answer["left_minor"] == available
    return parts, answer


@pytest.mark.parametrize(
    ("available", "given", "more", "expected"),
    [
        pytest.param(
            100_00, debts(500_00, 1000_00, 233_00, 200_00), {}, [25_87, 51_73, 12_05, 10_35],
            id="PRO-01",
        ),
        pytest.param(100_00, debts(1_00, 1_00, 1_00), {}, [1_00] * 3, id="no more than is owed"),
        pytest.param(10, debts(100, 100, 100), {}, [4, 3, 3], id="the odd penny"),
        pytest.param(
            100_00, [*debts(900_00), *debts(60_00, priority=True)], {}, [40_00, 60_00],
            id="priority first",
        ),
        pytest.param(
            10_00, debts(990_00, 10_00), {"minimum_minor": 100}, [9_00, 1_00], id="a minimum"
        ),
    ],
)  # fmt: skip
async def test_shares_sum_to_the_unit(desk, available, given, more, expected):
    assert (await shared(desk, available, given, **more))[0] == expected


async def test_shares_of_accounts_of_ours(desk):
    await desk.at(OPENING)
    one, two = [await desk.account(minor, currency="GBP") for minor in (300_00, 100_00)]
    paid = await desk.account(balance={}, currency="GBP")
    given = [{"account_id": each["id"]} for each in (one, two, paid)]
    parts, answer = await shared(desk, 40_00, given)

    assert parts == [30_00, 10_00, 0]
    assert [one["account_id"] for one in answer["shares"]] == [g["account_id"] for g in given]
    assert (await shared(desk, 1, given[2:]))[1]["left_minor"] == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"debts": []}, "/debts", id="none"),
        pytest.param({"debts": debts(*[1] * 101)}, "/debts", id="too many"),
        pytest.param({"debts": [{}]}, "/debts/0", id="which?"),
        pytest.param(
            {"debts": [{"account_id": NO_ID, "balance_minor": 1}]}, "/debts/0", id="which of both?"
        ),
        pytest.param({"debts": debts(0)}, "/debts/0/balance_minor", id="nothing owed"),
        pytest.param({"available_minor": 0}, "/available_minor", id="nothing to share"),
        pytest.param({"currency": "XYZ"}, "/currency", id="no such currency"),
    ],
)
async def test_malformed_shares(desk, change, pointer):
    body = {"currency": "GBP", "available_minor": 1, "debts": debts(1), **change}

    assert await desk.pointers("/v1/plan-options/shares", body) == [pointer]


async def test_debts_that_cannot_be_shared(desk, theirs):
    account = await desk.account()
    body = {"currency": "GBP", "available_minor": 1, "debts": [{"account_id": account["id"]}]}

    assert await desk.pointers("/v1/plan-options/shares", body) == ["/debts/0/account_id"]
    answer = await desk.client.post("/v1/plan-options/shares", json=body, headers=theirs)
    assert answer.status_code == 404


async def test_the_settlement_among_them_can_be_offered_as_it_is(staff):
    desk, account = await hired(staff)
    answer = await offered(desk, account, affordable_minor=720_00)
    one = {option["name"]: option for option in answer["options"]}["settlement"]

    assert (one["total_minor"], one["forgives_minor"], one["rank"]) == (720_00, 480_00, 1)
    body = {"amount_minor": one["total_minor"], "terms": one["terms"], "expires_on": "2026-02-09"}
    path = f"/v1/accounts/{account['id']}/settlement-offers"
    made = await desk.post(path, body)
    assert made["within_authority"] is True
    assert made["schedule"] == one["schedule"]
    beside = await offered(desk, account, affordable_minor=720_00)
    assert "settlement" not in [option["name"] for option in beside["options"]]
