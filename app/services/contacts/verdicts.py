"""Verdicts: whether what was made was within the rules, by all that is known now.

Whatever comes after a contact that is entered, corrected or voided is judged anew; a verdict that
changed is told again, as a fact of its contact.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.contact.judgement import Judged, judge
from app.domain.entries.contacts import judged, judged_key
from app.domain.entries.events import Event, EventType
from app.domain.errors import NotFound
from app.domain.values import replace
from app.services.contact_policies import contact_policy_of
from app.services.contacts.decide import reason_told
from app.services.contacts.facts import LOOKS_BACK_DAYS, Facts, facts_at, facts_of
from app.services.context import Context
from app.services.telling.tell import event
from app.storage.accounts import accounts
from app.storage.contacts import contacts, many
from app.storage.contacts.contacts import StoredContact
from app.storage.contacts.many import MadeContact
from app.storage.database.turns import in_turns
from app.storage.persons import persons

MAX_ACCOUNTS = 20
_Verdict = tuple[MadeContact, Sequence[Mapping[str, Any]]]  # what is told of it now


async def append_fact(ctx: Context, contact_id: UUID, kind: str, body: Mapping[str, Any]) -> None:
    """Say something of a contact, for good."""
    await many.append(ctx.tx, [(contact_id, kind, body)], **stamp(ctx))


def stamp(ctx: Context) -> dict[str, object]:
    """Who says it, and when, as it is kept with every fact of a contact."""
    return {
        "recorded_at": ctx.instant, "business_date": ctx.business_date,
        "actor": ctx.actor, "role": str(ctx.role), "key_id": ctx.key_id, "origin": ctx.origin,
    }  # fmt: skip


async def judge_since(
    ctx: Context, person_id: UUID | None, since: datetime, *, entered: Collection[UUID]
) -> list[tuple[UUID, Event]]:
    """Judge what began at `since` or later: each contact by those before it, debt by debt.

    A verdict that changed is kept again, as a fact of its contact; answers what each account is to
    be told. `entered`: those because of which it is asked, whose verdicts correct none.
    """
    if person_id is None:
        return []
    earliest = since - timedelta(days=LOOKS_BACK_DAYS)
    read = await contacts.of_person(ctx.tx, person_id, since=earliest)
    made = [MadeContact(known=one.known(), outside=one.outside) for one in read]
    found = dict[UUID, Facts]()
    for account_id in _about(made, since):
        try:
            found[account_id] = await facts_of(ctx, account_id, person_id, since)
        except NotFound:
            continue  # somebody who is no debtor of it: no rule set binds the contact
    return await _kept(ctx, await _judged(ctx, made, since, found), entered)


async def judge_many(
    ctx: Context, entered: Mapping[UUID, Sequence[StoredContact]]
) -> list[tuple[UUID, Event]]:
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
    made = await many.of_persons(ctx.tx, plain, since=earliest)
    about = {one: _about(made.get(one, ()), since[one]) for one in plain}
    stored = await accounts.read_many(ctx.tx, {id_ for each in about.values() for id_ in each})
    owing = {
        one for one in plain
        if all(id_ in stored and stored[id_].debtor_id == one for id_ in about[one])
    }  # fmt: skip
    found = await facts_at(ctx, [(stored[id_], since[one]) for one in owing for id_ in about[one]])
    verdicts: list[_Verdict] = []
    async for one in in_turns(sorted(owing)):
        facts = {id_: found[id_] for id_ in about[one]}
        verdicts += await _judged(ctx, made.get(one, ()), since[one], facts)
    told = await _kept(ctx, verdicts, {each.id for one in owing for each in entered[one]})
    for one in sorted(entered.keys() - owing):
        ids = {each.id for each in entered[one]}
        told += await judge_since(ctx, one, since[one], entered=ids)
    return told


def _about(made: Iterable[MadeContact], since: datetime) -> list[UUID]:
    """The accounts of those that began since then."""
    named = {id_ for one in made if one.known.at >= since for id_ in one.known.account_ids}
    return sorted(named)[:MAX_ACCOUNTS]


async def _judged(
    ctx: Context, made: Sequence[MadeContact], since: datetime, found: Mapping[UUID, Facts]
) -> list[_Verdict]:
    """Of what began since then, by what is known of each account: the verdicts that changed."""
    later = {one.known.id: one for one in made if one.known.at >= since}
    outside: dict[UUID, list[Mapping[str, Any]]] = {contact_id: [] for contact_id in later}
    for account_id, facts in found.items():
        verdicts = await _verdicts(ctx, facts, made, since)
        for contact_id, one in later.items():
            if account_id in one.known.account_ids and contact_id in verdicts:
                outside[contact_id] += [
                    {**reason_told(reason), "account_id": str(account_id)}
                    for reason in verdicts[contact_id].outside
                ]
    return [
        (later[contact_id], reasons)
        for contact_id, reasons in outside.items()
        if _codes(reasons) != _codes(later[contact_id].outside)
    ]


async def _kept(
    ctx: Context, verdicts: Sequence[_Verdict], entered: Collection[UUID]
) -> list[tuple[UUID, Event]]:
    """Keep verdicts that changed; what the accounts about which they are others are to be told."""
    await many.tell_outside(ctx.tx, ((one.known.id, reasons) for one, reasons in verdicts))
    said = []
    for one, reasons in verdicts:
        codes, id_ = [reason["code"] for reason in reasons], one.known.id
        said.append((id_, "judged", {"outside": codes, "corrects": id_ not in entered}))
    await many.append(ctx.tx, said, **stamp(ctx))
    return [each for one, reasons in verdicts for each in _told(ctx, one, reasons)]


def _told(
    ctx: Context, one: MadeContact, now: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[UUID, Event]]:
    """Of each account about which the verdict is another; it corrects the one told before."""
    contact_id = one.known.id
    for account_id in sorted(one.known.account_ids):
        was, told = (_codes_about(account_id, said) for said in (one.outside, now))
        if was != told:
            yield (
                account_id,
                replace(
                    event(ctx, EventType.CONTACT_JUDGED, judged(contact_id, told)),
                    key=judged_key(contact_id),
                    before=judged(contact_id, was),
                    told_before=True,
                ),
            )


def _codes_about(account_id: UUID, reasons: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({one["code"] for one in reasons if one["account_id"] == str(account_id)})


async def _verdicts(
    ctx: Context, found: Facts, made: Sequence[MadeContact], since: datetime
) -> dict[UUID, Judged]:
    """A verdict for each that began since, by the policy version in force at its start."""
    account, whose = found.reading.account, found.person.id  # of two merged, whichever it names
    known = [
        one.known if one.known.person_id == whose else replace(one.known, person_id=whose)
        for one in made
    ]
    by_version: dict[int, dict[UUID, Judged]] = {}
    verdicts: dict[UUID, Judged] = {}
    for one in known:
        if one.at < since:
            continue
        policy = await contact_policy_of(
            ctx, account.policy_name, account.creditor_reference, one.at
        )
        if policy.version not in by_version:
            by_version[policy.version] = judge(known, found.known, policy.gate, since=since)
        verdict = by_version[policy.version].get(one.id)
        if verdict is not None:
            verdicts[one.id] = verdict
    return verdicts


def _codes(reasons: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    return sorted((one["code"], one["rule_set"], one["account_id"]) for one in reasons)
