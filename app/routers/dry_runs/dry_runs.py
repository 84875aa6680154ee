"""Spreadsheets that are tried before anything of them is stored."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from app.domain.errors import NotFound
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.sheets import CellRefused, DryRunStale, MappingIncomplete
from app.domain.spreadsheets.fields import SheetKind
from app.domain.spreadsheets.judging import Formats
from app.routers.dry_runs.bodies import SHEET_BODY, XLSX, Sent, Xlsx
from app.routers.edge.bodies import takes_a_file
from app.routers.edge.deps import CanImport
from app.routers.edge.etags import IfMatch
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.dry_runs.dry_runs import (
    CommitRequest,
    DryRunChangeRequest,
    DryRunRead,
    ImportMappingRead,
    ImportMappingRequest,
    ValueRequest,
)
from app.schemas.edge.ids import PREFIXES, ImportId, encode
from app.schemas.edge.types import Page
from app.schemas.edge.words import TeamName
from app.services.dry_runs import commit as committing
from app.services.dry_runs import dry_runs, mapping
from app.services.dry_runs.dry_runs import StoredDryRun
from app.services.dry_runs.mapping import StoredMapping, columns_of
from app.services.dry_runs.refused import refused_rows
from app.services.dry_runs.rows import Mode
from app.services.etags import EtagMismatch

router = APIRouter(prefix="/v1", tags=["imports"], route_class=Operation)

MAPPINGS = Keyset("import-mappings", str)
MappingName = Annotated[TeamName, Path(description="Your own name of the mapping.")]
_DRY_RUN = "/imports/dry-runs/{import_id}"
_WORKBOOK: dict[int | str, dict[str, Any]] = {
    200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post(
    "/imports/dry-runs",
    status_code=201,
    summary="Try a spreadsheet",
    response_model=DryRunRead,
    responses=problems("body-too-large", NotFound),
    openapi_extra=SHEET_BODY,
)
@takes_a_file
async def try_sheet(
    sent: Sent,
    ctx: CanImport,
    *,
    kind: Annotated[SheetKind, Query(description="What the sheet holds, one a row.")],
    mapping: Annotated[
        TeamName | None, Query(description="A kept mapping, by name; else as the headings say.")
    ] = None,
) -> Response:
    """What of each row would be stored, what only with a warning, and what is refused and why.

    Nothing is stored in the books, and nothing is guessed: a heading that two fields could mean, an
    amount `1,234`, a date `03/04/2026`, a number of more than 15 digits as a reference wait for
    somebody to say more. XLSX or CSV in UTF-8; its cells are kept for 24 hours.
    """
    made = await dry_runs.try_sheet(ctx, kind, sent, mapping=mapping)
    at = f"/v1/imports/dry-runs/{encode(PREFIXES['import'], made.id)}"
    return answer(_read(made), status=201, version=made.version, location=at)


@router.get(
    _DRY_RUN, summary="Read a dry run", response_model=DryRunRead, responses=problems(NotFound)
)
async def read(import_id: ImportId, ctx: CanImport) -> Response:
    """As it was judged last."""
    found = await dry_runs.read_dry_run(ctx, import_id)
    return answer(_read(found), version=found.version)


@router.patch(
    _DRY_RUN,
    summary="Say how its columns are meant",
    response_model=DryRunRead,
    responses=problems(NotFound, DryRunStale, EtagMismatch),
)
async def change(
    import_id: ImportId, body: DryRunChangeRequest, ctx: CanImport, if_match: IfMatch = None
) -> Response:
    """Map fields otherwise, or say how numbers and days are written; all rows are judged anew."""
    wanted = {name: _said(one) for name, one in body.mapping.items()}
    formats = None if body.formats is None else Formats(**dict(body.formats))
    changed = await dry_runs.change_dry_run(
        ctx, import_id, mapping=wanted, formats=formats, if_match=if_match
    )
    return answer(_read(changed), version=changed.version)


@router.post(
    f"{_DRY_RUN}/commit",
    status_code=202,
    summary="Store what was tried",
    response_model=DryRunRead,
    responses=problems(
        NotFound, DryRunStale, MappingIncomplete, CellRefused, EtagMismatch, OutsideAuthority
    ),
)
async def commit(
    import_id: ImportId, body: CommitRequest, ctx: CanImport, if_match: IfMatch = None
) -> Response:
    """Store its rows as HTTP would; told as `import.committed` when that is done.

    What is more than this key's role stores by itself (`import_kinds`, `import_rows`,
    `import_minor` of the default policy's `authority`) waits (`pending_approval`) in
    `GET /v1/approvals` for somebody else, for a week.

    Up to 2,000 at once; of more a worker stores page after page (`storing`), or, `atomic` and up to
    10,000, all or none. Refused where mapping or accounts are no longer what was judged: try it
    again then.
    """
    meant = None if body.sha256 is None else bytes.fromhex(body.sha256)
    stored = await committing.store_rows(
        ctx, import_id, mode=Mode(body.mode), sha256=meant, if_match=if_match,
        reason=body.reason,
    )  # fmt: skip
    return answer(_read(stored), status=202, version=stored.version)


@router.get(
    f"{_DRY_RUN}/refused.xlsx",
    summary="Export refused rows",
    response_class=Xlsx,
    responses={**_WORKBOOK, **problems(NotFound, DryRunStale)},
)
async def refused(import_id: ImportId, ctx: CanImport) -> Response:
    """A workbook of the refused rows as they were sent, each with why: mend it, send it again."""
    return Xlsx(await refused_rows(ctx, import_id))


@router.get(
    "/import-mappings", summary="List import mappings", response_model=Page[ImportMappingRead]
)
async def find_mappings(
    ctx: CanImport, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Kept mappings by name."""
    (after,) = MAPPINGS.read(cursor) or (None,)
    found = await mapping.find_mappings(ctx, after=after, limit=limit + 1)
    page, next_cursor = MAPPINGS.cut(found, limit, key=lambda one: (one.name,))
    return answer({"data": [_mapping(one) for one in page], "next_cursor": next_cursor})


