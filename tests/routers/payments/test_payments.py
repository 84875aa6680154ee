"""Payments: split once, safe to send again, at home in the past, and gone when reversed."""

import asyncio

import pytest

from app.schemas.payments.payments import PaymentListed, PaymentRead
from tests.routers.lives.desk import DUE, OPENING


def lines(payment):
    return [
        (line["component"], line["cell"], line["amount_minor"], line["rule"])
        for line in payment["allocations"]
    ]


async def test_a_payment_goes_over_the_plan_oldest_first(desk):
    account, plan = await desk.opened()
    await desk.at(DUE[1])
    payment = await desk.pay(account, 250_00)
    rows = (await desk.read(plan))["installments"]

    assert lines(payment) == [
        ("principal", "principal", 100_00, "past_due_oldest_first"),
        ("principal", "principal", 100_00, "due_today"),
        ("principal", "principal", 50_00, "in_advance_next"),
    ]
    assert [line["installment_id"] for line in payment["allocations"]] == [r["id"] for r in rows]
    assert [row["paid_late_minor"] for row in rows] == [100_00, 0, 0]
    assert [row["paid_in_advance_minor"] for row in rows] == [0, 0, 50_00]
    assert payment["account"]["balance"]["total_minor"] == 50_00
    assert payment["plan"] == {
        "id": plan["id"],
        "status": "active",
        "paid_minor": 250_00,
        "outstanding_minor": 50_00,
        "next_due_on": DUE[2],
    }
    await desk.books_agree(account)


async def test_off_a_plan_components_are_paid_in_the_policys_order(desk):
    account = await desk.account(
        balance={"principal_minor": 100, "interest_minor": 20, "fees_minor": 5, "costs_minor": 3}
    )
    payment = await desk.pay(account, 150)

    assert [(line["component"], line["amount_minor"]) for line in payment["allocations"]] == [
        ("costs", 3), ("fees", 5), ("interest", 20), ("principal", 100),
    ]  # fmt: skip
    assert {line["cell"] for line in payment["allocations"]} == {None}
    assert payment["plan"] is None
    assert payment["unapplied_minor"] == 22
    await desk.books_agree(account)


async def test_the_answer_is_what_its_schema_says_byte_for_byte(desk):
    account, plan = await desk.opened()
    body = {
        "account_reference": account["reference"],
        "reference": "P-1",
        "amount_minor": 350_00,
        "currency": "USD",
        "method": "ach",
        "future": "last",
        "plan_id": plan["id"],
        "metadata": {"batch": "7"},
    }
    posted = await desk.client.post("/v1/payments", json=body)
    read = await desk.client.get(f"/v1/payments/{posted.json()['id']}")
    listed = (await desk.get("/v1/payments"))["data"][0]

    assert posted.status_code == 201
    assert posted.headers["location"] == f"/v1/payments/{posted.json()['id']}"
    assert PaymentRead.model_validate_json(posted.content).model_dump_json().encode() == (
        posted.content
    )
    assert read.json() == posted.json()
    assert listed.keys() == set(PaymentListed.model_fields)
    assert {k: v for k, v in posted.json().items() if k in listed} == listed
    assert {k: v for k, v in posted.json().items() if k in body} == {
        k: v for k, v in body.items() if k != "account_reference"
    }


async def test_a_reference_sent_again_answers_the_payment_as_it_stands(desk):
    account = await desk.account()
    first = await desk.pay(account, 100, reference="P-1", metadata={"a": "1"})
    again = await desk.pay(account, 100, reference="P-1", metadata={"a": "2"}, status=200)
    assert again == first
    await desk.reverse(first)

    since = await desk.pay(account, 100, reference="P-1", status=200)
    assert since["status"] == "reversed"
    assert since["allocations"] == []
    assert (await desk.read(account))["balance"]["total_minor"] == 300_00


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"amount_minor": 101}, id="another amount"),
        pytest.param({"method": "cash"}, id="another method"),
        pytest.param({"effective_on": OPENING}, id="a date where none was sent"),
        pytest.param({"currency": "EUR"}, id="another currency"),
    ],
)
async def test_a_reference_with_other_content_is_refused(desk, change):
    await desk.at(OPENING)
    account = await desk.account()
    body = {
        "account_id": account["id"], "reference": "P-1", "amount_minor": 100, "currency": "USD",
    }  # fmt: skip
    first = await desk.post("/v1/payments", body)

    status, name, problem = await desk.refused("POST", "/v1/payments", json={**body, **change})
    assert (status, name) == (409, "reference-taken")
    assert problem["existing_payment_id"] == first["id"]


