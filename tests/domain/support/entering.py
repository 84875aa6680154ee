"""One fact entered into the books."""

from collections.abc import Iterable

from app.domain.books.enter import Draft, enter_together
from app.domain.facts.fact import Fact
from app.domain.policy.book import PolicyBook


def enter(
    draft: Draft, fact: Fact, policies: PolicyBook, *, history: Iterable[Fact] | None = None
) -> Draft:
    """The draft with one more fact in it."""
    return enter_together(draft, (fact,), policies, history=history)
