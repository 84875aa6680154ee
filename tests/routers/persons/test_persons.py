"""Persons over HTTP: found by what is typed, amended, reached, and what they allow and forbid."""

import pytest

from tests.routers.lives.desk import OPENING

DEBTOR = {
    "reference": "CUST-77", "name": "Jane Doe", "email": "jane@Example.COM",
    "phone": "(312) 555-0100", "region": "US-IL", "language": "en",
}  # fmt: skip
CONSENT = {
    "kind": "electronic", "channels": ["email"], "given_at": "2026-01-09T15:00:00Z",
    "channel_given": "web", "evidence": {"text_hash": "9f86"},
}  # fmt: skip


@pytest.fixture
async def ann(staff, desk):
    await desk.at(OPENING)
    return await staff("agent", "ann")


@pytest.fixture
async def account(ann):
    return await ann.account(debtor=DEBTOR)


@pytest.fixture
def person(account):
    return account["debtor"]["id"]


async def points(desk, person):
    return (await desk.get(f"/v1/persons/{person}/contact-points"))["data"]


async def point(desk, person, kind):
    return next(one for one in await points(desk, person) if one["kind"] == kind)


async def test_a_debtor_is_a_person_with_points(ann, account, person):
    read = await ann.get(f"/v1/persons/{person}")
    assert (read["name"], read["reference"], read["role"]) == ("Jane Doe", "CUST-77", "debtor")

    found = {one["kind"]: one for one in await points(ann, person)}
    assert found["email"]["normalized"] == "jane@example.com"
    assert found["phone"]["normalized"] == "+13125550100"
    assert found["phone"]["time_zones"] == ["America/Chicago"]
    assert {one["source"] for one in found.values()} == {"creditor"}


@pytest.mark.parametrize(
    "asked",
    [
        {"reference": "CUST-77"}, {"email": "jane@EXAMPLE.com"}, {"phone": "+1 312 555 0100"},
        {"name": "jane"}, {"name": "JANE D", "reference": "CUST-77"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_person_is_found_by_what_is_typed(ann, account, person, asked):
    found = await ann.get("/v1/persons", **asked)

    assert [one["id"] for one in found["data"]] == [person]


@pytest.mark.parametrize(
    "asked", [{"name": "%"}, {"name": "doe"}, {"reference": "CUST-7"}, {"phone": "+13125550101"}],
    ids=str,
)  # fmt: skip
async def test_what_is_not_theirs_finds_nobody(ann, account, asked):
    assert (await ann.get("/v1/persons", **asked))["data"] == []


async def test_names_come_in_their_order_a_page_after_the_other(ann, account):
    for name in ("Janet", "jane b", "Jane A"):
        await ann.account(debtor={"name": name})
    found, cursor = [], None
    while page := await ann.get("/v1/persons", name="jane", limit=1, **cursor or {}):
        found += [one["name"] for one in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == ["Jane A", "jane b", "Jane Doe", "Janet"]


async def test_an_account_is_found_by_what_is_typed(ann, account, person):
    other = await ann.account(reference="A-2", debtor={"name": "Bob"})
    for typed in ("CUST-77", "jane@example.com", "(312) 555-0100", "jane d", account["reference"]):
        page = await ann.get("/v1/accounts", q=typed)
        assert [one["id"] for one in page["data"]] == [account["id"]], typed
    for asked in ({"q": "doe"}, {"q": "%%"}, {"q": "CUST-77", "debtor_id": other["debtor"]["id"]}):
        assert (await ann.get("/v1/accounts", **asked))["data"] == []
    mine = await ann.get("/v1/accounts", debtor_id=person, q="Jane")
    assert [one["id"] for one in mine["data"]] == [account["id"]]


async def test_what_is_no_number_is_refused(ann):
    assert await ann.pointers("/v1/persons?phone=12", None, method="GET") == ["?phone"]


async def test_the_same_number_again_is_the_point_there_is(ann, person):
    had = await point(ann, person, "phone")
    again = {"kind": "phone", "value": "+1-312-555-0100", "label": "work"}

    told = await ann.post(f"/v1/persons/{person}/contact-points", again, status=200)

    assert told == had
    assert len(await points(ann, person)) == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "phone", "value": "twelve"}, "/value"),
        ({"kind": "email", "value": "jane@"}, "/value"),
        ({"kind": "postal", "value": "1 Main St"}, "/value"),
        ({"kind": "pigeon", "value": "x"}, "/kind"),
    ],
    ids=str,
)
async def test_what_nothing_could_be_sent_to_is_refused(ann, person, body, pointer):
    assert await ann.pointers(f"/v1/persons/{person}/contact-points", body) == [pointer]


