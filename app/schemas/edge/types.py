"""What every request and answer is built on: two bases, pages, and two forms of a member.

Requests (`Model`) are strict: an amount is a JSON integer, never `"12"`, `12.0` or `true`,
and a field nobody knows is refused. Answers (`Read`) are built from domain values. The words
they are made of stand beside: `ids`, `money`, `time`, `words`.
"""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Strict

from app.schemas.edge.time import Date

T = TypeVar("T")


class Model(BaseModel):
    """A request body: strict, closed, unchanging; its errors never repeat what was sent."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Read(BaseModel):
    """An answer: read off domain values by name. No defaults: what is absent is said."""

    model_config = ConfigDict(frozen=True, from_attributes=True, hide_input_in_errors=True)


class Page(Read, Generic[T]):
    """One page of a list; `next_cursor` null on the last."""

    data: list[T]
    next_cursor: str | None


class JudgedPage(Page[T]):
    """One page of a list that goes by what changes with the days.

    It is right as of `judged_through_on`: the business date, or the day before the first on
    which one of the `accounts_behind` accounts is still to be judged by a sweep.
    """

    judged_through_on: Date
    accounts_behind: int


#: One of a `StrEnum`'s values, by value: `Choice[PaymentMethod]` in a strict model.
Choice = Annotated[T, Strict(strict=False)]
#: A JSON array as a tuple in a strict model: `Many[InstallmentRequest]`.
Many = Annotated[tuple[T, ...], Strict(strict=False)]
