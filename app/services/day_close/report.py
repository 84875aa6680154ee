"""What a sweep says it did: counted by name, and what it had to leave, with the reason."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.domain.entries.events import Event, EventType

#: How many skipped accounts a report names, of each reason.
NAMED = 20


class SkipReason(StrEnum):
    """Why an account that was due was left as it was."""

    LOCKED = "locked"  # held by another transaction for longer than a lock is waited for
    POLICY_MISSING = "policy_missing"  # the policy or the version it is judged by is not there
    FAILED = "failed"  # nobody foresaw why: the error is logged with the account's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An account left as it was; `error` is what nobody foresaw."""

    account_id: UUID
    reason: SkipReason
    error: Exception | None = None

    @property
    def error_name(self) -> str | None:
        """What kind of error it was; its message may hold anything."""
        return type(self.error).__name__ if self.error else None


def unheard(one: Skipped) -> None:
    """Where nobody listens, an error nobody foresaw is not put aside but raised."""
    if one.error is not None:
        raise one.error


class NotKept(StrEnum):
    """Why it is not kept what a day came to."""

    OLDER_ACCOUNTS = "older_accounts"  # some were last written before there was such a cache
    MANY_CHANGED = "many_changed"  # more than a close folds have gone on since
    POLICY_MISSING = "policy_missing"
    BUSY = "busy"  # the database took too long


@dataclass(frozen=True, slots=True, kw_only=True)
class DayKept:
    """Whether it is kept what a day came to, and why not.

    `without_policy`: accounts, at most `NAMED`, whose policy is missing; of a day that is kept all
    the same, what ended latenesses of its month is not.
    """

    why_not: NotKept | None = None
    without_policy: tuple[UUID, ...] = ()

    def __bool__(self) -> bool:
        return self.why_not is None


@dataclass(slots=True)
class SweepReport:
    """What a sweep of one business date did."""

    business_date: date
    examined: int = 0
    changed: int = 0
    by_transition: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)  # by bucket
    left: Counter[str] = field(default_factory=Counter)
    skipped: dict[SkipReason, list[UUID]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)  # by kind, of those that failed
    #: Whether what the day before came to is kept; None: nobody asked for it.
    day_kept: DayKept | None = None
    #: Whether it came to its end: what is left then, it could not have had.
    went_through: bool = False
    #: Whether it ended since the sandbox's clock was moved to a day before the one it closes.
    clock_moved: bool = False

    def skip(self, one: Skipped) -> bool:
        """Add an account that had something to do, and still has; False: it is there already."""
        named = self.skipped.setdefault(one.reason, [])
        if one.account_id in named:
            return False
        named.append(one.account_id)
        if one.error_name:
            self.errors[one.error_name] += 1
        return True

    @property
    def waits(self) -> bool:
        """Whether another run soon may do more: it was cut off, or somebody held an account."""
        return not self.went_through or SkipReason.LOCKED in self.skipped

    def count(self, events: tuple[Event, ...], *, times: int = 1) -> None:
        """Add what was told of one account; -1 times where it was not stored after all."""
        self.examined += times
        self.changed += bool(events) * times
        for event in events:
            self.by_transition[event.type.value] += times
            if event.type is EventType.BUCKET_CHANGED and not event.corrects:
                self.entered[str(event.data["to"])] += times
                self.left[str(event.data["from"])] += times

    @property
    def counts(self) -> dict[str, Any]:
        """Everything counted by name, as it is kept with the run."""
        return {
            "by_transition": dict(sorted((+self.by_transition).items())),
            "entered": dict(sorted((+self.entered).items())),
            "left": dict(sorted((+self.left).items())),
            "skipped": {
                reason.value: {"count": len(ids), "account_ids": [str(one) for one in ids[:NAMED]]}
                for reason, ids in sorted(self.skipped.items())
            },
            "errors": dict(sorted(self.errors.items())),
            "waits": self.waits,
        }
