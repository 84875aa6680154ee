"""Dialer lists: made, taken away as JSON or CSV, and what came of them."""

import csv
import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.refusals.commands import OutsideAuthority
from app.domain.worklists.dialer import COLUMNS, VICIDIAL, DialerFormat
from app.routers.contacts.contacts import contact_read
from app.routers.edge.bodies import holds_many
from app.routers.edge.csv import Csv, inert_row
from app.routers.edge.deps import CanReadWorklists, CanWork
from app.routers.edge.problem_types.registry import REGISTRY
from app.routers.edge.problems import document, problems
from app.routers.edge.route import Operation, answer
from app.schemas.contacts.kept_elsewhere import kept_elsewhere
from app.schemas.edge.ids import PREFIXES, DialerListId, encode
from app.schemas.worklists.dialer import (
    DialerCloseRequest,
    DialerListRead,
    DialerListRequest,
    DialerResultsRead,
    DialerResultsRequest,
    DialerSummaryRead,
)
from app.services.worklists import dialed, dialer, lists
from app.services.worklists.dialed import DialerResult, DialerSummary, Recorded
from app.services.worklists.dialer import DialerListView, MakeDialerList

router = APIRouter(prefix="/v1/dialer-lists", tags=["worklists"], route_class=Operation)


@router.post(
    "",
    status_code=201,
    summary="Make a dialer list",
    response_model=DialerListRead,
    responses=problems(NotFound, OutsideAuthority),
)
async def make(body: DialerListRequest, ctx: CanWork) -> Response:
    """Only who may be called now by number, in working order; each call is reserved.

    A row is good until `call_before_at`: when the list says, or when the hours of the day close.
    Its decision counts as a made call until a result names it, or the list is closed.
    """
    view = await lists.read_worklist_view(ctx, body.worklist)
    command = MakeDialerList(
        limit=body.limit,
        purpose=body.purpose,
        valid_minutes=body.valid_minutes,
        format=body.format,
        columns=body.fields,
    )
    made = await dialer.make_dialer_list(ctx, view.worklist, command)
    return answer(_read(made), status=201)


@router.get(
    "/{dialer_list_id}.csv",
    operation_id="dialer_lists_csv",
    summary="Take a dialer list away by its own name",
    response_class=Csv,
    responses=problems(NotFound),
)
@router.get(
    "/{dialer_list_id}/rows.csv",
    summary="Take a dialer list away",
    response_class=Csv,
    responses=problems(NotFound),
)
async def take_away(dialer_list_id: DialerListId, ctx: CanReadWorklists) -> Response:
    """What is still to be dialed, as CSV: by our columns, or by those the list was made for.

    A row that was dialed or released is not in it, nor one that something forbids since the list
    was made: a revocation, a hold, an opt-out.
    """
    view = await dialer.read_dialer_list(ctx, dialer_list_id)
    named = view.stored.format == DialerFormat.VICIDIAL
    columns = VICIDIAL if named else view.stored.columns or COLUMNS
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for one in view.to_dial:
        row = dict(one.vicidial() if named else one.ours())
        for name, noun in _IDS.items():
            if name in row:
                row[name] = encode(PREFIXES[noun], UUID(str(row[name])))
        if "reference" in row:
            row["reference"] = _reference(view, one.reference)
        writer.writerow(_dialed_row(row))
    return Csv(text.getvalue())


@router.get(
    "/{dialer_list_id}",
    summary="Read a dialer list",
    response_model=DialerListRead,
    responses=problems(NotFound),
)
async def read(dialer_list_id: DialerListId, ctx: CanReadWorklists) -> Response:
    """The rows as they were made, with names and numbers as they are now.

    `forbidden_by` is what came since and forbids a call that nobody made yet.
    """
    return answer(_read(await dialer.read_dialer_list(ctx, dialer_list_id)))


def _reference(view: DialerListView, number: str) -> str:
    """A row's own, in no other list: whoever sends it back as a call's names no other call."""
    return f"{encode(PREFIXES['dialer_list'], view.stored.id)}:{number}"


_IDS = {"row_id": "dialer_row", "vendor_lead_code": "dialer_row", "decision_id": "decision",
        "source_id": "decision"}  # fmt: skip


