"""Parties as stored: who has to do with an account, since when, and until when."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update

from app.domain.contact.words import PartyRole
from app.domain.persons.parties import Party
from app.storage.database.engine import Transaction
from app.storage.tables import Party as Row
from app.storage.tables import Person, table
from app.storage.tables.people.persons import is_one_of

_PARTY, _PERSON = table(Row), table(Person)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredParty:
    """Somebody's part in an account, and who took it down."""

    id: UUID
    account_id: UUID
    person_id: UUID
    party_role: str
    from_on: date
    note: str | None
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None
    ended_on: date | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    end_actor: str | None = None

    def ruled(self) -> Party:
        """As the rules see it."""
        return Party(
            person_id=self.person_id, role=PartyRole(self.party_role), from_on=self.from_on,
            ended_on=self.ended_on,
        )  # fmt: skip


_COLUMNS = tuple(_PARTY.c[one.name] for one in fields(StoredParty))


async def add(tx: Transaction, tenant_id: UUID, party: StoredParty) -> None:
    """Add somebody to a locked account."""
    await tx.execute(insert(_PARTY).values(tenant_id=tenant_id, **asdict(party)))


async def of_account(tx: Transaction, account_id: UUID) -> list[StoredParty]:
    """An account's, in the order they were added, those that ended too."""
    query = select(*_COLUMNS).where(_PARTY.c.account_id == account_id).order_by(_PARTY.c.id)
    return [StoredParty(**row) for row in (await tx.execute(query)).mappings()]


async def ruled(tx: Transaction, account_id: UUID) -> list[tuple[UUID, Party]]:
    """An account's as the rules see them: under which id, and by whom that is today."""
    today = func.coalesce(_PERSON.c.merged_into, _PARTY.c.person_id)
    query = (
        select(_PARTY.c.person_id, today, _PARTY.c.party_role, _PARTY.c.from_on, _PARTY.c.ended_on)
        .join(_PERSON, _PERSON.c.id == _PARTY.c.person_id)
        .where(_PARTY.c.account_id == account_id)
    )
    return [
        (named, Party(person_id=who, role=PartyRole(role), from_on=from_on, ended_on=ended_on))
        for named, who, role, from_on, ended_on in await tx.execute(query)
    ]


async def accounts_of(tx: Transaction, person_id: UUID) -> list[UUID]:
    """The accounts somebody has or had a part in, in the order of their ids."""
    query = select(_PARTY.c.account_id).where(is_one_of(_PARTY.c.person_id, person_id))
    return list((await tx.execute(query.distinct().order_by(_PARTY.c.account_id))).scalars())


async def end(
    tx: Transaction, account_id: UUID, party_id: UUID, *, on: date, at: datetime, reason: str,
    actor: str | None,
) -> StoredParty | None:  # fmt: skip
    """End one that stands on a locked account; None where none of that id does."""
    change = update(_PARTY).where(
        _PARTY.c.account_id == account_id, _PARTY.c.id == party_id, _PARTY.c.ended_on.is_(None)
    )
    said = {"ended_on": on, "ended_at": at, "end_reason": reason, "end_actor": actor}
    row = (await tx.execute(change.values(said).returning(*_COLUMNS))).mappings().one_or_none()
    return StoredParty(**row) if row else None
