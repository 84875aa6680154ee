"""Figures of cases as the reports' own tables come to them."""

from datetime import date
from typing import Any
from uuid import UUID

from app.domain.overview.definitions.catalog import REPORTS
from app.domain.overview.question import Question
from app.domain.overview.table import Entry, Layout, Tally
from app.domain.reports import forecast
from app.domain.reports.books import Basis
from tests.scenarios.contact_facts import Input


def days_to_pay(said: Input) -> Any:
    """By the table that the report is."""
    day = date(2026, 1, 31)
    asked = Question(
        report="days-to-pay", as_of=day, known_on=day, basis=Basis.RESTATED, from_on=day, to_on=day
    )
    tally = Tally(asked, Layout(columns=REPORTS["days-to-pay"].columns))
    for number, one in enumerate(said["paid"]):
        minor, days = one["minor"], one["days_after_due"]
        adds = {"payments": 1, "paid_minor": minor, "amount_days": minor * days}
        tally.add([Entry(id=UUID(int=number), currency="USD", key=(), adds=adds)])
    rows, _ = tally.rows()
    found = [row.cells["days_tenth_days"] for row in rows] or [None]
    return {"days_to_pay_tenth_days": found[0]}


def markov(said: Input) -> Any:
    """Month by month as the report rolls its buckets on, and rounds."""
    found = list[int]()
    rolled = forecast.paying(said["matrix_bps"], said["p_pay_bps"])
    for scheduled, (pays, whole) in zip(
        said["scheduled_minor_by_month_and_bucket"], rolled, strict=False
    ):
        weight = sum(minor * pay for minor, pay in zip(scheduled, pays, strict=True))
        found += forecast.shared_out([weight], whole)
    return {"expected_minor": found}
