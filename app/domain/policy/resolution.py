"""How a chain of policy documents becomes the one `Policy` that holds for a creditor."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from app.domain.errors import InvalidInput
from app.domain.policy.document import Figures, PolicyDocument
from app.domain.policy.model import (
    AllocationRules,
    Authority,
    AuthorityByRole,
    Broken,
    CreditReportRules,
    DebtReliefRules,
    FutureRules,
    Missed,
    ModificationLimits,
    Policy,
    PromiseRules,
    ReAgeRules,
    SettlementRules,
    TermLimits,
    TermLimitsByRole,
)
from app.domain.vocabulary import PolicyRef, Role


def lineage(
    document: PolicyDocument, known: Mapping[str, PolicyDocument]
) -> tuple[PolicyDocument, ...]:
    """The document and all it extends, from the base upward: what `resolve` takes.

    Raises `InvalidInput` when it extends a policy that is not known, or, however far round,
    itself. (A new version of `default` extends nothing: it inherits from the shipped one.)
    """
    chain = [document]
    while (extends := chain[-1].extends) is not None:
        if extends in {link.name for link in chain}:
            way = " → ".join([*(link.name for link in chain), extends])
            raise InvalidInput.at("/extends", f"must not come round to itself: {way}")
        if extends not in known:
            raise InvalidInput.at("/extends", f"no policy {extends!r} here")
        chain.append(known[extends])
    return tuple(reversed(chain))


def resolve(
    chain: Sequence[PolicyDocument],
    *,
    upon: PolicyDocument,
    version: int,
    creditor: str | None = None,
) -> Policy:
    """One policy out of a chain from the base upward; name and date are its last document's.

    `upon` is what the base itself inherits from: the shipped default, which is complete.
    A creditor's figure, wherever in the chain it stands, wins over every tenant's figure.
    Resolve a version against its bases as they were when it was saved (the caller keeps
    which): a version, once saved, says the same for ever.
    """
    if not chain or chain[0].extends is not None:
        raise ValueError("a chain begins with a document that extends nothing")
    for base, link in pairwise(chain):
        if link.extends != base.name:
            raise ValueError(f"{link.name!r} does not extend {base.name!r}")
    links = (upon, *chain)
    figures: dict[str, object] = {}
    for link in links:
        figures |= link.figures
    if creditor is not None:
        for link in links:
            figures |= link.creditors.get(creditor, {})
    return _policy(
        figures,
        ref=PolicyRef(name=chain[-1].name, version=version),
        effective_from=chain[-1].effective_from,
    )


_Sections = Mapping[str, Mapping[str, Any]]


def _sections(figures: Figures) -> _Sections:
    """Each section's own figures, by field name, without those of the sections within it."""
    sections: dict[str, dict[str, Any]] = {}
    for path, value in figures.items():
        section, _, name = path.rpartition("/")
        sections.setdefault(section, {})[name] = value
    return sections


def _policy(figures: Figures, *, ref: PolicyRef, effective_from: date) -> Policy:
    """Typed figures into their sections. Complete, because the shipped default is."""
    of = _sections(figures)
    return Policy(
        ref=ref,
        effective_from=effective_from,
        missed=Missed(**of["/missed"]),
        broken=Broken(**of["/broken"]),
        allocation=AllocationRules(
            future=FutureRules(**of["/allocation/future"]),
            **of["/allocation"],
        ),
        terms=TermLimitsByRole(**{role.value: TermLimits(**of[f"/terms/{role}"]) for role in Role}),
        authority=AuthorityByRole(
            **{role.value: Authority(**of[f"/authority/{role}"]) for role in Role}
        ),
        re_age=ReAgeRules(**of["/re_age"]),
        modification=ModificationLimits(**of["/modification"]),
        settlement=SettlementRules(
            debt_relief=DebtReliefRules(**of["/settlement/debt_relief"]),
            **of["/settlement"],
        ),
        promise=PromiseRules(**of["/promise"]),
        credit_report=CreditReportRules(**of["/credit_report"]),
        **of[""],
    )
