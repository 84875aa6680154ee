"""How a locale writes money, shares and days, for every text a debtor reads."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Generic, TypeVar

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_currency_name, get_currency_symbol

from app.domain.currencies import exponent
from app.services.wording.terms_phrases import Counted

W = TypeVar("W")
_FIRST = {"fr": "1er"}


@dataclass(frozen=True, kw_only=True)
class Writer(Generic[W]):
    """A locale's words and how it writes money and dates."""

    words: W
    locale: str
    currency: str

    @cached_property
    def cldr(self) -> Locale:
        return Locale.parse(self.locale, sep="-")

    @cached_property
    def decimals(self) -> int:
        """ISO 4217's; raises `InvalidInput` at `/currency` for no currency in circulation."""
        return exponent(self.currency)

    @cached_property
    def currency_name(self) -> str:
        """As it is called where there are many: US dollars."""
        return plain(get_currency_name(self.currency, count=2, locale=self.cldr))

    @cached_property
    def money_format(self) -> str:
        """The locale's own, with ISO 4217's decimals rather than those of everyday cash."""
        decimals = f"0.{'0' * self.decimals}" if self.decimals else "0"
        pattern: str = self.cldr.currency_formats["standard"].pattern.replace("0.00", decimals)
        letters = get_currency_symbol(self.currency, locale=self.cldr)[-1].isalpha()
        return pattern.replace("¤#", "¤ #") if letters else pattern

    def money(self, minor: int) -> str:
        amount = Decimal(minor).scaleb(-self.decimals)
        return plain(
            format_currency(
                amount, self.currency, self.money_format, self.cldr, currency_digits=False
            )
        )

    def percent(self, bps: int) -> str:
        return plain(format_decimal(Decimal(bps).scaleb(-2), "#,##0.00", self.cldr))

    def day(self, day: date) -> str:
        """A day in long; French writes the first of a month 1er, which CLDR's pattern does not."""
        said = plain(format_date(day, "long", self.cldr))
        first = _FIRST.get(self.cldr.language) if day.day == 1 else None
        return said.replace("1", first, 1) if first and said.startswith("1 ") else said

    def day_in_a_table(self, day: date) -> str:
        """A day in so few letters that it stands on one line of a narrow column."""
        return plain(format_date(day, "medium", self.cldr))

    def time(self, instant: datetime) -> str:
        return plain(format_time(instant, "short", locale=self.cldr))


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Who is named in a text. None: nobody told us, or the person was erased."""

    creditor: str | None = None
    debtor: str | None = None


def with_names(text: str, names: Names, *, creditor: str, debtor: str) -> str:
    """A text with the lines that say who is owed and who owes, below its title.

    Names are kept apart from the text, where they can be erased. The phrases have `{name}`.
    """
    title, _, rest = text.partition("\n\n")
    named = ((creditor, names.creditor), (debtor, names.debtor))
    lines = [phrase.format(name=plain(name)) for phrase, name in named if name is not None]
    return "\n".join((f"{title}\n", *lines, rest)) if lines else text


def plain(text: str) -> str:
    """One line with ordinary spaces only: what is copied from a screen hashes the same."""
    return " ".join(text.split())


def counted(phrase: Counted, count: int) -> str:
    """The form for one, or for many."""
    return phrase[0] if count == 1 else phrase[1]
