"""Persons who turned out to be one: a fact by somebody, and what it makes of what was done.

Never by a rule, not even with the same e-mail. The older id stays valid; restrictions and
revocations of both count, and no consent grows.
"""

from datetime import timedelta
from uuid import UUID

from app.domain.entries.persons import told_of
from app.domain.errors import NotFound
from app.domain.persons.facts import Merged
from app.domain.persons.parties import PersonRole, unmergeable
from app.domain.refusals.contacts import NotMergeable
from app.services.contacts.facts import LOOKS_BACK_DAYS
from app.services.contacts.verdicts import judge_since
from app.services.context import Context
from app.services.persons.persons import PersonView, named_actor, view_person
from app.services.persons.reach import note_reach
from app.services.telling.tell import event, tell, tell_of_many
from app.storage.accounts import accounts
from app.storage.contacts import contacts
from app.storage.keeping import erasures
from app.storage.persons import facts, persons
from app.storage.persons.persons import StoredPerson


async def merge_persons(ctx: Context, person_id: UUID, *, into: UUID, reason: str) -> PersonView:
    """The one who stands for both from now on. Raises `NotFound`, `NotMergeable`, `InvalidInput`.

    Contacts of both in the days a rule looks back to are judged anew: each now counts for both.
    """
    named_actor(ctx)
    one, other = await _locked(ctx, person_id, into)
    fact = await facts.append(
        ctx.tx, ctx.tenant_id, one.id, Merged(into_person_id=other.id, reason=reason),
        sequence=one.fact_sequence + 1, recorded_at=ctx.instant, business_date=ctx.business_date,
        actor=ctx.actor, role=str(ctx.role), key_id=ctx.key_id, origin=ctx.origin,
    )  # fmt: skip
    await persons.merge(ctx.tx, one.id, other.id)
    await note_reach(ctx, [other.id])
    told = told_of(one.id, fact)
    if told is not None:
        tell(ctx, event(ctx, *told))
    since = ctx.instant - timedelta(days=LOOKS_BACK_DAYS)
    recent = await contacts.of_person(ctx.tx, other.id, since=since)
    if recent:
        first = min(recent, key=lambda contact: contact.started_at)
        await tell_of_many(ctx, await judge_since(ctx, other.id, first.started_at))
    return await view_person(ctx, other.id)


async def _locked(ctx: Context, person_id: UUID, into: UUID) -> tuple[StoredPerson, StoredPerson]:
    """Both, after the accounts of both: the order in which everybody locks."""
    for id_ in (person_id, into):
        if await persons.read(ctx.tx, id_) is None:
            raise NotFound(resource="person", key=str(id_))
    theirs = {
        account for id_ in (person_id, into) for account in await erasures.accounts_of(ctx.tx, id_)
    }
    if theirs:
        await accounts.lock_many(ctx.tx, sorted(theirs))
    found = await persons.lock_two(ctx.tx, (person_id, into))
    one, other = found[person_id], found[into]
    because = unmergeable(PersonRole(one.role), PersonRole(other.role))
    if person_id == into:
        because = "it is the same person"
    elif one.merged_into is not None or other.merged_into is not None:
        gone = one if one.merged_into is not None else other
        because = "one was merged already; name whom it stands for"
        raise NotMergeable(because=because, merged_into_person_id=gone.merged_into)
    elif one.erased_at is not None or other.erased_at is not None:
        because = "one of them was erased"
    if because is not None:
        raise NotMergeable(because=because)
    return one, other
