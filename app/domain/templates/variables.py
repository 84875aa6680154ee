"""Which variables a template of a purpose may name, what each is, and what it looks like.

A closed list: what is not here is unknown, and refused when a template is saved. A name before
the first dot is one thing (`plan`, `installment`); where a message is about no such thing it is
absent as a whole, and `{% if plan %}` asks.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from app.domain.contact.words import Purpose
from app.domain.templates.template import Disclosure
from app.domain.values import Value


class Kind(StrEnum):
    """How a value is written: money and days as the template's locale writes them."""

    TEXT = "text"
    MONEY = "money"
    DAY = "day"
    COUNT = "count"
    FLAG = "flag"
    PHRASE = "phrase"
    LINES = "lines"
    TABLE = "table"


class Variable(Value, kw_only=True):
    """One variable. `always`: never absent, whatever the message is about.

    `example`: as stored, before the locale writes it; minor units of money, for a table the rows
    as `(kind, cells)`.
    """

    name: str
    kind: Kind
    says: str
    example: object
    always: bool = False


#: Under this name a caller of messages gives values of their own, as text.
GIVEN = "given"

T, M, D, N, F, P, L, G = (
    Kind.TEXT, Kind.MONEY, Kind.DAY, Kind.COUNT, Kind.FLAG, Kind.PHRASE, Kind.LINES, Kind.TABLE,
)  # fmt: skip
_DUE, _LATER = date(2026, 10, 31), date(2026, 11, 30)
#: Rows of the examples' tables.
_SCHEDULE = ((1, _DUE, 50_00), (2, _LATER, 50_00))
_LINES = (
    (date(2026, 9, 1), "opening", None, 1_200_00),
    (date(2026, 9, 30), "payment", -50_00, 1_150_00),
)


def _all(thing: str, *rows: tuple[str, Kind, str, object], always: bool = False) -> list[Variable]:
    return [
        Variable(name=f"{thing}.{name}", kind=kind, says=says, example=example, always=always)
        for name, kind, says, example in rows
    ]


_COMMON = [
    *_all(
        "message",
        ("dated_on", D, "The day it is written.", date(2026, 10, 28)),
        always=True,
    ),
    *_all(
        "account",
        ("reference", T, "The account, as the creditor calls it.", "INV-2026-0042"),
        ("currency", T, "Code of ISO 4217.", "USD"),
        ("currency_name", T, "The currency in words.", "US dollars"),
        always=True,
    ),
    *_all(
        "collector",
        ("name", T, "Who writes.", "Prairie Recovery"),
        ("phone", T, "The number to call; empty where none is known.", "+1 512 555 0199"),
        ("address", L, "Lines of the postal address; none where it is not known.",
         ("PO Box 12", "Austin, TX 78701")),
        always=True,
    ),
    *_all("creditor", ("name", T, "Who is owed.", "Prairie Telecom"), always=True),
    *_all("person", ("name", T, "To whom it is written.", "Jane Doe"), always=True),
    *_all(
        "disclosures",
        *((one.value, T, "What law wants said here; empty where nothing is wanted.", "")
          for one in Disclosure),
        always=True,
    ),
]  # fmt: skip
_STANDING = _all(
    "account",
    ("balance", M, "What is owed on the account.", 1_150_00),
    ("past_due", M, "What of it is past due.", 50_00),
    always=True,
)
_PLAN = _all(
    "plan",
    ("opened_on", D, "When it was agreed.", date(2026, 9, 1)),
    ("total", M, "All its installments.", 100_00),
    ("paid", M, "What was paid on it.", 0),
    ("open", M, "What is still to be paid on it.", 100_00),
    ("installments", N, "How many there are.", 2),
    ("missed", N, "How many were missed, ever.", 0),
    ("last_due_on", D, "When the last is due.", _LATER),
    ("ended_on", D, "When it ended; the day of the message while it lasts.", _LATER),
    ("schedule", G, "Number, due date and amount of each.", ("schedule", _SCHEDULE)),
)
_INSTALLMENT = _all(
    "installment",
    ("number", N, "Which it is.", 1),
    ("due_on", D, "When it is due.", _DUE),
    ("amount", M, "Its amount.", 50_00),
    ("paid", M, "What was paid on it.", 0),
    ("open", M, "What is still to be paid on it.", 50_00),
    ("is_missed", F, "Whether it was missed.", True),
    ("is_part_paid", F, "Whether something was paid on it.", True),
)
_PROMISE = _all(
    "promise",
    ("amount", M, "What was promised.", 50_00),
    ("received", M, "What has come in for it.", 0),
    ("due_on", D, "By when.", _DUE),
)
_PAYMENT = _all(
    "payment",
    ("amount", M, "What was paid.", 50_00),
    ("received_on", D, "When it was received.", _DUE),
    ("reference", T, "As whoever sent it calls it; may be empty.", "bank-771"),
)
_SETTLEMENT = _all(
    "settlement",
    ("amount", M, "What is taken as payment in full.", 600_00),
    ("balance", M, "What was owed when it was offered or agreed.", 1_150_00),
    ("rest", M, "What is forgiven once all is paid.", 550_00),
    ("forgives", F, "Whether it is about less than the whole.", True),
    ("forgiven", M, "What was forgiven.", 550_00),
    ("paid", M, "What was paid on it.", 600_00),
    ("dated_on", D, "The day of the offer, the acceptance or the last payment.",
     date(2026, 9, 1)),
    ("expires_on", D, "The last day to accept it.", date(2026, 9, 30)),
    ("time_zone", T, "Where that day ends.", "America/Chicago"),
    ("payments", N, "How many payments.", 2),
    ("total", M, "All of them.", 100_00),
    ("last_due_on", D, "When the last is due.", _LATER),
    ("schedule", G, "Number, due date and amount of each.", ("schedule", _SCHEDULE)),
    ("void_after_days", N, "How many days late ends it.", 5),
    ("cure_days", N, "Within how many days it can be restored; 0: not.", 10),
    ("reopens", F, "Whether a payment that comes back reopens it.", True),
    ("zero", M, "Nothing, as money.", 0),
    ("tells_tax", F, "Whether the tax office may be told of what is forgiven.", True),
    ("tax_threshold", M, "From where on it is told.", 600_00),
)  # fmt: skip
_STATEMENT = _all(
    "statement",
    ("from_on", D, "Its first day.", date(2026, 9, 1)),
    ("to_on", D, "Its last day.", date(2026, 9, 30)),
    ("opening", M, "What was owed before its first day.", 1_200_00),
    ("charged", M, "What was added.", 0),
    ("paid", M, "What was paid.", 50_00),
    ("other", M, "Whatever else changed it: corrected, waived, forgiven, lost.", 0),
    ("closing", M, "What was owed at the end of its last day.", 1_150_00),
    ("unapplied", M, "Money received that has paid nothing yet.", 0),
    ("due", M, "What is due by its last day.", 50_00),
    ("lines", G, "Day, what it was, amount, and the balance after it.", ("lines", _LINES)),
)
_VALIDATION = _all(
    "validation",
    ("itemization_on", D, "The itemization date.", date(2026, 3, 1)),
    ("itemization_event", P, "What that date is.", "last_statement"),
    ("original_creditor", T, "Who was owed on that date.", "Prairie Telecom"),
    ("amount", M, "What was owed on it.", 1_100_00),
    ("interest", M, "Interest since.", 15_00),
    ("fees", M, "Fees since.", 35_00),
    ("payments", M, "Payments since.", 0),
    ("credits", M, "Credits since.", 0),
    ("current", M, "What is owed now.", 1_150_00),
    ("ends_on", D, "The last day of the validation period.", date(2026, 12, 4)),
    ("itemization", G, "The figures, one a line.",
     ("itemization", (("amount", 1_100_00), ("interest", 15_00), ("fees", 35_00),
                      ("payments", 0), ("credits", 0), ("current", 1_150_00)))),
)  # fmt: skip
_LINK = _all(
    "link",
    ("url", T, "Where to go.", "https://pay.example.com/l/abc"),
    ("expires_on", D, "Until when it works.", _LATER),
)
_DEBIT = _all(
    "debit",
    ("amount", M, "What will be taken.", 50_00),
    ("on", D, "When.", _DUE),
)
_DISPUTE = _all("dispute", ("received_on", D, "When it came.", date(2026, 10, 12)))

