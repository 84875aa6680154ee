"""Lists by what changes with the days: right without a sweep, in a few statements."""

import contextlib

import pytest
from sqlalchemy import event

from app.services import judging
from app.storage.database.prepared import Prepared

OPENING = "2026-01-10"
SWEPT, ON = "2026-02-01", "2026-02-10"


@pytest.fixture
async def books(desk, swept):
    """Five plans, missed since, two of them paid; and five accounts without a plan that age."""
    await desk.at(OPENING)
    owing = [await desk.account() for _ in range(5)]
    plans = [await desk.plan(one) for one in owing]
    late = [await desk.account(delinquent_since_on="2026-01-05") for _ in range(5)]
    await swept(SWEPT)
    for number, account in enumerate(owing[:2]):
        body = {"account_id": account["id"], "amount_minor": 100_00, "currency": "USD",
                "method": "ach", "reference": f"P{number}"}  # fmt: skip
        await desk.post("/v1/payments", body)
    await desk.at(ON)
    return owing, plans, late


async def listed(desk, path, limit=2, **asked):
    """All pages' ids."""
    ids, cursor = [], {}
    while True:
        page = await desk.get(path, limit=limit, **asked, **cursor)
        assert page["judged_through_on"] == ON
        assert page["accounts_behind"] == 0
        ids += [one["id"] for one in page["data"]]
        if page["next_cursor"] is None:
            return ids
        cursor = {"cursor": page["next_cursor"]}


def ids_of(rows):
    return [row["id"] for row in rows]


async def every_list(desk):
    return {
        **{s: await listed(desk, "/v1/plans", standing=s)
           for s in ("current", "due", "in_grace", "delinquent", "paused")},
        **{b: await listed(desk, "/v1/accounts", bucket=b) for b in ("current", "1-29", "30-59")},
        "active": await listed(desk, "/v1/plans", status="active"),
        "open": await listed(desk, "/v1/accounts", status="open"),
        "due then": await listed(desk, "/v1/plans", due_from="2026-01-31", due_to="2026-01-31"),
    }  # fmt: skip


async def test_lists_are_right_before_a_sweep_and_the_same_after_it(desk, books, swept):
    owing, plans, late = books
    before = await every_list(desk)
    await swept(ON)

    assert await every_list(desk) == before
    assert before["delinquent"] == ids_of(plans[2:])
    assert before["30-59"] == ids_of(late)
    assert before["1-29"] == ids_of(owing[2:])
    assert before["active"] == ids_of(plans)


async def test_every_plan_is_in_the_list_of_its_standing_on_every_day(desk, books):
    _, plans, _ = books
    path = f"/v1/plans/{plans[3]['id']}/pauses"
    await desk.post(path, {"starts_on": "2026-02-14", "ends_on": "2026-02-18", "reason": "x"})
    for day in range(10, 28):
        on = f"2026-02-{day}"
        await desk.at(on)
        read = {one["id"]: await desk.get(f"/v1/plans/{one['id']}") for one in plans}
        for name in ("current", "due", "in_grace", "delinquent", "paused"):
            page = await desk.get("/v1/plans", standing=name)
            assert ids_of(page["data"]) == [i for i, one in read.items() if one["standing"] == name]


@pytest.fixture
def statements(monkeypatch, database):
    """`with statements() as said`: what is asked of the database meanwhile."""
    return lambda: counted(monkeypatch, database)


@contextlib.contextmanager
def counted(monkeypatch, database):
    """The statements of a request, ours and the driver's."""
    said = []
    rows = Prepared.rows

    async def noted(self, tx, **values):
        said.append(self.sql)
        return await rows(self, tx, **values)

    def note(_connection, _cursor, statement, *_):
        said.append(statement)

    with monkeypatch.context() as patch:
        patch.setattr(Prepared, "rows", noted)
        engine = database._engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("path", "asked", "most"),
    [
        ("/v1/plans", {}, 3),
        ("/v1/plans", {"standing": "paused"}, 3),
        ("/v1/plans", {"standing": "delinquent"}, 3),
        ("/v1/accounts", {}, 3),
        ("/v1/accounts", {"bucket": "30-59"}, 3),
    ],
)
@pytest.mark.usefixtures("books")
async def test_a_page_takes_a_few_statements(desk, statements, path, asked, most):
    await desk.get(path, limit=200, **asked)  # policies are read, once
    with statements() as said:
        await desk.get(path, limit=200, **asked)

    own = [one for one in said if "accord_authenticate" not in one]
    assert len(own) <= most, own


async def test_where_too_many_are_behind_a_list_says_so(desk, books, monkeypatch):
    monkeypatch.setattr(judging, "AT_MOST", 3)
    page = await desk.get("/v1/plans", standing="delinquent")

    assert page["accounts_behind"] > 0
    assert SWEPT <= page["judged_through_on"] < ON


async def test_a_bucket_that_no_policy_names_is_refused(desk):
    status, _, told = await desk.refused("GET", "/v1/accounts", params={"bucket": "bogus"})

    assert status == 422
    assert "current" in told["errors"][0]["detail"]
    assert "180+" in told["errors"][0]["detail"]


@pytest.mark.parametrize(("path", "name"), [("/v1/plans", "standing"), ("/v1/plans", "status"),
                                            ("/v1/accounts", "status")])  # fmt: skip
async def test_a_value_outside_a_closed_list_is_told_the_list(desk, path, name):
    status, _, told = await desk.refused("GET", path, params={name: "bogus"})

    assert status == 422
    assert "'" in told["errors"][0]["detail"]
