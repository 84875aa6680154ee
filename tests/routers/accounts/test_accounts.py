"""Accounts: placed once, read as of any day, amended, and their books opened to anybody's check."""

import pytest

from app.schemas.accounts.accounts import AccountRead
from tests.routers.lives.desk import OPENING

BODY = {
    "reference": "INV-2026-0042",
    "currency": "USD",
    "product": "closed_end",
    "opened_on": "2024-03-01",
    "balance": {
        "principal_minor": 118000,
        "interest_minor": 1500,
        "fees_minor": 500,
        "penalties_minor": 0,
        "costs_minor": 0,
    },
    "past_due_minor": 118000,
    "effective_on": "2026-01-05",
    "validation_ends_on": "2026-02-10",
    "delinquent_since_on": "2025-12-15",
    "charged_off_on": None,
    "debtor": {
        "reference": "CUST-77",
        "name": "Jane Doe",
        "email": None,
        "phone": "+1 512 555 0100",
        "time_zone": "America/Chicago",
        "region": "US-TX",
        "language": "en",
    },
    "creditor": {"reference": "CRED-9", "name": "Prairie Telecom"},
    "policy": "default",
    "placement_batch": "ACME 2026-01",
    "metadata": {"any": "string"},
}


def without_id(person):
    return {name: value for name, value in person.items() if name != "id"}


async def test_an_account_says_what_was_sent_and_how_it_stands(desk):
    await desk.at(OPENING)
    made = await desk.client.post("/v1/accounts", json=BODY)
    account = made.json()

    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/accounts/{account['id']}"
    assert made.headers["etag"] == account["etag"]
    balance = account.pop("balance")
    assert balance == {**BODY["balance"], "total_minor": 120000}
    people = {role: without_id(account[role]) for role in ("debtor", "creditor")}
    assert {k: v for k, v in {**account, **people}.items() if k in BODY} == {
        k: v for k, v in BODY.items() if k != "balance"
    }
    assert account["status"] == "open"
    assert account["unapplied_minor"] == 0
    assert account["first_delinquency_on"] == account["reported_since_on"] == "2025-12-15"
    assert account["delinquency"]["past_due_days"] == 26
    assert account["delinquency"]["contract"] == {"since_on": "2025-12-15", "days": 26}
    assert account["active_plan_id"] is None
    assert AccountRead.model_validate_json(made.content)
    assert (await desk.read(account)) == {**account, "balance": balance}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"reference": ""}, "/reference", id="no reference"),
        pytest.param({"currency": "usd"}, "/currency", id="currency in small letters"),
        pytest.param({"product": "boat"}, "/product", id="no such product"),
        pytest.param({"balance": {"principal_minor": -1}}, "/balance/principal_minor", id="minus"),
        pytest.param({"balance": {"fees_minor": 1.0}}, "/balance/fees_minor", id="a float"),
        pytest.param({"balance": {"costs_minor": "1"}}, "/balance/costs_minor", id="a string"),
        pytest.param({"balance": {"tips_minor": 1}}, "/balance/tips_minor", id="no such component"),
        pytest.param(
            {"balance": {"fees_minor": 2**53 - 1, "costs_minor": 1}}, "/balance", id="too much"
        ),
        pytest.param({"effective_on": "2026-01-11"}, "/effective_on", id="placed tomorrow"),
        pytest.param({"effective_on": "2026-02-30"}, "/effective_on", id="no such day"),
        pytest.param({"opened_on": "0202-01-31"}, "/opened_on", id="a slip of the keyboard"),
        pytest.param({"opened_on": "2026-01-06"}, "/opened_on", id="opened after placement"),
        pytest.param({"past_due_minor": 120001}, "/past_due_minor", id="past due beyond balance"),
        pytest.param({"past_due_minor": 0}, "/delinquent_since_on", id="late with nothing due"),
        pytest.param({"policy": "mine"}, "/policy", id="no such policy"),
        pytest.param({"debtor": {"time_zone": "Mars"}}, "/debtor/time_zone", id="no such zone"),
        pytest.param({"debtor": {"shoe_size": 9}}, "/debtor/shoe_size", id="unknown field"),
        pytest.param({"creditor": {"email": "a@b.c"}}, "/creditor/email", id="not of a creditor"),
        pytest.param({"metadata": {"a": 1}}, "/metadata/a", id="metadata is strings"),
        pytest.param({"colour": "red"}, "/colour", id="unknown at the top"),
    ],
)
async def test_what_cannot_be_placed(desk, change, pointer):
    await desk.at(OPENING)

    assert await desk.pointers("/v1/accounts", {**BODY, **change}) == [pointer]
    assert (await desk.get("/v1/accounts"))["data"] == []


async def test_a_reference_names_one_account(desk):
    first = await desk.account(reference="R")

    status, name, problem = await desk.refused(
        "POST", "/v1/accounts", json={**BODY, "reference": "R", "effective_on": None}
    )
    assert (status, name) == (409, "reference-taken")
    assert problem["existing_account_id"] == first["id"]


