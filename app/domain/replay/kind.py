"""What there is to know of a kind of fact: all of it, in one value."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic

from app.domain.account.fold import Fold
from app.domain.account.state import State
from app.domain.entries.events import Event
from app.domain.entries.postings import Posting
from app.domain.facts.fact import Fact, K
from app.domain.policy.book import PolicyBook

#: The turns within a day: the account is placed, a stop is known, and then what it may bar.
PLACING, BARRING, OTHERS = 0, 1, 2


def as_entered(_fact: Fact) -> int:
    """It has no turn of its own."""
    return OTHERS


def first(_fact: Fact) -> int:
    """It comes before all else of its day."""
    return PLACING


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[K]):
    """A kind of fact. Only its turn and what `moves_money` says have a usual answer.

    What a fact undoes, and what it falls with, its body says (`facts.body`).
    """

    body: type[K]
    #: How it changes the account. None: it only takes another fact out of the fold.
    changes: Callable[[Fold, Fact[K], PolicyBook], Fold] | None
    #: The rows of the ledger that say what it itself did.
    posts: Callable[[Fact[K], Fold, Fold], Iterable[Posting]]
    #: The events that tell it.
    tells: Callable[[Fact[K]], Iterable[Event]]
    #: Whether it cannot be applied to the stored state, though it counts on the latest day.
    needs_history: Callable[[State, Fact[K]], bool]
    #: Where it comes within its day; those of one turn in order of entry.
    turn: Callable[[Fact[K]], int] = as_entered
    #: Money came by it, or left: it judges the bucket anew though the clock stands still.
    moves_money: bool = False


def always(_state: State, _fact: Fact) -> bool:
    """It undoes another, or puts older money to use, whose lines only history knows."""
    return True


def never(_state: State, _fact: Fact) -> bool:
    """It goes on from the stored state."""
    return False
