"""A plan on new terms, and a plan ended for default: rewritten to a quote, accelerated, undone."""

import pytest

from app.schemas.changes.relief import AccelerationRequest, RewriteRequest
from tests.routers.changes.test_changes import rows, without_ids
from tests.routers.lives.desk import DUE, IN_THREE

LATER = "2026-02-10"
IN_FIVE = {"installment_count": 5, "frequency": {"every": 1, "unit": "month"},
           "first_due_on": "2026-03-10"}  # fmt: skip
NEW_DATES = ("2026-03-10", "2026-04-10", "2026-05-10", "2026-06-10", "2026-07-10")


def example(model):
    return dict(model.model_config["json_schema_extra"]["examples"][0])


async def quoted(desk, account, minor=300_00, *, terms=IN_FIVE, **more):
    body = {"terms": {**terms, "amount_minor": minor}, "locale": "en-US", **more}
    return await desk.post(f"/v1/accounts/{account['id']}/quotes", body)


def to(quote, **more):
    """The example of the contract, with a quote there is."""
    own = {"quote_id": quote["id"], "quote_hash": quote["hash"]}
    return {**example(RewriteRequest), **own, **more}


async def timeline(desk, account, kind):
    events = (await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200))["data"]
    return [one for one in events if one["type"] == kind]


async def behind(desk):
    """The usual plan on 10 February: January's installment was missed."""
    account, plan = await desk.opened()
    await desk.at(LATER)
    return account, plan, f"/v1/plans/{plan['id']}"


# Rewrites -------------------------------------------------------------------------------------


async def test_a_plan_is_rewritten_to_a_quote_and_back(desk):
    account, plan, path = await behind(desk)
    before = await desk.read(plan)
    quote = await quoted(desk, account)
    assert quote["within_authority"]

    shown = await desk.post(f"{path}/rewrites/preview", to(quote), status=200)
    assert await desk.read(plan) == before
    assert (await desk.get(f"/v1/quotes/{quote['id']}"))["plan_id"] is None
    made = await desk.post(f"{path}/rewrites", to(quote))

    assert shown["refusals"] == []
    assert without_ids(shown["plan"]) == without_ids(made["plan"])
    assert (made["revision"], made["cause"]) == (2, "rewrite")
    assert rows(made["plan"]) == [(day, 60_00) for day in NEW_DATES]
    assert (made["plan"]["id"], made["plan"]["standing"]) == (plan["id"], "current")
    assert (await desk.get(f"/v1/quotes/{quote['id']}"))["plan_id"] == plan["id"]
    (revised,) = await timeline(desk, account, "plan.revised")
    assert revised["data"] == {"effective_on": LATER, "cause": "rewrite", "revision": 2,
                               "quote_id": quote["id"], "renewal": False}  # fmt: skip
    await desk.books_agree(account)

    undone = await desk.post(f"{path}/revisions/2/undo", {}, status=200)
    assert undone == before
    again = await desk.post(f"{path}/rewrites", to(quote))  # undone, it used up no quote
    assert again["revision"] == 3
    await desk.books_agree(account)


