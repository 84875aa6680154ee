"""A clerk at the API: what stories over HTTP are told with.

The usual debt is 300.00 placed on 10 January 2026; the usual plan pays it in three installments
of 100.00, due 31 January, 28 February and 31 March. The default policy's grace is 5 days.
"""

from itertools import count

from tests.feed import feed_at_rest

OPENING = "2026-01-10"
DUE = ("2026-01-31", "2026-02-28", "2026-03-31")
IN_THREE = {
    "installment_count": 3,
    "frequency": {"every": 1, "unit": "month"},
    "anchor_on": "2026-01-31",
    "first_due_on": "2026-01-31",
}


class Desk:
    """The client, with words for what is done most. Answers are JSON; a surprise is an error."""

    def __init__(self, client, database, *, clock=None):
        self.client = client
        self.database = database
        self._clock = clock or client  # who may move the clock
        self._numbers = count(1)

    async def at(self, day):
        """Go to a business date."""
        answer = await self._clock.put("/v1/sandbox/clock", json={"business_date": day})
        assert answer.status_code == 200, answer.text

    async def get(self, path, **params):
        """What is read; the feed once other tests' transactions hold nothing of it back."""
        if path == "/v1/events":
            await feed_at_rest(self.database)
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path, body, *, status=201):
        answer = await self.client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def put(self, path, body, *, status=200):
        answer = await self.client.put(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def refused(self, method, path, **request):
        """The status, the problem's name and the document of a refusal."""
        answer = await self.client.request(method, path, **request)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        body = answer.json()
        return answer.status_code, body["type"].removeprefix("/problems/"), body

    async def pointers(self, path, body, *, method="POST"):
        """What a malformed body is told, field by field."""
        status, name, document = await self.refused(method, path, json=body)
        assert (status, name) == (422, "invalid-input"), document
        return [error["pointer"] for error in document["errors"]]

    async def account(self, principal_minor=300_00, **changes):
        body = {
            "reference": f"INV-{next(self._numbers)}",
            "currency": "USD",
            "balance": {"principal_minor": principal_minor},
            **changes,
        }
        return await self.post("/v1/accounts", body)

    async def plan(self, account, **terms):
        body = {"account_id": account["id"], "terms": terms or IN_THREE}
        return await self.post("/v1/plans", body)

    async def opened(self):
        """The usual debt and the usual plan, on the opening day."""
        await self.at(OPENING)
        account = await self.account()
        return account, await self.plan(account)

    async def pay(self, account, amount_minor, on=None, *, status=201, **more):
        body = {
            "account_id": account["id"],
            "reference": f"PAY-{next(self._numbers)}",
            "amount_minor": amount_minor,
            "currency": "USD",
            **({"effective_on": on} if on else {}),
            **more,
        }
        return await self.post("/v1/payments", body, status=status)

    async def reverse(self, payment, **more):
        path = f"/v1/payments/{payment['id']}/reversals"
        return await self.post(path, {"reason_code": "R01", **more})

    async def read(self, thing, **params):
        """The account, plan or payment as it stands."""
        folder = {"acc": "accounts", "plan": "plans", "pay": "payments"}
        return await self.get(f"/v1/{folder[thing['id'].split('_')[0]]}/{thing['id']}", **params)

    async def statuses(self, plan, as_of):
        read = await self.read(plan, as_of=as_of)
        return read["standing"], [row["status"] for row in read["installments"]]

    async def books_agree(self, account):
        """The self-check, and the ledger's rows against the balance."""
        check = await self.get(f"/v1/accounts/{account['id']}/self-check")
        assert check["ok"], [one for one in check["identities"] if not one["ok"]]
        rows = (await self.get(f"/v1/accounts/{account['id']}/ledger", limit=200))["data"]
        now = await self.read(account)
        for name, minor in now["balance"].items():
            if name != "total_minor":
                assert sum(row["components"][name] for row in rows) == minor, name
        assert all(sum(row["components"].values()) == row["amount_minor"] for row in rows)
        assert all(row["balance_after_minor"] >= 0 for row in rows)
        assert rows[-1]["balance_after_minor"] == now["balance"]["total_minor"]
        assert sum(row["components"]["unapplied_minor"] for row in rows) == -now["unapplied_minor"]
