"""What goes on while faults happen: lives of accounts, told by a client that gives up nothing.

Every command has an identity (a reference, or an `Idempotency-Key`) and is sent again, unchanged,
until it is acknowledged. What was acknowledged is written into the `Book`: what the database must
hold in the end, once each.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

TODAY, EXPIRES_ON, DUE_ON = "2026-01-10", "2026-01-20", "2026-01-31"
ATTEMPT_S = 15  # how long the client waits for one answer
RESOLVE_S = 150  # how long it repeats a command after the faults have ended
DROP_S = 0.016  # a client that leaves does so within this of having sent
PARTS = {"frequency": {"every": 1, "unit": "month"}, "first_due_on": DUE_ON}
_PASSING = {408, 502, 503, 504}

Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A request with an identity: the same one, however often it is sent."""

    path: str
    body: Body
    key: str | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Idempotency-Key": self.key} if self.key else {}


@dataclass(slots=True)
class Book:
    """What the client was told, and what must be stored therefore."""

    attempts: int = 0
    acknowledged: int = 0
    failed: int = 0
    changed: int = 0  # a command that was answered with two different ids
    sent_badly: int = 0  # commands dropped, or sent several times at once: faults of the client
    unresolved: int = 0
    surprises: list[str] = field(default_factory=list)
    facts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (account, kind)
    references: set[str] = field(default_factory=set)
    wanted: int = 0  # so many faults of the client are enough
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self) -> None:
        """One more fault of the client."""
        self.sent_badly += 1
        if self.sent_badly >= self.wanted:
            self.enough.set()


class Ended(Exception):
    """The load is over, or a command was not answered for too long."""


class Client:
    """Sends commands to the servers: plainly, leaving early, several at once, or to all."""

    def __init__(self, bases: list[str], token: str, book: Book, *, sending: str) -> None:
        self.book = book
        self._how: Callable[[Command], Awaitable[list[httpx.Response]]] = getattr(
            self, f"_{sending}"
        )
        self._clients = [
            httpx.AsyncClient(
                base_url=base,
                headers={"Authorization": f"Bearer {token}"},
                timeout=httpx.Timeout(ATTEMPT_S, pool=None),
                limits=httpx.Limits(max_connections=100),
                trust_env=False,
                verify=False,
            )
            for base in bases
        ]
        self.over = False
        self._until: float | None = None

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()

    async def at(self, day: str) -> None:
        """Move the sandbox's clock there, once any server answers."""
        answer = await self._clients[0].put("/v1/sandbox/clock", json={"business_date": day})
        answer.raise_for_status()

    def stop(self) -> None:
        """No further commands; those begun are repeated until they are answered."""
        self.over = True
        self._until = time.monotonic() + RESOLVE_S

    async def do(self, command: Command) -> Body:
        """Send it until it is acknowledged. Raises `Ended`."""
        if self.over:
            raise Ended
        while self._until is None or time.monotonic() < self._until:
            answers = await self._how(command)
            good = [answer.json() for answer in answers if answer.is_success]
            if good:
                self.book.changed += len({_identity(answer) for answer in good}) - 1
                self.book.acknowledged += 1
                return good[0]
            if any(_surprising(answer) for answer in answers):
                break
            await asyncio.sleep(random.uniform(0.05, 0.25))
        self.book.unresolved += 1
        raise Ended

    async def probe(self, command: Command, *, patience_s: float) -> float | None:
        """Seconds until this, sent plainly and at once again, is acknowledged; None: too many."""
        began = time.monotonic()
        while time.monotonic() - began < patience_s:
            if (await self._plain(command))[0].is_success:
                self.book.acknowledged += 1
                return time.monotonic() - began
            await asyncio.sleep(0.02)
        return None

    async def _plain(self, command: Command) -> list[httpx.Response]:
        return [await self._send(random.choice(self._clients), command)]

    async def _tripled(self, command: Command) -> list[httpx.Response]:
        self.book.count()
        client = random.choice(self._clients)
        return await asyncio.gather(*(self._send(client, command) for _ in range(3)))

    async def _everywhere(self, command: Command) -> list[httpx.Response]:
        self.book.count()
        return await asyncio.gather(*(self._send(client, command) for client in self._clients))

    async def _leaving(self, command: Command) -> list[httpx.Response]:
        """The client is gone before it could read; two times in three."""
        client, loop = random.choice(self._clients), asyncio.get_running_loop()
        if random.random() < 1 / 3:
            return [await self._send(client, command)]

        async def sent(name: str, _info: object) -> None:
            if name == "http11.send_request_body.complete":
                loop.call_later(random.uniform(0, DROP_S), request.cancel)

        request = asyncio.create_task(self._send(client, command, trace=sent))
        await asyncio.wait([request])
        if request.cancelled():
            self.book.count()
            self.book.failed += 1
            return []
        return [request.result()]

    async def _send(
        self, client: httpx.AsyncClient, command: Command, **extensions: object
    ) -> httpx.Response:
        """One attempt. What is not answered is a 503 of our own."""
        self.book.attempts += 1
        try:
            answer = await client.post(
                command.path, json=command.body, headers=command.headers, extensions=extensions
            )
        except httpx.HTTPError:
            answer = httpx.Response(503)
        if not answer.is_success:
            self.book.failed += 1
            if _surprising(answer):
                said = f"{command.path}: {answer.status_code} {answer.text[:300]}"
                self.book.surprises.append(said)
        return answer


