"""Letters about a settlement: as plain text or on paper, written once and read again."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.domain.errors import NotFound
from app.domain.letters import LetterKind
from app.domain.refusals.accounts import OnHold
from app.domain.refusals.letters import CannotDraw, LetterUnfit
from app.routers.edge.deps import CanReadPlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.documents import LetterRead
from app.schemas.edge.ids import LetterId, SettlementId, encode
from app.schemas.edge.types import Page
from app.services.documents import letters
from app.services.documents.letters import Letter

router = APIRouter(prefix="/v1", tags=["settlements"], route_class=Operation)

_TEXT, _PDF = "text/plain", "application/pdf"
_LETTER: dict[str, Any] = {
    "description": "The letter, by the `Accept` header: `text/plain` (the default) or "
    "`application/pdf`. `Content-Location` is where it stays.",
    "content": {
        _TEXT: {"schema": {"type": "string", "examples": ["OFFER TO SETTLE\n"]}},
        _PDF: {"schema": {"type": "string", "format": "binary"}},
    },
}
_DEFAULT = "en-US"


class Written(Response):
    """What OpenAPI says such an answer is."""

    media_type = _TEXT


@router.get(
    "/settlement-offers/{settlement_id}/letter",
    summary="Write a settlement's letter",
    response_class=Written,
    responses={200: _LETTER, **problems(NotFound, LetterUnfit, OnHold, CannotDraw)},
)
async def write(
    settlement_id: SettlementId,
    request: Request,
    ctx: CanReadPlans,
    *,
    kind: Annotated[
        LetterKind | None,
        Query(description="Which moment it tells of. Default: the one that is true today."),
    ] = None,
    language: Annotated[str, Query(description="`en-US`, `en-GB` or `es-US`.")] = _DEFAULT,
) -> Response:
    """The exact terms in plain words: amounts, dates, what is forgiven, what ends it, to whom.

    Only the letter that is true today is given: none asks for money once it is paid, and until
    that has cleared there is none. It is kept when it is first asked for, and comes back byte for
    byte as text and as PDF.
    """
    return _answer(request, await letters.letter(ctx, settlement_id, kind, locale=language))


@router.get(
    "/settlement-offers/{settlement_id}/letters",
    summary="List a settlement's letters",
    response_model=Page[LetterRead],
    responses=problems(NotFound),
)
async def find(settlement_id: SettlementId, ctx: CanReadPlans) -> Response:
    """Every letter ever written about it, oldest first, true today or not.

    All of them at once: `next_cursor` is always null.
    """
    found = await letters.letters_of(ctx, settlement_id)
    return answer({"data": [_shown(one) for one in found], "next_cursor": None})


@router.get(
    "/letters/{letter_id}",
    summary="Read a letter again",
    response_class=Written,
    responses={200: _LETTER, **problems(NotFound, CannotDraw)},
)
async def read(letter_id: LetterId, request: Request, ctx: CanReadPlans) -> Response:
    """What was said, byte for byte, whatever became of the settlement since."""
    return _answer(request, await letters.letter_by_id(ctx, letter_id))


# --- Between the contract and the service -----------------------------------------------------


def _answer(request: Request, letter: Letter) -> Response:
    stored = letter.stored
    pdf = _prefers_pdf(request.headers.get("accept", ""))
    name = f"settlement-{stored.kind}.{'pdf' if pdf else 'txt'}"
    return Response(
        letters.on_paper(letter) if pdf else letter.text.encode(),
        media_type=_PDF if pdf else f"{_TEXT}; charset=utf-8",
        headers={
            "Vary": "Accept",
            "Content-Location": f"/v1/letters/{encode('let', stored.id)}",
            "Content-Disposition": f'inline; filename="{name}"',
            "Content-Language": stored.locale,
        },
    )


def _prefers_pdf(accept: str) -> bool:
    """Whether a PDF is wanted more than plain text (RFC 9110, 12.5.1). Text is the default."""
    wanted: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        wanted[media] = _number(quality)

    def quality_of(media: str) -> float:
        ranges = (media, f"{media.partition('/')[0]}/*", "*/*")
        return next((wanted[one] for one in ranges if one in wanted), 0.0)

    return quality_of(_PDF) > quality_of(_TEXT)


def _number(quality: str) -> float:
    try:
        return float(quality)
    except ValueError:
        return 0.0


def _shown(letter: Letter) -> LetterRead:
    stored = letter.stored
    return LetterRead(
        id=stored.id,
        settlement_id=stored.settlement_id,
        kind=LetterKind(stored.kind),
        language=stored.locale,
        dated_on=stored.dated_on,
        text=letter.text,
        text_hash=stored.text_hash,
        wording_version=stored.wording_version,
        template_version=stored.template_version,
        actor=stored.actor,
        created_at=stored.created_at,
    )
