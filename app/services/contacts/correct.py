"""Contacts said otherwise: corrected, or voided, as facts; nothing is overwritten.

What a contact changed is worked out anew: whose validation notice is due, which verdicts stand,
when somebody was last spoken with.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.contact import outcomes
from app.domain.contact.words import Channel, Direction, Outcome
from app.domain.entries.contacts import corrected, voided
from app.domain.entries.events import Event
from app.domain.errors import InvalidInput, NotFound
from app.domain.evidence.as_of import NAMED_ON
from app.domain.values import replace
from app.services.contacts.beside.linked import as_kept, as_named, check_links, quotes_named
from app.services.contacts.beside.views import ContactView, view_contact
from app.services.contacts.disputes import Said, follow_sayings
from app.services.contacts.record import check_says, lock_about
from app.services.contacts.spoken import note_spoken
from app.services.contacts.telling import seen_of, told_of
from app.services.contacts.validating import follow_contact
from app.services.contacts.verdicts import append_fact, judge_since
from app.services.context import Context
from app.services.persons.persons import locked, named_actor
from app.services.telling.tell import tell_of_many
from app.storage.accounts import accounts
from app.storage.contacts import contacts
from app.storage.contacts.contacts import StoredContact
from app.storage.persons import points


async def correct_contact(
    ctx: Context, contact_id: UUID, values: Mapping[str, Any], reason: str
) -> ContactView:
    """Say how it was in truth; what was said before stays as a fact.

    Raises `NotFound`, `InvalidInput`.
    """
    named_actor(ctx)
    _refuse_nothing(values)
    more = tuple(values.get("account_ids") or ())
    had = await _standing(ctx, contact_id, more, values.get("person_id"))
    accounts_ = more or had.account_ids
    values = _as_stored(values)
    files = values.get("more") or {}
    if files:
        files = _named_since(had.more, files, ctx.business_date)
        values = {**values, "more": {**had.more, **files}}
    now = replace(had, **{**values, "account_ids": accounts_})
    _check(ctx, now)
    await _check_links(ctx, had, now)
    changed = {name: getattr(now, name) for name in values} | {"corrections": had.corrections + 1}
    changed |= {name: list(changed[name]) for name in ("account_ids", "says") if name in changed}
    await contacts.amend(ctx.tx, contact_id, changed)
    await contacts.link(ctx.tx, ctx.tenant_id, contact_id, set(accounts_) - set(had.account_ids))
    codes = values.keys() - _ERASABLE  # words stay out of what is never changed
    body = {name: _plain(getattr(had, name)) for name in codes} | {"reason": reason}
    await append_fact(ctx, contact_id, "corrected", body)
    if had.point_id is not None:
        await points.mark_used(ctx.tx, had.point_id, had.channel)
    about = {*accounts_, *had.account_ids}
    told = told_of(ctx, about, corrected(seen_of(now), (values.keys() - {"more"}) | files.keys()))
    told, stopped = await _followed(ctx, told, about, had, now)
    await tell_of_many(ctx, [*told, *await _judged_anew(ctx, had, now)])
    await note_spoken(ctx, about)
    return replace(await view_contact(ctx, contact_id), stopped=stopped)


def _check(ctx: Context, now: StoredContact) -> None:
    """Whether a contact can have been so. Raises `InvalidInput`."""
    channel, direction = Channel(now.channel), Direction(now.direction)
    check_says(now.says, channel, direction)
    if now.started_at > ctx.instant:
        raise InvalidInput.at("/started_at", "must not lie in the future")
    outcome = None if now.outcome is None else Outcome(now.outcome)
    wrong = outcomes.problem(channel, direction, outcome)
    if wrong is not None:
        raise InvalidInput.at("/outcome", wrong)


def _refuse_nothing(values: Mapping[str, Any]) -> None:
    """Every contact began at some instant, about some account. Raises `InvalidInput`."""
    for name in ("started_at", "account_ids"):
        if name in values and values[name] is None:
            raise InvalidInput.at(f"/{name}", "must say something, or be left out")


def _as_stored(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said, as a contact's own fields hold it."""
    said = dict(values)
    if "says" in said:
        said["says"] = tuple(sorted(map(str, set(said["says"] or ()))))
    if "links" in said:
        said["links"] = as_kept(said["links"] or {})
    return said


