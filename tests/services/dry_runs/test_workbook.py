"""Sheets as they come: typed cells, what is hidden and wrong in them, and how much may be."""

import io
import zipfile
from contextlib import suppress
from datetime import date
from time import process_time

import pytest
from xlsxwriter import Workbook

from app.domain.errors import InvalidInput
from app.domain.spreadsheets.judging import MERGED, NOT_COMPUTED, CellError
from app.services.dry_runs.workbook import SentSheet, read_sheet


def workbook(fill, *, name="One", **options):
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, **options}) as book:
        fill(book.add_worksheet(name), book)
        book.add_worksheet("Two & more").write_row(0, 0, ["other"])
    return file.getvalue()


def _mixed(sheet, book):
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(1, 0, ["ref", "amount", "when", "paid"])
    sheet.write_row(2, 0, ["007", 19.99])
    sheet.write_datetime(2, 2, date(2026, 2, 28), day)
    sheet.write_boolean(2, 3, True)
    sheet.write_string(4, 0, "=1+1")
    sheet.write_formula(4, 1, "=1/0", None, "#DIV/0!")
    sheet.set_row(4, None, None, {"hidden": True})


@pytest.mark.parametrize("date_1904", [False, True])
def test_a_workbook_keeps_its_types_and_says_what_is_hidden(date_1904):
    read = read_sheet(SentSheet(content=workbook(_mixed, date_1904=date_1904)))
    assert (read.sheets, read.name) == (("One", "Two & more"), "One")
    assert read.headings == ("ref", "amount", "when", "paid")
    assert read.rows == (
        (3, ("007", 19.99, date(2026, 2, 28), True)),
        (5, ("=1+1", CellError(shown="error"), "", "")),
    )
    assert (read.blank_rows, read.hidden_rows) == (2, 1)


def test_another_sheet_is_named():
    content = workbook(_mixed)
    assert read_sheet(SentSheet(content=content, sheet="Two & more")).headings == ("other",)
    with pytest.raises(InvalidInput, match="is none of One, Two & more"):
        read_sheet(SentSheet(content=content, sheet="Three"))


def test_the_sheet_that_is_read_is_one_that_its_sender_sees():
    def fill(sheet, book):
        sheet.write_row(0, 0, ["ref", "of last year"])
        sheet.hide()
        shown = book.add_worksheet("Shown")
        shown.write_row(0, 0, ["ref", "amount"])
        shown.activate()

    content = workbook(fill)
    assert read_sheet(SentSheet(content=content)).name == "Shown"
    assert read_sheet(SentSheet(content=content, sheet="One")).headings[1] == "of last year"


def test_merged_cells_and_formulas_nobody_worked_out_say_nothing():
    def fill(sheet, _book):
        sheet.write_row(0, 0, ["ref", "amount", "policy"])
        sheet.write_row(1, 0, ["A", 5])
        sheet.write_row(2, 1, [6])
        sheet.merge_range("A2:A3", "A")
        sheet.merge_range("A4:C4", "")
        sheet.write_string(4, 0, "B")
        sheet.write_formula(4, 1, "=2+3")  # kept as 0 by whoever does not work it out
        sheet.write_formula(4, 2, "=A1", None, "")

    read = read_sheet(SentSheet(content=workbook(fill)))
    assert read.rows == (
        (2, ("A", 5.0, "")),
        (3, (CellError(shown=MERGED), 6.0, "")),
        (5, ("B", CellError(shown=NOT_COMPUTED), CellError(shown=NOT_COMPUTED))),
    )
    assert read.blank_rows == 1


def test_a_formula_that_says_what_it_came_to_is_that():
    def fill(sheet, _book):
        sheet.write_row(0, 0, ["ref", "amount", "more"])
        sheet.write_string(1, 0, "A")
        sheet.write_formula(1, 1, "=2+3", None, 5)
        sheet.write_formula(1, 2, "=2+4", None, 6)

    def saved(name, said):
        """As a program leaves it that works formulas out, but for one."""
        if name == "xl/workbook.xml":
            return said.replace(b' fullCalcOnLoad="1"', b"")
        return said.replace(b"<v>6</v>", b"")

    (row,) = read_sheet(SentSheet(content=changed(workbook(fill), saved))).rows
    assert row == (2, ("A", 5.0, CellError(shown=NOT_COMPUTED)))


