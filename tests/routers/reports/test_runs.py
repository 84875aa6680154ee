"""Runs of reports: made apart from their request, kept, asked again, held against each other."""

import asyncio
from datetime import date, datetime, timedelta

import pytest

from app.routers.edge.middleware.metrics import Metrics
from app.schemas.edge.ids import decode
from app.services.reports import look, runs
from app.services.reports.asked import context_of
from app.services.reports.outgoing import outgoing
from tests.routers.reports.stories import report, three

ASKED = {"report": "aging", "parameters": {"as_of": "2026-02-20"}}


async def ran(desk, **changes):
    """A run as it is when it is over."""
    begun = await desk.post("/v1/report-runs", {**ASKED, **changes}, status=202)
    for _ in range(500):
        found = await desk.get(f"/v1/report-runs/{begun['id']}")
        if found["status"] in {"done", "failed", "cancelled"}:
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("the run does not end")


@pytest.fixture
async def books(desk, monkeypatch):
    """Three accounts, which take two pages."""
    monkeypatch.setattr(look, "PAGE", 2)
    made = await three(desk)
    await desk.at("2026-02-21")
    return made


async def test_a_run_is_the_report_kept_and_the_same_when_it_is_asked_again(desk, books):
    now = await report(desk, "aging", as_of="2026-02-20")
    run = await ran(desk, format="csv")

    assert (run["status"], run["progress_bps"], run["hash"]) == ("done", 10_000, now["hash"])
    assert run["parameters"]["known_on"] == "2026-02-20"
    kept = await desk.client.get(f"/v1/report-runs/{run['id']}/file")
    there = await desk.client.get("/v1/reports/aging.csv", params={"as_of": "2026-02-20"})
    assert kept.content == there.content
    assert kept.headers["content-disposition"] == 'attachment; filename="aging-2026-02-20.csv"'
    await desk.pay(books[0], 100_00, "2026-02-19")
    again = await desk.post(f"/v1/report-runs/{run['id']}/verify", {}, status=200)
    assert (again["same"], again["differences"]) == (True, [])
    assert [one["kind"] for one in again["facts_since"]] == ["payment"]
    assert decode("pay", again["facts_since"][0]["id"])
    restated = await ran(desk, parameters={"as_of": "2026-02-20", "basis": "restated"})
    found = await desk.get("/v1/reports/compare", left=run["id"], right=restated["id"])
    assert {"row": ["USD", "current"], "column": "balance_minor", "left": 900_00,
            "right": 800_00} in found["differences"]  # fmt: skip


@pytest.mark.parametrize("ending", ["", ".csv"])
async def test_more_than_a_request_may_read_is_made_as_a_run(desk, books, monkeypatch, ending):
    now = await report(desk, "aging", as_of="2026-02-20")
    monkeypatch.setattr(look, "MOST_ACCOUNTS", 2)
    asked = desk.client.get(f"/v1/reports/aging{ending}", params={"as_of": "2026-02-20"})
    begun = await asked
    assert begun.status_code == 202, begun.text
    run = await desk.get(begun.headers["location"])
    assert (run["format"], run["hash"]) == (ending[1:] or "json", now["hash"])
    cell = f"{now['rows'][0]['cell']}.accounts"
    said = await desk.refused(
        "GET", "/v1/reports/aging/rows", params={"as_of": "2026-02-20", "cell": cell}
    )
    assert said[:2] == (409, "report-too-large")


async def test_whatever_was_entered_since_is_told_be_it_money_or_not(desk, books):
    """A promise moves none, and changes what the same question says."""
    await desk.at("2026-02-21")
    asked = {"from": "2026-02-01", "to": "2026-02-20"}
    run = await ran(desk, report="promises", parameters=asked)
    said = {"amount_minor": 50_00, "due_on": "2026-02-20", "effective_on": "2026-02-12"}
    await desk.post(f"/v1/accounts/{books[0]['id']}/promises", said)
    found = await desk.post(f"/v1/report-runs/{run['id']}/verify", {}, status=200)

    assert found["same"] is False
    assert [(one["kind"], one["effective_on"]) for one in found["facts_since"]] == [
        ("promise", "2026-02-12")
    ]


async def test_more_than_a_request_may_read_is_verified_by_a_run(desk, books, monkeypatch):
    run = await ran(desk, parameters={"as_of": "2026-02-20", "basis": "restated"})
    await desk.pay(books[0], 100_00, "2026-02-19")
    monkeypatch.setattr(look, "MOST_ACCOUNTS", 2)
    path = f"/v1/report-runs/{run['id']}/verify"
    begun = await desk.client.post(path)
    assert begun.status_code == 202, begun.text
    asked = begun.json()
    assert begun.headers["location"] == f"/v1/report-runs/{asked['id']}"
    assert (asked["parameters"], asked["format"]) == (run["parameters"], run["format"])
    said = await desk.post(f"{path}?again={asked['id']}", {}, status=200)
    assert (said["same"], said["hash_then"]) == (False, run["hash"])  # the day is open yet
    assert {"row": ["USD", "current"], "column": "balance_minor", "left": 900_00,
            "right": 800_00} in said["differences"]  # fmt: skip
    assert [one["kind"] for one in said["facts_since"]] == ["payment"]
    other = await ran(desk)
    refused = await desk.refused("POST", f"{path}?again={other['id']}")
    assert refused[:2] == (422, "invalid-input")


