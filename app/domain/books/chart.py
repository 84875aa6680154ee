"""The chart of accounts: on which ledger accounts a posting is booked, as debits and credits.

Every posting is taken apart by component. Each part is one pair: what the debtor owes goes up
or down (`receivable_…`), and the other side says why: cash came or went, a balance was placed,
income was charged, something was given up. Money that found nothing to pay is `unapplied`, and
money that found no account `suspense`: both are owed to whoever sent it. A pair's amount is
always positive; which side is debited says the direction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.entries.postings import PostingKind
from app.domain.errors import InvalidInput
from app.domain.money import Amounts, Component


class Slot(StrEnum):
    """What a chart gives a ledger account to."""

    CASH = "cash"
    RECEIVABLE_PRINCIPAL = "receivable_principal"
    RECEIVABLE_INTEREST = "receivable_interest"
    RECEIVABLE_FEES = "receivable_fees"
    RECEIVABLE_PENALTIES = "receivable_penalties"
    RECEIVABLE_COSTS = "receivable_costs"
    UNAPPLIED = "unapplied"
    SUSPENSE = "suspense"
    PLACED = "placed"
    INCOME_PRINCIPAL = "income_principal"
    INCOME_INTEREST = "income_interest"
    INCOME_FEES = "income_fees"
    INCOME_PENALTIES = "income_penalties"
    INCOME_COSTS = "income_costs"
    ADJUSTED = "adjusted"
    FORGIVEN = "forgiven"
    WRITTEN_OFF = "written_off"


Chart = Mapping[Slot, str]

#: The chart as shipped. Several slots may share one ledger account.
DEFAULT: Chart = {
    Slot.CASH: "1000 Cash",
    Slot.RECEIVABLE_PRINCIPAL: "1200 Receivable, principal",
    Slot.RECEIVABLE_INTEREST: "1210 Receivable, interest",
    Slot.RECEIVABLE_FEES: "1220 Receivable, fees",
    Slot.RECEIVABLE_PENALTIES: "1230 Receivable, penalties",
    Slot.RECEIVABLE_COSTS: "1240 Receivable, costs",
    Slot.UNAPPLIED: "2100 Unapplied money",
    Slot.SUSPENSE: "2110 Money in suspense",
    Slot.PLACED: "3000 Balances placed",
    Slot.INCOME_PRINCIPAL: "4000 Income, principal",
    Slot.INCOME_INTEREST: "4010 Income, interest",
    Slot.INCOME_FEES: "4020 Income, fees",
    Slot.INCOME_PENALTIES: "4030 Income, penalties",
    Slot.INCOME_COSTS: "4040 Income, costs",
    Slot.ADJUSTED: "5000 Adjustments",
    Slot.FORGIVEN: "5100 Forgiven",
    Slot.WRITTEN_OFF: "5200 Written off",
}
_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two ledger accounts and what moved: the debit of one is the credit of the other."""

    debit: str
    credit: str
    amount_minor: int


def chart_of(names: Mapping[str, object]) -> Chart:
    """The shipped chart with these slots' names in place of its own. Raises `InvalidInput`."""
    chart = dict(DEFAULT)
    for slot, name in names.items():
        if slot not in Slot.__members__.values():
            raise InvalidInput.at(f"/{slot}", f"should be one of {', '.join(Slot)}")
        if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= _LONGEST:
            raise InvalidInput.at(f"/{slot}", f"should be 1 to {_LONGEST} printable characters")
        chart[Slot(slot)] = name
    return chart


def pairs_of(
    chart: Chart,
    kind: PostingKind,
    components: Amounts,
    unapplied_minor: int,
    *,
    reversed_kind: PostingKind | None = None,
) -> tuple[Pair, ...]:
    """A posting as pairs. `reversed_kind`: of a reversal, what it reverses."""
    legs = [(_receivable(c), components[c], _other(kind, reversed_kind, c)) for c in Component]
    legs.append((Slot.UNAPPLIED, unapplied_minor, Slot.CASH))
    if kind is PostingKind.REALLOCATION:
        return tuple(_moved(chart, [(slot, minor) for slot, minor, _ in legs]))
    return tuple(_pair(chart, slot, other, minor) for slot, minor, other in legs if minor)


def suspense_pair(chart: Chart, amount_minor: int, *, came: bool) -> Pair:
    """Money that comes into suspense, or leaves it (negative: to an account or to its sender)."""
    return _pair(chart, Slot.SUSPENSE, Slot.CASH, -amount_minor if came else amount_minor)


def _pair(chart: Chart, slot: Slot, other: Slot, minor: int) -> Pair:
    """A slot that goes up (positive: it is debited) or down, against another."""
    debit, credit = (slot, other) if minor > 0 else (other, slot)
    return Pair(debit=chart[debit], credit=chart[credit], amount_minor=abs(minor))


def _moved(chart: Chart, legs: list[tuple[Slot, int]]) -> Iterator[Pair]:
    """Money moved between cells: each that went up against those that went down, in order."""
    up = [(slot, minor) for slot, minor in legs if minor > 0]
    down = [(slot, -minor) for slot, minor in legs if minor < 0]
    while up and down:
        (debit, more), (credit, less) = up.pop(0), down.pop(0)
        minor = min(more, less)
        yield Pair(debit=chart[debit], credit=chart[credit], amount_minor=minor)
        if more > minor:
            up.insert(0, (debit, more - minor))
        if less > minor:
            down.insert(0, (credit, less - minor))


def _receivable(component: Component) -> Slot:
    return Slot(f"receivable_{component}")


def _other(kind: PostingKind, reversed_kind: PostingKind | None, component: Component) -> Slot:
    """The other side of what a debtor owes more or less."""
    of = reversed_kind or kind
    if of in {PostingKind.CHARGE, PostingKind.INTEREST}:
        return Slot(f"income_{component}")
    return _OTHERS.get(of, Slot.CASH)


_OTHERS: Mapping[PostingKind, Slot] = {
    PostingKind.PLACEMENT: Slot.PLACED,
    PostingKind.ADJUSTMENT: Slot.ADJUSTED,
    PostingKind.FORGIVENESS: Slot.FORGIVEN,
    PostingKind.WRITE_OFF: Slot.WRITTEN_OFF,
}
