"""What an account's contacts and holds say of furnishing it: since when, and with which dispute."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.account.state import Held
from app.domain.contact.known import Contact
from app.domain.contact.validation import begins
from app.domain.contact.words import Direction, Outcome
from app.domain.reporting.furnishing import (
    Telling,
    Unfit,
    against_furnishing,
    furnishable_from,
)
from app.domain.vocabulary import HoldKind
from app.services.contacts.validating import day_of, owing_notices, speaker_of
from app.services.context import Context
from app.services.reading import Reading
from app.storage.accounts.accounts import StoredAccount
from app.storage.contacts import many, validations
from app.storage.persons import persons
from app.storage.persons.persons import StoredPerson

#: How many contacts are looked through for the first that told: more say nothing earlier.
_MOST: Final = 200
_SPOKEN: Final = (Outcome.CONVERSATION, Outcome.MET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnishing:
    """From which day it may be furnished (None: its consumer was not told), and a dispute of it."""

    from_on: date | None
    disputed_since_on: date | None

    def against(self, on: date) -> tuple[Unfit, ...]:
        """What stands against furnishing it that day by what we say of it: we note no dispute."""
        disputed = self.disputed_since_on is not None
        return against_furnishing(on, from_on=self.from_on, disputed=disputed, notes_dispute=False)


async def furnishing_of(ctx: Context, reading: Reading) -> Furnishing:
    """As of the reading's day. A creditor's own debt waits for nothing but its placement."""
    return Furnishing(
        from_on=await _from_on(ctx, reading),
        disputed_since_on=await _disputed_since(ctx, reading),
    )


async def _from_on(ctx: Context, reading: Reading) -> date | None:
    account = reading.account
    if account.debtor_id is not None and not await owing_notices(ctx, {account.id: account}):
        return reading.state.placed_on
    found = (await many.earliest_of(ctx.tx, [account.id], most=_MOST))[account.id]
    found = [one for one in found if day_of(ctx, one.at) <= reading.as_of and _is_told(one)]
    named = {one.person_id for one in found if one.person_id is not None}
    people = await persons.today(ctx.tx, named)
    told = [
        Telling(on=day_of(ctx, one.at), spoken=one.outcome in _SPOKEN)
        for one in found
        if one.person_id is not None and await _hears(ctx, account, people[one.person_id], one)
    ]
    return furnishable_from(told)


def _is_told(one: Contact) -> bool:
    """Whether we told somebody of the debt by it: a talk, or what we wrote and stayed there."""
    return (one.direction is Direction.OUT or one.outcome in _SPOKEN) and begins(one)


async def _hears(
    ctx: Context, account: StoredAccount, person: StoredPerson, one: Contact
) -> bool:  # fmt: skip
    """Whether that somebody is a consumer to whom a notice is owed."""
    speaker = await speaker_of(ctx, account, person, one.at)
    return speaker is not None and speaker.role in speaker.owed_to


async def _disputed_since(ctx: Context, reading: Reading) -> date | None:
    """Since the first hold that stands, or since what was written and no hold answered yet."""
    on = reading.as_of
    disputes = [one for one in reading.state.holds if one.kind is HoldKind.DISPUTE]
    since = [one.starts_on for one in disputes if one.stands(on)]
    kept = await validations.read(ctx.tx, reading.account.id)
    wrote_on = None if kept is None else kept.disputed_on
    if wrote_on is not None and wrote_on <= on and not _answered(disputes, wrote_on):
        since.append(wrote_on)
    return min(since, default=None)


def _answered(disputes: list[Held], wrote_on: date) -> bool:
    return any(one.free_on is None or one.free_on >= wrote_on for one in disputes)
