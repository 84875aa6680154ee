"""What is done with plans: agreed, changed in every way there is, taken back, ended."""

from tests.routers.lives.office import MONTHLY, Office


class PlanDeeds(Office):
    """Plans, and the changes of their schedules."""

    async def terms(self, amount=None):
        terms = {
            "installment_count": self.dice.randint(1, 9),
            "frequency": self.one((MONTHLY, MONTHLY, {"every": 2, "unit": "week"})),
            "first_due_on": self.day(0, 44),
            "remainder": self.one(("last", "first", "spread")),
        }
        if self.often(0.3):
            terms |= {
                "annual_rate_bps": self.one((500, 1200, 2400)),
                "first_due_on": self.day(5, 40),
            }
        if amount:
            terms["amount_minor"] = amount
        elif self.often(0.3):
            terms["amount_minor"] = self.minor((await self.owed())["total_minor"])
        if self.often(0.15):
            terms["business_days"] = {"calendar": "US-FED"}
        return terms

    async def plan(self):
        body = {"account_id": self.account["id"], "terms": await self.terms()}
        if self.often(0.2):
            body |= self.back(1, 20)
        return await self.do("/v1/plans", body, role=self.who)

    async def quote(self):
        body = {"terms": await self.terms()}
        made = await self.do(f"{self.path}/quotes", body, role=self.who)
        if made is None:
            return None
        body = {
            "account_id": self.account["id"],
            "quote_id": made["id"],
            "quote_hash": made["hash"],
        }
        return await self.do("/v1/plans", body, role=self.who)

    async def decide_plan(self):
        plan = await self.plan_now()
        if plan is None or (plan["status"] != "pending_approval" and self.often(0.9)):
            return None
        what = self.one(("approve", "approve", "reject"))
        return await self.do(f"/v1/plans/{plan['id']}/{what}", role=self.one(self.staff))

    async def cancel(self):
        plan = await self.plan_now()
        return plan and await self.do(f"/v1/plans/{plan['id']}/cancel", {"reason": "x"})

    async def reinstate(self):
        plan = await self.plan_now()
        if plan is None or (plan["status"] != "broken" and self.often(0.9)):
            return None
        return await self.do(f"/v1/plans/{plan['id']}/reinstate", {"reason": "x", **self.back(0.1)})

    async def _change(self, what, body):
        """Previewed now and then: what it shows is what is made."""
        plan = await self.plan_now()
        if plan is None:
            return None
        body, role = body(plan), self.who
        if body is None:
            return None
        path = f"/v1/plans/{plan['id']}/{what}"
        shown = await self.do(f"{path}/preview", body, role=role) if self.often(0.4) else None
        made = await self.do(path, body, role=role)
        if shown and made and made["status"] == "in_force":
            assert without_ids(shown["plan"]) == without_ids(made["plan"])
        if made:
            self.mine["revisions"].append((plan["id"], made["revision"]))
            if made["status"] != "in_force" and self.often(0.5):
                return await self.decide_revision()
            if made["status"] == "in_force" and self.often(0.15):
                undo = f"/v1/plans/{plan['id']}/revisions/{made['revision']}/undo"
                back = await self.do(undo)
                if back and "effective_on" not in body:
                    assert back == plan, "undone at once it is as it was"
        return made

    def due(self, plan, *, ahead=True):
        """One of the days on which something open is due, most often one to come."""
        rows = [row["due_on"] for row in plan["installments"] if row["outstanding_minor"]]
        coming = [on for on in rows if on > str(self.today)]
        return self.one(
            (coming if ahead and coming and self.often(0.9) else rows) or ["2026-02-01"]
        )

    async def re_age(self):
        return await self._change("re-ages", lambda _: {
            "kind": self.one(("standard", "standard", "workout")),
            "first_due_on": self.day(1, 40), "installment_count": self.dice.randint(1, 9),
            "frequency": MONTHLY, "reason": "x", "documented_ability": True, **self.back(0.2, 10),
        })  # fmt: skip

    async def re_age_account(self):
        body = {"kind": "standard", "reason": "x", "documented_ability": True}
        return await self.do(f"{self.path}/re-ages", body)

    async def re_amortize(self):
        return await self._change("reamortizations", lambda _: self.back(0.2, 10))

    async def reschedule(self):
        def body(plan):
            extra = {"extra_installments": self.dice.randint(1, 3)} if self.often(0.4) else {}
            return {"from_due_on": self.due(plan), "to_due_on": self.day(1, 60), "reason": "x",
                    **extra, **self.back(0.1, 10)}  # fmt: skip

        return await self._change("reschedules", body)

    async def defer(self):
        def body(plan):
            rows = [r for r in plan["installments"] if r["due_on"] > str(self.today)]
            row = self.one(rows or plan["installments"])
            return {"installment_id": row["id"], "reason": "x", **self.back(0.1, 10)}

        return await self._change("deferrals", body)

    async def due_day(self):
        return await self._change("due-day-changes", lambda plan: {
            "day": self.dice.randint(1, 31), "reason": "x",
            **({"from_due_on": self.due(plan)} if self.often(0.4) else {}), **self.back(0.1, 10),
        })  # fmt: skip

    async def holiday(self):
        return await self._change("payment-holidays", lambda plan: {
            "from_due_on": self.due(plan), "reason": "x",
            **self.one(({"installments": 2}, {"until_on": self.day(20, 120)})),
            **self.back(0.1, 10),
        })  # fmt: skip

    async def step_down(self):
        return await self._change("step-downs", lambda plan: {
            "installment_minor": self.minor(plan["next_due_minor"] or 50_00),
            "until_on": self.day(20, 150), "reason": "x", **self.back(0.1, 10),
        })  # fmt: skip

    async def accelerate(self):
        return await self._change("accelerations", lambda _: {"reason": "x"})

    async def rewrite(self):
        plan = await self.plan_now()
        if plan is None or plan["status"] != "active":
            return None
        rows = plan["installments"]
        left = sum(row["principal_minor"] for row in rows) - await self._principal_paid(rows)
        terms = await self.terms(left or None)
        made = await self.do(f"{self.path}/quotes", {"terms": terms}, role=self.who)
        if made is None:
            return None
        body = {"quote_id": made["id"], "quote_hash": made["hash"], "reason": "x"}
        return await self._change("rewrites", lambda _: body)

    async def _principal_paid(self, rows):
        """Of rows that hold nothing else it is what was paid; else we guess."""
        return sum(min(row["paid_minor"], row["principal_minor"]) for row in rows)

    async def undo(self):
        if not self.mine["revisions"]:
            return None
        plan, revision = self.one(self.mine["revisions"][-3:])
        return await self.do(f"/v1/plans/{plan}/revisions/{revision}/undo")

    async def decide_revision(self):
        if not self.mine["revisions"]:
            return None
        plan, revision = self.mine["revisions"][-1 if self.often(0.8) else 0]
        what = self.one(("approve", "approve", "reject"))
        role = self.one(("admin", "supervisor"))
        return await self.do(f"/v1/plans/{plan}/revisions/{revision}/{what}", role=role)


def without_ids(plan):
    """A plan's read without what a preview cannot know."""
    rows = [{k: v for k, v in row.items() if k != "id"} for row in plan["installments"]]
    own = {k: v for k, v in plan.items() if k not in {"installments", "delinquency"}}
    return {**own, "installments": rows}
