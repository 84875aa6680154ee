"""`accord import` of files as they come, by the words of docs/files.md."""

import shlex
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from app.services.files.columns import TABLE, Kind
from app.services.files.formats import Amounts

PAGE = Path("docs/files.md")
EXAMPLES = Path("docs/examples")
EXPORT = (EXAMPLES / "european-accounts.csv").read_text(encoding="utf-8").replace("\n", "\r\n")
OF_TENANT = "FROM account JOIN tenant t USING (tenant_id) WHERE t.name = $1"
MARK = b"\xef\xbb\xbf"


def commands():
    """The command lines of the page."""
    blocks = PAGE.read_text(encoding="utf-8").split("```sh\n")[1:]
    lines = "".join(block.partition("```")[0] for block in blocks).replace("\\\n", " ")
    return [shlex.split(line) for line in lines.splitlines() if line.startswith("accord ")]


@pytest.fixture
def shop(accord):
    name = f"shop-{uuid4().hex[:8]}"
    accord("tenants", "create", name, "--sandbox")
    return name


@pytest.mark.parametrize(
    "written",
    [
        EXPORT.encode("cp1252"),
        MARK + EXPORT.encode("cp1252"),  # as some write it
        MARK + EXPORT.encode(),
        EXPORT.encode("utf-16"),
    ],
    ids=["cp1252", "cp1252 with a mark", "UTF-8 with a mark", "UTF-16"],
)
def test_a_european_banks_export_by_the_one_command_line(accord, shop, sql, tmp_path, written):
    (line,) = (line for line in commands() if "european-accounts.csv" in line)
    path = tmp_path / "european-accounts.csv"
    path.write_bytes(written)
    words = [
        {"european-accounts.csv": str(path), "my-shop": shop}.get(word, word) for word in line[1:]
    ]
    if written.startswith(MARK + b"Rechnung;W\xc3"):
        words[words.index("cp1252")] = "utf-8"
    elif written.startswith(b"\xff\xfe"):
        words[words.index("cp1252")] = "utf-16"
    done = accord(*words)

    assert done.exit_code == 0, done.output
    assert "1 blank lines passed over; 2 blank columns at the end" in " ".join(done.stdout.split())
    rows = sql(
        "SELECT a.reference, l.principal_minor, l.fees_minor, a.opened_on, p.name FROM account a "
        "JOIN tenant t USING (tenant_id) JOIN posting l ON l.account_id = a.id "
        "JOIN person p ON p.id = a.debtor_id WHERE t.name = $1 ORDER BY 1",
        shop,
    )
    assert [tuple(row) for row in rows] == [
        ("RE-2024-001", 123_450, 1_200, date(2024, 3, 5), "Müller; Söhne"),
        ("RE-2024-002", 8_790, 0, date(2024, 11, 17), "Jürgen Groß"),
    ]


def test_a_file_of_cp1252_called_utf_8_is_refused_and_nothing_stored(accord, shop, sql, tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(EXPORT.encode("cp1252"))
    done = accord("import", "accounts", str(path), "--tenant", shop, "--delimiter", ";")

    assert done.exit_code == 1
    assert "no UTF-8" in done.stderr
    assert "cp1252" in done.stderr
    assert not sql(f"SELECT 1 {OF_TENANT}", shop)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_an_example_that_can_be_imported(accord, shop, kind):
    for before in Kind:
        path = EXAMPLES / f"{before}.csv"
        done = accord("import", str(before), str(path), "--tenant", shop, "--actor", "ann")
        assert done.exit_code == 0, (before, done.output)
        if before is kind:
            break


def test_a_dry_run_shows_the_rows_and_warns_and_stores_nothing(accord, shop, sql, tmp_path):
    path = tmp_path / "accounts.csv"
    rows = "".join(f"D-{n},USD,invoice,10000,2019-01-05\n" for n in range(12)) + "D-x,USD,y,1,x\n"
    path.write_text(f"reference,currency,product,principal_minor,due_date\n{rows}")
    words = ("import", "accounts", str(path), "--tenant", shop, "--map", "opened_on=due_date")
    done = accord(*words, "--dry-run")

    assert done.exit_code == 1
    assert "sounds like a due date" in done.stderr
    assert "none says since when it is past due" in done.stderr
    assert "line 11: reference D-9" in done.stdout
    assert "opened_on 2019-01-05" in done.stdout
    assert "line 12:" not in done.stdout
    assert "line 14" in done.stderr  # refused
    assert not sql(f"SELECT 1 {OF_TENANT}", shop)
    real = accord(*words)
    assert "sounds like a due date" in real.stderr


@pytest.mark.parametrize("kind", list(Kind))
def test_help_prints_every_column_whole(accord, kind):
    told = accord("import", str(kind), "--help", COLUMNS="80").stdout
    for column in TABLE[kind]:
        assert f"{column.spelled(Amounts.MINOR)}" in told
    assert "…" not in told.partition("Columns")[2].partition("Arguments")[0]


def test_the_page_says_what_the_code_says(accord):
    done = accord("files", "--check")
    assert done.exit_code == 0, done.output
