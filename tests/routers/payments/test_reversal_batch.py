"""Many debits come back at once: by id or reference, each with its own result."""

import pytest

from tests.routers.lives.desk import OPENING

PATH = "/v1/payments/reversals/batch"


@pytest.fixture
async def paid(desk):
    await desk.at(OPENING)
    account = await desk.account()
    return account, [await desk.pay(account, 10_00) for _ in range(4)]


async def batch(desk, items, mode="continue", status=200):
    return (await desk.post(PATH, {"mode": mode, "items": items}, status=status))["results"]


async def test_each_has_its_result_and_what_its_code_says(desk, paid):
    account, payments = paid
    items = [
        {"payment_reference": payments[0]["reference"], "reason_code": "AM04",
         "return_fee_minor": 3_00, "reference": "RET-1"},
        {"payment_id": payments[1]["id"], "reason_code": "R01"},
        {"payment_reference": "nobody's", "reason_code": "R01"},
        {"payment_id": payments[2]["id"], "reason_code": "MD06", "return_fee_minor": 1},
        {"payment_id": payments[3]["id"], "reason_code": "R01", "amount_minor": 9_99},
        {"reason_code": "R01"},
    ]  # fmt: skip
    results = await batch(desk, items)

    assert [one["status"] for one in results] == [201, 201, 404, 409, 422, 422]
    first, second = results[0]["payment"], results[1]["payment"]
    assert first["sepa_return"]["follows"] == "new_collection"
    assert (first["ach_return"], first["return_fee"]["amount_minor"]) == (None, 3_00)
    assert (second["ach_return"]["code"], second["sepa_return"]) == ("R01", None)
    assert results[2]["problem"]["key"] == "nobody's"
    assert results[3]["problem"]["type"] == "/problems/return-fee-barred"
    assert results[4]["problem"]["errors"][0]["pointer"] == "/items/4/amount_minor"
    now = await desk.read(account)
    assert now["balance"]["total_minor"] == 300_00 - 20_00 + 3_00
    await desk.books_agree(account)
    again = await batch(desk, items[:1])
    assert [one["status"] for one in again] == [200]
    assert again[0]["payment"]["return_fee"] == first["return_fee"]


async def test_an_atomic_batch_with_a_refusal_reverses_nothing(desk, paid):
    account, payments = paid
    items = [
        {"payment_id": payments[0]["id"], "reason_code": "R01", "return_fee_minor": 3_00},
        {"payment_reference": "nobody's", "reason_code": "R01"},
    ]
    body = {"mode": "atomic", "items": items}
    status, name, document = await desk.refused("POST", PATH, json=body)

    assert (status, name) == (409, "batch-refused")
    assert [one["status"] for one in document["results"]] == [424, 404]
    assert (await desk.read(payments[0]))["status"] == "posted"
    await desk.books_agree(account)


async def test_a_fee_that_is_refused_leaves_the_payment_posted(desk, paid):
    account, payments = paid
    await desk.post(f"/v1/accounts/{account['id']}/holds", {
        "kind": "bankruptcy", "starts_on": OPENING, "reason": "r"})  # fmt: skip
    items = [{"payment_id": payments[0]["id"], "reason_code": "R01", "return_fee_minor": 3_00}]
    (result,) = await batch(desk, items)
    assert (result["status"], result["problem"]["type"]) == (409, "/problems/account-on-hold")
    assert (await desk.read(payments[0]))["status"] == "posted"
    await desk.books_agree(account)


async def test_how_many_there_may_be(desk):
    items = [{"payment_reference": f"X-{n}", "reason_code": "R01"} for n in range(201)]
    assert await desk.pointers(PATH, {"mode": "continue", "items": items}) == ["/items"]


async def test_the_codes_of_sepa_are_listed(desk):
    codes = (await desk.get("/v1/sepa-returns/codes"))["codes"]
    assert {"AM04", "MD06", "MS03"} <= {one["code"] for one in codes}
    assert [one["code"] for one in codes if one["fee"]] == ["AM04"]
