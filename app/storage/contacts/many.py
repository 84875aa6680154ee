"""Contacts stored and read by the page: one statement each, however many they are.

Rows travel as one JSON document: a statement with a thousand parameters costs more than a row.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, DateTime, Integer, Text, Uuid, any_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from app.domain.contact.known import Contact as Known
from app.domain.contact.words import Channel, Direction, Label, Outcome, Purpose
from app.storage.contacts.contacts import MOST_AT_ONCE, StoredContact, record
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.database.tenanted import counted, of_tenant
from app.storage.tables import Contact, ContactAccount, ContactFact, table

_CONTACT, _ACCOUNT, _FACT = table(Contact), table(ContactAccount), table(ContactFact)
_NAMES: Final = tuple(StoredContact.__dataclass_fields__)
_IDS: Final = bindparam("ids", type_=ARRAY(Uuid))
_ADD = Prepared(
    text("""
    INSERT INTO contact SELECT * FROM jsonb_populate_recordset(NULL::contact, CAST(:rows AS jsonb))
    ON CONFLICT (tenant_id, reference) DO NOTHING RETURNING id
    """)
)
_ADD_ABOUT = Prepared(
    text(
        counted("""
    INSERT INTO contact_account
    SELECT * FROM jsonb_populate_recordset(NULL::contact_account, CAST(:rows AS jsonb))
    """)
    )
)
_APPEND_FIRST = Prepared(
    text(
        counted("""
    INSERT INTO contact_fact
    SELECT * FROM jsonb_populate_recordset(NULL::contact_fact, CAST(:rows AS jsonb))
    """)
    )
)
_APPEND = Prepared(
    of_tenant(
        counted("""
    INSERT INTO contact_fact (tenant_id, contact_id, sequence, kind, body, recorded_at,
        business_date, actor, role, key_id, origin)
    SELECT :the_tenant, r.contact_id, (SELECT coalesce(max(f.sequence), 0) + 1
            FROM contact_fact AS f WHERE f.tenant_id = :the_tenant AND f.contact_id = r.contact_id),
        r.kind, r.body, r.recorded_at, r.business_date, r.actor, r.role, r.key_id, r.origin
    FROM jsonb_populate_recordset(NULL::contact_fact, CAST(:rows AS jsonb)) AS r
    """)
    )
)
_TELL_OUTSIDE = Prepared(
    of_tenant("""
    UPDATE contact AS c SET outside = r.outside, judged_by = r.judged_by
    FROM jsonb_populate_recordset(NULL::contact, CAST(:rows AS jsonb)) AS r
    WHERE c.tenant_id = :the_tenant AND c.id = r.id
    """)
)
_KNOWN: Final = tuple(
    _CONTACT.c[name]
    for name in (
        "id", "person_id", "account_ids", "channel", "direction", "purpose", "started_at",
        "outcome", "label", "with_consent_id", "in_reply_to", "limited_content", "needs_reading",
        "read_at", "outside", "judged_by", "entered_at",
    )
)  # fmt: skip
_OF_PERSONS = Prepared(
    select(*_KNOWN)
    .where(
        _CONTACT.c.person_id == any_(_IDS),
        _CONTACT.c.started_at >= bindparam("since", type_=DateTime(timezone=True)),
        _CONTACT.c.voided_on.is_(None),
    )
    .order_by(_CONTACT.c.started_at.desc())
    .limit(bindparam("most"))
)
_BY_REFERENCES = Prepared(
    select(*(_CONTACT.c[name] for name in _NAMES)).where(
        _CONTACT.c.reference == any_(bindparam("references", type_=ARRAY(Text)))
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeContact:
    """A contact as the rules read it, and what was last told of it."""

    known: Known
    outside: tuple[Mapping[str, Any], ...]
    judged_by: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What a contact says in writing of the accounts it is about, and whose it is."""

    id: UUID
    person_id: UUID | None
    at: datetime
    says: tuple[str, ...]


