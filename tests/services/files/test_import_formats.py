"""How files write numbers, days, encodings and nothing: as was said, or refused; not guessed."""

import io
from datetime import date

import pytest

from app.services.files.columns import Kind
from app.services.files.csv_files import Source, Unreadable
from app.services.files.formats import (
    Amounts,
    BadFormat,
    Formats,
    days_of,
    encoding_of,
    formats_of,
    minor_of,
    numbers_of,
)
from app.services.files.preview import preview, understood
from app.services.files.rows import BadColumns, layout

HEADER = "reference,account_reference,amount,currency,effective_on"


def minor(cell, decimal=None, thousands=None, currency="EUR"):
    return minor_of(cell, Amounts.DECIMAL, currency, numbers_of(decimal, thousands))


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands", "expected"),
    [
        ("1234,50", ",", None, 123_450), ("1.234,50", ",", ".", 123_450),
        ("1.234.567,89", ",", ".", 123_456_789), ("1200", ",", ".", 120_000),
        ("1.200", ",", ".", 120_000), ("1.200", ".", None, 120), ("1,200.5", None, ",", 120_050),
        ("1.200", None, ",", 120), ("1 234,50", ",", " ", 123_450),
        ("1\u00a0234,50", ",", " ", 123_450), ("1\u202f234,5", ",", " ", 123_450),
        ("1'234.50", ".", "'", 123_450), ("1\u2019234.50", ".", "'", 123_450),
        ("-12,00", ",", None, -1_200), ("12,00-", ",", None, -1_200),
        ("(12,00)", ",", None, -1_200),
    ],
)  # fmt: skip
def test_numbers_by_the_signs_that_were_said(cell, decimal, thousands, expected):
    assert minor(cell, decimal, thousands) == expected


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands"),
    [
        ("1.200", None, None), ("1,200", None, None), ("1234,50", None, None),
        ("1.234,50", None, None), ("1.234,50", ",", None), ("12.34,50", ",", "."),
        ("1.2345,00", ",", "."), ("1,234.50", ",", "."), ("0.123,00", ",", "."),
        ("--5", ".", None), ("(5", ".", None), ("-5-", ".", None), ("1e3", ".", None),
        ("12,345", ",", "."), ("", ".", None), ("٣", ".", None),
    ],
)  # fmt: skip
def test_numbers_that_say_two_things_or_none_are_refused(cell, decimal, thousands):
    with pytest.raises(ValueError, match=r"should be|may be|has more"):
        minor(cell, decimal, thousands)


@pytest.mark.parametrize(
    ("written", "cell", "expected"),
    [
        ("dd/mm/yyyy", "05/03/2026", date(2026, 3, 5)),
        ("mm/dd/yyyy", "05/03/2026", date(2026, 5, 3)),
        ("yyyymmdd", "20260305", date(2026, 3, 5)), ("dd.mm.yyyy", "5.3.2026", date(2026, 3, 5)),
        ("DD-MM-YYYY", "31-12-2025", date(2025, 12, 31)),
        ("ddmmyyyy", "05032026", date(2026, 3, 5)),
        ("yyyy/mm/dd", "2026/03/05", date(2026, 3, 5)),
    ],
)  # fmt: skip
def test_days_by_the_order_that_was_said(written, cell, expected):
    assert days_of(written).read(cell) == expected


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ("yyyy-mm-dd", "05/03/2026"), ("dd/mm/yyyy", "31/02/2026"), ("dd/mm/yyyy", "05/13/2026"),
        ("dd/mm/yyyy", "05/03/26"), ("dd.mm.yyyy", "05/03/2026"), ("yyyymmdd", "2026305"),
        ("dd.mm.yyyy", "01.01.0026"), ("dd.mm.yyyy", "01.01.9999"),
    ],
)  # fmt: skip
def test_days_that_are_written_otherwise_are_refused(written, cell):
    with pytest.raises(ValueError, match="should be a day"):
        days_of(written).read(cell)