@router.get(
    "/import-mappings/{name}",
    summary="Read an import mapping",
    response_model=ImportMappingRead,
    responses=problems(NotFound),
)
async def read_mapping(name: MappingName, ctx: CanImport) -> Response:
    """How such sheets are understood."""
    found = await mapping.read_mapping(ctx, name)
    return answer(_mapping(found), version=found.version)


@router.put(
    "/import-mappings/{name}",
    summary="Save an import mapping",
    response_model=ImportMappingRead,
    responses={201: {"model": ImportMappingRead}, **problems(EtagMismatch)},
)
async def save_mapping(
    name: MappingName, body: ImportMappingRequest, ctx: CanImport, if_match: IfMatch = None
) -> Response:
    """Keep how sheets of a kind are understood, under a name that a dry run may ask for."""
    columns = {name: _said(one) for name, one in body.mapping.items()}
    saved, new = await mapping.save_mapping(
        ctx,
        name,
        kind=body.kind,
        columns=columns,
        formats=Formats(**dict(body.formats)),
        if_match=if_match,
    )
    return answer(_mapping(saved), status=201 if new else 200, version=saved.version)


def _said(one: str | ValueRequest | None) -> str | dict[str, str] | None:
    return {"value": one.value} if isinstance(one, ValueRequest) else one


def _mapping(one: StoredMapping) -> ImportMappingRead:
    shared = {name: getattr(one, name) for name in ImportMappingRead.model_fields
              if name != "mapping"}  # fmt: skip
    return ImportMappingRead.model_validate({**shared, "mapping": one.columns})


def _read(one: StoredDryRun) -> DryRunRead:
    columns = columns_of(one.kind, one.headings, one.columns)
    own = {"sha256", "mapping", "missing", "unused", "rows", "approval"}
    shared = {name: getattr(one, name) for name in DryRunRead.model_fields if name not in own}
    return DryRunRead.model_validate(
        {
            **shared,
            "sha256": one.sha256.hex(),
            "mapping": {name: _shown(said) for name, said in one.columns.items()},
            "missing": columns.missing,
            "unused": columns.unused,
            "rows": one.shown or [],
            "approval": _approval(one),
        }
    )


def _approval(one: StoredDryRun) -> dict[str, Any] | None:
    if one.asks is None:
        return None
    return {
        "asked_by": one.asked_actor, "asked_at": one.asked_at, "reason": one.asked_because,
        "asks": one.asks, "decision": one.decision, "decided_by": one.decided_actor,
        "decided_at": one.decided_at, "decided_because": one.decided_because,
    }  # fmt: skip


def _shown(said: Mapping[str, Any]) -> object:
    return said.get("heading", said)
