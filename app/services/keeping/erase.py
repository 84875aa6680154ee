"""Forgetting a person: now, or by itself once it may be; figures, ids and hashes stay.

A link of theirs opens nothing any more: nobody could be asked who they are.
Accounts are locked first, then the person, as everybody locks them.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from app.domain.contact.words import SuppressedBecause, SuppressedKind
from app.domain.entries.events import EventType
from app.domain.errors import DomainError
from app.domain.evidence.retention import YEARS, until_on
from app.domain.messages.lifecycle import Forbidden
from app.domain.refusals.keeping import OnLegalHold, Retention
from app.domain.vocabulary import Role
from app.services.contact_policies import contact_policy_of
from app.services.context import Context
from app.services.messages.moving import move
from app.services.persons.persons import locked, named_actor
from app.services.persons.suppressions import suppress_known
from app.services.telling.tell import event, tell, tell_of
from app.storage import tenancy
from app.storage.accounts import accounts
from app.storage.database.engine import Database
from app.storage.keeping import erasures, forgetting, legal_holds
from app.storage.keeping.erasures import StoredErasure
from app.storage.keeping.forgetting import Elsewhere
from app.storage.links import links
from app.storage.messages import messages
from app.storage.persons import persons, points
from app.storage.persons.persons import StoredPerson

#: Recordings and attachments told in one event.
MOST_KEPT_ELSEWHERE = 50
#: Persons looked at in one go of `erase_due`, each in a transaction of its own.
MOST_AT_ONCE = 200
_KINDS = frozenset(map(str, SuppressedKind))


async def ask_erasure(ctx: Context, person_id: UUID, reason: str) -> StoredErasure:
    """Forget a person. Raises `NotFound`, `InvalidInput`.

    Raises `Retention` and `OnLegalHold`, too: then it is taken down all the same (where the caller
    lets the transaction commit), and done by itself when its day comes.
    """
    named_actor(ctx)
    theirs, person = await _held(ctx, person_id)
    refusal, due_on = await _against(ctx, person, theirs)
    asked = StoredErasure(
        person_id=person.id,
        reason=reason,
        due_on=due_on,
        asked_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
        origin=ctx.origin,
        done_at=None if refusal else ctx.instant,
    )
    taken = await erasures.ask(ctx.tx, ctx.tenant_id, asked)
    if refusal is not None:
        raise refusal
    await _forget(ctx, person, theirs)
    return taken


async def erase_due(database: Database, tenant_id: UUID, on: date) -> int:
    """Forget whom somebody asked to, and who need not be kept any more; how many.

    Any number of processes may: each person is locked and looked at again.
    """
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        waiting = await erasures.due(tx, on, limit=MOST_AT_ONCE)
    done = 0
    for one in waiting:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            ctx = Context(
                tx=tx, tenant_id=tenant_id, role=Role(one.role), business_date=on, actor=one.actor,
                key_id=one.key_id, origin=one.origin,
                policy_epoch=await tenancy.policy_epoch(tx, tenant_id),
            )  # fmt: skip
            done += await _erase_asked(ctx, one)
    return done


async def _erase_asked(ctx: Context, one: StoredErasure) -> bool:
    theirs, person = await _held(ctx, one.person_id, erased_too=True)
    seen = await erasures.read(ctx.tx, one.person_id)
    if person.erased_at is not None or seen is None or seen.done_at is not None:
        return False
    refusal, due_on = await _against(ctx, person, theirs)
    if refusal is not None:
        await erasures.put_off(ctx.tx, person.id, due_on)
        return False
    done = {"done_at": ctx.instant, "due_on": due_on}
    await erasures.ask(ctx.tx, ctx.tenant_id, _with(one, **done))
    await _forget(ctx, person, theirs)
    return True


def _with(one: StoredErasure, **changed: object) -> StoredErasure:
    said = {name: getattr(one, name) for name in StoredErasure.__dataclass_fields__}
    return StoredErasure(**{**said, **changed})


async def _held(
    ctx: Context, person_id: UUID, *, erased_too: bool = False
) -> tuple[list[UUID], StoredPerson]:
    """What somebody owes, and who they are; all that anything of them is about is locked."""
    seen = await persons.read(ctx.tx, person_id)
    theirs = await erasures.accounts_of(ctx.tx, person_id if seen is None else seen.id)
    about = await erasures.told_about(ctx.tx, person_id if seen is None else seen.id)
    await accounts.lock_many(ctx.tx, about)
    return theirs, await locked(ctx, person_id, erased_too=erased_too)


async def _against(
    ctx: Context, person: StoredPerson, theirs: Sequence[UUID]
) -> tuple[DomainError | None, date]:
    """What stands in the way, and the day to look at it again.

    A legal hold on any account that words of theirs are about: what a relative said of a debt in
    suit is kept, too.
    """
    tomorrow = ctx.business_date + timedelta(days=1)
    acted_on, met_at = await erasures.last_act_on(ctx.tx, person.id, list(theirs))
    days = [one for one in (acted_on, met_at and met_at.date()) if one is not None]
    last = until_on(max(days), await _years(ctx, theirs)) if days else None
    if last is not None and ctx.business_date <= last:
        because = f"the last act of collection was on {max(days)}"
        refusal = Retention(person_id=person.id, until_on=last, because=because)
        return refusal, last + timedelta(days=1)
    about = await erasures.told_about(ctx.tx, person.id)
    if standing := await legal_holds.standing(ctx.tx, about):
        return OnLegalHold(legal_hold_ids=tuple(standing)), tomorrow
    return None, ctx.business_date


async def _years(ctx: Context, account_ids: Sequence[UUID]) -> int:
    """For how many years it is kept: the most that the policies of the person's accounts say."""
    owed = (await accounts.read_many(ctx.tx, account_ids)).values()
    years = {YEARS}
    for named, creditor in {(one.policy_name, one.creditor_reference) for one in owed}:
        policy = await contact_policy_of(ctx, named, creditor, ctx.instant)
        years.add((policy.document.get("retention") or {}).get("years", YEARS))
    return max(years)


