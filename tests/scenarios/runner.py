"""Playing cases: step after step, until one cannot be played, or differs, or none is left."""

import traceback
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tests.scenarios import (
    acts,
    changes,
    clocks,
    commands,
    expectations,
    figures,
    payments,
    postings,
    questions,
    schedules,
    story_ops,
)
from tests.scenarios.client import Api, NotPlayable, Refused, Unknown
from tests.scenarios.life import Life, Step

Op = Callable[[Life, Step], Awaitable[None]]


def _ops(*found: Op) -> dict[str, Op]:
    return {op.__name__: op for op in found}


#: Every op of step files, by the name they use.
OPS: Mapping[str, Op] = {
    **_ops(
        acts.business_date,
        acts.set_future_allocation_rule,
        acts.create_plan,
        changes.disburse,
        payments.payment,
        payments.reverse_transaction,
        payments.chargeback,
        payments.refund,
        changes.run_daily_job,
        changes.add_charge,
        changes.charge_adjustment,
        changes.waive,
        changes.reverse_charge,
        changes.pause,
        changes.resume,
        changes.re_age,
        changes.re_age_preview,
        changes.undo_re_age,
        changes.re_amortize,
        changes.undo_re_amortize,
        changes.reschedule,
        expectations.expect_schedule,
        expectations.expect_totals,
        expectations.expect_outstanding,
        expectations.expect_installment_outstanding,
        schedules.expect_re_age_amount,
        schedules.expect_new_installments,
        schedules.expect_schedule_unchanged,
        clocks.expect_delinquency,
        clocks.expect_installment_delinquency,
        clocks.expect_pause_periods,
        clocks.expect_delinquency_actions,
        figures.expect_status,
        figures.expect_overpaid,
        figures.expect_overdue,
        figures.expect_reverted,
        figures.expect_account,
        figures.expect_plan,
        figures.expect_settlement,
        figures.expect_promise,
        postings.expect_transactions,
    ),
    "adjust_charge": changes.charge_adjustment,
    "waive_charge": changes.waive,
    "credit_balance_refund": payments.refund,
    **commands.OPS,
    **questions.OPS,
    **story_ops.OPS,
}

#: What `--only` takes for granted: the clock, the plan, and looking.
BASIC = {
    "business_date", "run_daily_job", "set_future_allocation_rule", "create_plan", "disburse",
    *(op for op in OPS if op.startswith("expect_")),
}  # fmt: skip


class Verdict(StrEnum):
    """How a case went. A step that cannot be played makes it skipped, never passed."""

    PASSED = "ok"
    FAILED = "FAIL"
    SKIPPED = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One life: what happens and what is to be seen, in order."""

    id: str
    title: str
    steps: tuple[Step, ...]
    buckets: tuple[Mapping[str, Any], ...] = ()

    @property
    def ops(self) -> list[str]:
        """The ops it uses, in the order they first come."""
        return list(dict.fromkeys(step["op"] for step in self.steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A case's verdict, and for all but a pass where and why."""

    case: Case
    verdict: Verdict
    why: str = ""

    def __str__(self) -> str:
        head = f"{self.verdict:4} {self.case.id} {self.case.title}".rstrip()
        return "\n     ".join([head, *self.why.splitlines()])


async def play(api: Api, case: Case, *, only: Collection[str] | None = None) -> Result:
    """Play one case. With `only`, one that uses any other op than those is skipped."""
    unknown = [op for op in case.ops if op not in OPS]
    if unknown:
        why = f"{unknown[0]}: no such op here"
        return Result(case=case, verdict=Verdict.FAILED, why=why)
    barred = [op for op in case.ops if only is not None and op not in BASIC and op not in only]
    if barred:
        return Result(case=case, verdict=Verdict.SKIPPED, why=f"{barred[0]}: not among --only")
    life = begin(api, case)
    for number, step in enumerate(case.steps, start=1):
        if ended := await attempt(life, case, number, step):
            return ended
    return await _conserved(life, case)


def begin(api: Api, case: Case) -> Life:
    """A case before its first step."""
    return Life(api=api, buckets=list(case.buckets), reference=api.new_reference())


async def attempt(life: Life, case: Case, number: int, step: Step) -> Result | None:
    """Take one step of a life; None where it goes on, else how the case ends."""
    try:
        await _take(life, step, remember="expect_schedule_unchanged" in case.ops)
    except NotPlayable as missing:
        why = f"{step['op']}: {missing} (step {number})"
        return Result(case=case, verdict=Verdict.SKIPPED, why=why)
    except (AssertionError, Refused, Unknown, *_MISREAD) as wrong:
        here = f"step {number}, {step['op']}" + (f" as of {life.today}" if life.today else "")
        return Result(case=case, verdict=Verdict.FAILED, why=f"{here}: {_told(wrong)}")
    return None


_MISREAD = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


def _told(wrong: Exception) -> str:
    if isinstance(wrong, Unknown):
        return f"not understood: {wrong}"
    if isinstance(wrong, _MISREAD):
        last = "".join(traceback.format_exception(wrong, limit=-2))
        return f"not understood\n{last}"
    return str(wrong)


async def _take(life: Life, step: Step, *, remember: bool) -> None:
    """One step. `refused` names the problem, or is true: then the service must refuse it."""
    looks = step["op"].startswith("expect_")
    if step.get("business_date") and (life.today is None or not looks):
        await life.move(date.fromisoformat(step["business_date"]))
    if not looks and step["op"] not in BASIC:
        life.preview = None
        if remember and life.plan_id:
            life.unchanged = (await life.plan({}))["installments"]
    wanted = step.get("refused")
    said = {name: value for name, value in step.items() if name != "refused"}
    if not wanted:
        await OPS[step["op"]](life, said)
        return
    try:
        await OPS[step["op"]](life, said)
    except Refused as refusal:
        if wanted in (True, refusal.problem):
            return
        raise
    raise AssertionError(f"it was possible; {wanted} was expected")


async def _conserved(life: Life, case: Case) -> Result:
    """A case that was played to its end has books that add up."""
    if life.account_id:
        try:
            check = await life.api.get(f"/v1/accounts/{life.account_id}/self-check")
        except NotPlayable:
            return Result(case=case, verdict=Verdict.PASSED)
        wrong = [one for one in check["identities"] if not one["ok"]]
        if wrong:
            why = f"the self-check does not hold: {wrong[0]}"
            return Result(case=case, verdict=Verdict.FAILED, why=why)
    return Result(case=case, verdict=Verdict.PASSED)


def closing(results: Collection[Result]) -> str:
    """The last line of a run."""
    counted = {v: sum(r.verdict is v for r in results) for v in Verdict}
    return (
        f"{counted[Verdict.PASSED]} passed, {counted[Verdict.FAILED]} failed, "
        f"{counted[Verdict.SKIPPED]} skipped"
    )
