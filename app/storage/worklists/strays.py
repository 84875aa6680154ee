"""Messages about no account, of whoever wrote them: items without one, and who has each.

How such an item stands is kept with the message, by list; what was done about it, beside, as it
was done. Once it was worked, somebody read it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, insert, select, update

from app.domain.worklists.score import WorkReason
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant
from app.storage.tables import Contact, StrayFact, table
from app.storage.worklists.elsewhere import ZONE
from app.storage.worklists.items import StoredItem, WorkDone

_CONTACT, _FACT = table(Contact), table(StrayFact)
_STRAYS: Final = """
    c.tenant_id = :the_tenant AND c.needs_reading AND c.account_ids = '{}'
"""
_KNOWN: Final = of_tenant(
    f"SELECT c.id FROM contact AS c WHERE {_STRAYS} AND c.id = ANY(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_TAKE: Final = of_tenant(
    f"SELECT c.id FROM contact AS c WHERE {_STRAYS} AND c.id = :id"
    " AND c.read_at IS NULL FOR NO KEY UPDATE SKIP LOCKED"
).bindparams(bindparam("id", type_=Uuid))
_INSTANTS: Final = ("claimed_until_at", "skipped_until_at")
_WORDS: Final = ("claimed_by", "assigned_to")


#: What makes it an item: of somebody we know a reply to read, else a sender to find out.
REASONS: Final[Mapping[WorkReason, str]] = {
    WorkReason.UNKNOWN_SENDER: "c.person_id IS NULL",
    WorkReason.REPLY_TO_READ: "c.person_id IS NOT NULL",
}
_DAY: Final = f"(c.started_at AT TIME ZONE {ZONE})::date"
#: Of a reason that does not stand.
NOTHING: Final = "NULL::date AS {0}_on, NULL::uuid AS {0}_of"


def standing_strays(
    work: Iterable[str], in_books: Iterable[WorkReason], elsewhere: Iterable[WorkReason]
) -> str:
    """In SQL, those that nobody read, with the columns that accounts have on a list.

    The message is the one reason; by the name of a column of `work_item`, who has it.
    """
    columns = [f"{_said(name)} AS {name}" for name in (*work, "attempts")]
    columns += [f"{_on(code)} AS {code}_on" for code in in_books]
    columns += [
        f"{_on(code)} AS {code}_on, c.id AS {code}_of" if code in REASONS else NOTHING.format(code)
        for code in elsewhere
    ]
    return f"""
        SELECT c.id AS account_id, '' AS reference, 0::bigint AS overdue_minor,
            {", ".join(columns)}, true AS stray, c.person_id AS sender_id
        FROM contact AS c
        CROSS JOIN LATERAL (SELECT c.more #> ARRAY['work', CAST(:worklist AS text)] AS said) AS w
        WHERE {_STRAYS} AND c.read_at IS NULL AND c.voided_on IS NULL
    """


def _on(code: WorkReason) -> str:
    return f"CASE WHEN {REASONS[code]} THEN {_DAY} END" if code in REASONS else "NULL::date"


def _said(name: str) -> str:
    if name in _WORDS:
        return f"w.said ->> '{name}'"
    if name in _INSTANTS:
        return f"CAST(w.said ->> '{name}' AS timestamptz)"
    if name == "attempts":
        return "coalesce(CAST(w.said ->> 'attempts' AS integer), 0)"
    return "NULL::timestamptz" if name.endswith("_at") else "NULL::text"


async def known(tx: Transaction, ids: Collection[UUID]) -> list[UUID]:
    """Those of the ids that are such messages, read or not."""
    return list((await tx.execute(_KNOWN, {"ids": list(ids)})).scalars())


async def take(tx: Transaction, contact_id: UUID) -> bool:
    """Hold one until the transaction ends; False: it was read, or somebody else holds it."""
    return (await tx.execute(_TAKE, {"id": contact_id})).scalar_one_or_none() is not None


async def read(tx: Transaction, contact_id: UUID, worklist: str) -> StoredItem:
    """How one stands on a list; held until the transaction ends."""
    said = ((await _more(tx, contact_id)).get("work") or {}).get(worklist, {})
    claimed_until, skipped_until = (
        datetime.fromisoformat(said[name]) if said.get(name) else None for name in _INSTANTS
    )
    return StoredItem(
        claimed_by=said.get("claimed_by"),
        claimed_until_at=claimed_until,
        skipped_until_at=skipped_until,
        assigned_to=said.get("assigned_to"),
        attempts=said.get("attempts", 0),
    )


async def put(tx: Transaction, contact_id: UUID, worklist: str, **values: object) -> None:
    """Say of one that is held how it stands now."""
    more = await _more(tx, contact_id)
    work: Mapping[str, Any] = more.get("work") or {}
    now = {**work.get(worklist, {}), **dict(_told(values.items()))}
    change = update(_CONTACT).where(_CONTACT.c.id == contact_id)
    await tx.execute(change.values(more={**more, "work": {**work, worklist: now}}))


async def add_fact(tx: Transaction, tenant_id: UUID, done: WorkDone) -> None:
    """Append what was done about a message; `about_id` is its own."""
    said = asdict(done)
    await tx.execute(
        insert(_FACT).values(tenant_id=tenant_id, contact_id=said.pop("about_id"), **said)
    )


async def _more(tx: Transaction, contact_id: UUID) -> Mapping[str, Any]:
    query = select(_CONTACT.c.more).where(_CONTACT.c.id == contact_id).with_for_update()
    found: Mapping[str, Any] = (await tx.execute(query)).scalar_one()
    return found


def _told(values: Iterable[tuple[str, object]]) -> Iterable[tuple[str, object]]:
    for name, value in values:
        if name in (*_WORDS, *_INSTANTS, "attempts"):
            yield name, value.isoformat() if isinstance(value, datetime) else value