async def test_a_flow_of_kept_sums_is_sent_with_its_figures(
    desk, swept, database, tenant, monkeypatch
):
    """Three owe dollars as principal; one of them also fees."""
    account, *_ = await three(desk)
    await desk.post(f"/v1/accounts/{account['id']}/charges", {"amount_minor": 5_00, "kind": "fee"})
    for day in ("2026-02-20", "2026-02-21"):
        await swept(day)
    monkeypatch.setattr(runs, "_COUNTED", 2)
    made = await ran(desk, report="flow", parameters={"from": "2026-02-20", "to": "2026-02-20"})
    async with context_of(
        database, tenant, business_date=date(2026, 2, 21), time_zone="America/Chicago"
    ) as ctx:
        run = await runs.read_run(ctx, decode("run", made["id"]))
        sent = await outgoing(ctx, run, min_cell=3)
    assert run.told["few"] is not None
    assert {one.key: one.suppressed for one in (*sent.rows, *sent.totals)} == {
        ("USD", "principal"): False, ("USD", "fees"): True, ("USD",): False,
    }  # fmt: skip


async def test_how_runs_stand_is_a_figure(desk, books, database, tenant, monkeypatch):
    await ran(desk)
    monkeypatch.setattr(runs, "MOST_ROWS", 1)
    await ran(desk)
    figures = Metrics()
    figures.runs_kept(tenant, await runs.runs_by_status(database, tenant))
    lines = figures.text().decode().splitlines()

    told = {status: f'accord_runs{{status="{status}"}} {n}' for status, n in (
        ("done", 1.0), ("failed", 1.0), ("running", 0.0))}  # fmt: skip
    assert {*told.values()} <= {*lines}


async def test_what_a_run_cannot_do_is_told(desk, books, monkeypatch):
    monkeypatch.setattr(runs, "MOST_ROWS", 1)
    large = await ran(desk)
    assert (large["status"], large["problem"]) == ("failed", "report-too-large")
    said = await desk.refused("GET", f"/v1/report-runs/{large['id']}/file")
    assert said[:2] == (410, "run-gone")
    said = await desk.refused("POST", "/v1/report-runs", json={**ASKED, "report": "height"})
    assert said[0] == 404
    monkeypatch.setattr(runs, "MOST_LIVE", 0)
    said = await desk.refused("POST", "/v1/report-runs", json=ASKED)
    assert said[:2] == (409, "runs-busy")


async def test_a_run_that_is_cancelled_goes_on_no_further(desk, books, monkeypatch):
    begun, going = [], runs.Running.go

    async def later(self):
        begun.append(self)

    monkeypatch.setattr(runs.Running, "go", later)
    run = await desk.post("/v1/report-runs", ASKED, status=202)
    assert run["status"] == "queued"
    cancelled = await desk.post(f"/v1/report-runs/{run['id']}/cancel", {}, status=200)
    assert cancelled["status"] == "cancelled"
    await going(begun[0])
    assert (await desk.get(f"/v1/report-runs/{run['id']}"))["status"] == "cancelled"


async def test_a_file_is_kept_for_thirty_days(desk, books):
    run = await ran(desk)
    await desk.at("2026-03-24")
    await ran(desk)  # what is past its time is let go of when another begins
    for path in (f"/v1/report-runs/{run['id']}/file",):
        assert (await desk.refused("GET", path))[:2] == (410, "run-gone")


async def test_a_run_begins_and_ends_by_one_clock(desk, books):
    """A sandbox's day of its own: a run of 21 February does not end on the day it is today."""
    run = await ran(desk)
    begun, ended = (datetime.fromisoformat(run[name]) for name in ("created_at", "finished_at"))

    assert begun.date() == date(2026, 2, 21)
    assert timedelta(0) <= ended - begun < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"filters": {"status": "x"}}, "/parameters/filters/status"),
        ({"filters": {"height": "3"}}, "/parameters/filters/height"),
        ({"by": ["height"]}, "/parameters/by"),
    ],
)
async def test_what_a_body_says_wrong_is_pointed_at_there(desk, books, said, pointer):
    _, _, run = await desk.refused(
        "POST", "/v1/report-runs", json={"report": "aging", "parameters": said}
    )
    desk.client.headers["Accord-Actor"] = "ann"
    body = {"name": "A", "report": "aging", "parameters": said, "period": "previous_month",
            "at": "06:30", "days": {"unit": "month", "on": [1]}, "format": "xlsx",
            "recipients": [{"kind": "folder", "to": "board"}]}  # fmt: skip
    _, _, schedule = await desk.refused("POST", "/v1/report-schedules", json=body)

    assert [one["pointer"] for one in run["errors"]] == [pointer]
    assert [one["pointer"] for one in schedule["errors"]] == [pointer]
