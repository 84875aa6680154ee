"""The hash of a report: of one JSON text by sorted names, however it is put together."""

import json
from datetime import date
from hashlib import sha256

import pytest

from app.domain.overview.definitions.receivables import AGING
from app.domain.overview.question import Question
from app.domain.overview.runs import retold, told_of
from app.domain.overview.table import Report, Row, parameters
from app.domain.reports.books import Basis


@pytest.mark.parametrize("keys", [(), ("1-29",), ("current", None, "ü\u2028")])
def test_a_report_is_hashed_as_one_text(keys):
    day = date(2026, 2, 28)
    asked = Question(
        report="aging", as_of=day, known_on=day, basis=Basis.BOOKED, by=("bucket",),
        filters={"creditor": 'Ü"'},
    )  # fmt: skip
    rows = tuple(Row(key=("USD", key), cells={"b": 1, "a": None}) for key in keys)
    made = Report(question=asked, title="Aging", columns=AGING, rows=rows, totals=rows[:1])

    said = {
        "parameters": parameters(asked),
        "columns": [[one.name, one.type] for one in AGING],
        "rows": [[one.key, sorted(one.cells.items())] for one in rows],
        "totals": [[one.key, sorted(one.cells.items())] for one in rows[:1]],
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert made.hash == f"sha256:{sha256(text.encode()).hexdigest()}"


@pytest.mark.parametrize(("report", "column"), [("aging", "balance_minor"),
                                                ("flow", "closing_minor")])  # fmt: skip
def test_a_run_of_before_columns_were_named_held_what_is_owed(report, column):
    day = date(2026, 2, 28)
    asked = Question(report=report, as_of=day, known_on=day, basis=Basis.BOOKED)
    told = {"rows": [], "totals": [], "few": [], "ledger": [["USD", 5, 5]], "provisional": False}
    again = retold(told, question=asked, title="", columns=(), notes=(), whole="x")

    assert [(one.column, one.ledger_minor) for one in again.reconciles] == [(column, 5)]
    assert retold(
        {**told, "ledger": told_of(again)["ledger"]}, question=asked, title="", columns=(),
        notes=(), whole="x",
    ) == again  # fmt: skip
