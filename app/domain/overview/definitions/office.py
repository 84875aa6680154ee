"""What people did, and whose money came in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from statistics import median
from typing import NamedTuple
from uuid import UUID

from app.domain.contact.words import Channel
from app.domain.facts.accounts import Adjustment, PromiseMade
from app.domain.facts.changes import AccountReAge, Change, ReAge
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.payments import Chargeback, Refund
from app.domain.facts.plans import PlanApproved, PlanOpened, PlanProposed, PlanRejected
from app.domain.facts.settlements import SettlementApproved
from app.domain.overview.acts import Act, ActKind
from app.domain.overview.question import Question
from app.domain.overview.seen import Seen
from app.domain.overview.table import Cell, Entry, count, money
from app.domain.replay.replay import in_force
from app.domain.reports.people import Collected, attributed_minor
from app.domain.vocabulary import PaymentKind

ACTIVITY = (
    count("accounts", "Account-days somebody acted on"),
    count("contacts", "Contacts"),
    *(count(f"by_channel.{one}.contacts", f"Contacts by {one}") for one in Channel),
    count("quotes", "Quotes"),
    count("plans_opened", "Plans opened"),
    money("agreed_minor", "Agreed by them"),
    count("promises", "Promises taken"),
    count("changes", "Changes of schedules"),
    count("re_ages", "Re-ages"),
    count("adjustments", "Adjustments"),
    count("approvals", "Decided for others"),
    count("waited_median_minutes", "Median minutes it had waited"),
    count("refusals", "Rules that refused"),
    count("items", "Items of worklists worked"),
    count("others", "Other acts"),
    money("collected_minor", "Net collected, by whose money it was"),
)
_WAITED = "waited."
ACTIVITY_NOTE = "What somebody only looked at, options among it, is kept nowhere and not counted."
_Done = dict[tuple[str, date, str | None], dict[str, int]]


def activity(seen: Seen, question: Question) -> Iterator[Entry]:
    """What each actor did in the span, and whose money came in it."""
    for (actor, on, rule), adds in _done(seen, question).items():
        yield _by(seen, question, (actor, on, rule), adds, f"{on}, {rule}" if rule else f"{on}")
    for (actor, on), minor in collected_by(seen).items():
        if question.begins <= on <= question.ends and minor:
            adds = {"collected_minor": minor}
            yield _by(seen, question, (actor, on, None), adds, f"collected {on}")


def _by(
    seen: Seen, question: Question, who: tuple[str, date, str | None], adds: dict[str, int],
    why: str,
) -> Entry:  # fmt: skip
    actor, on, rule = who
    key = seen.key(question, actor=actor, day=f"{on}", month=f"{on:%Y-%m}", rule=rule)
    return Entry(
        id=seen.id, currency=seen.currency, key=key, adds=adds, reference=seen.reference, why=why
    )


def _done(seen: Seen, question: Question) -> _Done:
    """By actor and day; refusals by their rule too, beside what the day has in all."""
    found: _Done = {}

    def add(actor: str | None, on: date, adds: Mapping[str, int], rule: str | None = None) -> None:
        if actor is None or not question.begins <= on <= question.ends:
            return
        found.setdefault((actor, on, None), {})["accounts"] = 1
        sums = found.setdefault((actor, on, rule), {})
        for name, number in adds.items():
            sums[name] = sums.get(name, 0) + number

    for fact in seen.facts:
        add(fact.actor, fact.business_date, _act(fact))
    for one in opened_by(seen.facts):
        add(one.author, one.on, {"plans_opened": 1, "agreed_minor": one.agreed_minor})
    for act in seen.acts:
        add(act.actor, act.on, _did(act), act.what if act.kind is ActKind.REFUSAL else None)
    return found


def _did(act: Act) -> Mapping[str, int]:
    if act.kind is ActKind.CONTACT:
        return {"contacts": 1, f"by_channel.{act.what}.contacts": 1}
    if act.kind is ActKind.APPROVAL:
        waited = {} if act.waited_minutes is None else {f"{_WAITED}{act.waited_minutes}": 1}
        return {"approvals": 1, **waited}
    return {"others" if act.kind is ActKind.PROPOSAL else f"{act.kind}s": 1}


def waited(sums: Mapping[str, int], _: Question) -> Mapping[str, Cell]:
    """The median of how long what was decided had waited."""
    every = sorted(
        minutes
        for name, number in sums.items()
        if name.startswith(_WAITED)
        for minutes in [int(name.removeprefix(_WAITED))] * number
    )
    return {"waited_median_minutes": round(Fraction(median(every))) if every else None}


def of_no_account(question: Question, act: Act) -> Entry | None:
    """What somebody did that is about no account: it has an actor and a day, and no other group.

    None: nobody is named, or it lies outside the span.
    """
    if act.actor is None or not question.begins <= act.on <= question.ends:
        return None
    known = {"actor": act.actor, "day": f"{act.on}", "month": f"{act.on:%Y-%m}"}
    return Entry(
        id=act.id, currency=None, key=tuple(known.get(group) for group in question.by),
        adds=dict(_did(act)), noun=act.noun, why=f"{act.on}",
    )  # fmt: skip


class Opened(NamedTuple):
    """A plan that began, whose it is, and when it was entered or approved."""

    plan_id: UUID
    author: str | None
    on: date
    agreed_minor: int


def opened_by(facts: Sequence[Fact]) -> Iterator[Opened]:
    """The plans that began; one that waited is whose it was to begin with, not its approver's."""
    known = {fact.id: fact for fact in facts}
    for fact in facts:
        body = fact.body
        if isinstance(body, PlanOpened):
            yield Opened(fact.id, fact.actor, fact.business_date, body.amount_minor)
        elif isinstance(body, PlanApproved) and body.plan_id in known:
            made = known[body.plan_id]
            minor = made.body.amount_minor if isinstance(made.body, PlanProposed) else 0
            yield Opened(made.id, made.actor, fact.business_date, minor)


