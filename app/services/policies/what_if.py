"""What if: the accounts there are, folded under a changed policy. Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.errors import DomainError, NotFound
from app.domain.facts.fact import Fact
from app.domain.policy.book import PolicyBook
from app.domain.policy.document import PolicyDocument
from app.domain.policy.resolution import lineage
from app.domain.replay.replay import fold
from app.domain.reporting.what_if import Tally, plans_under, with_figures
from app.services.context import Context
from app.services.policy_books import book_of, parsed
from app.services.policy_documents.reader import parse, policy_of, refuse_crowded
from app.services.threads import LONG, apart
from app.storage import policies
from app.storage.accounts import accounts, facts
from app.storage.accounts.accounts import StoredAccount
from app.storage.accounts.narrowing import narrowed

#: Facts folded for one answer; those of one account where they are more.
MOST_FACTS = 1_000
_PAGE = 50  # reading more at once would keep others waiting


@dataclass(slots=True, kw_only=True)
class Trial:
    """Both sides of a trial; `skipped` accounts cannot be folded under the changed figures."""

    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)
    accounts: int = 0
    skipped: int = 0
    next_after: UUID | None = None

    def take(
        self,
        account: StoredAccount,
        entered: Sequence[Fact],
        both: tuple[PolicyBook, PolicyBook],
        *,
        name: str,
        on: date,
    ) -> None:
        """Add what an account's facts come to on both sides."""
        try:
            states = [fold(entered, book, through=on).state for book in both]
        except DomainError:  # an adjustment that fitted only as the money went
            self.skipped += 1
            return
        self.accounts += 1
        for tally, state in zip((self.before, self.after), states, strict=True):
            tally.count(state, name, currency=account.currency, on=on)


async def try_policy(
    ctx: Context,
    name: str,
    document: Mapping[str, Any],
    *,
    after: UUID | None = None,
    limit: int,
) -> Trial:
    """What plans under that policy would be, had it always said this: `limit` accounts at most.

    Fewer where their histories are long: what a fold costs is known by the number of facts.

    Raises `NotFound` for a policy nobody saved, `InvalidInput` for everything wrong in the
    document.
    """
    newest = {one.name: one for one in await policies.read_newest(ctx.tx)}
    if name not in newest:
        raise NotFound(resource="policy", key=name)
    refuse_crowded(document)
    said = await apart(  # of many creditors it is long
        ctx, lambda: parse(document, name=name, effective_from=ctx.business_date), size=LONG
    )
    chain = lineage(said, {one.name: parsed(one) for one in newest.values() if one.name != name})
    trial, books = Trial(), dict[tuple[str, str | None], tuple[PolicyBook, PolicyBook]]()
    looked, room = 0, MOST_FACTS
    while looked < limit:
        size = min(_PAGE, limit - looked)
        found = await accounts.find(ctx.tx, narrowed(after=after), limit=size)
        page, room = _fitting(found, name, room)
        looked += len(page)
        mine = [one for one in page if plans_under(one.state, name)]
        for one in mine:
            key = (one.policy_name, one.creditor_reference)
            if key not in books:
                books[key] = await _both(ctx, one, name, chain)
        await _count(ctx, mine, name, books, trial)
        after = page[-1].id if page else after
        if len(page) < len(found):
            break
        if len(found) < size:
            return trial
    trial.next_after = after
    return trial


def _fitting(
    page: Sequence[StoredAccount], name: str, room: int
) -> tuple[Sequence[StoredAccount], int]:
    """The first accounts of a page whose facts find room, and the room left; one always does."""
    for number, one in enumerate(page):
        facts_there = one.fact_sequence if plans_under(one.state, name) else 0
        if facts_there > room and room < MOST_FACTS:
            return page[:number], room
        room -= facts_there
    return page, room


async def _both(
    ctx: Context, account: StoredAccount, name: str, chain: tuple[PolicyDocument, ...]
) -> tuple[PolicyBook, PolicyBook]:
    """The policies as they are, and with the changed one in the place of all its versions."""
    book = await book_of(ctx, account.policy_name, account.creditor_reference)
    changed = policy_of(chain, version=1, creditor=account.creditor_reference)
    return book, with_figures(book, name, changed)


async def _count(
    ctx: Context,
    page: list[StoredAccount],
    name: str,
    books: Mapping[tuple[str, str | None], tuple[PolicyBook, PolicyBook]],
    trial: Trial,
) -> None:
    known = await facts.histories(ctx.tx, (one.id for one in page))
    on = ctx.business_date
    entered = [tuple(f for f in known[one.id].facts if f.business_date <= on) for one in page]

    def counted() -> None:
        for one, its in zip(page, entered, strict=True):
            both = books[one.policy_name, one.creditor_reference]
            trial.take(one, its, both, name=name, on=on)

    await apart(ctx, counted, size=sum(map(len, entered)))
