"""`accord import FILE.xlsx`: tried, stored when its trial is named, with what is refused aside."""

import re
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from app.services.dry_runs import commit

HEAD = ("Account No", "Currency", "Product", "Opened", "Balance")


@pytest.fixture
def tenant(accord):
    name = f"sheets-{uuid4().hex[:8]}"
    accord("tenants", "create", name, "--sandbox")
    return name


def workbook(path, *rows):
    with Workbook(path) as book:
        sheet = book.add_worksheet("March")
        for at, row in enumerate((HEAD, *rows)):
            sheet.write_row(at, 0, row)
    return str(path)


def row(reference, balance=100.5):
    return reference, "USD", "invoice", "2025-01-01", balance


def trial(shown):
    return re.search(r"imp_\w+", shown.output).group()


def test_a_sheet_is_tried_and_stored_by_the_name_of_its_trial(accord, tenant, tmp_path):
    file, aside = tmp_path / "a.xlsx", tmp_path / "refused.xlsx"
    good = workbook(file, row("A-1"), row("A-2"))
    tried = accord("import", good, "--kind", "accounts", "--tenant", tenant, "--dry-run")
    assert tried.exit_code == 0, tried.output
    name = trial(tried)
    again = ("--tenant", tenant, "--commit", name)
    other = workbook(tmp_path / "b.xlsx", row("A-1"))
    stale = accord("import", other, *again)
    assert stale.exit_code == 1
    assert "another" in stale.output
    stored = accord("import", good, *again)
    assert stored.exit_code == 0, stored.output
    assert "committed" in stored.output
    bad = workbook(tmp_path / "c.xlsx", row("A-3"), row("A-4", "1,234"))
    refused = accord(
        "import", "sheet", bad, "--kind", "accounts", "--tenant", tenant, "--refused", str(aside)
    )
    assert refused.exit_code == 1
    assert "row 3: Balance" in refused.output
    (_, kept) = CalamineWorkbook.from_path(aside).get_sheet_by_index(0).to_python()
    assert kept[0] == 3


def test_a_large_sheet_is_stored_page_by_page_here(accord, tenant, tmp_path, monkeypatch):
    monkeypatch.setattr(commit, "MOST_AT_ONCE", 1)
    file = workbook(tmp_path / "a.xlsx", row("A-1"), row("A-2"))
    asked = ("import", file, "--tenant", tenant)
    name = trial(accord(*asked, "--kind", "accounts"))
    stored = accord(*asked, "--commit", name, "--mode", "continue")
    assert stored.exit_code == 0, stored.output
    assert "committed" in stored.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Say --kind to try a file"),
        (["--kind", "accounts", "--commit", "imp_1"], "Say --kind to try a file"),
        (["--commit", "acc_1"], "--commit should be an id that begins with imp_"),
    ],
)
def test_what_is_neither_a_trial_nor_a_store_says_so(accord, tmp_path, tenant, words, said):
    file = workbook(tmp_path / "a.xlsx", row("A-1"))
    done = accord("import", file, "--tenant", tenant, *words)
    assert done.exit_code == 1
    assert said in done.output
