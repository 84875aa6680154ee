"""A tenant that is talked to: its staff, its clock, its accounts, and the dice that decide.

Whatever is refused must be a problem that the operation is said to answer; anything else is a
`Surprise`, which says what was asked.
"""

import random
import re
from collections.abc import Mapping
from datetime import date, timedelta

from tests.routers.samples import inlined

LENIENT = {
    "name": "lenient",
    "extends": "default",
    "effective_from": "2026-01-01",
    "allocation": {"tolerance_minor": 50},
    "re_age": {"on_return": "undo", "min_months_on_book": 0, "products": None},
    "settlement": {
        "cure_days": 14,
        "tolerance_minor": 40,
        "clearing_days": {"ach": 3},
        "max_open_offers": 2,
        "on_return": "void",
    },
}
POLICIES = ("unlimited", "default", "lenient")
OPENING = date(2026, 1, 5)
MONTHLY = {"every": 1, "unit": "month"}


class Surprise(AssertionError):
    """What should never be seen."""


class Office:
    """A tenant, its staff and its accounts. `said` is the log of what was done."""

    def __init__(self, seed, staff, spec, *, policies=POLICIES):
        self.dice = random.Random(seed)
        self.staff = staff  # clients by role
        self.routes = _routes(spec)
        self.policies = policies
        self.today = OPENING
        self.accounts: list[dict] = []
        self.known: dict[str, dict[str, list]] = {}
        self.said: list[str] = []
        self.done: dict[str, int] = {}
        self.number = 0
        self.account: dict | None = None
        self.booked: dict[str, date] = {}  # the day to which an account's days are closed

    # --- Talking ---------------------------------------------------------------------------

    async def ask(self, method, path, body=None, *, role="admin", **params):
        """The answer's status and document; a refusal must be one the operation tells of."""
        answer = await self.staff[role].request(method, path, json=body, params=params)
        note = f"{self.today} {role} {method} {path} {body or params or ''} -> {answer.status_code}"
        self.said.append(note)
        read = answer.json() if "json" in answer.headers["content-type"] else {}
        if answer.status_code >= 400:
            name = read["type"].removeprefix("/problems/")
            self.said[-1] += f" {name}: {read.get('detail')} {read.get('errors', '')}"
            told = self._told(method, path).get(answer.status_code, ())
            if self._strange(answer.status_code, name, told):
                raise Surprise(f"{answer.status_code} {name} is not in OpenAPI: {self.said[-1]}")
        return answer.status_code, read

    async def get(self, path, **params):
        status, read = await self.ask("GET", path, **params)
        self.said.pop()
        assert status == 200, (path, params, read)
        return read

    async def do(self, path, body=None, *, role="admin"):
        """A command's answer, or None if it was refused."""
        status, read = await self.ask("POST", path, body or {}, role=role)
        if status >= 400:
            return None
        if self.account and "preview" not in path and "quotes" not in path:
            self.booked[self.account["id"]] = self.today
        return read

    def _strange(self, status, name, told):
        return status >= 500 or name not in told

    def _told(self, method, path) -> Mapping[int, set[str]]:
        for (verb, pattern), told in self.routes.items():
            if verb == method and pattern.fullmatch(path):
                return told
        raise Surprise(f"no operation {method} {path}")

    # --- Chance ----------------------------------------------------------------------------

    def one(self, among):
        among = list(among)
        return self.dice.choice(among) if among else None

    def often(self, share):
        return self.dice.random() < share

    def day(self, low, high):
        return str(self.today + timedelta(days=self.dice.randint(low, high)))

    def back(self, share=0.3, days=40):
        """Sometimes dated back."""
        if not self.often(share):
            return {}
        on = self.today - timedelta(days=self.dice.randint(1, days))
        return {"effective_on": str(max(on, OPENING))}

    def minor(self, most):
        """Up to so much: often a round part of it, sometimes a unit off."""
        most = max(1, most)
        part = self.one((most, most // 2, most // 3, self.dice.randint(1, most), most - 1))
        return max(1, part)

    def name(self, kind):
        self.number += 1
        return f"{kind}-{self.number}"

    @property
    def who(self):
        return self.one(("admin", "admin", "supervisor", "agent"))

    # --- Life ------------------------------------------------------------------------------

    async def start(self, accounts=2):
        status, read = await self.ask("PUT", "/v1/policies/lenient", LENIENT)
        assert status in {200, 201}, read
        await self._clock()
        for _ in range(accounts):
            await self.place()

    async def place(self):
        """A debt, now and then one that is late already or has its days of validation."""
        body = {
            "reference": self.name("INV"),
            "currency": "USD",
            "product": self.one(("open_end", "closed_end", "medical")),
            "policy": self.one(self.policies),
            "balance": {
                "principal_minor": self.dice.randint(10_00, 3000_00),
                "interest_minor": self.one((0, 40_00)),
                "fees_minor": self.one((0, 25_00)),
                "costs_minor": self.one((0, 7_77)),
            },
            "creditor": {"reference": "BANK", "name": "First Bank"},
            **self.one(({}, {"past_due_minor": 0}, {"delinquent_since_on": "2025-11-20"})),
            "placement_batch": "Spring" if len(self.accounts) % 2 else None,
        }
        status, made = await self.ask("POST", "/v1/accounts", body)
        if status == 201:
            self.accounts.append(made)
            self.known[made["id"]] = {
                kind: [] for kind in ("payments", "charges", "chargebacks", "plans", "settlements",
                                      "revisions", "holds", "pauses")
            }  # fmt: skip

    async def _clock(self):
        body = {"business_date": str(self.today)}
        status, _ = await self.ask("PUT", "/v1/sandbox/clock", body)
        assert status == 200

    async def wait(self):
        self.today += timedelta(days=self.one((1, 1, 2, 3, 5, 6, 10, 15, 35)))
        await self._clock()
        return True

    async def sweep(self):
        made = await self.do("/v1/sweeps", {"business_date": str(self.today)})
        self.booked = {account["id"]: self.today for account in self.accounts}
        return made


def _routes(spec):
    """What each operation says it may answer: problems by status, by method and path."""
    found = {}
    for path, methods in inlined(spec)["paths"].items():
        pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))
        for method, operation in methods.items():
            if method in {"get", "post", "put", "patch"}:
                found[method.upper(), pattern] = {
                    int(status): _names(response)
                    for status, response in operation["responses"].items()
                }
    return dict(sorted(found.items(), key=lambda item: "[^/]+" in item[0][1].pattern))


def _names(response):
    return set(re.findall(r"\(/problems/([a-z-]+)\)", response["description"]))