async def test_before_its_placement_there_is_no_account(desk):
    await desk.at(OPENING)
    account = await desk.account(effective_on="2026-01-05")
    path = f"/v1/accounts/{account['id']}"

    status, name, problem = await desk.refused("GET", path, params={"as_of": "2026-01-04"})
    assert (status, name, problem["key"]) == (404, "not-found", account["id"])
    assert (await desk.read(account, as_of="2026-01-05"))["delinquency"]["as_of"] == "2026-01-05"
    later = await desk.read(account, as_of="2026-02-05")
    assert (later["delinquency"]["past_due_days"], later["delinquency"]["bucket"]) == (31, "30-59")


async def test_lists_narrow_and_go_on_from_page_to_page(desk):
    await desk.at(OPENING)
    mine = {"debtor": {"reference": "CUST-1"}}
    made = [await desk.account(**(mine if n % 2 else {})) for n in range(5)]
    await desk.pay(made[0], 300_00)

    async def ids(**asked):
        return [one["id"] for one in (await desk.get("/v1/accounts", **asked))["data"]]

    assert await ids() == [one["id"] for one in made]
    assert await ids(debtor_reference="CUST-1") == [made[1]["id"], made[3]["id"]]
    assert await ids(reference=made[2]["reference"]) == [made[2]["id"]]
    assert await ids(status="paid") == [made[0]["id"]]
    assert await ids(status="closed") == []
    assert await ids(bucket="180+") == []
    first = await desk.get("/v1/accounts", limit=3)
    rest = await desk.get("/v1/accounts", limit=3, cursor=first["next_cursor"])
    assert [one["id"] for one in first["data"] + rest["data"]] == [one["id"] for one in made]
    assert rest["next_cursor"] is None


async def test_people_and_labels_are_amended_and_the_rest_stays(desk):
    account = await desk.account(
        debtor=BODY["debtor"], creditor=BODY["creditor"], metadata={"a": "b"}
    )
    path = f"/v1/accounts/{account['id']}"

    changed = await desk.client.patch(
        path,
        json={"debtor": {"phone": "555"}, "creditor": {"name": "New"}, "metadata": {"c": "d"}},
        headers={"If-Match": account["etag"]},
    )
    now = changed.json()

    assert changed.status_code == 200
    assert without_id(now["debtor"]) == {**BODY["debtor"], "phone": "555"}
    assert without_id(now["creditor"]) == {**BODY["creditor"], "name": "New"}
    assert now["metadata"] == {"c": "d"}
    assert now["etag"] == changed.headers["etag"] != account["etag"]
    assert await desk.read(account) == now
    stale = await desk.refused("PATCH", path, json={}, headers={"If-Match": account["etag"]})
    assert stale[:2] == (412, "etag-mismatch")
    assert stale[2]["current_etag"] == now["etag"]
    other = {"creditor": {"reference": "CRED-2"}}
    assert await desk.pointers(path, other, method="PATCH") == ["/creditor/reference"]
    assert await desk.pointers(path, {"currency": "EUR"}, method="PATCH") == ["/currency"]


async def test_a_debtor_without_a_reference_is_amended_too(desk):
    account = await desk.account(debtor={"name": "Jane Doe", "language": "en"})
    changed = await desk.client.patch(
        f"/v1/accounts/{account['id']}", json={"debtor": {"language": "es"}}
    )

    assert changed.json()["debtor"]["name"] == "Jane Doe"
    assert changed.json()["debtor"]["language"] == "es"


async def test_the_ledger_and_the_timeline_tell_everything_in_order(desk):
    account, _ = await desk.opened()
    payment = await desk.pay(account, 100_00)
    await desk.reverse(payment)
    path = f"/v1/accounts/{account['id']}"

    rows = (await desk.get(f"{path}/ledger"))["data"]
    assert [row["kind"] for row in rows] == ["placement", "payment", "reversal"]
    assert [row["amount_minor"] for row in rows] == [300_00, -100_00, 100_00]
    assert [row["balance_after_minor"] for row in rows] == [300_00, 200_00, 300_00]
    assert rows[2]["reverses"] == rows[1]["payment_id"] == payment["id"]
    assert rows[2]["reason"] == "R01"
    first = await desk.get(f"{path}/ledger", limit=2)
    rest = await desk.get(f"{path}/ledger", limit=2, cursor=first["next_cursor"])
    assert first["data"] + rest["data"] == rows

    told = (await desk.get(f"{path}/timeline", limit=200))["data"]
    assert [event["sequence"] for event in told] == list(range(1, len(told) + 1))
    assert {"account.created", "plan.created", "payment.posted", "payment.reversed"} <= {
        event["type"] for event in told
    }
    first = await desk.get(f"{path}/timeline", limit=2)
    rest = await desk.get(f"{path}/timeline", limit=200, cursor=first["next_cursor"])
    assert first["data"] + rest["data"] == told
    await desk.books_agree(account)


