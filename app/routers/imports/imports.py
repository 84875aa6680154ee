"""Files that are imported: sent, followed, and what was rejected of them."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.errors import NotFound
from app.domain.refusals.imports import ImportsWaiting
from app.routers.edge.bodies import MAX_FILE_BYTES, takes_a_file
from app.routers.edge.csv import read_id
from app.routers.edge.deps import CanImport
from app.routers.edge.files.csv_bodies import AsSaid, csv_body
from app.routers.edge.files.uploads import CanUpload
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import PREFIXES, ImportId, encode, shown
from app.schemas.edge.types import Page
from app.schemas.imports.imports import (
    CountRead,
    ImportKind,
    ImportQueuedRead,
    ImportRead,
    OutcomesRead,
    RejectRead,
    UnderstoodRead,
)
from app.services.files.columns import Kind
from app.services.files.pages import Outcome
from app.services.imports import queue
from app.services.imports.queue import QueueImport, StoredImport, Understood

router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=Operation)

IMPORTS = Keyset("imports", UUID)
REJECTS = Keyset("import-rejects", int)
_EXAMPLE = (
    "reference,currency,product,opened_on,principal_minor\n"
    "INV-2026-0043,USD,invoice,2026-01-05,120000\n"
)


@router.post(
    "",
    status_code=202,
    summary="Import a file",
    response_model=ImportQueuedRead,
    responses=problems("body-too-large", ImportsWaiting),
    openapi_extra=csv_body(MAX_FILE_BYTES, _EXAMPLE),
)
@takes_a_file
async def post(
    upload: CanUpload,
    said: AsSaid,
    ctx: CanImport,
    *,
    kind: Annotated[ImportKind, Query(description="What the file holds, one a line.")],
    ignore_unknown: Annotated[bool, Query(description="Pass over columns nobody knows.")] = False,
    dry_run: Annotated[bool, Query(description="Read every line and store none.")] = False,
) -> Response:
    """A CSV as `accord import` takes it; a worker imports it, page by page, in the key's name.

    Read how far it is at its `Location`. A header that does not fit, a damaged gzip or another
    encoding is refused at once; a line that cannot be is a reject of its own. The same file again
    stores nothing twice. An import whose server dies goes on elsewhere, where it was. A dry run
    answers with the first ten lines as they are understood.
    """
    asked = QueueImport(
        kind=Kind(kind),
        formats=said.formats,
        sha256=upload.sha256,
        size=upload.size,
        delimiter=said.delimiter,
        renamed=said.renamed,
        constants=said.constants,
        ignore_unknown=ignore_unknown,
        dry_run=dry_run,
    )
    made, first = await queue.queue_import(ctx, asked, upload.file, _payment_id)
    at = f"/v1/imports/{encode(PREFIXES['import'], made.id)}"
    told = [_understood(one) for one in first] if dry_run else None
    queued = ImportQueuedRead(**dict(import_read(made)), understood=told)
    return answer(queued, status=202, location=at)


def _understood(one: Understood) -> UnderstoodRead:
    values = {name: str(shown(name, said)) for name, said in one.values.items()}
    return UnderstoodRead(line=one.line, values=values, reason=one.reason)


def _payment_id(text: str) -> UUID:
    return read_id("payment", text)


@router.get("", summary="List imports", response_model=Page[ImportRead])
async def find(ctx: CanImport, *, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """Imports, the newest first."""
    place = IMPORTS.read(cursor)
    found = await queue.find_imports(ctx, after=place[0] if place else None, limit=limit + 1)
    page, next_cursor = IMPORTS.cut(found, limit, key=lambda one: (one.id,))
    return answer({"data": [import_read(one) for one in page], "next_cursor": next_cursor})


@router.get(
    "/{import_id}",
    summary="Read how far an import is",
    response_model=ImportRead,
    responses=problems(NotFound),
)
async def read(import_id: ImportId, ctx: CanImport) -> Response:
    """What became of its lines, as of the last page that was stored."""
    return answer(import_read(await queue.read_import(ctx, import_id)))


@router.post(
    "/{import_id}/cancel",
    summary="Cancel an import",
    response_model=ImportRead,
    responses=problems(NotFound),
)
async def cancel(import_id: ImportId, ctx: CanImport) -> Response:
    """Have it go no further than the page it is at; what was stored stays.

    One that is over stays as it is. The same file may be sent again and goes on from there.
    """
    return answer(import_read(await queue.cancel_import(ctx, import_id)))


@router.get(
    "/{import_id}/rejects",
    summary="List an import's rejected lines",
    response_model=Page[RejectRead],
    responses=problems(NotFound),
)
async def rejects(
    import_id: ImportId, ctx: CanImport, *, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Why, and as they came, in the order of the file: the first 10,000, for thirty days."""
    place = REJECTS.read(cursor)
    after = place[0] if place else 0
    _, found = await queue.find_rejects(ctx, import_id, after=after, limit=limit + 1)
    page, next_cursor = REJECTS.cut(found, limit, key=lambda one: (one.line,))
    data = [RejectRead.model_validate(one) for one in page]
    return answer({"data": data, "next_cursor": next_cursor})


def import_read(made: StoredImport) -> ImportRead:
    """An import as clients see it."""
    counts = made.counts
    by_outcome = {str(what): counts.get(str(what), {}) for what in Outcome}
    outcomes = {name.replace(" ", "_"): _count([one]) for name, one in by_outcome.items()}
    names = set(ImportRead.model_fields) - {"read", "outcomes", "blank_lines", "blank_columns"}
    return ImportRead.model_validate(
        {
            **{name: getattr(made, name) for name in names},
            "sha256": made.sha256.hex(),
            "read": _count(list(by_outcome.values())),
            "outcomes": OutcomesRead.model_validate(outcomes),
            "blank_lines": counts.get("blank_lines", 0),
            "blank_columns": counts.get("blank_columns", 0),
        }
    )


def _count(parts: list[Mapping[str, Any]]) -> CountRead:
    sums: dict[str, int] = {}
    for part in parts:
        for currency, total in part.get("sums", {}).items():
            sums[currency] = sums.get(currency, 0) + int(total)
    return CountRead(
        rows=sum(part.get("rows", 0) for part in parts),
        without_amount=sum(part.get("unread", 0) for part in parts),
        sums_minor=sums,
    )
