"""Since when persons cannot be reached, and what of it their rows say by themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, select, update

from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant
from app.storage.tables import ContactPoint, Person, table

_PERSON, _POINT = table(Person), table(ContactPoint)
_READ = of_tenant("""
    WITH named AS (SELECT coalesce(p.merged_into, p.id) AS id FROM person AS p
        WHERE p.tenant_id = :the_tenant AND p.id = ANY(:ids))
    SELECT p.id, coalesce(p.merged_into, p.id) AS stands_for, p.unreachable_on,
        p.fact_sequence = 0 AND p.merged_into IS NULL
            AND NOT EXISTS (SELECT FROM person AS m WHERE m.tenant_id = :the_tenant
                AND m.merged_into = p.id)
            AND NOT EXISTS (SELECT FROM suppression AS s WHERE s.tenant_id = :the_tenant
                AND s.ended_at IS NULL)
            AS plain,
        EXISTS (SELECT FROM contact_point AS c WHERE c.tenant_id = :the_tenant
            AND c.person_id = p.id AND c.normalized IS NOT NULL) AS has_point
    FROM person AS p
    WHERE p.tenant_id = :the_tenant
        AND (p.id IN (SELECT id FROM named) OR p.merged_into IN (SELECT id FROM named))
    ORDER BY p.id
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A person. `plain`: that they have a point is all there is to it.

    Nothing was said of such a one, they stand for nobody else, and no value is suppressed.
    """

    id: UUID
    stands_for: UUID
    unreachable_on: date | None
    plain: bool
    has_point: bool


async def read(tx: Transaction, person_ids: Iterable[UUID]) -> list[Reach]:
    """These persons, and all who were merged with one of them."""
    return [Reach(**row) for row in (await tx.execute(_READ, {"ids": list(person_ids)})).mappings()]


async def put(tx: Transaction, person_ids: Sequence[UUID], on: date | None) -> None:
    """Say since when persons cannot be reached; None: they can."""
    if person_ids:
        mine = _PERSON.c.id.in_(sorted(person_ids))
        await tx.execute(update(_PERSON).where(mine).values(unreachable_on=on))


async def holders(tx: Transaction, kind: str, normalized: str) -> list[UUID]:
    """Everybody with a value."""
    mine = (_POINT.c.kind == kind, _POINT.c.normalized == normalized)
    return list((await tx.execute(select(_POINT.c.person_id).where(*mine).distinct())).scalars())


async def lost_with_points(tx: Transaction, kind: str, after: UUID, limit: int) -> list[UUID]:
    """A page of those who cannot be reached though they have a point of this kind, by id."""
    query = (
        select(_PERSON.c.id)
        .distinct()
        .select_from(_PERSON.join(_POINT, (_POINT.c.tenant_id == _PERSON.c.tenant_id)
                                  & (_POINT.c.person_id == _PERSON.c.id)))
        .where(_PERSON.c.unreachable_on.is_not(None), _PERSON.c.id > after)
        .where(_POINT.c.kind == kind, _POINT.c.normalized.is_not(None))
        .order_by(_PERSON.c.id)
        .limit(limit)
    )  # fmt: skip
    return list((await tx.execute(query)).scalars())
