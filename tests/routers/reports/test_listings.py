"""The journal, re-ages and settlements as files: the same figures in each form, in a run, too."""

import csv
import io
import re
import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from app.domain.overview.question import Question
from app.domain.overview.table import Row
from app.domain.reports.books import Basis
from app.services.listings import files, making
from app.services.listings.journal import JOURNAL
from app.services.listings.listing import Built, Listing, Page
from app.services.listings.workbook import BookFile
from tests.routers.reages.test_reages import RE_AGE, late
from tests.routers.reports.test_runs import ran
from tests.routers.settlements.test_settlement_report import story

NAMES = ("journal", "re-ages", "settlements")
TEXT = {"month", "role", "creditor_reference", "currency", "entry", "kind", "ledger_account",
        "account_id", "payment_id", "plan_id", "actor", "id", "overridden",
        "flagged_because"}  # fmt: skip


@pytest.fixture
async def told(desk):
    """A re-age by somebody with a formula for a name, payments, in two currencies."""
    desk.client.headers["Accord-Actor"] = "=1+1"
    account, plan = await late(desk)
    await desk.post(f"/v1/plans/{plan['id']}/re-ages", RE_AGE)
    await desk.pay(account, 1_00)
    await desk.account(99_000, currency="JPY")
    return desk


async def exported(desk, name, suffix, **params):
    answer = await desk.client.get(f"/v1/reports/{name}{suffix}", params=params)
    assert answer.status_code == 200, answer.text
    return answer


async def own(desk, name, **params):
    """The rows of the report's own CSV, words as they were typed."""
    ending = "" if name == "journal" else ".csv"
    return await exported(desk, name, ending, **params)


def cell(name, text, currency):
    """What a workbook has where the CSV has that text."""
    if text == "":
        return ""
    if name.endswith("_minor"):
        return int(text) / {"USD": 100, "JPY": 1}[currency]
    if name.endswith(("_on", "_date")):
        return date.fromisoformat(text)
    return text.removeprefix("'") if name in TEXT else int(text)