async def add(
    tx: Transaction, tenant_id: UUID, made: Sequence[StoredContact], **by: object
) -> set[UUID]:
    """Store several, which accounts they are about, and that each was recorded.

    Those whose reference was free, by id. `by`: who recorded them, as `append` takes it.
    """
    if not made:
        return set()
    rows = [{"tenant_id": tenant_id, **{n: getattr(one, n) for n in _NAMES}} for one in made]
    added = {row["id"] for row in await _ADD.rows(tx, rows=_written(rows))}
    new = [one for one in made if one.id in added]
    about = [
        {"tenant_id": tenant_id, "account_id": account_id, "contact_id": one.id}
        for one in new
        for account_id in one.account_ids
    ]
    if about:
        await _ADD_ABOUT.rows(tx, rows=_written(about))
    first = [
        {"tenant_id": tenant_id, "contact_id": one.id, "sequence": 1, "kind": "recorded",
         "body": _first(one), **by}
        for one in new
    ]  # fmt: skip
    if first:
        await _APPEND_FIRST.rows(tx, rows=_written(first))
    return added


def _first(one: StoredContact) -> dict[str, object]:
    said: dict[str, object] = {"says": one.says} if one.says else {}
    linked = {} if one.links is None else {"links": one.links}
    return {"outcome": one.outcome, **said, **linked}


async def append(
    tx: Transaction, said: Iterable[tuple[UUID, str, Mapping[str, Any]]], **by: object
) -> None:
    """Enter a fact of each of several contacts, each named once, after its last.

    `by`: recorded_at, business_date, actor, role, key_id, origin.
    """
    rows = [
        {"contact_id": contact_id, "kind": kind, "body": body, **by}
        for contact_id, kind, body in said
    ]
    if rows:
        await _APPEND.rows(tx, rows=_written(rows))


async def tell_outside(
    tx: Transaction,
    verdicts: Iterable[tuple[UUID, Sequence[Mapping[str, Any]], Mapping[str, Any] | None]],
) -> None:
    """Set what these contacts are outside of, and by what that was judged."""
    rows = [
        {"id": contact_id, "outside": list(outside), "judged_by": by}
        for contact_id, outside, by in verdicts
    ]
    if rows:
        await _TELL_OUTSIDE.rows(tx, rows=_written(rows))


_CORRECTORS = Prepared(
    select(_FACT.c.contact_id, _FACT.c.actor)
    .where(_FACT.c.contact_id == any_(_IDS), _FACT.c.kind == "corrected")
    .ext(distinct_on(_FACT.c.contact_id))
    .order_by(_FACT.c.contact_id, _FACT.c.sequence.desc())
)


async def correctors(tx: Transaction, contact_ids: Collection[UUID]) -> dict[UUID, str | None]:
    """Who said last of each of these how it was in truth; of those that were corrected."""
    rows = await _CORRECTORS.rows(tx, ids=list(contact_ids))
    return {row["contact_id"]: row["actor"] for row in rows}


def _written(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows, default=_plain).decode()


def _plain(value: object) -> object:
    """Bytes as PostgreSQL reads them; the driver's own kind of id."""
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


async def by_references(tx: Transaction, references: Collection[str]) -> dict[str, StoredContact]:
    """Those the client calls so, by what it calls them."""
    if not references:
        return {}
    rows = await _BY_REFERENCES.rows(tx, references=list(references))
    return {row["reference"]: record(row) for row in rows}


async def of_persons(
    tx: Transaction, person_ids: Collection[UUID], *, since: datetime
) -> dict[UUID, list[MadeContact]]:
    """Those of several persons, by person, in the order they were entered; none that was voided.

    Bounded by `MOST_AT_ONCE` a person on the average.
    """
    most = MOST_AT_ONCE * max(1, len(person_ids))
    rows = await _OF_PERSONS.rows(tx, ids=list(person_ids), since=since, most=most)
    found: dict[UUID, list[MadeContact]] = {}
    for row in sorted(rows, key=lambda row: (row["entered_at"], row["id"])):
        made = MadeContact(
            known=_known(row), outside=tuple(row["outside"]), judged_by=row["judged_by"]
        )
        found.setdefault(row["person_id"], []).append(made)
    return found


