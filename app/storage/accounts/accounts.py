"""Accounts as stored: found, locked, loaded with their state; made; listed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from msgspec.json import Decoder, encode
from sqlalchemy import (
    ARRAY,
    Text,
    Uuid,
    all_,
    any_,
    bindparam,
    cast,
    insert,
    literal,
    select,
    text,
    update,
)

from app.domain.account.state import State
from app.domain.facts.kinds import FactKind
from app.storage import tables
from app.storage.accounts.narrowing import Narrowing
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.database.turns import in_turns

_ACCOUNT = tables.table(tables.Account)
_FACT = tables.table(tables.Fact)
_HANDLE = tables.table(tables.Handle)
_PAYMENT = tables.table(tables.Payment)
_STATE: Decoder[State] = Decoder(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAccount:
    """An account's own row: what it is, its state, and where its books stand."""

    id: UUID
    reference: str
    currency: str
    product: str
    opened_on: date
    validation_ends_on: date | None
    policy_name: str
    debtor_id: UUID | None
    creditor_id: UUID | None
    creditor_reference: str | None
    created_at: datetime
    status: str
    fact_sequence: int
    posting_sequence: int
    event_sequence: int
    event_hash: bytes | None
    latest_business_date: date
    replays: int
    version: int
    next_review_on: date | None
    state: State

    def due(self, business_date: date) -> bool:
        """Whether it has a day to close by then."""
        next_on = self.next_review_on
        behind = self.latest_business_date <= business_date  # else a sandbox clock was moved back
        return behind and next_on is not None and next_on <= business_date


class Turn(NamedTuple):
    """A place in the order in which accounts are reviewed."""

    review_on: date
    account_id: UUID


class Claimed(NamedTuple):
    """What a caller's reference names, and the hash of the content it was claimed with."""

    account_id: UUID
    id: UUID
    content_hash: bytes | None


class Asked(NamedTuple):
    """The account that a command will lock, and the reference it will claim, by what it says."""

    account_id: UUID
    kind: str
    reference: str


class Begun(NamedTuple):
    """What was asked for, locked, or seen where BEGIN is late; `taken`: the reference, by then."""

    asked: Asked
    account: StoredAccount
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What an account is, before anything has happened to it."""

    id: UUID
    reference: str
    currency: str
    product: str
    opened_on: date
    validation_ends_on: date | None
    policy_name: str
    debtor_id: UUID | None
    creditor_id: UUID | None
    creditor_reference: str | None


ACCOUNT_COLUMNS = [
    cast(_ACCOUNT.c.state, Text) if name == "state" else _ACCOUNT.c[name]
    for name in StoredAccount.__dataclass_fields__
]
_BESIDE_STATE = tuple(StoredAccount.__dataclass_fields__)[:-1]
_ONE = select(*ACCOUNT_COLUMNS).where(_ACCOUNT.c.id == bindparam("account_id"))
_READ_ONE = Prepared(_ONE)
_LOCK_ONE = Prepared(_ONE.with_for_update(key_share=True))
_LOCK_AND_ASK = Prepared(
    text("SELECT * FROM accord_lock_account(:tenant_id, :account_id, :kind, :key)")
)
_IS_ONE = _ACCOUNT.c.id == any_(bindparam("account_ids", type_=ARRAY(Uuid)))
_MANY = select(*ACCOUNT_COLUMNS).where(_IS_ONE)
_READ_MANY = Prepared(_MANY)
_DEBTORS = Prepared(select(_ACCOUNT.c.id, _ACCOUNT.c.debtor_id).where(_IS_ONE))
#: Accounts whose state is read within one turn: a millisecond's work.
_DECODED = 20
_LOCK_MANY = Prepared(_MANY.order_by(_ACCOUNT.c.id).with_for_update(key_share=True))
_BY_HANDLE = Prepared(
    select(_HANDLE.c.key, _HANDLE.c.account_id, _HANDLE.c.id, _HANDLE.c.content_hash).where(
        _HANDLE.c.kind == bindparam("kind"),
        _HANDLE.c.key == any_(bindparam("keys", type_=ARRAY(Text))),
    )
)
_OWNER_OF = select(_FACT.c.account_id, _FACT.c.kind).where(_FACT.c.id == bindparam("fact_id"))


def state_to_json(state: State) -> bytes:
    """The snapshot kept in the account's row; defaults are left out to keep it compact."""
    return encode(state)


