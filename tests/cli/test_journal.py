"""`accord journal`: the file the accounting department takes."""

import csv
import json
from uuid import uuid4

import pytest

ACCOUNTS = """\
reference,currency,product,opened_on,principal_minor,effective_on
A-1,USD,invoice,2025-01-01,100000,2026-01-01
"""


@pytest.fixture
def tenant(accord, tmp_path):
    name = f"sandbox-{uuid4().hex[:8]}"
    accord("tenants", "create", name, "--sandbox")
    (tmp_path / "a.csv").write_text(ACCOUNTS)
    made = accord(
        "import", "accounts", str(tmp_path / "a.csv"), "--tenant", name,
        "--business-date", "2026-01-05",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    return name


def test_the_journal_of_some_days(accord, tenant, tmp_path):
    days = ("--from", "2026-01-01", "--to", "2026-01-31")
    done = accord("journal", "--tenant", tenant, *days)
    rows = list(csv.DictReader(done.stdout.splitlines()))

    assert done.exit_code == 0, done.output
    assert [(row["ledger_account"], row["debit_minor"], row["credit_minor"]) for row in rows] == [
        ("1200 Receivable, principal", "100000", "0"),
        ("3000 Balances placed", "0", "100000"),
    ]
    assert "USD: debits 100,000, credits 100,000" in done.stderr
    later = accord("journal", "--tenant", tenant, "--from", "2026-02-01", "--to", "2026-02-28")
    assert later.stdout.count("\n") == 1


def test_a_chart_of_ones_own(accord, tenant, tmp_path):
    chart, output = tmp_path / "chart.json", tmp_path / "journal.csv"
    chart.write_text(json.dumps({"receivable_principal": "Debitors"}))
    days = ("--from", "2026-01-01", "--to", "2026-01-31")
    words = ("journal", "--tenant", tenant, *days, "--output", str(output))
    done = accord(*words, "--chart", str(chart))
    by_setting = accord(*words, ACCORD_CHART_FILE=str(chart))

    assert done.exit_code == by_setting.exit_code == 0, done.output
    assert "Debitors" in output.read_text()
    chart.write_text(json.dumps({"debitors": "Debitors"}))
    wrong = accord(*words, "--chart", str(chart))
    assert wrong.exit_code == 1
    assert "/debitors: should be one of cash" in wrong.stderr


def test_days_the_wrong_way_round(accord, tenant):
    done = accord("journal", "--tenant", tenant, "--from", "2026-02-01", "--to", "2026-01-01")

    assert done.exit_code == 1
    assert "2026-02-01 is after 2026-01-01" in done.stderr
