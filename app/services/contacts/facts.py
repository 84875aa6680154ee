"""What the gate asks of persons and accounts, read from the books: for one, or for many at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.domain.account.state import State
from app.domain.contact import known
from app.domain.contact.effects import located
from app.domain.contact.gate.whereabouts import Address, Opinions, candidate_zones
from app.domain.contact.policies import ContactPolicy
from app.domain.contact.words import (
    ConsentKind,
    PartyRole,
    PointKind,
    RestrictionKind,
    Validity,
)
from app.domain.errors import NotFound
from app.domain.persons.facts import PersonFact
from app.domain.persons.parties import PersonRole, outgrown, side_of
from app.domain.persons.standing import Standing, standing
from app.domain.standing.holds import gate_holds
from app.domain.values import replace
from app.services.contact_policies import contact_policy_of
from app.services.contacts.postal_zones import zones_of_code
from app.services.context import Context
from app.services.persons.hashed import suppressed
from app.services.persons.parties import Part, part_of
from app.services.persons.points import PointView, view_of
from app.services.persons.values import zones_of_country
from app.services.reading import Reading, read_account, readings_of
from app.storage.accounts.accounts import StoredAccount
from app.storage.contacts import contacts, decisions, many, validations
from app.storage.contacts.validations import StoredValidation
from app.storage.escalations import escalations
from app.storage.persons import facts, persons, points
from app.storage.persons.persons import StoredPerson
from app.storage.persons.points import StoredPoint

#: As far back as the longest window of a shipped rule, and a day for the zones.
LOOKS_BACK_DAYS = 32
_PAID = ("paid", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDebtor:
    """What the debtor has said that bears on contacts with somebody else about the account."""

    restrictions: tuple[known.Restriction, ...] = ()
    consents: tuple[known.Consent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known of a person and an account. `made`: contacts, and what is reserved.

    `policy`: the version in force at the instant asked for.
    """

    policy: ContactPolicy
    reading: Reading
    person: StoredPerson
    points: list[PointView]
    stands: Standing
    zones: dict[str, tuple[str, ...]]
    made: known.History
    party: known.Party
    of_debtor: OfDebtor = OfDebtor()
    validation: StoredValidation | None = None
    handed_over: bool = False  # an attorney has the account

    def time_barred_on(self, on: date) -> bool:
        """Whether the time to sue about the account was over by that day, as somebody took down."""
        about = self.reading.account.id
        return any(
            one.kind is RestrictionKind.TIME_BARRED
            and (one.account_ids is None or about in one.account_ids)
            and (one.since_on is None or one.since_on <= on)
            for one in self.stands.gate_restrictions()
        )

    @property
    def _restrictions(self) -> Iterator[known.Restriction]:
        """What they said, what the debtor's attorney bars, and what ours does."""
        yield from self.stands.gate_restrictions()
        yield from self.of_debtor.restrictions
        if self.handed_over:
            about = frozenset({self.reading.account.id})
            yield known.Restriction(kind=RestrictionKind.HOUSE, account_ids=about)

    @property
    def is_initial(self) -> bool:
        """Whether the next communication about the account is the first."""
        spoken = self.validation is not None and self.validation.initial_on is not None
        about = self.reading.account.id
        return not spoken and not any(about in one.account_ids for one in self.made.contacts)

    @property
    def was_sent_notice(self) -> bool:
        """Whether the validation notice went: from here, or before the account was placed."""
        return self.reading.account.validation_ends_on is not None

    @property
    def _consents(self) -> Iterator[known.Consent]:
        """What they agreed to of themselves; of whom else we may speak with, the debtor says."""
        for one in self.stands.gate_consents():
            if one.kind is not ConsentKind.THIRD_PARTY:
                yield one

    @property
    def known(self) -> known.Known:
        """As the gate reads it, whichever the point."""
        return known.Known(
            debt=_debt(self.reading, self.person, self.validation),
            party=self.party,
            point=None,
            zones=tuple(self.zones),
            contacts=self.made,
            restrictions=tuple(self._restrictions),
            consents=(*self._consents, *self.of_debtor.consents),
        )


