"""Templates over HTTP: saved in versions, refused with each defect, tried on an account."""

import pytest

from tests.routers.lives.desk import OPENING

WORDS = {
    "subject": "Due {{ installment.due_on }}",
    "text": "{{ person.name }}: {{ installment.open }}, {{ given.note }}\n{{ disclosures.opt_out }}"
    "\n{{ disclosures.collector_identity }}\n\n{{ disclosures.time_barred }}\n",
}
BODY = {
    "channel": "email", "purpose": "reminder", "asks_for_money": True,
    "locales": {"en-US": WORDS}, "sample": {"given.note": "call Ann"},
}  # fmt: skip
KEY = "/v1/templates/due_reminder"


@pytest.fixture
async def boss(desk, staff):
    await desk.at(OPENING)
    return await staff("supervisor", "boss-1")


async def test_a_version_says_the_same_for_ever(desk, boss):
    shipped = await desk.get(KEY)
    assert (shipped["version"], shipped["shipped"], shipped["actor"]) == (0, True, None)

    first = await boss.put(KEY, BODY, status=201)
    assert (first["version"], first["shipped"], first["actor"]) == (1, False, "boss-1")
    assert (await boss.put(KEY, BODY))["version"] == 1  # the same again makes none
    other = {**BODY, "locales": {"en-US": {**WORDS, "subject": "Soon due"}}}
    assert (await boss.put(KEY, other))["version"] == 2

    assert (await desk.get(f"{KEY}/versions/1")) == first
    assert (await desk.get(f"{KEY}/versions/0")) == shipped
    assert (await desk.get(KEY))["version"] == 2
    own = {"key": "of_ours", "version": 1}
    await boss.put("/v1/templates/of_ours", BODY, status=201)
    listed, cursor = [], None
    while True:
        page = await desk.get("/v1/templates", limit=2, **({"cursor": cursor} if cursor else {}))
        listed += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    keys = [one["key"] for one in listed]
    assert keys == sorted(set(keys))
    assert own in [{"key": one["key"], "version": one["version"]} for one in listed]
    assert {one["key"]: one["version"] for one in listed}["due_reminder"] == 2
    status, problem, _ = await desk.refused("GET", f"{KEY}/versions/9")
    assert (status, problem) == (404, "not-found")


async def test_an_unfit_one_is_refused_with_each_defect(desk, boss):
    wrong = {
        **BODY, "purpose": "receipt", "locales": {"en-US": WORDS, "pl-PL": WORDS},
    }  # fmt: skip
    status, problem, document = await boss.refused("PUT", KEY, json=wrong)
    assert (status, problem) == (422, "template-unfit")
    found = {one["pointer"]: one["detail"] for one in document["defects"]}
    assert set(found) == {
        "/purpose", "/locales/pl-PL", "/locales/en-US/subject", "/locales/en-US/text",
    }  # fmt: skip
    assert "installment.due_on" in found["/locales/en-US/subject"]
    assert (await desk.get(KEY))["version"] == 0
    status, problem, _ = await desk.refused("PUT", KEY, json=BODY)  # nobody is named
    assert (status, problem) == (422, "invalid-input")


async def test_it_is_tried_on_an_account_and_never_in_another_language(desk, boss):
    debtor = {"name": "Jane <Doe>", "language": "en", "region": "US-TX"}
    account = await desk.account(debtor=debtor)
    tried = {"account_id": account["id"]}
    await boss.put(KEY, BODY, status=201)

    before = await desk.post(f"{KEY}/preview", tried, status=200)
    assert before["examples"] == ["installment", "link", "plan", "promise", "settlement"]
    await desk.plan(account)
    said = await desk.post(f"{KEY}/preview", tried, status=200)
    assert said["examples"] == ["link", "promise", "settlement"]
    assert said["locale"] == "en-US"
    first, *_ = said["text"].split("\n")
    assert first.startswith("Jane <Doe>: $")
    assert first.endswith("call Ann")
    assert "STOP" in said["text"]
    assert "\n\n\n" not in said["text"]

    again = await desk.post("/v1/templates/receipt/preview", tried, status=200)
    assert again["examples"] == ["payment", "settlement"]
    spanish = {**tried, "locale": "es-MX"}
    assert (await desk.post("/v1/templates/missed/preview", spanish, status=200))[
        "locale"
    ] == "es-US"
    status, problem, document = await desk.refused(
        "POST", f"{KEY}/preview", json={**tried, "locale": "es-US"}
    )
    assert (status, problem, document["locales"]) == (409, "no-wording", ["en-US"])


async def test_variables_are_a_closed_list(desk):
    found = await desk.get("/v1/templates/variables", purpose="receipt")
    names = {one["name"]: one for one in found["variables"]}
    assert names["payment.amount"]["example"] == "$50.00"
    assert names["payment.received_on"]["example"] == "October 31, 2026"
    assert not any(name.startswith("installment.") for name in names)
    asked = await desk.get("/v1/templates/variables", purpose="location_information")
    assert {one["name"].partition(".")[0] for one in asked["variables"]} == {"collector", "person"}
