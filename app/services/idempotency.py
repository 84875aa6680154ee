"""Doing a command once, however often it is sent.

The key's advisory lock is taken first in the command's transaction and goes with it, so a
second request with the same key either finds it held (409, try again) or finds the first
one's outcome: its stored reply, or nothing if it was rolled back. The reply is stored in the
same transaction, so it exists exactly when the command's facts do. Refusals are not stored:
they changed nothing, and are decided anew.
"""

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

import orjson

from app.domain.errors import DomainError
from app.storage.books import answered
from app.storage.database.engine import Transaction
from app.storage.idempotency import Held, Reply

__all__ = [
    "Claim", "Held", "IdempotencyInFlight", "IdempotencyKeyReused", "Reply", "claim", "fingerprint",
]  # fmt: skip


@dataclass(eq=False, kw_only=True)
class IdempotencyInFlight(DomainError):
    """The first request with this key has not been answered yet."""

    problem: ClassVar[str] = "idempotency-in-flight"

    @property
    def detail(self) -> str:
        return "A request with this Idempotency-Key is still running. Send it again in a moment."


@dataclass(eq=False, kw_only=True)
class IdempotencyKeyReused(DomainError):
    """The key came before with another request; what that one said is not told."""

    problem: ClassVar[str] = "idempotency-key-reused"

    @property
    def detail(self) -> str:
        return "This Idempotency-Key was used for another request. A new request needs a new key."


def fingerprint(method: str, target: str, body: bytes) -> bytes:
    """What makes two requests the same: method, path with query, and what the JSON says.

    Spacing and the order of members do not count.
    """
    with suppress(ValueError, TypeError):  # no JSON, or none the writer takes: the bytes it is
        body = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    return sha256(b"\n".join((method.encode(), target.encode(), body))).digest()


@dataclass(frozen=True, slots=True)
class Claim:
    """A key held by this transaction, to be kept with the reply."""

    tx: Transaction
    key: str
    fingerprint: bytes

    async def keep(self, reply: Reply) -> None:
        """Store what is about to be answered; it counts when the transaction does.

        Books that were put aside are written with it, so it may find a reference taken.
        """
        await answered.keep(self.tx, self.key, self.fingerprint, reply)


def claim(tx: Transaction, asked: bytes, held: Held) -> Claim | Reply:
    """The key, held for what was `asked` (a fingerprint), or the reply already given to it."""
    if not held.taken:
        raise IdempotencyInFlight
    stored = held.stored
    if stored is None:
        return Claim(tx, held.key, asked)
    if stored.fingerprint != asked:
        raise IdempotencyKeyReused
    return stored.reply