async def test_one_reference_at_once_posts_once(desk):
    account = await desk.account()
    body = {
        "account_id": account["id"], "reference": "P-1", "amount_minor": 100, "currency": "USD",
    }  # fmt: skip
    answers = await asyncio.gather(*(desk.client.post("/v1/payments", json=body) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await desk.read(account))["balance"]["total_minor"] == 299_00
    await desk.books_agree(account)


async def test_one_reference_at_once_for_two_debts_is_posted_on_one(desk):
    debts = [await desk.account() for _ in range(6)]
    bodies = [
        {"account_id": debt["id"], "reference": "P-1", "amount_minor": 100, "currency": "USD"}
        for debt in debts
    ]
    answers = await asyncio.gather(*(desk.client.post("/v1/payments", json=b) for b in bodies))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 201
    assert set(statuses[1:]) <= {409, 503}
    assert len((await desk.get("/v1/payments"))["data"]) == 1


async def test_money_dated_in_the_past_changes_what_was_missed(desk):
    account, plan = await desk.opened()
    await desk.at("2026-02-10")
    assert await desk.statuses(plan, "2026-02-10") == (
        "delinquent", ["missed", "upcoming", "upcoming"],
    )  # fmt: skip
    late = await desk.pay(account, 40_00)
    await desk.pay(account, 60_00, on="2026-02-04")

    assert await desk.statuses(plan, "2026-02-04") == ("in_grace", ["overdue"] + ["upcoming"] * 2)
    assert await desk.statuses(plan, "2026-02-10") == ("current", ["paid"] + ["upcoming"] * 2)
    backdated = await desk.pay(account, 40_00, on="2026-01-31")
    assert [line["generation"] for line in backdated["allocations"]] == [1]
    moved = await desk.read(late)
    assert moved["allocations"][0]["generation"] == 2
    assert lines(moved) == [("principal", "principal", 40_00, "in_advance_next")]
    assert await desk.statuses(plan, "2026-02-05") == ("current", ["paid"] + ["upcoming"] * 2)
    await desk.books_agree(account)


async def test_a_reversal_leaves_everything_as_if_never_paid(desk):
    account, plan = await desk.opened()
    await desk.at("2026-02-04")
    kept = await desk.pay(account, 30_00, on="2026-01-31")
    before = await desk.read(account), await desk.read(plan)
    gone = await desk.pay(account, 100_00, on="2026-01-31")
    reversal = await desk.reverse(gone, reference="RET-1")
    after = await desk.read(account), await desk.read(plan)

    assert reversal["id"] == gone["id"]
    assert (reversal["status"], reversal["allocations"]) == ("reversed", [])
    for was, now in zip(before, after, strict=True):
        assert {**now, "etag": ""} == {**was, "etag": ""}
    assert (await desk.read(kept))["allocations"] == kept["allocations"]
    again = await desk.refused(
        "POST", f"/v1/payments/{gone['id']}/reversals", json={"reason_code": "R01"}
    )
    assert again[:2] == (409, "already-reversed")
    row = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"][-1]
    assert (row["effective_on"], row["business_date"]) == ("2026-01-31", "2026-02-04")
    await desk.books_agree(account)


async def test_a_reversal_takes_back_a_completion(desk):
    account, plan = await desk.opened()
    payment = await desk.pay(account, 300_00)
    assert payment["plan"]["status"] == "completed"
    assert (await desk.read(account))["status"] == "paid"
    await desk.reverse(payment)

    assert (await desk.read(plan))["status"] == "active"
    assert (await desk.read(account))["active_plan_id"] == plan["id"]
    await desk.books_agree(account)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"amount_minor": 0}, "/amount_minor", id="nothing"),
        pytest.param({"amount_minor": "100"}, "/amount_minor", id="a string"),
        pytest.param({"amount_minor": 1.5}, "/amount_minor", id="a float"),
        pytest.param({"amount_minor": 2**53}, "/amount_minor", id="too much"),
        pytest.param({"currency": "XYZ"}, "/currency", id="no such currency"),
        pytest.param({"effective_on": "2026-01-11"}, "/effective_on", id="tomorrow"),
        pytest.param({"effective_on": "2026-01-09"}, "/effective_on", id="before placement"),
        pytest.param({"method": "gold"}, "/method", id="no such method"),
        pytest.param({"future": "never"}, "/future", id="no such rule"),
        pytest.param({"account_id": None}, "/account_id", id="for which account?"),
        pytest.param({"account_reference": "INV-1"}, "/account_id", id="for which of the two?"),
        pytest.param({"reference": None}, "/reference", id="no reference"),
        pytest.param({"tip": 1}, "/tip", id="unknown"),
    ],
)
async def test_malformed_payments(desk, change, pointer):
    await desk.at(OPENING)
    account = await desk.account()
    body = {"account_id": account["id"], "reference": "P", "amount_minor": 1, "currency": "USD"}

    assert await desk.pointers("/v1/payments", {**body, **change}) == [pointer]
    assert (await desk.get("/v1/payments"))["data"] == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            {"account_id": "acc_01h455vb4pex5vsknk084sn02q"}, (404, "not-found"), id="no account"
        ),
        pytest.param(
            {"account_id": None, "account_reference": "?"}, (404, "not-found"), id="no reference"
        ),
        pytest.param(
            {"plan_id": "plan_01h455vb4pex5vsknk084sn02q"}, (404, "not-found"), id="no plan"
        ),
        pytest.param({"currency": "EUR"}, (422, "currency-mismatch"), id="another currency"),
    ],
)
async def test_what_is_not_posted(desk, change, expected):
    account = await desk.account()
    body = {"account_id": account["id"], "reference": "P", "amount_minor": 1, "currency": "USD"}

    assert (await desk.refused("POST", "/v1/payments", json={**body, **change}))[:2] == expected


