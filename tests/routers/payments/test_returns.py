"""Money that leaves again: charged back on its day, won back as if never, refunded."""

import pytest

from app.schemas.payments.returns import ChargebackRead, ChargebackReversalRead, RefundRead
from tests.routers.lives.desk import DUE
from tests.routers.samples import inlined, operations, published, request_example

NO_PAYMENT = "pay_01h455vb4pex5vsknk084sn02q"


async def charge_back(desk, payment, minor, **more):
    body = {"amount_minor": minor, "reason_code": "10.4", **more}
    return await desk.post(f"/v1/payments/{payment['id']}/chargebacks", body)


async def refund(desk, payment, minor, **more):
    return await desk.post(f"/v1/payments/{payment['id']}/refunds", {"amount_minor": minor, **more})


async def win(desk, chargeback):
    return await desk.post(f"/v1/chargebacks/{chargeback['id']}/reversals", {"reason": "won"})


async def paid(desk, minor, on=DUE[0]):
    account, plan = await desk.opened()
    await desk.at(on)
    return account, plan, await desk.pay(account, minor)


def amounts(plan):
    return [(row["due_on"], row["amount_minor"], row["paid_minor"]) for row in plan["installments"]]


async def test_a_chargeback_joins_the_next_installment(desk):
    account, plan, payment = await paid(desk, 100_00)
    await desk.at("2026-02-10")
    body = {"amount_minor": 60_00, "reason_code": "10.4", "reference": "CB-1"}
    made = await desk.client.post(f"/v1/payments/{payment['id']}/chargebacks", json=body)
    taken = made.json()

    assert made.status_code == 201, made.text
    assert ChargebackRead.model_validate_json(made.content)
    assert taken["id"].startswith("cbk_")
    assert {k: v for k, v in taken.items() if k in body} == body
    assert (taken["payment_id"], taken["effective_on"]) == (payment["id"], "2026-02-10")
    assert taken["payment"] == await desk.read(payment)
    assert taken["payment"]["status"] == "charged_back"
    assert taken["payment"]["account"]["balance"]["total_minor"] == 260_00
    read = await desk.read(plan)
    assert amounts(read) == [
        (DUE[0], 100_00, 100_00), (DUE[1], 160_00, 0), (DUE[2], 100_00, 0),
    ]  # fmt: skip
    assert read["installments"][0]["status"] == "paid"  # the money was there on its day
    ledger = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
    assert (ledger[-1]["kind"], ledger[-1]["amount_minor"]) == ("chargeback", 60_00)
    await desk.books_agree(account)


async def test_a_chargeback_on_its_own_day_reopens_a_paid_row(desk):
    account, plan, payment = await paid(desk, 100_00)
    await charge_back(desk, payment, 100_00)

    assert amounts(await desk.read(plan))[0] == (DUE[0], 200_00, 100_00)
    assert (await desk.read(plan))["standing"] == "due"
    await desk.books_agree(account)


async def test_unapplied_money_stands_in_for_it(desk):
    account, plan, payment = await paid(desk, 350_00)
    before = amounts(await desk.read(plan))
    taken = await charge_back(desk, payment, 30_00)

    assert taken["payment"]["unapplied_minor"] == 20_00
    assert amounts(await desk.read(plan)) == before
    assert (await desk.read(plan))["status"] == "completed"
    assert (await desk.read(account))["status"] == "paid"
    await desk.books_agree(account)


