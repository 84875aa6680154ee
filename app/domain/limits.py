"""A breach of a limit: the rule, what it allows, what was asked, and who may set it aside."""

from dataclasses import dataclass

from app.domain.vocabulary import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitBreach:
    """One rule that stands in the way; `limit` and `actual` carry the unit in the rule's name.

    `override_role` is the least role that may allow it, None where none may.
    """

    rule: str
    limit: int
    actual: int
    message: str
    override_role: Role | None
