"""Lines of import files, without a database: what the edge refuses is refused, and said why."""

import io
from datetime import date

import pytest

from app.services.files.columns import Kind
from app.services.files.csv_files import Source, Unreadable, delimiter_of
from app.services.files.formats import Amounts, Formats, minor_of
from app.services.files.reconcile import columns
from app.services.files.rows import BadColumns, layout

ACCOUNT = {"reference": "A-1", "currency": "USD", "product": "invoice", "opened_on": "2025-01-01"}
PLAN = {"reference": "P-1", "account_reference": "A-1", "every": "1", "unit": "month"}
PAYMENT = {"reference": "X-1", "account_reference": "A-1", "amount_minor": "5", "currency": "USD"}
CHARGE = {"reference": "C-1", "account_reference": "A-1", "kind": "fee", "amount_minor": "100"}
MOST = 2**53 - 1


def source(text, **says):
    raw = text if isinstance(text, bytes) else text.encode()
    return Source(io.BytesIO(raw), size=len(raw), **says)


def rows_of(kind, text, *, amounts=Amounts.MINOR, **says):
    file = source(text, **says)
    shape = layout(kind, file.header, formats=Formats(amounts=amounts), renamed={}, constants={})
    return [shape.read(line) for line in file], file


def row_of(kind, cells, **says):
    lines = (",".join(f'"{one}"' for one in part) for part in (cells.keys(), cells.values()))
    (row,), _ = rows_of(kind, "\n".join(lines), **says)
    return row


@pytest.mark.parametrize(
    ("kind", "cells", "pointer"),
    [
        (Kind.CHARGES, {**CHARGE, "due_on": "9999-12-30"}, "due_on"),
        (Kind.CHARGES, {**CHARGE, "effective_on": "3000-01-01"}, "effective_on"),
        (Kind.ACCOUNTS, {**ACCOUNT, "opened_on": "0026-01-05"}, "opened_on"),
        (Kind.ACCOUNTS, {**ACCOUNT, "delinquent_since_on": "0001-01-01"}, "delinquent_since_on"),
        (Kind.ACCOUNTS, {**ACCOUNT, "validation_ends_on": "9999-12-31"}, "validation_ends_on"),
        (Kind.ACCOUNTS, {**ACCOUNT, "charged_off_on": "1899-12-31"}, "charged_off_on"),
        (Kind.ACCOUNTS, {**ACCOUNT, "debtor_region": "Texas"}, "debtor_region"),
        (Kind.ACCOUNTS, {**ACCOUNT, "debtor_language": "English, please"}, "debtor_language"),
        (Kind.ACCOUNTS, {**ACCOUNT, "policy": "x" * 65}, "policy"),
        (Kind.ACCOUNTS, {**ACCOUNT, "placement_batch": "x" * 65}, "placement_batch"),
        (Kind.ACCOUNTS, {**ACCOUNT, "metadata.note": "x" * 501}, "metadata.note"),
        (Kind.ACCOUNTS, {**ACCOUNT, "principal_minor": MOST, "fees_minor": 1}, "/balance"),
        (Kind.PLANS, {**PLAN, "amount_minor": "0", "installment_count": "2"}, "amount_minor"),
        (Kind.PLANS, {**PLAN, "installment_minor": "0"}, "installment_minor"),
        (Kind.PLANS, {**PLAN, "down_payment_minor": "0"}, "down_payment_minor"),
        (Kind.PLANS, {**PLAN, "first_due_on": "3000-01-01"}, "first_due_on"),
        (Kind.PLANS, {**PLAN, "calendar": "x" * 33}, "calendar"),
        (Kind.PAYMENTS, {**PAYMENT, "reference": "x" * 256}, "reference"),
    ],
)  # fmt: skip
def test_what_the_edge_refuses(kind, cells, pointer):
    (problem,) = row_of(kind, cells).problems
    assert problem.pointer == pointer


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        (["metadata."], "a label's name"),
        ([f"metadata.{'x' * 41}"], "a label's name"),
        ([f"metadata.{n}" for n in range(51)], "50 labels at most"),
    ],
)
def test_labels_nobody_could_send(labels, complaint):
    with pytest.raises(BadColumns, match=complaint):
        rows_of(Kind.ACCOUNTS, ",".join((*ACCOUNT, *labels)))


@pytest.mark.parametrize("inside", "\u00a0\u3000\u00ad\u200b ")
def test_a_reference_is_the_same_in_a_payments_file_and_a_settlement_file(inside):
    reference = f"R{inside}1"
    paid = row_of(Kind.PAYMENTS, {**PAYMENT, "reference": f" {reference} "})
    header = ("reference", "amount_minor", "currency")
    shape = columns(header, formats=Formats(), renamed={}, constants={})
    (line,) = source(f"{','.join(header)}\n{reference},5,USD\n")
    settled = shape.read(line)

    assert (paid.problems, paid.reference) == ((), reference)
    assert (settled.problem, settled.reference) == (None, reference)


