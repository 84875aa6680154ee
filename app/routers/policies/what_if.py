"""Trying a policy before it is saved."""

from collections import Counter
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from app.domain.errors import NotFound
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanAskWhatIf
from app.routers.edge.pages import Cursor, Keyset
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.policies.documents import READ_ONLY, PolicyBody
from app.routers.policies.policies import Name
from app.schemas.policies.what_if import Change, WhatIfRead
from app.services.policies.what_if import MOST_FACTS, Trial, try_policy

router = APIRouter(prefix="/v1/policies", tags=["policies"], route_class=Operation)

TRIALS = Keyset("what-if", UUID)
_MOST = 2000

Looked = Annotated[
    int,
    Query(
        ge=1,
        le=_MOST,
        description="How many accounts to look at, with or without plans; fewer where those with "
        f"plans hold more than {MOST_FACTS:,} facts.",
    ),
]


@router.post(
    "/{name}/what-if",
    operation_id="policies_what_if",
    summary="Try a policy",
    response_model=WhatIfRead,
    responses=problems(NotFound),
)
@holds_many
async def what_if(
    name: Name,
    body: Annotated[PolicyBody, Body()],
    ctx: CanAskWhatIf,
    cursor: Cursor = None,
    limit: Looked = _MOST,
) -> Response:
    """What the plans under a policy would be today, had it always said this. Nothing is written.

    Send the document as you would save it. Every figure comes as it is, as it would be, and as
    the difference. Of a large portfolio each answer covers a part: add them up along
    `next_cursor`.
    """
    key = TRIALS.read(cursor)
    document = {k: v for k, v in body.items() if k not in READ_ONLY}
    trial = await try_policy(ctx, name, document, after=key[0] if key else None, limit=limit)
    return answer(_shown(trial, name, ctx.business_date))


def _shown(trial: Trial, name: str, on: date) -> WhatIfRead:
    before, after = trial.before, trial.after
    cash: dict[str, dict[str, Change]] = {}
    for currency, month in sorted(before.cash | after.cash):
        one = (currency, month)
        cash.setdefault(currency, {})[month] = _change(before.cash[one], after.cash[one])
    return WhatIfRead(
        policy=name,
        as_of=on,
        accounts=trial.accounts,
        skipped=trial.skipped,
        plans=_change(before.plans, after.plans),
        missed=_change(before.missed, after.missed),
        broken=_change(before.broken, after.broken),
        buckets=_changes(before.buckets, after.buckets),
        expected_cash=cash,
        next_cursor=TRIALS.write(trial.next_after) if trial.next_after else None,
    )


def _changes(before: Counter[str], after: Counter[str]) -> dict[str, Change]:
    return {one: _change(before[one], after[one]) for one in sorted(before | after)}


def _change(before: int, after: int) -> Change:
    return Change(before=before, after=after, change=after - before)
