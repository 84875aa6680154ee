"""A letter on paper: the same bytes for the same text, and nothing drawn that was not said."""

import re
import subprocess
import sys
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.refusals.letters import CannotDraw
from app.services.documents.pdf import drawn
from tests.services.test_letters_wording import OFFER_TEXT, SATISFACTION_TEXT

ON = date(2026, 3, 1)
PROGRAM = """
import hashlib, sys
from datetime import date
from app.services.documents.pdf import drawn
made = drawn(sys.stdin.buffer.read().decode(), dated_on=date(2026, 3, 1), sheet="letter")
print(hashlib.sha256(made).hexdigest())
"""


def pdf(text=OFFER_TEXT, *, sheet="letter", on=ON):
    return drawn(text, dated_on=on, sheet=sheet)


def pages(made):
    return len(re.findall(rb"/Type /Page\b", made))


def test_another_process_draws_the_same_bytes(monkeypatch):
    def elsewhere(seed):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=OFFER_TEXT.encode(),
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1"},
        )
        return done.stdout

    assert elsewhere("1") == elsewhere("2")


def test_the_file_bears_the_letters_date_and_nothing_of_today():
    made = pdf()

    assert made.startswith(b"%PDF-")
    assert made.count(b"D:20260301000000Z") == 2
    assert re.findall(rb"D:\d+", made) == [b"D:20260301000000"] * 2
    assert made == pdf()
    assert made != pdf(on=date(2026, 3, 2))
    assert made != pdf(OFFER_TEXT.replace("1,000", "1,001"))


@pytest.mark.parametrize(("sheet", "size"), [("letter", b"612 792"), ("a4", b"595.28 841.89")])
def test_the_sheet(sheet, size):
    assert b"/MediaBox [ 0 0 " + size in re.sub(rb"\s+", b" ", pdf(sheet=sheet))


def test_every_character_our_fonts_lack_is_named():
    with pytest.raises(CannotDraw) as caught:
        pdf(OFFER_TEXT.replace("First Bank", "בנק 銀行"))

    assert caught.value.characters == ("U+05D1", "U+05E0", "U+05E7", "U+884C", "U+9280")
    assert "text/plain" in caught.value.detail


@pytest.mark.parametrize(
    "name",
    [
        "Žluťoučký kůň",
        "Ωμέγα",
        "\u0421\u0431\u0435\u0440",
        "Nguyễn",
        "Łódź & Søn",
        "₹ ₽ ₺ ₴ ₦ € £ ¥",
        "Gu\u0308nter",
    ],
)
def test_names_of_many_places_are_drawn(name):
    assert pdf(OFFER_TEXT.replace("First Bank", name)).startswith(b"%PDF-")


@pytest.mark.parametrize("stranger", ["\t", "\u200b", "\u202e", "\u0301 alone", "🙂", "\ufeff"])
def test_what_has_no_shape_of_its_own_is_refused_too(stranger):
    with pytest.raises(CannotDraw):
        pdf(OFFER_TEXT.replace("First", stranger))


def test_a_long_letter_goes_on_overleaf_and_says_so():
    rows = "\n".join(f"{n:3}  March 15, 2026  $500.00" for n in range(1, 121))
    made = pdf(OFFER_TEXT.replace("  1  March 15, 2026  $500.00", rows))

    assert pages(made) == 4
    assert pages(pdf(SATISFACTION_TEXT)) == 1


def test_a_word_longer_than_a_line_is_cut_not_lost():
    short, long = pdf(OFFER_TEXT), pdf(OFFER_TEXT.replace("INV-2026-0042", "W" * 200))

    assert long.count(b" Tj") > short.count(b" Tj")


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_any_text_is_drawn_or_refused_by_name(words):
    text = f"TITLE\n\n{words}\n"
    with suppress(CannotDraw):
        assert pdf(text) == pdf(text)