async def test_who_acted_is_in_the_ledger(desk):
    account = await desk.account()
    charge = {"kind": "fee", "amount_minor": 5, "reason": "letter"}
    path = f"/v1/accounts/{account['id']}"
    await desk.client.post(f"{path}/charges", json=charge, headers={"Accord-Actor": "agent-17"})

    last = (await desk.get(f"{path}/ledger"))["data"][-1]
    assert (last["actor"], last["reason"]) == ("agent-17", "letter")


GOOD = {"currency": "USD", "balance": {"principal_minor": 100}}
BAD = {"reference": "X", "currency": "USD", "balance": {"principal_minor": "100"}}


async def test_a_batch_places_those_it_can(desk):
    known = await desk.account(reference="KNOWN")
    items = [
        {**GOOD, "reference": "B1"},
        BAD,
        {**GOOD, "reference": "KNOWN"},
        {**GOOD, "reference": "B1"},
        {**GOOD, "reference": "B2", "policy": "nobody's"},
        "nonsense",
        {**GOOD, "reference": "B3"},
    ]
    answer = await desk.post("/v1/accounts/batch", {"mode": "continue", "items": items}, status=200)
    results = answer["results"]

    assert [one["status"] for one in results] == [201, 422, 409, 409, 422, 422, 201]
    assert [one["reference"] for one in (await desk.get("/v1/accounts"))["data"]] == [
        "KNOWN", "B1", "B3",
    ]  # fmt: skip
    assert results[0]["account"] == await desk.read(results[0]["account"])
    assert results[2]["problem"]["existing_account_id"] == known["id"]
    assert [one["problem"]["errors"][0]["pointer"] for one in results if one["status"] == 422] == [
        "/items/1/balance/principal_minor", "/items/4/policy", "/items/5",
    ]  # fmt: skip


async def test_an_atomic_batch_with_a_refused_item_stores_nothing(desk):
    items = [{**GOOD, "reference": "B1"}, BAD, {**GOOD, "reference": "B2"}]
    status, name, problem = await desk.refused(
        "POST", "/v1/accounts/batch", json={"mode": "atomic", "items": items}
    )

    assert (status, name) == (409, "batch-refused")
    assert [one["status"] for one in problem["results"]] == [424, 422, 424]
    assert problem["results"][1]["problem"]["errors"][0]["pointer"].startswith("/items/1/")
    assert (await desk.get("/v1/accounts"))["data"] == []
    done = await desk.post(
        "/v1/accounts/batch", {"mode": "atomic", "items": items[::2]}, status=200
    )
    assert [one["status"] for one in done["results"]] == [201, 201]


@pytest.mark.parametrize("name", ["reference", "debtor_reference", "status", "bucket", "cursor"])
async def test_malformed_questions(desk, name):
    status, _, problem = await desk.refused("GET", "/v1/accounts", params={name: "a\0b"})

    assert (status, problem["errors"][0]["pointer"]) == (422, f"?{name}")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"mode": "atomic", "items": []}, "/items", id="nothing in it"),
        pytest.param({"mode": "maybe", "items": [GOOD]}, "/mode", id="no such mode"),
        pytest.param({"mode": "atomic", "items": [GOOD] * 1001}, "/items", id="too many"),
        pytest.param({"mode": "atomic", "items": {}}, "/items", id="not a list"),
    ],
)
async def test_what_is_no_batch(desk, body, pointer):
    assert await desk.pointers("/v1/accounts/batch", body) == [pointer]


async def test_on_a_clock_moved_back_later_facts_are_hidden_and_commands_wait(desk):
    await desk.at("2026-01-10")
    account = await desk.account()
    await desk.at("2026-01-20")
    await desk.pay(account, 100_00)
    late = await desk.account()
    await desk.at("2026-01-15")

    assert (await desk.read(account))["balance"]["total_minor"] == 300_00
    path = f"/v1/accounts/{account['id']}"
    assert len((await desk.get(f"{path}/ledger"))["data"]) == 1
    told = (await desk.get(f"{path}/timeline"))["data"]
    assert "payment.posted" not in [event["type"] for event in told]
    assert [one["id"] for one in (await desk.get("/v1/accounts"))["data"]] == [account["id"]]
    hidden = await desk.refused("GET", f"/v1/accounts/{late['id']}")
    assert hidden[:2] == (404, "not-found")
    charge = {"kind": "fee", "amount_minor": 1}
    status, name, problem = await desk.refused("POST", f"{path}/charges", json=charge)
    assert (status, name) == (409, "clock-behind-facts")
    assert (problem["business_date"], problem["latest_business_date"]) == (
        "2026-01-15", "2026-01-20",
    )  # fmt: skip
    await desk.at("2026-01-20")
    assert (await desk.read(account))["balance"]["total_minor"] == 200_00