@pytest.mark.parametrize(
    ("says", "name", "complaint"),
    [
        ({"days": "dd.mm.yy"}, "date", "no way to write a day"),
        ({"days": "yyyy-dd-mm"}, "date", "no way to write a day"),
        ({"days": "dd.mm/yyyy"}, "date", "no way to write a day"),
        ({"decimal": ";"}, "decimal", "stands before no decimals"),
        ({"thousands": "."}, "decimal", "cannot be both"),
        ({"decimal": ",", "thousands": ","}, "decimal", "cannot be both"),
        ({"thousands": "x"}, "decimal", "groups no thousands"),
        ({"encoding": "ebcdic"}, "encoding", "cp1252"),
        ({"amounts": Amounts.MINOR, "decimal": ","}, "amounts", "no decimals"),
        ({"nulls": [""]}, "null", "words"),
    ],
)
def test_what_means_nothing_is_named(says, name, complaint):
    with pytest.raises(BadFormat, match=complaint) as refusal:
        formats_of(**says)
    assert refusal.value.name == name


def test_signs_of_numbers_say_that_amounts_are_decimals():
    assert formats_of().amounts is Amounts.MINOR
    assert formats_of(decimal=",").amounts is Amounts.DECIMAL
    assert formats_of(thousands=",").amounts is Amounts.DECIMAL


# Encodings --------------------------------------------------------------------------------


def source(raw, encoding="utf-8"):
    return Source(io.BytesIO(raw), size=len(raw), encoding=encoding_of(encoding))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("cp1252", "cp1252"), ("Windows-1252", "cp1252"), ("latin_1", "latin-1"),
        ("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16", "utf-16-le"),
        ("utf-16", "utf-16-be"), ("utf-16-be", "utf-16-be"), ("iso-8859-15", "iso-8859-15"),
    ],
)  # fmt: skip
def test_files_in_the_encoding_that_was_said(said, written):
    file = source("name,n\r\nJürgen Groß,1\r\n".encode(written), said)
    assert file.header == ("name", "n")
    assert [line.cells for line in file] == [("Jürgen Groß", "1")]


def test_a_mark_of_utf_8_before_bytes_of_cp1252_is_passed_over():
    file = source(b"\xef\xbb\xbf" + "Straße;n\r\nGroß;1\r\n".encode("cp1252"), "cp1252")
    assert file.header == ("Straße;n",)


@pytest.mark.parametrize(
    ("said", "raw", "complaint"),
    [
        ("utf-8", "Straße\n".encode("cp1252"), "no UTF-8.*cp1252.*0xDF"),
        ("utf-8", "a\n".encode("utf-16"), "UTF-16"),
        ("cp1252", "a\n".encode("utf-16-le"), "UTF-16"),
        ("utf-16", b"a,b\n", "no UTF-16"),
        ("utf-16-le", "a,b\n".encode("utf-8-sig"), "no UTF-16-LE"),
        ("cp1252", "Straße\n".encode(), "seems to be UTF-8, not cp1252"),
        ("cp1252", "Straße\n".encode("utf-8-sig"), "seems to be UTF-8, not cp1252"),
        ("cp1252", b"a\x81\n", "no cp1252.*0x81"),
        ("utf-16", "a,b\n".encode("utf-16") + b"\x00", "no utf-16|truncated"),
    ],
)
def test_a_wrong_encoding_is_named(said, raw, complaint):
    with pytest.raises(Unreadable, match=complaint):
        list(source(raw, said))


def test_a_line_in_another_encoding_than_the_file_is_refused_alone():
    raw = f"{HEADER}\nX-1,A-1,5,EUR,\nX-ü,A-1,5,EUR,\n".encode()
    file = source(raw, "cp1252")
    shape = layout(
        Kind.PAYMENTS,
        file.header,
        formats=Formats(amounts=Amounts.DECIMAL, encoding="cp1252"),
        renamed={},
        constants={},
    )
    assert ["UTF-8" in shape.read(line).reason for line in file] == [False, True]


def test_a_file_of_300_columns_is_refused():
    with pytest.raises(Unreadable, match="300 columns; 200"):
        source(",".join(f"c{n}" for n in range(300)).encode())


def test_of_very_many_misfits_the_first_are_named():
    with pytest.raises(BadColumns) as refusal:
        layout(
            Kind.PAYMENTS,
            [f"c{n}" for n in range(200)],
            formats=Formats(),
            renamed={},
            constants={},
        )
    assert "nobody knows c0; " in str(refusal.value)
    assert str(refusal.value).endswith("and 194 more")


# Nothing, labels and what looks wrong -----------------------------------------------------