async def test_a_chargeback_won_never_was(desk):
    account, plan, payment = await paid(desk, 300_00)
    await desk.at("2026-02-10")
    before = [await desk.read(one) for one in (account, plan, payment)]
    taken = await charge_back(desk, payment, 200_00)
    assert (await desk.read(plan))["status"] == "active"  # it had been completed
    await desk.at("2026-02-20")
    won = await win(desk, taken)
    await desk.at("2026-02-20")

    assert ChargebackReversalRead.model_validate(won)
    assert won["id"].startswith("rev_")
    assert (won["chargeback_id"], won["reason"]) == (taken["id"], "won")
    (row,) = [
        row
        for row in (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
        if row["kind"] == "reversal"
    ]
    assert row["reverses"] == taken["id"]
    after = [await desk.read(one) for one in (account, plan, payment)]
    for was, now in zip(before, after, strict=True):
        left_out = ("etag", "delinquency", "undone_by")  # the second says the day it was read
        assert {k: v for k, v in now.items() if k not in left_out} == {
            k: v for k, v in was.items() if k not in left_out
        }
    path = f"/v1/chargebacks/{taken['id']}/reversals"
    assert (await desk.refused("POST", path, json={}))[:2] == (409, "already-reversed")
    await desk.books_agree(account)


async def test_a_chargeback_entered_late_counts_from_its_day(desk):
    told = []
    for late in (False, True):
        account, plan, payment = await paid(desk, 100_00)
        if not late:
            await desk.at("2026-02-03")
            await charge_back(desk, payment, 40_00)
        await desk.at("2026-02-20")
        await desk.pay(account, 10_00)
        if late:
            taken = await charge_back(desk, payment, 40_00, effective_on="2026-02-03")
            assert taken["effective_on"] == "2026-02-03"
        await desk.books_agree(account)
        read = await desk.read(plan)
        told.append((amounts(read), read["standing"], (await desk.read(account))["balance"]))

    assert told[0] == told[1]


async def test_a_refund_gives_back_what_lay_unapplied(desk):
    account, plan, payment = await paid(desk, 350_00)
    first = await refund(desk, payment, 20_00, reference="R-1")

    assert RefundRead.model_validate(first)
    assert first["id"].startswith("rfd_")
    assert (first["amount_minor"], first["reference"], first["payment_id"]) == (
        20_00, "R-1", payment["id"],
    )  # fmt: skip
    assert (first["payment"]["status"], first["payment"]["unapplied_minor"]) == (
        "partially_refunded", 30_00,
    )  # fmt: skip
    assert (await refund(desk, payment, 30_00))["payment"]["unapplied_minor"] == 0
    assert (await desk.read(plan))["status"] == "completed"
    path = f"/v1/payments/{payment['id']}/refunds"
    status, name, problem = await desk.refused("POST", path, json={"amount_minor": 1})
    assert (status, name, problem["limit_minor"]) == (409, "exceeds-balance", 0)
    await desk.books_agree(account)


async def test_a_payment_refunded_whole(desk):
    account = await desk.account(balance={})
    payment = await desk.pay(account, 5_00)

    assert (await refund(desk, payment, 5_00))["payment"]["status"] == "refunded"
    await desk.books_agree(account)


async def test_what_went_back_is_at_most_the_payment(desk):
    account, _, payment = await paid(desk, 350_00)
    await refund(desk, payment, 50_00)
    await charge_back(desk, payment, 200_00)
    path = f"/v1/payments/{payment['id']}/chargebacks"
    body = {"amount_minor": 100_01, "reason_code": "10.4"}
    status, name, problem = await desk.refused("POST", path, json=body)

    assert (status, name) == (409, "exceeds-balance")
    assert (problem["limit_minor"], problem["actual_minor"]) == (100_00, 100_01)
    await charge_back(desk, payment, 100_00)
    await desk.books_agree(account)


async def test_a_payment_that_went_back_is_not_reversed_before_it_came_again(desk):
    account, _, payment = await paid(desk, 100_00)
    taken = await charge_back(desk, payment, 40_00)
    path = f"/v1/payments/{payment['id']}/reversals"
    status, name, problem = await desk.refused("POST", path, json={"reason_code": "R01"})

    assert (status, name) == (409, "payment-returned")
    assert (problem["payment_id"], problem["returned_minor"]) == (payment["id"], 40_00)
    await win(desk, taken)
    assert (await desk.reverse(payment))["status"] == "reversed"
    await desk.books_agree(account)


async def test_a_reversals_reference_names_one(desk):
    account, _, first = await paid(desk, 1_00)
    second = await desk.pay(account, 1_00)
    await desk.reverse(first, reference="RET-1")
    path, body = (
        f"/v1/payments/{second['id']}/reversals",
        {"reason_code": "1", "reference": "RET-1"},
    )
    status, name, problem = await desk.refused("POST", path, json=body)

    assert (status, name) == (409, "reference-taken")
    assert problem["existing_reversal_id"].startswith("rev_")


async def test_a_reversed_payment_has_no_money_to_go_back(desk):
    account, _, payment = await paid(desk, 350_00)
    await desk.reverse(payment)
    for what, body in (("chargebacks", {"reason_code": "10.4"}), ("refunds", {})):
        path = f"/v1/payments/{payment['id']}/{what}"
        refused = await desk.refused("POST", path, json={"amount_minor": 1, **body})
        assert refused[:2] == (409, "already-reversed")
    await desk.books_agree(account)


@pytest.mark.parametrize("what", ["chargebacks", "refunds"])
async def test_a_reference_names_one(desk, what):
    account, _, payment = await paid(desk, 350_00)
    path = f"/v1/payments/{payment['id']}/{what}"
    body = {"amount_minor": 1, "reference": "CB-1"}
    body |= {"reason_code": "10.4"} if what == "chargebacks" else {}
    made = await desk.post(path, body)

    assert await desk.post(path, body, status=200) == made
    other = {**body, "amount_minor": 2}
    status, name, problem = await desk.refused("POST", path, json=other)
    assert (status, name) == (409, "reference-taken")
    assert problem[f"existing_{what.removesuffix('s')}_id"] == made["id"]
    key = {"Idempotency-Key": "k-1"}
    first, again = [
        await desk.client.post(path, json={**body, "reference": "CB-2"}, headers=key)
        for _ in range(2)
    ]
    assert (first.status_code, again.content) == (201, first.content)
    await desk.books_agree(account)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"amount_minor": 0}, "/amount_minor", id="nothing"),
        pytest.param({"amount_minor": "1"}, "/amount_minor", id="a string"),
        pytest.param({"amount_minor": 2**53}, "/amount_minor", id="beyond 2^53"),
        pytest.param({"effective_on": "2026-02-01"}, "/effective_on", id="tomorrow"),
        pytest.param({"effective_on": "2026-01-30"}, "/effective_on", id="before the payment"),
        pytest.param({"reference": ""}, "/reference", id="an empty reference"),
        pytest.param({"why": 1}, "/why", id="unknown"),
    ],
)
async def test_malformed_returns(desk, change, pointer):
    _, _, payment = await paid(desk, 350_00)
    path = f"/v1/payments/{payment['id']}"
    given = {"amount_minor": 1, **change}

    assert await desk.pointers(f"{path}/refunds", given) == [pointer]
    assert await desk.pointers(f"{path}/chargebacks", {"reason_code": "1", **given}) == [pointer]
    assert await desk.read(payment) == payment


