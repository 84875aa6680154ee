"""Settlements are offered, countered, approved and accepted, or come to nothing, by name."""

import pytest

from app.schemas.settlements.settlements import SettlementPreviewRead
from tests.routers.lives.desk import OPENING
from tests.routers.offers import (
    PARTS,
    act,
    asked,
    folder,
    offered,
    people,
    placed,
    policy_of,
    read,
    refusal,
    told,
)

NO_ID = "01h455vb4pex5vsknk084sn02q"


# --- Offered --------------------------------------------------------------------------------


async def test_an_offer_says_what_it_asks_and_forgives(desk):
    account = await placed(desk)
    one = await offered(desk, account, reason="asked on the phone")

    assert (one["status"], one["offered_on"], one["expires_on"]) == (
        "offered", OPENING, "2026-01-20",
    )  # fmt: skip
    assert (one["balance_minor"], one["amount_minor"], one["forgives_minor"]) == (
        1000_00, 700_00, 300_00,
    )  # fmt: skip
    assert [row["amount_minor"] for row in one["schedule"]["installments"]] == [350_00] * 2
    assert (one["refusals"], one["within_authority"]) == ([], True)
    assert (one["terms"], one["reason"]) == (PARTS, "asked on the phone")
    assert (one["plan_id"], one["paid_minor"], one["remaining_minor"]) == (None, 0, 700_00)
    assert (one["forgiven_minor"], one["satisfied_on"], one["voided_on"]) == (0, None, None)
    assert (await desk.read(account))["active_plan_id"] is None
    assert await told(desk, account) == ["offered"]
    again = await read(desk, one)
    assert {**again, "created_at": None} == {**one, "created_at": None}
    await desk.books_agree(account)


async def test_a_preview_says_the_same_and_stores_nothing(staff):
    ann, _ = await people(staff)
    account = await placed(ann)
    path = folder(account, "/preview")
    for changes in ({}, {"amount_minor": 300_00}):
        answer = await ann.client.post(path, json=asked(**changes))
        assert answer.status_code == 200, answer.text
        assert SettlementPreviewRead.model_validate_json(answer.content)
        assert await told(ann, account) == []
        shown = answer.json()
        assert bool(shown["refusals"]) is bool(changes)
        one = await offered(ann, account, **changes)
        assert {name: one[name] for name in shown} == shown
        account = await ann.account(1000_00)
        path = folder(account, "/preview")


@pytest.mark.parametrize(
    ("balance", "bps", "amount"),
    [
        pytest.param(1000_00, 6000, 600_00, id="a round one"),
        pytest.param(99, 6000, 60, id="a fraction counts as one: 59.4"),
        pytest.param(1000_00, 10_000, 1000_00, id="the whole"),
    ],
)
async def test_a_share_of_the_balance(staff, balance, bps, amount):
    ann, _ = await people(staff)
    account = await placed(ann, balance)
    one = await offered(ann, account, amount_minor=None, share_bps=bps, terms=None)

    assert (one["amount_minor"], one["forgives_minor"]) == (amount, balance - amount)
    assert one["within_authority"] is True