async def test_a_person_is_amended_by_whoever_has_seen_them(ann, person):
    read = await ann.client.get(f"/v1/persons/{person}")
    mine = {"If-Match": read.headers["etag"]}
    body = {"vulnerable": {"since_on": "2026-01-05", "note": "speak slowly"}, "language": "es"}

    first = await ann.client.patch(f"/v1/persons/{person}", json=body, headers=mine)
    late = await ann.client.patch(f"/v1/persons/{person}", json={"name": "J"}, headers=mine)

    assert first.status_code == 200
    assert first.json()["vulnerable"]["note"] == "speak slowly"
    assert first.json()["language"] == "es"
    assert late.status_code == 412
    assert (await ann.get(f"/v1/persons/{person}"))["name"] == "Jane Doe"


async def test_a_consent_is_a_basis_until_it_is_revoked_and_given_anew(ann, person):
    email = await point(ann, person, "email")
    path = f"/v1/contact-points/{email['id']}"
    await ann.post(f"{path}/consents", CONSENT)
    assert [one["kind"] for one in (await point(ann, person, "email"))["basis"]] == [
        "direct_consent"
    ]

    taken = {"channels": "all", "received_at": "2026-01-09T16:00:00Z", "how": "reply"}
    await ann.post(f"{path}/revocations", taken)
    revoked = await point(ann, person, "email")
    assert (revoked["opted_out"], revoked["basis"][0]["withdrawn"]) == (["email"], True)

    await ann.post(f"{path}/consents", {**CONSENT, "given_at": "2026-01-09T17:00:00Z"})
    anew = await point(ann, person, "email")
    assert anew["opted_out"] == []
    assert [one["withdrawn"] for one in anew["basis"]] == [True, False]
    history = (await ann.get(f"{path}/history"))["data"]
    assert [(one["kind"], one["actor"]) for one in history] == [
        ("consent", "ann"), ("revocation", "ann"), ("consent", "ann")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"evidence": {}}, "/evidence"),
        ({"given_at": "2026-01-12T00:00:00Z"}, "/given_at"),
        ({"kind": "creditor_notice"}, "/notice_sent_on"),
        ({"kind": "more_calls", "days": 8}, "/days"),
    ],
    ids=str,
)
async def test_a_consent_without_its_evidence_or_day_is_refused(ann, person, changes, pointer):
    email = await point(ann, person, "email")

    path = f"/v1/contact-points/{email['id']}/consents"
    assert await ann.pointers(path, {**CONSENT, **changes}) == [pointer]
    assert (await point(ann, person, "email"))["basis"] == []


async def test_an_opt_out_is_lifted_by_the_person_alone(ann, person):
    path = f"/v1/persons/{person}/restrictions"
    placed = await ann.post(path, {"kind": "opt_out", "channel": "call", "reason": "said so"})
    lift = f"/v1/restrictions/{placed['id']}/lift"

    assert await ann.pointers(lift, {"reason": "we want to", "said_by_person": False}) == [
        "/said_by_person"
    ]
    assert len((await ann.get(path))["data"]) == 1
    await ann.post(lift, {"reason": "asked for a call", "said_by_person": True})
    assert (await ann.get(path))["data"] == []


async def test_whoever_takes_something_down_is_named(staff, desk):
    await desk.at(OPENING)
    nobody = await staff("agent")
    account = await nobody.account(debtor=DEBTOR)
    person = account["debtor"]["id"]

    body = {"kind": "no_visits", "reason": "a dog"}
    path = f"/v1/persons/{person}/restrictions"
    assert await nobody.pointers(path, body) == ["Accord-Actor:"]


async def test_another_tenants_person_is_nobody(ann, person, stranger, theirs):
    one = await stranger.get(f"/v1/persons/{person}", headers=theirs)
    found = await stranger.get("/v1/persons?reference=CUST-77", headers=theirs)

    assert one.status_code == 404
    assert found.json()["data"] == []
