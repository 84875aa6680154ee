"""What of an account's books asks for work, and since when: read off its state, with no clock.

Days stand for themselves: which of them are reasons on a given day is asked where a list is read,
so that a list is right on a day that nothing wrote.
"""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from app.domain.account.plan import Plan, PlanStatus
from app.domain.account.promise import PromiseStatus
from app.domain.account.state import State
from app.domain.policy.book import PolicyBook
from app.domain.standing.lateness import behind, explain_account
from app.domain.standing.status import AccountStatus, account_status
from app.domain.values import Value
from app.domain.vocabulary import SettlementStatus
from app.domain.worklists.score import Standing, WorkReason

BROKEN_DAYS = 14
ENDING_DAYS = 14
#: An offer is worked in its last week; a quote, which lives for days, in its last three.
OFFER_DAYS = 7
QUIET_DAYS = 30
_SUPERSEDED = "superseded"


class InBooks(Value, kw_only=True):
    """The days in an account's books that are reasons, or become reasons by themselves.

    `quiet_since_on`: since when nobody need have spoken with the person; a later contact counts
    from itself. `plan_ends_on`, `settlement_expires_on`: last days. `placed_on`, `batch`,
    `promises_open`, `promised_minor` are no reasons: reports ask them of every account, whatever it
    owes.
    """

    promise_broken_on: date | None = None
    first_payment_default_on: date | None = None
    plan_broken_on: date | None = None
    installment_missed_on: date | None = None
    settlement_expires_on: date | None = None
    plan_ends_on: date | None = None
    quiet_since_on: date | None = None
    overdue_minor: int = 0
    placed_on: date | None = None
    batch: str | None = None
    promises_open: int = 0
    promised_minor: int = 0

    @property
    def asks(self) -> bool:
        """Whether a day stands here that may be a reason on any day; silence and ends come late."""
        return any((
            self.promise_broken_on, self.first_payment_default_on, self.plan_broken_on,
            self.installment_missed_on, self.settlement_expires_on,
        ))  # fmt: skip


def in_books(state: State, policies: PolicyBook) -> InBooks:
    """What an account's books ask for; of one that owes nothing or is closed, nothing.

    The state must be folded to the day it was judged on.
    """
    placed_on = state.placed_on if state.sequence else None
    if account_status(state) not in (AccountStatus.OPEN, AccountStatus.CHARGED_OFF):
        return InBooks(placed_on=placed_on, batch=state.batch)
    plan, on = state.live_plan, state.judged_on
    if plan is None:
        overdue_minor = explain_account(state, policies.in_force(on), on=on).overdue_minor
        missed_on, first_on = None, None
    else:
        overdue_minor, missed = behind(state, plan, policies.of(plan), on=on)
        missed_on, first_on = _missed(plan, missed, on)
    late = overdue_minor > 0
    promised = [one.amount_minor for one in state.promises if one.status is PromiseStatus.OPEN]
    return InBooks(
        promise_broken_on=_promise_broken(state, plan),
        first_payment_default_on=first_on,
        plan_broken_on=None if state.one_plan else _plan_broken(state),
        installment_missed_on=missed_on,
        settlement_expires_on=min(
            (one.expires_on for one in state.settlements
             if one.status is SettlementStatus.OFFERED),
            default=None,
        ),
        plan_ends_on=plan.last_due_on if plan is not None and not late else None,
        quiet_since_on=state.placed_on if plan is None or late else None,
        overdue_minor=overdue_minor,
        placed_on=placed_on,
        batch=state.batch,
        promises_open=len(promised),
        promised_minor=sum(promised),
    )  # fmt: skip


def standing_on(
    known: InBooks, today: date, *, last_communication_on: date | None = None
) -> tuple[Standing, ...]:
    """Which of the days are reasons on a day, each with what it counts from."""
    quiet = known.quiet_since_on
    if quiet is not None and last_communication_on is not None:
        quiet = max(quiet, last_communication_on)
    found = (
        (WorkReason.PROMISE_BROKEN, known.promise_broken_on),
        (WorkReason.FIRST_PAYMENT_DEFAULT, known.first_payment_default_on),
        (WorkReason.PLAN_BROKEN, _since(known.plan_broken_on, today, BROKEN_DAYS)),
        (WorkReason.INSTALLMENT_MISSED, known.installment_missed_on),
        (WorkReason.SETTLEMENT_EXPIRING, _until(known.settlement_expires_on, today, OFFER_DAYS)),
        (WorkReason.PLAN_ENDING, _until(known.plan_ends_on, today, ENDING_DAYS)),
        (WorkReason.NO_CONTACT, quiet if quiet and (today - quiet).days >= QUIET_DAYS else None),
    )
    return tuple(Standing(reason=reason, on=on) for reason, on in found if on is not None)


def _since(on: date | None, today: date, days: int) -> date | None:
    return on if on is not None and today <= on + timedelta(days=days) else None


def _until(on: date | None, today: date, days: int) -> date | None:
    return on if on is not None and on - timedelta(days=days) <= today <= on else None


def _missed(
    plan: Plan, installment_ids: Collection[UUID], on: date
) -> tuple[date | None, date | None]:
    """Since when an installment is missed, and since when it is the plan's first."""
    if not installment_ids:
        return None, None
    days = {one.id: one.missed_on or on for one in plan.installments}
    first = next((one.id for one in plan.installments if one.voided_on is None), None)
    missed = set(installment_ids)
    return min(days[one] for one in missed), days[first] if first in missed else None


def _promise_broken(state: State, plan: Plan | None) -> date | None:
    """The day the newest promise broke, unless another was made or a plan agreed since."""
    if any(one.status is PromiseStatus.OPEN for one in state.promises):
        return None
    newest = max(state.promises, key=lambda one: (one.due_on, one.made_on), default=None)
    if newest is None or newest.status is not PromiseStatus.BROKEN:
        return None
    broken_on = newest.judged_on
    if plan is not None and broken_on is not None and plan.opened_on >= broken_on:
        return None
    return broken_on


def _plan_broken(state: State) -> date | None:
    ended = [one for one in state.plans if one.ended_on is not None]
    newest = max(ended, key=lambda one: (one.ended_on or date.min, one.opened_on), default=None)
    if newest is None or newest.status is not PlanStatus.BROKEN:
        return None
    return None if newest.status_reason == _SUPERSEDED else newest.ended_on
