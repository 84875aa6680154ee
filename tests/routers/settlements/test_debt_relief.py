"""The figures of a 1099-C over HTTP: there while the settlement stands satisfied, else not."""

import pytest

from app.schemas.settlements.form_1099c import DebtReliefRead
from tests.routers.settling import agree, offer, owed, settle


async def figures(desk, settlement, **params):
    path = f"/v1/settlement-offers/{settlement['id']}/debt-relief"
    answer = await desk.client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert DebtReliefRead.model_validate_json(answer.content)
    return answer.json()


async def with_policy(desk, document):
    answer = await desk.client.put("/v1/policies/own", json={"extends": "default", **document})
    assert answer.is_success, answer.text


async def test_nothing_until_it_is_satisfied_and_nothing_after_it_is_taken_back(desk):
    account = await owed(desk)
    settlement = await offer(desk, account)
    before = await figures(desk, settlement)
    assert (before["discharge"], before["told"]) == (None, [])
    account = await owed(desk)
    settlement, payment = await settle(desk, account)
    told = await figures(desk, settlement)
    assert (told["status"], told["as_of"], told["threshold_minor"]) == (
        "satisfied", "2026-01-10", 600_00,
    )  # fmt: skip
    assert told["discharge"] == {
        "forgiven": {
            "principal_minor": 1000_00,
            "interest_minor": 0,
            "fees_minor": 0,
            "penalties_minor": 0,
            "costs_minor": 0,
            "total_minor": 1000_00,
        },
        "discharged_on": "2026-01-10",
        "tax_year": 2026,
        "event_code": "F",
        "reportable": True,
        "form_1099c": False,
        "client_feed": True,
    }
    await desk.reverse(payment)
    gone = await figures(desk, settlement)
    assert (gone["status"], gone["discharge"]) == ("accepted", None)
    assert (await figures(desk, settlement, as_of="2026-01-10"))["discharge"] is None
    await desk.at("2026-02-03")
    await desk.pay(account, 1000_00)
    again = await figures(desk, settlement)
    assert [(one["discharged_on"], one["forgiven_minor"]) for one in again["told"]] == [
        ("2026-01-10", 1000_00), ("2026-01-10", None), ("2026-02-03", 1000_00),
    ]  # fmt: skip
    assert again["discharge"]["discharged_on"] == "2026-02-03"


async def test_the_year_is_that_of_the_last_payment(desk):
    account = await owed(desk)
    settlement = await agree(desk, account)
    await desk.pay(account, 500_00)
    await desk.at("2026-02-28")
    await desk.pay(account, 500_00)

    assert (await figures(desk, settlement))["discharge"]["discharged_on"] == "2026-02-28"
    assert (await figures(desk, settlement, as_of="2026-02-27"))["discharge"] is None


async def test_a_creditor_that_is_an_applicable_entity_files_through_us(desk):
    entity = {"settlement": {"debt_relief": {"applicable_entity": True}}}
    await with_policy(desk, {"effective_from": "2026-01-01", "creditors": {"BANK": entity}})
    ours, _ = await settle(desk, await owed(desk, policy="own"))
    other = {"reference": "SHOP", "name": "Shop"}
    theirs, _ = await settle(desk, await owed(desk, policy="own", creditor=other))

    mine, them = await figures(desk, ours), await figures(desk, theirs)
    assert (mine["applicable_entity"], them["applicable_entity"]) == (True, False)
    assert (mine["discharge"]["form_1099c"], mine["discharge"]["client_feed"]) == (True, False)
    assert (them["discharge"]["form_1099c"], them["discharge"]["client_feed"]) == (False, True)


@pytest.mark.parametrize(("forgiven", "reportable"), [(600_00, True), (599_99, False)])
async def test_the_line(desk, forgiven, reportable):
    settlement, _ = await settle(desk, await owed(desk, 1000_00 + forgiven))

    assert (await figures(desk, settlement))["discharge"]["reportable"] is reportable


async def test_paying_all_discharges_nothing(desk):
    settlement, _ = await settle(desk, await owed(desk, 1000_00))
    told = await figures(desk, settlement)

    assert (told["status"], told["discharge"]) == ("satisfied", None)
    assert told["told"] == []  # no discharge was ever told, so there is nothing to correct


async def test_a_discharge_that_was_told_is_taken_back_where_nothing_is_forgiven_any_more(desk):
    account = await owed(desk, 1500_00)
    settlement, payment = await settle(desk, account)
    await desk.reverse(payment)
    await desk.at("2026-01-12")
    waived = {"component": "principal", "amount_minor": 500_00, "reason": "in dispute"}
    await desk.post(f"/v1/accounts/{account['id']}/adjustments", waived)
    await desk.pay(account, 1000_00, effective_on="2026-01-11")
    told = await figures(desk, settlement)

    assert (told["status"], told["discharge"]) == ("satisfied", None)
    assert [one["forgiven_minor"] for one in told["told"]] == [500_00, None]


async def test_no_settlement_by_that_id(desk):
    unknown = "set_01h455vb4pex5vsknk084sn02q"
    refused = await desk.refused("GET", f"/v1/settlement-offers/{unknown}/debt-relief")

    assert refused[:2] == (404, "not-found")
