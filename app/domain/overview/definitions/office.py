"""What people did and gave up, and what waits for somebody (RULES-reports 2 and 3)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from statistics import median
from typing import NamedTuple
from uuid import UUID

from app.domain.account.plan import PlanStatus
from app.domain.account.promise import PromiseStatus
from app.domain.contact.words import Channel
from app.domain.facts.accounts import Adjustment, PromiseMade
from app.domain.facts.changes import AccountReAge, Change, ReAge
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.payments import Chargeback, Refund
from app.domain.facts.plans import PlanApproved, PlanOpened, PlanProposed, PlanRejected
from app.domain.facts.settlements import SettlementApproved
from app.domain.overview.acts import Act, ActKind
from app.domain.overview.definitions.beginnings import cash_of
from app.domain.overview.question import Question
from app.domain.overview.seen import Seen
from app.domain.overview.table import Cell, Column, Entry, Type, count, money, share
from app.domain.replay.replay import in_force
from app.domain.reports.people import Collected, attributed_minor
from app.domain.standing.classification import classified
from app.domain.standing.promises import promise_status
from app.domain.vocabulary import PaymentKind

CONCESSIONS = (
    money("forgiven_minor", "Forgiven by settlements satisfied"),
    money("waived_minor", "Waived"),
    money("goodwill_minor", "Goodwill"),
    money("conceded_minor", "Conceded"),
    money("collected_minor", "Net collected"),
    money("both_minor", "Collected and conceded"),
    share("concession_bps", "Conceded, of both", of="conceded_minor", to="both_minor"),
)


def concessions(seen: Seen, question: Question) -> Iterator[Entry]:
    """What was given up in the span, of what was collected and given up together."""

    def within(on: date | None) -> bool:
        return on is not None and question.begins <= on <= question.ends

    state = seen.at.state
    forgiven = sum(
        one.forgiven.total_minor for one in state.settlements if within(one.satisfied_on)
    )
    waived = sum(
        fact.body.amount_minor
        for fact in facts_of(in_force(seen.facts), Adjustment)
        if within(fact.effective_on)
    )
    goodwill = sum(one.minor for one in cash_of(seen, PaymentKind.GOODWILL) if within(one.on))
    collected = sum(one.minor for one in cash_of(seen, PaymentKind.REPAYMENT) if within(one.on))
    conceded = forgiven + waived + goodwill
    if conceded or collected:
        yield Entry(
            id=seen.id,
            currency=seen.currency,
            key=seen.key(question),
            adds={
                "forgiven_minor": forgiven,
                "waived_minor": waived,
                "goodwill_minor": goodwill,
                "conceded_minor": conceded,
                "collected_minor": collected,
                "both_minor": conceded + collected,
            },
            reference=seen.reference,
        )


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
    return {f"{act.kind}s": 1}


def waited(sums: Mapping[str, int], _: Question) -> Mapping[str, Cell]:
    """The median of how long what was decided had waited."""
    every = sorted(
        minutes
        for name, number in sums.items()
        if name.startswith(_WAITED)
        for minutes in [int(name.removeprefix(_WAITED))] * number
    )
    return {"waited_median_minutes": round(Fraction(median(every))) if every else None}


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


EXCEPTIONS = (
    count("accounts", "Cases"),
    money("minor", "Amount"),
    Column(name="oldest_days", type=Type.DAYS, title="Oldest, in days"),
)
#: Each with the days that make it one; older than so many is strict, within so many inclusive.
LIMITS = {
    "no_plan_no_promise": 30,
    "unapplied": 5,
    "promise_broken": 3,
    "hold_ends": 7,
    "settlement_part_due": 5,
    "charge_off_due": 0,
    "substandard": 0,
}


def exceptions(seen: Seen, question: Question) -> Iterator[Entry]:
    """Everything about an account that waits for somebody, with the figure that makes it so."""
    for name, minor, days in (*_late_ones(seen), *_coming_ones(seen)):
        yield Entry(
            id=seen.id,
            currency=seen.currency,
            key=seen.key(question, exception=name),
            adds={"accounts": 1, "minor": minor, "oldest_days": days},
            reference=seen.reference,
            why=f"{days} days; the limit is {LIMITS[name]}",
        )


def _late_ones(seen: Seen) -> Iterator[tuple[str, int, int]]:
    """What lies there longer than it may."""
    state, on = seen.at.state, seen.at.on
    effective = seen.at.fold.effective
    waiting = [(lot.amount_minor, effective.get(lot.payment_id, on)) for lot in state.unapplied]
    old = [(minor, (on - since).days) for minor, since in waiting]
    old = [(minor, days) for minor, days in old if days > LIMITS["unapplied"]]
    if old:
        yield "unapplied", sum(minor for minor, _ in old), max(days for _, days in old)
    if seen.at.owes:
        yield from _quiet(seen)
        yield from _classified(seen)


def _quiet(seen: Seen) -> Iterator[tuple[str, int, int]]:
    """Nobody agreed anything with the debtor, or acted on a promise that was not kept."""
    at, state, on = seen.at, seen.at.state, seen.at.on
    if state.one_plan is None:
        ended = [one.ended_on for one in state.plans if one.ended_on]
        promised = [one.last_on for one in state.promises]
        quiet = (on - max([state.placed_on, *ended, *promised])).days
        if quiet > LIMITS["no_plan_no_promise"]:
            yield "no_plan_no_promise", at.balance.total_minor, quiet
    last_act = max((fact.effective_on for fact in seen.facts if fact.actor), default=date.min)
    for one in state.promises:
        days = (on - one.last_on).days
        broken = promise_status(one, on=on) in {PromiseStatus.BROKEN, PromiseStatus.PARTIAL}
        if broken and days > LIMITS["promise_broken"] and last_act <= one.last_on:
            yield "promise_broken", one.amount_minor - max(0, one.received_minor), days


def _classified(seen: Seen) -> Iterator[tuple[str, int, int]]:
    """What an examiner would have written off, or calls substandard."""
    minor, on = seen.at.balance.total_minor, seen.at.on
    dates = classified(seen.at.state, seen.at.state.product, on=on)
    if dates is None:
        return
    if dates.charge_off_due_on < on:
        yield "charge_off_due", minor, (on - dates.charge_off_due_on).days
    if dates.substandard_on is not None and dates.substandard_on <= on:
        yield "substandard", minor, (on - dates.substandard_on).days


def _coming_ones(seen: Seen) -> Iterator[tuple[str, int, int]]:
    """What ends or falls due soon."""
    at, state, on = seen.at, seen.at.state, seen.at.on
    for hold in state.holds:
        if hold.stands(on) and hold.ends_on is not None:
            days = (hold.ends_on - on).days
            if days <= LIMITS["hold_ends"]:
                yield "hold_ends", at.balance.total_minor, days
    for plan in state.plans:
        if plan.settles and plan.status is PlanStatus.ACTIVE and plan.owing:
            days = (plan.owing[0].due_on - on).days
            if 0 <= days <= LIMITS["settlement_part_due"]:
                yield "settlement_part_due", plan.owing[0].open_minor, days
