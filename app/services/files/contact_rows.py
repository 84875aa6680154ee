"""A page of a contacts file: whom each line means, and what became of it.

A line names the account by its reference, and its person by theirs or not at all: then it is the
debtor. A number or an address is looked for among that person's points; one they do not have is
refused, since a contact by it would be somebody else's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain.contact.words import PointKind
from app.domain.errors import DomainError, InvalidInput, NotFound
from app.services.contacts.gate import KINDS
from app.services.contacts.record import RecordContact
from app.services.contacts.record_many import keep_contacts
from app.services.context import Context
from app.services.files.rows import Row, Values
from app.services.persons.values import normalized
from app.storage.accounts import accounts
from app.storage.persons import persons, points
from app.storage.persons.persons import StoredPerson
from app.storage.persons.points import StoredPoint

_AS_THEY_ARE = (
    "reference", "channel", "direction", "purpose", "started_at", "outcome", "disposition",
    "duration_seconds", "right_party", "language", "summary", "actor",
)  # fmt: skip


async def import_contacts(ctx: Context, rows: Sequence[Row]) -> list[bool | DomainError]:
    """Whether each line's contact is new, or why there is none."""
    if ctx.actor is None:
        unsaid = InvalidInput.at("/actor", "somebody must say who takes these down")
        return [unsaid for _ in rows]
    known = await _Known.of(ctx, rows)
    asked = [known.command(row.values) for row in rows]
    commands = [one for one in asked if isinstance(one, RecordContact)]
    made = iter((await keep_contacts(ctx, commands)).made)
    said = [next(made) if isinstance(one, RecordContact) else one for one in asked]
    return [one if isinstance(one, DomainError) else one[1] for one in said]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the lines of a page name, read at once."""

    accounts: Mapping[str, UUID]
    owing: Mapping[UUID, UUID | None]
    persons: Mapping[str, StoredPerson]
    by_id: Mapping[UUID, StoredPerson]
    points: Mapping[UUID, Sequence[StoredPoint]]

    @classmethod
    async def of(cls, ctx: Context, rows: Sequence[Row]) -> "_Known":
        owners = await accounts.resolve(
            ctx.tx, "account", (row.values["account_reference"] for row in rows)
        )
        owing = await accounts.debtors_of(ctx.tx, (one for one, _ in owners.values()))
        named = await persons.by_references(
            ctx.tx, {said for row in rows if (said := row.values.get("person_reference"))}
        )
        by_id = await persons.read_many(ctx.tx, {one for one in owing.values() if one is not None})
        by_id |= {one.id: one for one in named.values()}
        wanted = by_id if any("point" in row.values for row in rows) else {}
        return cls(
            accounts={key: one for key, (one, _) in owners.items()},
            owing=owing,
            persons=named,
            by_id=by_id,
            points=await points.of_persons(ctx.tx, sorted(wanted)),
        )

    def command(self, said: Values) -> RecordContact | DomainError:
        """What a line records, or what it names that is not there."""
        account_id = self.accounts.get(said["account_reference"])
        if account_id is None:
            return NotFound(resource="account", key=said["account_reference"])
        person_id = self.owing[account_id]
        if "person_reference" in said:
            person = self.persons.get(said["person_reference"])
            if person is None:
                return NotFound(resource="person", key=said["person_reference"])
            person_id = person.id
        point = None
        if "point" in said:
            point = self._point(said, person_id)
            if point is None:
                return InvalidInput.at("/point", "is no number or address of this person")
        return RecordContact(
            account_ids=(account_id,),
            person_id=person_id,
            point_id=None if point is None else point.id,
            label=None if point is None else point.label,
            more={"disclosures_given": []},
            **{name: said[name] for name in _AS_THEY_ARE if name in said},
        )

    def _point(self, said: Values, person_id: UUID | None) -> StoredPoint | None:
        person = None if person_id is None else self.by_id.get(person_id)
        kind = KINDS.get(said["channel"])
        if person is None or kind is None:
            return None
        theirs = [one for one in self.points.get(person.id, ()) if one.kind == kind]
        same = next((one for one in theirs if one.normalized == said["point"]), None)
        if same is not None:  # as we write it ourselves: nothing is to be read
            return same
        country = person.region.partition("-")[0] if person.region else None
        value = normalized(PointKind(kind), said["point"], country=country)
        return next((one for one in theirs if one.normalized == value), None)
