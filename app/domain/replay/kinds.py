"""Every kind of fact, registered once: the only table of kinds there is.

A kind is a line of `FactKind`, a body in `facts`, its functions in `replay` and `entries`, and its
registration here; a test of the architecture asks for every part.
"""

from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import TypeVar

from app.domain.account.fold import Fold
from app.domain.entries import accounts as of_accounts
from app.domain.entries import changes as of_changes
from app.domain.entries import payments as of_payments
from app.domain.entries import plans as of_plans
from app.domain.entries import settlements as of_settlements
from app.domain.entries.events import told_by_verdicts
from app.domain.entries.postings import no_rows
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
    PromiseMade,
)
from app.domain.facts.changes import (
    Acceleration,
    AccountReAge,
    Change,
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
from app.domain.facts.fact import Fact
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
    payments,
    plans,
    promises,
    reinstatements,
    relief,
    returns,
    settlements,
)
from app.domain.replay.cure import may_cure
from app.domain.replay.kind import Kind, always, first, never

C = TypeVar("C", bound=Change)


def _revision(body: type[C], changes: Callable[[Fold, Fact[C], PolicyBook], Fold]) -> Kind[C]:
    """A change of a plan's schedule of which there is no more to tell."""
    return Kind(
        body=body,
        changes=changes,
        posts=no_rows,
        tells=of_changes.tell_revised,
        needs_history=never,
    )


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
        turn=accounts.turn_of_hold,
    ),
    Kind(
        body=HoldRelease,
        changes=accounts.release,
        posts=no_rows,
        tells=of_accounts.tell_release,
        needs_history=always,
    ),
    Kind(
        body=PromiseMade,
        changes=promises.promise,
        posts=no_rows,
        tells=of_accounts.tell_promise,
        needs_history=never,
    ),
    Kind(
        body=Cycle,
        changes=changes.noted,
        posts=no_rows,
        tells=of_changes.tell_cycle,
        needs_history=never,
    ),
    Kind(
        body=Workout,
        changes=changes.noted,
        posts=no_rows,
        tells=of_changes.tell_workout,
        needs_history=never,
    ),
    Kind(
        body=ChargedOff,
        changes=closings.charge_off,
        posts=no_rows,
        tells=told_by_verdicts,
        needs_history=never,
    ),
    Kind(
        body=ChargeOffUndone,
        changes=None,
        posts=no_rows,
        tells=told_by_verdicts,
        needs_history=always,
    ),
    Kind(
        body=Closed,
        changes=closings.close,
        posts=no_rows,
        tells=told_by_verdicts,
        needs_history=never,
    ),
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
    Kind(
        body=PlanProposed,
        changes=plans.propose_plan,
        posts=no_rows,
        tells=of_plans.tell_proposed,
        needs_history=never,
    ),
    Kind(
        body=PlanApproved,
        changes=plans.approve_plan,
        posts=no_rows,
        tells=of_plans.tell_approved,
        needs_history=never,
    ),
    Kind(
        body=PlanRejected,
        changes=plans.reject_plan,
        posts=no_rows,
        tells=of_plans.tell_rejected,
        needs_history=never,
    ),
    Kind(
        body=PlanOpened,
        changes=plans.open_plan,
        posts=no_rows,
        tells=of_plans.tell_opened,
        needs_history=never,
    ),
    Kind(
        body=PlanCancelled,
        changes=plans.cancel_plan,
        posts=no_rows,
        tells=of_plans.tell_cancelled,
        needs_history=never,
    ),
    Kind(
        body=PlanReinstated,
        changes=reinstatements.reinstate,
        posts=no_rows,
        tells=of_plans.tell_reinstated,
        needs_history=never,
    ),
    Kind(
        body=Pause,
        changes=pauses.pause,
        posts=no_rows,
        tells=of_plans.tell_pause,
        needs_history=never,
    ),
    Kind(
        body=Resume,
        changes=pauses.resume,
        posts=no_rows,
        tells=of_plans.tell_resume,
        needs_history=never,
    ),
    # Changes of a schedule
    Kind(
        body=ReAge,
        changes=changes.re_age,
        posts=no_rows,
        tells=of_changes.tell_re_age,
        needs_history=never,
    ),
    Kind(
        body=AccountReAge,
        changes=changes.re_age_account,
        posts=no_rows,
        tells=of_changes.tell_account_re_age,
        needs_history=never,
    ),
    _revision(Reamortization, changes.re_amortize),
    _revision(Reschedule, changes.reschedule),
    _revision(Deferral, changes.defer),
    _revision(DueDayChange, relief.change_due_day),
    _revision(PaymentHoliday, relief.take_holiday),
    _revision(StepDown, relief.step_down),
    _revision(Acceleration, relief.accelerate),
    Kind(
        body=Rewrite,
        changes=relief.rewrite,
        posts=no_rows,
        tells=of_changes.tell_rewrite,
        needs_history=never,
    ),
    Kind(
        body=RevisionUndo,
        changes=None,
        posts=no_rows,
        tells=of_changes.tell_undone,
        needs_history=always,
    ),
    # Settlements
    Kind(
        body=SettlementOffered,
        changes=settlements.offer,
        posts=no_rows,
        tells=of_settlements.tell_offered,
        needs_history=never,
    ),
    Kind(
        body=SettlementApproved,
        changes=settlements.approve,
        posts=no_rows,
        tells=of_settlements.tell_approved,
        needs_history=never,
    ),
    Kind(
        body=SettlementAccepted,
        changes=settlements.accept,
        posts=no_rows,
        tells=of_settlements.tell_accepted,
        needs_history=never,
    ),
    Kind(
        body=SettlementClosed,
        changes=settlements.end,
        posts=no_rows,
        tells=of_settlements.tell_closed,
        needs_history=never,
    ),
)
REGISTERED: tuple[Kind[Any], ...] = _REGISTERED
#: By the class of the body.
KINDS: Mapping[type, Kind[Any]] = {kind.body: kind for kind in REGISTERED}
