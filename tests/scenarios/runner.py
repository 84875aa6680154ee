"""Playing cases: step after step, until one cannot be played, or differs, or none is left."""

import traceback
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.scenarios import acts, changes, expectations, payments, postings, questions, story_ops
from tests.scenarios.client import Api, NotPlayable, Refused
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
        acts.disburse,
        payments.payment,
        payments.reverse_transaction,
        payments.chargeback,
        payments.refund,
        changes.run_daily_job,
        changes.add_charge,
        changes.charge_adjustment,
        changes.waive,
        changes.pause,
        changes.resume,
        changes.re_age,
        changes.undo_re_age,
        changes.re_amortize,
        changes.undo_re_amortize,
        changes.reschedule,
        expectations.expect_schedule,
        expectations.expect_totals,
        expectations.expect_outstanding,
        expectations.expect_installment_outstanding,
        expectations.expect_re_age_amount,
        expectations.expect_delinquency,
        expectations.expect_pause_periods,
        expectations.expect_delinquency_actions,
        postings.expect_transactions,
    ),
    "adjust_charge": changes.charge_adjustment,
    "waive_charge": changes.waive,
    "credit_balance_refund": payments.refund,
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
    barred = [op for op in case.ops if only is not None and op not in BASIC and op not in only]
    unknown = [op for op in case.ops if op not in OPS]
    if barred or unknown:
        why = f"{unknown[0]}: no such op here" if unknown else f"{barred[0]}: not among --only"
        return Result(case=case, verdict=Verdict.SKIPPED, why=why)
    life = Life(api=api, buckets=list(case.buckets), reference=api.new_reference())
    for number, step in enumerate(case.steps, start=1):
        here = f"step {number}, {step['op']}" + (f" as of {life.today}" if life.today else "")
        try:
            await OPS[step["op"]](life, step)
        except NotPlayable as missing:
            why = f"{step['op']}: {missing} (step {number})"
            return Result(case=case, verdict=Verdict.SKIPPED, why=why)
        except (AssertionError, Refused) as wrong:
            return Result(case=case, verdict=Verdict.FAILED, why=f"{here}: {wrong}")
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError):
            last = traceback.format_exc(limit=-2)
            return Result(case=case, verdict=Verdict.FAILED, why=f"{here}: not understood\n{last}")
    return await _conserved(life, case)


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
