"""Spreadsheets as bodies: taken in before the request's transaction begins."""

from typing import Annotated, Any, Final

from fastapi import Depends, Query, Response

from app.domain.errors import InvalidInput
from app.routers.edge.bodies import MAX_FILE_BYTES
from app.routers.edge.files.uploads import CanUpload
from app.services.dry_runs.workbook import SentSheet
from app.services.files.csv_files import delimiter_of

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What OpenAPI says of such a body.
SHEET_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "XLSX, or CSV in UTF-8; the first row names the columns.",
        "content": {
            "text/csv": {
                "schema": {"type": "string", "maxLength": MAX_FILE_BYTES},
                "example": "Account No,Promised,By\nINV-2026-0042,50.00,2026-03-31\n",
            },
            XLSX: {"schema": {"type": "string", "format": "binary", "maxLength": MAX_FILE_BYTES}},
        },
    }
}


async def _sheet(
    upload: CanUpload,
    *,
    sheet: Annotated[
        str | None, Query(max_length=100, description="Of a workbook; else its first.")
    ] = None,
    delimiter: Annotated[
        str, Query(max_length=3, description="What stands between cells of a CSV, or `tab`.")
    ] = ",",
) -> SentSheet:
    try:
        between = delimiter_of(delimiter)
    except ValueError as problem:
        raise InvalidInput.at("?delimiter", str(problem)) from None
    upload.file.seek(0)
    return SentSheet(content=upload.file.read(), sheet=sheet, delimiter=between)


#: To be named before the context, so that no transaction waits for it.
Sent = Annotated[SentSheet, Depends(_sheet)]


class Xlsx(Response):
    """A workbook."""

    media_type = XLSX
