"""Policies: read in any version, and saved as the next one.

A version once saved says the same for ever, so saving checks everything that could make it
unreadable: every figure, what it extends, and the calendar it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from app.domain.agreement.acts import Office, check_office
from app.domain.errors import DomainError, NotFound
from app.domain.policy.resolution import lineage
from app.services import holidays as calendars
from app.services.context import Context
from app.services.etags import EtagMismatch, Expected, etag
from app.services.policy_books import parsed
from app.services.policy_documents.reader import parse, refuse_crowded
from app.services.threads import LONG, apart
from app.storage import policies
from app.storage.accounts import judging
from app.storage.policies import PolicyVersion

__all__ = ["DaysClosed", "PolicyVersion", "list_policies", "read_policy", "save_policy"]


_DAY = timedelta(days=1)


@dataclass(eq=False, kw_only=True)
class DaysClosed(DomainError):
    """The version would take effect on days already judged, which nothing judges again."""

    problem: ClassVar[str] = "days-closed"
    policy: str
    effective_from: date
    closed_through_on: date
    earliest_effective_from: date

    @property
    def detail(self) -> str:
        return (
            f"Accounts under {self.policy!r} are closed through {self.closed_through_on}, and no "
            "day is judged again. The version can take effect from "
            f"{self.earliest_effective_from} on, not from {self.effective_from}."
        )


async def list_policies(ctx: Context) -> tuple[PolicyVersion, ...]:
    """The newest version of each policy, by name; one may not be in force yet."""
    return await policies.read_newest(ctx.tx)


async def read_policy(ctx: Context, name: str, version: int | None = None) -> PolicyVersion:
    """That version, or the newest. Raises `NotFound`."""
    found = await policies.read(ctx.tx, name, version)
    if found is None:
        key = name if version is None else f"{name} version {version}"
        raise NotFound(resource="policy", key=key)
    return found


async def save_policy(
    ctx: Context, name: str, document: Mapping[str, Any], if_match: Expected | None
) -> PolicyVersion:
    """Save a document as the next version of the policy by that name.

    Without a date of its own it takes effect on the business date, or, where that is closed
    for an account already, on the first day that is not. Raises `InvalidInput` with a pointer
    for everything wrong in it, `OutsideAuthority`, `DaysClosed`, `EtagMismatch` where another
    version came between.
    """
    check_office(Office.SAVE_POLICY, ctx.role)
    refuse_crowded(document)
    said = await apart(  # of many creditors it is long
        ctx, lambda: parse(document, name=name, effective_from=ctx.business_date), size=LONG
    )
    newest = {one.name: one for one in await policies.read_newest(ctx.tx)}
    lineage(said, {one.name: parsed(one) for one in newest.values() if one.name != name})
    holidays = said.figures.get("/holiday_calendar")
    if isinstance(holidays, str):
        calendars.calendar(holidays, pointer="/holiday_calendar")
    expected = newest[name].version if name in newest else 0
    if if_match is not None:
        if_match.check(expected)
    effective_from = said.effective_from
    if name in newest:  # a first version rules no account yet
        dated = "effective_from" in document
        effective_from = await _open_day(ctx, name, said.effective_from, dated=dated)
        await judging.judge_on(ctx.tx, name, effective_from)
    saved = await policies.append(
        ctx.tx,
        ctx.tenant_id,
        name=name,
        extends=said.extends,
        effective_from=effective_from,
        document=document,
        actor=ctx.actor,
        key_id=ctx.key_id,
    )
    if if_match is not None and saved.version != expected + 1:  # saved by another meanwhile
        raise EtagMismatch(current_etag=etag(saved.version - 1))
    return saved


async def _open_day(ctx: Context, name: str, wanted: date, *, dated: bool) -> date:
    """The day a further version takes effect: as wanted, if nothing was closed then."""
    closed = await judging.closed_through(ctx.tx, name)
    if closed is None or wanted > closed:
        return wanted
    if dated:
        raise DaysClosed(
            policy=name,
            effective_from=wanted,
            closed_through_on=closed,
            earliest_effective_from=closed + _DAY,
        )
    return closed + _DAY
