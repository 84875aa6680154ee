"""A mirror: what somebody knows who reads nothing but the feed.

It folds events into accounts, plans, settlements, promises and payments, by the fields that
docs/events.md promises, and can be held against the service.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.schemas.events.catalog import EventDocument
from tests.scenarios.client import Api, Document

_PLAN = {
    "plan.created": "pending_approval", "plan.activated": "active", "plan.completed": "completed",
    "plan.broken": "broken", "plan.cancelled": "cancelled", "plan.rejected": "rejected",
    "plan.reinstated": "active",
}  # fmt: skip
_SETTLEMENT = {
    "settlement.offered": "offered", "settlement.approved": "offered",
    "settlement.accepted": "accepted", "settlement.declined": "declined",
    "settlement.withdrawn": "withdrawn", "settlement.expired": "expired",
    "settlement.satisfied": "satisfied", "settlement.reopened": "accepted",
    "settlement.voided": "void",
}  # fmt: skip
_PROMISE = {
    "promise.made": "open", "promise.kept": "kept", "promise.partial": "partial",
    "promise.broken": "broken",
}  # fmt: skip
_ACCOUNT = {"account.closed": "closed", "account.charged_off": "charged_off"}


@dataclass
class Standings:
    """What was said of one thing, in order; what was withdrawn is taken out again."""

    said: dict[str, str] = field(default_factory=dict)  # by event

    def say(self, event: Document, status: str) -> None:
        if event["corrects"] is not None:
            self.said.pop(event["corrects"], None)
            if event["data"]["after"] is None:
                return
        self.said[event["id"]] = status

    @property
    def status(self) -> str | None:
        return next(reversed(self.said.values()), None)


@dataclass
class Mirrored:
    """One account."""

    reference: str
    currency: str
    owed_minor: int = 0
    waiting_minor: int = 0
    sequence: int = 0
    ends: defaultdict[str, Standings] = field(default_factory=lambda: defaultdict(Standings))
    buckets: Standings = field(default_factory=Standings)

    def status(self, *, settled: bool) -> str:
        if self.ends["account.closed"].status:
            return "closed"
        if not self.owed_minor:
            return "settled" if settled else "paid"
        return "charged_off" if self.ends["account.charged_off"].status else "open"


class Mirror:
    """Everything the feed has told, folded."""

    def __init__(self) -> None:
        self.accounts: dict[str, Mirrored] = {}
        self.plans: dict[str, Standings] = defaultdict(Standings)
        self.settlements: dict[str, Standings] = defaultdict(Standings)
        self.promises: dict[str, Standings] = defaultdict(Standings)
        self.owners: dict[str, str] = {}  # the account of each plan, settlement, promise, payment
        self.payments: dict[str, list[int | bool]] = {}  # amount, and whether it was reversed
        self.forgiven: dict[str, int] = {}  # by each settlement once satisfied
        self.suspense: dict[str, int] = {}
        self.stream = 0
        self.types: set[str] = set()
        self.examples: dict[str, Document] = {}
        self._cursor: str | None = None

    async def follow(self, api: Api) -> None:
        """Read the feed to its end, from where it was read to."""
        while True:
            page = await api.get("/v1/events", after=self._cursor, limit=200)
            self._cursor = page["next_cursor"]
            if not page["data"]:
                return
            for event in page["data"]:
                self.hear(event)

    def hear(self, event: Document) -> None:
        """One event: of the shape its type has, next in its account's order, folded."""
        EventDocument.model_validate(event)
        self.types.add(event["type"])
        if event["corrects"] is None:
            self.examples.setdefault(event["type"], event)
        if event["account_id"] is None:
            self._hear_of_none(event)
            return
        if event["type"] == "account.created":
            said = event["data"]
            self.accounts[event["account_id"]] = Mirrored(said["reference"], said["currency"])
        account = self.accounts[event["account_id"]]
        account.sequence += 1
        assert event["sequence"] == account.sequence, "an event was passed over"
        if event["balance_after_minor"] is not None:
            account.owed_minor = event["balance_after_minor"]
            account.waiting_minor = event["unapplied_after_minor"]
        self._stand(event, account)
        self._pay(event)

    def _hear_of_none(self, event: Document) -> None:
        if event["payment_id"] is None:
            self.stream += 1
            assert event["sequence"] == self.stream, "an event of no account was passed over"
            return
        own, amount = event["payment_id"], event["data"]["amount_minor"]
        if event["type"] == "suspense.received":
            self.suspense[own] = amount
        else:
            assert self.suspense.pop(own) == amount

    def _stand(self, event: Document, account: Mirrored) -> None:
        kind, said = event["type"], _said(event)
        for things, words, own in (
            (self.plans, _PLAN, event["plan_id"]),
            (self.settlements, _SETTLEMENT, said.get("settlement_id")),
            (self.promises, _PROMISE, said.get("promise_id")),
        ):
            if kind in words and own:
                waits = kind == "settlement.offered" and said["waits"]
                things[own].say(event, "pending_approval" if waits else words[kind])
                self.owners[own] = event["account_id"]
        if kind == "settlement.satisfied":
            self.forgiven[said["settlement_id"]] = said["forgiven_minor"]
        if kind in _ACCOUNT:
            account.ends[kind].say(event, kind)
        if kind == "account.bucket_changed":
            account.buckets.say(event, said["to"])

    def _pay(self, event: Document) -> None:
        kind, own = event["type"], event["payment_id"]
        if kind == "payment.posted":
            self.payments[own] = [event["data"]["amount_minor"], False]
            self.owners[own] = event["account_id"]
        elif kind == "payment.reversed":
            assert self.payments[own] == [event["data"]["amount_minor"], False]
            self.payments[own][1] = True

    async def differences(self, api: Api) -> list[str]:
        """Where the service says otherwise, of every account heard of."""
        found: list[str] = []
        for own, account in self.accounts.items():
            read = await api.get(f"/v1/accounts/{own}")
            settled = any(
                one.status == "satisfied" and self.forgiven[name]
                for name, one in self.settlements.items()
                if self.owners[name] == own
            )
            known = {
                "reference": account.reference,
                "currency": account.currency,
                "owed": account.owed_minor,
                "unapplied": account.waiting_minor,
                "status": account.status(settled=settled),
                "bucket": account.buckets.status or "current",
                "plans": self._of(own, self.plans),
                "settlements": self._of(own, self.settlements),
                "promises": self._of(own, self.promises),
                "payments": {
                    name: (amount, gone)
                    for name, (amount, gone) in self.payments.items()
                    if self.owners[name] == own
                },
            }
            there = {
                "reference": read["reference"],
                "currency": read["currency"],
                "owed": read["balance"]["total_minor"],
                "unapplied": read["unapplied_minor"],
                "status": read["status"],
                "bucket": read["delinquency"]["bucket"],
                "plans": _statuses(await api.pages("/v1/plans", account_id=own)),
                "settlements": _statuses(await api.pages("/v1/settlement-offers", account_id=own)),
                "promises": _statuses(await api.pages(f"/v1/accounts/{own}/promises")),
                "payments": {
                    one["id"]: (one["amount_minor"], one["status"] == "reversed")
                    for one in await api.pages("/v1/payments", account_id=own)
                },
            }
            found += [
                f"{account.reference}: {name} is {there[name]}, mirrored {known[name]}"
                for name in known
                if known[name] != there[name]
            ]
        return found

    def _of(self, account: str, things: Mapping[str, Standings]) -> dict[str, str | None]:
        return {name: one.status for name, one in things.items() if self.owners[name] == account}


def _said(event: Document) -> dict[str, Any]:
    """What is true now by an event; what was, where nothing is any more."""
    said: dict[str, Any] = event["data"]
    return (said["after"] or said["before"]) if event["corrects"] else said


def _statuses(found: list[Document]) -> dict[str, str]:
    return {one["id"]: one["status"] for one in found}
