"""Who was late on a day and is not on another, and what ended it.

Payment alone is the rate, so that nobody cures a portfolio with a calendar.
"""

from collections.abc import Iterator
from datetime import date

from app.domain.account.fold import Fold
from app.domain.facts.changes import AccountReAge, ReAge
from app.domain.facts.fact import Fact
from app.domain.facts.kinds import FactKind
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.overview.table import Entry, count, money, share
from app.domain.policy.book import PolicyBook
from app.domain.replay.replay import apply, close_days, in_force
from app.domain.reports.rolls import Cause
from app.domain.standing.lateness import explain, explain_account
from app.domain.vocabulary import CURRENT

#: Money that came, or came back.
_MONEY = (FactKind.PAYMENT, FactKind.CHARGEBACK_REVERSAL)
CURES = (
    count("delinquent", "Delinquent at the start"),
    money("delinquent_minor", "Their balance then"),
    *(
        column
        for cause, words in (
            (Cause.PAYMENT, "Cured by payment"),
            (Cause.RE_AGE, "By a re-age"),
            (Cause.SCHEDULE_CHANGE, "By a change of the schedule"),
        )
        for column in (
            count(f"by_{cause}", words),
            money(f"by_{cause}_minor", f"{words}: balance at the start"),
        )
    ),
    count("cured", "Cured by any cause"),
    money("cured_minor", "Their balance at the start"),
    share("cure_bps", "Cured by payment, of all delinquent", of="by_payment", to="delinquent"),
    share("cure_amount_bps", "The same by balance", of="by_payment_minor", to="delinquent_minor"),
    share("cure_all_causes_bps", "Cured by any cause", of="cured", to="delinquent"),
)


def cures(seen: Seen, question: Question) -> Iterator[Entry]:
    """Of those in a delinquent bucket at the start: nothing overdue at the end, or paid."""
    before, at = seen.before, seen.at
    if before is None or not before.owes:
        return
    bucket = before.bucket(standard=question.standard)
    if bucket == CURRENT:
        return
    minor, adds = before.balance.total_minor, dict[str, int]()
    why = f"{bucket}, not cured"
    if _cured(at):
        cause = ended_by(seen, question)
        adds = {f"by_{cause}": 1, f"by_{cause}_minor": minor, "cured": 1, "cured_minor": minor}
        why = f"{bucket}, cured by {cause}"
    nothing = {f"by_{one}{end}": 0 for one in Cause for end in ("", "_minor")}
    yield seen.entry(
        question,
        {"delinquent": 1, "delinquent_minor": minor, "cured": 0, **nothing, **adds},
        why=why,
        bucket=bucket,
    )


def _cured(at: Looked) -> bool:
    if at.status == "paid":
        return True
    return at.status in ("open", "charged_off") and at.delinquency.overdue_minor == 0


def ended_by(seen: Seen, question: Question) -> Cause:
    """What last ended a lateness in the span.

    Money, a re-age, or anything else: a waiver or a new plan is no payment, so it counts with the
    changes of the schedule. Where what is known since says that there was no lateness, the last
    fact entered in the span said so.
    """
    ended = [fact for fact in ending(seen, question.ends) if fact.effective_on > question.begins]
    if ended:
        return _cause(ended[-1])
    entered = [one for one in seen.facts if question.begins < one.business_date <= question.ends]
    return _cause(entered[-1]) if entered else Cause.SCHEDULE_CHANGE


def ending(seen: Seen, through: date) -> Iterator[Fact]:
    """The facts that ended a lateness: something was overdue before each, and nothing after it."""
    made = Fold()
    for fact in in_force(seen.facts):
        if fact.effective_on > through:
            break
        made = close_days(made, seen.at.policies, through=fact.effective_on)
        late = _late(made, seen.at.policies, fact)
        made = apply(made, fact, seen.at.policies)
        if late and not _late(made, seen.at.policies, fact):
            yield fact


def _late(made: Fold, policies: PolicyBook, fact: Fact) -> bool:
    state, on = made.state, fact.effective_on
    if not state.balance:
        return False
    plan = state.live_plan
    if plan is not None:
        return explain(state, plan, policies.of(plan), on=on).overdue_minor > 0
    return explain_account(state, policies.in_force(on), on=on).overdue_minor > 0


def _cause(fact: Fact) -> Cause:
    if isinstance(fact.body, ReAge | AccountReAge):
        return Cause.RE_AGE
    return Cause.PAYMENT if fact.kind in _MONEY else Cause.SCHEDULE_CHANGE
