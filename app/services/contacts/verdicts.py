"""Verdicts: whether what was made was within the rules, by all that is known now.

Whatever comes after a contact that is entered, corrected or voided is judged anew; a verdict that
changed is told again, as a fact of its contact.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.contact.judgement import Judged, judge, newly_told
from app.domain.contact.words import Code
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What is said of a contact now. `by`: the policy, and the zones the person may be in."""

    made: MadeContact
    outside: Sequence[Mapping[str, Any]]
    by: Mapping[str, Any] | None

    @property
    def id(self) -> UUID:
        return self.made.known.id

    @property
    def is_another(self) -> bool:
        """Whether it is outside of other rules than was told last."""
        return _codes(self.outside) != _codes(self.made.outside)


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
    ctx: Context, person_id: UUID | None, since: datetime, *, new: Collection[UUID] = ()
) -> list[tuple[UUID, Event]]:
    """Judge what began at `since` or later: each contact by those before it, debt by debt.

    A verdict that changed is kept again, as a fact of its contact; answers what each account is to
    be told. `new`: those recorded just now, of which no verdict was told yet.
    """
    if person_id is None:
        return []
    earliest = since - timedelta(days=LOOKS_BACK_DAYS)
    read = await contacts.of_person(ctx.tx, person_id, since=earliest)
    made = [
        MadeContact(known=one.known(), outside=one.outside, judged_by=one.judged_by) for one in read
    ]
    found = dict[UUID, Facts]()
    for account_id in _about(made, since):
        try:
            found[account_id] = await facts_of(ctx, account_id, person_id, since)
        except NotFound:
            continue  # somebody who is no debtor of it: no rule set binds the contact
    return await _kept(ctx, await _judged(ctx, made, since, found), new)


async def judge_many(
    ctx: Context, recorded: Mapping[UUID, Sequence[StoredContact]]
) -> list[tuple[UUID, Event]]:
    """`judge_since` of several persons, each from the first of these new contacts of theirs on.

    Those who owe what they were spoken with about, and were merged with nobody, are read together.
    """
    people = await persons.read_many(ctx.tx, recorded)
    merged = await persons.with_merged(ctx.tx, recorded)
    since = {one: min(each.started_at for each in made) for one, made in recorded.items()}
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
    told = await _kept(ctx, verdicts, {each.id for one in owing for each in recorded[one]})
    for one in sorted(recorded.keys() - owing):
        ids = {each.id for each in recorded[one]}
        told += await judge_since(ctx, one, since[one], new=ids)
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
    by: dict[UUID, Mapping[str, Any]] = {}
    for account_id, facts in found.items():
        verdicts = await _verdicts(ctx, facts, made, since)
        for contact_id, one in later.items():
            if account_id not in one.known.account_ids:
                continue
            verdict, policy = verdicts.get(contact_id, (None, None))
            by.setdefault(contact_id, {"policy": policy, "zones": list(facts.zones)})
            outside[contact_id] += [
                {**reason_told(reason), "account_id": str(account_id)}
                for reason in (verdict.outside if verdict is not None else ())
            ]
    verdicts_now = (
        _Verdict(made=one, outside=outside[id_], by=by.get(id_, one.judged_by))
        for id_, one in later.items()
    )
    return [one for one in verdicts_now if one.is_another or one.by != one.made.judged_by]


async def _kept(
    ctx: Context, verdicts: Sequence[_Verdict], new: Collection[UUID]
) -> list[tuple[UUID, Event]]:
    """Keep verdicts that changed; what the accounts about which they are others are to be told.

    By what it was judged before stays in the fact, so that a file of that day says so.
    """
    await many.tell_outside(ctx.tx, ((one.id, one.outside, one.by) for one in verdicts))
    said = []
    for one in verdicts:
        known, was = one.id not in new, one.made.judged_by
        body = {"outside": [reason["code"] for reason in one.outside], "corrects": known}
        if known and one.by != was:
            said.append((one.id, "judged", {**body, "by_before": was}))
        elif one.is_another:
            said.append((one.id, "judged", body))
    await many.append(ctx.tx, said, **stamp(ctx))
    return list(_told(ctx, verdicts, new))


def _told(
    ctx: Context, verdicts: Sequence[_Verdict], new: Collection[UUID]
) -> Iterator[tuple[UUID, Event]]:
    """Of each account about which a verdict is another; it corrects the one told before.

    That a new contact is within the rules is no news: `contact.recorded` tells of it.
    """
    by_id = {one.id: one for one in verdicts}
    for account_id in sorted({id_ for one in verdicts for id_ in one.made.known.account_ids}):
        about = [one for one in verdicts if account_id in one.made.known.account_ids]
        before = {
            one.id: _codes_about(account_id, one.made.outside) for one in about if one.id not in new
        }
        now = {one.id: _codes_about(account_id, one.outside) for one in about}
        for told in newly_told(before, now):
            if not (told.codes or told.corrects):
                continue
            one = by_id[told.contact_id]
            was = judged(one.id, before.get(one.id, ()), _policy(one.made.judged_by))
            yield (
                account_id,
                replace(
                    event(
                        ctx,
                        EventType.CONTACT_JUDGED,
                        judged(one.id, told.codes, _policy(one.by)),
                    ),
                    key=judged_key(one.id),
                    before=was,
                    told_before=True,
                ),
            )


def _policy(by: Mapping[str, Any] | None) -> Mapping[str, object] | None:
    """The version it was judged by; of what nobody judged, none."""
    return None if by is None else by["policy"]


def _codes_about(account_id: UUID, reasons: Sequence[Mapping[str, Any]]) -> set[Code]:
    return {Code(one["code"]) for one in reasons if one["account_id"] == str(account_id)}


async def _verdicts(
    ctx: Context, found: Facts, made: Sequence[MadeContact], since: datetime
) -> dict[UUID, tuple[Judged, Mapping[str, object]]]:
    """A verdict for each that began since, by the policy version in force at its start; and which.

    What nobody judges, since it came in, has none.
    """
    account, whose = found.reading.account, found.person.id  # of two merged, whichever it names
    known = [
        one.known if one.known.person_id == whose else replace(one.known, person_id=whose)
        for one in made
    ]
    by_version: dict[int, dict[UUID, Judged]] = {}
    verdicts: dict[UUID, tuple[Judged, Mapping[str, object]]] = {}
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
            named = {"name": policy.name, "version": policy.version}
            verdicts[one.id] = verdict, named
    return verdicts


def _codes(reasons: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    return sorted((one["code"], one["rule_set"], one["account_id"]) for one in reasons)
