"""What shows that a consent was given, and the words of a revocation: apart, to be forgotten."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select

from app.storage.database.engine import Transaction
from app.storage.tables import PersonWords, table

_ROW = table(PersonWords)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Of one fact of a person, what may tell who they are."""

    ip: str | None = None
    user_agent: str | None = None
    words: str | None = None

    @property
    def said(self) -> dict[str, str]:
        """What there is of them, by its name."""
        own = {"ip": self.ip, "user_agent": self.user_agent, "text": self.words}
        return {name: value for name, value in own.items() if value is not None}


async def keep(
    tx: Transaction, tenant_id: UUID, fact_id: UUID, person_id: UUID, words: Words
) -> None:
    """Keep the words of a fact of a locked person, where there are any."""
    if words.said:
        own = {"ip": words.ip, "user_agent": words.user_agent, "words": words.words}
        of = {"tenant_id": tenant_id, "id": fact_id, "person_id": person_id}
        await tx.execute(insert(_ROW).values(**of, **own))


async def of_facts(tx: Transaction, fact_ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """What is kept beside each of these facts, by its name; of most there is nothing."""
    if not fact_ids:
        return {}
    query = select(_ROW.c.id, _ROW.c.ip, _ROW.c.user_agent, _ROW.c.words)
    rows = await tx.execute(query.where(_ROW.c.id.in_(fact_ids)))
    return {
        row.id: Words(ip=row.ip, user_agent=row.user_agent, words=row.words).said for row in rows
    }