def state_from_json(stored: str | bytes) -> State:
    """The snapshot read back; one of an older shape too, which whoever asks folds anew."""
    return _STATE.decode(stored)


async def read(tx: Transaction, account_id: UUID) -> StoredAccount | None:
    """The account as it is, unlocked; None where there is none."""
    row = await _READ_ONE.row(tx, account_id=account_id)
    return stored_account(row) if row is not None else None


async def read_many(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, StoredAccount]:
    """Those of the accounts that exist, by id, unlocked."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    rows = await _READ_MANY.rows(tx, account_ids=wanted)
    return {row["id"]: stored_account(row) async for row in in_turns(rows, at_once=_DECODED)}


async def currencies(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What money these accounts are kept in."""
    wanted = sorted(set(account_ids))
    query = select(_ACCOUNT.c.id, _ACCOUNT.c.currency).where(_ACCOUNT.c.id.in_(wanted))
    return {row.id: row.currency for row in await tx.execute(query)}


async def lock(tx: Transaction, account_id: UUID) -> StoredAccount | None:
    """The account, locked until the transaction ends: its row is the lock of all it owns."""
    row = await _LOCK_ONE.row(tx, account_id=account_id)
    return stored_account(row) if row is not None else None


async def lock_and_ask(
    tx: Transaction, tenant_id: UUID, account_id: UUID, *, kind: str, key: str
) -> tuple[StoredAccount, bool] | None:
    """`lock`, and whether a reference is taken: as it is once the account is held."""
    given = {"tenant_id": tenant_id, "account_id": account_id, "kind": kind, "key": key}
    row = await _LOCK_AND_ASK.row(tx, **given)
    return None if row is None else (stored_account(row[:-1]), row[-1])


async def lock_many(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, StoredAccount]:
    """Several accounts by id, locked in ascending order of id: one lock order everywhere."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    rows = await _LOCK_MANY.rows(tx, account_ids=wanted)
    return {row["id"]: stored_account(row) async for row in in_turns(rows, at_once=_DECODED)}


async def debtors_of(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """Who owes on each of the accounts that exist, by id."""
    rows = await _DEBTORS.rows(tx, account_ids=list(account_ids))
    return {row["id"]: row["debtor_id"] for row in rows}


async def resolve(tx: Transaction, kind: str, keys: Iterable[str]) -> dict[str, tuple[UUID, UUID]]:
    """What the callers' references of this kind name: (account id, id), by reference."""
    found = await claims(tx, kind, keys)
    return {key: (one.account_id, one.id) for key, one in found.items()}


