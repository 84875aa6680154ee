"""Lives at the API: whatever is held, freed, paid and asked for, no demand leaves under a hold, and
none that a hold suppressed ever leaves.
"""

from datetime import date, timedelta
from random import Random

import pytest

from app.domain.messages.carrying import Answer
from app.workers.messages import Messages

KINDS = ("dispute", "bankruptcy", "cease_communication", "deceased", "hardship", "military")
ALLOWING = {"hardship", "military"}
ANSWERS = (
    Answer(accepted=True),
    Answer(accepted=False, code="HTTP_503"),
    Answer(accepted=False, code="HTTP_502", uncertain=True),
)
STEPS = 24


class Life:
    """Somebody at a desk, and the carrier, which answers as the dice fall."""

    def __init__(self, boss, account, dice):
        self.boss, self.account, self.dice = boss, account, dice
        self.path = f"/v1/accounts/{account['id']}/holds"
        self.today, self.holds = date(2026, 1, 16), {}
        self.suppressed, self.left = set(), []

    @property
    def forbids(self):
        return set(self.holds) - ALLOWING

    async def send(self, carrier, parcel):
        self.left.append((frozenset(self.forbids), parcel.id in self.suppressed))
        return self.dice.choice(ANSWERS)

    async def ask(self):
        body = {
            "account_id": self.account["id"], "template_key": "nudge", "channel": "email",
            "not_before_at": f"{self.today + timedelta(days=1)}T18:00:00Z",
        }  # fmt: skip
        answer = await self.boss.client.post("/v1/messages", json=body)
        assert answer.status_code == (409 if self.forbids else 201)

    async def hold(self):
        kind = self.dice.choice([one for one in KINDS if one not in self.holds])
        made = await self.boss.post(self.path, {"kind": kind, "reason": "x"})
        self.holds[kind] = made["id"]
        self.suppressed.update(made["messages_suppressed"])

    async def free(self):
        if self.holds:
            hold = self.holds.pop(self.dice.choice(sorted(self.holds)))
            await self.boss.post(f"{self.path}/{hold}/release", {"reason": "over"}, status=200)

    async def pay(self):
        await self.boss.pay(self.account, self.dice.randrange(1, 2_00))


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_demand_leaves_under_a_hold(boss, account, desk, worker, seed):
    dice = Random(seed)
    life = Life(boss, account, dice)
    worker.messages = Messages(worker.database, {"sandbox": life}, now=lambda: worker.at)
    for _ in range(STEPS):
        life.today += timedelta(days=dice.randrange(2))
        await desk.at(life.today.isoformat())
        acts = [life.ask, life.ask, life.ask, life.hold, life.hold, life.free, life.free, life.pay]
        await dice.choice(acts)()
        await worker.look()
    assert set(life.left) == {(frozenset(), False)}
    assert life.suppressed
