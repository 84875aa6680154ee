"""What is done with money: paid, taken back, charged, waived."""

from tests.routers.lives.office import Office


class MoneyDeeds(Office):
    """Payments and what comes back of them, charges, adjustments."""

    async def owed(self):
        return (await self.get(self.path))["balance"]

    async def plan_now(self):
        """The newest plan, most often the live one; None without any."""
        plans = (await self.get("/v1/plans", account_id=self.account["id"]))["data"]
        self.mine["plans"] = [plan["id"] for plan in plans]
        live = [plan for plan in plans if plan["status"] in {"active", "pending_approval"}]
        chosen = live[0] if live and self.often(0.95) else None
        if chosen is None and self.often(0.3):
            chosen = self.one(plans)
        return chosen and await self.get(f"/v1/plans/{chosen['id']}")

    async def _pay(self, amount_minor, **more):
        body = {
            "account_id": self.account["id"],
            "reference": self.name("PAY"),
            "amount_minor": amount_minor,
            "currency": "USD",
            "method": self.one(("ach", "card", "cash")),
            **more,
        }
        made = await self.do("/v1/payments", body)
        if made:
            self.mine["payments"].append(made["id"])
            if self.often(0.1):
                status, again = await self.ask("POST", "/v1/payments", body)
                assert (status, again["id"]) == (200, made["id"])
        return made

    async def pay(self):
        balance = await self.owed()
        more = self.back(0.4)
        if self.often(0.3):
            more["kind"] = self.one(("goodwill", "merchant_refund"))
        if self.often(0.2):
            more["future"] = self.one(("next", "last", "reamortize"))
        if self.often(0.1):
            more["component"] = self.one(("principal", "interest", "fees", "costs", "penalties"))
        if self.often(0.1):
            more["funded_by"] = "institution"
        most = self.one((balance["total_minor"] // 2, 100_00, 100_00, 300_00))
        return await self._pay(self.minor(most), **more)

    async def pay_what_is_due(self):
        """The next installment, or all that is overdue."""
        plan = await self.plan_now()
        if plan is None:
            return None
        overdue = plan["delinquency"]["overdue_minor"] if plan["delinquency"] else 0
        amount = self.one((overdue, plan["next_due_minor"] or 0, overdue)) or 0
        return await self._pay(amount, **self.back(0.2)) if amount else None

    async def pay_off(self):
        """All that a plan has open, or the account, or all but little of it."""
        plan = await self.plan_now()
        amount = plan["outstanding_minor"] if plan else 0
        if self.often(0.1):
            amount = (await self.owed())["total_minor"]
        amount -= self.one((0, 0, 0, 30, -5_00))
        return await self._pay(amount, **self.back(0.2)) if amount > 0 else None

    async def reverse(self):
        if not (payment := self.one(self.mine["payments"][-6:])):
            return None
        body = {"reason_code": self.one(("R01", "R10"))}
        if self.often(0.15):
            body["return_fee_minor"] = 15_00
        return await self.do(f"/v1/payments/{payment}/reversals", body)

    async def charge_back(self):
        if not (payment := self.one(self.mine["payments"][-6:])):
            return None
        read = await self.get(f"/v1/payments/{payment}")
        body = {"amount_minor": self.minor(read["amount_minor"]), "reason_code": "4855"}
        path = f"/v1/payments/{payment}/chargebacks"
        made = await self.do(path, {**body, **self.back(0.2)})
        if made:
            self.mine["chargebacks"].append(made["id"])
        return made

    async def win(self):
        chargeback = self.one(self.mine["chargebacks"])
        return chargeback and await self.do(f"/v1/chargebacks/{chargeback}/reversals")

    async def refund(self):
        lots = [
            read
            for payment in self.mine["payments"][-6:]
            if (read := await self.get(f"/v1/payments/{payment}"))["unapplied_minor"]
        ]
        if not lots:
            return None
        read = self.one(lots)
        body = {"amount_minor": self.minor(read["unapplied_minor"]), **self.back(0.2)}
        return await self.do(f"/v1/payments/{read['id']}/refunds", body)

    async def _charge(self, **more):
        body = {
            "kind": self.one(("fee", "penalty", "interest", "cost", "late_fee")),
            "amount_minor": self.dice.randint(1, 60_00),
            **more,
        }
        made = await self.do(f"{self.path}/charges", body)
        if made:
            self.mine["charges"].append(made["id"])
        return made

    async def charge(self):
        return await self._charge(**self.back())

    async def charge_plan(self):
        plan = await self.plan_now()
        if plan is None:
            return None
        more = {"due_on": self.day(0, 100)} if self.often(0.5) else {}
        if self.often(0.3):
            more["for_installment"] = self.one(plan["installments"])["id"]
        return await self._charge(plan_id=plan["id"], **more, **self.back(0.2))

    async def uncharge(self):
        charge = self.one(self.mine["charges"])
        return charge and await self.do(f"/v1/charges/{charge}/reversals")

    async def adjust(self):
        balance = await self.owed()
        component = self.one(("principal", "interest", "interest", "fees", "costs"))
        amount = self.minor(balance[f"{component}_minor"] // self.one((1, 3, 10)))
        body = {"component": component, "amount_minor": amount, "reason": "waived", **self.back()}
        return await self.do(f"{self.path}/adjustments", body)

    async def waive_charge(self):
        if not (charge := self.one(self.mine["charges"])):
            return None
        body = {"component": "fees", "amount_minor": 1_00, "charge_id": charge, "reason": "waived"}
        return await self.do(f"{self.path}/adjustments", body)