async def test_an_idempotency_key_brings_the_same_bytes_back(desk):
    account = await desk.account()
    body = {"account_id": account["id"], "reference": "P", "amount_minor": 1, "currency": "USD"}
    key = {"Idempotency-Key": "k-1"}
    first, second = [
        await desk.client.post("/v1/payments", json=body, headers=key) for _ in range(2)
    ]

    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert (await desk.read(account))["balance"]["total_minor"] == 299_99


async def test_lists_narrow_and_go_on(desk):
    await desk.at(OPENING)
    one, two = await desk.account(), await desk.account()
    await desk.at("2026-01-20")
    made = [await desk.pay(one, 1, on=f"2026-01-{11 + n}") for n in range(4)]
    made.append(await desk.pay(two, 1))
    await desk.reverse(made[0])

    async def ids(**asked):
        return [payment["id"] for payment in (await desk.get("/v1/payments", **asked))["data"]]

    def among(*numbers):
        return [made[n]["id"] for n in numbers]

    assert await ids() == among(0, 1, 2, 3, 4)
    assert await ids(account_id=two["id"]) == among(4)
    assert await ids(reference=made[2]["reference"]) == among(2)
    assert await ids(status="reversed") == among(0)
    assert await ids(**{"from": "2026-01-12", "to": "2026-01-13"}) == among(1, 2)
    first = await desk.get("/v1/payments", limit=3)
    rest = await desk.get("/v1/payments", limit=3, cursor=first["next_cursor"])
    assert [p["id"] for p in first["data"] + rest["data"]] == among(0, 1, 2, 3, 4)


async def test_a_batch_posts_those_it_can(desk):
    account = await desk.account()
    known = await desk.pay(account, 100, reference="KNOWN")
    good = {"account_reference": account["reference"], "amount_minor": 100, "currency": "USD"}
    items = [
        {**good, "reference": "B1"},
        {**good, "reference": "B1"},
        {**good, "reference": "B1", "amount_minor": 101},
        {**good, "reference": "KNOWN"},
        {**good, "reference": "B2", "amount_minor": "100"},
        {**good, "reference": "B3", "account_reference": "?"},
        {**good, "reference": "B4", "currency": "EUR"},
        {**good, "reference": "B5", "effective_on": "2199-01-01"},
        {**good, "reference": "B6", "account_reference": "?", "unmatched": "suspense"},
        {**good, "reference": "B7"},
    ]
    answer = await desk.post("/v1/payments/batch", {"mode": "continue", "items": items}, status=200)
    results = answer["results"]

    statuses = [201, 200, 409, 409, 422, 404, 422, 422, 201, 201]
    assert [one["status"] for one in results] == statuses
    assert results[0]["payment"]["id"] == results[1]["payment"]["id"]
    assert results[2]["problem"]["existing_payment_id"] == results[0]["payment"]["id"]
    assert results[3]["problem"]["existing_payment_id"] == known["id"]
    assert results[7]["problem"]["errors"][0]["pointer"] == "/items/7/effective_on"
    assert PaymentRead.model_validate(results[9]["payment"])
    assert (await desk.read(account))["balance"]["total_minor"] == 297_00
    await desk.books_agree(account)


async def test_an_atomic_batch_with_a_refused_item_posts_nothing(desk):
    account = await desk.account()
    good = {"account_id": account["id"], "amount_minor": 100, "currency": "USD"}
    items = [{**good, "reference": "B1"}, {**good, "reference": "B2", "currency": "EUR"}]
    batch = {"mode": "atomic", "items": items}

    status, name, problem = await desk.refused("POST", "/v1/payments/batch", json=batch)
    assert (status, name) == (409, "batch-refused")
    assert [one["status"] for one in problem["results"]] == [424, 422]
    assert (await desk.get("/v1/payments"))["data"] == []
    assert (await desk.read(account))["balance"] == account["balance"]
    await desk.post("/v1/payments/batch", {"mode": "atomic", "items": items[:1]}, status=200)
    await desk.books_agree(account)
