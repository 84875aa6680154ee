"""Whether an account's books agree, and every way to read it says the same."""

from datetime import timedelta

from tests.routers.lives.office import Office


class Books(Office):
    """What is looked at after a deed."""

    async def look(self, account=None):
        """Whether the account's books agree, and every way to read it says the same."""
        account = account or self.account
        path = f"/v1/accounts/{account['id']}"
        check = await self.get(f"{path}/self-check")
        assert check["ok"], [one for one in check["identities"] if not one["ok"]]
        now = await self.get(path)
        assert now == await self.get(path, as_of=str(self.today))
        listed = await self.get("/v1/accounts", reference=account["reference"])
        assert listed["data"] == [now]
        plans = await self._plans(account, now)
        settlements = await self._settlements(account)
        for one in settlements:
            _check_settlement(one, plans, now)
        rows = await self._ledger(path)
        _check_ledger(rows, now)
        await self._conserved(account, rows, now, settlements)

    async def read(self, account):
        """Every other page about the account answers: none is a surprise."""
        path = f"/v1/accounts/{account['id']}"
        for page in ("timeline", "credit-report", "re-age-eligibility", "holds", "promises"):
            await self.ask("GET", f"{path}/{page}")
        back = str(self.today - timedelta(days=self.dice.randint(1, 60)))
        await self.ask("GET", path, as_of=back)
        for plan in (await self.get("/v1/plans", account_id=account["id"]))["data"]:
            for page in ("revisions", "diff", "re-ages", "pauses", "delinquency"):
                await self.ask("GET", f"/v1/plans/{plan['id']}/{page}")
            await self.ask("GET", f"/v1/plans/{plan['id']}", as_of=back)
        for offer in self.known[account["id"]]["settlements"]:
            for page in ("debt-relief", "letter", "letters"):
                await self.ask("GET", f"/v1/settlement-offers/{offer}/{page}")
            await self.ask("GET", f"/v1/settlement-offers/{offer}", as_of=back)

    async def _ledger(self, path):
        rows, cursor = [], {}
        while True:
            page = await self.get(f"{path}/ledger", limit=200, **cursor)
            rows += page["data"]
            if not page["next_cursor"]:
                return rows
            cursor = {"cursor": page["next_cursor"]}

    async def _plans(self, account, now):
        listed = (await self.get("/v1/plans", account_id=account["id"], limit=200))["data"]
        read = {}
        for plan in listed:
            read[plan["id"]] = await self.get(f"/v1/plans/{plan['id']}")
            assert plan.items() <= read[plan["id"]].items() or plan == read[plan["id"]], plan
            again = await self.get(f"/v1/plans/{plan['id']}", as_of=str(self.today))
            assert read[plan["id"]] == again
        live = [plan["id"] for plan in listed if plan["status"] == "active"]
        one = [plan["id"] for plan in listed if plan["status"] in {"active", "pending_approval"}]
        assert len(one) <= 1, one
        assert now["active_plan_id"] == (live[0] if live else None)
        return read

    async def _settlements(self, account):
        listed = await self.get("/v1/settlement-offers", account_id=account["id"], limit=200)
        read = []
        for one in listed["data"]:
            read.append(await self.get(f"/v1/settlement-offers/{one['id']}"))
            assert one == read[-1]
            path = f"/v1/settlement-offers/{one['id']}"
            assert read[-1] == await self.get(path, as_of=str(self.today))
        return read

    async def _conserved(self, account, rows, now, settlements):
        """Forgiven, recovered, written off and outstanding are all there ever was to pay."""
        known = self.known[account["id"]]
        payments = [await self.get(f"/v1/payments/{one}") for one in known["payments"]]
        received = sum(one["amount_minor"] for one in payments if one["status"] != "reversed")
        received -= _sum(rows, "chargeback", "refund") + _sum(rows, "reversal", of="chargeback")
        recovered = received - now["unapplied_minor"]
        forgiven = sum(one["forgiven_minor"] for one in settlements)
        outstanding = now["balance"]["total_minor"]
        there_was = sum(
            account["balance"][name] for name in account["balance"] if name != "total_minor"
        )
        there_was += _sum(rows, "charge", "interest") + _sum(rows, "reversal", of="charge")
        there_was += _sum(rows, "adjustment") + _sum(rows, "reversal", of="adjustment")
        gone = forgiven + recovered + now["written_off_minor"] + outstanding
        assert gone == there_was, {
            "forgiven": forgiven, "recovered": recovered, "written_off": now["written_off_minor"],
            "outstanding": outstanding, "there was": there_was,
        }  # fmt: skip


def _check_ledger(rows, now):
    balance = 0
    for row in rows:
        assert sum(row["components"].values()) == row["amount_minor"], row
        balance += row["amount_minor"] - row["components"]["unapplied_minor"]
        assert row["balance_after_minor"] == balance >= 0, row
    assert balance == now["balance"]["total_minor"], rows
    for name, minor in now["balance"].items():
        assert minor >= 0
        if name != "total_minor":
            assert sum(row["components"][name] for row in rows) == minor, name
    unapplied = -sum(row["components"]["unapplied_minor"] for row in rows)
    assert unapplied == now["unapplied_minor"], (unapplied, rows)


def _check_settlement(one, plans, now):
    plan = plans.get(one["plan_id"])
    satisfied = one["status"] == "satisfied"
    assert satisfied or one["forgiven_minor"] == 0, one
    if one["status"] == "accepted":
        assert plan["status"] == "active", (one, plan)
    if satisfied:
        assert plan["status"] == "completed", (one, plan)
    if plan and plan["status"] == "active":
        assert one["status"] == "accepted", (one, plan)
        assert one["remaining_minor"] <= now["balance"]["total_minor"], one


def _sum(rows, *kinds, of=None):
    """What rows of these kinds come to; `of`: those that take a row of that kind back."""
    taken_back = {_bare(row["id"]) for row in rows if row["kind"] == of}
    return sum(
        row["amount_minor"]
        for row in rows
        if row["kind"] in kinds and (of is None or _bare(row["reverses"]) in taken_back)
    )


def _bare(its_id):
    """An id without the kind of thing it is of: a charge's is also its row's."""
    return its_id and its_id.partition("_")[2]