async def test_a_plan_reads_as_what_was_agreed_last(desk):
    """Terms and quote are those that hold on the day asked for, whatever else changed since."""
    often = {"extends": "default", "modification": {"max_rewrites_in_12_months": None}}
    assert (await desk.client.put("/v1/policies/often", json=often)).is_success
    await desk.at("2026-01-10")
    account = await desk.account(policy="often")
    plan = await desk.plan(account)
    path = f"/v1/plans/{plan['id']}"
    await desk.at(LATER)
    before = await desk.read(plan)
    first = await quoted(desk, account)
    shown = await desk.post(f"{path}/rewrites/preview", to(first), status=200)
    made = await desk.post(f"{path}/rewrites", to(first))
    for view in (shown["plan"], made["plan"], await desk.read(plan)):
        assert (view["terms"], view["quote_id"]) == (first["terms"], first["id"])
        assert view["consent"] == before["consent"]
    (listed,) = (await desk.get("/v1/plans", account_id=account["id"]))["data"]
    assert (listed["terms"], listed["quote_id"]) == (first["terms"], first["id"])
    revision = await desk.get(f"{path}/revisions/2")
    assert revision["terms"] == first["terms"]

    await desk.at("2026-02-20")
    second = await quoted(desk, account, terms={**IN_FIVE, "installment_count": 4})
    await desk.post(f"{path}/rewrites", to(second))
    held = {"from_due_on": NEW_DATES[1], "installments": 1, "reason": "r"}
    changed = await desk.post(f"{path}/payment-holidays", held)
    assert (changed["plan"]["terms"], changed["plan"]["quote_id"]) == (
        second["terms"], second["id"],
    )  # fmt: skip
    for day, terms in (
        ("2026-02-09", before["terms"]), (LATER, first["terms"]), ("2026-02-20", second["terms"]),
    ):  # fmt: skip
        assert (await desk.get(path, as_of=day))["terms"] == terms
    await desk.post(f"{path}/revisions/4/undo", {}, status=200)
    undone = await desk.post(f"{path}/revisions/3/undo", {}, status=200)
    assert (undone["terms"], undone["quote_id"]) == (first["terms"], first["id"])
    await desk.books_agree(account)


async def test_later_changes_go_by_the_quotes_dates(desk):
    account, _, path = await behind(desk)
    await desk.post(f"{path}/rewrites", to(await quoted(desk, account)))
    held = {"from_due_on": NEW_DATES[3], "installments": 1, "reason": "r"}
    made = await desk.post(f"{path}/payment-holidays", held)

    assert [due for due, _ in rows(made["plan"])] == [*NEW_DATES[:3], NEW_DATES[4], "2026-08-10"]


async def test_the_revision_keeps_the_quote_and_the_consent_to_it(desk):
    account, _, path = await behind(desk)
    quote = await quoted(desk, account)
    consent = {"channel": "phone", "captured_at": "2026-02-10T15:04:05Z", "captured_by": "ann",
               "text_hash": quote["text_hash"]}  # fmt: skip
    other = to(quote, consent={**consent, "text_hash": "sha256:other"})
    assert (await desk.refused("POST", f"{path}/rewrites", json=other))[1] == "consent-mismatch"
    body = to(quote, consent={**consent, "ip": "192.0.2.7", "user_agent": "browser"})
    await desk.post(f"{path}/rewrites", body)
    revision = await desk.get(f"{path}/revisions/2")

    assert (revision["quote_id"], revision["terms"]) == (quote["id"], quote["terms"])
    assert revision["consent"]["text_hash"] == quote["text_hash"]
    assert not {"ip", "user_agent"} & set(revision["consent"])
    assert revision["reason"] == body["reason"]
    said = await desk.get(f"{path}/consent", revision=2)
    assert (said["ip"], said["quote_id"], said["captured_by"]) == ("192.0.2.7", quote["id"], "ann")
    assert said["text"] in (await desk.client.get(f"/v1/quotes/{quote['id']}/text")).text
    for params in ({}, {"revision": 1}, {"revision": 3}):  # the opening had none; there is no 3
        none = await desk.refused("GET", f"{path}/consent", params=params)
        assert none[:2] == (404, "not-found")
    first = await desk.get(f"{path}/revisions/1")
    assert (first["quote_id"], first["consent"]) == (None, None)


