"""What one decision of the gate costs with a person's history behind it.

    python -m benchmarks.gate

Prints processor time a decision, allowed and refused, with 0 to 2,000 contacts behind it, of which
those of the last month are in the windows the rules look at; and beside it the floor: reading the
same local dates by bare `datetime.astimezone`.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from app.domain.contact import known
from app.domain.contact.gate.gate import Policy, decide
from app.domain.contact.law.shipped import SHIPPED
from app.domain.contact.words import Channel, Direction, Label, Outcome, PointKind

_NOW = datetime(2026, 10, 6, 15, tzinfo=UTC)
_ROUNDS = 2_000
_BEHIND, _AIM_US = 200, 300
_POLICY = Policy(rule_sets=tuple(SHIPPED.values()))


def _facts(behind: int, *, apart: timedelta) -> known.Known:
    account, person = uuid4(), uuid4()
    return known.Known(
        debt=known.Debt(account_id=account, country="US", regions=frozenset({"US-TX"})),
        party=known.Party(person_id=person),
        point=known.Point(id=uuid4(), kind=PointKind.PHONE, label=Label.MOBILE),
        zones=("America/Chicago",),
        contacts=known.history((
            known.Contact(
                id=uuid4(), at=_NOW - (number + 1) * apart, channel=Channel.CALL,
                direction=Direction.OUT, person_id=person, outcome=Outcome.NO_ANSWER,
                account_ids=frozenset({account}), label=Label.MOBILE,
            )
            for number in range(behind)
        ), person),
    )  # fmt: skip


def _cost_us(run: Callable[[], object]) -> float:
    run()
    started = time.process_time_ns()
    for _ in range(_ROUNDS):
        run()
    return (time.process_time_ns() - started) / _ROUNDS / 1000


def main() -> None:
    """Print the table."""
    where = ZoneInfo("America/Chicago")
    asked = known.Asked(at=_NOW, channel=Channel.CALL)
    aimed: dict[bool, float] = {}
    print(f"{'contacts behind':>16} {'apart':>8} {'a decision':>11} {'bare dates':>11}  allowed")
    for behind in (0, 20, 200, 2_000):
        for hours in (3, 30):
            facts = _facts(behind, apart=timedelta(hours=hours))
            cost = _cost_us(lambda facts=facts: decide(asked, facts, _POLICY))  # type: ignore[misc]
            floor = _cost_us(
                lambda facts=facts: [
                    one.at.astimezone(where).date() for one in facts.contacts.contacts
                ]  # type: ignore[misc]
            )
            allowed = decide(asked, facts, _POLICY).allowed
            print(f"{behind:>16} {hours:>6} h {cost:>8.0f} µs {floor:>8.0f} µs  {allowed}")
            if behind == _BEHIND:
                aimed[allowed] = cost
    for allowed, cost in aimed.items():
        how = "allowed" if allowed else "refused"
        print(f"{how} with {_BEHIND} behind: {cost:.0f} µs (aim: under {_AIM_US} µs)")


if __name__ == "__main__":
    main()
