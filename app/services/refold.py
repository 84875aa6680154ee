"""The state of an account, folded anew where an earlier version of Accord stored it.

A snapshot is a cache of the facts. One of an older shape may lack fields, or hold what an older
rule worked out. It is not used: the facts are folded again.
"""

from app.domain.account.state import SHAPE, State
from app.domain.books.forgiveness import with_forgiveness_ids
from app.domain.policy.book import PolicyBook
from app.services.context import Context
from app.services.threads import folded
from app.storage.accounts import facts
from app.storage.accounts.accounts import StoredAccount


def outdated(account: StoredAccount) -> bool:
    """Whether what is stored has another shape than this version folds."""
    return account.state.shape != SHAPE and account.fact_sequence > 0


async def state_of(ctx: Context, account: StoredAccount, policies: PolicyBook) -> State:
    """The account's state as stored, or what its facts say of the same day."""
    stored = account.state
    if not outdated(account):
        return stored
    known = await facts.history(ctx.tx, account.id)
    state = await folded(ctx, known.facts, policies, stored.judged_on)
    return with_forgiveness_ids(state, stored, {}) if state.settlements else state
