"""Unmatched money: kept under its own reference, told once, and whole wherever it goes."""

import asyncio
import json

import pytest

from app.schemas.payments.batch import PaymentBatchRead
from app.schemas.payments.payments import PaymentRead
from app.schemas.payments.suspense import SuspenseRead
from tests.routers.lives.desk import DUE, OPENING

LOST = {
    "account_reference": "INV-L0ST",
    "reference": "BANK-1",
    "amount_minor": 100_00,
    "currency": "USD",
    "unmatched": "suspense",
}


async def waiting(desk, **asked):
    return (await desk.get("/v1/suspense", **asked))["data"]


async def test_money_for_an_unknown_account_waits(desk):
    await desk.at(OPENING)
    kept = await desk.post("/v1/payments", {**LOST, "metadata": {"line": "7"}})

    assert SuspenseRead.model_validate(kept)
    assert (kept["status"], kept["why"]) == ("suspense", "unknown_account")
    assert (kept["amount_minor"], kept["unapplied_minor"]) == (100_00, 100_00)
    assert kept["metadata"] == {"line": "7"}
    assert [step["kind"] for step in kept["steps"]] == ["received"]
    assert kept["effective_on"] == OPENING
    assert await desk.get(f"/v1/suspense/{kept['id']}") == kept
    assert await desk.read(kept) == kept
    assert await waiting(desk) == [kept]
    (told,) = (await desk.get("/v1/events"))["data"]
    assert (told["type"], told["account_id"], told["payment_id"], told["sequence"]) == (
        "suspense.received", None, kept["id"], 1,
    )  # fmt: skip
    assert told["data"]["amount_minor"] == kept["amount_minor"]


async def test_another_currency_waits_and_the_account_is_left_alone(desk):
    account = await desk.account()
    body = {**LOST, "account_reference": account["reference"], "currency": "EUR"}
    kept = await desk.post("/v1/payments", body)

    assert (kept["status"], kept["why"]) == ("suspense", "other_currency")
    assert (await desk.read(account))["balance"] == account["balance"]
    own = f"/v1/suspense/{kept['id']}/assign"
    status, name, _ = await desk.refused("POST", own, json={"account_id": account["id"]})
    assert (status, name) == (422, "currency-mismatch")
    assert await waiting(desk, status="suspense") == [kept]


async def test_what_can_be_matched_is_posted_whatever_was_to_be_done_otherwise(desk):
    account = await desk.account()
    paid = await desk.pay(account, 100, unmatched="suspense")

    assert paid["status"] == "posted"
    assert await waiting(desk) == []


async def test_the_same_reference_is_the_same_payment(desk):
    kept = await desk.post("/v1/payments", LOST)
    again = await desk.post("/v1/payments", LOST, status=200)
    status, name, problem = await desk.refused(
        "POST", "/v1/payments", json={**LOST, "amount_minor": 1}
    )

    assert again == kept
    assert (status, name, problem["existing_payment_id"]) == (409, "reference-taken", kept["id"])
    account = await desk.account()
    elsewhere = {**LOST, "account_reference": account["reference"]}
    assert (await desk.refused("POST", "/v1/payments", json=elsewhere))[:2] == (409, name)
    posted = await desk.pay(account, 100)
    taken = {**LOST, "reference": posted["reference"]}
    _, name, problem = await desk.refused("POST", "/v1/payments", json=taken)
    assert (name, problem["existing_payment_id"]) == ("reference-taken", posted["id"])


async def test_assigned_it_is_an_ordinary_payment_on_its_own_day(desk):
    account, plan = await desk.opened()
    await desk.at(DUE[0])
    kept = await desk.post("/v1/payments", {**LOST, "metadata": {"line": "7"}})
    await desk.at("2026-02-20")
    assert (await desk.statuses(plan, "2026-02-20"))[1][0] == "missed"
    paid = await desk.post(
        f"/v1/suspense/{kept['id']}/assign", {"account_reference": account["reference"]}
    )

    assert PaymentRead.model_validate(paid)
    assert (paid["id"], paid["reference"]) == (kept["id"], "BANK-1")
    assert (paid["status"], paid["effective_on"]) == ("posted", DUE[0])
    assert paid["metadata"] == {"line": "7"}
    assert (await desk.read(plan))["installments"][0]["status"] == "paid"
    assert await desk.read(kept) == paid
    told = (await desk.get("/v1/events", types="payment.posted", account_id=account["id"]))["data"]
    assert [event["payment_id"] for event in told] == [kept["id"]]
    ended = await desk.get(f"/v1/suspense/{kept['id']}")
    assert (ended["status"], ended["account_id"]) == ("assigned", account["id"])
    assert [step["kind"] for step in ended["steps"]] == ["received", "assigned"]
    assert ended["unapplied_minor"] == 0
    assert await waiting(desk, status="suspense") == []
    assert await waiting(desk, status="assigned") == [ended]
    again = await desk.post("/v1/payments", {**LOST, "metadata": {"line": "7"}}, status=200)
    assert again == paid
    await desk.reverse(paid)
    assert (await desk.read(kept))["status"] == "reversed"
    await desk.books_agree(account)


