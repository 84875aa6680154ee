"""Verdicts: whether what was made was within the rules, by all that is known now.

Whatever comes after a contact that is entered, corrected or voided is judged anew; a verdict that
changed is told again, as a fact of its contact (RULES-people part I).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.contact.judgement import Judged, judge
from app.domain.entries.contacts import judged, judged_key
from app.domain.entries.events import EventType
from app.domain.errors import NotFound
from app.domain.values import replace
from app.services.contact_policies import contact_policy_of
from app.services.contacts.decide import reason_told
from app.services.contacts.facts import LOOKS_BACK_DAYS, Facts, facts_of
from app.services.context import Context
from app.services.telling.tell import event, tell_of
from app.storage.contacts import contacts
from app.storage.contacts.contacts import StoredContact

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
    later = {one.id: one for one in made if one.started_at >= since}
    outside: dict[UUID, list[Mapping[str, Any]]] = {contact_id: [] for contact_id in later}
    about = sorted({account for one in later.values() for account in one.account_ids})
    for account_id in about[:MAX_ACCOUNTS]:
        try:
            found = await facts_of(ctx, account_id, person_id, since)
        except NotFound:
            continue  # somebody who is no debtor of it: no rule set binds the contact
        verdicts = await _verdicts(ctx, found, made, later.values())
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
