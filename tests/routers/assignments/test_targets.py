"""What somebody is to reach: of one span one target, said anew in its place, and told."""

import pytest

from tests.routers.telling import told_of

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
COLLECTED = {
    "scope": {"actor": "ann"}, "metric": "collected", "currency": "USD", **MARCH, "value": 500_00,
}  # fmt: skip


@pytest.fixture
async def boss(desk, staff):
    await desk.at("2026-02-01")
    return await staff("supervisor", "boss-1")


async def put(boss, status=201, **said):
    return await boss.put("/v1/targets", COLLECTED | said, status=status)


async def test_a_target_is_set_changed_and_taken_back(boss, owner, tenant):
    first = await put(boss)
    assert (first["number"], first["scope"]["actor"], first["from"]) == (1, "ann", "2026-03-01")
    assert (await put(boss, status=200))["id"] == first["id"]  # the same again: nothing new
    second = await put(boss, status=200, value=700_00)
    assert (second["number"], second["value"]) == (2, 700_00)
    await put(boss, currency="EUR")
    listed = (await boss.get("/v1/targets", metric="collected"))["data"]
    assert {(one["currency"], one["value"]) for one in listed} == {("USD", 70000), ("EUR", 50000)}

    await put(boss, status=200, value=None)
    assert [one["currency"] for one in (await boss.get("/v1/targets"))["data"]] == ["EUR"]
    told = [(one["before"], one["after"]) for one in await told_of(owner, tenant, "target.set")]
    assert told == [(None, 50000), (50000, 70000), (None, 50000), (70000, None)]


async def test_targets_are_found_by_whose_they_are_and_by_a_day(boss):
    await boss.put("/v1/teams/austin", {"actors": ["ann"]}, status=201)
    await put(boss)
    april = {"from": "2026-04-01", "to": "2026-04-30"}
    kept = {"metric": "kept_bps", "currency": None, "value": 8000}
    await put(boss, scope={"team": "austin"}, **kept, **april)
    await put(boss, scope={"creditor": "C-1"}, metric="contacts", currency=None, value=40)

    for asked, found in (
        ({"actor": "ann"}, ["collected"]), ({"team": "austin"}, ["kept_bps"]),
        ({"creditor": "C-1", "on": "2026-03-31"}, ["contacts"]),
        ({"on": "2026-04-01"}, ["kept_bps"]),
        ({"actor": "bob"}, []),
    ):  # fmt: skip
        page = await boss.get("/v1/targets", **asked)
        assert [one["metric"] for one in page["data"]] == found, asked
    first = await boss.get("/v1/targets", limit=2)
    rest = await boss.get("/v1/targets", limit=2, cursor=first["next_cursor"])
    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (2, 1, None)


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"currency": None}, "/currency"),
        ({"metric": "contacts"}, "/currency"),
        ({"metric": "kept_bps", "currency": None, "value": 10_001}, "/value"),
        ({"to": "2026-02-28"}, "/to"),
        ({"to": "2031-03-01"}, "/to"),
        ({"scope": {}}, "/scope"),
        ({"scope": {"actor": "ann", "team": "austin"}}, "/scope"),
        ({"scope": {"team": "nowhere"}}, "/scope/team"),
    ],
)
async def test_what_cannot_be_meant_is_named(boss, said, pointer):
    refused = await put(boss, status=422, **said)
    assert [one["pointer"] for one in refused["errors"]] == [pointer]