async def test_without_terms_it_is_one_sum_due_on_the_last_day(desk):
    account = await placed(desk)
    one = await offered(desk, account, terms=None)
    (row,) = one["schedule"]["installments"]

    assert (row["due_on"], row["amount_minor"], one["terms"]) == ("2026-01-20", 700_00, {})


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        pytest.param({"amount_minor": None}, "/amount_minor", id="how much?"),
        pytest.param({"share_bps": 7000}, "/amount_minor", id="both"),
        pytest.param({"amount_minor": 0}, "/amount_minor", id="nothing"),
        pytest.param({"amount_minor": None, "share_bps": 0}, "/share_bps", id="a share of 0"),
        pytest.param({"expires_on": "2026-01-09"}, "/expires_on", id="over before it begins"),
        pytest.param({"effective_on": "2026-01-11"}, "/effective_on", id="tomorrow"),
        pytest.param({"effective_on": "2026-01-09"}, "/effective_on", id="before the account"),
        pytest.param(
            {"terms": {"first_due_on": "2026-01-09"}}, "/terms/first_due_on", id="due before"
        ),
        pytest.param(
            {"terms": {"installment_count": 2}}, "/terms/frequency", id="parts without cadence"
        ),
        pytest.param({"terms": {"annual_rate_bps": 1}}, "/terms/annual_rate_bps", id="interest"),
        pytest.param(
            {"terms": {"installments": [{"due_on": "2026-01-31", "amount_minor": 1}]}},
            "/terms/installments", id="parts that do not sum",
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_meant(desk, changes, pointer):
    account = await placed(desk)

    assert await desk.pointers(folder(account), asked(**changes)) == [pointer]
    assert await desk.pointers(folder(account, "/preview"), asked(**changes)) == [pointer]
    assert await told(desk, account) == []


@pytest.mark.parametrize(
    ("account", "changes", "name"),
    [
        pytest.param({}, {"amount_minor": 1000_01}, "exceeds-balance", id="more than is owed"),
        pytest.param({}, {"expires_on": "2026-02-10"}, "offer-too-long", id="beyond 30 days"),
        pytest.param(
            {}, {"terms": {"first_due_on": "2026-01-19"}}, "offer-too-long", id="beyond its due"
        ),
        pytest.param(
            {"validation_ends_on": "2026-01-20"}, {}, "offer-inside-validation", id="validation"
        ),
    ],
)
async def test_what_no_role_may_offer(desk, account, changes, name):
    made = await placed(desk, **account)
    found = await desk.refused("POST", folder(made), json=asked(**changes))

    assert found[:2] == (409, name)
    assert (await desk.refused("POST", folder(made, "/preview"), json=asked(**changes)))[1] == name
    assert await told(desk, made) == []


async def test_nothing_is_offered_where_nothing_can_be_settled(desk):
    paid, disputed, closed = [await placed(desk) for _ in range(3)]
    await desk.pay(paid, 1000_00)
    hold = {"kind": "dispute", "reason": "contested"}
    await desk.post(f"/v1/accounts/{disputed['id']}/holds", hold)
    await desk.post(f"/v1/accounts/{closed['id']}/closures", {"reason": "sold"})
    for account, name in (
        (paid, "nothing-owed"), (disputed, "account-on-hold"), (closed, "account-closed"),
    ):  # fmt: skip
        found = await desk.refused("POST", folder(account), json=asked())
        assert found[:2] == (409, name)
    unknown = await desk.refused(
        "POST", f"/v1/accounts/acc_{NO_ID}/settlement-offers", json=asked()
    )
    assert unknown[:2] == (404, "not-found")


# --- Who may --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "rules", "up"),
    [
        pytest.param({"amount_minor": 600_00, "terms": None}, [], None, id="60 % at once"),
        pytest.param(
            {"amount_minor": 599_99, "terms": None}, ["min_share_bps"], "supervisor", id="less"
        ),
        pytest.param({"amount_minor": 700_00}, [], None, id="70 % in parts"),
        pytest.param({"amount_minor": 699_99}, ["max_count"], "supervisor", id="less in parts"),
        pytest.param({"amount_minor": 399_99}, ["min_share_bps"], "admin", id="much less"),
        pytest.param(
            {"terms": {**PARTS, "first_due_on": "2026-03-01"}}, ["max_days_to_first"],
            "supervisor", id="late",
        ),
    ],
)  # fmt: skip
async def test_outside_an_agents_authority_it_waits(staff, changes, rules, up):
    ann, _ = await people(staff)
    account = await placed(ann)
    one = await offered(ann, account, **changes)

    assert [found["rule"] for found in one["refusals"]] == rules
    assert {found["override_role"] for found in one["refusals"]} == ({up} if up else set())
    assert one["status"] == ("pending_approval" if rules else "offered")
    assert one["within_authority"] is not bool(rules)


