"""How a CSV that is sent as a body is read: the same words as on the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query

from app.domain.errors import InvalidInput
from app.services.files.csv_files import delimiter_of
from app.services.files.formats import DATES, ENCODINGS, Amounts, BadFormat, Formats, formats_of

_EXAMPLE = "reference,account_reference,amount_minor,currency\nBANK-7,INV-2026-0042,5000,USD\n"
_MOST = 100


def csv_body(most_bytes: int, example: str = _EXAMPLE) -> dict[str, Any]:
    """What OpenAPI says of such a body."""
    schema = {"type": "string", "maxLength": most_bytes}
    return {
        "requestBody": {
            "required": True,
            "description": "CSV, plain or gzip; the first line names the columns (docs/files.md).",
            "content": {"text/csv": {"schema": schema, "example": example}},
        }
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said of how the file writes things, and what every line says alike."""

    formats: Formats
    delimiter: str
    renamed: dict[str, str]
    constants: dict[str, str]


def _said(
    *,
    amounts: Annotated[
        Amounts | None, Query(description="Minor units (default), or decimals of the currency.")
    ] = None,
    decimal: Annotated[
        str | None, Query(max_length=1, description="What stands before decimals: `.` or `,`.")
    ] = None,
    thousands: Annotated[
        str | None,
        Query(max_length=1, description="What groups thousands: `.` `,` `'` or a blank."),
    ] = None,
    date: Annotated[
        str | None, Query(max_length=20, description=f"How days are written: {DATES}.")
    ] = None,
    encoding: Annotated[
        str | None,
        Query(max_length=20, description=f"Default: utf-8. One of {', '.join(ENCODINGS)}."),
    ] = None,
    null: Annotated[
        list[str] | None, Query(max_length=20, description="Words that say nothing, like NULL.")
    ] = None,
    delimiter: Annotated[
        str, Query(max_length=3, description="What stands between cells: one sign, or `tab`.")
    ] = ",",
    map: Annotated[  # noqa: A002 - as on the command line
        list[str] | None,
        Query(max_length=_MOST, description="`name=header`: where the file says otherwise."),
    ] = None,
    set: Annotated[  # noqa: A002 - as on the command line
        list[str] | None,
        Query(max_length=_MOST, description="`name=value`: the same on every line."),
    ] = None,
) -> Said:
    if any("\0" in word for word in null or ()):
        raise InvalidInput.at("?null", "should be words")
    try:
        formats = formats_of(
            amounts=amounts,
            decimal=decimal,
            thousands=thousands,
            days=date,
            encoding=encoding,
            nulls=null or (),
        )
    except BadFormat as problem:
        raise InvalidInput.at(f"?{problem.name}", str(problem)) from None
    try:
        between = delimiter_of(delimiter)
    except ValueError as problem:
        raise InvalidInput.at("?delimiter", str(problem)) from None
    return Said(
        formats=formats,
        delimiter=between,
        renamed=_pairs("map", map or ()),
        constants=_pairs("set", set or ()),
    )


AsSaid = Annotated[Said, Depends(_said)]


def _pairs(name: str, raw: Sequence[str]) -> dict[str, str]:
    found = dict(one.partition("=")[::2] for one in raw)
    if not all(key and value for key, value in found.items()) or "\0" in "".join(raw):
        raise InvalidInput.at(f"?{name}", "should be written as name=value")
    return found