async def facts_of(ctx: Context, account_id: UUID, person_id: UUID | None, at: datetime) -> Facts:
    """What is known of an account and one of its parties, looking back as far as any rule does.

    Raises `NotFound` for an account nobody has, and for somebody who is no party of it.
    """
    reading = await read_account(ctx, account_id)
    whose = person_id or reading.account.debtor_id
    person = None if whose is None else await persons.read(ctx.tx, whose)
    part = None if person is None else await part_of(ctx, reading.account, person, at.date())
    if person is None or part is None:
        raise NotFound(resource="person", key=str(whose))
    said = await facts.of_person(ctx.tx, person.id)
    stands = standing(said).without(outgrown(said, part.named_id))
    had = await points.of_person(ctx.tx, person.id)
    out = await suppressed(ctx, had)
    views = [view_of(ctx, one, stands, out) for one in had]
    since = _earliest(at)
    made = [one.known() for one in await contacts.of_person(ctx.tx, person.id, since=since)]
    held = [one.known() for one in await decisions.reserved(ctx.tx, person.id, ctx.instant)]
    account = reading.account
    policy = await contact_policy_of(ctx, account.policy_name, account.creditor_reference, at)
    return Facts(
        policy=policy,
        reading=reading,
        person=person,
        points=views,
        stands=stands,
        zones=candidate_zones(_opinions(person, views, stands), at.date()),
        made=known.history(
            (replace(one, person_id=person.id) for one in (*made, *held)), person.id
        ),
        party=await _party(ctx, account.id, person, part, since),
        of_debtor=await _of_debtor(ctx, account.debtor_id, person, part),
        validation=await validations.read(ctx.tx, account.id),
        handed_over=account.id in await escalations.handed_over(ctx.tx, [account.id]),
    )


async def facts_of_many(
    ctx: Context, stored: Sequence[StoredAccount], at: datetime
) -> dict[UUID, Facts]:
    """The same of the debtors of several accounts, by account; those without one are left out.

    Read all at once. Somebody who was merged with another is read alone: their facts are of two.
    """
    return await _facts_at(ctx, [(one, at) for one in stored], made_since=_earliest(at))


async def facts_at(
    ctx: Context, asked: Sequence[tuple[StoredAccount, datetime]]
) -> dict[UUID, Facts]:  # fmt: skip
    """The same, each account as of an instant of its own; `made` is left out, nobody asks for it.

    For whoever judges contacts that were made, which they have.
    """
    return await _facts_at(ctx, asked, made_since=None)


def _earliest(at: datetime) -> datetime:
    return at - timedelta(days=LOOKS_BACK_DAYS)


async def _facts_at(
    ctx: Context, asked: Sequence[tuple[StoredAccount, datetime]], *, made_since: datetime | None
) -> dict[UUID, Facts]:
    readings = await readings_of(ctx, [one for one, _ in asked])
    owing = {one.account.debtor_id for one in readings if one.account.debtor_id is not None}
    people = await persons.read_many(ctx.tx, owing)
    merged = await persons.with_merged(ctx.tx, owing)
    plain = {
        one.id: one for one in people.values() if one.merged_into is None and one.id not in merged
    }
    read = await _read_many(ctx, sorted(plain), [one.account.id for one in readings], made_since)
    found: dict[UUID, Facts] = {}
    for reading, (_, at) in zip(readings, asked, strict=True):
        account = reading.account
        if account.debtor_id is None:
            continue
        person = plain.get(account.debtor_id)
        if person is not None:
            found[account.id] = await _facts_from(ctx, reading, person, read, at)
        elif account.debtor_id in people:
            found[account.id] = await facts_of(ctx, account.id, None, at)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What is kept of several persons, by person, and which of their points are suppressed."""

    facts: Mapping[UUID, list[PersonFact]]
    points: Mapping[UUID, list[StoredPoint]]
    suppressed: Collection[UUID]
    made: Mapping[UUID, list[known.Contact]]
    validations: Mapping[UUID, StoredValidation]
    handed_over: Collection[UUID]


async def _read_many(
    ctx: Context,
    person_ids: Sequence[UUID],
    account_ids: Sequence[UUID],
    made_since: datetime | None,
) -> _Read:
    had = await points.of_persons(ctx.tx, person_ids)
    made: dict[UUID, list[known.Contact]] = {}
    if made_since is not None:
        since = await many.of_persons(ctx.tx, person_ids, since=made_since)
        held = await decisions.reserved_of(ctx.tx, person_ids, ctx.instant)
        made = {
            one: [*(c.known for c in since.get(one, ())), *(d.known() for d in held.get(one, ()))]
            for one in person_ids
        }
    return _Read(
        facts=await facts.of_persons(ctx.tx, person_ids),
        points=had,
        suppressed=await suppressed(ctx, [point for each in had.values() for point in each]),
        made=made,
        validations=await validations.read_many(ctx.tx, account_ids),
        handed_over=await escalations.handed_over(ctx.tx, account_ids),
    )


async def _facts_from(
    ctx: Context, reading: Reading, person: StoredPerson, read: _Read, at: datetime
) -> Facts:
    """Of an account's debtor, who was merged with nobody."""
    stands = standing(read.facts.get(person.id, []))
    views = [view_of(ctx, one, stands, read.suppressed) for one in read.points.get(person.id, [])]
    account = reading.account
    return Facts(
        policy=await contact_policy_of(ctx, account.policy_name, account.creditor_reference, at),
        reading=reading,
        person=person,
        points=views,
        stands=stands,
        zones=candidate_zones(_opinions(person, views, stands), at.date()),
        made=known.history(read.made.get(person.id, ()), person.id),
        party=known.Party(
            person_id=person.id, role=PartyRole.DEBTOR, deceased=person.deceased_on is not None
        ),
        validation=read.validations.get(account.id),
        handed_over=account.id in read.handed_over,
    )