async def test_somebody_else_who_may_lets_it_stand(staff):
    ann, bob = await people(staff)
    account = await placed(ann)
    one = await offered(ann, account, amount_minor=500_00)

    assert (await refusal(ann, one))[0] == "settlement-not-open"
    assert (await refusal(ann, one, "decline"))[0] == "settlement-not-open"
    for desk in (await staff("supervisor", "ann"), await staff("supervisor")):
        for what in ("approve", "reject"):
            name, problem = await refusal(desk, one, what)
            assert (name, problem["settlement_id"]) == ("same-actor", one["id"])
    eve = await staff("agent", "eve")
    name, problem = await refusal(eve, one, "approve")
    assert (name, problem["refusals"][0]["rule"]) == ("outside-authority", "min_share_bps")
    stands = await act(bob, one, "approve", reason="seen the documents")
    assert (stands["status"], stands["role"], stands["actor"]) == ("offered", "agent", "ann")
    assert (await refusal(bob, one, "approve"))[1]["settlement_status"] == "offered"
    assert (await act(ann, one, "accept"))["status"] == "accepted"
    await ann.books_agree(account)


async def test_or_nobody_does(staff):
    ann, bob = await people(staff)
    account = await placed(ann)
    one = await offered(ann, account, amount_minor=500_00)
    ended = await act(bob, one, "reject", reason="too low")

    assert (ended["status"], ended["status_reason"], ended["closed_on"]) == (
        "withdrawn", "not_approved: too low", OPENING,
    )  # fmt: skip
    acts = (await ann.get(f"/v1/settlement-offers/{one['id']}/acts"))["data"]
    assert [(a["act"], a["actor"], a["role"], a["reason"]) for a in acts] == [
        ("offered", "ann", "agent", None),
        ("withdrawn", "bob", "supervisor", "not_approved: too low"),
    ]
    other = await offered(ann, account, amount_minor=500_00)
    assert (await act(bob, other, "reject"))["status_reason"] == "not_approved"
    assert (await offered(ann, account))["status"] == "offered"
    await ann.books_agree(account)


async def test_what_a_role_may_goes_by_the_debt_of_the_day_it_approves(staff):
    ann, bob = await people(staff)
    row = {"from_balance_minor": 0, "to_balance_minor": None, "max_count": None}
    young = {**row, "role": "supervisor", "from_days_past_due": 0, "to_days_past_due": 4}
    old = {**young, "from_days_past_due": 5, "to_days_past_due": None, "min_share_bps": 3000}
    eve = await staff("admin")
    name = await policy_of(eve, matrix=[{**young, "min_share_bps": 9000}, old])
    account = await placed(eve, policy=name)
    one = await offered(ann, account, amount_minor=400_00)
    await bob.at("2026-01-14")
    assert (await refusal(bob, one, "approve"))[0] == "outside-authority"
    await bob.at("2026-01-15")
    assert (await act(bob, one, "approve"))["status"] == "offered"


async def test_an_approval_comes_too_late(staff):
    ann, bob = await people(staff)
    account = await placed(ann)
    one = await offered(ann, account, amount_minor=500_00)
    await bob.at("2026-01-21")

    assert (await refusal(bob, one, "approve"))[0] == "settlement-expired"
    assert (await read(bob, one))["status"] == "expired"


# --- Countered, declined, withdrawn, expired ------------------------------------------------


async def test_one_offer_at_a_time_and_counter_offers_chain(desk):
    account = await placed(desk)
    first = await offered(desk, account)
    status, name, problem = await desk.refused("POST", folder(account), json=asked())
    assert (status, name, problem["existing_settlement_id"]) == (
        409, "settlement-open", first["id"],
    )  # fmt: skip
    second = await offered(desk, account, amount_minor=650_00, supersedes=first["id"])

    assert (second["supersedes"], second["superseded_by"]) == (first["id"], None)
    was = await read(desk, first)
    assert (was["status"], was["status_reason"], was["superseded_by"]) == (
        "withdrawn", "superseded", second["id"],
    )  # fmt: skip
    assert (await refusal(desk, first))[1]["settlement_status"] == "withdrawn"
    gone = await desk.refused("POST", folder(account), json=asked(supersedes=first["id"]))
    assert gone[:2] == (409, "settlement-not-open")
    unknown = await desk.refused("POST", folder(account), json=asked(supersedes=f"set_{NO_ID}"))
    assert unknown[:2] == (404, "not-found")
    await desk.books_agree(account)


