"""Who did what on a worklist, and when: the acts themselves, as the summary counts them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.domain.worklists.lists import Worklist
from app.services.context import Context
from app.services.worklists.lists import item_of
from app.storage.worklists import done
from app.storage.worklists.done import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class ActView:
    """An act as it was done. `contact_id`: the message it is about, or the contact it named."""

    id: UUID
    item_id: UUID
    account_id: UUID | None
    contact_id: UUID | None
    kind: str
    did: str | None
    to: str | None
    until_at: datetime | None
    note: str | None
    business_date: date
    at: datetime
    actor: str | None
    role: str


async def find_done(
    ctx: Context,
    worklist: Worklist,
    *,
    from_on: date | None,
    to_on: date | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[ActView]:
    """Acts of a span of business dates, the latest first."""
    acts = await done.between(
        ctx.tx, worklist.name, from_on=from_on, to_on=to_on, after=after, limit=limit
    )
    return [_view(one) for one in acts]


def _view(act: Act) -> ActView:
    one, said = act.done, act.done.body
    named = said.get("contact_id")
    until = said.get("until_at") or said.get("callback_at")
    return ActView(
        id=one.id,
        item_id=item_of(one.worklist, one.about_id),
        account_id=None if act.stray else one.about_id,
        contact_id=one.about_id if act.stray else named and UUID(named),
        kind=one.kind,
        did=said.get("did"),
        to=said.get("to"),
        until_at=until and datetime.fromisoformat(until),
        note=one.note,
        business_date=one.business_date,
        at=one.at,
        actor=one.actor,
        role=one.role,
    )