async def test_it_can_be_assigned_to_another_day(desk):
    account, _ = await desk.opened()
    await desk.at(DUE[0])
    kept = await desk.post("/v1/payments", LOST)
    path, body = f"/v1/suspense/{kept['id']}/assign", {"account_id": account["id"]}

    assert await desk.pointers(path, {**body, "effective_on": "2026-01-01"}) == ["/effective_on"]
    assert await desk.pointers(path, {**body, "effective_on": "2026-02-01"}) == ["/effective_on"]
    paid = await desk.post(path, {**body, "effective_on": "2026-01-20"})
    assert paid["effective_on"] == "2026-01-20"


async def test_it_leaves_once(desk):
    account = await desk.account()
    one = await desk.post("/v1/payments", LOST)
    two = await desk.post("/v1/payments", {**LOST, "reference": "BANK-2"})
    await desk.post(f"/v1/suspense/{one['id']}/assign", {"account_id": account["id"]})
    back = await desk.post(f"/v1/suspense/{two['id']}/refund", {"reference": "RFD-1"})
    again = f"/v1/suspense/{two['id']}/refund"
    assert await desk.post(again, {"reference": "RFD-1"}, status=200) == back

    assert (back["status"], back["unapplied_minor"]) == ("refunded", 0)
    assert back["steps"][1]["reference"] == "RFD-1"
    assert back["steps"][1]["refund_id"].startswith("rfd_")
    for item, was in ((one, "assigned"), (two, "refunded")):
        for act, body in (("assign", {"account_id": account["id"]}), ("refund", {})):
            path = f"/v1/suspense/{item['id']}/{act}"
            status, name, problem = await desk.refused("POST", path, json=body)
            assert (status, name) == (409, "suspense-ended")
            assert problem["suspense_status"] == was
    assert (await desk.post("/v1/payments", {**LOST, "reference": "BANK-2"}, status=200)) == back
    three = await desk.post("/v1/payments", {**LOST, "reference": "BANK-3"})
    taken = f"/v1/suspense/{three['id']}/refund"
    assert (await desk.refused("POST", taken, json={"reference": "RFD-1"}))[1] == "reference-taken"
    assert (await desk.read(account))["balance"]["total_minor"] == 200_00