def sheets(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


async def same_rows(desk, name):
    """The workbook of a report has the rows of its CSV, cell by cell; answers its sheets."""
    text = (await own(desk, name)).text
    rows = list(csv.DictReader(io.StringIO(text)))
    answer = await exported(desk, name, ".xlsx")
    found = sheets(answer.content)
    assert list(found) == ["About", "Data", "Summary", "Chart"]
    head, *lines = found["Data"]
    listing: Listing = making.LISTINGS[name]
    titles = {one.title: one.name for one in listing.columns}
    names = [titles.get(one, one) for one in head]
    assert len(rows) > 1 or name == "re-ages"
    for row, line in zip(rows, lines, strict=False):
        there = dict(zip(names, line, strict=True))
        currency = there["currency"]
        assert there == {
            one: cell(one, row[one], currency) if one in row else currency for one in names
        }
    about = dict(row[:2] for row in found["About"])
    assert about["Hash"] == answer.headers["Accord-Report-Hash"]
    assert {"Report", "As of", "Known on", "Basis", "From", "To"} <= set(about)
    return found, rows


async def test_each_workbook_has_the_rows_of_the_csv(told):
    for name in NAMES[:2]:
        await same_rows(told, name)
    found, rows = await same_rows(told, "journal")
    summary = {tuple(row[:2]): row[2:4] for row in found["Summary"][1:] if row[0]}
    cash = [row for row in rows if row["ledger_account"] == "1000 Cash"]
    assert summary["USD", "1000 Cash"] == [sum(int(row["debit_minor"]) for row in cash) / 100, 0]
    debits = sum(int(row["debit_minor"]) for row in rows if row["currency"] == "USD") / 100
    assert summary["USD", "Total"] == [debits, debits]
    assert (await exported(told, "journal", ".csv")).content == (await own(told, "journal")).content


async def test_figures_of_settlements_stand_in_their_workbook(staff):
    desk, _ = await story(staff)
    found, rows = await same_rows(desk, "settlements")
    json = await desk.get("/v1/reports/settlements")
    assert len(rows) == len(json["rows"]) > 2
    head = found["Summary"][0]
    february = next(row for row in found["Summary"] if row[1] == "2026-02")
    ended = [row["recovered_minor"] for row in json["rows"] if row["month"] == "2026-02"]
    assert dict(zip(head, february, strict=True))["Paid under those that ended"] == sum(ended) / 100


async def test_the_examiners_figures_stand_in_the_summary(told):
    found, _ = await same_rows(told, "re-ages")
    said = await told.get("/v1/reports/re-ages")
    head, row, *_ = found["Summary"]
    figures = dict(zip(head, row, strict=True))
    assert (figures["Granted"], figures["Of plans"], figures["Standard"]) == (
        said["granted"], said["of_plans"], said["standard"],
    ) == (1, 1, 1)  # fmt: skip
    assert figures["Moved by those that stand"] == said["moved_minor"] / 100 > 0


async def test_what_somebody_typed_is_no_formula(told):
    content = (await exported(told, "re-ages", ".xlsx")).content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert "=1+1" in sheet
    assert "<f>" not in sheet
    assert re.search(r'<pane [^>]*state="frozen"', sheet)
    assert "<autoFilter" in sheet


async def test_pages_are_drawn_and_always_the_same(told):
    for name in NAMES:
        pages = [(await exported(told, name, ".pdf")).content for _ in range(2)]
        assert pages[0] == pages[1]
        assert pages[0].startswith(b"%PDF")


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf", "json"])
@pytest.mark.parametrize("name", NAMES)
async def test_a_run_has_the_same_rows_and_is_verified(told, name, form):
    days = {"from": "2026-01-01", "to": "2026-02-20"}
    run = await ran(told, report=name, parameters=days, format=form)
    assert run["status"] == "done", run
    kept = await told.client.get(f"/v1/report-runs/{run['id']}/file")
    if form == "csv":
        assert kept.content == (await own(told, name, **days)).content
    elif form == "xlsx":
        there = sheets((await exported(told, name, ".xlsx", **days)).content)
        kept_sheets = sheets(kept.content)
        assert (kept_sheets["Data"], kept_sheets["Summary"]) == (there["Data"], there["Summary"])
        assert dict(row[:2] for row in kept_sheets["About"])["Run"] == run["id"]
    elif form == "json":
        assert kept.json()["hash"] == run["hash"]
    again = await told.post(f"/v1/report-runs/{run['id']}/verify", {}, status=200)
    assert (again["same"], again["hash_now"]) == (True, run["hash"])


async def test_more_than_a_request_may_list_is_made_as_a_run(told, monkeypatch):
    monkeypatch.setattr(making, "MOST_THINGS", 1)
    begun = await told.client.get("/v1/reports/journal.xlsx")
    assert begun.status_code == 202, begun.text
    run = await told.get(begun.headers["location"])
    assert (run["report"], run["format"], run["status"]) == ("journal", "xlsx", "done")
    monkeypatch.setattr(making, "MOST_ROWS", 1)
    large = await ran(told, report="journal", parameters={})
    assert (large["status"], large["problem"]) == ("failed", "report-too-large")


@pytest.mark.parametrize(
    ("name", "value"),
    [("by", ["creditor"]), ("filters", {"currency": "USD"}), ("standard", True),
     ("as_of", "2026-01-05"), ("basis", "restated"), ("known_on", "2026-01-05")],
)  # fmt: skip
async def test_what_takes_no_part_is_refused(told, name, value):
    said = {"report": "journal", "parameters": {name: value}}
    status, problem, told_of = await told.refused("POST", "/v1/report-runs", json=said)
    assert (status, problem) == (422, "invalid-input")
    assert "takes no part in journal" in told_of["detail"]
    at = "filters/currency" if name == "filters" else name
    assert [one["pointer"] for one in told_of["errors"]] == [f"/parameters/{at}"]


async def test_the_catalog_says_in_which_forms(told):
    found = {one["name"]: one for one in (await told.get("/v1/reports"))["data"]}
    assert found["journal"]["formats"] == ["csv", "xlsx", "pdf"]
    for name in NAMES[1:]:
        assert found[name]["formats"] == ["json", "csv", "xlsx", "pdf"]
        assert found[name]["basis_default"] == "restated", "as they stand now"


async def test_no_schedule_sends_rows_of_single_accounts(told):
    body = {"name": "Journal", "report": "journal", "period": "previous_month", "at": "06:30",
            "days": {"unit": "month", "on": [1]}, "format": "xlsx",
            "recipients": [{"kind": "folder", "to": "board"}]}  # fmt: skip
    status, problem, said = await told.refused("POST", "/v1/report-schedules", json=body)
    assert (status, problem) == (422, "invalid-input")
    assert [one["pointer"] for one in said["errors"]] == ["/report"]


async def test_a_run_tells_a_listing_only_to_a_key_that_may_read_it(told):
    run = await ran(told, report="journal", parameters={}, format="csv")
    wanted = {"name": "board", "role": "supervisor", "scopes": ["reports:*"]}
    key = await told.post("/v1/keys", wanted)
    bearer = {"Authorization": f"Bearer {key['secret']}"}
    path = f"/v1/report-runs/{run['id']}"
    asked = (
        ("GET", f"{path}/file", None), ("POST", f"{path}/verify", None),
        ("GET", f"/v1/reports/compare?left={run['id']}&right={run['id']}", None),
        ("POST", "/v1/report-runs", {"report": "journal"}),
        ("GET", "/v1/reports/journal.pdf", None),
    )  # fmt: skip
    for method, where, body in asked:
        answer = await told.client.request(method, where, json=body, headers=bearer)
        assert (answer.status_code, answer.json()["scope"]) == (403, "payments:read"), where
    assert (await told.client.get(path, headers=bearer)).status_code == 200


def test_a_sheet_that_is_full_goes_on_in_a_further_one():
    question = Question(
        report="journal", as_of=date(2026, 1, 31), known_on=date(2026, 1, 31), basis=Basis.BOOKED,
        from_on=date(2026, 1, 1), to_on=date(2026, 1, 31),
    )  # fmt: skip
    built, file = Built(JOURNAL, question), io.BytesIO()
    words = ("2026-01-02", "2026-01-02", "pst_1", "charge", "1000 Cash", None, None, None, "ann")
    rows = tuple(
        Row(key=("USD", *words), cells={"pair": n, "debit_minor": n, "credit_minor": 0})
        for n in range(1, 6)
    )
    head = Built(JOURNAL, question).report(business_date=date(2026, 2, 1))
    book = BookFile(file, head, room=2)
    sums = tuple((("USD", "1000 Cash"), {"debit_minor": n}) for n in range(1, 6))
    built.add(Page(rows=rows, things=5, sums=sums))
    book.add(rows)
    report = built.report(business_date=date(2026, 2, 1))
    book.end(report, built.summary(report), JOURNAL.chart)

    found = sheets(file.getvalue())
    assert list(found) == ["About", "Data", "Data 2", "Data 3", "Summary", "Chart"]
    lines = [row for name in ("Data", "Data 2", "Data 3") for row in found[name][1:] if row[1]]
    assert [row[-3] for row in lines] == [1, 2, 3, 4, 5, ""], "and the total under the last"
    assert lines[-1][-2] == 15 / 100


async def test_what_has_to_be_held_at_once_has_a_limit_of_its_own(told, monkeypatch):
    monkeypatch.setattr(files, "MOST_HELD", 1)
    for form in ("pdf", "json"):
        large = await ran(told, report="journal", parameters={}, format=form)
        assert (large["status"], large["problem"]) == ("failed", "report-too-large")
    assert (await ran(told, report="journal", parameters={}, format="xlsx"))["status"] == "done"
