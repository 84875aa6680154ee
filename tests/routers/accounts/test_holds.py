"""Holds: a dispute stops the clock, and keeps money until it is released."""

import pytest

from tests.routers.lives.desk import DUE, IN_THREE, OPENING

DISPUTE = {"kind": "dispute", "reason": "amount contested"}


async def hold(desk, account, **more):
    return await desk.post(f"/v1/accounts/{account['id']}/holds", {**DISPUTE, **more})


async def release(desk, account, held, status=200, **more):
    path = f"/v1/accounts/{account['id']}/holds/{held['id']}/release"
    return await desk.post(path, more, status=status)


async def test_a_dispute_keeps_money_unapplied_and_its_release_uses_it(desk):
    account, plan = await desk.opened()
    await desk.at("2026-01-20")
    held = await hold(desk, account)
    payment = await desk.pay(account, 120_00)

    assert payment["allocations"] == []
    assert payment["unapplied_minor"] == payment["account"]["unapplied_minor"] == 120_00
    assert (await desk.read(account))["balance"]["total_minor"] == 300_00
    await desk.at("2026-01-25")
    released = await release(desk, account, held)

    acts = released["acts"]
    met = {"messages_suppressed": [], "messages_in_flight": []}
    assert {**released, **met} == {**held, "released_on": "2026-01-25", "acts": acts}
    assert [(one["act"], one["role"], one["business_date"]) for one in acts] == [
        ("placed", "admin", "2026-01-20"), ("released", "admin", "2026-01-25"),
    ]  # fmt: skip
    used = await desk.read(payment)
    assert used["unapplied_minor"] == 0
    assert [line["amount_minor"] for line in used["allocations"]] == [100_00, 20_00]
    assert {line["generation"] for line in used["allocations"]} == {2}
    assert (await desk.read(plan))["paid_minor"] == 120_00
    await desk.books_agree(account)


async def test_under_a_dispute_nothing_is_missed_and_its_days_do_not_count(desk):
    account, plan = await desk.opened()
    await desk.at("2026-02-03")
    held = await hold(desk, account)

    assert (await desk.statuses(plan, "2026-02-20"))[0] == "paused"
    await desk.at("2026-02-13")
    await release(desk, account, held)
    clock = await desk.get(f"/v1/plans/{plan['id']}/delinquency", as_of="2026-02-16")
    assert (clock["past_due_days"], clock["paused_days"], clock["delinquent_days"]) == (16, 10, 1)
    assert clock["pauses"] == [
        {"starts_on": "2026-02-03", "ends_on": "2026-02-13", "counted_days": 10}
    ]
    assert (await desk.statuses(plan, "2026-02-15"))[0] == "in_grace"
    assert (await desk.statuses(plan, "2026-02-16"))[0] == "delinquent"


async def test_under_a_dispute_nothing_is_charged_and_no_terms_agreed(desk):
    account = await desk.account()
    held = await hold(desk, account)
    charge = {"kind": "fee", "amount_minor": 1}
    plan = {"account_id": account["id"], "terms": {**IN_THREE, "anchor_on": None,
                                                   "first_due_on": None}}  # fmt: skip

    for path, body in ((f"/v1/accounts/{account['id']}/charges", charge), ("/v1/plans", plan)):
        status, name, problem = await desk.refused("POST", path, json=body)
        assert (status, name, problem["hold"]) == (409, "account-on-hold", "dispute")
    await release(desk, account, held)
    await desk.post("/v1/plans", plan)


async def test_one_hold_of_a_kind_at_a_time_and_one_release(desk):
    account = await desk.account()
    held = await hold(desk, account)
    path = f"/v1/accounts/{account['id']}/holds"

    status, name, problem = await desk.refused("POST", path, json=DISPUTE)
    assert (status, name, problem["existing_hold_id"]) == (409, "hold-exists", held["id"])
    await release(desk, account, held)
    again = await desk.refused("POST", f"{path}/{held['id']}/release", json={})
    assert again[:2] == (409, "hold-not-standing")
    second = await hold(desk, account)
    listed = (await desk.get(path))["data"]
    assert [one["id"] for one in listed] == [held["id"], second["id"]]


async def test_a_release_needs_no_body(desk):
    account = await desk.account()
    held = await hold(desk, account)
    path = f"/v1/accounts/{account['id']}/holds/{held['id']}/release"

    assert (await desk.client.post(path)).status_code == 200


async def test_a_hold_is_released_on_its_own_account_only(desk):
    mine, other = await desk.account(), await desk.account()
    held = await hold(desk, mine)

    path = f"/v1/accounts/{other['id']}/holds/{held['id']}/release"
    assert (await desk.refused("POST", path, json={}))[:2] == (404, "not-found")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"kind": "strike"}, "/kind", id="no such kind"),
        pytest.param({"starts_on": "2026-01-11"}, "/starts_on", id="tomorrow"),
        pytest.param({"ends_on": DUE[0]}, "/ends_on", id="money kept waits for a release"),
        pytest.param(
            {"kind": "hardship", "ends_on": OPENING}, "/ends_on", id="over before it begins"
        ),
        pytest.param({"reason": ""}, "/reason", id="why?"),
        pytest.param({"variant": "standard"}, "/variant", id="not of a dispute"),
        pytest.param({"until": DUE[0]}, "/until", id="unknown"),
    ],
)
async def test_malformed_holds(desk, change, pointer):
    await desk.at(OPENING)
    account = await desk.account()

    body = {**DISPUTE, **change}
    assert await desk.pointers(f"/v1/accounts/{account['id']}/holds", body) == [pointer]


