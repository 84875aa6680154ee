"""The terms text both sides see, in plain language, and the hash that names it.

Rendered from a schedule and facts of the account alone: no clock, no person's name. The same
input gives the same bytes. What was shown is to be stored as shown: wordings and the CLDR data
behind dates and money change over the years, and each text says its wording's version.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.domain.errors import InvalidInput
from app.domain.schedule.apr import regulation_z
from app.domain.schedule.build import Schedule, ScheduledInstallment
from app.domain.schedule.terms import Convention, Terms
from app.domain.vocabulary import InstallmentKind
from app.services.wording.locale import Names, Writer, counted, plain, with_names
from app.services.wording.terms_en import AMERICAN, BRITISH
from app.services.wording.terms_es import AMERICAN_SPANISH
from app.services.wording.terms_phrases import Phrases

__all__ = ["LOCALES", "WORDING_VERSION", "terms_text", "text_hash", "with_both_sides"]

#: Raised whenever any phrase changes, so that a text says which wording it was.
WORDING_VERSION = 2

_PHRASES = MappingProxyType({"en-GB": BRITISH, "en-US": AMERICAN, "es-US": AMERICAN_SPANISH})
#: The locales there are words for. There is no falling back from one to another.
LOCALES = tuple(_PHRASES)


def terms_text(
    *,
    locale: str,
    currency: str,
    account_reference: str,
    total_minor: int,
    schedule: Schedule,
    terms: Terms,
    grace_days: int,
    expires_at: datetime | None,
    time_zone: str,
    quote_hash: str | None = None,
) -> str:
    """The terms as both sides see them, but for their names (`with_both_sides`).

    `total_minor` is what is owed on the account. No name of a policy is in it: that is ours alone.
    What the schedule leaves out of it is said to stay owed. `expires_at` is an instant, told in
    the time zone. Raises `InvalidInput` at `/locale` or `/currency` for one there are no words
    or decimals for.
    """
    writer = Writer(words=_phrases(locale), locale=locale, currency=currency)
    covered = sum(row.principal_minor for row in schedule.installments)
    if covered > total_minor or grace_days < 0:
        raise ValueError("a plan covers no more than is owed, and grace is not negative")
    sections = (
        _head(writer, account_reference),
        _owed(writer, total_minor, covered),
        _payments(writer, schedule, terms),
        _cost(writer, schedule, terms),
        _missed(writer, grace_days),
        (writer.words.changes_heading, "", writer.words.changes),
        (writer.words.dispute_heading, "", writer.words.dispute, writer.words.no_advice),
        _foot(writer, expires_at, time_zone, quote_hash),
    )
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def with_both_sides(text: str, names: Names, *, locale: str) -> str:
    """The terms text with the lines that say who is owed and who owes."""
    words = _phrases(locale)
    return with_names(text, names, creditor=words.creditor, debtor=words.debtor)


def text_hash(text: str) -> str:
    """The SHA-256 of the text's UTF-8 bytes, in hexadecimal: what consent refers to."""
    return sha256(text.encode()).hexdigest()


def _phrases(locale: str) -> Phrases:
    try:
        return _PHRASES[locale]
    except KeyError:
        raise InvalidInput.at("/locale", f"one of {', '.join(LOCALES)}") from None


# The sections -----------------------------------------------------------------------------


def _head(writer: Writer[Phrases], account_reference: str) -> Iterator[str]:
    yield writer.words.title
    yield ""
    yield writer.words.account.format(reference=plain(account_reference))


def _owed(writer: Writer[Phrases], total_minor: int, covered_minor: int) -> Iterator[str]:
    yield writer.words.owed_heading
    yield ""
    yield writer.words.owed.format(total=writer.money(total_minor))
    if covered_minor == total_minor:
        yield writer.words.covers_all
    else:
        yield writer.words.covers_part.format(
            covered=writer.money(covered_minor), rest=writer.money(total_minor - covered_minor)
        )
    yield writer.words.currency.format(name=writer.currency_name, code=writer.currency)


def _payments(writer: Writer[Phrases], schedule: Schedule, terms: Terms) -> Iterator[str]:
    rows = schedule.installments
    yield writer.words.payments_heading
    yield ""
    yield from _table(writer, rows, with_interest=bool(schedule.finance_charge_minor))
    yield ""
    yield counted(writer.words.total, len(rows)).format(
        count=len(rows),
        total=writer.money(schedule.total_minor),
        last=writer.day(schedule.last_due_on),
    )
    days = terms.business_days
    if days is not None and days.convention is not Convention.NONE:
        yield writer.words.business_days.format(calendar=plain(days.calendar))


def _table(
    writer: Writer[Phrases], rows: Sequence[ScheduledInstallment], *, with_interest: bool
) -> Iterator[str]:
    """A line a payment: number, date, amount, what of it is interest, and what else it is."""
    words = writer.words
    notes = {
        InstallmentKind.INSTALLMENT: "",
        InstallmentKind.DOWN_PAYMENT: words.down_payment,
        InstallmentKind.CHARGE: words.charge,
        InstallmentKind.CHARGEBACK: words.chargeback,
    }
    interest = words.of_which_interest if with_interest else ""
    lines = [(words.number, words.due_on, words.amount, interest, "")]
    for row in rows:
        earned = writer.money(row.interest_minor) if with_interest else ""
        day, amount = writer.day(row.due_on), writer.money(row.amount_minor)
        lines.append((str(row.number), day, amount, earned, notes[row.kind]))
    wide = [max(len(line[column]) for line in lines) for column in range(4)]
    for number, day, amount, earned, note in lines:
        cells = [number.rjust(wide[0]), day.ljust(wide[1]), amount.rjust(wide[2])]
        cells += [earned.rjust(wide[3])] if with_interest else []
        yield "  ".join([*cells, note]).rstrip()


def _cost(writer: Writer[Phrases], schedule: Schedule, terms: Terms) -> Iterator[str]:
    words, charge = writer.words, schedule.finance_charge_minor
    yield words.cost_heading
    yield ""
    if terms.annual_rate_bps:
        rate = writer.percent(terms.annual_rate_bps)
        yield words.interest.format(rate=rate, day_count=terms.day_count)
    if charge:
        yield words.finance_charge.format(charge=writer.money(charge))
        yield words.apr.format(apr=writer.percent(schedule.apr_bps))
    elif not terms.annual_rate_bps:
        yield words.no_interest
    # A down payment is no installment here (12 CFR 1026.2(a)(17)(i)).
    count = sum(row.kind is not InstallmentKind.DOWN_PAYMENT for row in schedule.installments)
    if regulation_z(installments=count, finance_charge=charge > 0):
        yield words.regulated


def _missed(writer: Writer[Phrases], grace_days: int) -> Iterator[str]:
    words = writer.words
    yield words.missed_heading
    yield ""
    grace = counted(words.grace, grace_days) if grace_days else words.no_grace
    yield f"{words.late} {grace.format(days=grace_days)}"
    yield words.ends
    yield words.trouble


def _foot(
    writer: Writer[Phrases], expires_at: datetime | None, time_zone: str, quote_hash: str | None
) -> Iterator[str]:
    if expires_at is not None:
        if expires_at.tzinfo is None:
            raise ValueError("an offer ends at an instant, not at a time of no zone")
        there = expires_at.astimezone(ZoneInfo(time_zone))
        yield writer.words.expires.format(
            day=writer.day(there.date()), time=writer.time(there), zone=time_zone
        )
    if quote_hash is not None:
        yield writer.words.quote.format(hash=quote_hash)
    yield writer.words.wording.format(locale=writer.locale, version=WORDING_VERSION)
