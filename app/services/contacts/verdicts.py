"""Verdicts: whether what was made was within the rules, by all that is known now.

Whatever comes after a contact that is entered, corrected or voided is judged anew; a verdict that
changed is told again, as a fact of its contact (RULES-people part I).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.contact.judgement import Judged, judge
from app.domain.entries.contacts import judged, judged_key
from app.domain.entries.events import EventType
from app.domain.errors import NotFound
from app.domain.values import replace
from app.services.contact_policies import contact_policy_of
from app.services.contacts.decide import reason_told
from app.services.contacts.facts import LOOKS_BACK_DAYS, Facts, facts_of, facts_of_many
from app.services.context import Context
from app.services.telling.tell import event, tell_of
from app.storage.accounts import accounts
from app.storage.contacts import contacts
from app.storage.contacts.contacts import StoredContact
from app.storage.persons import persons

MAX_ACCOUNTS = 20


async def append_fact(ctx: Context, contact_id: UUID, kind: str, body: Mapping[str, Any]) -> None:
    """Say something of a contact, for good."""
    await contacts.append(
        ctx.tx, ctx.tenant_id, contact_id, kind, body,
        recorded_at=ctx.instant, business_date=ctx.business_date, actor=ctx.actor,
        role=str(ctx.role), key_id=ctx.key_id, origin=ctx.origin,
    )  # fmt: skip


async def judge_since(
    ctx: Context, person_id: UUID | None, since: datetime, *, entered: Collection[UUID]
) -> None:
    """Judge what began at `since` or later: each contact by those before it, debt by debt.

    A verdict that changed is told again, as a fact of its contact. `entered`: those because of
    which it is asked, whose verdicts correct none.
    """
    if person_id is None:
        return
    earliest = since - timedelta(days=LOOKS_BACK_DAYS)
    made = await contacts.of_person(ctx.tx, person_id, since=earliest)
    found = dict[UUID, Facts]()
    for account_id in _about(made, since):
        try:
            found[account_id] = await facts_of(ctx, account_id, person_id, since)
        except NotFound:
            continue  # somebody who is no debtor of it: no rule set binds the contact
    await _judge(ctx, made, since, found, entered)


async def judge_many(ctx: Context, entered: Mapping[UUID, Sequence[StoredContact]]) -> None:
    """`judge_since` of several persons, each from the first of these contacts of theirs on.

    Those who owe what they were spoken with about, and were merged with nobody, are read together.
    """
    people = await persons.read_many(ctx.tx, entered)
    merged = await persons.with_merged(ctx.tx, entered)
    since = {one: min(each.started_at for each in made) for one, made in entered.items()}
    earliest = min(since.values(), default=ctx.instant) - timedelta(days=LOOKS_BACK_DAYS)
    plain = [
        one for one, person in people.items() if person.merged_into is None and one not in merged
    ]
    made = await contacts.of_persons(ctx.tx, plain, since=earliest)
    about = {one: _about(made.get(one, ()), since[one]) for one in plain}
    stored = await accounts.read_many(ctx.tx, {id_ for each in about.values() for id_ in each})
    owing = {
        one for one in plain
        if all(id_ in stored and stored[id_].debtor_id == one for id_ in about[one])
    }  # fmt: skip
    by_day: dict[date, list[UUID]] = {}
    for one in sorted(owing):
        by_day.setdefault(since[one].date(), []).append(one)
    for theirs in by_day.values():
        wanted = [stored[id_] for one in theirs for id_ in about[one]]
        found = await facts_of_many(ctx, wanted, min(since[one] for one in theirs))
        for one in theirs:
            facts = {id_: found[id_] for id_ in about[one]}
            ids = {each.id for each in entered[one]}
            await _judge(ctx, made.get(one, ()), since[one], facts, ids)
    for one in sorted(entered.keys() - owing):
        ids = {each.id for each in entered[one]}
        await judge_since(ctx, one, since[one], entered=ids)


def _about(made: Iterable[StoredContact], since: datetime) -> list[UUID]:
    """The accounts of those that began since then."""
    named = {id_ for one in made if one.started_at >= since for id_ in one.account_ids}
    return sorted(named)[:MAX_ACCOUNTS]


async def _judge(
    ctx: Context,
    made: Sequence[StoredContact],
    since: datetime,
    found: Mapping[UUID, Facts],
    entered: Collection[UUID],
) -> None:
    """What began since then, by what is known of each account."""
    later = {one.id: one for one in made if one.started_at >= since}
    outside: dict[UUID, list[Mapping[str, Any]]] = {contact_id: [] for contact_id in later}
    for account_id, facts in found.items():
        verdicts = await _verdicts(ctx, facts, made, later.values())
        for contact_id, one in later.items():
            if account_id in one.account_ids and contact_id in verdicts:
                outside[contact_id] += [
                    {**reason_told(reason), "account_id": str(account_id)}
                    for reason in verdicts[contact_id].outside
                ]
    told = [
        (contact_id, reasons)
        for contact_id, reasons in outside.items()
        if _codes(reasons) != _codes(later[contact_id].outside)
    ]
    await contacts.tell_outside(ctx.tx, told)
    for contact_id, reasons in told:
        corrects = contact_id not in entered
        body = {"outside": [one["code"] for one in reasons], "corrects": corrects}
        await append_fact(ctx, contact_id, "judged", body)
        await _tell(ctx, later[contact_id], reasons)


async def _tell(ctx: Context, contact: StoredContact, now: Sequence[Mapping[str, Any]]) -> None:
    """Of each account about which the verdict is another; it corrects the one told before."""
    for account_id in contact.account_ids:
        was, told = (_codes_about(account_id, said) for said in (contact.outside, now))
        if was == told:
            continue
        verdict = replace(
            event(ctx, EventType.CONTACT_JUDGED, judged(contact.id, told)),
            key=judged_key(contact.id),
            before=judged(contact.id, was),
            told_before=True,
        )
        await tell_of(ctx, account_id, verdict)


def _codes_about(account_id: UUID, reasons: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({one["code"] for one in reasons if one["account_id"] == str(account_id)})


async def _verdicts(
    ctx: Context, found: Facts, made: Sequence[StoredContact], later: Iterable[StoredContact]
) -> dict[UUID, Judged]:
    """A verdict for each of the later ones, by the policy version in force at its start."""
    account, whose = found.reading.account, found.person.id  # of two merged, whichever it names
    known = [replace(one.known(), person_id=whose) for one in made]
    by_version: dict[int, dict[UUID, Judged]] = {}
    verdicts: dict[UUID, Judged] = {}
    for one in later:
        policy = await contact_policy_of(
            ctx, account.policy_name, account.creditor_reference, one.started_at
        )
        if policy.version not in by_version:
            by_version[policy.version] = judge(known, found.known, policy.gate)
        verdict = by_version[policy.version].get(one.id)
        if verdict is not None:
            verdicts[one.id] = verdict
    return verdicts


def _codes(reasons: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    return sorted((one["code"], one["rule_set"], one["account_id"]) for one in reasons)
