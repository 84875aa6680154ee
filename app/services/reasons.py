"""Keeping beside the books what of them asks for work: written with them, where it changed."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.account.state import State
from app.domain.policy.book import PolicyBook
from app.domain.worklists.books import InBooks, in_books
from app.services.context import Context
from app.services.refold import outdated
from app.storage.accounts.accounts import StoredAccount
from app.storage.worklists import reasons

Written = tuple[StoredAccount, State, PolicyBook]


async def keep_reasons(ctx: Context, written: Iterable[Written]) -> None:
    """Keep what asks for work in the accounts that were written; of most of them nothing changed.

    An account as it was before, the state it has now, and its policies. A new one is kept though
    it asks for nothing: what stands elsewhere is looked for beside accounts that are kept.
    """
    await reasons.keep(ctx.tx, [row for one in written if (row := _changed(*one)) is not None])


async def keep_again(ctx: Context, locked: Iterable[Written]) -> None:
    """Keep it of locked accounts, whatever is kept."""
    await reasons.keep(
        ctx.tx,
        [
            reasons.row_of(account.id, account.reference, in_books(state, policies))
            for account, state, policies in locked
        ],
    )


def _changed(
    account: StoredAccount, state: State, policies: PolicyBook
) -> Mapping[str, Any] | None:
    now = in_books(state, policies)
    had = InBooks() if outdated(account) else in_books(account.state, policies)
    if account.fact_sequence and now == had and not outdated(account):
        return None
    return reasons.row_of(account.id, account.reference, now)
