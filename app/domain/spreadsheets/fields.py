"""What the columns of a sheet may say, by kind of sheet, and what people call them."""

from collections.abc import Mapping
from enum import StrEnum

from app.domain.values import Value


class SheetKind(StrEnum):
    """What a sheet holds, one a row."""

    ACCOUNTS = "accounts"
    PAYMENTS = "payments"
    PROMISES = "promises"
    ASSIGNMENTS = "assignments"
    TARGETS = "targets"


class Holds(StrEnum):
    """What a cell of a field is read as."""

    AMOUNT = "amount"
    DAY = "day"
    REFERENCE = "reference"
    WORDS = "words"


class Field(Value, kw_only=True):
    """`needed`: each row must say it, in its cell or alike for all rows.

    `sought`: needed, and looked for among the headings: of what is rarely a column of its own
    (a currency, a product) one value for the whole sheet is usual.
    """

    holds: Holds
    words: tuple[str, ...] = ()
    needed: bool = False
    sought: bool = False


def _said(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


_ACCOUNT = _said("""
    account, account no, account number, account id, acct, acct no, invoice, invoice no,
    invoice number, customer no, customer number, kundennummer, kundennr, kontonummer,
    rechnungsnummer, rechnung, aktenzeichen, reference client, numero de client,
    numero de facture, numero de cuenta, referencia, numero de cliente
""")
_AMOUNT = _said("""
    balance, amount, amount due, outstanding, balance due, open amount, saldo, betrag,
    offener betrag, forderung, solde, montant, montant du, importe, saldo pendiente, monto
""")
_DUE = _said("""
    due date, due on, delinquent since, past due since, oldest due date, falligkeit, fallig am,
    falligkeitsdatum, date d echeance, echeance, fecha de vencimiento, vencimiento
""")
_CURRENCY = Field(
    holds=Holds.WORDS,
    words=_said("currency, ccy, curr, wahrung, devise, monnaie, moneda, divisa"),
)
_PAID_ON = _said("""
    date, payment date, paid on, received on, value date, booking date, datum, buchungstag, valuta,
    zahlungsdatum, date de paiement, fecha, fecha de pago
""")


def _words(words: str = "", *, needed: bool = False) -> Field:
    return Field(holds=Holds.WORDS, words=_said(words), needed=needed)


def _reference(*words: str, sought: bool = False) -> Field:
    return Field(holds=Holds.REFERENCE, words=words, needed=sought, sought=sought)


def _amount(*words: str, sought: bool = False) -> Field:
    return Field(holds=Holds.AMOUNT, words=words, needed=sought, sought=sought)


def _day(*words: str, needed: bool = False, sought: bool = False) -> Field:
    return Field(holds=Holds.DAY, words=words, needed=needed or sought, sought=sought)


_ACCOUNTS = {
    "reference": _reference("reference", "ref", *_ACCOUNT, sought=True),
    "balance_minor": _amount(*_AMOUNT, sought=True),
    "currency": Field(holds=Holds.WORDS, words=_CURRENCY.words, needed=True),
    "product": _words("product, kind of debt, produkt, forderungsart", needed=True),
    "opened_on": _day(
        *_said("opened, open date, placement date, placed on, eroffnet am, date d ouverture, "
               "fecha de apertura"),
        needed=True,
    ),
    "delinquent_since_on": _day(*_DUE),
    "effective_on": _day(),
    "interest_minor": _amount("interest", "zinsen"),
    "fees_minor": _amount("fees", "gebuhren"),
    "penalties_minor": _amount("penalties"),
    "costs_minor": _amount("costs", "kosten"),
    "past_due_minor": _amount("past due"),
    "charged_off_on": _day(),
    "validation_ends_on": _day(),
    "policy": _words(),
    "placement_batch": _words("placement batch, batch"),
    "creditor_reference": _reference("creditor", "client code", "glaubiger"),
    "debtor_reference": _reference(),
    "debtor_name": _words("name, debtor, customer, customer name, schuldner, kunde, nom, client, "
                          "nombre, deudor, cliente"),
    "debtor_email": _words("email, e mail, mail, courriel, correo, correo electronico"),
    "debtor_phone": _words("phone, telephone, mobile, telefon, handy, telefono, movil"),
    "debtor_time_zone": _words(),
    "debtor_region": _words(),
    "debtor_language": _words(),
}  # fmt: skip
_PAYMENTS = {
    "reference": _reference(
        *_said("reference, ref, payment reference, payment id, payment no, transaction, "
               "transaction id, transaction reference, bank reference, zahlungsreferenz"),
        sought=True,
    ),
    "account_reference": _reference("account reference", *_ACCOUNT, sought=True),
    "amount_minor": _amount(*_AMOUNT, *_said("paid, payment, paid amount, payment amount, "
                                             "zahlbetrag, zahlung"), sought=True),
    "currency": Field(holds=Holds.WORDS, words=_CURRENCY.words, needed=True),
    "effective_on": _day(*_PAID_ON),
    "method": _words("method, payment method, zahlungsart"),
    "kind": _words(),
    "funded_by": _words(),
    "unmatched": _words(),
}  # fmt: skip
_PROMISES = {
    "account_reference": _reference("reference", "account reference", *_ACCOUNT, sought=True),
    "amount_minor": _amount(
        *_AMOUNT, *_said("promised, promise amount, promised amount"), sought=True
    ),
    "due_on": _day(*_said("by, until, promised for, promise date"), *_DUE, sought=True),
    "effective_on": _day(*_said("made on, promised on")),
    "currency": _CURRENCY,
}
_ASSIGNMENTS = {
    "account_reference": _reference("reference", "account reference", *_ACCOUNT, sought=True),
    "actor": _words("agent, collector, assigned to, bearbeiter, sachbearbeiter"),
    "team": _words("group, gruppe"),
    "reason": _words("why, grund, note", needed=True),
}
_TARGETS = {
    "actor": _words("agent, collector, bearbeiter"),
    "team": _words("group, gruppe"),
    "creditor": _reference("creditor reference", "client code", "glaubiger"),
    "metric": _words("what, measure, kennzahl", needed=True),
    "currency": _CURRENCY,
    "from": _day("from on", "start", "von", sought=True),
    "to": _day("to on", "end", "bis", sought=True),
    "value": _amount("target", "goal", "ziel", "value", sought=True),
}
FIELDS: Mapping[SheetKind, Mapping[str, Field]] = {
    SheetKind.ACCOUNTS: _ACCOUNTS,
    SheetKind.PAYMENTS: _PAYMENTS,
    SheetKind.PROMISES: _PROMISES,
    SheetKind.ASSIGNMENTS: _ASSIGNMENTS,
    SheetKind.TARGETS: _TARGETS,
}
#: The fields of a row that say how much money it is about; `past_due_minor` is part of a balance.
MONEY: Mapping[SheetKind, tuple[str, ...]] = {
    SheetKind.ACCOUNTS: (
        "balance_minor", "interest_minor", "fees_minor", "penalties_minor", "costs_minor",
    ),
    SheetKind.PAYMENTS: ("amount_minor",),
    SheetKind.PROMISES: ("amount_minor",),
}  # fmt: skip
