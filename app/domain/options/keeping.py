"""How small and how long may a plan be that is suggested? As somebody has said, or the house.

A role without a limit may agree to anything; that is for whoever holds it to say, and no reason to
suggest a thousand payments of a dollar. So where a role has none, that of the next lesser role
that has one counts, as for settlements; where nobody has one, the house's.
"""

from collections.abc import Iterable
from typing import Final

from app.domain.policy.model import TermLimits, TermLimitsByRole
from app.domain.values import replace

#: The longest term there is; paid weekly at most [I].
LONGEST_MONTHS: Final = 60
MOST_PAYMENTS: Final = 260
_KEPT: Final = ("min_installment_minor", "min_installment_bps", "max_count", "max_term_months")
_HOUSE: Final = {"max_count": MOST_PAYMENTS, "max_term_months": LONGEST_MONTHS}


def suggested_limits(limits: TermLimitsByRole) -> TermLimitsByRole:
    """The limits that suggestions keep: a policy's, none of them open in size or length."""
    agent = _filled(limits.agent, ())
    supervisor = _filled(limits.supervisor, (limits.agent,))
    admin = _filled(limits.admin, (limits.supervisor, limits.agent))
    return TermLimitsByRole(agent=agent, supervisor=supervisor, admin=admin)


def _filled(own: TermLimits, lesser: Iterable[TermLimits]) -> TermLimits:
    said = {name: getattr(own, name) for name in _KEPT}
    for one in lesser:
        said |= {name: getattr(one, name) for name, limit in said.items() if limit is None}
    return replace(own, **{**said, **{n: v for n, v in _HOUSE.items() if said[n] is None}})
