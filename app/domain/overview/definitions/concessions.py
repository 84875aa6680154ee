"""What was given up, by whom and by what, and the interest that holds kept from being earned."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.domain.account.fold import EarnedInterest
from app.domain.day_close.principal_days import CAPPING, FREEZING
from app.domain.facts.accounts import Adjustment, Hold
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.payments import Chargeback, Refund
from app.domain.overview.definitions.losses import waived_minor
from app.domain.overview.definitions.office import collected_by
from app.domain.overview.question import Question
from app.domain.overview.seen import Seen
from app.domain.overview.table import Entry, money, share
from app.domain.replay.replay import fold, in_force
from app.domain.vocabulary import PaymentKind

CONCESSIONS = (
    money("forgiven_minor", "Forgiven by settlements satisfied"),
    money("waived_minor", "Waived"),
    money("goodwill_minor", "Goodwill"),
    money("conceded_minor", "Conceded"),
    money("collected_minor", "Net collected"),
    money("both_minor", "Collected and conceded"),
    share("concession_bps", "Conceded, of both", of="conceded_minor", to="both_minor"),
    money("foregone_minor", "Interest not earned under holds, beside"),
)
GROUPS = ("author", "role", "rule")
NOTE = (
    "Net collected is its author's, by whose money it was; of no role and no rule. So a share by "
    "role or rule is null."
)


class Part(NamedTuple):
    """What was given up or came in on a day: of which column, by whom, and by what."""

    column: str
    on: date
    minor: int
    author: str | None
    role: str | None
    rule: str | None


def concessions(seen: Seen, question: Question) -> Iterator[Entry]:
    """What was given up in the span, of what was collected and given up together."""
    apart = not {"role", "rule"}.isdisjoint(question.by)  # what was collected stands by itself
    rows: dict[tuple[str | None, str | None, str | None], dict[str, int]] = {}
    last = min(question.ends, seen.at.on)  # nothing counts after the day looked from
    for part in (*_given(seen), *_collected(seen)):
        if question.begins <= part.on <= last and part.minor:
            conceded = part.column != "collected_minor"
            row = rows.setdefault(_key(part, question), {})
            more = {part.column: part.minor}
            more["conceded_minor"] = part.minor if conceded else 0
            more |= {} if apart else {"both_minor": part.minor}
            for name, minor in more.items():
                row[name] = row.get(name, 0) + minor
    if foregone := foregone_minor(seen, question):
        part = Part("foregone_minor", question.ends, foregone, None, None, "hold")
        rows.setdefault(_key(part, question), {})["foregone_minor"] = foregone
    for (author, role, rule), adds in rows.items():
        yield seen.entry(question, adds, author=author, role=role, rule=rule)


def _key(part: Part, question: Question) -> tuple[str | None, str | None, str | None]:
    """Told apart by what is asked for alone: otherwise an account is one entry."""
    return (
        part.author if "author" in question.by else None,
        part.role if "role" in question.by else None,
        part.rule if "rule" in question.by else None,
    )


def _given(seen: Seen) -> Iterator[Part]:
    """What settlements forgave, adjustments waived, and goodwill gave."""
    entered = {fact.id: fact for fact in seen.facts}
    for one in seen.at.state.settlements:
        if one.satisfied_on is not None:
            minor, offer = one.forgiven.total_minor, entered.get(one.id)
            yield _part("forgiven_minor", one.satisfied_on, minor, offer, "settlement")
    for fact in facts_of(in_force(seen.facts), Adjustment):
        rule = "tolerance" if fact.body.because_of else "waiver"
        minor = waived_minor(seen.at.fold, fact)
        yield _part("waived_minor", fact.effective_on, minor, fact, rule)
    for payment_id, on, minor in _goodwill(seen):
        yield _part("goodwill_minor", on, minor, entered.get(payment_id), "goodwill")


def _goodwill(seen: Seen) -> Iterator[tuple[UUID, date, int]]:
    """Of which payment, and when; what went back is negative, on its own day."""
    made = seen.at.fold
    given = {id_ for id_, body in made.payments.items() if body.payment is PaymentKind.GOODWILL}
    for payment_id in given & made.effective.keys():
        yield payment_id, made.effective[payment_id], made.payments[payment_id].amount_minor
    for fact in facts_of(in_force(seen.facts), Chargeback, Refund):
        if fact.body.payment_id in given and fact.effective_on <= seen.at.on:
            yield fact.body.payment_id, fact.effective_on, -fact.body.amount_minor


def _part(column: str, on: date, minor: int, made: Fact | None, rule: str) -> Part:
    """By whoever entered the fact that gave it up."""
    role = made.role if made else None
    return Part(column, on, minor, made.actor if made else None, role and role.value, rule)


def _collected(seen: Seen) -> Iterator[Part]:
    for (author, on), minor in collected_by(seen).items():
        yield Part("collected_minor", on, minor, author, None, None)


def foregone_minor(seen: Seen, question: Question) -> int:
    """Interest of the span that would have been earned without holds that freeze it or cap it.

    Worked out by the fold without them.
    """
    holds = {
        fact.id
        for fact in facts_of(in_force(seen.facts), Hold)
        if fact.body.hold in FREEZING or fact.body.hold in CAPPING
    }
    if not holds or all(plan.interest is None for plan in seen.at.state.plans):
        return 0
    others = [
        fact
        for fact in seen.facts
        if fact.id not in holds and getattr(fact.body, "hold_id", None) not in holds
    ]
    without = fold(others, seen.at.policies, through=seen.at.on)
    return _earned(without.earned, question) - _earned(seen.at.fold.earned, question)


def _earned(earned: Iterable[EarnedInterest], question: Question) -> int:
    return sum(one.amount_minor for one in earned if question.begins <= one.on <= question.ends)
