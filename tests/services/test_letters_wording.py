"""Letters about a settlement, whole and to the letter; what each may say and may not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidInput
from app.domain.letters import LetterKind
from app.domain.values import replace
from app.domain.vocabulary import SettlementReturn
from app.services.documents.settlement_letters import (
    LetterFacts,
    LetterPayment,
    letter_text,
    with_both_sides,
)
from app.services.templates.identity import Identity
from app.services.templates.shipped import shipped_templates
from app.services.wording.locale import Names
from app.services.wording.terms import LOCALES

AGENCY = Identity(name="Prairie Recovery")
FACTS = LetterFacts(
    kind=LetterKind.OFFER,
    dated_on=date(2026, 3, 1),
    account_reference="INV-2026-0042",
    currency="USD",
    amount_minor=1000_00,
    balance_minor=2000_00,
    payments=(
        LetterPayment(due_on=date(2026, 3, 15), amount_minor=500_00),
        LetterPayment(due_on=date(2026, 4, 15), amount_minor=500_00),
    ),
    expires_on=date(2026, 3, 31),
    void_after_grace_days=5,
    cure_days=0,
    on_return=SettlementReturn.REOPEN,
    tax_threshold_minor=600_00,
    time_zone="America/Chicago",
)
NAMES = Names(creditor="First  Bank\n", debtor="Jane Doe")
SATISFIED = replace(
    FACTS,
    kind=LetterKind.SATISFACTION,
    dated_on=date(2026, 4, 15),
    paid_minor=1000_00,
    forgiven_minor=1000_00,
)


def text(facts=FACTS, *, locale="en-US", **changes):
    made = replace(facts, **changes)
    template = shipped_templates()[f"settlement_{made.kind}"]
    return letter_text(template, made, locale=locale, identity=AGENCY)


OFFER_TEXT = """\
OFFER TO SETTLE

Creditor: First Bank
Owed by: Jane Doe
Account: INV-2026-0042
Date: March 1, 2026

What we offer

You owe $2,000.00 on this account as of the date of this letter.
Pay $1,000.00 as set out below, and we will take it as payment in full for this account.
The rest is then forgiven, with whatever has been added to it by then. As of the date of this letter the rest is $1,000.00.
All amounts are in US dollars (USD).

What is to be paid, and when

No.  Due date         Amount
  1  March 15, 2026  $500.00
  2  April 15, 2026  $500.00

2 payments, $1,000.00 in total. The last is due on April 15, 2026.

How long this offer is open

You may accept it until the end of March 31, 2026 (America/Chicago). After that day it is no longer open, and nothing else changes.
You need not accept it.

What ends the settlement

The settlement ends if a payment is more than 5 days late.
A payment is late if it is not here in full on its due date.
A payment that comes back from your bank counts as not paid.
If it ends, nothing is forgiven. What you have paid stays credited to your account, and the rest of the whole balance is owed.

When all of it is paid

When the payments are here and have cleared, we forgive the rest at once. The balance is then $0.00, and we confirm that to you in writing. We will then not ask you for more money on this account, and nobody may do so for us.

What else may follow

In the United States, forgiven debt may count as income. If $600.00 or more is forgiven, a Form 1099-C may be sent to you and to the Internal Revenue Service. Ask somebody who knows about taxes.
If this account is on your credit report, it may be shown there as paid in full for less than the full balance.

Your rights

This settlement changes only in writing. We will not change it by word of mouth.
You may dispute this debt, or any part of it, and ask us to show that you owe it. Accepting a settlement does not take that right from you.
This text is not legal advice.

This communication is from a debt collector.

Wording: en-US, version 3
"""  # noqa: E501

SATISFACTION_TEXT = """\
SU CUENTA ESTÁ LIQUIDADA

Cuenta: INV-2026-0042
Fecha: 15 de abril de 2026

Lo que usted ha pagado

El 15 de abril de 2026 usted había pagado $1,000.00, y lo aceptamos como pago total de esta cuenta.
Hemos perdonado el resto: $1,000.00.
Usted no debe nada en esta cuenta. Su saldo es de $0.00.
No le pediremos más dinero por ella, y nadie puede hacerlo en nuestro nombre.
Todos los importes están en dólares estadounidenses (USD).

En qué se basa esta carta

Esta carta se basa en sus pagos. Si su banco devuelve uno de ellos, lo perdonado se debe de nuevo hasta que se reponga ese pago.

Qué más puede seguir

En los Estados Unidos, una deuda perdonada puede contar como ingreso. Si se perdonan $600.00 o más, puede enviarse un Formulario 1099-C a usted y al Servicio de Impuestos Internos. Pregunte a alguien que sepa de impuestos.
Si esta cuenta está en su informe de crédito, puede aparecer en él como pagada en su totalidad por menos del saldo total.

Guarde esta carta.
Este texto no es asesoramiento legal.

Esta comunicación es de un cobrador de deudas.

