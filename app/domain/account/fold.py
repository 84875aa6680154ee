"""The value of a fold: the state of an account, and the verdicts and splits found on the way."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from app.domain.account.lines import Line
from app.domain.account.state import State
from app.domain.account.verdicts import Verdict
from app.domain.facts.payments import Payment
from app.domain.money import Amounts
from app.domain.values import Value, field, replace


class EarnedInterest(Value, kw_only=True):
    """Interest that became owed on a day, on a plan's row."""

    plan_id: UUID
    installment_id: UUID
    on: date
    amount_minor: int


class TakenBack(Value, kw_only=True):
    """What a chargeback or refund made owed again, of which payment."""

    payment_id: UUID
    amounts: Amounts


class Tolerated(Value, kw_only=True):
    """What an adjustment waived because a payment left so little."""

    payment_id: UUID
    effective_on: date
    amounts: Amounts


class WrittenOff(Value, kw_only=True):
    """What a closed account owed on a day and nobody will collect."""

    on: date
    amounts: Amounts


class NeverCharged(Value, kw_only=True):
    """A charge, or what was waived, that is no more: of a breathing space, or never earned."""

    on: date
    amounts: Amounts  # what the balance would have had more without it
    hold_id: UUID | None  # None: interest was waived that, as is known since, nobody earned


class Fold(Value, kw_only=True):
    """A state, and beside it what was told on the way: verdicts, and each payment's lines.

    Gone on from a stored state, `splits` and `verdicts` hold only what came since.
    """

    state: State = field(default_factory=State)
    verdicts: tuple[Verdict, ...] = ()
    splits: Mapping[UUID, tuple[Line, ...]] = field(default_factory=dict)
    effective: Mapping[UUID, date] = field(default_factory=dict)  # of each payment, chargeback
    payments: Mapping[UUID, Payment] = field(default_factory=dict)  # each payment as it came
    restored: Mapping[UUID, TakenBack] = field(default_factory=dict)  # by chargeback or refund
    earned: tuple[EarnedInterest, ...] = ()  # interest of plans
    tolerated: Mapping[UUID, Tolerated] = field(default_factory=dict)  # by adjustment
    returned: Mapping[UUID, int] = field(default_factory=dict)  # of each payment, restored in all
    promised: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)  # by payment
    written_off: Mapping[UUID, WrittenOff] = field(default_factory=dict)  # by what brought it
    barred: Mapping[UUID, NeverCharged] = field(default_factory=dict)  # by charge or adjustment
    newest: int = 0  # the sequence of the last fact entered, where all of them are folded

    def with_state(self, state: State, *verdicts: Verdict) -> "Fold":
        """This fold gone on to `state`, with what was judged on the way, numbered."""
        if state is self.state and not verdicts:
            return self
        told, numbered = state.told, list[Verdict]()
        for verdict in verdicts:
            told, one = _number(told, verdict)
            numbered.append(one)
        if numbered:
            state = replace(state, told=told)
        return replace(self, state=state, verdicts=(*self.verdicts, *numbered))

    def earn(self, *earned: EarnedInterest) -> "Fold":
        """This fold with further interest earned."""
        return replace(self, earned=(*self.earned, *earned)) if earned else self

    def paid(self, payment_id: UUID, lines: Iterable[Line], state: State | None = None) -> "Fold":
        """This fold with further lines of a payment, gone on to the `state` they leave, if given.

        A payment without any lines is known too.
        """
        before = self.splits.get(payment_id, ())
        splits = {**self.splits, payment_id: (*before, *lines)}
        return replace(self, splits=splits, state=state or self.state)


def _number(told: tuple[str, ...], verdict: Verdict) -> tuple[tuple[str, ...], Verdict]:
    """Tell a verdict apart from the same day's earlier ones of its type and subject."""
    day = f":{verdict.on}:"
    today = tuple(key for key in told if day in key)
    own = verdict.key
    same = own.rpartition(":")[0]
    n = sum(key.rpartition(":")[0] == same for key in today)
    if n == verdict.n:
        return (*today, own), verdict
    numbered = replace(verdict, n=n)
    return (*today, numbered.key), numbered
