"""Whole minor units: the five components of a debt, and the one place that rounds."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from app.domain.errors import InvalidInput
from app.domain.values import Value

#: Amounts stay exact in every JSON client (IEEE 754 doubles hold integers below 2^53).
MAX_MINOR = 2**53 - 1
#: Basis points in a whole.
BPS = 10_000
#: No schedule is longer: a limit on everything a client can ask for.
MAX_INSTALLMENTS = 1_000


class Remainder(StrEnum):
    """Where the minor units go that an equal split leaves over."""

    LAST = "last"
    FIRST = "first"
    SPREAD = "spread"


class Component(StrEnum):
    """What a part of a debt is. Policies order these; `cost` in a policy is `costs` here."""

    PRINCIPAL = "principal"
    INTEREST = "interest"
    FEES = "fees"
    PENALTIES = "penalties"
    COSTS = "costs"


_FIELD = {component: f"{component}_minor" for component in Component}


class Amounts(Value, kw_only=True):
    """An amount by component, in minor units. May be a balance, a payment or a difference."""

    principal_minor: int = 0
    interest_minor: int = 0
    fees_minor: int = 0
    penalties_minor: int = 0
    costs_minor: int = 0

    @classmethod
    def of(cls, component: Component, minor: int) -> "Amounts":
        """All of `minor` in one component."""
        return cls(**{_FIELD[component]: minor})

    @property
    def total_minor(self) -> int:
        return (
            self.principal_minor
            + self.interest_minor
            + self.fees_minor
            + self.penalties_minor
            + self.costs_minor
        )

    def __getitem__(self, component: Component) -> int:
        minor: int = getattr(self, _FIELD[component])
        return minor

    def __iter__(self) -> Iterator[int]:
        return (getattr(self, name) for name in _FIELD.values())

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            principal_minor=self.principal_minor + other.principal_minor,
            interest_minor=self.interest_minor + other.interest_minor,
            fees_minor=self.fees_minor + other.fees_minor,
            penalties_minor=self.penalties_minor + other.penalties_minor,
            costs_minor=self.costs_minor + other.costs_minor,
        )

    def __neg__(self) -> "Amounts":
        return Amounts(
            principal_minor=-self.principal_minor,
            interest_minor=-self.interest_minor,
            fees_minor=-self.fees_minor,
            penalties_minor=-self.penalties_minor,
            costs_minor=-self.costs_minor,
        )

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            principal_minor=self.principal_minor - other.principal_minor,
            interest_minor=self.interest_minor - other.interest_minor,
            fees_minor=self.fees_minor - other.fees_minor,
            penalties_minor=self.penalties_minor - other.penalties_minor,
            costs_minor=self.costs_minor - other.costs_minor,
        )

    def __bool__(self) -> bool:
        return bool(
            self.principal_minor
            or self.interest_minor
            or self.fees_minor
            or self.penalties_minor
            or self.costs_minor
        )


NOTHING = Amounts()


# Rounding ---------------------------------------------------------------------------------


def round_half_even(numerator: int, denominator: int, *, unit_minor: int = 1) -> int:
    """`numerator / denominator` to the nearest multiple of `unit_minor`, ties to the even one."""
    tie = denominator * unit_minor
    whole, rest = divmod(numerator, tie)
    twice = 2 * rest
    if twice > tie or (twice == tie and whole % 2):
        whole += 1
    return whole * unit_minor


def round_down(numerator: int, denominator: int, *, unit_minor: int = 1) -> int:
    """`numerator / denominator` to the multiple of `unit_minor` at or below it."""
    return numerator // (denominator * unit_minor) * unit_minor


def share(minor: int, bps: int, *, unit_minor: int = 1) -> int:
    """`bps` ten-thousandths of an amount, half-even."""
    return round_half_even(minor * bps, BPS, unit_minor=unit_minor)


def share_at_least(minor: int, bps: int) -> int:
    """The first whole unit that is no less than `bps` ten-thousandths of an amount."""
    return -(-minor * bps // BPS)


def apportion(minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """An amount divided in proportion to `weights`, exactly: by largest remainder.

    Each share is rounded down; the units left over go one each to the largest fractions,
    earlier weights first where they tie. Weights are not negative and not all zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, nor all zero")
    parts = [divmod(minor * weight, whole) for weight in weights]
    shares = [part for part, _ in parts]
    by_fraction = sorted(range(len(parts)), key=lambda n: -parts[n][1])
    for n in by_fraction[: minor - sum(shares)]:
        shares[n] += 1
    return tuple(shares)