async def test_two_who_assign_it_at_once_post_it_once(desk):
    accounts = [await desk.account() for _ in range(4)]
    kept = await desk.post("/v1/payments", LOST)
    path = f"/v1/suspense/{kept['id']}/assign"
    answers = await asyncio.gather(
        *(desk.client.post(path, json={"account_id": one["id"]}) for one in accounts)
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    left = [(await desk.read(one))["balance"]["total_minor"] for one in accounts]
    assert sorted(left) == [200_00, 300_00, 300_00, 300_00]


async def test_many_who_send_it_at_once_send_one(desk):
    answers = await asyncio.gather(*(desk.client.post("/v1/payments", json=LOST) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len(await waiting(desk)) == 1


@pytest.mark.parametrize("mode", ["continue", "atomic"])
async def test_a_batch_keeps_what_it_cannot_match(desk, mode):
    account = await desk.account()
    known = await desk.post("/v1/payments", LOST)
    good = {"account_id": account["id"], "amount_minor": 100, "currency": "USD"}
    items = [
        {**good, "reference": "B1", "unmatched": "suspense"},
        LOST,
        {**LOST, "reference": "B2"},
        {**LOST, "reference": "B2"},
        {**good, "reference": "B3", "currency": "EUR", "unmatched": "suspense"},
    ]
    answer = await desk.post("/v1/payments/batch", {"mode": mode, "items": items}, status=200)
    assert PaymentBatchRead.model_validate_json(json.dumps(answer))
    shown = [(one["status"], one["payment"]["status"]) for one in answer["results"]]

    assert shown == [
        (201, "posted"), (200, "suspense"), (201, "suspense"), (200, "suspense"), (201, "suspense"),
    ]  # fmt: skip
    assert answer["results"][1]["payment"] == known
    assert len(await waiting(desk)) == 3
    await desk.books_agree(account)


async def test_a_batch_says_which_unmatched_items_cannot_be(desk):
    account = await desk.account()
    good = {"account_id": account["id"], "amount_minor": 100, "currency": "USD"}
    items = [
        {**LOST, "reference": "B1", "unmatched": "refuse"},
        {**LOST, "reference": "B2", "effective_on": "2199-01-01"},
        {**LOST, "reference": "B3"},
        {**LOST, "reference": "B3", "amount_minor": 1},
        {**good, "reference": "B4"},
        {**LOST, "reference": "B4"},
    ]
    answer = await desk.post("/v1/payments/batch", {"mode": "continue", "items": items}, status=200)
    results = answer["results"]

    assert [one["status"] for one in results] == [404, 422, 201, 409, 201, 409]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/items/1/effective_on"
    assert results[3]["problem"]["existing_payment_id"] == results[2]["payment"]["id"]
    assert results[5]["problem"]["existing_payment_id"] == results[4]["payment"]["id"]


async def test_lists_narrow_and_go_on(desk):
    made = [await desk.post("/v1/payments", {**LOST, "reference": f"BANK-{n}"}) for n in range(3)]
    first = await desk.get("/v1/suspense", limit=2)
    rest = await desk.get("/v1/suspense", limit=2, cursor=first["next_cursor"])

    assert first["data"] + rest["data"] == made
    assert rest["next_cursor"] is None
    assert await waiting(desk, reference="BANK-1") == [made[1]]


async def test_a_clock_moved_back_hides_what_came_later(desk):
    await desk.at("2026-02-01")
    account = await desk.account()
    kept = await desk.post("/v1/payments", LOST)
    await desk.at("2026-02-10")
    await desk.post(f"/v1/suspense/{kept['id']}/refund", {})
    later = await desk.post("/v1/payments", {**LOST, "reference": "BANK-2"})
    await desk.at("2026-02-05")

    assert await waiting(desk) == [kept]
    assert await waiting(desk, status="refunded") == []
    assert (await desk.refused("GET", f"/v1/suspense/{later['id']}"))[0] == 404
    path = f"/v1/suspense/{kept['id']}/assign"
    body = {"account_id": account["id"]}
    assert (await desk.refused("POST", path, json=body))[1] == "clock-behind-facts"


async def test_another_tenant_sees_none_of_it(desk, theirs):
    kept = await desk.post("/v1/payments", LOST)
    own = f"/v1/suspense/{kept['id']}"

    assert (await desk.refused("GET", own, headers=theirs))[0] == 404
    assert (await desk.refused("POST", f"{own}/refund", json={}, headers=theirs))[0] == 404
    assert (await desk.client.get("/v1/suspense", headers=theirs)).json()["data"] == []


async def test_what_cannot_be_assigned(desk):
    kept = await desk.post("/v1/payments", LOST)
    path = f"/v1/suspense/{kept['id']}/assign"

    assert await desk.pointers(path, {}) == ["/account_id"]
    assert (await desk.refused("POST", path, json={"account_reference": "?"}))[0] == 404
    nobody = "pay_01h455vb4pex5vsknk084sn02q"
    assert (await desk.refused("GET", f"/v1/suspense/{nobody}"))[0] == 404
    assert (await desk.refused("POST", f"/v1/suspense/{nobody}/refund", json={}))[0] == 404


async def test_an_atomic_batch_that_is_refused_keeps_nothing(desk):
    items = [LOST, {**LOST, "reference": "B2", "unmatched": "refuse"}]
    batch = {"mode": "atomic", "items": items}
    _, name, problem = await desk.refused("POST", "/v1/payments/batch", json=batch)

    assert name == "batch-refused"
    assert [one["status"] for one in problem["results"]] == [424, 404]
    assert await waiting(desk) == []


async def test_what_is_assigned_to_a_disputed_debt_is_kept_unapplied(desk):
    account = await desk.account()
    hold = {"kind": "dispute", "reason": "contested"}
    await desk.post(f"/v1/accounts/{account['id']}/holds", hold)
    kept = await desk.post("/v1/payments", LOST)
    paid = await desk.post(f"/v1/suspense/{kept['id']}/assign", {"account_id": account["id"]})

    assert (paid["allocations"], paid["unapplied_minor"]) == ([], 100_00)
    await desk.books_agree(account)