async def test_only_the_open_principal_moves(desk):
    account, plan, path = await behind(desk)
    charge = {"kind": "fee", "amount_minor": 7_00, "plan_id": plan["id"], "due_on": DUE[1]}
    await desk.post(f"/v1/accounts/{account['id']}/charges", charge)
    await desk.pay(account, 100_00)
    made = await desk.post(f"{path}/rewrites", to(await quoted(desk, account, 200_00)))

    assert rows(made["plan"]) == [
        (DUE[0], 100_00), (DUE[1], 0), *((day, 40_00) for day in NEW_DATES),
    ]  # fmt: skip
    assert made["plan"]["installments"][1]["fees_minor"] == 7_00
    assert made["plan"]["outstanding_minor"] == 207_00
    await desk.books_agree(account)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        pytest.param({"quote_hash": "0" * 64}, "quote-altered", id="altered"),
        pytest.param({"quote_id": "quo_01h455vb4pex5vsknk084sn02q"}, "not-found", id="unknown"),
        pytest.param({"amount": 299_00}, "quote-stale", id="not all of the principal"),
        pytest.param({"paid": 1_00}, "quote-stale", id="another balance since"),
        pytest.param({"first": "2026-02-20", "day": "2026-02-21"}, "quote-stale",
                     id="its first day is past"),
        pytest.param({"expires_at": "2026-02-11T18:00:00Z", "day": "2026-02-12"},
                     "quote-expired", id="expired"),
        pytest.param({"countered": True}, "quote-superseded", id="superseded"),
        pytest.param({"used": True}, "quote-used", id="used by another plan"),
        pytest.param({"other": True}, "not-found", id="of another account"),
    ],
)  # fmt: skip
async def test_a_quote_that_does_not_stand_is_refused_by_name(desk, spoil, expected):
    account, _, path = await behind(desk)
    more = {"expires_at": spoil["expires_at"]} if "expires_at" in spoil else {}
    terms = {**IN_FIVE, "first_due_on": spoil.get("first", NEW_DATES[0])}
    whose = await desk.account() if spoil.keys() & {"other", "used"} else account
    quote = await quoted(desk, whose, spoil.get("amount", 300_00), terms=terms, **more)
    body = to(quote, **{k: v for k, v in spoil.items() if k.startswith("quote")})
    if "used" in spoil:
        own = {"quote_id": quote["id"], "quote_hash": quote["hash"]}
        opened = await desk.post("/v1/plans", {"account_id": whose["id"], **own})
        path = f"/v1/plans/{opened['id']}"
    if "countered" in spoil:
        await quoted(desk, account, supersedes=quote["id"])
    if "paid" in spoil:
        await desk.pay(account, spoil["paid"])
    await desk.at(spoil.get("day", LATER))

    for tail in ("", "/preview"):
        assert (await desk.refused("POST", f"{path}/rewrites{tail}", json=body))[1] == expected


async def test_terms_outside_the_authority_wait_for_somebody_who_may(desk, staff):
    """The default policy lets an agent wait 45 days for the first payment, a supervisor 90."""
    account, _, path = await behind(desk)
    late = {**IN_THREE, "anchor_on": "2026-04-20", "first_due_on": "2026-04-20"}
    quote = await quoted(desk, account, terms=late)
    ann, sue = await staff("agent", "ann"), await staff("supervisor", "sue")
    shown = await ann.post(f"{path}/rewrites/preview", to(quote), status=200)
    asked = await ann.post(f"{path}/rewrites", to(quote))

    assert (asked["status"], asked["refusals"]) == ("pending_approval", shown["refusals"])
    assert [(one["rule"], one["override_role"]) for one in shown["refusals"]] == [
        ("max_days_to_first", "supervisor")
    ]
    made = await sue.post(f"{path}/revisions/2/approve", {}, status=200)
    assert (made["status"], made["plan"]["revision"]) == ("in_force", 2)


async def test_rewrites_are_limited_and_one_a_day(desk):
    """The default policy: one in twelve months, two in a life."""
    account, _, path = await behind(desk)
    await desk.post(f"{path}/rewrites", to(await quoted(desk, account)))
    again = await desk.refused("POST", f"{path}/rewrites", json=to(await quoted(desk, account)))
    assert (again[1], again[2]["existing_revision"]) == ("changed-today", 2)
    await desk.at("2026-02-11")
    refused = await desk.refused("POST", f"{path}/rewrites", json=to(await quoted(desk, account)))
    assert [one["rule"] for one in refused[2]["refusals"]] == ["max_rewrites_in_12_months"]


async def test_a_rewrite_past_the_last_due_date_is_a_renewal(desk):
    account, plan = await desk.opened()
    await desk.pay(account, 250_00)
    await desk.at("2026-04-10")
    terms = {**IN_FIVE, "first_due_on": "2026-05-10"}
    quote = await quoted(desk, account, 50_00, terms=terms)
    made = await desk.post(f"/v1/plans/{plan['id']}/rewrites", to(quote))

    assert rows(made["plan"])[2:] == [(DUE[2], 50_00), *((f"2026-0{m}-10", 10_00)
                                                         for m in range(5, 10))]  # fmt: skip
    (revised,) = await timeline(desk, account, "plan.revised")
    assert revised["data"]["renewal"] is True


