"""Settlements accepted: a plan of their kind, consent, what stands in the way; their list."""

from hashlib import sha256

from app.schemas.plans.plans import PlanRead
from tests.routers.lives.desk import IN_THREE, OPENING
from tests.routers.offers import (
    PARTS,
    PATH,
    act,
    agreed,
    offered,
    people,
    placed,
    read,
    refusal,
    told,
)


async def test_accepting_opens_a_plan_of_its_kind(desk):
    account, settlement, plan = await agreed(desk)

    assert (settlement["status"], settlement["accepted_on"]) == ("accepted", OPENING)
    assert (plan["kind"], plan["status"], plan["total_minor"]) == ("settlement", "active", 700_00)
    assert (plan["terms"], plan["standing"]) == (PARTS, "current")
    assert (await desk.read(account))["active_plan_id"] == plan["id"]
    name, problem = await refusal(desk, settlement)
    assert (name, problem["settlement_status"]) == ("settlement-not-open", "accepted")
    assert (await refusal(desk, settlement, "withdraw"))[0] == "settlement-not-open"
    assert await told(desk, account) == ["offered", "accepted"]
    assert [one["id"] for one in (await desk.get("/v1/plans"))["data"]] == [plan["id"]]
    revisions = (await desk.get(f"/v1/plans/{plan['id']}/revisions"))["data"]
    assert [one["number"] for one in revisions] == [1]
    await desk.books_agree(account)


async def test_it_needs_no_body(desk):
    account = await placed(desk)
    one = await offered(desk, account)
    answer = await desk.client.post(f"{PATH}/{one['id']}/accept")
    key = {"Idempotency-Key": "k-1"}
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    other = await offered(desk, await placed(desk))
    first = await desk.client.post(f"{PATH}/{other['id']}/accept", headers=key)
    again = await desk.client.post(f"{PATH}/{other['id']}/accept", headers=key)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_plan_there_is_ends_with_it(desk):
    account, before = await desk.opened()
    one = await offered(desk, account, amount_minor=210_00)
    accepted = await act(desk, one, "accept")
    ended = await desk.read(before)

    assert (ended["status"], ended["status_reason"]) == ("cancelled", "superseded")
    assert {row["status"] for row in ended["installments"]} == {"void"}
    now = await desk.read(account)
    assert (now["active_plan_id"], now["balance"]["total_minor"]) == (accepted["plan_id"], 300_00)
    assert await told(desk, account, "plan.") == [*["created", "activated"] * 2, "cancelled"]
    await desk.books_agree(account)


async def test_a_plan_that_waits_ends_with_it_too(staff):
    ann, bob = await people(staff)
    account = await placed(ann)
    small = {"installment_minor": 4_00, "frequency": {"unit": "week"}, "first_due_on": "2026-01-31"}
    waiting = await ann.plan(account, **small)
    await act(ann, await offered(ann, account), "accept")

    ended = await ann.read(waiting)
    assert (ended["status"], ended["status_reason"]) == ("rejected", "superseded")
    name = (await bob.refused("POST", f"/v1/plans/{waiting['id']}/approve", json={}))[1]
    assert name == "plan-not-waiting"
    await ann.books_agree(account)


async def test_consent_is_kept_as_with_a_plan(desk):
    account = await placed(desk)
    consent = {
        "channel": "phone", "captured_at": "2026-01-10T15:00:00Z", "captured_by": "ann",
        "text_hash": "9f2c", "ip": "198.51.100.7",
    }  # fmt: skip
    accepted = await act(desk, await offered(desk, account), "accept", consent=consent)
    kept = await desk.get(f"/v1/plans/{accepted['plan_id']}/consent")

    assert {name: kept[name] for name in consent} == consent
    answer = await desk.client.get(f"/v1/plans/{accepted['plan_id']}")
    assert "198.51.100.7" not in answer.text
    assert PlanRead.model_validate_json(answer.content).consent["text_hash"] == "9f2c"


async def test_consent_is_to_the_words_of_the_letter_where_one_was_written(desk):
    account = await placed(desk)
    one = await offered(desk, account)
    shown = await desk.client.get(f"{PATH}/{one['id']}/letter", params={"kind": "offer"})
    assert shown.status_code == 200, shown.text
    digest = sha256(shown.content).hexdigest()
    consent = {
        "channel": "letter", "captured_at": "2026-01-10T15:00:00Z", "captured_by": "ann",
        "text_hash": "9f2c",
    }  # fmt: skip
    name, problem = await refusal(desk, one, consent=consent)
    assert (name, problem["expected_text_hash"]) == ("consent-mismatch", digest)
    accepted = await act(desk, one, "accept", consent={**consent, "text_hash": digest})
    kept = await desk.get(f"/v1/plans/{accepted['plan_id']}/consent")

    assert (kept["text"].encode(), kept["locale"]) == (shown.content, "en-US")
    assert (kept["text_hash"], kept["quote_id"]) == (digest, None)


async def test_what_happened_since_the_offer_may_stand_in_its_way(desk):
    less, nothing, disputed, closed, due = [await placed(desk) for _ in range(5)]
    offers = [await offered(desk, one) for one in (less, nothing, disputed, closed)]
    soon = {"first_due_on": "2026-01-15", "installment_count": 2, "frequency": {"unit": "month"}}
    offers.append(await offered(desk, due, terms=soon))
    await desk.pay(less, 300_01)
    await desk.pay(nothing, 1000_00)
    hold = {"kind": "dispute", "reason": "contested"}
    await desk.post(f"/v1/accounts/{disputed['id']}/holds", hold)
    await desk.post(f"/v1/accounts/{closed['id']}/closures", {"reason": "sold"})
    await desk.at("2026-01-16")

    found = [(await refusal(desk, one))[0] for one in offers]
    assert found == [
        "exceeds-balance", "nothing-owed", "account-on-hold", "settlement-not-open",
        "settlement-outdated",
    ]  # fmt: skip
    assert (await read(desk, offers[3]))["status_reason"] == "account_closed"
    for account in (less, nothing, disputed, closed, due):
        await desk.books_agree(account)


async def test_an_acceptance_entered_late_meets_what_was_decided_since(desk):
    account = await placed(desk)
    one = await offered(desk, account)
    await desk.at("2026-01-14")
    path = f"{PATH}/{one['id']}/accept"
    assert await desk.pointers(path, {"effective_on": "2026-01-09"}) == ["/effective_on"]
    plan = await desk.plan(account, **IN_THREE)
    assert await desk.pointers(path, {"effective_on": "2026-01-13"}) == ["/effective_on"]
    assert plan["opened_on"] == "2026-01-14"
    await act(desk, one, "decline")
    assert (await refusal(desk, one, effective_on="2026-01-14"))[0] == "settlement-not-open"
    assert (await refusal(desk, one, effective_on="2026-01-13"))[0] == "settlement-not-open"


async def test_lists_by_account_and_status_in_pages(desk):
    accounts = [await placed(desk) for _ in range(3)]
    made = [await offered(desk, account) for account in accounts]
    await act(desk, made[1], "accept")

    async def ids(**params):
        page = await desk.get(PATH, **params)
        return [one["id"] for one in page["data"]], page["next_cursor"]

    everyone = [one["id"] for one in made]
    assert await ids() == (everyone, None)
    assert await ids(account_id=accounts[2]["id"]) == ([made[2]["id"]], None)
    assert await ids(status="accepted") == ([made[1]["id"]], None)
    first, cursor = await ids(limit=2)
    assert (first, await ids(limit=2, cursor=cursor)) == (everyone[:2], (everyone[2:], None))
