"""One transfer for several accounts: a payment a part, all or none, and back together."""

import pytest

from tests.routers.lives.desk import OPENING

PATH = "/v1/payments/split"


@pytest.fixture
def transfer(desk):
    """Two accounts of 300.00, and a transfer of 100.00 and 50.00 for them, not sent yet."""

    async def transfer(**more):
        await desk.at(OPENING)
        first, second = await desk.account(), await desk.account()
        parts = [
            {"account_id": first["id"], "amount_minor": 100_00},
            {"account_reference": second["reference"], "amount_minor": 50_00},
        ]
        body = {"reference": "BANK/1#x", "currency": "USD", "method": "wire", "parts": parts}
        return first, second, {**body, **more}

    return transfer


async def owed(desk, *accounts):
    return [(await desk.read(one))["balance"]["total_minor"] for one in accounts]


async def test_a_transfer_is_a_payment_a_part(desk, transfer):
    first, second, body = await transfer(metadata={"from": "estate"})
    made = await desk.post(PATH, body)

    assert (made["reference"], made["amount_minor"]) == ("BANK/1#x", 150_00)
    references = [one["reference"] for one in made["payments"]]
    assert references == ["BANK/1#x#1", "BANK/1#x#2"]
    assert {one["method"] for one in made["payments"]} == {"wire"}
    assert await owed(desk, first, second) == [200_00, 250_00]
    for one in made["payments"]:
        assert await desk.read(one) == one
    for one in (first, second):
        await desk.books_agree(one)


async def test_sent_again_it_is_the_same_and_otherwise_refused(desk, transfer):
    first, second, body = await transfer()
    made = await desk.post(PATH, body)

    assert await desk.post(PATH, body, status=200) == made
    fewer = {**body, "parts": body["parts"][:1]}
    more = {**body, "parts": [*body["parts"], body["parts"][0]]}
    for other in (fewer, more, {**body, "method": "ach"}):
        status, name, problem = await desk.refused("POST", PATH, json=other)
        assert (status, name) == (409, "reference-taken")
        assert problem["existing_payment_id"] == made["payments"][0]["id"]
    part = {
        "account_id": first["id"], "reference": "BANK/1#x#1", "amount_minor": 100_00,
        "currency": "USD", "method": "wire",
    }  # fmt: skip
    assert (await desk.refused("POST", "/v1/payments", json=part))[1] == "reference-taken"
    assert await owed(desk, first, second) == [200_00, 250_00]


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"account_reference": "nobody", "amount_minor": 1}, "not-found"),
        ({"account_id": "acc_01h455vb4pex5vsknk084sn02q", "amount_minor": 1}, "not-found"),
        ({"amount_minor": 1}, "invalid-input"),
        ({"account_reference": "INV-1", "amount_minor": 0}, "invalid-input"),
        (
            {
                "account_reference": "INV-1",
                "amount_minor": 1,
                "plan_id": "plan_01h455vb4pex5vsknk084sn02q",
            },
            "not-found",
        ),
    ],
    ids=["unknown reference", "unknown id", "for nobody", "nothing", "no such plan"],
)
async def test_one_part_refused_refuses_all(desk, transfer, part, problem):
    first, second, body = await transfer()
    body["parts"].append(part)

    assert (await desk.refused("POST", PATH, json=body))[1] == problem
    assert await owed(desk, first, second) == [300_00, 300_00]
    assert (await desk.get("/v1/payments", account_id=first["id"]))["data"] == []


async def test_it_goes_back_together_and_once(desk, transfer):
    first, second, body = await transfer()
    body["parts"].append(
        {"account_id": first["id"], "amount_minor": 1_00, "component": "principal"}
    )
    made = await desk.post(PATH, body)
    path = f"{PATH}/BANK%2F1%23x/reversals"
    reversal = {"reason_code": "R01", "reference": "RET-1"}
    gone = await desk.post(path, reversal)

    assert [one["status"] for one in gone["payments"]] == ["reversed"] * 3
    assert {one["undone_by"][0]["reference"] for one in gone["payments"]} == {"RET-1"}
    assert await owed(desk, first, second) == [300_00, 300_00]
    assert await desk.post(path, reversal, status=200) == gone
    assert (await desk.refused("POST", path, json={"reason_code": "R01"}))[1] == "already-reversed"
    other = {**reversal, "reason_code": "R02"}
    assert (await desk.refused("POST", path, json=other))[1] == "reference-taken"
    again = await desk.post(PATH, body, status=200)
    assert [one["id"] for one in again["payments"]] == [one["id"] for one in made["payments"]]
    for one in (first, second):
        await desk.books_agree(one)


async def test_one_part_in_the_way_keeps_all_where_they_are(desk, transfer):
    first, second, body = await transfer()
    made = await desk.post(PATH, body)
    taken = {"amount_minor": 1_00, "reason_code": "10.4"}
    await desk.post(f"/v1/payments/{made['payments'][1]['id']}/chargebacks", taken)
    path = f"{PATH}/BANK%2F1%23x/reversals"

    assert (await desk.refused("POST", path, json={"reason_code": "R01"}))[1] == "payment-returned"
    assert await owed(desk, first, second) == [200_00, 251_00]


async def test_a_part_reversed_by_itself_stays_so(desk, transfer):
    first, second, body = await transfer()
    made = await desk.post(PATH, body)
    await desk.reverse(made["payments"][0])
    gone = await desk.post(f"{PATH}/BANK%2F1%23x/reversals", {"reason_code": "R01"})

    assert [one["status"] for one in gone["payments"]] == ["reversed"] * 2
    assert await owed(desk, first, second) == [300_00, 300_00]


async def test_nothing_of_that_name_was_split(desk):
    account = await desk.account()
    await desk.pay(account, 1_00, reference="X#1")
    missing = await desk.refused("POST", f"{PATH}/X/reversals", json={"reason_code": "R01"})
    assert missing[:2] == (404, "not-found")
