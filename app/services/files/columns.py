"""The columns of each kind of file: what each may hold, and what it says. The one table of them.

The reader goes by it, `accord import … --help` prints it, and docs/files.md is made of it. The
names are the contract's own (nested ones joined by `_`, labels as `metadata.<key>`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import available_timezones

from app.domain import field_limits
from app.domain.contact.words import Channel, Direction, Outcome, Purpose
from app.domain.currencies import exponent
from app.domain.errors import InvalidInput
from app.domain.money import MAX_MINOR, Component, Remainder
from app.domain.schedule.terms import Convention, MonthEnd, Unit
from app.domain.vocabulary import (
    ChargeKind,
    FundedBy,
    FutureRule,
    PaymentKind,
    PaymentMethod,
    Product,
)
from app.services.files.formats import Amounts

METADATA = "metadata."


class Kind(StrEnum):
    """What a file holds, one a line."""

    ACCOUNTS = "accounts"
    PLANS = "plans"
    CHARGES = "charges"
    PAYMENTS = "payments"
    RETURNS = "returns"
    CORRECTIONS = "corrections"
    CONTACTS = "contacts"


class Unmatched(StrEnum):
    """What becomes of a payment whose account is unknown, closed or kept in another currency."""

    REFUSE = "refuse"
    SUSPENSE = "suspense"


# What a cell may hold ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """How one cell is read, and what it may hold in words. `read` raises `ValueError`."""

    words: str
    read: Callable[[str], object]


def _text(kind: field_limits.Text) -> Cell:
    return Cell(kind.words, kind.read)


def _number(least: int, most: int) -> Cell:
    words = f"a whole number, {least} to {most}"

    def read(cell: str) -> int:
        digits = cell.removeprefix("-")
        whole = digits.isascii() and digits.isdigit() and len(digits) <= len(str(MAX_MINOR))
        if not whole or not least <= int(cell) <= most:
            raise ValueError(f"should be {words}")
        return int(cell)

    return Cell(words, read)


def _choice(values: type[StrEnum]) -> Cell:
    words = f"one of {', '.join(values)}"

    def read(cell: str) -> StrEnum:
        try:
            return values(cell)
        except ValueError:
            raise ValueError(f"should be {words}") from None

    return Cell(words, read)


def _days(cell: str) -> tuple[int, int]:
    first, _, second = cell.partition(";")
    number = _number(1, 31).read
    return int(str(number(first.strip()))), int(str(number(second.strip())))


def _currency(cell: str) -> str:
    try:
        exponent(cell)
    except InvalidInput as problem:
        raise ValueError(problem.errors[0].detail) from None
    return cell


def _time_zone(cell: str) -> str:
    if cell not in available_timezones():
        raise ValueError("should be an IANA time zone, like America/Chicago")
    return cell


def _as_formats_say(_cell: str) -> object:
    raise TypeError("days, money and ids are read as their file is told to be")


def _instant(cell: str) -> datetime:
    try:
        at = datetime.fromisoformat(cell)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or field_limits.day_problem(at.date()):
        raise ValueError(f"should be {_INSTANT}")
    return at.astimezone(UTC)


_INSTANT = "an instant with its offset, like 2026-01-12T15:00:00Z"


def _truth(cell: str) -> bool:
    if cell not in {"true", "false"}:
        raise ValueError("should be true or false")
    return cell == "true"


#: Read by the formats of the file; money also needs the line's currency.
MONEY = Cell("an amount", _as_formats_say)
DAY = Cell("a day", _as_formats_say)
NONE = "none"
#: As clients see it; whoever speaks with them knows how it is written.
PAYMENT_ID = Cell("an id that begins with `pay_`", _as_formats_say)
MAYBE_DAY = Cell(f"a day, or `{NONE}`", _as_formats_say)
_REFERENCE, _LINE = _text(field_limits.REFERENCE), _text(field_limits.LINE)
_CURRENCY = Cell("a currency of ISO 4217, like USD", _currency)
LABEL = _text(field_limits.LABEL)

# The table --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind of file. `needed`: the header must have it, and each line say it."""

    name: str
    cell: Cell
    about: str
    needed: bool = False

    def spelled(self, amounts: Amounts) -> str:
        """Its name in a header: `…_minor` where amounts are in minor units."""
        return (
            f"{self.name}_minor" if self.cell is MONEY and amounts is Amounts.MINOR else self.name
        )


