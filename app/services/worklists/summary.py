"""How the work on a list stands: what is open, what can be worked, what was done today by whom."""

from dataclasses import dataclass

from app.domain.worklists.lists import Worklist
from app.services.context import Context
from app.services.judging import Judged
from app.services.worklists.items import asked_of
from app.storage.worklists import find, items
from app.storage.worklists.find import ReasonSum


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistSummary:
    """All of a list, each of its reasons, and what was done today: (act, actor, how often)."""

    whole: ReasonSum
    reasons: tuple[ReasonSum, ...]
    done: tuple[tuple[str, str | None, int], ...]
    judged: Judged


async def summarize_worklist(ctx: Context, worklist: Worklist) -> WorklistSummary:
    """What the gate forbids counts as workable until somebody was kept from it by the gate."""
    asked, judged = await asked_of(ctx)
    found = await find.summarize(ctx.tx, worklist, asked)
    whole = next(one for one in found if one.code is None)
    reasons = (one for one in found if one.code is not None)
    done = await items.done_on(ctx.tx, worklist.name, ctx.business_date)
    return WorklistSummary(
        whole=whole, reasons=tuple(reasons), done=tuple(done), judged=judged
    )  # fmt: skip
