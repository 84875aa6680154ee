"""The versions of a policy: which one judges a fact, and which is in force on a day."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from app.domain.policy.model import Broken, Policy
from app.domain.values import replace
from app.domain.vocabulary import (
    MissedMethod,
    PolicyRef,
)


class Pinned(Protocol):
    """What lives under the version it was agreed under: a plan."""

    @property
    def policy(self) -> PolicyRef: ...
    @property
    def settles(self) -> bool: ...


def _settling(policy: Policy) -> Policy:
    """What a settlement's plan lives under: its own grace, and the first miss breaks it.

    Whatever the policy says of plans, one part not paid in time makes it void. A part is
    paid when all of it is: a settlement is judged by its own amount, so no share of a part counts
    as the whole. What a tolerance lets go is forgiven, never waived.
    """
    return replace(
        policy,
        grace_days=policy.settlement.void_after_grace_days,
        missed=replace(policy.missed, method=MissedMethod.AGGREGATE),
        broken=Broken(max_missed=None, max_consecutive_missed=1, max_delinquent_days=None),
        allocation=replace(policy.allocation, tolerance_minor=0),
    )


class PolicyNotLoaded(ValueError):
    """A version that is not in the book: it was saved after the book was read, or it is a bug."""

    def __init__(self, ref: PolicyRef) -> None:
        super().__init__(f"policy {ref.name!r} version {ref.version} is not loaded")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """The policies one account can meet: its own policy's versions, and those it is pinned to.

    `name` is the account's own policy. Looking up is cheap; a fold does it for every fact.
    """

    name: str
    policies: tuple[Policy, ...]
    _by_ref: Mapping[PolicyRef, Policy] = field(init=False, repr=False, compare=False)
    _for_settlements: dict[PolicyRef, Policy] = field(init=False, repr=False, compare=False)
    _since: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _holding: tuple[Policy, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_ref = {policy.ref: policy for policy in self.policies}
        if len(by_ref) != len(self.policies):
            raise ValueError("a policy version stands twice in one book")
        own = sorted(
            (p for p in self.policies if p.ref.name == self.name), key=lambda p: p.ref.version
        )
        if not own:
            raise ValueError(f"no version of {self.name!r} in its own book")
        since: list[date] = []
        holding = [own[0]]
        for policy in own:
            # A later version that takes effect earlier outlives those before it.
            while since and since[-1] >= policy.effective_from:
                since.pop()
                holding.pop()
            since.append(policy.effective_from)
            holding.append(policy)
        object.__setattr__(self, "_by_ref", by_ref)
        object.__setattr__(self, "_for_settlements", {})
        object.__setattr__(self, "_since", tuple(since))
        object.__setattr__(self, "_holding", tuple(holding))

    def pinned(self, ref: PolicyRef) -> Policy:
        """The very version a plan opened under. Raises `PolicyNotLoaded`."""
        try:
            return self._by_ref[ref]
        except KeyError:
            raise PolicyNotLoaded(ref) from None

    def of(self, plan: Pinned) -> Policy:
        """What a plan lives under: the version it is pinned to, as that reads for its kind."""
        if not plan.settles:
            return self.pinned(plan.policy)
        known = self._for_settlements.get(plan.policy)
        if known is None:  # worked out once: a fold asks for every fact
            known = _settling(self.pinned(plan.policy))
            self._for_settlements[plan.policy] = known
        return known

    def next_change_after(self, on: date) -> date | None:
        """The next day another version of the account's own policy takes force."""
        later = bisect_right(self._since, on)
        return self._since[later] if later < len(self._since) else None

    def in_force(self, on: date) -> Policy:
        """The highest version effective on that day; before any took effect, the first version.

        So a new version changes no day before its own `effective_from`.
        """
        return self._holding[bisect_right(self._since, on)]
