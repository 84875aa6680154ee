"""Letters about a settlement, in plain language: offered, agreed, satisfied.

Rendered from figures alone: no clock, and no person's name; those are lines of their own so that
they can be kept apart. The same figures give the same bytes, but wordings change over the years:
what was said is to be stored as said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from app.domain.errors import InvalidInput
from app.domain.letters import LetterKind
from app.domain.vocabulary import SettlementReturn
from app.services.wording.letter_phrases import LetterPhrases
from app.services.wording.letters_en import AMERICAN_LETTERS, BRITISH_LETTERS
from app.services.wording.letters_es import AMERICAN_SPANISH_LETTERS
from app.services.wording.locale import Names, Writer, counted, plain, with_names

#: Raised whenever any phrase changes, so that a letter says which wording it was.
LETTER_WORDING_VERSION = 2

_PHRASES = MappingProxyType(
    {"en-GB": BRITISH_LETTERS, "en-US": AMERICAN_LETTERS, "es-US": AMERICAN_SPANISH_LETTERS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPayment:
    """One payment a letter asks for."""

    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """Everything a letter says, as figures. `balance_minor` is what is owed on its date.

    `forgiven_minor`: what stands forgiven, of a satisfied settlement. `tax_threshold_minor`:
    from where on a form goes to the tax office; None where none does in this currency.
    """

    kind: LetterKind
    dated_on: date
    account_reference: str
    currency: str
    amount_minor: int
    balance_minor: int
    payments: tuple[LetterPayment, ...]
    expires_on: date
    void_after_grace_days: int
    cure_days: int
    on_return: SettlementReturn
    tax_threshold_minor: int | None
    paid_minor: int = 0
    forgiven_minor: int = 0
    time_zone: str = "UTC"  # in which the day begins by which to accept

    @property
    def forgives(self) -> bool:
        """Whether it is about less than the whole: paid in full, nobody is told of forgiveness."""
        if self.kind is LetterKind.SATISFACTION:
            return self.forgiven_minor > 0
        return self.balance_minor > self.amount_minor


def with_both_sides(text: str, names: Names, *, locale: str) -> str:
    """A letter with the lines that say who is owed and who owes."""
    words = _phrases(locale)
    return with_names(text, names, creditor=words.creditor, debtor=words.debtor)


def letter_text(facts: LetterFacts, *, locale: str) -> str:
    """The letter without names. Raises `InvalidInput` at `?language` for an unknown one."""
    said = Writer(words=_phrases(locale), locale=locale, currency=facts.currency)
    sections = _SECTIONS[facts.kind](said, facts)
    told = ("\n".join(line for line in lines if line is not None) for lines in sections)
    return "\n\n".join(told) + "\n"


def _phrases(locale: str) -> LetterPhrases:
    try:
        return _PHRASES[locale]
    except KeyError:
        raise InvalidInput.at("?language", f"one of {', '.join(_PHRASES)}") from None


_Said = Writer[LetterPhrases]
#: Lines of one section; None is one that has nothing to say here.
_Lines = Iterable[str | None]


# The letters ------------------------------------------------------------------------------


def _offer(said: _Said, facts: LetterFacts) -> Iterator[_Lines]:
    words = said.words
    yield _head(said, facts, words.offer_title)
    yield _terms(said, facts, words.offer_heading, words.offer)
    yield _payments(said, facts)
    until = words.accept_by.format(day=said.day(facts.expires_on), zone=facts.time_zone)
    yield _section(words.accept_heading, until, words.need_not)
    yield _ends(said, facts)
    yield _then(said, facts)
    yield from _foot(said, facts)


def _acceptance(said: _Said, facts: LetterFacts) -> Iterator[_Lines]:
    words = said.words
    yield _head(said, facts, words.acceptance_title)
    yield _terms(said, facts, words.acceptance_heading, words.acceptance)
    yield _payments(said, facts)
    yield _ends(said, facts)
    yield _then(said, facts)
    yield from _foot(said, facts)


def _satisfaction(said: _Said, facts: LetterFacts) -> Iterator[_Lines]:
    """It asks for nothing: no amount due, no date to pay by."""
    words = said.words
    yield _head(said, facts, words.satisfaction_title if facts.forgives else words.paid_title)
    yield _section(
        words.satisfaction_heading,
        words.satisfied.format(day=said.day(facts.dated_on), paid=said.money(facts.paid_minor)),
        _forgiven(said, facts),
        words.nothing_owed.format(zero=said.money(0)),
        words.no_more,
        _currency(said),
    )
    yield _section(words.stands_heading, _stands(said, facts))
    yield from _else(said, facts, facts.forgiven_minor)
    yield (words.keep, words.no_advice)
    yield (_wording(said),)


_SECTIONS = {
    LetterKind.OFFER: _offer,
    LetterKind.ACCEPTANCE: _acceptance,
    LetterKind.SATISFACTION: _satisfaction,
}


# The sections -----------------------------------------------------------------------------


def _section(heading: str, *lines: str | None) -> _Lines:
    return (heading, "", *lines)


def _head(said: _Said, facts: LetterFacts, title: str) -> _Lines:
    words = said.words
    return (
        title,
        "",
        words.account.format(reference=plain(facts.account_reference)),
        words.dated.format(day=said.day(facts.dated_on)),
    )


def _terms(said: _Said, facts: LetterFacts, heading: str, agreed: str) -> _Lines:
    words, rest = said.words, facts.balance_minor - facts.amount_minor
    left = words.forgives.format(forgives=said.money(rest)) if rest > 0 else words.all_of_it
    return _section(
        heading,
        words.owed.format(balance=said.money(facts.balance_minor)),
        agreed.format(amount=said.money(facts.amount_minor)),
        left,
        _currency(said),
    )


def _payments(said: _Said, facts: LetterFacts) -> _Lines:
    words, rows = said.words, facts.payments
    cells = [(words.number, words.due_on, words.amount)]
    for number, row in enumerate(rows, start=1):
        cells.append((str(number), said.day(row.due_on), said.money(row.amount_minor)))
    wide = [max(len(line[column]) for line in cells) for column in range(3)]
    table = (f"{n.rjust(wide[0])}  {on.ljust(wide[1])}  {to.rjust(wide[2])}" for n, on, to in cells)
    total = counted(words.total, len(rows)).format(
        count=len(rows),
        total=said.money(sum(row.amount_minor for row in rows)),
        last=said.day(rows[-1].due_on),
    )
    return _section(words.payments_heading, *table, "", total)


def _ends(said: _Said, facts: LetterFacts) -> _Lines:
    words, days = said.words, facts.void_after_grace_days
    ends = counted(words.void, days).format(days=days) if days else words.void_at_once
    cure = counted(words.cure, facts.cure_days).format(days=facts.cure_days)
    return _section(
        words.void_heading,
        ends,
        words.late if days else None,
        words.returned,
        words.void_means if facts.forgives else words.void_means_whole,
        cure if facts.cure_days else None,
    )


def _then(said: _Said, facts: LetterFacts) -> _Lines:
    words = said.words
    then = words.then if facts.forgives else words.then_whole
    return _section(words.then_heading, then.format(zero=said.money(0)))


def _forgiven(said: _Said, facts: LetterFacts) -> str | None:
    if not facts.forgiven_minor:
        return None
    return said.words.forgiven.format(forgiven=said.money(facts.forgiven_minor))


def _stands(said: _Said, facts: LetterFacts) -> str:
    if not facts.forgives:
        return said.words.stands_whole
    reopens = facts.on_return is SettlementReturn.REOPEN
    return said.words.stands_reopen if reopens else said.words.stands_void


def _foot(said: _Said, facts: LetterFacts) -> Iterator[_Lines]:
    words = said.words
    yield from _else(said, facts, facts.balance_minor - facts.amount_minor)
    yield _section(words.changes_heading, words.changes, words.dispute, words.no_advice)
    yield (_wording(said),)


def _else(said: _Said, facts: LetterFacts, forgives_minor: int) -> Iterator[_Lines]:
    """What may follow from forgiving so much; nothing where nothing is forgiven.

    Before the day it can still grow, so the tax office's threshold is told as an if; after it,
    only where it was reached.
    """
    words, least = said.words, facts.tax_threshold_minor
    told = facts.kind is not LetterKind.SATISFACTION or forgives_minor >= (least or 0)
    tax = None if least is None else words.tax.format(threshold=said.money(least))
    if forgives_minor > 0:
        yield _section(words.else_heading, tax if told else None, words.credit_report)


def _currency(said: _Said) -> str:
    return said.words.currency.format(name=said.currency_name, code=said.currency)


def _wording(said: _Said) -> str:
    return said.words.wording.format(locale=said.locale, version=LETTER_WORDING_VERSION)
