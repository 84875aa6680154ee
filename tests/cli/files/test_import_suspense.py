"""`accord import payments --unmatched suspense`: kept once, however often the file is given."""

from uuid import uuid4

import pytest

PAYMENTS = """\
reference,account_reference,amount_minor,currency
P-1,A-1,1000,USD
P-2,A-9,2000,USD
P-3,A-9,3000,EUR
"""
ACCOUNTS = """\
reference,currency,product,opened_on,principal_minor
A-1,USD,invoice,2025-01-01,100000
"""


@pytest.fixture
def bring(accord, tmp_path):
    name = f"sandbox-{uuid4().hex[:8]}"
    accord("tenants", "create", name, "--sandbox")

    def run(kind, text, *words):
        (tmp_path / kind).write_text(text)
        return accord("import", kind, str(tmp_path / kind), "--tenant", name, *words)

    assert run("accounts", ACCOUNTS).exit_code == 0
    return run


def counted(done):
    """Rows by outcome, from the table it prints."""
    lines = (line.strip().rsplit("  ", 1) for line in done.stdout.splitlines())
    cells = [line[0].split("  ") for line in lines if len(line) > 1]
    return {row[0].strip(): [c.strip() for c in row[1:] if c.strip()][:1] for row in cells}


def test_what_fits_no_account_is_kept(bring):
    done = bring("payments", PAYMENTS, "--unmatched", "suspense")
    again = bring("payments", PAYMENTS, "--unmatched", "suspense")

    assert (done.exit_code, again.exit_code) == (0, 0), done.output + again.output
    assert counted(done)["in suspense"] == ["2"]
    assert counted(done)["stored"] == ["1"]
    assert counted(again)["already there"] == ["3"]
    assert "reconciles" in done.stdout


def test_it_is_refused_unless_told_otherwise(bring):
    done = bring("payments", PAYMENTS)

    assert done.exit_code == 1
    assert counted(done)["rejected"] == ["2"]


def test_only_payments_can_wait(bring):
    done = bring("accounts", ACCOUNTS, "--unmatched", "suspense")

    assert done.exit_code == 1
    assert "nobody knows unmatched to set" in done.stderr