# Files ------------------------------------------------------------------------------------

BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize("mark", [b"", BOM])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_byte_order_mark_is_no_part_of_the_first_column(mark, quote):
    names = ("effective_on", *PAYMENT)
    lines = (names, ("2026-01-10", *PAYMENT.values()))
    text = "\r\n".join(",".join(f"{quote}{cell}{quote}" for cell in line) for line in lines)
    (row,), file = rows_of(Kind.PAYMENTS, mark + text.encode())

    assert file.header == names
    assert row.values["effective_on"] == date(2026, 1, 10)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named(encoding):
    with pytest.raises(Unreadable, match="UTF-16"):
        source(",".join(PAYMENT).encode(encoding))


def test_a_byte_that_is_no_utf_8_is_named():
    header = ",".join((*ACCOUNT, "debtor_name", "bank"))
    line = ",".join((*ACCOUNT.values(), "Jos\xe9", "\xe9")).encode("cp1252")
    file = source(f"{header}\n".encode() + line)
    shape = layout(
        Kind.ACCOUNTS,
        file.header,
        formats=Formats(),
        renamed={},
        constants={},
        ignore_unknown=True,
    )
    (read,) = file

    (problem,) = shape.read(read).problems
    assert problem.pointer == "debtor_name"
    assert "byte 0xE9" in problem.detail
    assert "cp1252" in problem.detail
    with pytest.raises(Unreadable, match="0xE9"):
        source("r\xe9f,b\n".encode("cp1252"))


def test_blank_lines_and_blank_columns_at_the_end_are_passed_over_and_counted():
    text = f"{','.join(PAYMENT)},,\nX-1,A-1,5,USD,,\n,,,,,\n\nX-2,A-1,5,USD, ,,\n , ,,,\n"
    rows, file = rows_of(Kind.PAYMENTS, text)

    assert [row.reference for row in rows] == ["X-1", "X-2"]
    assert [row.problems for row in rows] == [(), ()]
    assert (file.blank, file.header) == (3, tuple(PAYMENT))


def test_a_line_cut_short_or_too_long_is_refused():
    rows, _ = rows_of(Kind.PAYMENTS, f"{','.join(PAYMENT)},,\nX-1,A-1,5\nX-2,A-1,5,USD,,more\n")
    assert ["cells" in row.reason for row in rows] == [True, True]


@pytest.mark.parametrize(
    ("said", "meant"), [(";", ";"), ("|", "|"), ("\t", "\t"), ("\\t", "\t"), ("tab", "\t")]
)
def test_delimiters(said, meant):
    assert delimiter_of(said) == meant


@pytest.mark.parametrize("said", ["", ";;", "\\n", "\n", '"', "x", "semicolon"])
def test_what_cannot_stand_between_cells_is_named(said):
    with pytest.raises(ValueError, match="cannot stand between cells") as refusal:
        delimiter_of(said)
    assert repr(said) in str(refusal.value)


@pytest.mark.parametrize(("sign", "name"), [(";", "';'"), ("\t", "tab"), ("|", r"'\|'")])
def test_another_delimiter_is_guessed(sign, name):
    with pytest.raises(BadColumns, match=f"perhaps --delimiter {name}"):
        rows_of(Kind.PAYMENTS, sign.join(PAYMENT))
    with pytest.raises(BadColumns, match=f"perhaps --delimiter {name}"):
        columns((sign.join(PAYMENT),), formats=Formats(), renamed={}, constants={})


# Amounts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "currency", "minor"),
    [
        ("1200.00", "EUR", 120_000), ("1.20", "EUR", 120), ("0.500", "EUR", 50),
        ("1234.500", "EUR", 123_450), ("1.200", "KWD", 1_200), ("12.3400", "USD", 1_234),
        ("-3.10", "EUR", -310),
    ],
)  # fmt: skip
def test_decimals_that_say_one_thing(cell, currency, minor):
    assert minor_of(cell, Amounts.DECIMAL, currency) == minor


@pytest.mark.parametrize(
    ("cell", "currency"),
    [("1.200", "EUR"), ("999.000", "USD"), ("-1.200", "EUR"), ("1.000", "JPY"), ("12.340", "USD")],
)
def test_decimals_that_may_be_thousands_are_refused(cell, currency):
    with pytest.raises(ValueError, match="may be"):
        minor_of(cell, Amounts.DECIMAL, currency)
