"""What the fold's values cost beside the plainest thing that does as much: a copy, a read, a write.

A changed copy stands beside a changed copy of a `dict` with the same entries; a state or a body
read or written beside orjson, which knows nothing of dates, ids and classes, on the very same
document. Rounds of both are interleaved and the medians of the ratios shown, by processor time
and by wall time; the collector is off, so that neither pays for what the other left.

    python -m benchmarks.values [CALLS [ROUNDS]]
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import orjson

from app.domain.account.claims import Claim, Claims
from app.domain.account.plan import Installment, Plan
from app.domain.account.state import SHAPE, State
from app.domain.facts.payments import Payment
from app.domain.facts.plans import PlanOpened
from app.domain.money import Amounts
from app.domain.schedule.agreed import AgreedInstallment
from app.domain.values import replace
from app.domain.vocabulary import PaymentMethod, PolicyRef
from app.storage.accounts.accounts import state_from_json, state_to_json
from app.storage.database.types import fact_body_from_json, fact_body_to_json

DAY = date(2026, 3, 1)
COPY_AIM, READ_AIM, WRITE_AIM = 4.0, 1.5, 2.5

Act = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Something done with a value, and the floor beside it."""

    name: str
    ours: Act
    floor: Act
    aim: float


def account() -> State:
    """An account with a plan of twelve installments, as a posting finds it."""
    days = [DAY + timedelta(days=30 * n) for n in range(12)]
    rows = tuple(
        Installment(
            id=UUID(int=10 + n),
            nominal_due_on=day,
            due_on=day,
            due=Amounts(principal_minor=100_00),
        )
        for n, day in enumerate(days)
    )
    plan = Plan(
        id=UUID(int=2),
        opened_on=DAY,
        policy=PolicyRef(name="standard", version=1),
        taken=Amounts(principal_minor=1_200_00),
        installments=rows,
    )
    return State(
        placed_on=DAY,
        balance=Amounts(principal_minor=1_200_00),
        plans=(plan,),
        claims=Claims(entries=(Claim(due_on=DAY, since_on=DAY, amount_minor=1_200_00),)),
        judged_on=DAY,
        latest_on=DAY,
        next_review_on=days[1],
        told=(f"installment.due:{rows[0].id}:{DAY}:0",),
        sequence=2,
        shape=SHAPE,
    )


def pairs() -> Iterator[Pair]:
    """What a posting does again and again."""
    state = account()
    plan = state.plans[0]
    yield copied("a state copied", state, judged_on=DAY, sequence=3)
    yield copied("a plan copied", plan, missed_total=2)
    yield copied("an installment copied", plan.installments[0], paid=Amounts(principal_minor=5))
    yield from stored("a state", state, state_to_json, state_from_json)
    payment = Payment(amount_minor=100_00, reference="REF-1", method=PaymentMethod.ACH)
    opened = PlanOpened(
        amount_minor=1_200_00,
        policy=plan.policy,
        installments=tuple(
            AgreedInstallment(nominal_due_on=row.due_on, due_on=row.due_on, principal_minor=100_00)
            for row in plan.installments
        ),
    )
    yield from stored("a payment", payment, fact_body_to_json, fact_body_from_json)
    yield from stored("a plan's opening", opened, fact_body_to_json, fact_body_from_json)


def copied(name: str, value: Any, **change: object) -> Pair:  # noqa: ANN401 - any struct
    entries = {field: getattr(value, field) for field in value.__struct_fields__}
    return Pair(
        name=name,
        ours=lambda: replace(value, **change),
        floor=lambda: {**entries, **change},
        aim=COPY_AIM,
    )


def stored(
    name: str,
    value: Any,  # noqa: ANN401 - what `write` takes
    write: Callable[[Any], bytes],
    read: Callable[[bytes], object],
) -> Iterator[Pair]:
    document = write(value)
    parsed = orjson.loads(document)
    yield Pair(
        name=f"{name} read",
        ours=lambda: read(document),
        floor=lambda: orjson.loads(document),
        aim=READ_AIM,
    )
    yield Pair(
        name=f"{name} written",
        ours=lambda: write(value),
        floor=lambda: orjson.dumps(parsed),
        aim=WRITE_AIM,
    )


def timed(act: Act, calls: int) -> tuple[float, float]:
    """Microseconds a call: of processor time, and of wall time."""
    used, begun = time.process_time(), time.perf_counter()
    for _ in range(calls):
        act()
    cpu, wall = time.process_time() - used, time.perf_counter() - begun
    return cpu / calls * 1e6, wall / calls * 1e6


def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    calls, rounds = (*given, *(5_000, 15)[len(given) :])
    gc.disable()
    print(f"{'':<26} {'µs':>7} {'floor':>7} {'ratio':>7} {'by wall':>8}")
    for pair in pairs():
        timed(pair.ours, calls), timed(pair.floor, calls)  # the first is for the caches
        found = [(timed(pair.ours, calls), timed(pair.floor, calls)) for _ in range(rounds)]
        cpu = median(ours[0] / floor[0] for ours, floor in found)
        wall = median(ours[1] / floor[1] for ours, floor in found)
        ours, floor = (median(one[side][0] for one in found) for side in (0, 1))
        print(
            f"{pair.name:<26} {ours:>7.2f} {floor:>7.2f} {cpu:>7.2f} {wall:>8.2f}"
            f" (aim: at most {pair.aim:.1f})"
        )


if __name__ == "__main__":
    main()