def _act(fact: Fact) -> Mapping[str, int]:
    """What a fact is, where neither a plan that begins nor a decision tells it."""
    body = fact.body
    if isinstance(body, PlanOpened | PlanApproved | PlanRejected | SettlementApproved):
        return {}
    if isinstance(body, PromiseMade):
        return {"promises": 1}
    if isinstance(body, ReAge | AccountReAge):
        return {"re_ages": 1}
    if isinstance(body, Change):
        return {"changes": 1}
    return {"adjustments": 1} if isinstance(body, Adjustment) else {"others": 1}


def collected_by(seen: Seen) -> Mapping[tuple[str, date], int]:
    """Net repayment money by whose it was and its day; their sum is what was collected.

    The part a plan took is its author's, who made the revision in force, else the maker's of a
    promise it counted for, else of who had the account that day. What went back takes from the
    same, on its own day.
    """
    fold = seen.at.fold
    actors = {fact.id: fact.actor for fact in seen.facts}
    found: dict[tuple[str, date], int] = {}
    parts: dict[UUID, list[tuple[str, int]]] = {}
    for payment_id, body in fold.payments.items():
        on = fold.effective.get(payment_id)
        if on is None or body.payment is not PaymentKind.REPAYMENT:
            continue
        maker = next((actors.get(one) for one in fold.promised.get(payment_id, ())), None)
        owner = seen.owner_on(on)
        by_plan: dict[UUID | None, int] = {}
        for line in fold.splits.get(payment_id, ()):
            by_plan[line.plan_id] = by_plan.get(line.plan_id, 0) + line.amount_minor
        by_plan[None] = by_plan.get(None, 0) + body.amount_minor - sum(by_plan.values())
        whose = attributed_minor(
            Collected(
                minor=minor, promise_maker=maker, assigned=owner,
                plan_author=_author(seen.facts, plan_id, on) if plan_id else None,
            )
            for plan_id, minor in by_plan.items()
            if minor
        )  # fmt: skip
        parts[payment_id] = sorted(whose.items())
        for name, minor in whose.items():
            found[name, on] = found.get((name, on), 0) + minor
    for fact in facts_of(in_force(seen.facts), Chargeback, Refund):
        left = fact.body.amount_minor
        if fact.effective_on > seen.at.on:
            continue
        for name, minor in _back(parts.get(fact.body.payment_id, []), left):
            key = (name, fact.effective_on)
            found[key] = found.get(key, 0) - minor
    return found


def _back(parts: Sequence[tuple[str, int]], minor: int) -> Iterator[tuple[str, int]]:
    """What went back, from each as much as of the payment was theirs; the last takes the rest."""
    whole, left = sum(part for _, part in parts), minor
    for number, (name, part) in enumerate(parts, start=1):
        take = left if number == len(parts) else minor * part // whole
        left -= take
        yield name, take


def _author(facts: Sequence[Fact], plan_id: UUID, on: date) -> str | None:
    """Who made the revision in force: of the plan itself, or of its last change by then."""
    author: str | None = None
    for fact in in_force(facts):
        made = fact.id == plan_id or getattr(fact.body, "plan_id", None) == plan_id
        changes = isinstance(fact.body, Change) or fact.id == plan_id
        if made and changes and fact.effective_on <= on:
            author = fact.actor
    return author