async def test_the_plan_goes_by_the_quotes_policy_version_from_then_on(desk):
    account, plan, path = await behind(desk)
    document = {"extends": None, "effective_from": LATER, "grace_days": 20}
    answer = await desk.client.put("/v1/policies/default", json=document)
    assert answer.is_success, answer.text
    version = answer.json()["version"]
    assert plan["policy"]["version"] < version
    quote = await quoted(desk, account)
    made = await desk.post(f"{path}/rewrites", to(quote))

    assert made["plan"]["policy"] == quote["policy"] == {"name": "default", "version": version}
    assert made["plan"]["delinquency"]["grace_days"] == 20
    assert (await desk.read(plan, as_of="2026-02-09"))["policy"] == plan["policy"]
    undone = await desk.post(f"{path}/revisions/2/undo", {}, status=200)
    assert undone["policy"] == plan["policy"]


async def test_new_terms_may_bear_interest(desk):
    """12 % a year on 300.00 in equal monthly periods: as the quote said, to the cent."""
    account, plan = await desk.opened()
    terms = {**IN_THREE, "annual_rate_bps": 1200, "day_count": "equal_periods",
             "anchor_on": "2026-02-10", "first_due_on": "2026-02-10"}  # fmt: skip
    quote = await quoted(desk, account, terms=terms)
    made = await desk.post(f"/v1/plans/{plan['id']}/rewrites", to(quote))
    agreed = quote["schedule"]["installments"]

    held = [row for row in made["plan"]["installments"] if row["status"] != "void"]
    names = ("due_on", "amount_minor", "principal_minor", "interest_minor")
    assert [[row[n] for n in names] for row in held] == [[row[n] for n in names] for row in agreed]
    for row in agreed:
        await desk.at(row["due_on"])
        await desk.pay(account, row["amount_minor"])
    assert (await desk.read(plan))["status"] == "completed"
    await desk.books_agree(account)


# Accelerations --------------------------------------------------------------------------------


async def test_a_plan_is_accelerated_and_back(desk):
    account, plan, path = await behind(desk)
    await desk.pay(account, 30_00)
    before, owner = await desk.read(plan), await desk.read(account)
    body = example(AccelerationRequest)
    shown = await desk.post(f"{path}/accelerations/preview", body, status=200)
    assert await desk.read(plan) == before
    made = await desk.post(f"{path}/accelerations", body)
    ended = made["plan"]

    assert shown["refusals"] == []
    assert shown["plan"] == ended
    assert (made["revision"], made["cause"]) == (2, "acceleration")
    assert (ended["status"], ended["status_reason"], ended["ended_on"]) == (
        "broken", "accelerated", LATER,
    )  # fmt: skip
    owes = await desk.read(account)
    assert owes["balance"] == owner["balance"]
    assert owes["first_delinquency_on"] == owner["first_delinquency_on"]
    (broken,) = await timeline(desk, account, "plan.broken")
    assert broken["data"]["reason"] == "accelerated"
    listed = (await desk.get(f"{path}/revisions"))["data"]
    assert [(one["number"], one["cause"]) for one in listed] == [
        (1, "opened"), (2, "acceleration"),
    ]  # fmt: skip
    await desk.books_agree(account)

    undone = await desk.post(f"{path}/revisions/2/undo", {}, status=200)
    assert undone == before
    withdrawn = (await timeline(desk, account, "plan.broken"))[-1]
    assert withdrawn["corrects"] == broken["id"]
    await desk.books_agree(account)
    assert (await desk.post(f"{path}/accelerations", body))["revision"] == 3


