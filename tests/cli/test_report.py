"""`accord report`: the table in the terminal, and the files that HTTP gives."""

import csv
import io
import json
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from app.cli import console
from app.services.listings import making
from app.services.reports import look

ACCOUNTS = """\
reference,currency,product,opened_on,principal_minor,effective_on
A-1,USD,invoice,2025-01-01,100000,2026-01-01
A-2,USD,medical,2025-01-01,25000,2026-01-01
"""
DAY = ("--as-of", "2026-01-05")


@pytest.fixture
def tenant(accord, tmp_path):
    name, file = f"sandbox-{uuid4().hex[:8]}", tmp_path / "a.csv"
    accord("tenants", "create", name, "--sandbox")
    file.write_text(ACCOUNTS)
    day = ("--business-date", "2026-01-05")
    made = accord("import", "accounts", str(file), "--tenant", name, *day)
    assert made.exit_code == 0, made.output
    return name


def test_a_report_is_a_table_with_bars_and_each_file(accord, tenant, tmp_path):
    asked = ("report", "aging", "--tenant", tenant, *DAY, "--by", "product")
    shown = accord(*asked)
    assert shown.exit_code == 0, shown.output
    rows = [line for line in shown.stdout.splitlines() if "USD" in line]
    assert [row.count("█") for row in rows] == [12, 3, 0]
    assert "1,250.00" in rows[-1]
    assert "booked as of 2026-01-05" in shown.stderr
    files = {ending: tmp_path / f"aging.{ending}" for ending in ("json", "csv", "xlsx", "pdf")}
    for file in files.values():
        assert accord(*asked, "--out", str(file)).exit_code == 0
    told = json.loads(files["json"].read_bytes())
    assert told["hash"] in shown.stderr
    table = list(csv.DictReader(io.StringIO(files["csv"].read_text())))
    assert [int(row["balance_minor"]) for row in table] == [100_000, 25_000]
    assert CalamineWorkbook.from_path(files["xlsx"]).sheet_names == ["About", "Data", "Chart"]
    assert files["pdf"].read_bytes().startswith(b"%PDF")
    here = accord(*asked, "--format", "csv").stdout
    assert here == files["csv"].read_text()


def test_no_figure_is_broken_where_the_terminal_is_narrow(accord, tenant, monkeypatch):
    """What has no room goes on in a further table, with the same rows."""
    monkeypatch.setattr(console.out, "width", 60)
    shown = accord("report", "portfolio", "--tenant", tenant, *DAY, "--by", "product,policy")
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert max(len(line) for line in lines) <= 60
    tables = [line for line in lines if line.startswith("─")]
    assert len(tables) > 1
    for figure in ("1,250.00", "100.00 %", "1,000.00", "250.00"):
        assert any(figure in line for line in lines), figure
    assert [line.split()[0] for line in lines if "invoice" in line] == ["USD"] * len(tables)
    assert sum(line.count("█") == 12 for line in lines) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["aging", "--only", "height=3"], "--only height: one of currency"),
        (["aging", "--out", "x.doc"], "--format says what x.doc is to be"),
        (["aging", "--format", "pdf"], "A file of pdf goes into a file"),
    ],
)
def test_what_is_no_report_says_so(accord, words, said):
    done = accord("report", *words, "--tenant", "x", *DAY)

    assert done.exit_code == 1
    assert said in done.stderr


def test_what_does_not_come_to_the_ledger_is_told_and_not_shown(accord, tenant, sql, tmp_path):
    file = tmp_path / "aging.json"
    more = "amount_minor = amount_minor + 1, principal_minor = principal_minor + 1"
    mine = "tenant_id = (SELECT tenant_id FROM tenant WHERE name = $1)"
    sql(f"UPDATE posting SET {more} WHERE {mine}", tenant)  # cents that nobody's fact brought
    asked = ("report", "aging", "--tenant", tenant, *DAY, "--basis", "restated")
    for to in ((), ("--out", str(file))):
        done = accord(*asked, *to)
        assert (done.exit_code, done.stdout) == (3, ""), done.output
        assert "USD" in done.stderr
    assert not file.exists()
    told = sql(f"SELECT data FROM event WHERE type = 'report.failed' AND {mine}", tenant)
    said = [json.loads(one["data"]) for one in told]
    assert [(one["report"], one["problem"], one["run_id"]) for one in said] == [
        ("aging", "report-does-not-reconcile", None)
    ] * 2


def test_more_than_a_request_may_read_is_made_as_a_run(accord, tenant, monkeypatch, tmp_path):
    asked = ("report", "aging", "--tenant", tenant, *DAY, "--by", "product")
    whole = accord(*asked)
    monkeypatch.setattr(look, "MOST_ACCOUNTS", 1)
    shown = accord(*asked)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout == whole.stdout
    assert "Made as the run run_" in shown.stderr
    file = tmp_path / "aging.json"
    assert accord(*asked, "--out", str(file)).exit_code == 0
    told = json.loads(file.read_bytes())
    assert told["run_id"].startswith("run_")
    assert told["hash"] in whole.stderr


def test_what_is_kept_of_closed_days_is_made_and_held_against_the_facts(accord, tenant):
    of = ("--tenant", tenant)
    swept = accord("sweep", "2026-01-07", *of)
    assert swept.exit_code == 0, swept.output
    same = accord("reports", "compare", *of, "--to", "2026-01-06")
    assert (same.exit_code, same.stdout) == (0, "2026-01-06: as the facts say\n")
    made = accord("reports", "rebuild", *of, "--from", "2026-01-05", "--to", "2026-01-06")
    assert made.stdout == "2026-01-05: 2 accounts\n2026-01-06: 2 accounts\n"
    both = accord("reports", "compare", *of, "--to", "2026-01-06")
    assert both.stdout.count("as the facts say") == 2


def test_the_journal_is_a_file_of_as_many_rows_as_there_are(accord, tenant, tmp_path, monkeypatch):
    days = ("--from", "2026-01-01", "--to", "2026-01-31")
    asked = ("report", "journal", "--tenant", tenant, *days)
    shown = accord(*asked)
    assert shown.exit_code == 0, shown.output
    assert ["1,250.00" in line for line in shown.stdout.splitlines() if "Receivable" in line] == [
        True
    ]
    table, book = tmp_path / "journal.csv", tmp_path / "journal.xlsx"
    whole = accord("journal", "--tenant", tenant, *days)
    for file in (table, book):
        done = accord(*asked, "--out", str(file))
        assert done.exit_code == 0, done.output
    assert table.read_text() == whole.stdout
    assert accord(*asked, "--format", "csv").stdout == whole.stdout
    lines = CalamineWorkbook.from_path(book).get_sheet_by_name("Data").to_python()
    rows = list(csv.DictReader(io.StringIO(whole.stdout)))
    assert [line[3] for line in lines[1:5]] == [row["entry"] for row in rows[:4]]
    monkeypatch.setattr(making, "MOST_THINGS", 1)
    again = tmp_path / "again.xlsx"
    assert accord(*asked, "--out", str(again)).exit_code == 0
    assert again.read_bytes() == book.read_bytes()
    backwards = accord(*asked, "--from", "2026-02-02")
    assert backwards.exit_code == 1
