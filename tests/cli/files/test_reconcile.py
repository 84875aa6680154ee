"""`accord reconcile`: every line of a settlement file and every payment has one verdict."""

import csv
import json
from uuid import uuid4

import pytest

ACCOUNTS = """\
reference,currency,product,opened_on,principal_minor,effective_on
A-1,USD,invoice,2025-01-01,100000,2026-01-01
"""
PAYMENTS = """\
reference,account_reference,amount_minor,currency,effective_on,method
P-1,A-1,1000,USD,2026-02-01,ach
P-2,A-1,2000,USD,2026-02-02,ach
P-3,A-1,3000,USD,2026-02-03,card
P-4,A-1,4000,USD,2026-02-20,ach
P-5,A-9,5000,USD,2026-02-02,ach
"""
SETTLED = """\
id,paid,cur,settled,fee
P-1,10.00,USD,2026-02-01,0.1
P-2,20.01,USD,2026-02-02,0.1
P-2,20.00,USD,2026-02-02,0.1
P-5,50.00,USD,2026-02-03,0.1
X-1,7.00,USD,2026-02-02,0.1
X-2,seven,USD,2026-02-02,0.1
X-3,8.00,EUR,2026-02-02,0.1
"""
MAP = tuple(
    word
    for name in ("reference=id", "amount=paid", "currency=cur", "date=settled")
    for word in ("--map", name)
)


@pytest.fixture
def books(accord, tmp_path):
    """A sandbox with four payments and one in suspense: `books(*words)` reconciles in it."""
    name = f"sandbox-{uuid4().hex[:8]}"
    accord("tenants", "create", name, "--sandbox")
    for kind, text in (("accounts", ACCOUNTS), ("payments", PAYMENTS)):
        (tmp_path / kind).write_text(text)
        words = ("--unmatched", "suspense") if kind == "payments" else ()
        made = accord("import", kind, str(tmp_path / kind), "--tenant", name, *words)
        assert made.exit_code == 0, made.output
    assert "in suspense" in made.output

    def run(text, *words):
        (tmp_path / "settled.csv").write_text(text)
        return accord("reconcile", str(tmp_path / "settled.csv"), "--tenant", name, *words)

    return run


def test_a_file_that_agrees_is_no_news(books):
    text = "reference,amount_minor,currency,date\nP-1,1000,USD,2026-02-01\n"
    done = books(text)

    assert done.exit_code == 0, done.output
    assert "adds up" in done.output


def test_every_line_and_every_payment_has_its_verdict(books, tmp_path):
    rows, document = tmp_path / "rows.csv", tmp_path / "all.json"
    done = books(SETTLED, *MAP, "--amounts", "decimal", "--csv", str(rows), "--json", str(document))

    assert done.exit_code == 1, done.output
    assert "adds up" in done.output
    assert "115.01" not in done.output
    found = list(csv.DictReader(rows.read_text().splitlines()))
    assert [(one["reference"], one["verdict"]) for one in found] == [
        ("P-1", "matched"),
        ("P-2", "amount differs"),
        ("P-2", "duplicate"),
        ("P-5", "matched"),
        ("X-1", "missing here"),
        ("X-2", "unreadable"),
        ("X-3", "missing here"),
        ("P-3", "missing there"),
    ]
    assert [one["difference_minor"] for one in found] == [
        "0", "1", "2000", "0", "700", "", "800", "-3000",
    ]  # fmt: skip
    assert found[3]["status"] == "suspense"
    assert found[0]["payment_id"].startswith("pay_")
    said = json.loads(document.read_text())
    assert said["adds_up"]
    assert said["read"] == {"rows": 7, "sums_minor": {"USD": 10701, "EUR": 800}}
    there = [one["there"] for one in said["verdicts"].values()]
    assert sum(one["rows"] for one in there) == 7
    assert sum(one["sums_minor"].get("USD", 0) for one in there) == 10701
    assert [one["reference"] for one in said["differences"]] == [
        "P-2", "P-2", "X-1", "X-2", "X-3", "P-3",
    ]  # fmt: skip
    here = sum(one["here"]["sums_minor"].get("USD", 0) for one in said["verdicts"].values())
    assert here == 1000 + 2000 + 5000 + 3000


def test_what_is_missed_can_be_narrowed(books):
    text = "reference,amount_minor,currency\nP-1,1000,USD\n"
    nothing = books(text)
    days = ("--from", "2026-02-01", "--to", "2026-02-28")
    by_card = books(text, *days, "--method", "card", "--csv", "-")
    all_days = books(text, *days, "--csv", "-")

    assert nothing.exit_code == 0
    assert "no day said" in nothing.output
    assert by_card.exit_code == all_days.exit_code == 1
    assert by_card.stdout.count("missing there") == 1
    assert all_days.stdout.count("missing there") == 4


def test_a_header_that_does_not_fit_is_named(books):
    done = books("id,amount_minor\nP-1,1000\n", "--map", "when=id")

    assert done.exit_code == 1
    assert "nobody knows when" in done.stderr
    assert "reference is missing; currency is missing" in done.stderr
