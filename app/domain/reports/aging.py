"""How old what is owed is: by account, whose whole balance stands in its bucket, or by item.

Bands are the eight shipped ones; a policy's own buckets come with the account.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from app.domain.values import Value
from app.domain.vocabulary import CURRENT

NOT_DUE = "not_due"
OWING_STATUSES = ("open", "charged_off")
_BANDS = (
    (180, "180+"), (150, "150-179"), (120, "120-149"), (90, "90-119"), (60, "60-89"),
    (30, "30-59"), (1, "1-29"),
)  # fmt: skip
BUCKETS = (CURRENT, *(name for _, name in reversed(_BANDS)))


class Position(Value, kw_only=True):
    """An account on a day. `delinquent_days`: by its clock, frozen by pauses."""

    currency: str
    status: str
    delinquent_days: int
    balance_minor: int
    overdue_minor: int

    @property
    def owes(self) -> bool:
        return self.balance_minor > 0 and self.status in OWING_STATUSES


class Age(Value, kw_only=True):
    """What is owed in one currency and bucket."""

    currency: str
    bucket: str
    accounts: int
    balance_minor: int
    overdue_minor: int


def band(days: int) -> str:
    """The shipped bucket of so many delinquent days."""
    return next((name for least, name in _BANDS if days >= least), CURRENT)


def by_account(positions: Iterable[Position]) -> list[Age]:
    """Rows by currency and bucket, youngest first; who owes nothing counts nowhere."""
    cells: dict[tuple[str, str], list[Position]] = {}
    for one in positions:
        if one.owes:
            cells.setdefault((one.currency, band(one.delinquent_days)), []).append(one)
    return [
        Age(
            currency=currency,
            bucket=bucket,
            accounts=len(found),
            balance_minor=sum(one.balance_minor for one in found),
            overdue_minor=sum(one.overdue_minor for one in found),
        )
        for (currency, bucket), found in sorted(cells.items(), key=_place)
    ]


def _place(cell: tuple[tuple[str, str], object]) -> tuple[str, int]:
    (currency, bucket), _ = cell
    return currency, BUCKETS.index(bucket)


class Item(Value, kw_only=True):
    """An installment or charge and what of it is open."""

    due_on: date
    open_minor: int


def by_item(items: Sequence[Item], as_of: date) -> dict[str, int]:
    """What is open by the age of its own due date, grace ignored; today and later is not due."""
    ages: dict[str, int] = {}
    for one in items:
        days = (as_of - one.due_on).days
        bucket = NOT_DUE if days <= 0 else band(days)
        ages[bucket] = ages.get(bucket, 0) + one.open_minor
    return {bucket: minor for bucket, minor in ages.items() if minor}
