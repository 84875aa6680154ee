"""Is it somebody else who decides? Asked of plans, settlements and changes that wait, alike.

A key is whose it is whatever actor it names, and an actor is the same person whatever the case,
the blanks and the dots at the ends of the name.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.domain.vocabulary import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who proposed or decides. `key_id` None: with no key, or before keys were kept."""

    key_id: UUID | None
    actor: str | None


class SameHand(StrEnum):
    """Why nobody can tell that it is somebody else."""

    NOBODY_NAMED = "nobody_named"
    SAME_ACTOR = "same_actor"
    SAME_KEY = "same_key"
    PROPOSER_UNKNOWN = "proposer_unknown"


def folded_actor(actor: str | None) -> str:
    """An actor's name as it is compared and counted by; empty where it names nobody."""
    return "".join((actor or "").casefold().split()).strip(".")


def same_hand(proposer: Hand, decider: Hand, role: Role) -> SameHand | None:
    """What keeps this one, of this role, from deciding on that one's proposal; None: nothing.

    What nobody is named for, an admin with another key may decide, and nobody else.
    """
    if not folded_actor(decider.actor):
        return SameHand.NOBODY_NAMED
    if folded_actor(decider.actor) == folded_actor(proposer.actor):
        return SameHand.SAME_ACTOR
    if proposer.key_id is not None and proposer.key_id == decider.key_id:
        return SameHand.SAME_KEY
    if not folded_actor(proposer.actor) and role is not Role.ADMIN:
        return SameHand.PROPOSER_UNKNOWN
    return None