def _dialed_row(row: Mapping[str, Any]) -> dict[str, object]:
    """Every word inert but the number, which a dialer reads with its plus."""
    plain = {name: v.isoformat() if hasattr(v, "isoformat") else v for name, v in row.items()}
    kept: dict[str, object] = {
        name: plain[name] for name in ("phone", "phone_number") if name in plain
    }
    return {**inert_row(plain), **kept}


@router.post(
    "/{dialer_list_id}/results",
    summary="Say what came of calls",
    response_model=DialerResultsRead,
    responses=problems(NotFound),
)
@holds_many
async def post(
    dialer_list_id: DialerListId, body: DialerResultsRequest, ctx: CanWork, request: Request
) -> Response:
    """Each becomes a contact by itself, judged by all that is known; one refused stops no other.

    The same reference with the same content is one contact: its status is 200 then. A row dialed
    again is recorded, too; its decision was one call, so that one is judged without it. After the
    list closed results are recorded like any others.
    """
    _refuse_unnamed(body)
    results = [
        DialerResult(
            row_id=one.row_id,
            decision_id=one.decision_id,
            reference=one.reference,
            started_at=one.started_at,
            outcome=one.outcome,
            disposition=one.disposition,
            duration_seconds=one.duration_seconds,
            actor=one.actor,
            summary=one.summary,
            more=kept_elsewhere(one.recording),
        )
        for one in body.items
    ]
    done = await dialed.add_results(ctx, dialer_list_id, results)
    request_id = str(request.scope["state"].get("request_id", ""))
    return answer({"results": [_result(one, request_id) for one in done]})


def _refuse_unnamed(body: DialerResultsRequest) -> None:
    for number, one in enumerate(body.items):
        if (one.row_id is None) == (one.decision_id is None):
            said = "name the row, or its decision; not both"
            raise InvalidInput.at(f"/items/{number}/row_id", said)


def _result(one: Recorded | DomainError, request_id: str) -> dict[str, object]:
    if isinstance(one, DomainError):
        told = document(one, request_id)
        return {"status": REGISTRY[type(one)].status, "contact": None, "problem": told}
    status = 201 if one.new else 200
    return {"status": status, "contact": contact_read(one.view), "problem": None}


@router.post(
    "/{dialer_list_id}/close",
    summary="Close a dialer list",
    response_model=DialerSummaryRead,
    responses=problems(NotFound),
)
async def close(dialer_list_id: DialerListId, _: DialerCloseRequest, ctx: CanWork) -> Response:
    """What nobody dialed is released: it counts no more, and its items are offered again."""
    return answer(_summary(await dialed.close_dialer_list(ctx, dialer_list_id)))


@router.get(
    "/{dialer_list_id}/summary",
    summary="Sum a dialer list up",
    response_model=DialerSummaryRead,
    responses=problems(NotFound),
)
async def summarize(dialer_list_id: DialerListId, ctx: CanReadWorklists) -> Response:
    """How many were dialed, with what outcome, and how many are left."""
    return answer(_summary(await dialed.summarize(ctx, dialer_list_id)))


def _read(view: DialerListView) -> DialerListRead:
    stored = view.stored
    own = ("id", "worklist", "purpose", "format", "made_at", "valid_until_at", "closed_at")
    return DialerListRead.model_validate(
        {
            **{name: getattr(stored, name) for name in own},
            "rows": [
                {
                    **row.ours(),
                    "reference": _reference(view, row.reference),
                    "forbidden_by": view.forbidden.get(made.id),
                    "row_id": made.id,
                    "decision_id": made.decision_id,
                    "account_id": made.account_id,
                    "contact_id": made.contact_id,
                    "released_at": made.released_at,
                }
                for row, made in zip(view.rows, view.made, strict=True)
            ],
        }
    )


def _summary(one: DialerSummary) -> DialerSummaryRead:
    return DialerSummaryRead.model_validate(
        {
            "id": one.stored.id,
            "rows": one.rows,
            "dialed": one.dialed,
            "released": one.released,
            "open": one.rows - one.dialed - one.released,
            "outcomes": [{"outcome": name, "count": many} for name, many in one.outcomes],
            "closed_at": one.stored.closed_at,
        }
    )