async def test_a_chargeback_has_a_reason(desk):
    assert await desk.pointers(f"/v1/payments/{NO_PAYMENT}/chargebacks", {"amount_minor": 1}) == [
        "/reason_code"
    ]


async def test_what_nobody_knows_does_not_go_back(desk, theirs):
    _, _, payment = await paid(desk, 350_00)
    taken = await charge_back(desk, payment, 1)
    ours = {
        f"/v1/payments/{payment['id']}/chargebacks": {"amount_minor": 1, "reason_code": "1"},
        f"/v1/payments/{payment['id']}/refunds": {"amount_minor": 1},
        f"/v1/chargebacks/{taken['id']}/reversals": {},
    }
    for path, body in ours.items():
        unknown = path.replace(payment["id"], NO_PAYMENT)
        unknown = unknown.replace(taken["id"], "cbk_01h455vb4pex5vsknk084sn02q")
        assert (await desk.refused("POST", unknown, json=body))[:2] == (404, "not-found")
        assert (await desk.client.post(path, json=body, headers=theirs)).status_code == 404


async def test_the_documents_example_of_a_refund_works(desk):
    document = inlined(published())
    path = "/v1/payments/{payment_id}/refunds"
    operation = next(one for _, where, one in operations(document) if where == path)
    _, _, payment = await paid(desk, 350_00)

    await desk.post(path.format(payment_id=payment["id"]), request_example(operation))
