"""What people did about accounts besides their facts, as reports count it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.overview.acts import TELLING, Act, ActKind, Offered, ToldEvent, acts_told
from app.services.context import Context
from app.storage.reports import acts

_NEVER_SAID = "unknown"


async def acts_of(
    ctx: Context, account_ids: Sequence[UUID], *, known_on: date
) -> dict[UUID, list[Act]]:
    """By account, what its events, contacts and refusals say was done by that day."""
    found: dict[UUID, list[Act]] = {}
    events: dict[UUID, list[ToldEvent]] = {}
    for row in await acts.events(ctx.tx, account_ids, TELLING, until=known_on):
        events.setdefault(row.account_id, []).append(ToldEvent(*row[1:]))
    for account_id, told in events.items():
        found[account_id] = list(acts_told(told))
    for one in await acts.contacts(ctx.tx, account_ids, known_on=known_on):
        act = Act(id=one.id, noun="contact", kind=ActKind.CONTACT, on=one.on, actor=one.actor,
                  what=one.channel)  # fmt: skip
        found.setdefault(one.account_id, []).append(act)
    for item in await acts.worked(ctx.tx, account_ids, known_on=known_on):
        act = Act(id=item.id, noun="work", kind=ActKind.ITEM, on=item.on, actor=item.actor)
        if item.account_id is not None:
            found.setdefault(item.account_id, []).append(act)
    zone = ZoneInfo(ctx.time_zone)
    for refused in await acts.refusals(ctx.tx, account_ids):
        on = refused.at.astimezone(zone).date()
        for reason in refused.answer["reasons"] if on <= known_on else ():
            act = Act(
                id=refused.id, noun="decision", kind=ActKind.REFUSAL, on=on, actor=refused.actor,
                what=reason["rule"] or _NEVER_SAID,
            )  # fmt: skip
            found.setdefault(refused.account_id, []).append(act)
    return found


async def quotes_of(ctx: Context, account_ids: Sequence[UUID]) -> dict[UUID, list[Offered]]:
    """By account, the terms it was offered in writing, by the tenant's days."""
    zone = ZoneInfo(ctx.time_zone)
    found: dict[UUID, list[Offered]] = {}
    for one in await acts.quotes(ctx.tx, account_ids):
        made_on, ends_on = (at.astimezone(zone).date() for at in (one.made_at, one.ends_at))
        found.setdefault(one.account_id, []).append(
            Offered(one.id, made_on, ends_on, one.amount_minor, one.supersedes, one.plan_id)
        )
    return found
