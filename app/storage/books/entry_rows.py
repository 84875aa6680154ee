"""What an entry adds to its account's books, as rows by part (`write.py` sends them)."""

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid5

import orjson
from msgspec import to_builtins

from app.domain.account.plan import Installment, Plan
from app.domain.entries.events import Event
from app.domain.facts.fact import Fact
from app.domain.facts.plans import PlanOpened, PlanProposed
from app.domain.facts.settlements import SettlementAccepted
from app.domain.money import Component
from app.domain.standing.status import account_status
from app.domain.values import Value, asdict
from app.storage.accounts.accounts import StoredAccount, state_to_json
from app.storage.books.entry import Attachment, Entry
from app.storage.books.events import HASHED_IF_SAID, linked
from app.storage.books.payment_rows import payment_rows
from app.storage.books.revision_rows import gone_rows, revision_rows
from app.storage.books.settlement_rows import settlement_rows
from app.storage.database.types import Document, fact_body_to_json
from app.storage.ids import new_id

#: Facts whose id is that of the plan they make.
_OPENING = (PlanOpened, PlanProposed, SettlementAccepted)
_MINOR = tuple(f"{component}_minor" for component in Component)


def entry_rows(
    entry: Entry, earlier_events: dict[str, list[UUID]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows, each with the name of its part.

    `earlier_events`: the ids of events told before, by what they say: one may correct them.
    """
    account, draft = entry.account, entry.draft
    mine = {"account_id": account.id}
    for fact in draft.facts:
        beside = entry.beside.get(fact.id, Attachment())
        for handle in beside.handles:
            content = handle.content_hash or None
            own = {"kind": handle.kind, "key": handle.key, "id": fact.id, "content_hash": content}
            yield "handles", {**mine, **own}
        yield "facts", {**mine, **_fact(fact)}
    for row in _plan_rows(entry):
        yield row[0], {**mine, **row[1]}
    for row in (*revision_rows(entry), *gone_rows(entry)):
        yield row[0], {**mine, **row[1]}
    for row in (*settlement_rows(entry), *payment_rows(entry), *_review_rows(entry)):
        yield row[0], {**mine, **row[1]}
    for number, posting in enumerate(draft.postings, start=account.posting_sequence + 1):
        amounts = dict(zip(_MINOR, _minor_of(posting.components), strict=True))
        said = dict(zip(_POSTING, _posting_of(posting), strict=True))
        yield "postings", {**mine, **said, **amounts, "sequence": number}
    events, head = chained(account, draft.events, earlier_events)
    for event in events:
        told = Document(orjson.dumps(event["data"], default=plain))
        yield "events", {**mine, **_UNSAID, **event, "data": told}
    yield "accounts", _account(entry, len(events), head)


_UNSAID = dict.fromkeys(HASHED_IF_SAID)
_POSTING = (
    "id", "fact_id", "kind", "effective_on", "business_date", "amount_minor", "unapplied_minor",
    "balance_after_minor", "payment_id", "plan_id", "reverses", "reason", "actor",
)  # fmt: skip
#: Many values of one thing by one call: this is done for each row.
_minor_of, _posting_of = attrgetter(*_MINOR), attrgetter(*_POSTING)
_said_of = attrgetter(*HASHED_IF_SAID)
_PAID = tuple(f"paid_{name}" for name in _MINOR)


def _review_rows(entry: Entry) -> Iterator[tuple[str, dict[str, Any]]]:
    """The day to look at the account, where it is an earlier one than was known."""
    day, known = entry.due_on, entry.account.next_review_on
    if day is not None and (known is None or day < known):
        yield "reviews", {"review_on": day}


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "sequence": fact.sequence,
        "kind": fact.kind,
        "effective_on": fact.effective_on,
        "business_date": fact.business_date,
        "actor": fact.actor,
        "key_id": fact.key_id,
        "role": fact.role,
        "origin": fact.origin,
        "body": Document(fact_body_to_json(fact.body)),
    }


def _plan_rows(entry: Entry) -> Iterator[tuple[str, dict[str, Any]]]:
    before = {plan.id: plan for plan in entry.account.state.plans}
    opened = {f.id: f for f in entry.draft.facts if isinstance(f.body, _OPENING)}
    for plan in entry.draft.state.plans:
        old = before.get(plan.id)
        if plan == old and not (plan.live and entry.standing_changed):
            continue
        if plan.id in opened:
            fact, beside = opened[plan.id], entry.beside[plan.id]
            yield (
                "plans",
                {
                    **_plan(plan, entry),
                    "reference": beside.reference,
                    "kind": plan.kind,
                    "policy_name": plan.policy.name,
                    "policy_version": plan.policy.version,
                    "opened_on": plan.opened_on,
                    "terms": beside.terms,
                    "consent": beside.consent,
                    "quote_id": beside.quote_id,
                },
            )
            yield (
                "revisions",
                {
                    "plan_id": plan.id,
                    "number": 1,
                    "fact_id": fact.id,
                    "cause": "opened",
                    "effective_on": fact.effective_on,
                    "actor": fact.actor,
                    "terms": beside.terms,
                    "schedule": {"installments": to_builtins(fact.body)["installments"]},
                },
            )
        else:
            yield "plan_changes", _plan(plan, entry)
        was_live = old is not None and old.live
        if plan.live != was_live or (plan.live and entry.standing_changed):
            stands = entry.standing if plan.live else None
            yield "standings", {"plan_id": plan.id, "standing": stands}
        was = old.installments if old else ()
        for number, part in enumerate(plan.installments, start=1):
            if was[number - 1 : number] != (part,):  # the same in the same place needs no write
                yield "installments", {"plan_id": plan.id, **_installment(number, part)}


def _plan(plan: Plan, entry: Entry) -> dict[str, Any]:
    owing = plan.owing
    total, paid = plan.total_minor, plan.paid_minor
    return {
        "id": plan.id,
        "status": plan.status,
        "status_reason": plan.status_reason,
        "ended_on": plan.ended_on,
        "completed_on": plan.ended_on if plan.status == "completed" else None,
        "total_minor": total,
        "paid_minor": paid,
        "outstanding_minor": total - paid,
        "next_due_on": owing[0].due_on if owing else None,
        "next_due_minor": owing[0].open_minor if owing else None,
        "revision": plan.revision,
        "standing": entry.standing if plan.live else None,
    }


def _installment(number: int, installment: Installment) -> dict[str, Any]:
    return {
        "id": installment.id,
        "kind": installment.kind,
        "nominal_due_on": installment.nominal_due_on,
        "number": number,
        "due_on": installment.due_on,
        **dict(zip(_MINOR, _minor_of(installment.due), strict=True)),
        **dict(zip(_PAID, _minor_of(installment.paid), strict=True)),
        "paid_in_advance_minor": installment.paid_in_advance_minor,
        "paid_late_minor": installment.paid_late_minor,
        "satisfied_on": installment.satisfied_on,
        "missed_on": installment.missed_on,
        "voided_on": installment.voided_on,
    }


def chained(
    account: StoredAccount, events: Iterable[Event], earlier_events: dict[str, list[UUID]]
) -> tuple[list[dict[str, Any]], bytes | None]:
    """The events numbered, each with the hash of its account's previous one."""
    rows: list[dict[str, Any]] = []
    head = account.event_hash
    for number, event in enumerate(events, start=account.event_sequence + 1):
        earlier = earlier_events.setdefault(event.key, []) if event.key else []
        # A verdict's id is worked out from its key, so a preview shows the id it will be stored by.
        own = uuid5(account.id, f"{event.key}/{len(earlier)}") if event.key else new_id()
        content = {
            "id": own,
            "sequence": number,
            "type": event.type,
            "business_date": event.business_date,
            "plan_id": event.plan_id,
            "payment_id": event.payment_id,
            "data": _content(event, corrects=bool(earlier)),
            "corrects": earlier[-1] if earlier else None,
            **_said(event),
        }
        digest = linked(head, content)
        rows.append(
            {
                **content,
                "natural_key": f"{event.key}/{len(earlier)}" if event.key else None,
                "previous_hash": head,
                "hash": digest,
            }
        )
        earlier.append(own)
        head = digest
    return rows, head


def _said(event: Event) -> dict[str, object]:
    """Who did it, why, and what is owed since, as far as there is something to say."""
    said = zip(HASHED_IF_SAID, _said_of(event), strict=True)
    return {name: value for name, value in said if value is not None}


def _content(event: Event, *, corrects: bool) -> Mapping[str, object]:
    """An event's data; a correction has what was true before, and what is now (null: nothing)."""
    if not corrects:
        return event.data
    return {"before": event.before, "after": None if event.withdrawn else event.data}


def plain(value: object) -> object:
    """What JSON has no form for of itself: the driver's own kind of id, bytes, a document."""
    match value:
        case UUID():  # the driver's own kind
            return str(value)
        case bytes():
            return "\\x" + value.hex()
        case Value():
            return asdict(value)
        case Document():
            return orjson.Fragment(value.said)
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")


def _account(entry: Entry, events: int, head: bytes | None) -> dict[str, Any]:
    account, draft = entry.account, entry.draft
    state = draft.state
    live = state.live_plan
    dates = (fact.business_date for fact in draft.facts)
    return {
        "id": account.id,
        "status": account_status(state),
        **dict(zip(_MINOR, _minor_of(state.balance), strict=True)),
        "unapplied_minor": state.unapplied_minor,
        "active_plan_id": live.id if live else None,
        "bucket": state.bucket,
        "first_delinquency_on": state.first_delinquency_on,
        "reported_since_on": state.reported_since_on,
        "next_review_on": entry.due_on,
        "judged_on": state.judged_on,
        "state": Document(state_to_json(state)),
        "fact_sequence": account.fact_sequence + len(draft.facts),
        "posting_sequence": account.posting_sequence + len(draft.postings),
        "event_sequence": account.event_sequence + events,
        "event_hash": head,
        "latest_on": state.latest_on,
        "latest_business_date": max(account.latest_business_date, *dates, key=_ordinal)
        if draft.facts
        else account.latest_business_date,
        "replays": account.replays + entry.replayed,
    }


def _ordinal(day: Any) -> int:  # noqa: ANN401
    return int(day.toordinal())
