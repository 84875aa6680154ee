"""Dialer lists: only who may be called now by number, each row under a decision that reserves it.

The persons are held while they are decided about, so that nobody else reserves the same call; whom
somebody else holds is not on the list. A person stands on it once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from app.domain.contact.gate.reasons import has_no_end
from app.domain.contact.known import Asked as AskedOfGate
from app.domain.contact.known import Wording
from app.domain.contact.words import Channel, Code, PointKind, Purpose
from app.domain.errors import NotFound
from app.domain.values import replace
from app.domain.worklists.dialer import DIALED_FOR, DialerFormat, DialerRow, name_parts
from app.domain.worklists.lists import Worklist
from app.services.contacts.decide import How, decision_of
from app.services.contacts.facts import Facts, facts_of_many
from app.services.contacts.gate import Judged, judge, point_for
from app.services.context import Context
from app.services.persons.persons import named_actor
from app.services.worklists.items import asked_of, because_of
from app.services.worklists.lists import refuse_role
from app.services.worklists.next import theirs
from app.storage.accounts import accounts
from app.storage.contacts import decisions
from app.storage.contacts.decisions import StoredDecision
from app.storage.database.turns import in_turns
from app.storage.ids import new_id
from app.storage.persons import persons, points
from app.storage.worklists import dialer, find, items
from app.storage.worklists.dialer import StoredDialerList, StoredDialerRow
from app.storage.worklists.find import FoundItem

#: Items decided about together, and the most that are looked at for one list, times its rows.
PAGE: Final = 200
MOST_LOOKED_AT: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeDialerList:
    """What a dialer asks for."""

    limit: int
    purpose: Purpose
    valid_minutes: int
    format: DialerFormat
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialerListView:
    """A list and its rows, as a dialer reads them.

    `forbidden`: of rows nobody dialed yet, what came since and forbids the call, by the row.
    """

    stored: StoredDialerList
    rows: tuple[DialerRow, ...]
    made: tuple[StoredDialerRow, ...]
    forbidden: Mapping[UUID, str]

    @property
    def to_dial(self) -> Iterator[DialerRow]:
        """The rows that are still to be dialed."""
        for row, made in zip(self.rows, self.made, strict=True):
            if is_open(made) and made.id not in self.forbidden:
                yield row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """A list while it is made."""

    worklist: Worklist
    command: MakeDialerList
    stored: StoredDialerList
    rows: list[StoredDialerRow]
    reserved: list[StoredDecision]
    numbers: set[str]  # that are rung already, for whomever

    @property
    def room(self) -> int:
        return self.command.limit - len(self.rows)


async def make_dialer_list(
    ctx: Context, worklist: Worklist, command: MakeDialerList
) -> DialerListView:
    """Reserve calls in working order until there are enough, or nobody more may be called.

    A number stands on it once, whoever of those who share it is called first. Raises
    `OutsideAuthority`, `InvalidInput`.
    """
    actor = named_actor(ctx)
    refuse_role(ctx, worklist)
    stored = StoredDialerList(
        id=new_id(),
        worklist=worklist.name,
        purpose=str(command.purpose),
        format=str(command.format),
        columns=command.columns,
        made_at=ctx.instant,
        valid_until_at=ctx.instant + timedelta(minutes=command.valid_minutes),
        business_date=ctx.business_date,
        actor=actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
    )
    making = _Making(
        worklist=worklist, command=command, stored=stored, rows=[], reserved=[], numbers=set()
    )
    asked, _ = await asked_of(ctx)
    wanted = replace(asked, offered=True, for_actor=actor)
    for _ in range(max(1, command.limit * MOST_LOOKED_AT // PAGE)):
        page = await find.find(ctx.tx, worklist, wanted, limit=PAGE)
        mine = set(await theirs(ctx, [one.account_id for one in page], actor))
        await _reserve(ctx, making, [one for one in page if one.account_id in mine])
        if len(page) < PAGE or not making.room:
            break
        wanted = replace(wanted, after=page[-1].place)
    await decisions.add_many(ctx.tx, ctx.tenant_id, making.reserved)
    await dialer.add(ctx.tx, ctx.tenant_id, stored, making.rows)
    return await _view(ctx, stored, making.rows, {})


async def _reserve(ctx: Context, making: _Making, page: Sequence[FoundItem]) -> None:
    """Add those of a page who may be called, as far as there is room."""
    stored = await accounts.read_many(ctx.tx, [one.account_id for one in page])
    on_list = {one.person_id for one in making.rows}
    named = {one.debtor_id for one in stored.values() if one.debtor_id}
    people = await persons.read_many(ctx.tx, named)
    stands = {one.id: one.merged_into or one.id for one in people.values()}  # for whom it counts
    held = set(await persons.lock_free(ctx.tx, set(stands.values()) - on_list))
    free = [
        one
        for one in stored.values()
        if one.debtor_id is not None and stands.get(one.debtor_id) in held
    ]
    known = await facts_of_many(ctx, free, ctx.instant)
    asked = AskedOfGate(
        at=ctx.instant,
        channel=Channel.CALL,
        purpose=making.command.purpose,
        wording=Wording(opt_out_notice=True),
    )
    how = How(asked=asked, reserve_minutes=making.command.valid_minutes, overriding=None)
    making.numbers.update(await dialer.ringing(ctx.tx, _phones(known.values()), ctx.instant))
    chosen: list[tuple[FoundItem, StoredDecision, Judged]] = []
    async for one in in_turns(page):
        found = known.get(one.account_id)
        if found is None or found.person.id in on_list:
            continue
        judged = judge(found, asked, point_for(found.points, Channel.CALL, None))
        number = None if judged.point is None else judged.point.point.normalized
        if not judged.decision.allowed or number is None or number in making.numbers:
            continue
        chosen.append((one, decision_of(ctx, found, judged, how), judged))
        on_list.add(found.person.id)
        making.numbers.add(number)
        if len(chosen) >= making.room:
            break
    got = await items.claim(
        ctx.tx,
        ctx.tenant_id,
        (making.worklist.name, [one.account_id for one, _, _ in chosen]),
        by=claimant(making.stored.id),
        until_at=making.stored.valid_until_at,
        now=ctx.instant,
    )
    for one, decision, judged in chosen:
        if one.account_id in got:
            making.reserved.append(decision)
            making.rows.append(_row(ctx, making, one, decision, judged))


def claimant(list_id: UUID) -> str:
    """Who has an item that a dialer was given by a list: no actor, and no other list."""
    return f"{DIALED_FOR}{list_id}"


def _phones(known: Iterable[Facts]) -> set[str]:
    numbers = (
        one.point.normalized
        for each in known
        for one in each.points
        if one.point.kind == PointKind.PHONE
    )
    return {one for one in numbers if one is not None}


def _row(
    ctx: Context, making: _Making, one: FoundItem, decision: StoredDecision, judged: Judged
) -> StoredDialerRow:
    told = because_of(ctx, making.worklist, one, ctx.business_date)
    zones = [each.time_zone for each in judged.decision.zones]
    point = judged.point.point.id if judged.point else decision.person_id
    return StoredDialerRow(
        id=new_id(),
        account_id=one.account_id,
        list_id=making.stored.id,
        number=len(making.rows) + 1,
        person_id=decision.person_id,
        point_id=point,
        decision_id=decision.id,
        reference=one.reference,
        reason=told[0].code if told else "callback",
        priority=one.score,
        time_zone=zones[0] if zones else ctx.time_zone,
        call_after_at=ctx.instant,
        call_before_at=decision.reserved_until_at or making.stored.valid_until_at,
    )


async def read_dialer_list(ctx: Context, list_id: UUID) -> DialerListView:
    """A list as it was made, with the numbers and names as they are now. Raises `NotFound`."""
    stored = await dialer.read(ctx.tx, list_id)
    if stored is None:
        raise NotFound(resource="dialer list", key=str(list_id))
    made = await dialer.rows_of(ctx.tx, list_id)
    return await _view(ctx, stored, made, await _forbidden(ctx, stored, made))


def is_open(row: StoredDialerRow) -> bool:
    """Whether nothing came of it yet, and the list that holds it was not closed."""
    return row.contact_id is None and row.released_at is None


async def _forbidden(
    ctx: Context, stored: StoredDialerList, made: Sequence[StoredDialerRow]
) -> dict[UUID, str]:
    """What came since a list was made and forbids its open rows; hours stand in the row itself.

    A revocation binds from its commit, and a hold: whoever takes the list after it is not told
    the number any more.
    """
    open_yet = [one for one in made if is_open(one)]
    read = await accounts.read_many(ctx.tx, {one.account_id for one in open_yet})
    known = await facts_of_many(ctx, list(read.values()), ctx.instant)
    asked = AskedOfGate(
        at=ctx.instant,
        channel=Channel.CALL,
        purpose=Purpose(stored.purpose),
        wording=Wording(opt_out_notice=True),
    )
    codes = dict[UUID, str]()
    async for row in in_turns(open_yet):
        found = known.get(row.account_id)
        points_ = [] if found is None else found.points
        point = next((one for one in points_ if one.point.id == row.point_id), None)
        if found is None or point is None:
            codes[row.id] = str(Code.NO_POINT)
            continue
        reasons = judge(found, asked, point).decision.reasons
        code = next((str(one.code) for one in reasons if has_no_end(one)), None)
        if code is not None:
            codes[row.id] = code
    return codes


async def _view(
    ctx: Context,
    stored: StoredDialerList,
    made: Sequence[StoredDialerRow],
    forbidden: Mapping[UUID, str],
) -> DialerListView:
    """Whom it names is read, never kept: somebody erased since has neither name nor number."""
    ids = sorted({one.person_id for one in made})
    people = await persons.read_many(ctx.tx, ids)
    phones = await points.values_of(ctx.tx, [one.point_id for one in made])
    rows = []
    for one in made:
        person = people.get(one.person_id)
        first, last = name_parts(person.name if person else None)
        rows.append(
            DialerRow(
                row_id=str(one.id), reference=str(one.number), decision_id=str(one.decision_id),
                phone=phones.get(one.point_id, ""), first_name=first, last_name=last,
                language=(person.language or "") if person else "", time_zone=one.time_zone,
                call_after_at=one.call_after_at, call_before_at=one.call_before_at,
                priority=one.priority, reason=one.reason, account_reference=one.reference,
            )
        )  # fmt: skip
    return DialerListView(
        stored=stored, rows=tuple(rows), made=tuple(made), forbidden=forbidden
    )  # fmt: skip
