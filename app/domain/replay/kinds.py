"""Every kind of fact, registered once: the only table of kinds there is.

A kind is a line of `FactKind`, a body in `facts`, its functions in `replay` and `entries`, and its
registration here; a test of the architecture asks for every part.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from app.domain.account.fold import Fold
from app.domain.account.state import State
from app.domain.entries import accounts as of_accounts
from app.domain.entries import changes as of_changes
from app.domain.entries import payments as of_payments
from app.domain.entries import plans as of_plans
from app.domain.entries import settlements as of_settlements
from app.domain.entries.events import Event, told_by_verdicts
from app.domain.entries.postings import Posting, no_rows
from app.domain.facts.accounts import (
    Adjustment,
    Charge,
    ChargedOff,
    ChargeOffUndone,
    ChargeReversal,
    Closed,
    ClosureUndone,
    Hold,
    HoldRelease,
    Placement,
    PlacementCorrected,
    PromiseMade,
)
from app.domain.facts.changes import (
    Acceleration,
    AccountReAge,
    Cycle,
    Deferral,
    DueDayChange,
    PaymentHoliday,
    ReAge,
    Reamortization,
    Reschedule,
    RevisionUndo,
    Rewrite,
    StepDown,
    Workout,
)
from app.domain.facts.fact import Fact, K
from app.domain.facts.payments import Chargeback, ChargebackReversal, Payment, Refund, Reversal
from app.domain.facts.plans import (
    Pause,
    PlanApproved,
    PlanCancelled,
    PlanOpened,
    PlanProposed,
    PlanReinstated,
    PlanRejected,
    Resume,
)
from app.domain.facts.settlements import (
    SettlementAccepted,
    SettlementApproved,
    SettlementClosed,
    SettlementOffered,
)
from app.domain.policy.book import PolicyBook
from app.domain.replay import (
    accounts,
    changes,
    closings,
    pauses,
    plans,
    promises,
    reinstatements,
    relief,
    settlements,
)
from app.domain.replay.cure import may_cure
from app.domain.replay.money import payments, returns
from app.domain.vocabulary import HoldKind

#: The turns within a day: the account is placed, a stop is known, and then what it may bar.
PLACING, BARRING, OTHERS = 0, 1, 2


def as_entered(_fact: Fact) -> int:
    """It has no turn of its own."""
    return OTHERS


def first(_fact: Fact) -> int:
    """It comes before all else of its day."""
    return PLACING


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[K]):
    """A kind of fact. Only its turn and what `moves_money` says have a usual answer.

    What a fact undoes, and what it falls with, its body says (`facts.body`).
    """

    body: type[K]
    #: How it changes the account. None: it only takes another fact out of the fold, or corrects it.
    changes: Callable[[Fold, Fact[K], PolicyBook], Fold] | None
    #: The rows of the ledger that say what it itself did.
    posts: Callable[[Fact[K], Fold, Fold], Iterable[Posting]]
    #: The events that tell it, given what was there before it.
    tells: Callable[[Fact[K], Fold], Iterable[Event]]
    #: Whether it cannot be applied to the stored state, though it counts on the latest day.
    needs_history: Callable[[State, Fact[K]], bool]
    #: Where it comes within its day; those of one turn in order of entry.
    turn: Callable[[Fact[K]], int] = as_entered
    #: Money came by it, or left: it judges the bucket anew though the clock stands still.
    moves_money: bool = False


def always(_state: State, _fact: Fact) -> bool:
    """It undoes or corrects another, or puts older money to use, whose lines only history knows."""
    return True


def never(_state: State, _fact: Fact) -> bool:
    """It goes on from the stored state."""
    return False


def _turn_of_hold(fact: Fact[Hold]) -> int:
    """A breathing space comes before what it bars on its day."""
    return BARRING if fact.body.hold is HoldKind.BREATHING_SPACE else OTHERS


def _without_rows(
    body: type[K],
    changes: Callable[[Fold, Fact[K], PolicyBook], Fold],
    tells: Callable[[Fact[K], Fold], Iterable[Event]],
) -> Kind[K]:
    """A kind that posts no row of its own and goes on from the stored state."""
    return Kind(body=body, changes=changes, posts=no_rows, tells=tells, needs_history=never)


#: Each with its own type of body, so that its functions are checked against it.
_REGISTERED = (
    # Accounts
    Kind(
        body=Placement,
        changes=accounts.place,
        posts=of_accounts.post_placement,
        tells=of_accounts.tell_placement,
        needs_history=never,
        turn=first,
    ),
    Kind(
        body=PlacementCorrected,
        changes=None,
        posts=of_accounts.post_correction,
        tells=of_accounts.tell_correction,
        needs_history=always,
    ),
    Kind(
        body=Charge,
        changes=accounts.charge,
        posts=of_accounts.post_charge,
        tells=of_accounts.tell_charge,
        needs_history=accounts.finds_money_waiting,
    ),
    Kind(
        body=ChargeReversal,
        changes=None,
        posts=of_accounts.post_charge_reversal,
        tells=of_accounts.tell_charge_reversal,
        needs_history=always,
    ),
    Kind(
        body=Adjustment,
        changes=accounts.adjust,
        posts=of_accounts.post_adjustment,
        tells=of_accounts.tell_adjustment,
        needs_history=never,
    ),
    Kind(
        body=Hold,
        changes=accounts.hold,
        posts=no_rows,
        tells=of_accounts.tell_hold,
        needs_history=accounts.bars_its_first_day,
        turn=_turn_of_hold,
    ),
    Kind(
        body=HoldRelease,
        changes=accounts.release,
        posts=no_rows,
        tells=of_accounts.tell_release,
        needs_history=always,
    ),
    _without_rows(PromiseMade, promises.promise, of_accounts.tell_promise),
    _without_rows(Cycle, changes.noted, of_changes.tell_cycle),
    _without_rows(Workout, changes.noted, of_changes.tell_workout),
    _without_rows(ChargedOff, closings.charge_off, told_by_verdicts),
    Kind(
        body=ChargeOffUndone,
        changes=None,
        posts=no_rows,
        tells=told_by_verdicts,
        needs_history=always,
    ),
    _without_rows(Closed, closings.close, told_by_verdicts),
    Kind(
        body=ClosureUndone,
        changes=None,
        posts=no_rows,
        tells=told_by_verdicts,
        needs_history=always,
    ),
    # Money
    Kind(
        body=Payment,
        changes=payments.pay,
        posts=of_payments.post_payment,
        tells=of_payments.tell_payment,
        needs_history=may_cure,
        moves_money=True,
    ),
    Kind(
        body=Reversal,
        changes=None,
        posts=of_payments.post_reversal,
        tells=of_payments.tell_reversal,
        needs_history=always,
    ),
    Kind(
        body=Chargeback,
        changes=returns.charge_back,
        posts=of_payments.post_chargeback,
        tells=of_payments.tell_chargeback,
        needs_history=always,
        moves_money=True,
    ),
    Kind(
        body=ChargebackReversal,
        changes=None,
        posts=of_payments.post_chargeback_reversal,
        tells=of_payments.tell_chargeback_reversal,
        needs_history=always,
    ),
    Kind(
        body=Refund,
        changes=returns.refund,
        posts=of_payments.post_refund,
        tells=of_payments.tell_refund,
        needs_history=always,
    ),
    # Plans
    _without_rows(PlanProposed, plans.propose_plan, of_plans.tell_proposed),
    _without_rows(PlanApproved, plans.approve_plan, of_plans.tell_approved),
    _without_rows(PlanRejected, plans.reject_plan, of_plans.tell_rejected),
    _without_rows(PlanOpened, plans.open_plan, of_plans.tell_opened),
    _without_rows(PlanCancelled, plans.cancel_plan, of_plans.tell_cancelled),
    _without_rows(PlanReinstated, reinstatements.reinstate, of_plans.tell_reinstated),
    _without_rows(Pause, pauses.pause, of_plans.tell_pause),
    _without_rows(Resume, pauses.resume, of_plans.tell_resume),
    # Changes of a schedule
    _without_rows(ReAge, changes.re_age, of_changes.tell_re_age),
    _without_rows(AccountReAge, changes.re_age_account, of_changes.tell_account_re_age),
    _without_rows(Reamortization, changes.re_amortize, of_changes.tell_revised),
    _without_rows(Reschedule, changes.reschedule, of_changes.tell_revised),
    _without_rows(Deferral, changes.defer, of_changes.tell_revised),
    _without_rows(DueDayChange, relief.change_due_day, of_changes.tell_revised),
    _without_rows(PaymentHoliday, relief.take_holiday, of_changes.tell_revised),
    _without_rows(StepDown, relief.step_down, of_changes.tell_revised),
    _without_rows(Acceleration, relief.accelerate, of_changes.tell_revised),
    _without_rows(Rewrite, relief.rewrite, of_changes.tell_rewrite),
    Kind(
        body=RevisionUndo,
        changes=None,
        posts=no_rows,
        tells=of_changes.tell_undone,
        needs_history=always,
    ),
    # Settlements
    _without_rows(SettlementOffered, settlements.offer, of_settlements.tell_offered),
    _without_rows(SettlementApproved, settlements.approve, of_settlements.tell_approved),
    _without_rows(SettlementAccepted, settlements.accept, of_settlements.tell_accepted),
    _without_rows(SettlementClosed, settlements.end, of_settlements.tell_closed),
)
REGISTERED: tuple[Kind[Any], ...] = _REGISTERED
#: By the class of the body.
KINDS: Mapping[type, Kind[Any]] = {kind.body: kind for kind in REGISTERED}
