"""Reads before anybody writes: what nobody has closed yet is read as it will be stored."""

import pytest

OPENING, ON = "2026-01-10", "2026-03-20"
WITH_INTEREST = {
    "installment_count": 3,
    "frequency": {"every": 1, "unit": "month"},
    "anchor_on": "2026-02-10",
    "first_due_on": "2026-02-10",
    "annual_rate_bps": 2000,
}
#: When it was written down: what nobody has yet, with the read.
WHEN = ("posted_at", "occurred_at")


@pytest.fixture
async def behind(desk):
    """A plan with interest, two due dates past, and nobody wrote since it opened."""
    await desk.at(OPENING)
    account = await desk.account(1000_00)
    await desk.plan(account, **WITH_INTEREST)
    await desk.at(ON)
    return f"/v1/accounts/{account['id']}"


async def pages(desk, path, limit):
    rows, cursor = [], {}
    while True:
        page = await desk.get(path, limit=limit, **cursor)
        rows += [{k: v for k, v in row.items() if k not in WHEN} for row in page["data"]]
        if page["next_cursor"] is None:
            return rows
        cursor = {"cursor": page["next_cursor"]}


async def everything(desk, path):
    ledger = await pages(desk, f"{path}/ledger", 200)
    assert await pages(desk, f"{path}/ledger", 1) == ledger
    timeline = await pages(desk, f"{path}/timeline", 200)
    assert await pages(desk, f"{path}/timeline", 2) == timeline
    return {
        "account": (await desk.get(path))["balance"],
        "ledger": ledger,
        "timeline": timeline,
        "check": await desk.get(f"{path}/self-check"),
        "report": await desk.get(f"{path}/credit-report"),
    }


async def test_a_sweep_changes_nothing_that_was_read_before_it(desk, behind, swept):
    before = await everything(desk, behind)
    await swept(ON)

    assert await everything(desk, behind) == before
    assert before["ledger"][-1]["kind"] == "interest"
    assert before["ledger"][-1]["balance_after_minor"] == before["account"]["total_minor"]
    assert before["timeline"][-1]["business_date"] > OPENING
    assert before["check"]["ok"]
    (last,) = (one for one in before["check"]["identities"]
               if one["name"] == "last running balance = balance")  # fmt: skip
    assert last["left_minor"] == last["right_minor"] == before["account"]["total_minor"]


async def test_what_was_read_first_is_what_is_told_of_a_replayed_account(desk, behind, swept):
    """Verdicts are foretold as corrections where they will be."""
    await desk.at("2026-02-20")
    body = {"amount_minor": 5_00, "reference": "P", "method": "ach", "currency": "USD",
            "account_id": behind.rpartition("/")[2], "effective_on": "2026-01-20"}  # fmt: skip
    await desk.post("/v1/payments", body)
    await desk.at(ON)
    before = await everything(desk, behind)
    await swept(ON)

    assert await everything(desk, behind) == before