async def test_money_after_an_acceleration_is_the_plans_again_once_it_is_undone(desk):
    account, plan, path = await behind(desk)
    await desk.post(f"{path}/accelerations", {"reason": "r"})
    paid = await desk.pay(account, 130_00)
    assert paid["allocations"][0]["plan_id"] is None
    undone = await desk.post(f"{path}/revisions/2/undo", {}, status=200)

    assert [row["paid_minor"] for row in undone["installments"]] == [100_00, 30_00, 0]
    await desk.books_agree(account)
    assert (await desk.read(plan))["status"] == "active"


async def test_an_acceleration_stands_where_the_account_took_up_another_plan(desk):
    account, _, path = await behind(desk)
    await desk.post(f"{path}/accelerations", {"reason": "r"})
    await desk.plan(account, **IN_FIVE)

    assert (await desk.refused("POST", f"{path}/revisions/2/undo"))[1] == "plan-not-live"


async def test_the_policy_says_who_may_accelerate_and_when(desk, staff):
    account, _ = await desk.opened()
    ann = await staff("agent", "ann")
    read = (await desk.get("/v1/plans", account_id=account["id"]))["data"][0]
    path = f"/v1/plans/{read['id']}/accelerations"
    shown = await ann.post(f"{path}/preview", {"reason": "r"}, status=200)
    refused = await ann.refused("POST", path, json={"reason": "r"})
    assert refused[1] == "change-limit-reached"
    assert refused[2]["refusals"] == shown["refusals"]
    assert [(one["rule"], one["limit"], one["actual"]) for one in shown["refusals"]] == [
        ("acceleration_min_missed", 1, 0), ("acceleration_role", 1, 0),
    ]  # fmt: skip
    await desk.at(LATER)
    asked = await ann.post(path, {"reason": "r"})
    assert [(one["rule"], one["override_role"]) for one in asked["refusals"]] == [
        ("acceleration_role", "supervisor")
    ]
    sue = await staff("supervisor", "sue")
    approve = f"/v1/plans/{read['id']}/revisions/{asked['revision']}/approve"
    assert (await sue.post(approve, {}, status=200))["plan"]["status_reason"] == "accelerated"


async def test_nothing_is_accelerated_under_a_hold_that_keeps_plans_from_breaking(desk):
    account, _, path = await behind(desk)
    hold = {"kind": "hardship", "starts_on": LATER, "reason": "r"}
    await desk.post(f"/v1/accounts/{account['id']}/holds", hold)
    refused = await desk.refused("POST", f"{path}/accelerations", json={"reason": "r"})

    assert (refused[1], refused[2]["forbids"]) == ("account-on-hold", "accelerating a plan")


async def test_nothing_is_accelerated_while_the_plan_is_paused(desk):
    _, plan, path = await behind(desk)
    pause = await desk.post(
        f"{path}/pauses", {"starts_on": LATER, "ends_on": "2026-04-10", "reason": "in hospital"}
    )
    for where in ("accelerations", "accelerations/preview"):
        status, name, refused = await desk.refused("POST", f"{path}/{where}", json={"reason": "r"})
        assert (status, name) == (409, "plan-paused")
        assert (refused["pause_id"], refused["ends_on"]) == (pause["id"], "2026-04-10")
    await desk.at("2026-04-10")  # its last day is still frozen
    assert (await desk.refused("POST", f"{path}/accelerations", json={"reason": "r"}))[0] == 409

    await desk.at("2026-04-11")
    within = {"reason": "r", "effective_on": "2026-04-10"}
    assert (await desk.refused("POST", f"{path}/accelerations", json=within))[1] == "plan-paused"
    made = await desk.post(f"{path}/accelerations", {"reason": "r"})
    assert made["plan"]["status_reason"] == "accelerated"
    assert plan["id"] == made["plan"]["id"]


async def test_an_accelerated_plan_may_be_reinstated_instead(desk):
    account, plan, path = await behind(desk)
    await desk.post(f"{path}/accelerations", {"reason": "r"})
    again = await desk.post(f"{path}/reinstate", {"reason": "r"}, status=200)

    assert (again["status"], again["revision"]) == ("active", 2)
    assert rows(again) == [(day, 100_00) for day in DUE]
    await desk.books_agree(account)
    assert (await desk.read(plan))["outstanding_minor"] == 300_00
