"""Are the events still what was written? Each account's chain, held against its hashes.

Each event carries a hash of its content and of its account's previous hash, and the account
keeps the last. So none can be changed, dropped or slipped in afterwards without the place being
found, unless every hash after it and the account's own are written anew too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, func, select

from app.storage.books.events import HASHED, HASHED_IF_SAID, linked
from app.storage.database.engine import Transaction
from app.storage.tables import Account, Event, table

_ACCOUNT, _EVENT = table(Account), table(Event)
_OF_ACCOUNT = and_(_EVENT.c.tenant_id == _ACCOUNT.c.tenant_id, _EVENT.c.account_id == _ACCOUNT.c.id)
#: One statement: the account and its events are of one moment.
_CHAINS = (
    select(
        _ACCOUNT.c.id.label("account"),
        _ACCOUNT.c.event_sequence,
        _ACCOUNT.c.event_hash,
        *(_EVENT.c[name] for name in (*HASHED, *HASHED_IF_SAID)),
        _EVENT.c.previous_hash,
        _EVENT.c.hash,
    )
    .select_from(_ACCOUNT.outerjoin(_EVENT, _OF_ACCOUNT))
    .where(_ACCOUNT.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(_ACCOUNT.c.id, _EVENT.c.sequence)
)
_IDS = (
    select(_ACCOUNT.c.id)
    .where(_ACCOUNT.c.id > bindparam("after"))
    .order_by(_ACCOUNT.c.id)
    .limit(bindparam("most"))
)
_SOME = select(_ACCOUNT.c.id).order_by(func.random()).limit(bindparam("most"))
_COUNT = select(func.count()).select_from(_ACCOUNT)
#: Where to begin: no account has this id, and every id is greater.
BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """An account's events in order, and where the account says they end."""

    account_id: UUID
    links: tuple[Mapping[Any, Any], ...]
    sequence: int
    head: bytes | None

    def broken_at(self) -> int | None:
        """The first sequence number at which the events are not what was written.

        None: all are there, in order, unchanged, and the last is the account's own head.
        """
        head: bytes | None = None
        for number, row in enumerate(self.links, start=1):
            digest = linked(head, row)
            if (row["sequence"], row["previous_hash"], row["hash"]) != (number, head, digest):
                return number
            head = digest
        whole = (self.sequence, self.head) == (len(self.links), head)
        return None if whole else len(self.links) + 1


async def chains(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, Chain]:
    """Those of the accounts that exist, in ascending order; uncommitted events of `tx` too."""
    rows = (await tx.execute(_CHAINS, {"ids": list(account_ids)})).mappings()
    made = (_chain(account, rows_of) for account, rows_of in groupby(rows, lambda r: r["account"]))
    return {chain.account_id: chain for chain in made}


async def account_ids(tx: Transaction, *, after: UUID, most: int) -> list[UUID]:
    """The tenant's accounts after one, in ascending order."""
    rows = await tx.execute(_IDS, {"after": after, "most": most})
    return [row.id for row in rows]


async def some_ids(tx: Transaction, *, most: int) -> list[UUID]:
    """Accounts of the tenant, at random."""
    return [row.id for row in await tx.execute(_SOME, {"most": most})]


async def count(tx: Transaction) -> int:
    """How many accounts the tenant has."""
    return int((await tx.execute(_COUNT)).scalar_one())


def _chain(account: UUID, rows: Iterator[Mapping[Any, Any]]) -> Chain:
    links = tuple(rows)
    head = links[0]
    return Chain(
        account_id=account,
        links=links if head["id"] is not None else (),
        sequence=head["event_sequence"],
        head=head["event_hash"],
    )
