"""Policies: read and saved in versions, each checked before it counts."""

import pytest

from tests.routers.lives.desk import OPENING

FIRM = {"extends": "default", "effective_from": "2026-01-01", "grace_days": 2}
URL = "/v1/policies/firm"


async def save(desk, document, status=200, **headers):
    answer = await desk.client.put(URL, json=document, headers=headers)
    assert answer.status_code == status, answer.text
    return answer


async def test_four_policies_are_shipped(desk):
    listed = (await desk.get("/v1/policies"))["data"]

    assert [(one["name"], one["version"]) for one in listed] == [
        ("default", 1), ("strict", 1), ("uk-forbearance", 1), ("unlimited", 1),
    ]  # fmt: skip
    default = await desk.client.get("/v1/policies/default")
    assert default.headers["etag"] == '"1"'
    assert default.json() == listed[0]
    assert default.json()["grace_days"] == 5
    assert default.json()["missed"]["method"] == "aggregate"


async def test_every_put_is_a_version_and_none_changes(desk):
    first = await save(desk, FIRM, status=201)
    second = await save(desk, {**FIRM, "grace_days": 3})

    assert (first.json()["version"], second.json()["version"]) == (1, 2)
    assert second.headers["etag"] == '"2"'
    assert await desk.get(URL) == second.json()
    assert await desk.get(f"{URL}/versions/1") == first.json()
    assert await desk.get(f"{URL}/versions/2") == second.json()
    again = await save(desk, second.json())  # what was read can be sent back
    assert again.json()["version"] == 3
    assert again.json()["grace_days"] == 3


async def test_a_plan_stays_with_the_version_it_opened_under(desk):
    await desk.at(OPENING)
    await save(desk, FIRM, status=201)
    account = await desk.account(policy="firm")
    plan = await desk.plan(account)
    await save(desk, {**FIRM, "grace_days": 9, "effective_from": "2026-01-11"})

    assert plan["policy"] == {"name": "firm", "version": 1}
    read = await desk.read(plan, as_of="2026-02-03")
    assert read["delinquency"]["grace_days"] == 2
    assert read["standing"] == "delinquent"
    await desk.at("2026-01-11")
    later = await desk.account(policy="firm")
    assert (await desk.plan(later))["policy"] == {"name": "firm", "version": 2}


async def test_a_creditors_own_figures_win(desk):
    await desk.at(OPENING)
    await save(desk, {**FIRM, "creditors": {"CRED-1": {"grace_days": 10}}}, status=201)
    account = await desk.account(policy="firm", creditor={"reference": "CRED-1"})

    assert (await desk.plan(account))["delinquency"]["grace_days"] == 10


async def test_a_writer_who_read_an_older_version_is_told(desk):
    tag = (await save(desk, FIRM, status=201)).headers["etag"]
    await save(desk, FIRM, **{"If-Match": tag})

    stale = await desk.refused("PUT", URL, json=FIRM, headers={"If-Match": tag})
    assert stale[:2] == (412, "etag-mismatch")
    assert stale[2]["current_etag"] == '"2"'
    assert (await desk.get(URL))["version"] == 2


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"grace_days": -1}, "/grace_days", id="minus"),
        pytest.param({"grace_days": None}, "/grace_days", id="no limit where there is one"),
        pytest.param({"grace_days": "5"}, "/grace_days", id="a string"),
        pytest.param({"grace_weeks": 1}, "/grace_weeks", id="unknown"),
        pytest.param({"missed": {"method": "sometimes"}}, "/missed/method", id="no such method"),
        pytest.param({"extends": "nobody's"}, "/extends", id="extends nothing we know"),
        pytest.param({"extends": "firm"}, "/extends", id="extends itself"),
        pytest.param({"name": "soft"}, "/name", id="another name"),
        pytest.param({"holiday_calendar": "MARS"}, "/holiday_calendar", id="no such calendar"),
        pytest.param({"effective_from": "2026-02-30"}, "/effective_from", id="no such day"),
        pytest.param({"creditors": {"C": {"x": 1}}}, "/creditors/C/x", id="within a creditor"),
    ],
)
async def test_documents_that_cannot_be_meant(desk, change, pointer):
    assert await desk.pointers(URL, {**FIRM, **change}, method="PUT") == [pointer]
    assert (await desk.refused("GET", URL))[:2] == (404, "not-found")


async def test_what_is_no_document_or_no_policy(desk):
    assert await desk.pointers(URL, [FIRM], method="PUT") == [""]
    assert await desk.pointers("/v1/policies/a%20b", FIRM, method="PUT") == ["/name"]
    for path in ("nobody", "default/versions/2", "default/versions/0", "default/versions/x", "%00"):
        assert (await desk.refused("GET", f"/v1/policies/{path}"))[:2] == (404, "not-found")


async def test_without_a_date_it_counts_from_the_business_date(desk):
    await desk.at(OPENING)
    saved = await save(desk, {"grace_days": 1}, status=201)

    assert saved.json()["effective_from"] == OPENING
