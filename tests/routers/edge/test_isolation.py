"""Another tenant's key finds nothing of ours: 404, by whatever id, on whatever route.

The routes come from the OpenAPI document, so one that is added is walked without being named
here; one whose path has a new kind of word in it fails until it is told what to put there.
"""

import re

import pytest

from app.schemas.edge.ids import PREFIXES
from tests.routers.lives.desk import IN_THREE, OPENING
from tests.routers.samples import inlined, operations, published, request_example, with_ids

DOCUMENT = inlined(published())
BY_ID = [
    (method, path, one)
    for method, path, one in operations(DOCUMENT)
    if re.search(r"\{\w+_id\}", path) or "/policies/{name}" in path
]
LISTS = [
    path
    for method, path, one in operations(DOCUMENT)
    if method == "GET"
    and "{" not in path
    and not re.search(
        r"clock|policies|-rules|external-ids|variables|/reports(/|$)|(ach|sepa)-returns|/me$|/keys$",
        path,
    )
]
REPORTS = [
    path.format(report="aging")
    for method, path, _ in operations(DOCUMENT)
    if method == "GET" and "/reports/" in path and not path.endswith(("/rows", "/compare"))
]
#: Only PUT makes a policy by a name of its own: it is the other tenant's then (a test below).
MAKES_ITS_OWN = "PUT /v1/policies/{name}"


NO_KEY = "0199c0f3-a5b8-7c1e-9d0a-5b3c2f1e4a6d"


async def belongings(desk):
    """One of everything there is, by prefix."""
    account, plan = await desk.opened()
    path = f"/v1/accounts/{account['id']}"
    charge = await desk.post(f"{path}/charges", {"kind": "fee", "amount_minor": 500})
    payment = await desk.pay(account, 100)
    promise = await desk.post(f"{path}/promises", {"amount_minor": 1, "due_on": OPENING})
    days = {"starts_on": OPENING, "ends_on": "2026-02-10", "reason": "between jobs"}
    pause = await desk.post(f"/v1/plans/{plan['id']}/pauses", days)
    hold = await desk.post(f"{path}/holds", {"kind": "dispute", "reason": "contested"})
    made = await desk.client.put("/v1/policies/firm", json={"grace_days": 2})
    assert made.status_code == 201
    named = await desk.client.put(
        "/v1/external-ids/crm/account/1",
        json={"id": account["id"]},
        headers={"Accord-Actor": "ann"},
    )
    assert named.status_code == 201
    own = (account, plan, charge, payment, promise, pause, hold)
    return {one["id"].split("_")[0]: one["id"] for one in own}


def filled(path, own):
    """The path with our ids. An id of a kind this file makes none of is anybody's guess."""
    words = {f"{noun}_id": own.get(p, f"{p}_01h455vb4pex5vsknk084sn02q")
             for noun, p in PREFIXES.items()}  # fmt: skip
    return path.format_map(
        {
            **words,
            "name": "firm",
            "version": "1",
            "revision": "1",
            "key_id": NO_KEY,
            "kind": "account" if "/external-ids/" in path else "plan",
            "thing_id": own["plan"],
            "system": "crm",
            "external_id": "1",
        }
    )


async def test_nothing_of_ours_is_theirs_by_id(desk, theirs, subtests):
    own = await belongings(desk)
    for method, path, operation in BY_ID:
        if f"{method} {path}" == MAKES_ITS_OWN:
            continue
        with subtests.test(f"{method} {path}"):
            query = {
                one["name"]: "ins_01h455vb4pex5vsknk084sn02q"
                for one in operation.get("parameters", ())
                if one["in"] == "query" and one.get("required")
            }
            body = with_ids(request_example(operation), own)
            answer = await desk.client.request(
                method, filled(path, own), json=body, params=query, headers=theirs
            )
            assert answer.status_code == 404, answer.text
            assert answer.json()["type"] == "/problems/not-found"


async def test_a_policy_of_our_name_is_theirs_where_they_make_it(desk, theirs):
    await belongings(desk)
    body = request_example(
        next(one for method, path, one in BY_ID if f"{method} {path}" == MAKES_ITS_OWN)
    )
    made = await desk.client.put("/v1/policies/firm", json=body, headers=theirs)

    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert (await desk.get("/v1/policies/firm"))["grace_days"] == 2


async def test_nothing_of_ours_is_in_their_reports(desk, theirs, subtests):
    own = await belongings(desk)
    for path in REPORTS:
        with subtests.test(path):
            answer = await desk.client.get(path, headers=theirs)

            assert answer.status_code == 200
            assert not [one for one in own.values() if one in answer.text]


async def test_nothing_of_ours_is_in_their_lists(desk, theirs, subtests):
    await belongings(desk)
    for path in LISTS:
        with subtests.test(path):
            answer = await desk.client.get(path, headers=theirs)

            assert answer.status_code == 200
            # What we ship is everybody's.
            assert [one for one in answer.json()["data"] if not one.get("shipped")] == []


def _payment(own, **more):
    return {"reference": "P", "amount_minor": 1, "currency": "USD", **more}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(
            "/v1/payments", lambda own: _payment(own, account_id=own["acc"]), id="our account"
        ),
        pytest.param(
            "/v1/payments", lambda own: _payment(own, account_reference="INV-1"),
            id="our reference",
        ),
        pytest.param(
            "/v1/payments",
            lambda own: _payment(own, account_reference="THEIRS", plan_id=own["plan"]),
            id="our plan",
        ),
        pytest.param(
            "/v1/plans", lambda own: {"account_id": own["acc"], "terms": IN_THREE},
            id="a plan on our account",
        ),
        pytest.param(
            "/v1/accounts/{theirs}/charges",
            lambda own: {"kind": "fee", "amount_minor": 1, "plan_id": own["plan"]},
            id="a charge on our plan",
        ),
        pytest.param(
            "/v1/accounts/{theirs}/adjustments",
            lambda own: {"component": "fees", "amount_minor": 1, "reason": "r",
                         "charge_id": own["chg"]},
            id="our charge waived",
        ),
        pytest.param(
            "/v1/accounts/{theirs}/holds/{hold}/release", lambda own: {}, id="our hold",
        ),
    ],
)  # fmt: skip
async def test_nothing_of_ours_is_reached_through_a_body(desk, theirs, path, body):
    own = await belongings(desk)
    clock = {"business_date": OPENING}
    await desk.client.put("/v1/sandbox/clock", json=clock, headers=theirs)
    debt = {"reference": "THEIRS", "currency": "USD", "balance": {"fees_minor": 100}}
    placed = await desk.client.post("/v1/accounts", json=debt, headers=theirs)
    path = path.format(theirs=placed.json()["id"], hold=own["hold"])

    answer = await desk.client.post(path, json=body(own), headers=theirs)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), answer.text


async def test_the_same_references_are_free_for_everybody(desk, theirs):
    account = await desk.account(reference="INV-1", debtor={"reference": "CUST-1", "name": "Ours"})
    debt = {
        "reference": "INV-1", "currency": "USD", "balance": {"principal_minor": 1},
        "debtor": {"reference": "CUST-1"},
    }  # fmt: skip
    answer = await desk.client.post("/v1/accounts", json=debt, headers=theirs)

    assert answer.status_code == 201
    assert answer.json()["id"] != account["id"]
    assert answer.json()["debtor"]["name"] is None