#: What each hold stops: clock and breaks, charges, new terms, money.
TABLE = {
    "dispute": (True, True, True, True),
    "bankruptcy": (True, True, True, True),
    "deceased": (True, True, True, False),
    "breathing_space": (True, True, True, False),
    "hardship": (True, False, False, False),
    "military": (False, False, False, False),
    "cease_communication": (False, False, False, False),
}


@pytest.mark.parametrize("kind", TABLE)
async def test_what_a_hold_stops(desk, kind):
    """Held from 3 February on; without it the plan breaks on 6 March, with two missed."""
    clock, charges, terms, money = TABLE[kind]
    account, plan = await desk.opened()
    await desk.at("2026-02-03")
    await hold(desk, account, kind=kind)

    payment = await desk.pay(account, 1_00)
    assert (payment["unapplied_minor"] == 1_00) is money
    fee = {"kind": "fee", "amount_minor": 1_00}
    path = f"/v1/accounts/{account['id']}"
    answer = await desk.client.post(f"{path}/charges", json=fee)
    assert answer.status_code == (409 if charges else 201)
    quote = {"terms": {"installment_count": 2, "frequency": {"unit": "month"}}}
    answer = await desk.client.post(f"{path}/quotes", json=quote)
    assert answer.status_code == (409 if terms else 201), answer.text
    await desk.at("2026-03-07")
    read = await desk.read(plan)
    assert (read["status"] == "active") is clock
    assert (read["standing"] == "paused") is clock
    await desk.books_agree(account)


async def test_a_breathing_space_lasts_sixty_days_and_nothing_of_it_is_charged_later(desk):
    account, _ = await desk.opened()
    path = f"/v1/accounts/{account['id']}"
    body = {"kind": "breathing_space", "starts_on": "2026-01-11", "reason": "register"}
    held = await desk.post(f"{path}/holds", body)

    assert (held["variant"], held["ends_on"]) == ("standard", "2026-03-11")
    await desk.at("2026-03-12")
    fee = {"kind": "penalty", "amount_minor": 5_00}
    for day in ("2026-01-11", "2026-03-11"):
        late = {**fee, "effective_on": day}
        status, name, problem = await desk.refused("POST", f"{path}/charges", json=late)
        assert (status, name) == (409, "breathing-space-charge")
        assert (problem["hold_id"], problem["ends_on"]) == (held["id"], "2026-03-11")
    for day in ("2026-01-10", "2026-03-12"):
        await desk.post(f"{path}/charges", {**fee, "effective_on": day})


async def test_a_breathing_space_under_treatment_ends_thirty_days_after_it(desk):
    account, plan = await desk.opened()
    body = {"kind": "breathing_space", "variant": "mental_health"}
    held = await hold(desk, account, **body)
    assert held["ends_on"] is None
    await desk.at("2026-05-20")
    assert (await desk.read(plan))["standing"] == "paused"

    told = await release(desk, account, held, treatment_ends_on="2026-05-20")

    assert (told["ends_on"], told["released_on"]) == ("2026-06-19", None)
    assert (await desk.read(plan, as_of="2026-06-19"))["standing"] == "paused"
    assert (await desk.read(plan, as_of="2026-06-21"))["standing"] != "paused"
    other = await desk.account()
    known = await hold(desk, other, **body, treatment_ends_on="2026-05-20")
    assert known["ends_on"] == "2026-06-19"


async def test_military_service_caps_the_rate_of_new_terms(desk):
    account = await desk.account()
    await hold(desk, account, kind="military")
    terms = {"installment_count": 3, "frequency": {"unit": "month"}, "annual_rate_bps": 601}
    path = f"/v1/accounts/{account['id']}/quotes"

    status, name, problem = await desk.refused("POST", path, json={"terms": terms})
    assert (status, name, problem["limit_rate_bps"]) == (409, "military-rate", 600)
    await desk.post(path, {"terms": {**terms, "annual_rate_bps": 600}})


async def test_a_quote_from_before_the_service_is_not_redeemed_above_its_rate(desk):
    account = await desk.account()
    terms = {"installment_count": 3, "frequency": {"unit": "month"}, "annual_rate_bps": 601}
    quote = await desk.post(f"/v1/accounts/{account['id']}/quotes", {"terms": terms})
    await hold(desk, account, kind="military")
    body = {"account_id": account["id"], "quote_id": quote["id"], "quote_hash": quote["hash"]}

    assert (await desk.refused("POST", "/v1/plans", json=body))[:2] == (409, "military-rate")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"ends_on": DUE[0]}, "/ends_on", id="the law says when it ends"),
        pytest.param({"treatment_ends_on": DUE[0]}, "/treatment_ends_on", id="of a standard one"),
        pytest.param({"variant": "mental_health", "treatment_ends_on": "2026-01-09"},
                     "/treatment_ends_on", id="treated before"),
        pytest.param({"starts_on": "2026-01-12"}, "/starts_on", id="the day after tomorrow"),
    ],
)  # fmt: skip
async def test_malformed_breathing_spaces(desk, change, pointer):
    await desk.at(OPENING)
    account = await desk.account()

    body = {"kind": "breathing_space", "reason": "register", **change}
    assert await desk.pointers(f"/v1/accounts/{account['id']}/holds", body) == [pointer]
