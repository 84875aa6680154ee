"""The stored state of an account, folded anew where an earlier version of the service kept it.

A snapshot is a cache of the facts. One of another shape says too little, or what a rule since
made more exact would not say: it is not read, its facts are.
"""

from app.domain.forgiving import booked
from app.domain.policy import PolicyBook
from app.domain.state import SHAPE, State
from app.services.context import Context
from app.services.workers import folded
from app.storage import accounts
from app.storage.accounts import StoredAccount


def outdated(account: StoredAccount) -> bool:
    """Whether what is stored has another shape than this version folds."""
    return account.state.shape != SHAPE and account.fact_sequence > 0


async def state_of(ctx: Context, account: StoredAccount, policies: PolicyBook) -> State:
    """The account's state as stored, or what its facts say of the same day."""
    stored = account.state
    if not outdated(account):
        return stored
    known = await accounts.history(ctx.tx, account.id)
    state = await folded(ctx, known.facts, policies, stored.judged_on)
    return booked(state, stored, {}) if state.settlements else state