async def claims(tx: Transaction, kind: str, keys: Iterable[str]) -> dict[str, Claimed]:
    """`resolve`, with the hash of the content that each reference was claimed with."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = await _BY_HANDLE.rows(tx, kind=kind, keys=wanted)
    return {row["key"]: Claimed(row["account_id"], row["id"], row["content_hash"]) for row in rows}


async def owner_of(tx: Transaction, fact_id: UUID, kinds: Collection[FactKind]) -> UUID | None:
    """The account of a fact of one of these kinds: found by a plain index, not locked."""
    row = (await tx.execute(_OWNER_OF, {"fact_id": fact_id})).one_or_none()
    return row.account_id if row is not None and row.kind in kinds else None


async def owners_of(
    tx: Transaction, fact_ids: Iterable[UUID], kinds: Collection[FactKind]
) -> dict[UUID, UUID]:
    """`owner_of` for several: the account of each of the facts that is of one of these kinds."""
    wanted = sorted(set(fact_ids))
    if not wanted:
        return {}
    query = select(_FACT.c.id, _FACT.c.account_id).where(
        _FACT.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))), _FACT.c.kind.in_(kinds)
    )
    return {row.id: row.account_id for row in await tx.execute(query, {"ids": wanted})}


async def create(
    tx: Transaction, tenant_id: UUID, accounts: Sequence[NewAccount]
) -> dict[UUID, StoredAccount]:
    """Make accounts nothing has happened to yet, by id.

    Their references are claimed by what is entered first, in the same transaction.
    """
    nothing = State()
    result = await tx.execute(
        insert(_ACCOUNT).returning(*ACCOUNT_COLUMNS),
        [
            {
                **{name: getattr(one, name) for name in NewAccount.__dataclass_fields__},
                **_empty(nothing),
                "tenant_id": tenant_id,
            }
            for one in accounts
        ],
    )
    return {row.id: stored_account(row) async for row in in_turns(result.all())}


async def change_persons(
    tx: Transaction, account: StoredAccount, *, debtor_id: UUID | None, creditor_id: UUID | None
) -> None:
    """Whose debt it is and to whom: all of an account that is amended."""
    mine = _ACCOUNT.c.id == account.id
    people = {"debtor_id": debtor_id, "creditor_id": creditor_id}
    await tx.execute(update(_ACCOUNT).where(mine).values(**people))


async def change_placement(tx: Transaction, account: StoredAccount) -> None:
    """What a correction of its placement changes in the account's own row."""
    said = {
        "opened_on": account.opened_on,
        "product": account.product,
        "validation_ends_on": account.validation_ends_on,
    }
    await tx.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account.id).values(**said))


async def set_validation_ends(
    tx: Transaction, ends_on: Iterable[tuple[UUID, date | None]]
) -> None:  # fmt: skip
    """Until when the debts of locked accounts may be disputed, as their notices went out."""
    rows = [{"of": account_id, "ends_on": on} for account_id, on in ends_on]
    if rows:
        change = update(_ACCOUNT).where(_ACCOUNT.c.id == bindparam("of"))
        await tx.execute(change.values(validation_ends_on=bindparam("ends_on")), rows)


async def find(
    tx: Transaction,
    narrowed_to: Narrowing = (),
    *,
    status: str | None = None,
    bucket: str | None = None,
    but: Collection[UUID] = (),
    limit: int,
) -> tuple[StoredAccount, ...]:
    """Accounts by id, newest last, as cached when last written; `but`: these are left out."""
    query = select(*ACCOUNT_COLUMNS).where(*narrowed_to)
    if status is not None:
        query = query.where(_ACCOUNT.c.status == status)
    if bucket is not None:
        query = query.where(_ACCOUNT.c.bucket == bucket)
    if but:
        query = query.where(_ACCOUNT.c.id != all_(literal(list(but), ARRAY(Uuid))))
    rows = await tx.execute(query.order_by(_ACCOUNT.c.id).limit(limit))
    return tuple(stored_account(row) for row in rows)


def _empty(nothing: State) -> dict[str, object]:
    """The cached columns of an account nothing has happened to."""
    return {
        "status": "paid",
        "principal_minor": 0,
        "interest_minor": 0,
        "fees_minor": 0,
        "penalties_minor": 0,
        "costs_minor": 0,
        "unapplied_minor": 0,
        "bucket": nothing.bucket,
        "state": {},
        "fact_sequence": 0,
        "posting_sequence": 0,
        "event_sequence": 0,
        "latest_on": date.min,
        "latest_business_date": date.min,
        "replays": 0,
        "version": 1,
    }


def stored_account(row: Any) -> StoredAccount:  # noqa: ANN401 - a row of ACCOUNT_COLUMNS
    *rest, state = row
    fields = dict(zip(_BESIDE_STATE, rest, strict=True))
    return StoredAccount(**fields, state=state_from_json(state))
