"""The lists a policy document may set: components, products, clearing days, buckets, the matrix.

Each is one figure: read whole, checked as a whole, and inherited or replaced as a whole.
"""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from app.domain.money import Component
from app.domain.policy import lists
from app.domain.policy.model import Bucket, MatrixRow
from app.domain.spreadsheets.fields import SheetKind
from app.domain.vocabulary import Act, PaymentMethod, Product, Role
from app.services.policy_documents.kinds import (
    COUNT,
    DAYS,
    MAX_DAYS,
    MAX_MEMBERS,
    MINOR,
    SHARE_BPS,
    Figure,
    Name,
    Said,
    Source,
    Whole,
    one_of,
    refuse,
    wrong,
)

#: Items of one list. Every list has an end.
MAX_ROWS: Final = 200

_COMPONENTS = {
    "cost": Component.COSTS,
    "fee": Component.FEES,
    "penalty": Component.PENALTIES,
    **{str(component): component for component in Component},
}


def _component(value: object) -> Component:
    if isinstance(value, str) and value in _COMPONENTS:
        return _COMPONENTS[value]
    raise wrong("must be one of cost, fee, penalty, interest, principal")


def _all_five(listed: list[Component]) -> tuple[Component, ...]:
    refuse(lists.component_flaws(listed))
    return tuple(listed)


def _once(what: str) -> AfterValidator:
    def check(listed: list[str]) -> tuple[str, ...]:
        refuse(lists.twice_flaws(listed, what))
        return tuple(listed)

    return AfterValidator(check)


def _pairs(days: dict[PaymentMethod, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(days.items()))


class _Row(BaseModel):
    """One object of a list. A row has nothing to inherit from: a limit left out is none."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @property
    def figures(self) -> dict[str, Any]:
        """The fields the rules read; `source` only documents them."""
        return {name: value for name, value in self.__dict__.items() if name != "source"}


class BucketRow(_Row):
    """A range of delinquent days, both ends inclusive."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=64, pattern=r"^[^\u0000-\u001f\u007f]+$"),
        Said("must be a name of 1 to 64 characters"),
    ]
    from_days: Annotated[int, Whole(1, MAX_DAYS)] = Field(
        description="The day after the bucket before it ends; 1 in the first."
    )
    to_days: Annotated[int, Whole(1, MAX_DAYS)] | None = Field(
        default=None, description="Null in the last bucket, and only there: the days have no end."
    )
    source: Source | None = Field(default=None, description="Where it comes from.")


class GrantRow(_Row):
    """A settlement one role may grant, for debts of this age and size (all ends inclusive)."""

    role: Annotated[Role, one_of(Role)]
    from_days_past_due: Annotated[int, DAYS] | None = Field(default=0, description="Null: 0.")
    to_days_past_due: Annotated[int, DAYS] | None = Field(default=None, description="Null: no end.")
    from_balance_minor: Annotated[int, MINOR] | None = Field(default=0, description="Null: 0.")
    to_balance_minor: Annotated[int, MINOR] | None = Field(
        default=None, description="Null: no end."
    )
    max_count: Annotated[int, COUNT] | None = Field(
        default=None, description="In at most so many parts; null: in any number."
    )
    min_share_bps: Annotated[int, SHARE_BPS] | None = Field(
        default=None, description="At least this share of what is owed is paid; null: any share."
    )
    max_forgiven_minor: Annotated[int, MINOR] | None = Field(
        default=None, description="At most this much is forgiven; null: any amount."
    )
    source: Source | None = Field(default=None, description="Where it comes from.")


def _bucket(row: BucketRow) -> Bucket:
    bucket = Bucket(**row.figures)
    refuse(lists.bucket_flaws(bucket))
    return bucket


def _grant(row: GrantRow) -> MatrixRow:
    figures = row.figures
    for start in ("from_days_past_due", "from_balance_minor"):
        figures[start] = figures[start] or 0
    grant = MatrixRow(**figures)
    refuse(lists.grant_flaws(grant))
    return grant


def _partition(listed: list[Bucket]) -> tuple[Bucket, ...]:
    refuse(lists.partition_flaws(listed))
    return tuple(listed)


def _matrix(listed: list[MatrixRow]) -> tuple[MatrixRow, ...]:
    refuse(lists.matrix_flaws(listed))
    return tuple(listed)


_ROWS = Field(max_length=MAX_ROWS)
_COMPONENT_LIST = Annotated[
    list[
        Annotated[
            Component,
            BeforeValidator(_component),
            WithJsonSchema({"type": "string", "enum": list(_COMPONENTS)}),
        ]
    ],
    _ROWS,
    AfterValidator(_all_five),
]
_PRODUCTS = Annotated[list[Annotated[Product, one_of(Product)]], _ROWS, _once("product")]
_ACTS = Annotated[list[Annotated[Act, one_of(Act)]], _ROWS, _once("act")]
_POLICIES = Annotated[list[Name], _ROWS, _once("policy")]
_SHEETS = Annotated[list[Annotated[SheetKind, one_of(SheetKind)]], _ROWS, _once("kind")]
_CLEARING_DAYS = Annotated[
    dict[Annotated[PaymentMethod, one_of(PaymentMethod)], Annotated[int, DAYS]],
    Field(max_length=MAX_MEMBERS),
    AfterValidator(_pairs),
]
_BUCKETS = Annotated[
    list[Annotated[BucketRow, AfterValidator(_bucket)]], _ROWS, AfterValidator(_partition)
]
_MATRIX = Annotated[
    list[Annotated[GrantRow, AfterValidator(_grant)]], _ROWS, AfterValidator(_matrix)
]

Components = Annotated[tuple[Component, ...], Figure("Components", _COMPONENT_LIST)]
ComponentsOrNull = Annotated[
    tuple[Component, ...] | None, Figure("ComponentsOrNull", _COMPONENT_LIST | None)
]
ProductsLimit = Annotated[tuple[Product, ...] | None, Figure("ProductsLimit", _PRODUCTS | None)]
ActsLimit = Annotated[tuple[Act, ...] | None, Figure("ActsLimit", _ACTS | None)]
PoliciesLimit = Annotated[tuple[str, ...] | None, Figure("PoliciesLimit", _POLICIES | None)]
SheetKindsLimit = Annotated[tuple[str, ...] | None, Figure("SheetKindsLimit", _SHEETS | None)]
ClearingDays = Annotated[tuple[tuple[str, int], ...], Figure("ClearingDays", _CLEARING_DAYS)]
Buckets = Annotated[tuple[Bucket, ...], Figure("Buckets", _BUCKETS)]
Matrix = Annotated[tuple[MatrixRow, ...], Figure("Matrix", _MATRIX)]