def changed(content, change):
    """A workbook whose parts are otherwise."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            made.writestr(name, change(name, source.read(name)))
    return file.getvalue()


_MANY = 100_000


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"</worksheet>", b"<c " * _MANY),
        ("xl/worksheets/sheet1.xml", b"</worksheet>", b"<row " * _MANY),
        ("xl/worksheets/sheet1.xml", b"</worksheet>", b'<c t="' * _MANY),
        ("xl/worksheets/sheet1.xml", b"</worksheet>", b"x" * 20_000_000),
        ("xl/worksheets/sheet1.xml", b"</worksheet>", b'<mergeCell ref="A1:XFD9999999"/>' * _MANY),
        ("xl/workbook.xml", b"<sheet ", b"<sheet " + b"a" * _MANY + b" "),
        ("xl/workbook.xml", b"</workbook>", b"<sheet " * _MANY),
        ("xl/_rels/workbook.xml.rels", b"</Rel", b"<Relationship " * _MANY + b"</Rel"),
    ],
    ids=["cells", "rows", "types", "words", "merged", "names", "sheets", "relations"],
)
def test_a_workbook_that_is_made_to_take_long_does_not(part, old, new):
    """A file of some kilobytes: each tag is read once, however many never end."""
    content = changed(
        workbook(_mixed), lambda name, said: said.replace(old, new) if name == part else said
    )
    begun = process_time()
    with suppress(InvalidInput):
        read_sheet(SentSheet(content=content))
    assert process_time() - begun < 10  # quadratic, it was minutes


def test_a_csv_is_text_and_numbered_by_its_lines():
    content = b"\xef\xbb\xbfref;amount\r\n\r\n007;1,234\r\n"
    read = read_sheet(SentSheet(content=content, delimiter=";"))
    assert (read.headings, read.rows) == (("ref", "amount"), ((3, ("007", "1,234")),))
    assert read.blank_rows == 1


def _far(sheet, _book):
    sheet.write_row(0, 0, ["ref"])
    sheet.write_string(1_048_575, 16_383, "far")


def _wide(sheet, _book):
    sheet.write_row(0, 0, [f"h{n}" for n in range(201)])


def _bomb():
    """A workbook whose sheet says that it is small, and unpacks to more than anybody keeps."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(_mixed))) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            made.writestr(name, source.read(name))
        with made.open("xl/media/image1.png", "w") as entry:
            for _ in range(201):
                entry.write(bytes(1_000_000))
    return file.getvalue().replace((201_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: workbook(_far), "more than 100,000 rows"),
        (lambda: b"ref\n" + b"A\n" * 100_001, "more than 100,000 rows"),
        (lambda: workbook(_wide), "more than 200 columns"),
        (_bomb, "unpacks to more than"),
        (lambda: workbook(_mixed)[:-200], "no workbook that can be read"),
        (lambda: b"PK\x03\x04", "no workbook that can be read"),
        (lambda: b"ref,amount\n\xff\xfe,1\n", "neither XLSX nor CSV in UTF-8"),
        (lambda: b"\n\n", "is empty"),
        (lambda: b"ref,ref\nA,B\n", "names two columns"),
        (lambda: b"ref\nA,B\n", "beyond its headings in row 2"),
        (lambda: b'ref\n"A', "is no CSV"),
        (lambda: b"ref\n" + b"A" * 2_001, "more than 2000 characters in row 2"),
    ],
    ids=["far", "tall", "wide", "bomb", "cut", "zip", "bytes", "empty", "twice", "beyond", "open",
         "long"],
)  # fmt: skip
def test_what_is_too_much_or_none_is_said(content, said):
    with pytest.raises(InvalidInput, match=said):
        read_sheet(SentSheet(content=content()))
