"""Letters on paper: what the text says and nothing else, where a window shows it, page by page."""

import re
from datetime import date

import pytest

from app.domain.refusals.letters import CannotDraw
from app.domain.templates.liquid import Table
from app.domain.values import replace
from app.services.paper.blocks import Grid, Heading, Prose, blocks_of
from app.services.paper.flow import paged, rows_of
from app.services.paper.letters import Letterhead, PaperLetter, drawn_letters
from app.services.paper.sheets import A4, LETTER, sheet_of
from app.services.paper.slips import Payee, Slip, code_of
from tests.services.paper.reader import by_pdftotext, pieces

ROWS = (
    ("Date", "What", "Amount", "Balance"),
    ("September 1, 2026", "Brought forward", "", "$1,200.00"),
    ("September 30, 2026", "Payment", "-$50.00", "$1,150.00"),
)
TABLE = Table(rows=ROWS, right=frozenset({2, 3}))
TEXT = f"""Dear Jane Doe,

From September 1, 2026 to September 30, 2026

{TABLE.as_text()}

Owed before: $1,200.00
Paid: $50.00

Prairie Recovery
"""
LETTER_ = PaperLetter(
    head=Letterhead(name="Prairie Recovery", address=("PO Box 12", "Austin, TX 78701")),
    to=("Jane Doe", "123 Main Street", "Austin, TX 78701"), dated="October 28, 2026",
    dated_on=date(2026, 10, 28), title="Statement of account", text=TEXT, locale="en-US",
    pages="Page {number} of {count}",
)  # fmt: skip
SLIP = Slip(
    title="Payment slip", lines=(("Reference", "INV-1"), ("Amount due", "$50.00")),
    code=code_of(reference="INV-1", amount_minor=50_00, currency="USD", payee=None),
)  # fmt: skip


def words_in(made, tmp_path, *, box=None):
    """What a reader of PDF finds, word by word in the order in which it is read.

    `box`: of the first page, what begins within it: left, top, width and height.
    """
    other = by_pdftotext(made, tmp_path / "letter.pdf", box=box)
    if other is not None:
        return other
    found = pieces(made)
    if box is None:
        return " ".join(text for page in found for _, _, text in page).split()
    left, top, wide, high = box
    tall = float(re.search(rb"/MediaBox \[ 0 0 \S+ (\S+) \]", made)[1])
    within = [
        text
        for x, y, text in found[0]
        if left <= x <= left + wide and top <= tall - y <= top + high
    ]
    return " ".join(within).split()


def pages(made):
    return len(re.findall(rb"/Type /Page\b", made))


def test_a_letter_on_paper_says_what_its_text_says(tmp_path):
    letter = replace(LETTER_, slip=SLIP)
    found = words_in(drawn_letters([letter]), tmp_path)
    around = [
        "Prairie Recovery", "PO Box 12", "Austin, TX 78701", *LETTER_.to, LETTER_.dated,
        "Page 1 of 1",
    ]  # fmt: skip
    said = [LETTER_.title, TEXT, SLIP.as_text(), *around]
    assert sorted(found) == sorted(" ".join(said).split())
    body = f"{LETTER_.title} {TEXT} {SLIP.as_text()}".split()
    at = found.index("Statement")
    assert found[at : at + len(body)] == body  # in its order, and nothing between


def test_the_window_shows_the_address_and_nothing_else(tmp_path):
    long = ("Jane Doe", "c/o Roe", "House 4", "123 Main Street", "Austin, TX 78701")
    made = drawn_letters([replace(LETTER_, to=long)])
    # A #10 window shows this much wherever the sheet slides in its envelope.
    inch = 72
    window = (0.875 * inch, 2.04 * inch, 4.5 * inch, 0.67 * inch)
    assert (
        words_in(made, tmp_path, box=tuple(map(round, window)))
        == " ".join(long).replace("House 4 123", "House 4, 123").split()
    )
    german = replace(LETTER_, locale="de-DE", to=("Jürgen Groß", "Hauptstraße 12", "10115 Berlin"))
    mm = 72 / 25.4
    field = tuple(round(one * mm) for one in (20, 62.7, 85, 27.3))  # DIN 5008 form B
    assert words_in(drawn_letters([german]), tmp_path, box=field) == " ".join(german.to).split()


def test_the_same_words_are_the_same_bytes_and_each_letter_is_numbered_by_itself():
    letter = replace(LETTER_, text=TEXT + "\n" + "\n\n".join(f"Line {n}." for n in range(60)))
    made = drawn_letters([letter, LETTER_])
    assert made == drawn_letters([letter, LETTER_])
    assert pages(drawn_letters([letter])) == 3
    assert pages(made) == 4
    assert re.findall(rb"D:\d+", made) == [b"D:20261028000000"] * 2
    assert made != drawn_letters([replace(letter, dated_on=date(2026, 10, 29)), LETTER_])
    with pytest.raises(CannotDraw) as caught:
        drawn_letters([replace(LETTER_, to=("銀行",))])
    assert caught.value.characters == ("U+884C", "U+9280")


def test_a_table_goes_over_with_its_head(tmp_path):
    rows = (ROWS[0], *((f"Day {n}", "Payment", "-$1.00", f"${n}.00") for n in range(120)))
    long = Table(rows=rows, right=frozenset({2, 3})).as_text()
    made = drawn_letters([replace(LETTER_, text=long)])
    found = words_in(made, tmp_path)
    assert found.count("Amount") == pages(made) == 3
    assert [one for one in found if one.startswith("$")] == [f"${n}.00" for n in range(120)]


def test_no_line_stands_alone_at_a_pages_end_or_beginning():
    line = "word " * 30  # two lines of paper
    for above in range(20, 44):
        text = "\n".join("Above." for _ in range(above)) + f"\n\nA heading\n\n{line}{line}\n"
        rows = list(rows_of("Title", blocks_of(text), LETTER.room))
        first, *others = paged(rows, 470.0, 600.0)
        assert sum(row.height for row in first) <= 470.0
        assert [row for page in (first, *others) for row in page if row.cells] == [
            row for row in rows if row.cells
        ]
        if others:
            assert not first[-1].keeps or not first[-1].cells
            assert others[0][0].cells
            assert sum(bool(row.cells) for row in others[0]) > 1 or "Above" in str(others[0])


def test_parts_of_a_text_are_known_by_their_form():
    kinds = list(blocks_of(TEXT, signed="Prairie Recovery"))
    assert [type(one) for one in kinds] == [Prose, Heading, Grid, Grid, Prose]
    assert kinds[2].rows == ROWS  # an empty cell keeps its place
    assert kinds[2].right == {2, 3}
    assert kinds[3] == Grid(
        rows=(("Owed before:", "$1,200.00"), ("Paid:", "$50.00")), right=frozenset({1}), head=False
    )
    (days,) = blocks_of("Account: INV-1\nDate: March 1, 2026")
    assert days.right == frozenset()  # no figures to be added up
    assert (sheet_of("en-US"), sheet_of("en-GB"), sheet_of("fr-CA")) == (LETTER, A4, LETTER)


def test_the_code_is_a_transfer_for_euros_and_else_the_reference():
    payee = Payee(name="A GmbH", iban="DE89 3704 0044 0532 0130 00")
    asked = {"reference": "INV-1", "amount_minor": 50_00}
    plain = code_of(**asked, currency="USD", payee=payee)
    assert plain == code_of(**asked, currency="EUR", payee=None)
    epc = code_of(**asked, currency="EUR", payee=payee)
    assert len(epc) > len(plain)
    assert epc != code_of(reference="INV-1", amount_minor=51_00, currency="EUR", payee=payee)