def read(kind, text, *, renamed=None, constants=None, **says):
    formats = formats_of(**says)
    raw = text.encode(formats.encoding)
    file = Source(io.BytesIO(raw), size=len(raw), encoding=formats.encoding)
    shape = layout(
        kind, file.header, formats=formats, renamed=renamed or {}, constants=constants or {}
    )
    return shape, [shape.read(line) for line in file]


ACCOUNT = "reference,currency,product,opened_on,principal_minor,debtor_name"


def test_words_for_nothing_say_nothing_where_that_was_said():
    text = f"{ACCOUNT}\nA-1,EUR,invoice,2026-01-01,100,NULL\n"
    _, (plain,) = read(Kind.ACCOUNTS, text)
    _, (told,) = read(Kind.ACCOUNTS, text, nulls=["NULL"])

    assert plain.values["debtor_name"] == "NULL"
    assert "debtor_name" not in told.values


def warnings(text, **says):
    shape, rows = read(Kind.ACCOUNTS, text, **says)
    return " ".join(preview(shape, rows, business_date=date(2026, 6, 30)).warnings)


def test_words_for_nothing_are_warned_of():
    text = f"{ACCOUNT}\nA-1,EUR,invoice,2026-01-01,100,NULL\nA-2,EUR,invoice,2026-01-01,100,NULL\n"
    assert "2 cells say NULL, the first on line 2" in warnings(text)
    assert not warnings(text, nulls=["NULL"])


@pytest.mark.parametrize(
    "heading",
    ["due_date", "Due Date", "Fälligkeit", "faellig am", "Date d'échéance", "Vencimiento"],
)
def test_a_due_date_as_opened_on_is_warned_of(heading):
    text = f"{ACCOUNT}\nA-1,EUR,invoice,2026-01-01,100,\n".replace("opened_on", heading)
    assert "sounds like a due date" in warnings(text, renamed={"opened_on": heading})


@pytest.mark.parametrize("heading", ["Vertragsdatum", "opened_on", "residue", "fondue_day"])
def test_another_heading_is_not(heading):
    text = f"{ACCOUNT}\nA-1,EUR,invoice,2026-01-01,100,\n".replace("opened_on", heading)
    assert not warnings(text, renamed={"opened_on": heading})


def test_old_debts_that_would_begin_to_age_today_are_warned_of():
    lines = "A-1,EUR,invoice,2019-01-01,100,\nA-2,EUR,invoice,2026-01-01,100,\n"
    assert "none says since when it is past due" in warnings(f"{ACCOUNT}\n{lines}")
    dated = f"{ACCOUNT},delinquent_since_on\nA-1,EUR,invoice,2019-01-01,100,,2019-02-01\n"
    assert not warnings(dated)
    young = f"{ACCOUNT}\nA-2,EUR,invoice,2026-01-01,100,\n"
    assert not warnings(young)


def test_old_debts_that_would_all_be_current_are_warned_of():
    text = f"{ACCOUNT},past_due_minor\nA-1,EUR,invoice,2019-01-01,100,,0\n"
    assert "all would be current" in warnings(text)


def test_rows_as_understood_are_in_our_writing():
    text = "reference;account_reference;amount;currency;effective_on\nX;A;1.234,50;EUR;5.3.2026\n"
    formats = formats_of(decimal=",", thousands=".", days="dd.mm.yyyy")
    raw = text.encode()
    file = Source(io.BytesIO(raw), size=len(raw), delimiter=";")
    shape = layout(Kind.PAYMENTS, file.header, formats=formats, renamed={}, constants={})
    (row,) = (shape.read(line) for line in file)
    assert understood(shape, row) == {
        "reference": "X", "account_reference": "A", "amount_minor": "123450", "currency": "EUR",
        "effective_on": "2026-03-05",
    }  # fmt: skip


def test_labels_are_set_for_a_whole_file_and_refused_where_there_are_none():
    _, (row,) = read(
        Kind.ACCOUNTS,
        f"{ACCOUNT}\nA-1,EUR,invoice,2026-01-01,100,\n",
        constants={"metadata.batch": "7"},
    )
    assert row.values["metadata.batch"] == "7"
    charges = "reference,account_reference,kind,amount_minor,metadata.x\n"
    with pytest.raises(BadColumns, match=r"nobody knows metadata\.x"):
        read(Kind.CHARGES, charges)
