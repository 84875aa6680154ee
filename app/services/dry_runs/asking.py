"""Who wants a sheet stored, whether somebody else must decide, and what was decided (0069).

A policy limits by role what is stored by itself. What passes a limit that a higher role has not
waits: nothing of it is in the books, and it can be read but not changed. Approved, it is stored
in the name and with the role of who asked; what a row alone would be refused for, stays refused.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from app.domain.agreement.approval import may_wait
from app.domain.agreement.four_eyes import Hand
from app.domain.agreement.import_limits import SheetSize, check_import
from app.domain.entries.events import EventType
from app.domain.errors import NotFound
from app.domain.limits import LimitBreach
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.sheets import DryRunStale
from app.domain.values import replace
from app.domain.vocabulary import Role
from app.services.authority import default_authority, refuse_same_hand
from app.services.context import Context
from app.services.dry_runs.dry_runs import KEPT
from app.services.dry_runs.judge import Judge
from app.services.etags import Expected
from app.services.telling.tell import event, tell
from app.storage.dry_runs import dry_runs
from app.storage.dry_runs.dry_runs import StoredDryRun
from app.storage.dry_runs.standing import owed_minor
from app.storage.ids import new_id

#: How long a sheet that waits is kept: a week has a day on which somebody is there.
WAITS: Final = timedelta(days=7)
_UNDECIDED: Final = dict.fromkeys(
    ("decision", "decided_at", "decided_actor", "decided_role", "decided_key_id",
     "decided_because"),
)  # fmt: skip


def asked_by(ctx: Context, because: str | None) -> dict[str, Any]:
    """Who wants it stored now, and that nobody has decided on that yet."""
    return {
        "asked_id": new_id(),
        "asked_at": ctx.instant,
        "asked_actor": ctx.actor,
        "asked_role": str(ctx.role),
        "asked_key_id": ctx.key_id,
        "asked_origin": ctx.origin,
        "asked_because": because,
        "asks": None,
        "compared": None,
        **_UNDECIDED,
    }


def as_asked(ctx: Context, run: StoredDryRun) -> Context:
    """The surroundings of who asked; of who tried it, where it was asked before that was kept."""
    if run.asked_role is None:
        return replace(
            ctx, role=Role(run.role), actor=run.actor, key_id=run.key_id, origin=run.origin
        )
    return replace(
        ctx, role=Role(run.asked_role), actor=run.asked_actor, key_id=run.asked_key_id,
        origin=run.asked_origin,
    )  # fmt: skip


async def limits_passed(ctx: Context, size: SheetSize) -> tuple[LimitBreach, ...]:
    """The limits for which it waits, none where the role may store it by itself.

    Raises `OutsideAuthority` where one is passed that no higher role has not.
    """
    passed = check_import(size, await default_authority(ctx), ctx.role)
    if not may_wait(passed, ctx.role):
        raise OutsideAuthority(role=ctx.role, refusals=passed)
    return passed


async def ask(
    ctx: Context, run: StoredDryRun, judge: Judge, passed: tuple[LimitBreach, ...],
    changed: Mapping[str, Any],
) -> None:  # fmt: skip
    """Have it wait for somebody else. `changed`: what is said of it besides."""
    size, until = judge.size, ctx.instant + WAITS
    compared = {
        "before": {"count": len(judge.named), "sums": await owed_minor(ctx.tx, judge.named)},
        "after": {"count": size.rows, "sums": dict(size.sums_minor)},
    }
    waits = {
        "status": "pending_approval",
        "asks": [_kept(one) for one in passed],
        "compared": compared,
        "expires_at": until,
        "forget_at": until,
    }
    await dry_runs.change(ctx.tx, run.id, {**changed, **waits})
    said = {"mode": changed["mode"], "rows": size.rows, "rules": [one.rule for one in passed]}
    tell(ctx, event(ctx, EventType.IMPORT_PROPOSED, {**_which(run), **said}))


async def waiting(ctx: Context, dry_run_id: UUID, expected: Expected) -> StoredDryRun:
    """A sheet that waits, locked, for somebody else than who asked.

    Raises `NotFound`, `EtagMismatch`, `DryRunStale`, `SameActor`.
    """
    run = await dry_runs.read(ctx.tx, dry_run_id, lock=True)
    if run is None:
        raise NotFound(resource="approval", key=str(dry_run_id))
    expected.check(run.version)
    if run.status != "pending_approval":
        raise DryRunStale(why="It waits for nobody")
    refuse_same_hand(ctx, Hand(key_id=run.asked_key_id, actor=run.asked_actor))
    return run


async def refuse_outside(ctx: Context, size: SheetSize) -> None:
    """Whoever approves must be able to store it by themselves. Raises `OutsideAuthority`."""
    passed = check_import(size, await default_authority(ctx), ctx.role)
    if passed:
        raise OutsideAuthority(role=ctx.role, refusals=passed)


def decided_by(ctx: Context, decision: str, because: str | None) -> dict[str, Any]:
    """What somebody decided, as it is kept."""
    return {
        "decision": decision,
        "decided_at": ctx.instant,
        "decided_actor": ctx.actor,
        "decided_role": str(ctx.role),
        "decided_key_id": ctx.key_id,
        "decided_because": because,
    }


async def reject_import(
    ctx: Context, dry_run_id: UUID, expected: Expected, *, reason: str | None
) -> None:
    """End it: nothing of it is stored. Raises as `waiting`."""
    run = await waiting(ctx, dry_run_id, expected)
    kept_to = min(run.expires_at, ctx.instant + KEPT)  # for whoever wants to see why
    ended = {"status": "rejected", "version": run.version + 1, "forget_at": kept_to}
    await dry_runs.change(ctx.tx, run.id, {**ended, **decided_by(ctx, "rejected", reason)})
    said = {**_which(run), "asked_by": run.asked_actor}
    tell(ctx, event(ctx, EventType.IMPORT_REJECTED, said))


def breaches_of(run: StoredDryRun) -> tuple[LimitBreach, ...]:
    """The limits that made it wait."""
    return tuple(
        LimitBreach(**{**one, "override_role": one["override_role"] and Role(one["override_role"])})
        for one in run.asks or ()
    )


def _kept(one: LimitBreach) -> dict[str, Any]:
    return {
        "rule": one.rule, "limit": one.limit, "actual": one.actual, "message": one.message,
        "override_role": one.override_role and str(one.override_role),
    }  # fmt: skip


def _which(run: StoredDryRun) -> dict[str, Any]:
    return {"import_id": run.id, "kind": run.kind, "sha256": run.sha256.hex()}
