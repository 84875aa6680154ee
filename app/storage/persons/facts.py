"""Facts of persons: appended under the person's lock, read in the order they were entered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Uuid, any_, bindparam, insert, select, update

from app.domain.persons.facts import BODIES, Body, Kind, PersonFact
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.ids import new_id
from app.storage.tables import Person, table
from app.storage.tables import PersonFact as Row
from app.storage.tables.people.persons import is_one_of

_FACT, _PERSON = table(Row), table(Person)
_COLUMNS = (
    _FACT.c.person_id, _FACT.c.id, _FACT.c.sequence, _FACT.c.kind, _FACT.c.body,
    _FACT.c.recorded_at, _FACT.c.business_date, _FACT.c.actor, _FACT.c.role, _FACT.c.origin,
)  # fmt: skip
_SAID = (
    "person_id", "sequence", "id", "business_date", "recorded_at", "actor", "role", "origin",
)  # fmt: skip

_OF_PERSONS = Prepared(
    select(*_COLUMNS)
    .where(_FACT.c.person_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(_FACT.c.person_id, _FACT.c.sequence)
)
_OF_PERSON = Prepared(
    select(*_COLUMNS)
    .where(is_one_of(_FACT.c.person_id, bindparam("person_id", type_=Uuid())))
    .order_by(_FACT.c.sequence)
)


async def append(
    tx: Transaction,
    tenant_id: UUID,
    person_id: UUID,
    body: Body,
    *,
    sequence: int,
    recorded_at: datetime,
    business_date: date,
    actor: str | None,
    role: str,
    key_id: UUID | None,
    origin: str | None = None,
) -> PersonFact:
    """Enter one fact of a locked person. `sequence`: the one after their last."""
    fact = PersonFact(
        id=new_id(), sequence=sequence, recorded_at=recorded_at, business_date=business_date,
        actor=actor, role=role, origin=origin, body=body, person_id=person_id,
    )  # fmt: skip
    await append_many(tx, tenant_id, [fact], key_id=key_id)
    return fact


async def append_many(
    tx: Transaction, tenant_id: UUID, facts: Sequence[PersonFact], *, key_id: UUID | None
) -> None:
    """Enter facts of locked persons, each person's in the order of their numbers."""
    rows = [
        {
            "tenant_id": tenant_id, "key_id": key_id, "kind": str(one.kind),
            "body": msgspec.to_builtins(one.body), **{name: getattr(one, name) for name in _SAID},
        }
        for one in facts
    ]  # fmt: skip
    if not rows:
        return
    await tx.execute(insert(_FACT), rows)
    last = {one.person_id: one.sequence for one in facts}
    counted = update(_PERSON).where(_PERSON.c.id == bindparam("of"))
    await tx.execute(
        counted.values(fact_sequence=bindparam("last")),
        [{"of": person_id, "last": sequence} for person_id, sequence in last.items()],
    )


async def of_person(tx: Transaction, person_id: UUID) -> list[PersonFact]:
    """All of them and of whoever was merged into them, oldest first."""
    rows = await _OF_PERSON.rows(tx, person_id=person_id)
    found = [_fact(row) for row in rows]
    if len({one.person_id for one in found}) > 1:
        found.sort(key=lambda one: (one.recorded_at, one.sequence))
    return found


async def of_persons(tx: Transaction, person_ids: Sequence[UUID]) -> dict[UUID, list[PersonFact]]:
    """Those of several persons, by person, oldest first."""
    found: dict[UUID, list[PersonFact]] = {}
    for row in await _OF_PERSONS.rows(tx, ids=list(person_ids)):
        found.setdefault(row["person_id"], []).append(_fact(row))
    return found


async def read(tx: Transaction, fact_id: UUID) -> PersonFact | None:
    """One fact."""
    query = select(*_COLUMNS).where(_FACT.c.id == fact_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _fact(row) if row else None


def _fact(row: Any) -> PersonFact:  # noqa: ANN401 - a row's mapping
    body = msgspec.convert(row["body"], BODIES[Kind(row["kind"])])
    return PersonFact(
        id=row["id"], sequence=row["sequence"], recorded_at=row["recorded_at"],
        business_date=row["business_date"], actor=row["actor"], role=row["role"],
        origin=row["origin"], body=body, person_id=row["person_id"],
    )  # fmt: skip


def last(facts: Sequence[PersonFact]) -> int:
    """The sequence of the newest; 0 of none."""
    return facts[-1].sequence if facts else 0