_OWED = {
    Component.PRINCIPAL: "What is owed of the debt itself.",
    Component.INTEREST: "Interest owed.",
    Component.FEES: "Fees owed.",
    Component.PENALTIES: "Penalties owed.",
    Component.COSTS: "Costs of collection owed.",
}
_ACCOUNT = Column("account_reference", _REFERENCE, "The account, by its reference.", needed=True)
_EFFECTIVE = Column("effective_on", DAY, "When it counts. Default: the day it is imported.")


def _persons() -> Iterator[Column]:
    about = {
        "reference": "Your id of them.", "name": "Their name.", "email": "Their e-mail address.",
        "phone": "Their telephone number.", "time_zone": "Where it is which hour for them.",
        "region": "Where they live; some rules depend on it.", "language": "What they read.",
    }  # fmt: skip
    cells = {
        "time_zone": Cell("a time zone of IANA, like America/Chicago", _time_zone),
        "region": _text(field_limits.REGION),
        "language": _text(field_limits.LANGUAGE),
        "reference": _REFERENCE,
    }
    for name, words in about.items():
        yield Column(f"debtor_{name}", cells.get(name, _LINE), f"Who owes. {words}")
    yield Column("creditor_reference", _REFERENCE, "Who is owed. Your id of them; chooses rules.")
    yield Column("creditor_name", _LINE, "Who is owed. Their name.")