async def test_a_policy_may_let_several_stand(desk):
    """And the other cannot be accepted once one was."""
    account = await placed(desk, policy=await policy_of(desk, max_open_offers=2))
    two = [await offered(desk, account), await offered(desk, account, amount_minor=800_00)]
    assert (await desk.refused("POST", folder(account), json=asked()))[1] == "settlement-open"
    await act(desk, two[0], "accept")

    name, problem = await refusal(desk, two[1])
    assert (name, problem["existing_status"]) == ("settlement-open", "accepted")


async def test_an_offer_entered_late_finds_what_stands_today(desk):
    account = await placed(desk)
    await desk.at("2026-01-14")
    await desk.pay(account, 100_00)
    late = {"effective_on": "2026-01-12", "expires_on": "2026-01-13"}
    over = await offered(desk, account, **late)
    assert (over["status"], over["balance_minor"], over["offered_on"]) == (
        "expired", 1000_00, "2026-01-12",
    )  # fmt: skip
    one = await offered(desk, account, amount_minor=650_00)
    status, name, problem = await desk.refused("POST", folder(account), json=asked(**late))
    assert (status, name, problem["existing_settlement_id"]) == (409, "settlement-open", one["id"])
    await desk.books_agree(account)


@pytest.mark.parametrize("what", ["decline", "withdraw"])
async def test_an_offer_comes_to_nothing(desk, what):
    account = await placed(desk)
    one = await offered(desk, account)
    await desk.at("2026-01-12")
    ended = await act(desk, one, what, reason="found a job")
    status = {"decline": "declined", "withdraw": "withdrawn"}[what]

    assert (ended["status"], ended["status_reason"], ended["closed_on"]) == (
        status, "found a job", "2026-01-12",
    )  # fmt: skip
    assert (ended["remaining_minor"], ended["plan_id"]) == (0, None)
    for again in ("accept", "decline", "withdraw"):
        name, problem = await refusal(desk, one, again)
        assert (name, problem["settlement_status"]) == ("settlement-not-open", status)
    assert (await read(desk, one, as_of="2026-01-11"))["status"] == "offered"
    assert (await read(desk, one))["status"] == status
    await desk.books_agree(account)


async def test_the_last_day_is_a_day_of_the_offer(desk):
    account = await placed(desk)
    one = await offered(desk, account)
    await desk.at("2026-01-21")
    expired = await read(desk, one)

    assert (expired["status"], expired["closed_on"]) == ("expired", "2026-01-21")
    for what in ("accept", "decline", "withdraw"):
        name, problem = await refusal(desk, one, what)
        assert (name, problem["expires_on"]) == ("settlement-expired", "2026-01-20")
    late = await act(desk, one, "accept", effective_on="2026-01-20")  # it came in the mail
    assert (late["status"], late["accepted_on"], late["closed_on"]) == (
        "accepted", "2026-01-20", None,
    )  # fmt: skip
    assert (await read(desk, one, as_of="2026-01-19"))["status"] == "offered"
    await desk.books_agree(account)


async def test_a_list_by_status_goes_by_the_business_date_without_a_sweep(desk):
    account = await placed(desk)
    settlement = await offered(desk, account)
    waits = await desk.get("/v1/settlement-offers", status="offered")
    assert [one["id"] for one in waits["data"]] == [settlement["id"]]
    await desk.at("2026-01-21")  # the day after it expired; nobody swept
    assert (await desk.get("/v1/settlement-offers", status="offered"))["data"] == []
    expired = await desk.get("/v1/settlement-offers", status="expired")
    assert [one["id"] for one in expired["data"]] == [settlement["id"]]
    assert (expired["judged_through_on"], expired["accounts_behind"]) == ("2026-01-21", 0)