async def _forget(ctx: Context, person: StoredPerson, theirs: Sequence[UUID]) -> None:
    """What waits is not sent; values are suppressed; every word is emptied; keepers are told."""
    known_as = await persons.ids_of(ctx.tx, person.id)
    for account_id in await messages.accounts_waiting(ctx.tx, person.id):
        for message in await messages.waiting(ctx.tx, account_id):
            if message.person_id in known_as:
                await move(ctx, message, "forbidden", Forbidden(at=ctx.instant, code="ERASED"))
    for point in await points.of_person(ctx.tx, person.id):
        if point.kind in _KINDS and point.normalized is not None:
            kind = SuppressedKind(point.kind)
            await suppress_known(ctx, kind, point.normalized, SuppressedBecause.ERASURE)
    for account_id, link_id in await links.revoke_of(ctx.tx, known_as, ctx.instant):
        over = {"link_id": link_id, "person_id": person.id}
        await tell_of(ctx, account_id, event(ctx, EventType.LINK_REVOKED, over))
    words, elsewhere = await forgetting.words_of(ctx.tx, known_as, theirs)
    await forgetting.empty(ctx.tx, known_as, theirs, at=ctx.instant)
    await forgetting.empty_found(ctx.tx, words)
    for start in range(0, max(len(elsewhere), 1), MOST_KEPT_ELSEWHERE):
        _tell_keepers(ctx, person.id, elsewhere[start : start + MOST_KEPT_ELSEWHERE])


def _tell_keepers(ctx: Context, person_id: UUID, kept: Sequence[tuple[Elsewhere, object]]) -> None:
    """Who keeps recordings and attachments of somebody who was forgotten erases these."""
    told: dict[str, object] = {"recordings": [one for of, one in kept if of == "recordings"]}
    if attached := [one for of, one in kept if of == "attachments"]:
        told["attachments"] = attached
    tell(ctx, event(ctx, EventType.PERSON_ERASED, {"person_id": person_id, **told}))