async def _check_links(ctx: Context, had: StoredContact, now: StoredContact) -> None:
    """Whether what it is linked to is of the accounts it is about. Raises `InvalidInput`."""
    links = as_named(now.links)
    if links and (now.links, now.account_ids) != (had.links, had.account_ids):
        about = await accounts.read_many(ctx.tx, now.account_ids)
        check_links(links, about.values(), await quotes_named(ctx, [links]))


def _named_since(had: Mapping[str, Any], said: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What others keep of a contact, each new one with the day it was named on.

    What was named before stays as it was: its keeper must hear when it is to be erased, and a file
    of evidence of a day before says what it said. Raises `InvalidInput`.
    """
    named: dict[str, Any] = {}
    for name, given in said.items():
        known = had.get(name) or []
        known = known if isinstance(known, list) else [known]
        new = given if isinstance(given, list) else [given]
        without = [{part: one[part] for part in one if part != NAMED_ON} for one in known]
        if any(one not in new for one in without):
            raise InvalidInput.at(f"/{name}", "leaves out or changes what was named before")
        added = [{**one, NAMED_ON: on.isoformat()} for one in new if one not in without]
        every = [*known, *added]
        named[name] = every if isinstance(given, list) else every[0]
    return named


async def _followed(
    ctx: Context,
    told: list[tuple[UUID, Event]],
    about: Collection[UUID],
    had: StoredContact,
    now: StoredContact | None = None,
) -> tuple[list[tuple[UUID, Event]], frozenset[UUID]]:
    """Validation and disputes after it: what is still to be told, and the accounts it stopped."""
    followed = await follow_contact(ctx, now or had, about)
    said = [Said(had=had, now=now)]
    return await follow_sayings(ctx, said, [*told, *followed.told], moved=followed.moved)


async def _judged_anew(
    ctx: Context, had: StoredContact, now: StoredContact
) -> list[tuple[UUID, Event]]:
    """Whom it was with, and whom it was said to be with."""
    since = min(had.started_at, now.started_at)
    told = await judge_since(ctx, now.person_id, since)
    if had.person_id not in (None, now.person_id):
        told += await judge_since(ctx, had.person_id, had.started_at)
    return told


_ERASABLE = frozenset({"summary", "more"})


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    if value is None or isinstance(value, bool | int | str | Mapping):
        return value
    return str(value)


async def void_contact(ctx: Context, contact_id: UUID, reason: str) -> ContactView:
    """Say that it never was: it counts on no day. Raises `NotFound`, `InvalidInput`."""
    named_actor(ctx)
    had = await _standing(ctx, contact_id)
    await contacts.amend(ctx.tx, contact_id, {"voided_on": ctx.business_date, "outside": []})
    await append_fact(ctx, contact_id, "voided", {"reason": reason})
    if had.point_id is not None:
        await points.mark_used(ctx.tx, had.point_id, had.channel)
    told = told_of(ctx, had.account_ids, voided(contact_id))
    told, stopped = await _followed(ctx, told, had.account_ids, had)
    told += await judge_since(ctx, had.person_id, had.started_at)
    await tell_of_many(ctx, told)
    await note_spoken(ctx, had.account_ids)
    return replace(await view_contact(ctx, contact_id), stopped=stopped)


async def _standing(
    ctx: Context, contact_id: UUID, accounts_: tuple[UUID, ...] = (), person_id: UUID | None = None
) -> StoredContact:
    """A contact that was not voided, locked after its accounts and persons: one order for all."""
    seen = await contacts.read(ctx.tx, contact_id)
    if seen is None:
        raise NotFound(resource="contact", key=str(contact_id))
    await lock_about(ctx, sorted({*seen.account_ids, *accounts_}), seen.person_id)
    if person_id is not None and person_id != seen.person_id:
        await locked(ctx, person_id)
    had = await contacts.read(ctx.tx, contact_id, lock=True)
    if had is None or had.voided_on is not None:
        raise InvalidInput.at("/contact_id", "was voided")
    return had
