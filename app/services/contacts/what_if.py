"""What contacts that were made would have been judged, had a contact policy always said this.

Nothing is written. Each contact is judged as it was, by all that is known now and those before it,
only by the other document; so what differs is the policy's doing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.contact.judgement import judge
from app.domain.contact.policies import read_policy
from app.domain.errors import FieldProblem, InvalidInput, NotFound
from app.domain.values import replace
from app.services.contact_policies import contact_policy_of
from app.services.contacts.facts import LOOKS_BACK_DAYS, facts_of
from app.services.context import Context
from app.services.threads import apart
from app.storage.contacts import contacts
from app.storage.contacts.contacts import FindContacts, StoredContact

MAX_DAYS: Final = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """A contact about an account that would be judged otherwise."""

    contact_id: UUID
    account_id: UUID
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class ContactTrial:
    """What was looked at. `before`, `after`: how often each code was, and would be, told."""

    policy: str
    contacts: int = 0
    skipped: int = 0
    outside_before: int = 0
    outside_after: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    differing: list[Differs] = field(default_factory=list)
    next_after: tuple[datetime, UUID] | None = None


async def try_contact_policy(
    ctx: Context,
    name: str,
    document: Mapping[str, Any],
    *,
    from_on: date,
    to_on: date,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> ContactTrial:
    """The outbound contacts of some days under the policy of this name, the latest first.

    `limit` contacts are looked at; the rest by `next_after`. Raises `InvalidInput`.
    """
    from_at, to_at = span_of(ctx, from_on, to_on)
    check_document(document, name)
    asked = FindContacts(direction="out", from_at=from_at, to_at=to_at)
    found = await contacts.find(ctx.tx, asked, after=after, limit=limit + 1)
    trial = ContactTrial(policy=name)
    if len(found) > limit:
        found = found[:limit]
        trial.next_after = (found[-1].started_at, found[-1].id)
    of_person: dict[UUID, list[StoredContact]] = {}
    for one in found:
        if one.person_id is None or one.voided_on is not None:
            trial.skipped += 1
        else:
            of_person.setdefault(one.person_id, []).append(one)
    for person_id, made in of_person.items():
        await _try_person(ctx, document, person_id, made, trial)
    return trial


def span_of(ctx: Context, from_on: date, to_on: date) -> tuple[datetime, datetime]:
    """When these days begin and are over in the tenant's time zone. Raises `InvalidInput`."""
    if not from_on <= to_on < from_on + timedelta(days=MAX_DAYS):
        raise InvalidInput.at("/to", f"must not lie before from, nor {MAX_DAYS} days after it")
    zone = ZoneInfo(ctx.time_zone)
    over_on = to_on + timedelta(days=1)
    return datetime.combine(from_on, time(), zone), datetime.combine(over_on, time(), zone)


def check_document(document: Mapping[str, Any], name: str) -> None:
    """Refuse a document before anything is looked at; it lies within the body that was sent."""
    try:
        for creditor in (None, *(document.get("creditors") or {})):
            read_policy(document, name=name, creditor=creditor)
    except InvalidInput as wrong:
        moved = tuple(_within(one) for one in wrong.errors)
        raise InvalidInput(errors=moved, more=wrong.more) from wrong


def _within(one: FieldProblem) -> FieldProblem:
    """The same problem, of the document within the body."""
    return FieldProblem(pointer=f"/document{one.pointer}", detail=one.detail)


async def _try_person(
    ctx: Context,
    document: Mapping[str, Any],
    person_id: UUID,
    made: Sequence[StoredContact],
    trial: ContactTrial,
) -> None:
    first = min(one.started_at for one in made)
    history = await contacts.of_person(
        ctx.tx, person_id, since=first - timedelta(days=LOOKS_BACK_DAYS)
    )
    seen = set[UUID]()
    for account_id in sorted({account for one in made for account in one.account_ids}):
        try:
            found = await facts_of(ctx, account_id, person_id, first)
        except NotFound:
            continue  # somebody who is no party of it: no rule set binds the contact
        account = found.reading.account
        known = [replace(one.known(), person_id=found.person.id) for one in history]
        policy = read_policy(document, name=trial.policy, creditor=account.creditor_reference)
        asks = partial(judge, known, found.known, policy.gate)
        verdicts = await apart(ctx, asks, size=len(known))
        for one in made:
            in_force = await contact_policy_of(
                ctx, account.policy_name, account.creditor_reference, one.started_at
            )
            if (
                account_id in one.account_ids
                and one.id in verdicts
                and in_force.name == trial.policy
            ):
                seen.add(one.id)
                _count(trial, one, account_id, tuple(map(str, verdicts[one.id].codes)))
    trial.contacts += len(seen)
    trial.skipped += len({one.id for one in made} - seen)


def _count(
    trial: ContactTrial, one: StoredContact, account_id: UUID, after: tuple[str, ...]
) -> None:
    before = tuple(
        str(told["code"]) for told in one.outside if told["account_id"] == str(account_id)
    )
    trial.before.update(before)
    trial.after.update(after)
    trial.outside_before += bool(before)
    trial.outside_after += bool(after)
    if sorted(before) != sorted(after):
        differs = Differs(contact_id=one.id, account_id=account_id, before=before, after=after)
        trial.differing.append(differs)