_ACCOUNTS = (
    Column("reference", _REFERENCE, "Your own id of the account; no other has it.", needed=True),
    Column("currency", _CURRENCY, "What it is kept in.", needed=True),
    Column("product", _choice(Product), "What kind of debt it is.", needed=True),
    Column("opened_on", DAY, "When the account was opened with the creditor. No due date: "
           "`delinquent_since_on` is what ages a debt.", needed=True),
    Column("effective_on", DAY, "When it is placed. Default: the day it is imported."),
    *(Column(str(one), MONEY, about) for one, about in _OWED.items()),
    Column("past_due", MONEY, "How much of it is past due. Default: all of it."),
    Column("delinquent_since_on", DAY, "Since when it is past due: the day after the oldest unpaid "
           "due date. Default: the day it is placed."),
    Column("charged_off_on", DAY, "When the creditor charged it off, if so."),
    Column("validation_ends_on", DAY, "Until when the debtor may dispute it, if so."),
    Column("policy", _text(field_limits.POLICY_NAME), "The policy it is kept under. Default: "
           "`default`."),
    Column("placement_batch", _text(field_limits.PLACEMENT_BATCH), "What it is placed with; "
           "reports group by it. Default: the month it is placed."),
    *_persons(),
)  # fmt: skip
_PLANS = (
    Column("reference", _REFERENCE, "Your own id of the plan.", needed=True),
    _ACCOUNT,
    Column("currency", _CURRENCY, "Must be the account's; needed for decimals."),
    Column("effective_on", DAY, "When it is agreed. Default: the day it is imported."),
    Column("amount", MONEY, "What is paid by plan. Default: all that is owed."),
    Column("installment_count", _number(1, 1_000), "How many installments."),
    Column("installment", MONEY, "How much each is."),
    Column("every", _number(1, 1_000), "How many units lie between two.", needed=True),
    Column("unit", _choice(Unit), "The unit.", needed=True),
    Column("days", Cell("two days of the month, like 15;31", _days), "For `semimonth`."),
    Column("anchor_on", DAY, "The day the due days step from. Default: the first one."),
    Column("first_due_on", DAY, "When the first is due. Default: one period on."),
    Column("month_end", _choice(MonthEnd), "Where a month lacks the day."),
    Column("calendar", _text(field_limits.CALENDAR_NAME), "Whose business days count."),
    Column("convention", _choice(Convention), "Where a due day is none."),
    Column("down_payment", MONEY, "What is paid before."),
    Column("down_payment_bps", _number(1, 10_000), "The same as a share, in basis points."),
    Column("down_payment_on", DAY, "When that is due."),
    Column("rounding_unit_minor", _number(1, MAX_MINOR), "What installments are multiples of."),
    Column("remainder", _choice(Remainder), "Which installment takes what does not divide."),
)
_CHARGES = (
    Column("reference", _REFERENCE, "Your own id of the charge.", needed=True),
    _ACCOUNT,
    Column("currency", _CURRENCY, "Must be the account's; needed for decimals."),
    Column("kind", _choice(ChargeKind), "What is charged.", needed=True),
    Column("amount", MONEY, "How much. A line of 0 is passed over.", needed=True),
    _EFFECTIVE,
    Column("due_on", DAY, "When it is due. Default: when it counts."),
    Column("reason", _LINE, "Why."),
    Column("plan_reference", _REFERENCE, "The plan whose schedule it joins, if any."),
)
_PAYMENTS = (
    Column("reference", _REFERENCE, "The payer system's own id.", needed=True),
    _ACCOUNT,
    Column("amount", MONEY, "How much. A line of 0 is passed over.", needed=True),
    Column("currency", _CURRENCY, "What was paid in.", needed=True),
    Column("effective_on", DAY, "When it was received. Default: the day it is imported."),
    Column("method", _choice(PaymentMethod), "How it came."),
    Column("kind", _choice(PaymentKind), "What it is."),
    Column("funded_by", _choice(FundedBy), "Whose money it is."),
    Column("future", _choice(FutureRule), "Where money beyond what is due goes."),
    Column("component", _choice(Component), "The only component it may pay."),
    Column("unmatched", _choice(Unmatched), "What becomes of it where it fits no account."),
)
_RETURNS = (
    Column(
        "payment_reference",
        _REFERENCE,
        "The payment, by its reference; or `payment_id`. Of "
        "several posted under it one after the other, the newest.",
    ),
    Column("payment_id", PAYMENT_ID, "The payment, by its id; or `payment_reference`."),
    Column(
        "reason_code",
        _LINE,
        "Why it came back: a code of ACH (`R01`) or SEPA (`AM04`).",
        needed=True,
    ),
    Column("reference", _REFERENCE, "Your own id of the return."),
    Column("effective_on", DAY, "When it came back. Default: the day it is imported."),
    Column("currency", _CURRENCY, "Must be the payment's; needed for decimals."),
    Column("amount", MONEY, "Must be the whole payment: a part that came back is charged back."),
    Column("return_fee", MONEY, "A fee charged for it, by R01, R09 and AM04 only."),
    Column("entries_made", _number(1, 1_000), "How often an ACH debit went out so far."),
    Column("original_settled_on", DAY, "When its first entry settled."),
)
_CORRECTIONS = (
    _ACCOUNT,
    Column("currency", _CURRENCY, "Must be the account's; needed for decimals."),
    Column("opened_on", DAY, "When the account was opened with the creditor."),
    Column("product", _choice(Product), "What kind of debt it is."),
    Column("delinquent_since_on", MAYBE_DAY, "Since when it was past due."),
    Column("validation_ends_on", MAYBE_DAY, "Until when the debtor may dispute it."),
    *(Column(str(one), MONEY, about) for one, about in _OWED.items()),
    Column("past_due", MONEY, "How much of it was past due."),
    Column("reason", _LINE, "How it is known.", needed=True),
)
_CONTACTS = (
    Column("reference", _REFERENCE, "Your own id of the contact; no other has it.", needed=True),
    _ACCOUNT,
    Column("person_reference", _REFERENCE, "With whom. Default: the account's debtor."),
    Column("channel", _choice(Channel), "How.", needed=True),
    Column("direction", _choice(Direction), "Which way.", needed=True),
    Column("started_at", Cell(_INSTANT, _instant), "When it began.", needed=True),
    Column("outcome", _choice(Outcome), "What came of it; by channel. Or `disposition`."),
    Column("disposition", _REFERENCE, "A code of your own, which the contact policy explains."),
    Column("purpose", _choice(Purpose), "What it was for. Default: `collection`."),
    Column("point", _LINE, "The number or the address, as you have it; one of that person's."),
    Column("duration_seconds", _number(0, 86_400), "How long it took."),
    Column("right_party", Cell("`true` or `false`", _truth), "Whether it was who was meant."),
    Column("language", _text(field_limits.LANGUAGE), "In which language."),
    Column("summary", _text(field_limits.SUMMARY), "In words; they can be erased."),
    Column("actor", _text(field_limits.ACTOR), "Who made it. Default: who imports it."),
)
TABLE: Mapping[Kind, tuple[Column, ...]] = {
    Kind.ACCOUNTS: _ACCOUNTS,
    Kind.PLANS: _PLANS,
    Kind.CHARGES: _CHARGES,
    Kind.PAYMENTS: _PAYMENTS,
    Kind.RETURNS: _RETURNS,
    Kind.CORRECTIONS: _CORRECTIONS,
    Kind.CONTACTS: _CONTACTS,
}
#: The kinds whose lines may carry labels of the sender's own, as `metadata.<key>`.
LABELED = frozenset({Kind.ACCOUNTS, Kind.PLANS, Kind.PAYMENTS})
#: Columns of which each line says exactly one.
EITHER: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.RETURNS: (("payment_reference", "payment_id"),)
}
COLUMNS: Mapping[Kind, Mapping[str, Column]] = {
    kind: {column.name: column for column in table} for kind, table in TABLE.items()
}
REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    kind: tuple(column.name for column in table if column.needed) for kind, table in TABLE.items()
}
