"""Print batches: letters taken to the printer's together, what it is given, and the post."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.errors import NotFound
from app.domain.refusals.letters import CannotDraw
from app.routers.edge.deps import CanReadMessages, CanWriteMessages
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import PREFIXES, PrintBatchId, encode
from app.schemas.edge.types import Page
from app.schemas.messages.printing import MailedRequest, PrintBatchRead, PrintBatchRequest
from app.services.printing import batches
from app.services.printing.batches import StoredBatch

router = APIRouter(prefix="/v1/print-batches", tags=["messages"], route_class=Operation)

BATCHES = Keyset("print-batches", UUID)


class BatchStatus(StrEnum):
    """Whether the letters were posted."""

    MADE = "made"
    MAILED = "mailed"


class BatchFormat(StrEnum):
    """What of a batch is wanted."""

    PDF = "pdf"
    ADDRESSES = "addresses"
    MANIFEST = "manifest"


_FILES: dict[str, Any] = {
    "content": {
        "application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF"},
        "text/csv": {"schema": {"type": "string"}, "example": "number,message_id,line_1"},
        "application/json": {"schema": {"type": "object"}, "example": {"letters": []}},
    }
}


@router.post(
    "",
    status_code=201,
    summary="Print letters",
    response_model=PrintBatchRead,
    responses=problems(NotFound),
)
async def post(body: PrintBatchRequest, ctx: CanWriteMessages) -> Response:
    """Take the letters that wait for a provider that prints, the longest waiting first.

    Each is asked whether it is still true and the gate anew; from then on it is `sending`, for
    thirty days at most, until somebody says when the batch was posted. None waits: no letters.
    """
    return answer(_read(await batches.print_batch(ctx, body.limit, shown=_shown)), status=201)


@router.get("", summary="List print batches", response_model=Page[PrintBatchRead])
async def find(
    ctx: CanReadMessages,
    *,
    status: Annotated[BatchStatus | None, Query(description="That stand so.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Batches, the newest first."""
    place = BATCHES.read(cursor)
    found = await batches.find_batches(
        ctx,
        was_mailed=None if status is None else status is BatchStatus.MAILED,
        after=place[0] if place else None,
        limit=limit + 1,
    )
    page, next_cursor = BATCHES.cut(found, limit, key=lambda one: (one.id,))
    return answer({"data": [_read(one) for one in page], "next_cursor": next_cursor})


@router.get(
    "/{print_batch_id}/content",
    summary="Download a print batch",
    response_class=Response,
    responses={200: _FILES, **problems(NotFound, CannotDraw)},
)
async def content(
    print_batch_id: PrintBatchId,
    ctx: CanReadMessages,
    format_: Annotated[
        BatchFormat, Query(alias="format", description="All letters, their addresses, or a list.")
    ] = BatchFormat.PDF,
) -> Response:
    """One PDF of all letters, their addresses as CSV, or a manifest with the hash of each.

    Drawn when the batch was made, and the same bytes ever since; once one of its letters was
    erased, the others are drawn anew: under their numbers, to where they went, in the name and on
    the paper of that day.
    """
    made = await batches.file_of(ctx, print_batch_id, shown=_shown)
    if format_ is BatchFormat.ADDRESSES:
        return Response(made.addresses, media_type="text/csv; charset=utf-8")
    if format_ is BatchFormat.MANIFEST:
        return Response(made.manifest, media_type="application/json")
    return Response(made.pdf, media_type="application/pdf")


@router.post(
    "/{print_batch_id}/mailed",
    status_code=201,
    summary="Say that a print batch was posted",
    response_model=PrintBatchRead,
    responses=problems(NotFound),
)
async def post_mailed(
    print_batch_id: PrintBatchId, body: MailedRequest, ctx: CanWriteMessages
) -> Response:
    """Its letters are sent, and contacts of that day. Told again with the same, it is the same."""
    done = await batches.mailed(
        ctx, print_batch_id, mailed_on=body.mailed_on, reference=body.reference
    )
    return answer(_read(done), status=201)


def _shown(message_id: UUID) -> str:
    return encode(PREFIXES["message"], message_id)


def _read(one: StoredBatch) -> PrintBatchRead:
    status = BatchStatus.MADE if one.mailed_on is None else BatchStatus.MAILED
    names = set(PrintBatchRead.model_fields) - {"status"}
    return PrintBatchRead.model_validate(
        {**{name: getattr(one, name) for name in names}, "status": status.value}
    )