async def _party(
    ctx: Context, account_id: UUID, person: StoredPerson, part: Part, since: datetime
) -> known.Party:
    """The person as a party; of third parties how often they were asked before `since`."""
    asked = 0
    if side_of(part.role) is not PersonRole.DEBTOR:
        had = await contacts.locating(ctx.tx, person.id, account_id, before=since)
        asked = sum(located(one.known()) for one in had)
    return known.Party(
        person_id=person.id,
        role=part.role,
        deceased=person.deceased_on is not None,
        asked_before=asked,
    )


async def _of_debtor(
    ctx: Context, debtor_id: UUID | None, person: StoredPerson, part: Part
) -> OfDebtor:
    """The debtor's attorney speaks for everybody who owes; whom we may tell, the debtor says."""
    if debtor_id is None or part.named_id == debtor_id:
        return OfDebtor()
    debtor = await persons.read(ctx.tx, debtor_id)
    if debtor is None:
        return OfDebtor()
    stands = standing(await facts.of_person(ctx.tx, debtor.id))
    named = await persons.ids_of(ctx.tx, person.id)
    return OfDebtor(
        restrictions=tuple(
            one for one in stands.gate_restrictions() if one.kind is RestrictionKind.ATTORNEY
        ),
        consents=stands.speaking_with(named),
    )


def _opinions(person: StoredPerson, views: list[PointView], stands: Standing) -> Opinions:
    valid = [one for one in views if one.validity is not Validity.INVALID]
    phones = {
        one.point.normalized: one.time_zones
        for one in valid
        if one.point.kind == PointKind.PHONE and one.point.normalized
    }
    region = person.region
    return Opinions(
        said=stands.said,
        account_time_zone=person.time_zone,
        addresses=tuple(
            Address(zones=_zones_of_code(one.point.postal), region=one.point.postal.get("region"))
            for one in valid
            if one.point.kind == PointKind.POSTAL and one.point.postal
        ),
        phones=tuple(phones),
        phone_zones=phones,
        region=region if region and "-" in region else None,
        country_zones=zones_of_country(region.partition("-")[0]) if region else (),
    )


def _zones_of_code(postal: object) -> tuple[str, ...]:
    """The zones of a United States postal code."""
    said = postal if isinstance(postal, dict) else {}
    code = str(said.get("postal_code") or "")[:5]
    return zones_of_code(code) if said.get("country") == "US" else ()


def _debt(
    reading: Reading, person: StoredPerson, validation: StoredValidation | None
) -> known.Debt:
    """The debt; where its placement says until when it may be disputed, its notice went before."""
    state: State = reading.state
    region, ends_on = person.region, reading.account.validation_ends_on
    kept = validation or StoredValidation(account_id=reading.account.id)
    sent_before = kept.sent_on is None and ends_on is not None
    return known.Debt(
        account_id=reading.account.id,
        country=region.partition("-")[0] if region else None,
        regions=frozenset({region} if region and "-" in region else ()),
        paid_or_settled=str(reading.status) in _PAID,
        holds=gate_holds(state),
        initial_communication_on=None if sent_before else kept.initial_on,
        initial_contact_id=kept.initial_contact_id,
        validation_notice_sent_on=kept.sent_on,
        validation_ends_on=ends_on,
    )