_THINGS: Mapping[Purpose, tuple[list[Variable], ...]] = {
    Purpose.COLLECTION: (_STANDING, _PLAN, _INSTALLMENT, _PROMISE, _SETTLEMENT, _LINK),
    Purpose.REMINDER: (_STANDING, _PLAN, _INSTALLMENT, _PROMISE, _SETTLEMENT, _LINK),
    Purpose.STATEMENT: (_STANDING, _PLAN, _INSTALLMENT, _SETTLEMENT, _STATEMENT),
    Purpose.CONSENT_REQUEST: (_LINK,),
    Purpose.REPLY: (_STANDING, _PLAN, _INSTALLMENT, _PROMISE, _PAYMENT, _LINK),
    Purpose.RECEIPT: (_STANDING, _PAYMENT, _SETTLEMENT),
    Purpose.REQUIRED_NOTICE: (_STANDING, _PLAN, _INSTALLMENT, _PAYMENT, _DEBIT, _DISPUTE,
                              _VALIDATION),
    Purpose.VALIDATION_NOTICE: (_STANDING, _VALIDATION),
    Purpose.LEGAL_PROCESS: (_STANDING,),
}  # fmt: skip


def variables_of(purpose: Purpose) -> tuple[Variable, ...]:
    """What a template of this purpose may name, besides what a caller gives under `given`.

    Who asks for somebody's whereabouts says no word of a debt, so no account is to be had there.
    """
    if purpose is Purpose.LOCATION_INFORMATION:
        return tuple(one for one in _COMMON if one.name.startswith(("collector.", "person.")))
    return (*_COMMON, *(one for things in _THINGS.get(purpose, ()) for one in things))


def unknown_among(names: Iterable[str], purpose: Purpose) -> tuple[str, ...]:
    """Those names that no variable has, each once, in alphabetical order.

    A thing may be named as a whole, to ask whether there is one.
    """
    known = {one.name for one in variables_of(purpose)}
    things = {name.partition(".")[0] for name in known}
    asked = {one for one in names if one.partition(".")[0] != GIVEN}
    return tuple(sorted(one for one in asked if one not in known and one not in things))


def nested(values: Mapping[str, object]) -> dict[str, object]:
    """Values by their dotted names, as things with what they have."""
    made: dict[str, dict[str, object]] = {}
    for name, value in values.items():
        thing, _, part = name.partition(".")
        made.setdefault(thing, {})[part] = value
    return dict(made)
