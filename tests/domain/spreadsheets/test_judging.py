"""What a row of a sheet says, and that nothing of it is guessed."""

from datetime import date, datetime, time

import pytest

from app.domain.spreadsheets.fields import FIELDS, SheetKind
from app.domain.spreadsheets.headings import map_columns, normalize
from app.domain.spreadsheets.judging import (
    MERGED,
    NOT_COMPUTED,
    CellError,
    Formats,
    read_row,
)

DAY = date(2026, 3, 31)
ROW = {"account_reference": "A-1", "amount_minor": "50.00", "due_on": "2026-03-31"}


def read(kind=SheetKind.PROMISES, *, formats=None, minor=(), currency="USD", **cells):
    said = read_row(
        kind, ROW | cells, formats=formats or Formats(), minor=frozenset(minor), currency=currency
    )
    return said.values, {(one.field, one.code, one.refused) for one in said.problems}


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("amount_minor", 50.0, "5000"),
        ("amount_minor", 0.30000000000000004, "30"),
        ("amount_minor", "1.234,56", "123456"),
        ("due_on", DAY, "2026-03-31"),
        ("due_on", datetime.combine(DAY, time()), "2026-03-31"),
        ("account_reference", "  A-1 ", "A-1"),
    ],
)
def test_a_cell_that_can_be_read_in_one_way_is(field, cell, value):
    values, problems = read(**{field: cell})
    assert (values[field], problems) == (value, set())


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("amount_minor", "1,234", "ambiguous_separator"),
        ("amount_minor", 12.345, "more_decimals_than_currency"),
        ("amount_minor", True, "not_a_number"),
        ("amount_minor", DAY, "not_a_number"),
        ("amount_minor", float("inf"), "not_a_number"),
        ("amount_minor", None, "empty"),
        ("due_on", "03/04/2026", "ambiguous_date"),
        ("due_on", 46081.0, "not_a_date"),
        ("due_on", time(3, 4), "not_a_date"),
        ("account_reference", 1.2345678901234568e16, "digits_lost"),
        ("account_reference", 12.5, "number_with_fraction"),
        ("account_reference", DAY, "not_text"),
        ("account_reference", CellError(shown="#N/A"), "error_value"),
        ("account_reference", "  ", "empty"),
    ],
)
def test_a_cell_with_a_doubt_says_nothing(field, cell, code):
    values, problems = read(**{field: cell})
    assert field not in values
    assert problems == {(field, code, True)}


def test_what_was_read_with_a_doubt_is_warned_of():
    values, problems = read(account_reference=7.0, due_on=datetime.combine(DAY, time(13, 5)))
    assert (values["account_reference"], values["due_on"]) == ("7", "2026-03-31")
    assert problems == {
        ("account_reference", "number_as_text", False), ("due_on", "time_dropped", False),
    }  # fmt: skip


def test_the_mapping_ends_doubts_and_is_held_to():
    how = Formats(decimal=".", date="dmy")
    values, problems = read(formats=how, amount_minor="1,234", due_on="03/04/2026")
    assert (values["amount_minor"], values["due_on"], problems) == ("123400", "2026-04-03", set())
    _, problems = read(formats=how, amount_minor="1.234,56")
    assert problems == {("amount_minor", "separator_contradicts_mapping", True)}


def test_money_needs_its_currency_and_a_heading_may_say_minor_units():
    assert read(currency=None)[1] == {("amount_minor", "no_currency", True)}
    assert read(amount_minor=1500.0, currency="JPY")[0]["amount_minor"] == "1500"
    assert read(amount_minor=1999.0, minor={"amount_minor"})[0]["amount_minor"] == "1999"


def test_a_target_that_is_no_money_has_no_decimals():
    cells = {"metric": "contacts", "from": "2026-03-01", "to": "2026-03-31", "value": 40.0}
    assert read(SheetKind.TARGETS, **cells)[0]["value"] == "40"
    assert read(SheetKind.TARGETS, **cells | {"value": 4.5})[1] == {
        ("value", "more_decimals_than_currency", True)
    }
    money = cells | {"metric": "collected", "currency": "USD", "value": 19.99}
    assert read(SheetKind.TARGETS, **money)[0]["value"] == "1999"


@pytest.mark.parametrize("kind", SheetKind)
def test_no_heading_means_two_fields(kind):
    words = [one for field in FIELDS[kind].values() for one in field.words]
    own = [normalize(name) for name in FIELDS[kind]]
    assert len({*words, *own}) == len(words) + len(set(own) - set(words))
    assert all(normalize(word) == word for word in words)
    mapped = map_columns(list(FIELDS[kind]), kind)
    assert (set(mapped.columns), mapped.missing, mapped.unused) == (set(FIELDS[kind]), (), ())


@pytest.mark.parametrize(
    ("shown", "code"),
    [("error", "error_value"), (MERGED, "merged_cell"), (NOT_COMPUTED, "not_computed")],
)
def test_a_cell_that_says_nothing_is_refused_and_says_why(shown, code):
    values, problems = read(amount_minor=CellError(shown=shown))
    assert ("amount_minor", code, True) in problems
    assert "amount_minor" not in values
