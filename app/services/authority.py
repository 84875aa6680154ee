"""May whoever asks do this alone? The key's role against what the policies say of it."""

from uuid import UUID

from app.domain.agreement.four_eyes import Hand, same_hand
from app.domain.refusals.commands import SameActor
from app.services.context import Context


def refuse_same_hand(
    ctx: Context,
    proposer: Hand,
    *,
    plan_id: UUID | None = None,
    settlement_id: UUID | None = None,
) -> None:
    """Refuse to decide on what may be one's own proposal. Raises `SameActor`."""
    decider = Hand(key_id=ctx.key_id, actor=ctx.actor)
    why = same_hand(proposer, decider, ctx.role)
    if why is not None:
        raise SameActor(plan_id=plan_id, settlement_id=settlement_id, actor=ctx.actor, why=why)