def _known(row: Any) -> Known:  # noqa: ANN401 - a row of `_KNOWN`
    outcome, label = row["outcome"], row["label"]
    return Known(
        id=row["id"],
        at=row["started_at"],
        channel=Channel(row["channel"]),
        direction=Direction(row["direction"]),
        person_id=row["person_id"],
        outcome=None if outcome is None else Outcome(outcome),
        account_ids=frozenset(row["account_ids"]),
        label=None if label is None else Label(label),
        purpose=Purpose(row["purpose"]),
        with_consent=row["with_consent_id"] is not None,
        in_reply_to=row["in_reply_to"],
        limited_content=row["limited_content"],
        needs_reading=row["needs_reading"],
        read_at=row["read_at"],
    )


# Of accounts ------------------------------------------------------------------------------


def _ranked(
    *order: Any,  # noqa: ANN401 - of columns
    narrowed: Sequence[Any] = (),
    more: Sequence[Any] = (),
) -> Prepared:
    """The first of each of several accounts in an order; none that was voided."""
    rank = func.row_number().over(partition_by=_ACCOUNT.c.account_id, order_by=order)
    ranked = (
        select(_ACCOUNT.c.account_id.label("about"), rank.label("rank"), *_KNOWN, *more)
        .join(_CONTACT, _CONTACT.c.id == _ACCOUNT.c.contact_id)
        .where(
            _ACCOUNT.c.account_id == any_(_IDS),
            _ACCOUNT.c.account_id == any_(_CONTACT.c.account_ids),
            _CONTACT.c.voided_on.is_(None),
            *narrowed,
        )
        .subquery()
    )
    most = bindparam("most", type_=Integer)
    return Prepared(
        select(ranked).where(ranked.c.rank <= most).order_by(ranked.c.about, ranked.c.rank)
    )


_LATEST = _ranked(_CONTACT.c.started_at.desc(), _CONTACT.c.id.desc())
_EARLIEST = _ranked(_CONTACT.c.started_at, _CONTACT.c.id)
_NOTICES = _ranked(
    _CONTACT.c.started_at.desc(), _CONTACT.c.id.desc(),
    narrowed=[_CONTACT.c.purpose == str(Purpose.VALIDATION_NOTICE)],
)  # fmt: skip
_WRITINGS = _ranked(
    _CONTACT.c.started_at, _CONTACT.c.id,
    narrowed=[func.cardinality(_CONTACT.c.says) > 0], more=[_CONTACT.c.says],
)  # fmt: skip


async def latest_of(
    tx: Transaction, account_ids: Collection[UUID], *, most: int
) -> dict[UUID, list[Known]]:
    """Of each of several accounts its latest contacts, the latest first; none that was voided."""
    return await _of_accounts(tx, _LATEST, account_ids, most)


async def earliest_of(
    tx: Transaction, account_ids: Collection[UUID], *, most: int
) -> dict[UUID, list[Known]]:
    """The same from the other end: the earliest, the earliest first."""
    return await _of_accounts(tx, _EARLIEST, account_ids, most)


async def notices_of(
    tx: Transaction, account_ids: Collection[UUID], *, most: int
) -> dict[UUID, list[Known]]:
    """Of each of several accounts its latest validation notices, the latest first."""
    return await _of_accounts(tx, _NOTICES, account_ids, most)


async def writings_of(
    tx: Transaction, account_ids: Collection[UUID], *, most: int
) -> dict[UUID, list[Writing]]:
    """Of each of several accounts what says something in writing of it, the earliest first."""
    found: dict[UUID, list[Writing]] = {one: [] for one in account_ids}
    if found:
        for row in await _WRITINGS.rows(tx, ids=list(found), most=most):
            writing = Writing(
                id=row["id"],
                person_id=row["person_id"],
                at=row["started_at"],
                says=tuple(row["says"]),
            )
            found[row["about"]].append(writing)
    return found


async def _of_accounts(
    tx: Transaction, asked: Prepared, account_ids: Collection[UUID], most: int
) -> dict[UUID, list[Known]]:
    found: dict[UUID, list[Known]] = {one: [] for one in account_ids}
    if found:
        for row in await asked.rows(tx, ids=list(found), most=most):
            found[row["about"]].append(_known(row))
    return found
