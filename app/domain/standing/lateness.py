"""Missed-payment detection: what is late on a given day, by how much, and why.

An installment is overdue when `due_on < date` and something is open. Its own days (date - due
- the days a pause or a clock-stopping hold stood within) exceed grace → it is missed. Grace
decides *whether*; lateness counts from the due date. The figures are those of Apache
Fineract's delinquency calculation, with pauses intersected with the overdue window.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.holds import Stopped, kinds_stopping
from app.domain.account.plan import Installment, Plan
from app.domain.account.state import Held, State
from app.domain.policy.model import Policy
from app.domain.schedule.dates import later
from app.domain.values import replace
from app.domain.vocabulary import (
    HoldKind,
    InstallmentKind,
    MissedMethod,
)

#: Holds under which the clock stands still.
CLOCK_STOPPING = kinds_stopping(Stopped.CLOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Days on which the clock stands still, from `starts_on` to `ends_on` (None: open).

    `whole`: its last day does not count either, as that of a hold, which stands all day; a pause
    ends on a day that counts again.
    """

    starts_on: date
    ends_on: date | None
    whole: bool = False

    @property
    def free_on(self) -> date | None:
        """The first day after it that counts."""
        if self.ends_on is None or not self.whole:
            return self.ends_on
        return later(self.ends_on)

    def days_within(self, start: date, end: date) -> int:
        """How many of its days lie in [start, end)."""
        until = end if self.free_on is None else min(self.free_on, end)
        return max(0, (until - max(self.starts_on, start)).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPause:
    """A pause and the days of it that were taken off."""

    starts_on: date
    ends_on: date | None
    counted_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The contract's own clock: no plan and no re-age resets it, no hold stops it."""

    since_on: date | None
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delinquency:
    """The explained clock of a plan (or of an account without one) as of a day."""

    as_of: date
    oldest_due_on: date | None
    overdue_minor: int
    past_due_days: int
    grace_days: int
    paused_days: int
    pauses: tuple[CountedPause, ...]
    delinquent_days: int
    delinquent_since_on: date | None
    missed: tuple[UUID, ...]
    missed_total: int
    full_installments_past_due: int
    bucket: str
    policy_version: int
    contract: Contract

    @property
    def consecutive_missed(self) -> int:
        return len(self.missed)


def stops_of(state: State) -> tuple[Stop, ...]:
    """The account's clock-stopping days, merged: two stops on one day stop it once."""
    plan = state.live_plan
    if not state.holds and (plan is None or not plan.pauses):
        return ()
    stops = [*holds_as_stops(state.holds, CLOCK_STOPPING)]
    if plan is not None:
        stops += [Stop(starts_on=one.starts_on, ends_on=one.until_on) for one in plan.pauses]
    return merged_stops(stops)


def holds_as_stops(holds: Iterable[Held], kinds: Collection[HoldKind]) -> Iterator[Stop]:
    """The days on which holds of these kinds stand; the day of a release is free again."""
    for hold in holds:
        if hold.kind in kinds:
            yield Stop(
                starts_on=hold.starts_on,
                ends_on=hold.released_on or hold.ends_on,
                whole=hold.released_on is None,
            )


def account_stops(state: State) -> tuple[Stop, ...]:
    """The days that do not count for an account without a live plan.

    Those of its holds, and those of plans that ended, as far as they were live then.
    """
    stops = [*holds_as_stops(state.holds, CLOCK_STOPPING)]
    stops += [
        Stop(starts_on=pause.starts_on, ends_on=min(pause.until_on, plan.ended_on))
        for plan in state.plans
        if plan.ended_on is not None
        for pause in plan.pauses
    ]
    return merged_stops(stops)


def account_days(state: State, *, on: date) -> int:
    """The delinquent days of an account without a live plan, by what it is reported late since.

    It has no grace: that date is one already. Days on which its clock stood still do not count.
    """
    since = state.reported_since_on
    if since is None or since >= on:
        return 0
    return counted_days(account_stops(state), start=since, end=on)


def merged_stops(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """The same days as stops that do not overlap, in order."""
    merged: list[Stop] = []
    for stop in sorted(stops, key=lambda one: one.starts_on):
        last = merged[-1] if merged else None
        if last is not None and (last.free_on is None or stop.starts_on <= last.free_on):
            later = max(last, stop, key=lambda one: (one.ends_on or date.max, one.whole))
            merged[-1] = replace(later, starts_on=last.starts_on)
        elif stop.free_on is None or stop.free_on > stop.starts_on:
            merged.append(stop)
    return tuple(merged)


def stopped(stops: Iterable[Stop], on: date) -> bool:
    """Whether the clock stands still on that day; its last day is still frozen."""
    return any(s.starts_on <= on and (s.ends_on is None or on <= s.ends_on) for s in stops)


def counted_days(stops: Iterable[Stop], *, start: date, end: date) -> int:
    """Days from start to end less the stopped ones within."""
    return (end - start).days - sum(stop.days_within(start, end) for stop in stops)


def day_reaching(stops: Sequence[Stop], *, start: date, days: int) -> date | None:
    """The first day on which `days` counted days have passed since start; None if none will."""
    cursor, missing = start, days
    for stop in stops:
        if stop.free_on is not None and stop.free_on <= cursor:
            continue
        free = max(0, (stop.starts_on - cursor).days)
        if free >= missing:
            break
        missing -= free
        if stop.free_on is None:
            return None
        cursor = stop.free_on
    return later(cursor, missing)


def is_missed(
    installment: Installment, policy: Policy, stops: Iterable[Stop], *, on: date, last_due_on: date
) -> bool:
    """Whether an installment's own days exceed grace while its credit is below the threshold."""
    if installment.due_on >= on or installment.relieved_on is not None:
        return False
    if full_enough(installment, policy, on=on, last_due_on=last_due_on):
        return False
    return counted_days(stops, start=installment.due_on, end=on) > policy.grace_days


def overdue_installments(plan: Plan, policy: Policy, *, on: date) -> tuple[Installment, ...]:
    """The installments that keep the clock running on that day, oldest first."""
    if not plan.aging or plan.aging[0].due_on >= on:  # as most plans stand on most days
        return ()
    last_due_on = plan.last_due_on
    return tuple(
        installment
        for installment in plan.aging
        if installment.due_on < on
        and not full_enough(installment, policy, on=on, last_due_on=last_due_on)
    )


def delinquent_days(plan: Plan, policy: Policy, stops: Sequence[Stop], *, on: date) -> int:
    """max(0, past-due days - grace - paused days), by the oldest overdue installment."""
    late = overdue_installments(plan, policy, on=on)
    if not late:
        return 0
    return max(0, counted_days(stops, start=late[0].due_on, end=on) - policy.grace_days)


def behind(state: State, plan: Plan, policy: Policy, *, on: date) -> tuple[int, tuple[UUID, ...]]:
    """What of a live plan is overdue on a day, and which installments are missed, oldest first.

    As `explain` says it, which says all else too. The state must be folded to that day.
    """
    late = overdue_installments(plan, policy, on=on)
    return _behind(plan, late, policy, stops_of(state), on) if late else (0, ())


def _behind(
    plan: Plan, late: Sequence[Installment], policy: Policy, stops: Sequence[Stop], on: date
) -> tuple[int, tuple[UUID, ...]]:
    overdue_minor = sum(installment.open_minor for installment in late)
    missed = (
        installment.id
        for installment in late
        if is_missed(installment, policy, stops, on=on, last_due_on=plan.last_due_on)
    )
    return overdue_minor, tuple(missed)


def explain(state: State, plan: Plan, policy: Policy, *, on: date) -> Delinquency:
    """A plan's clock on a day, every number with what it was made of.

    The state must be folded to that day; a plan that ended has no clock any more.
    """
    stops = stops_of(state)
    late = overdue_installments(plan, policy, on=on) if plan.live else ()
    oldest = late[0].due_on if late else None
    pauses = tuple(
        CountedPause(starts_on=s.starts_on, ends_on=s.ends_on, counted_days=days)
        for s in stops
        if oldest is not None and (days := s.days_within(oldest, on)) > 0
    )
    overdue_minor, missed = _behind(plan, late, policy, stops, on)
    regular = _regular_minor(plan)
    return Delinquency(
        as_of=on,
        oldest_due_on=oldest,
        overdue_minor=overdue_minor,
        past_due_days=(on - oldest).days if oldest else 0,
        grace_days=policy.grace_days,
        paused_days=sum(pause.counted_days for pause in pauses),
        pauses=pauses,
        delinquent_days=delinquent_days(plan, policy, stops, on=on) if late else 0,
        delinquent_since_on=later(oldest, policy.grace_days) if oldest else None,
        missed=missed,
        missed_total=plan.missed_total,
        full_installments_past_due=overdue_minor // regular if regular else 0,
        bucket=state.bucket,
        policy_version=policy.ref.version,
        contract=contract_clock(state, on=on),
    )


def explain_account(state: State, policy: Policy, *, on: date) -> Delinquency:
    """The clock of an account without a live plan: by the date it is reported late since."""
    since = state.reported_since_on
    pauses = tuple(
        CountedPause(starts_on=s.starts_on, ends_on=s.ends_on, counted_days=days)
        for s in account_stops(state)
        if since is not None and (days := s.days_within(since, on)) > 0
    )
    return Delinquency(
        as_of=on,
        oldest_due_on=since,
        overdue_minor=min(state.contract_due_minor, state.balance.total_minor),
        past_due_days=max(0, (on - since).days) if since else 0,
        grace_days=0,
        paused_days=sum(pause.counted_days for pause in pauses),
        pauses=pauses,
        delinquent_days=account_days(state, on=on),
        delinquent_since_on=since,
        missed=(),
        missed_total=0,
        full_installments_past_due=0,
        bucket=state.bucket,
        policy_version=policy.ref.version,
        contract=contract_clock(state, on=on),
    )


def contract_clock(state: State, *, on: date) -> Contract:
    """Days since the contract was last current, whatever plan or hold there is."""
    since = state.contract_since_on
    return Contract(since_on=since, days=max(0, (on - since).days) if since else 0)


def _regular_minor(plan: Plan) -> int:
    """The regular installment: the first that is neither a down payment nor holds a charge."""
    for installment in plan.installments:
        if installment.kind is InstallmentKind.INSTALLMENT and installment.due.principal_minor > 0:
            return installment.due.principal_minor
    return 0


def full_enough(installment: Installment, policy: Policy, *, on: date, last_due_on: date) -> bool:
    """Whether an installment counts as paid for clock, missed and broken.

    By `ninety_percent` it does from `threshold_bps` of its amount up, until the plan's last due
    date has passed (FFIEC, 65 FR 36903: a payment of 90 % counts as full); by `aggregate`, only
    when nothing is open on it.
    """
    if installment.open_minor <= 0:
        return True
    if policy.missed.method is MissedMethod.AGGREGATE or on > last_due_on:
        return False
    return (
        installment.paid.total_minor * 10_000
        >= installment.amount_minor * policy.missed.threshold_bps
    )
