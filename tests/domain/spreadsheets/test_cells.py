"""A cell is read right or refused: never rounded, never guessed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.spreadsheets.cells import Refused, Serial, read_amount, read_day, written
from app.domain.spreadsheets.headings import map_columns


def shown(minor, point, group):
    whole, cents = divmod(abs(minor), 100)
    digits = f"{whole:,}".replace(",", group)
    return f"{'-' if minor < 0 else ''}{digits}{point}{cents:02d}"


@given(st.integers(-(10**12), 10**12), st.sampled_from([(".", ","), (",", "."), (",", " ")]))
def test_what_a_person_would_write_is_read_as_meant(minor, marks):
    point, group = marks

    assert read_amount(shown(minor, point, group), 2, point).amount_minor == minor
    assert read_amount(shown(minor, point, group), 2).amount_minor == minor


@given(st.integers(-(10**12), 10**12))
def test_a_number_cell_is_the_amount_it_shows(minor):
    assert read_amount(minor / 100, 2).amount_minor == minor


@given(st.integers(1, 999), st.integers(0, 999))
def test_one_mark_before_three_digits_is_refused_until_the_mapping_says(whole, rest):
    text = f"{whole},{rest:03d}"

    assert read_amount(text, 2).refused is Refused.AMBIGUOUS_SEPARATOR
    assert read_amount(text, 2, ".").amount_minor == int(f"{whole}{rest:03d}") * 100
    assert read_amount(text, 3, ",").amount_minor == int(f"{whole}{rest:03d}")


@pytest.mark.parametrize("text", ["1.23,45", "1..2", "--5", "1,2,3", "12 EUR", "NaN", "1_000", ""])
def test_what_is_no_number_is_refused(text):
    assert read_amount(text, 2).amount_minor is None


@given(st.dates(date(1900, 3, 1), date(2100, 1, 1)))
def test_a_day_is_read_from_every_form_that_says_it(day):
    assert read_day(day.isoformat()).on == day
    assert read_day(f"{day.day:02d}/{day.month:02d}/{day.year:04d}", "dmy").on == day
    assert read_day(f"{day.month}/{day.day}/{day.year}", "mdy").on == day
    assert read_day(Serial(days=(day - date(1899, 12, 30)).days)).on == day
    if day >= date(1904, 1, 1):
        serial = Serial(days=(day - date(1904, 1, 1)).days, epoch_1904=True)
        assert read_day(serial).on == day


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_a_day_that_could_be_another_is_refused(day):
    told = read_day(f"{day.day:02d}/{day.month:02d}/{day.year}")

    if day.day > 12 or day.day == day.month:
        assert told.on == day
    else:
        assert told.refused is Refused.AMBIGUOUS_DATE


def test_the_day_that_never_was_is_refused():
    assert read_day(Serial(days=60)).refused is Refused.NOT_A_DATE
    assert read_day(Serial(days=59)).on == date(1900, 2, 28)
    assert read_day(Serial(days=61)).on == date(1900, 2, 28) + timedelta(days=1)


@given(st.text("=+-@\t\u00e9a1", max_size=20))
def test_words_are_written_as_words(text):
    assert (written(text).value, written(text).formula) == (text, False)


def test_a_heading_nobody_knows_is_told():
    told = map_columns(["Reference", "Balance", "Favorite color"])

    assert told.unused == ("Favorite color",)
    assert told.missing == ()
    assert map_columns(["Balance"]).missing == ("reference",)


@pytest.mark.parametrize(("text", "order"), [("03/04/26", "dmy"), ("26-03-04", "ymd")])
def test_a_year_of_two_digits_is_of_no_century(text, order):
    assert read_day(text, order).refused is Refused.AMBIGUOUS_DATE


@given(st.integers(1, 60), st.sampled_from(["", "-"]))
def test_no_decimal_is_so_small_that_it_is_forgotten(zeros, sign):
    whole = f"{sign}1.00{'0' * zeros}"

    assert read_amount(f"{whole}1", 2).refused is Refused.MORE_DECIMALS
    assert read_amount(f"{sign}{'7' * (zeros + 1)}.01", 2).amount_minor == int(
        f"{sign}{'7' * (zeros + 1)}01"
    )
