"""A sheet sent again, edited, or with a row twice: nothing is stored twice without being said."""

import pytest

from tests.routers.dry_runs.test_dry_runs import (
    AT,
    boss,
    committed,
    problems,
    tried,
)

__all__ = ["boss"]

PROMISES = "Account,Promised,By\nA-1,50.00,2026-02-20\nA-2,60.00,2026-02-20\n"
SHEETS = {
    "accounts": (
        "Reference,Balance,Currency,Product,Opened\n"
        "N-1,50.00,USD,invoice,2025-12-01\nN-2,60.00,USD,invoice,2025-12-01\n"
    ),
    "payments": (
        "Reference,Account,Amount,Currency,Date\n"
        "P-1,A-1,5.00,USD,2026-02-01\nP-2,A-2,6.00,USD,2026-02-01\n"
    ),
    "promises": PROMISES,
    "assignments": "Account,Agent,Why\nA-1,ann,speaks Spanish\nA-2,bob,knows them\n",
    "targets": (
        "Agent,Metric,From,To,Goal\n"
        "ann,contacts,2026-03-01,2026-03-31,40\nbob,contacts,2026-03-01,2026-03-31,50\n"
    ),
}  # fmt: skip
EDITED = {
    "accounts": ("60.00", "61.00"),
    "payments": ("6.00", "7.00"),
    "promises": ("60.00", "61.00"),
    "assignments": ("bob", "eve"),
    "targets": (",50", ",51"),
}


@pytest.fixture
async def books(desk, boss):
    """Two accounts by a policy that lets any number of promises be open."""
    for name in ("A-1", "A-2"):
        await desk.account(reference=name, policy="unlimited")
    return boss


def counts(done):
    return {
        name: done["outcome"][name] for name in ("stored", "already_there", "rejected", "refused")
    }


@pytest.mark.parametrize("kind", SHEETS)
async def test_the_same_sheet_again_stores_nothing(books, kind):
    first = await committed(books, await tried(books, kind, SHEETS[kind]))
    assert counts(first)["stored"] == 2
    again = await committed(books, await tried(books, kind, SHEETS[kind]))
    assert counts(again) == {"stored": 0, "already_there": 2, "rejected": 0, "refused": 0}


@pytest.mark.parametrize("kind", SHEETS)
async def test_a_row_twice_in_a_sheet_is_refused(books, kind):
    last = SHEETS[kind].splitlines()[-1]
    run = await tried(books, kind, f"{SHEETS[kind]}{last}\n")
    assert run["counts"]["refused"] == 1
    ((row, verdict, cells),) = [one for one in problems(run) if one[1] == "refused"]
    assert (row, verdict) == (4, "refused")
    assert "repeated" in {code for _, code in cells}
    assert counts(await committed(books, run, "continue"))["stored"] == 2


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        ("accounts", {"stored": 0, "already_there": 1, "rejected": 1}),
        ("payments", {"stored": 0, "already_there": 1, "rejected": 1}),
        ("promises", {"stored": 1, "already_there": 1, "rejected": 0}),
        ("assignments", {"stored": 1, "already_there": 1, "rejected": 0}),
        ("targets", {"stored": 1, "already_there": 1, "rejected": 0}),
    ],
)
async def test_an_edited_sheet_stores_what_is_new(books, kind, done):
    await committed(books, await tried(books, kind, SHEETS[kind]))
    run = await tried(books, kind, SHEETS[kind].replace(*EDITED[kind]))
    if kind == "promises":
        assert [one for one in problems(run) if one[0] == 3] == [
            (3, "warning", [("due_on", "another_promise")])
        ]
    assert counts(await committed(books, run, "continue")) == {**done, "refused": 0}


async def test_a_promise_that_stands_is_said_and_not_taken_down_again(desk, books):
    run = await tried(books, "promises", PROMISES)
    await committed(books, run)
    await desk.at("2026-03-05")  # it was broken since
    dated = "Account,Promised,By,Made on\nA-1,50.00,2026-02-20,2026-02-01\n"
    run = await tried(books, "promises", dated)
    assert problems(run) == [(2, "warning", [("amount_minor", "known_already")])]
    assert counts(await committed(books, run))["already_there"] == 1
    other = dated.replace("2026-02-01", "2026-02-02")
    run = await tried(books, "promises", other)
    assert problems(run) == [(2, "warning", [("due_on", "another_promise")])]
    two = "Account,Promised,By\nA-1,1.00,2026-04-01\nA-1,2.00,2026-04-01\n"
    run = await tried(books, "promises", two)
    assert problems(run) == [(3, "warning", [("due_on", "another_promise")])]


async def test_one_taken_down_after_the_sheet_was_tried_is_noticed(desk, books):
    run = await tried(books, "promises", PROMISES)
    account = (await desk.get("/v1/accounts", reference="A-1"))["data"][0]
    await desk.post(
        f"/v1/accounts/{account['id']}/promises", {"amount_minor": 50_00, "due_on": "2026-02-20"}
    )
    status, name, _ = await books.refused(
        "POST", f"{AT}/{run['id']}/commit", json={"mode": "atomic"}
    )
    assert (status, name) == (409, "dry-run-stale")


@pytest.mark.parametrize("kind", SHEETS)
async def test_a_retry_under_a_key_stores_once(books, kind):
    keyed = {"Idempotency-Key": f"sheet-{kind}"}
    sent = [
        await books.client.post(
            AT, content=SHEETS[kind].encode(), params={"kind": kind}, headers=keyed
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in sent] == [201, 201]
    run = sent[0].json()
    assert sent[1].json()["id"] == run["id"]
    keyed = {"Idempotency-Key": f"commit-{kind}"}
    done = [
        await books.client.post(f"{AT}/{run['id']}/commit", json={"mode": "atomic"}, headers=keyed)
        for _ in range(2)
    ]
    assert [one.status_code for one in done] == [202, 202]
    assert done[0].json() == done[1].json()
    assert counts(done[0].json())["stored"] == 2