def _identity(answer: Body) -> str:
    """What was made: an id, a plan's revision, or the ids of a batch."""
    if "results" in answer:
        return str([result["payment"]["id"] for result in answer["results"]])
    return str(answer.get("id") or answer["revision"])


def _surprising(answer: httpx.Response) -> bool:
    """Neither done nor something that passes."""
    return not answer.is_success and answer.status_code not in _PASSING and not _in_flight(answer)


def _in_flight(answer: httpx.Response) -> bool:
    with suppress(ValueError):
        return answer.json()["type"].endswith("/idempotency-in-flight")
    return False


class Lives:
    """Accounts that are placed, paid, charged, planned, deferred, cancelled and settled."""

    def __init__(self, client: Client, probing: Client, name: str) -> None:
        self._client, self._probing, self.book, self._name = client, probing, client.book, name
        self._numbers = 0
        self.shared = ""  # an account all lives pay, so that they wait for one another

    async def begin(self) -> None:
        self.shared = await self._place(10_000_000_00)

    async def go_on(self) -> None:
        """One life after another, until the load is over."""
        with suppress(Ended):
            while True:
                await self._paid()
                await self._planned()
                await self._settled()

    async def probe(self, *, patience_s: float) -> float | None:
        """Seconds until a payment is acknowledged."""
        command = self._payment(self.shared, 1)
        seconds = await self._probing.probe(command, patience_s=patience_s)
        if seconds is None:
            self.book.unresolved += 1
        else:
            self._enter(self.shared, "payment", references=[command.body["reference"]])
        return seconds

    async def _paid(self) -> None:
        account = await self._place(2_000_00)
        await self._do(self._payment(account, 10_00), account, "payment")
        await self._do(self._payment(account, 11_00, key=self._new("K")), account, "payment")
        await self._do(self._payment(self.shared, 1), self.shared, "payment")
        charge = {"kind": "fee", "amount_minor": 5_00, "due_on": TODAY}
        await self._do(self._keyed(f"/v1/accounts/{account}/charges", charge), account, "charge")
        items = [self._payment(account, 1_00 + n).body for n in range(3)]
        command = Command(path="/v1/payments/batch", body={"mode": "atomic", "items": items})
        made = await self._client.do(command)
        references = [item["reference"] for item in items]
        self._enter(account, "payment", count=len(items), references=references)
        back = {"reason_code": "R02"}
        for payment in (made["results"][0]["payment"]["id"],):
            path = f"/v1/payments/{payment}/reversals"
            await self._do(self._keyed(path, back), account, "reversal")

    async def _planned(self) -> None:
        account = await self._place(300_00)
        terms = {"account_id": account, "terms": {"installment_count": 3, **PARTS}}
        plan = await self._do(self._keyed("/v1/plans", terms), account, "plan_opened")
        path = f"/v1/plans/{plan['id']}"
        await self._do(self._payment(account, 50_00), account, "payment")
        later = {"number": 2, "reason": "asked for"}
        await self._do(self._keyed(f"{path}/deferrals", later), account, "deferral")
        why = {"reason": "asked for"}
        await self._do(self._keyed(f"{path}/cancel", why), account, "plan_cancelled")

    async def _settled(self) -> None:
        account = await self._place(2_000_00)
        offer = {"amount_minor": 1_000_00, "expires_on": EXPIRES_ON,
                 "terms": {"installment_count": 2, **PARTS}}  # fmt: skip
        path = f"/v1/accounts/{account}/settlement-offers"
        made = await self._do(self._keyed(path, offer), account, "settlement_offered")
        path = f"/v1/settlement-offers/{made['id']}/accept"
        await self._do(self._keyed(path, {}), account, "settlement_accepted")
        await self._do(self._payment(account, 1_000_00), account, "payment")

    async def _place(self, principal_minor: int) -> str:
        body = {
            "reference": self._new("ACC"),
            "currency": "USD",
            "balance": {"principal_minor": principal_minor},
        }
        account = (await self._client.do(self._keyed("/v1/accounts", body)))["id"]
        self._enter(account, "placement")
        return account

    async def _do(self, command: Command, account: str, kind: str) -> Body:
        made = await self._client.do(command)
        self._enter(account, kind, references=[r] if (r := command.body.get("reference")) else ())
        return made

    def _enter(
        self, account: str, kind: str, *, count: int = 1, references: list[str] | tuple = ()
    ) -> None:
        self.book.facts[account, kind] += count
        self.book.references.update(references)

    def _payment(self, account: str, amount_minor: int, *, key: str | None = None) -> Command:
        body = {
            "account_id": account,
            "reference": self._new("PAY"),
            "amount_minor": amount_minor,
            "currency": "USD",
        }
        return Command(path="/v1/payments", body=body, key=key)

    def _keyed(self, path: str, body: Body) -> Command:
        return Command(path=path, body=body, key=self._new("K"))

    def _new(self, prefix: str) -> str:
        self._numbers += 1
        return f"{self._name}-{prefix}-{self._numbers:07}"
