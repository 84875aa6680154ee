"""Values as a locale writes them: money, days and tables, and what law wants said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.errors import InvalidInput
from app.domain.templates.liquid import Table
from app.domain.templates.template import Disclosure, TemplateChannel
from app.domain.templates.variables import GIVEN, Kind, Variable, nested
from app.services.templates.identity import Identity
from app.services.templates.shipped import languages, phrases_of
from app.services.wording.locale import Writer, plain

Phrases = Mapping[str, Mapping[str, str]]
_CURRENCIES = {"US": "USD", "GB": "GBP"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What writes in a locale, of accounts in a currency."""

    writer: Writer[Phrases]

    @property
    def phrases(self) -> Phrases:
        return self.writer.words

    def values(self, raw: Mapping[str, object], known: Iterable[Variable]) -> dict[str, object]:
        """Raw values by their dotted names as things written out; one not given is absent.

        A thing of which nothing is given is absent as a whole.
        """
        said: dict[str, object] = {}
        for one in known:
            if raw.get(one.name) is not None:
                said[one.name] = self._written(one.kind, raw[one.name])
            elif one.always:
                said[one.name] = [] if one.kind is Kind.LINES else ""
        made = nested(said)
        absent = {one.name.partition(".")[0] for one in known} - made.keys()
        return {**made, **dict.fromkeys(absent)}

    def _written(self, kind: Kind, value: Any) -> object:  # noqa: ANN401 - by its kind
        write: Mapping[Kind, Callable[[Any], object]] = {
            Kind.MONEY: self.writer.money,
            Kind.DAY: self.writer.day,
            Kind.LINES: lambda lines: [plain(line) for line in lines],
            Kind.TABLE: lambda rows: self.table(*rows),
            Kind.PHRASE: lambda word: self.phrases["itemization"][word],
            Kind.TEXT: plain,
        }
        return write[kind](value) if kind in write else value

    def table(self, shape: str, rows: Sequence[Sequence[Any]]) -> Table:
        """Rows of a shape: `schedule`, `lines` of an account, `itemization` of a debt."""
        heads, write = self.phrases["headings"], self.writer
        head: tuple[str, ...]
        body: list[tuple[str, ...]]
        match shape:
            case "schedule":
                head = (heads["number"], heads["due_on"], heads["amount"])
                body = [(str(n), write.day(on), write.money(due)) for n, on, due in rows]
                right = frozenset({0, 2})
            case "lines":
                words = self.phrases["lines"]
                head = (heads["on"], heads["what"], heads["amount"], heads["balance"])
                body = [
                    (write.day(on), words[what], self._maybe(amount), write.money(after))
                    for on, what, amount, after in rows
                ]
                right = frozenset({2, 3})
            case _:
                words = self.phrases["itemization"]
                head = (heads["what"], heads["amount"])
                body = [(words[what], write.money(amount)) for what, amount in rows]
                right = frozenset({1})
        return Table(rows=(head, *body), right=right)

    def _maybe(self, minor: int | None) -> str:
        return "" if minor is None else self.writer.money(minor)

    def disclosures(
        self,
        identity: Identity,
        channel: TemplateChannel,
        *,
        first: bool,
        time_barred: bool,
        ends_on: date | None,
    ) -> dict[str, str]:
        """What law wants said at each place; empty where it wants nothing.

        Who collects in their own name is no debt collector. An opt-out is told where one can be.
        """
        words = self.phrases["disclosures"]
        rights = words["validation_rights"] if ends_on is not None else ""
        return {
            Disclosure.COLLECTOR_IDENTITY: (
                words["first" if first else "later"] if identity.for_others else ""
            ),
            Disclosure.OPT_OUT: words.get(f"opt_out_{channel}", ""),
            Disclosure.TIME_BARRED: words["time_barred"] if time_barred else "",
            Disclosure.VALIDATION_RIGHTS: rights.format(
                day=self.writer.day(ends_on) if ends_on else ""
            ),
        }

    def example(self, known: Sequence[Variable], given: Mapping[str, object]) -> dict[str, object]:
        """Every variable with its example, and what a template's own sample says instead.

        The sample is by dotted name, its values text as they are to be read.
        """
        made = self.values({one.name: one.example for one in known}, known)
        for name, value in nested(given).items():
            thing = made.get(name)
            of_theirs = value if isinstance(value, Mapping) else {}
            made[name] = {**(thing if isinstance(thing, Mapping) else {}), **of_theirs}
        return made | {GIVEN: made.get(GIVEN) or {}}


def pen_of(locale: str, currency: str | None = None) -> Pen:
    """What writes in that locale; without a currency, in that of its country, else euros.

    Raises `InvalidInput` for a language whose disclosures we do not have.
    """
    phrases = phrases_of(locale)
    if phrases is None:
        known = ", ".join(languages())
        raise InvalidInput.at(f"/locales/{locale}", f"should be in one of {known}")
    money = currency or _CURRENCIES.get(locale.partition("-")[2].upper(), "EUR")
    return Pen(writer=Writer(words=phrases, locale=locale, currency=money))