Redacción: es-US, versión 3
"""  # noqa: E501


def test_an_offer_to_the_letter():
    assert with_both_sides(text(), NAMES, locale="en-US") == OFFER_TEXT


def test_a_satisfaction_to_the_letter():
    assert text(SATISFIED, locale="es-US") == SATISFACTION_TEXT


def test_what_was_agreed_has_no_offer_in_it():
    said = text(kind=LetterKind.ACCEPTANCE)

    assert said.startswith("YOUR SETTLEMENT IS AGREED\n")
    assert "You pay $1,000.00 as set out below, and we take it as payment in full" in said
    assert "April 15, 2026" in said
    assert "March 31, 2026" not in said
    assert "How long this offer is open" not in said


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_asked_of_who_has_paid(locale):
    """No amount to pay, no day to pay it by, nothing that could end or begin."""
    said, elsewhere = text(SATISFIED, locale=locale), text(locale=locale)

    title, *asks = [part for part in elsewhere.split("\n\n") if "\n" not in part]
    assert len(asks) > 8  # the offer's headings and sentences
    theirs = {"What else may follow", "Qué más puede seguir"}
    kept = [one for one in asks if one in said.split("\n\n") and one not in theirs]
    assert kept == [one for one in asks if one.startswith(("This comm", "Esta comm", "We write",
                    "Esta comu", "Wording", "Redacción"))]  # fmt: skip
    assert title not in said
    assert "500.00" in elsewhere
    assert "500.00" not in said


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "The settlement ends if a payment is not here in full on its due date.\n"),
        (1, "The settlement ends if a payment is more than one day late.\n"),
        (2, "The settlement ends if a payment is more than 2 days late.\n"),
    ],
)
def test_what_ends_it(days, expected):
    assert expected in text(void_after_grace_days=days)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, None),
        (1, "You can restore it on the day after it ended, by paying all that is overdue then."),
        (14, "You can restore it within 14 days after it ended, by paying all that is overdue"),
    ],
)
def test_what_restores_it(days, expected):
    said = text(cure_days=days)

    assert ("restore" in said) is (expected is not None)
    assert expected is None or expected in said


def test_what_a_returned_payment_does():
    assert "is owed again until that payment is made good" in text(SATISFIED)
    ends = text(SATISFIED, on_return=SettlementReturn.VOID)
    assert "the settlement ends and what was forgiven is owed again" in ends


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        pytest.param(FACTS, True, id="before, an if"),
        pytest.param(replace(FACTS, balance_minor=1599_99), True, id="it can grow still"),
        pytest.param(replace(FACTS, tax_threshold_minor=None), False, id="another currency"),
        pytest.param(SATISFIED, True, id="after, enough"),
        pytest.param(replace(SATISFIED, forgiven_minor=600_00), True, id="just enough"),
        pytest.param(replace(SATISFIED, forgiven_minor=599_99), False, id="a cent less"),
        pytest.param(replace(SATISFIED, tax_threshold_minor=None), False, id="none"),
    ],
)
def test_the_tax_office_is_told_of_where_it_may_be(facts, told):
    assert ("1099-C" in text(facts)) is told


def test_paying_all_of_it_forgives_nothing():
    said = text(balance_minor=1000_00)
    after = text(SATISFIED, forgiven_minor=0)

    assert "This is all of what you owe." in said
    for one in (said, after):
        assert "What else may follow" not in one
    assert "forgiven the rest" not in after
    assert after.startswith("YOUR ACCOUNT IS PAID\n")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("on_return", SettlementReturn)
@pytest.mark.parametrize("kind", LetterKind)
def test_no_letter_of_an_offer_of_the_whole_speaks_of_forgiving(kind, on_return, locale):
    said = text(
        SATISFIED if kind is LetterKind.SATISFACTION else FACTS,
        kind=kind,
        balance_minor=1000_00,
        forgiven_minor=0,
        on_return=on_return,
        locale=locale,
    ).lower()

    assert not [word for word in ("forgiv", "forgive", "perdon", "settled") if word in said]


def test_one_payment():
    row = LetterPayment(due_on=date(2026, 3, 15), amount_minor=1000_00)

    assert "\nOne payment of $1,000.00, due on March 15, 2026.\n" in text(payments=(row,))


@pytest.mark.parametrize(("locale", "amount"), [("en-GB", "£1,000.00"), ("en-US", "£1,000.00")])
def test_money_and_days_by_locale(locale, amount):
    said = text(locale=locale, currency="GBP")

    assert amount in said
    assert ("15 April 2026" in said) is (locale == "en-GB")


def test_a_reference_cannot_add_lines_of_its_own():
    said = with_both_sides(
        text(account_reference="A\n\nB\u2028C"), Names(creditor="N\n\nM"), locale="en-US"
    )

    assert "\n\nCreditor: N M\nAccount: A B C\nDate: " in said


@pytest.mark.parametrize("locale", ["fr-FR", "en", ""])
def test_a_language_without_words_is_refused_by_name(locale):
    with pytest.raises(InvalidInput, match=r"\?language: one of en-GB, en-US, es-US"):
        text(locale=locale)


@given(
    shares=st.lists(st.integers(1, 10**9), min_size=1, max_size=12),
    rest=st.integers(0, 10**9),
    locale=st.sampled_from(LOCALES),
    kind=st.sampled_from(LetterKind),
)
def test_the_same_figures_are_the_same_letter_and_every_due_date_is_told(
    shares, rest, locale, kind
):
    rows = tuple(
        LetterPayment(due_on=date(2026, n, 28), amount_minor=minor)
        for n, minor in enumerate(shares, start=1)
    )
    facts = replace(
        FACTS,
        kind=kind,
        payments=rows,
        amount_minor=sum(shares),
        balance_minor=sum(shares) + rest,
        forgiven_minor=rest,
    )
    said = text(facts, locale=locale)

    assert said == text(facts, locale=locale)
    table = [line for line in said.splitlines() if "  " in line]
    assert len(table) == (0 if kind is LetterKind.SATISFACTION else len(rows) + 1)
