"""Claims: what the contract asks for by which day, what of it is past due, what was paid ahead.

The contract's clock asks of an account whether something is due and open. So each amount that the
contract asks for is a claim with the day it is due on: what was past due when the account was
placed, each charge, what left again. A claim is past due from the day after, so the order in which
facts of one day are entered does not matter. Money pays what there is by the end of its day, in the
order of the days it is due on; what is left over was paid ahead. What is set aside for a claim
before its day is still ahead: whatever leaves again takes it first.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from app.domain.money import Component
from app.domain.values import Value, replace

_DAY = timedelta(days=1)


class Claim(Value, kw_only=True):
    """An amount due on a day; `paid_minor`: what money of days before has paid of it."""

    due_on: date  # past due from the day after
    since_on: date  # the day its lateness counts from
    amount_minor: int
    paid_minor: int = 0
    components: tuple[Component, ...] = tuple(Component)  # what it may be made of
    charge_id: UUID | None = None
    plan_id: UUID | None = None  # the plan that has it on its rows, or left it when it ended
    relieved: bool = False  # by a re-age: it is past due and no longer reported so

    @property
    def open_minor(self) -> int:
        return self.amount_minor - self.paid_minor


class Claims(Value, kw_only=True):
    """The claims by due date, money of the latest day it came on, and what was ahead before."""

    entries: tuple[Claim, ...] = ()
    ahead_minor: int = 0
    paid_on: date | None = None
    paid_minor: int = 0  # of that day, to be spread once it is over

    def late(self, on: date) -> tuple[Claim, ...]:
        """The claims past due on a day, oldest first, as the money there is leaves them."""
        if not self.entries:
            return ()
        return tuple(one for one in _spread(self)[0] if one.due_on < on and one.open_minor)

    def due_minor(self, on: date) -> int:
        """What is past due on a day."""
        return sum(one.open_minor for one in self.late(on))

    def days(self) -> Iterator[date]:
        """The days on which a claim becomes past due."""
        return (one.due_on + _DAY for one in self.entries)

    def open_of(self, plan_id: UUID) -> int:
        """What is open of the claims a plan left."""
        return sum(one.open_minor for one in _spread(self)[0] if one.plan_id == plan_id)

    def with_claim(self, claim: Claim, *, on: date) -> "Claims":
        """One claim more. On its own day money of that day still pays it."""
        if not claim.amount_minor:
            return self
        before = self._rolled(on)
        entries = (*before.entries, claim)
        return replace(before, entries=tuple(sorted(entries, key=lambda one: one.due_on)))

    def paid(self, minor: int, *, on: date) -> "Claims":
        """Money for whatever there is by the end of the day."""
        if not minor:
            return self
        before = self._rolled(on)
        return replace(before, paid_on=on, paid_minor=before.paid_minor + minor)

    def taken_back(self, claim: Claim, *, on: date) -> "Claims":
        """Money that leaves again takes what was ahead first; what is missing then is a claim."""
        before = self._rolled(on)
        left = claim.amount_minor
        free = min(left, before.ahead_minor)
        left -= free
        entries = list[Claim]()
        for one in reversed(before.entries):  # what waits for the latest claim first
            take = min(left, one.paid_minor) if one.due_on >= on else 0
            left -= take
            entries.append(replace(one, paid_minor=one.paid_minor - take) if take else one)
        rest = replace(
            before, entries=tuple(reversed(entries)), ahead_minor=before.ahead_minor - free
        )
        return rest.with_claim(replace(claim, amount_minor=left), on=on)

    def unpaid(self, claim: Claim, *, on: date) -> "Claims":
        """Money that is spent elsewhere after all, that of the day first."""
        before = self._rolled(on)
        today = min(before.paid_minor, claim.amount_minor)
        claims = replace(before, paid_minor=before.paid_minor - today)
        return claims.taken_back(replace(claim, amount_minor=claim.amount_minor - today), on=on)

    def lowered(
        self, minor: int, *, on: date, component: Component, charge_id: UUID | None
    ) -> "Claims":
        """Less is asked for: of the charge where one is named, else of claims of the component."""
        before = self._rolled(on)
        entries = list(before.entries)
        still = [one.open_minor for one in _spread(before)[0]]
        for place in _waivable(entries, component, charge_id):
            take = min(minor, still[place])
            minor -= take
            one = entries[place]
            entries[place] = replace(one, amount_minor=one.amount_minor - take)
        return replace(before, entries=tuple(one for one in entries if one.amount_minor))

    def relieved(self, *, on: date) -> "Claims":
        """What was due before that day is no longer reported late."""
        entries = (replace(one, relieved=True) if one.due_on < on else one for one in self.entries)
        return replace(self, entries=tuple(entries))

    def without(self, plan_id: UUID, *, on: date) -> "Claims":
        """The claims but for those that a plan left."""
        before = self._rolled(on)
        return replace(before, entries=tuple(e for e in before.entries if e.plan_id != plan_id))

    def ahead_by(self, minor: int, *, on: date) -> "Claims":
        """So much more was paid ahead, or less."""
        before = self._rolled(on)
        return replace(before, ahead_minor=max(0, before.ahead_minor + minor))

    def _rolled(self, on: date) -> "Claims":
        """That day's money spread for good once another day is looked at."""
        if self.paid_on is None or on <= self.paid_on:
            return self
        entries, left = _spread(self)
        return Claims(
            entries=tuple(one for one in entries if one.open_minor or one.due_on >= on),
            ahead_minor=self.ahead_minor + left,
        )


NO_CLAIMS = Claims()


def _spread(claims: Claims) -> tuple[tuple[Claim, ...], int]:
    """The claims as the newest day's money leaves them, and what is left of it."""
    left, entries = claims.paid_minor, list[Claim]()
    if not left:
        return claims.entries, 0
    for one in claims.entries:
        take = min(left, one.open_minor)
        left -= take
        entries.append(replace(one, paid_minor=one.paid_minor + take) if take else one)
    return tuple(entries), left


def _waivable(
    entries: Sequence[Claim], component: Component, charge_id: UUID | None
) -> Iterator[int]:
    """What a waiver lowers: its charge; else charges of its component, then what may hold it."""
    places = range(len(entries))
    if charge_id is not None:
        named = [place for place in places if entries[place].charge_id == charge_id]
        left = (p for p in places if entries[p].charge_id is None and entries[p].plan_id)
        yield from named or left
        return
    able = [place for place in places if component in entries[place].components]
    yield from sorted(able, key=lambda place: entries[place].charge_id is None)
