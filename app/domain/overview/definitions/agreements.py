"""What was promised, due and agreed, and what of it was kept.

Each promise, installment and plan is judged alone by the rule of `kept`, and the counts are added:
what cannot be judged yet stands beside, in no rate.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

from app.domain.account.plan import Installment, Plan, PlanStatus
from app.domain.account.verdicts import VerdictType
from app.domain.day_close.settlements import SUPERSEDED
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.plans import PlanOpened, PlanProposed
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.overview.table import Column, Entry, Type, count, money, share
from app.domain.replay.replay import in_force
from app.domain.reports import kept

NOT_ACTIVE = (PlanStatus.PENDING_APPROVAL, PlanStatus.REJECTED)

PROMISES = (
    count("promises", "Promises due"),
    count("kept", "Kept"),
    count("partial", "Kept in part"),
    count("broken", "Broken"),
    count("open", "Open still, in no rate"),
    count("not_judged", "On closed accounts, in no rate"),
    count("judged", "Judged"),
    share("kept_bps", "Kept, of the judged", of="kept", to="judged"),
    money("promised_minor", "Promised by the judged"),
    money("received_minor", "Received for them, each up to what it promised"),
    share("kept_amount_bps", "Received, of what was promised",
          of="received_minor", to="promised_minor"),
)  # fmt: skip


def promises(seen: Seen, question: Question) -> Iterator[Entry]:
    """Those due in the span, as they stand on the day looked from."""
    closed = seen.at.status == "closed"
    authors = actors_of(seen.facts)
    for one in seen.at.state.promises:
        if not question.begins <= one.due_on <= question.ends:
            continue
        on = min(one.last_on, seen.at.on)
        receipt = kept.Receipt(on=max(on, one.made_on), minor=one.received_minor)
        found = kept.kept_promises(
            [
                kept.Promise(
                    made_on=one.made_on, amount_minor=one.amount_minor, due_on=one.due_on,
                    grace_days=one.grace_days, threshold_bps=one.threshold_bps,
                    receipts=(receipt,) if one.received_minor > 0 else (),
                )
            ],
            from_on=question.begins, to_on=question.ends, as_of=seen.at.on,
            known_on=question.known_on,
        )  # fmt: skip
        standing = next(
            name for name in ("kept", "partial", "broken", "open") if getattr(found, name)
        )
        adds = {"not_judged": 1} if closed else {
            standing: 1, "judged": found.judged, "promised_minor": found.promised_minor,
            "received_minor": found.received_minor,
        }  # fmt: skip
        yield seen.entry(
            question,
            {"promises": 1, "kept": 0, "received_minor": 0, **adds},
            id_=one.id,
            noun="promise",
            why=f"due {one.due_on}, {'not judged' if closed else standing}",
            month=_month(one.due_on),
            author=authors.get(one.id),
        )


INSTALLMENTS = (
    count("installments", "Installments due"),
    count("kept", "Paid in full by due day and grace"),
    count("late", "Paid in full later"),
    count("missed", "Not paid in full"),
    count("waiting", "Within grace still, in no rate"),
    count("judged", "Judged"),
    share("kept_bps", "Kept, of the judged", of="kept", to="judged"),
    money("due_minor", "Due of the judged"),
    money("paid_in_time_minor", "Paid of it by due day and grace"),
    share("kept_amount_bps", "Paid in time, of what was due",
          of="paid_in_time_minor", to="due_minor"),
)  # fmt: skip


def installments(seen: Seen, question: Question) -> Iterator[Entry]:
    """Those due in the span, not emptied before their day, on a plan that was active on it."""
    authors = actors_of(seen.facts)
    for plan, one, due in dues_of(seen.at):
        found = kept.kept_installments(
            [due], from_on=question.begins, to_on=question.ends, as_of=seen.at.on
        )
        standing = next(
            (name for name in ("kept", "late", "missed", "waiting") if getattr(found, name)),
            None,
        )
        if standing is None:
            continue
        yield seen.entry(
            question,
            {
                "installments": 1,
                "kept": 0,
                standing: 1,
                "judged": found.judged,
                "due_minor": found.due_minor,
                "paid_in_time_minor": found.paid_in_time_minor,
            },
            id_=one.id,
            noun="installment",
            why=f"due {one.due_on}, {standing}",
            month=_month(one.due_on),
            author=authors.get(plan.id),
            plan_kind=plan.kind.value,
        )


def dues_of(at: Looked) -> Iterator[tuple[Plan, Installment, kept.Due]]:
    """Every installment of every plan that was agreed, with what came on it: what is judged.

    Of one that a change emptied or lowered after its day, what was due on that day: a re-age, a
    re-amortization or a waiver pays nothing of it.
    """
    receipts, asked = _receipts(at), _asked_for(at)
    for plan in at.state.plans:
        if plan.status in NOT_ACTIVE:
            continue
        grace = at.policies.of(plan).grace_days
        for one in plan.installments:
            yield plan, one, kept.Due(
                due_on=one.due_on, amount_minor=_due_minor(one, receipts, asked), grace_days=grace,
                paid=_paid(one, receipts), voided_on=one.voided_on, plan_active=_active(plan, one),
            )  # fmt: skip


def _asked_for(at: Looked) -> Mapping[tuple[UUID | None, date], int]:
    """What was open of each installment on the day it was due, as that day was judged."""
    return {
        (one.subject, one.on): int(one.data["due_minor"])
        for one in at.fold.verdicts
        if one.type is VerdictType.INSTALLMENT_DUE
    }


def _due_minor(
    one: Installment, receipts: Mapping[UUID, tuple[kept.Receipt, ...]],
    asked: Mapping[tuple[UUID | None, date], int],
) -> int:  # fmt: skip
    """What was due on its day: what was open of it then, and what had come before."""
    before = sum(receipt.minor for receipt in receipts.get(one.id, ()) if receipt.on < one.due_on)
    return max(one.amount_minor, asked.get((one.id, one.due_on), -before) + before)


def _active(plan: Plan, one: Installment) -> bool:
    """On its day; a plan that a change moved keeps its day of opening.

    One that was paid in full ahead of its days counts on them, too: who pays early keeps them.
    """
    if plan.opened_on > one.due_on:
        return False
    paid_ahead = plan.status is PlanStatus.COMPLETED
    return paid_ahead or plan.ended_on is None or plan.ended_on >= one.due_on


def _receipts(at: Looked) -> Mapping[UUID, tuple[kept.Receipt, ...]]:
    """What came on each installment, by the day it counts from."""
    found: dict[UUID, tuple[kept.Receipt, ...]] = {}
    fold = at.fold
    for payment_id, lines in fold.splits.items():
        on = fold.effective.get(payment_id)
        if on is None:
            continue
        for line in lines:
            if line.installment_id is not None:
                receipt = kept.Receipt(on=on, minor=line.amount_minor)
                found[line.installment_id] = (*found.get(line.installment_id, ()), receipt)
    return found


def _paid(
    one: Installment, receipts: Mapping[UUID, tuple[kept.Receipt, ...]]
) -> tuple[kept.Receipt, ...]:
    """Its receipts; where it was satisfied otherwise (waived, taken over), all of it that day."""
    found = receipts.get(one.id, ())
    short = one.amount_minor - sum(receipt.minor for receipt in found)
    if one.satisfied_on is not None and short > 0:
        return (*found, kept.Receipt(on=one.satisfied_on, minor=short))
    return found


PLANS = (
    count("plans", "Plans whose last due day lies in the span"),
    count("kept", "Completed"),
    count("broken", "Broken by a miss or an acceleration"),
    count("judged", "Judged"),
    share("kept_bps", "Completed, of the judged", of="kept", to="judged"),
    count("running", "Running still"),
    count("cancelled", "Cancelled or superseded"),
    money("agreed_minor", "Agreed by them"),
    money("paid_minor", "Paid under them"),
)


def broke(plan: Plan) -> bool:
    """Whether it ended by what was missed, called due or sent back.

    One whose money came back once another had taken its place is called broken, too: superseded.
    """
    return plan.status is PlanStatus.BROKEN and plan.status_reason != SUPERSEDED


def agreed_minor(seen: Seen) -> Mapping[UUID, int]:
    """What each plan agreed on when it began, whatever was waived, charged or earned since."""
    bodies = (PlanOpened, PlanProposed)
    opened = {fact.id: fact.body.amount_minor for fact in facts_of(in_force(seen.facts), *bodies)}
    settling = {
        one.plan_id: one.amount_minor
        for one in seen.at.state.settlements
        if one.plan_id is not None
    }
    return opened | settling


def _last_due_on(plan: Plan) -> date:
    """The last day that was agreed; of a plan that ended before, that of what its end made void.

    What a change emptied before it ended has nothing due any more.
    """
    days = [one.due_on for one in plan.installments if one.amount_minor > 0]
    return max(days, default=plan.last_due_on)


def plans_kept(seen: Seen, question: Question) -> Iterator[Entry]:
    """By how they ended; superseded and cancelled ones stand beside."""
    names = {
        PlanStatus.COMPLETED: "kept",
        PlanStatus.BROKEN: "cancelled",
        PlanStatus.ACTIVE: "running",
        PlanStatus.CANCELLED: "cancelled",
    }
    authors = actors_of(seen.facts)
    agreed = agreed_minor(seen)
    for plan in seen.at.state.plans:
        last_due_on = _last_due_on(plan)
        if plan.status in NOT_ACTIVE or not question.begins <= last_due_on <= question.ends:
            continue
        standing = "broken" if broke(plan) else names[plan.status]
        yield seen.entry(
            question,
            {
                "plans": 1,
                "kept": 0,
                standing: 1,
                "judged": int(standing in {"kept", "broken"}),
                "agreed_minor": agreed.get(plan.id, plan.total_minor),
                "paid_minor": plan.paid_minor,
            },
            id_=plan.id,
            noun="plan",
            why=plan.status_reason or standing,
            month=_month(last_due_on),
            author=authors.get(plan.id),
            plan_kind=plan.kind.value,
        )


FIRST = (
    count("plans", "Plans opened"),
    count("immature", "Whose first due day and grace are not over, or never were, in no rate"),
    count("judged", "Judged"),
    count("missed_first", "First payment missed"),
    share("fpd_bps", "Missed, of the judged", of="missed_first", to="judged"),
    count("judged_30", "Judged on day 30"),
    count("missed_30", "Not paid on day 30"),
    share("fpd30_bps", "Not paid on day 30, of the judged", of="missed_30", to="judged_30"),
)


def first_payment(seen: Seen, question: Question) -> Iterator[Entry]:
    """Of the plans opened in the span: whether the first installment was paid in full in time."""
    authors = actors_of(seen.facts)
    receipts, asked = _receipts(seen.at), _asked_for(seen.at)
    for plan in seen.at.state.plans:
        if plan.status in NOT_ACTIVE or not question.begins <= plan.opened_on <= question.ends:
            continue
        rows = tuple(_first_row(one, receipts, asked) for one in plan.installments)
        found = kept.first_payment_defaults(
            [
                kept.Opened(
                    opened_on=plan.opened_on, installments=rows,
                    grace_days=seen.at.policies.of(plan).grace_days,
                )
            ],
            from_on=question.begins, to_on=question.ends, as_of=seen.at.on,
        )  # fmt: skip
        yield seen.entry(
            question,
            {
                "plans": 1,
                "immature": found.immature,
                "judged": 1 - found.immature,
                "missed_first": found.missed_first,
                "judged_30": found.judged_30,
                "missed_30": found.missed_30,
            },
            id_=plan.id,
            noun="plan",
            month=_month(plan.opened_on),
            author=authors.get(plan.id),
            plan_kind=plan.kind.value,
        )


def _first_row(
    one: Installment, receipts: Mapping[UUID, tuple[kept.Receipt, ...]],
    asked: Mapping[tuple[UUID | None, date], int],
) -> kept.FirstRow:  # fmt: skip
    """An installment by what was due on its day; one void before its day was due of nobody."""
    due = _due_minor(one, receipts, asked)
    void = one.voided_on is not None and one.voided_on < one.due_on
    paid_on = one.satisfied_on if due == one.amount_minor else None
    return kept.FirstRow(due_on=one.due_on, amount_minor=0 if void else due, paid_on=paid_on)


#: The days after due are weighed by amount; early is negative.
DAYS_TO_PAY = (
    count("payments", "Payments on installments"),
    money("paid_minor", "Paid on installments"),
    Column(name="days_tenth_days", type=Type.TENTH_DAYS, title="Days after due, by amount",
           of=("amount_days", "paid_minor")),
)  # fmt: skip


def days_to_pay(seen: Seen, question: Question) -> Iterator[Entry]:
    """Installment money of the span; a reversed payment never was."""
    fold = seen.at.fold
    due = {one.id: one.due_on for plan in seen.at.state.plans for one in plan.installments}
    for payment_id, lines in fold.splits.items():
        on = fold.effective.get(payment_id)
        if on is None or not question.begins <= on <= question.ends:
            continue
        those = [line for line in lines if line.installment_id in due]
        minor = sum(line.amount_minor for line in those)
        if minor:
            days = sum(
                line.amount_minor * (on - due[line.installment_id]).days
                for line in those
                if line.installment_id is not None
            )
            yield seen.entry(
                question,
                {"payments": 1, "paid_minor": minor, "amount_days": days},
                id_=payment_id,
                noun="payment",
                month=_month(on),
            )


def actors_of(facts: Iterable[Fact]) -> Mapping[UUID, str | None]:
    """Who entered each fact."""
    return {fact.id: fact.actor for fact in facts}


def _month(on: date) -> str:
    return f"{on:%Y-%m}"
