"""Links as stored: found by the hash of a token, marked by what was done with them."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update

from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared, driver
from app.storage.ids import new_id
from app.storage.tables import DebtorLink, LinkAttempt, LinkSession, table
from app.storage.tables.people.persons import is_one_of
from app.storage.tenancy import hash_of

_LINK, _SESSION, _ATTEMPT = table(DebtorLink), table(LinkSession), table(LinkAttempt)
_TOKEN_BYTES = 32
_OPEN = Prepared(text("SELECT * FROM accord_open_link(:given)"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLink:
    """A link as it was made, and what was done with it. `expires_at` is exclusive."""

    id: UUID
    account_id: UUID
    person_id: UUID
    purposes: tuple[str, ...]
    quote_ids: tuple[UUID, ...]
    settlement_id: UUID | None
    least_minor: int | None
    most_minor: int | None
    verify: str
    code_hash: bytes | None
    locale: str
    expires_at: datetime
    return_url: str | None
    frame_ancestors: tuple[str, ...]
    wrong_answers: int
    opened_at: datetime | None
    verified_at: datetime | None
    used_at: datetime | None
    locked_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Whose link a token opens. `frame_origin`, `session_ends_at`: of a session in a portal."""

    tenant_id: UUID
    account_id: UUID
    link_id: UUID
    frame_origin: str | None
    session_ends_at: datetime | None
    name: str
    time_zone: str
    sandbox: bool
    business_date: date | None
    policy_epoch: int


_COLUMNS = tuple(_LINK.c[name] for name in StoredLink.__dataclass_fields__)


def new_token() -> str:
    """32 random bytes, as an address can hold them."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def new_code() -> str:
    """Six digits, for a link that asks for them."""
    return f"{secrets.randbelow(10**6):06}"


async def open_by(tx: Transaction, token: str) -> Opened | None:
    """Whose token this is; from here on the transaction sees that tenant's rows and no others."""
    row = await _OPEN.row(tx, given=hash_of(token))
    if row is None:
        return None
    driver(tx).tenant_id = row["tenant_id"]
    return Opened(**row)


async def add(tx: Transaction, tenant_id: UUID, link: StoredLink, token: str) -> None:
    """Append a link; of its token only the hash."""
    row = {**asdict(link), "tenant_id": tenant_id, "token_hash": hash_of(token)}
    lists = {name: list(row[name]) for name in ("purposes", "quote_ids", "frame_ancestors")}
    await tx.execute(insert(_LINK).values(**{**row, **lists}))


async def read(tx: Transaction, link_id: UUID, *, lock: bool = False) -> StoredLink | None:
    """One link. `lock`: nobody else acts on it until the transaction ends."""
    query = select(*_COLUMNS).where(_LINK.c.id == link_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return _link(row) if row else None


async def of_account(
    tx: Transaction, account_id: UUID, *, after: UUID | None, limit: int
) -> list[StoredLink]:
    """An account's, the first first."""
    query = select(*_COLUMNS).where(_LINK.c.account_id == account_id)
    if after is not None:
        query = query.where(_LINK.c.id > after)
    found = await tx.execute(query.order_by(_LINK.c.id).limit(limit))
    return [_link(row) for row in found.mappings()]


async def mark(tx: Transaction, link: StoredLink, **values: object) -> StoredLink:
    """Set what was done with a locked link."""
    mine = (_LINK.c.account_id == link.account_id, _LINK.c.id == link.id)
    changed = update(_LINK).where(*mine).values(**values).returning(*_COLUMNS)
    return _link((await tx.execute(changed)).mappings().one())


async def revoke_of(
    tx: Transaction, person_ids: Collection[UUID], at: datetime
) -> list[tuple[UUID, UUID]]:
    """Close every link of a person that could still be opened: (account, link) of each."""
    open_yet = (
        _LINK.c.person_id.in_(list(person_ids)),
        _LINK.c.revoked_at.is_(None),
        _LINK.c.locked_at.is_(None),
        _LINK.c.expires_at > at,
    )
    gone = update(_LINK).where(*open_yet).values(revoked_at=at)
    rows = await tx.execute(gone.returning(_LINK.c.account_id, _LINK.c.id))
    return sorted((row[0], row[1]) for row in rows)


async def add_attempt(tx: Transaction, tenant_id: UUID, link: StoredLink, at: datetime) -> None:
    """Count a wrong answer to a locked link, beyond those it has."""
    await tx.execute(
        insert(_ATTEMPT).values(
            tenant_id=tenant_id,
            account_id=link.account_id,
            link_id=link.id,
            number=link.wrong_answers + 1,
            person_id=link.person_id,
            at=at,
        )
    )


async def attempts_since(tx: Transaction, person_id: UUID, since: datetime) -> int:
    """Wrong answers over all links of a person, by any id of theirs, after an instant."""
    mine = (is_one_of(_ATTEMPT.c.person_id, person_id), _ATTEMPT.c.at > since)
    query = select(func.count()).select_from(_ATTEMPT).where(*mine)
    return int((await tx.execute(query)).scalar_one())


async def add_session(
    tx: Transaction,
    tenant_id: UUID,
    link: StoredLink,
    token: str,
    *,
    frame_origin: str | None,
    created_at: datetime,
    expires_at: datetime,
) -> None:
    """Let a browser in, or a frame."""
    await tx.execute(
        insert(_SESSION).values(
            tenant_id=tenant_id,
            account_id=link.account_id,
            id=new_id(),
            link_id=link.id,
            token_hash=hash_of(token),
            frame_origin=frame_origin,
            created_at=created_at,
            expires_at=expires_at,
        )
    )


async def has_session(tx: Transaction, link: StoredLink, token: str, at: datetime) -> bool:
    """Whether a browser that shows this token was let in by this link, and still is."""
    query = select(_SESSION.c.id).where(
        _SESSION.c.token_hash == hash_of(token),
        _SESSION.c.link_id == link.id,
        _SESSION.c.expires_at > at,
    )
    return (await tx.execute(query)).first() is not None


def _link(row: Mapping[Any, Any]) -> StoredLink:
    lists = ("purposes", "quote_ids", "frame_ancestors")
    return StoredLink(**{**row, **{name: tuple(row[name]) for name in lists}})
