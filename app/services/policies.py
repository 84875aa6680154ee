"""Policies: read in any version, and saved as the next one.

A version once saved says the same for ever, so saving checks everything that could make it
unreadable: every figure, what it extends, and the calendar it names.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.errors import NotFound
from app.domain.policy_chain import lineage
from app.domain.policy_document import parse
from app.services import calendars
from app.services.context import Context
from app.services.rules import parsed
from app.services.versions import EtagMismatch, Expected, etag
from app.storage import policies
from app.storage.policies import PolicyVersion

__all__ = ["PolicyVersion", "list_policies", "read_policy", "save_policy"]


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

    Without a date of its own it takes effect on the business date. Raises `InvalidInput` with
    a pointer for everything wrong in it, `EtagMismatch` where another version came between.
    """
    said = parse(document, name=name, effective_from=ctx.business_date)
    newest = {one.name: one for one in await policies.read_newest(ctx.tx)}
    lineage(said, {one.name: parsed(one) for one in newest.values() if one.name != name})
    holidays = said.figures.get("/holiday_calendar")
    if isinstance(holidays, str):
        calendars.calendar(holidays, pointer="/holiday_calendar")
    expected = newest[name].version if name in newest else 0
    if if_match is not None:
        if_match.check(expected)
    saved = await policies.append(
        ctx.tx,
        ctx.tenant_id,
        name=name,
        extends=said.extends,
        effective_from=said.effective_from,
        document=document,
        actor=ctx.actor,
    )
    if if_match is not None and saved.version != expected + 1:  # saved by another meanwhile
        raise EtagMismatch(current_etag=etag(saved.version - 1))
    return saved