# Splitting -------------------------------------------------------------------------------


def split(
    total_minor: int,
    count: int,
    *,
    unit_minor: int = 1,
    remainder: Remainder = Remainder.LAST,
    minimum_minor: int = 0,
    pointer: str = "/terms/installment_count",
) -> tuple[int, ...]:
    """`count` amounts that sum to `total_minor`, equal but for the remainder.

    Each is total / count rounded half-even to `unit_minor`; the remainder lands on the last
    or first. Where that row would fall below the minimum (or one unit) the others round down
    instead. `spread` rounds down and gives one unit more to the first rows; what is less than
    a unit joins the last. A single row is the total, whatever the unit. Raises `InvalidInput`
    at `pointer`, with the largest count that fits, where a row would still be too small.
    """
    rows = _split(total_minor, count, unit_minor, remainder, minimum_minor)
    if rows is None:
        raise InvalidInput.at(
            pointer, _too_many(total_minor, count, unit_minor, remainder, minimum_minor)
        )
    return rows


def split_by(
    total_minor: int,
    installment_minor: int,
    *,
    pointer: str = "/terms/installment_minor",
) -> tuple[int, ...]:
    """Full installments of `installment_minor` and a smaller last one; they sum to the total.

    No minimum applies to that last row. Raises `InvalidInput` at `pointer` where more than
    `MAX_INSTALLMENTS` would be needed, with the smallest installment that does.
    """
    full, rest = divmod(total_minor, installment_minor)
    if full + (rest > 0) > MAX_INSTALLMENTS:
        least = -(-total_minor // MAX_INSTALLMENTS)
        raise InvalidInput.at(
            pointer,
            f"{installment_minor} would need more than {MAX_INSTALLMENTS} installments; "
            f"at least {least}",
        )
    return (installment_minor,) * full + ((rest,) if rest else ())


def _split(
    total_minor: int, count: int, unit_minor: int, remainder: Remainder, minimum_minor: int
) -> tuple[int, ...] | None:
    """The rows, or None where one would fall below the minimum or one unit."""
    if count == 1:
        return (total_minor,) if total_minor >= max(minimum_minor, 1) else None
    least = max(minimum_minor, unit_minor)
    if remainder is Remainder.SPREAD:
        return _spread(total_minor, count, unit_minor, least)
    for rounding in (round_half_even, round_down):
        each = rounding(total_minor, count, unit_minor=unit_minor)
        rest = total_minor - each * (count - 1)
        if min(each, rest) >= least:
            others = (each,) * (count - 1)
            return (*others, rest) if remainder is Remainder.LAST else (rest, *others)
    return None


def _spread(total_minor: int, count: int, unit_minor: int, least: int) -> tuple[int, ...] | None:
    each = round_down(total_minor, count, unit_minor=unit_minor)
    if each < least:
        return None
    more, odd = divmod(total_minor - each * count, unit_minor)
    rows = [each + unit_minor] * more + [each] * (count - more)
    rows[-1] += odd
    return tuple(rows)


def _too_many(
    total_minor: int, count: int, unit_minor: int, remainder: Remainder, minimum_minor: int
) -> str:
    least = max(minimum_minor, unit_minor)
    for fewer in range(min(count - 1, total_minor), 0, -1):
        if _split(total_minor, fewer, unit_minor, remainder, minimum_minor) is not None:
            return f"installments would fall below {least}; at most {fewer} of them fit"
    return f"{total_minor} is below the least installment, {least}; no count fits"
