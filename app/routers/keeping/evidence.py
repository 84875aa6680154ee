"""Evidence files: made, read, and downloaded as they were made."""

from typing import Any

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.refusals.commands import ClockBehindFacts
from app.routers.edge.deps import CanMakeEvidence, CanReadEvidence
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import AccountId, EvidenceFileId, encode
from app.schemas.keeping.evidence import EvidenceRead, EvidenceRequest, ManifestRead
from app.services.keeping import evidence
from app.services.keeping.evidence import CreateEvidence, StoredEvidence

router = APIRouter(
    prefix="/v1/accounts/{account_id}/evidence-files", tags=["accounts"], route_class=Operation
)

_ZIP = "application/zip"
_BINARY: dict[str, Any] = {
    "content": {_ZIP: {"schema": {"type": "string", "format": "binary"}, "example": "PK..."}}
}


@router.post(
    "",
    status_code=202,
    summary="Make an evidence file",
    response_model=EvidenceRead,
    responses=problems(NotFound, ClockBehindFacts),
)
async def create(account_id: AccountId, body: EvidenceRequest, ctx: CanMakeEvidence) -> Response:
    """All of an account as of the end of a day: made again later, it has the same bytes.

    It holds ids, codes, figures and hashes; words that can be erased stay out. Its root is told as
    `evidence.created` in the account's chain, so that a changed byte shows.
    """
    made = await evidence.create_evidence(
        ctx,
        account_id,
        CreateEvidence(
            named=encode("acc", account_id),
            made_for=body.for_,
            as_of=body.as_of,
            sections=body.sections,
            without_third_parties="third_parties" in body.redact,
        ),
    )
    return answer(_read(made), status=202)


@router.get(
    "/{evidence_file_id}",
    summary="Read an evidence file's state",
    response_model=EvidenceRead,
    responses=problems(NotFound),
)
async def read(
    account_id: AccountId, evidence_file_id: EvidenceFileId, ctx: CanReadEvidence
) -> Response:
    """When it was made, what for, and the root that stands for it."""
    return answer(_read(await evidence.read_evidence(ctx, account_id, evidence_file_id)))


@router.get(
    "/{evidence_file_id}/content",
    summary="Download an evidence file",
    responses={200: _BINARY, **problems(NotFound)},
    response_class=Response,
)
async def content(
    account_id: AccountId, evidence_file_id: EvidenceFileId, ctx: CanReadEvidence
) -> Response:
    """The ZIP, byte for byte as it was made; `accord verify-evidence` examines it."""
    found = await evidence.read_evidence(ctx, account_id, evidence_file_id)
    named = {"Content-Disposition": f'attachment; filename="{encode("evf", found.id)}.zip"'}
    return Response(found.content, media_type=_ZIP, headers=named)


@router.get(
    "/{evidence_file_id}/manifest",
    summary="Read an evidence file's manifest",
    response_model=ManifestRead,
    responses=problems(NotFound),
)
async def manifest(
    account_id: AccountId, evidence_file_id: EvidenceFileId, ctx: CanReadEvidence
) -> Response:
    """Its parts with their hashes; the root is the SHA-256 of exactly these bytes."""
    found = await evidence.read_evidence(ctx, account_id, evidence_file_id)
    return Response(found.manifest, media_type="application/json")


def _read(made: StoredEvidence) -> EvidenceRead:
    shared = {
        name: getattr(made, name)
        for name in ("id", "account_id", "as_of", "root", "files", "actor", "recorded_at")
    }
    said = {"status": "ready", "bytes": len(made.content)}
    return EvidenceRead.model_validate({**shared, **said})
