"""Somebody who does anything at all at the API, in any order, and looks at the books after it.

A `Life` is a tenant's: what it does next is drawn from a seed. Whatever is refused must be a
problem that the operation is said to answer, and whatever is done must leave books that agree.
"""

from tests.routers.lives.books import Books
from tests.routers.lives.money import MoneyDeeds
from tests.routers.lives.office import MONTHLY
from tests.routers.lives.plans import PlanDeeds

#: What is done, by how often.
DEEDS = {
    "wait": 14, "pay": 9, "pay_what_is_due": 12, "pay_off": 4, "reverse": 7, "charge_back": 6,
    "win": 4, "refund": 4, "charge": 4, "charge_plan": 4, "uncharge": 2, "adjust": 6,
    "waive_charge": 1, "plan": 12, "quote": 3, "cancel": 1, "decide_plan": 2, "re_age": 4,
    "re_age_account": 1, "re_amortize": 4, "reschedule": 4, "defer": 4, "due_day": 4,
    "holiday": 4, "step_down": 4, "accelerate": 1, "rewrite": 4, "undo": 6,
    "decide_revision": 4, "reinstate": 4, "pause": 2, "resume": 1, "hold": 3, "release": 8,
    "promise": 2, "offer": 8, "accept": 8, "end_offer": 2, "decide_offer": 2, "cycle": 1,
    "charge_off": 1, "undo_charge_off": 1, "close": 1, "undo_closure": 4, "sweep": 1, "place": 1,
}  # fmt: skip


class Life(MoneyDeeds, PlanDeeds, Books):
    """All deeds there are, and the draw among them."""

    async def step(self):
        """One deed on one account, and a look at its books."""
        self.account = self.one(self.accounts[-2:])
        self.mine = self.known[self.account["id"]]
        self.path = f"/v1/accounts/{self.account['id']}"
        deed = self.dice.choices(list(DEEDS), DEEDS.values())[0]
        if self.mine["holds"] and self.often(0.15):
            deed = "release"
        elif self.often(0.05) and not (await self.owed())["total_minor"]:
            deed = "place"
        if await getattr(self, deed)():
            self.done[deed] = self.done.get(deed, 0) + 1

    # --- Holds, pauses, promises -----------------------------------------------------------

    async def pause(self):
        plan = await self.plan_now()
        if plan is None:
            return None
        body = {"starts_on": self.day(-5, 20), "ends_on": self.day(21, 60), "reason": "x"}
        made = await self.do(f"/v1/plans/{plan['id']}/pauses", body)
        if made:
            self.mine["pauses"].append((plan["id"], made["id"]))
        return made

    async def resume(self):
        if not self.mine["pauses"]:
            return None
        plan, pause = self.one(self.mine["pauses"])
        return await self.do(f"/v1/plans/{plan}/pauses/{pause}/resume")

    async def hold(self):
        kind = self.one(("dispute", "dispute", "bankruptcy", "breathing_space", "breathing_space",
                         "deceased", "military", "hardship", "cease_communication"))  # fmt: skip
        body = {"kind": kind, "reason": "x", "starts_on": self.day(-20, 0)}
        if kind == "breathing_space":
            body["variant"] = self.one(("standard", "mental_health"))
            if body["variant"] == "mental_health":
                body["treatment_ends_on"] = self.day(5, 40)
        elif self.often(0.3):
            body["ends_on"] = self.day(1, 30)
        made = await self.do(f"{self.path}/holds", body)
        if made:
            self.mine["holds"].append(made["id"])
        return made

    async def release(self):
        if not self.mine["holds"]:
            return None
        hold = self.mine["holds"].pop()
        return await self.do(f"{self.path}/holds/{hold}/release")

    async def promise(self):
        body = {"amount_minor": self.dice.randint(1, 200_00), "due_on": self.day(0, 40)}
        return await self.do(f"{self.path}/promises", {**body, **self.back(0.2, 10)})

    async def cycle(self):
        body = {"due_on": self.day(-20, 20), "minimum_due_minor": 50_00}
        return await self.do(f"{self.path}/cycles", body)

    # --- Settlements -----------------------------------------------------------------------

    async def offer(self):
        expires = self.dice.randint(0, 25)
        count = self.dice.randint(1, 4)
        first = self.day(expires, expires + 20)
        body = {
            "share_bps": self.one((3000, 6000, 7500, 9000, 10_000)),
            "expires_on": self.day(expires, expires),
            "terms": {"installment_count": count, "frequency": MONTHLY, "first_due_on": first},
        }
        if self.mine["settlements"] and self.often(0.3):
            body["supersedes"] = self.mine["settlements"][-1]
        if self.often(0.1):
            body |= self.back(1, 10)
        path, role = f"{self.path}/settlement-offers", self.who
        if self.often(0.2):
            await self.do(f"{path}/preview", body, role=role)
        made = await self.do(path, body, role=role)
        if made:
            self.mine["settlements"].append(made["id"])
            if self.often(0.6):
                return await self.decide_offer() if self.often(0.3) else await self.accept()
        return made

    async def _on_offer(self, what, *, role="admin", body=None):
        if not self.mine["settlements"]:
            return None
        offer = self.mine["settlements"][-1 if self.often(0.8) else 0]
        return await self.do(f"/v1/settlement-offers/{offer}/{what}", body, role=role)

    async def accept(self):
        return await self._on_offer("accept", body=self.back(0.15, 10), role=self.who)

    async def end_offer(self):
        return await self._on_offer(self.one(("decline", "withdraw")))

    async def decide_offer(self):
        what = self.one(("approve", "approve", "reject"))
        return await self._on_offer(what, role=self.one(self.staff))

    # --- Leaving the books -----------------------------------------------------------------

    async def charge_off(self):
        return await self.do(f"{self.path}/charge-offs", {"reason": "x", **self.back(0.2)})

    async def undo_charge_off(self):
        return await self.do(f"{self.path}/charge-offs/undo")

    async def close(self):
        return await self.do(f"{self.path}/closures", {"reason": "x", **self.back(0.2)})

    async def undo_closure(self):
        read = await self.get(self.path)
        if read["status"] != "closed":
            return None
        return await self.do(f"{self.path}/closures/undo")
