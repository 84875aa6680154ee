"""The clock of a sandbox: a tenant made for trying things moves its own business date."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.domain.agreement.acts import Office, check_office
from app.domain.errors import DomainError
from app.services.context import Context
from app.storage import tenancy
from app.storage.reports import report_days


@dataclass(eq=False, kw_only=True)
class NotASandbox(DomainError):
    """This tenant's date is the calendar's; nobody moves it."""

    problem: ClassVar[str] = "not-a-sandbox"

    @property
    def detail(self) -> str:
        return "This tenant is not a sandbox: its business date is the calendar's."


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A sandbox's business date; not `fixed` while it still follows the calendar."""

    business_date: date
    fixed: bool


async def read_clock(ctx: Context) -> Clock:
    """The business date every request without a date of its own uses."""
    _ask_for_sandbox(ctx)
    fixed = await tenancy.read_clock(ctx.tx)
    return Clock(business_date=fixed or ctx.business_date, fixed=fixed is not None)


async def set_clock(ctx: Context, business_date: date) -> Clock:
    """Move it, forward or back, from the next request on.

    Raises `OutsideAuthority`, `NotASandbox`.
    """
    check_office(Office.SET_CLOCK, ctx.role)
    _ask_for_sandbox(ctx)
    await tenancy.set_clock(ctx.tx, ctx.tenant_id, business_date)
    if business_date <= ctx.business_date:  # days that were over go on
        await report_days.hold(ctx.tx)  # one that a sweep is about to keep, too
        await report_days.forget_from(ctx.tx, business_date)
    return Clock(business_date=business_date, fixed=True)


def _ask_for_sandbox(ctx: Context) -> None:
    if not ctx.sandbox:
        raise NotASandbox
