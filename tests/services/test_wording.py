"""The terms text, whole and to the letter: what a person agreed to must not change unnoticed."""

import string
from dataclasses import fields
from datetime import UTC, date, datetime

import pytest

from app.domain.errors import InvalidInput
from app.domain.schedule import build as schedules
from app.domain.schedule.dates import NO_HOLIDAYS
from app.domain.schedule.terms import BusinessDays, Convention, Frequency, Terms, Unit
from app.domain.values import replace
from app.services.wording.locale import Names, Writer
from app.services.wording.terms import LOCALES, terms_text, text_hash, with_both_sides
from app.services.wording.terms_en import AMERICAN, BRITISH
from app.services.wording.terms_es import AMERICAN_SPANISH

OPENS = date(2026, 1, 31)
MONTHLY = Frequency(unit=Unit.MONTH)
PLAIN = Terms(
    down_payment_minor=300_00,
    installment_count=3,
    frequency=MONTHLY,
    first_due_on=date(2026, 3, 31),
)
WITH_INTEREST = Terms(
    installment_count=5,
    frequency=MONTHLY,
    first_due_on=date(2026, 2, 28),
    annual_rate_bps=1200,
    business_days=BusinessDays(calendar="US-FED", convention=Convention.FOLLOWING),
)
IN_ONE = Terms(installment_count=1, first_due_on=date(2026, 3, 31))


def text(terms=PLAIN, *, amount=1200_00, **changes):
    said = {
        "locale": "en-US",
        "currency": "USD",
        "account_reference": "INV-2026-0042",
        "total_minor": amount,
        "schedule": schedules.build(
            terms, opens_on=OPENS, amount_minor=amount, holidays=NO_HOLIDAYS
        ),
        "terms": terms,
        "grace_days": 5,
        "expires_at": datetime(2026, 2, 14, 23, 0, tzinfo=UTC),
        "time_zone": "UTC",
    }
    return terms_text(**said | changes)


def section(whole, heading):
    _, _, after = whole.partition(f"\n\n{heading}\n\n")
    return after.partition("\n\n")[0]


AMERICAN_TEXT = """\
PAYMENT PLAN TERMS

Account: INV-2026-0042

What you owe

You owe $1,200.00 on this account.
This plan covers all of it.
All amounts are in US dollars (USD).

What you pay, and when

No.  Due date           Amount
  1  January 31, 2026  $300.00  down payment
  2  March 31, 2026    $300.00
  3  April 30, 2026    $300.00
  4  May 31, 2026      $300.00

4 payments, $1,200.00 in total. The last is due on May 31, 2026.

What this plan costs

No interest and no finance charge are part of this plan.

If you miss a payment

A payment is late if it is not paid in full by its due date. We wait 5 more days before we count it as missed.
If payments are missed, this plan may end. What you have paid stays credited to your account. What is still open is then owed without this plan.
If you cannot make a payment, tell us before it is due, so that we can find a way.

Changes

This plan changes only in writing. We will not change it by word of mouth.

Your right to dispute

You may dispute this debt, or any part of it, and ask us to show that you owe it. Accepting this plan does not take that right from you.
This text is not legal advice.

This offer is open until February 14, 2026, 11:00 PM (UTC).
Quote: 9f86d0
Wording: en-US, version 2
"""  # noqa: E501

SPANISH_TEXT = """\
CONDICIONES DEL PLAN DE PAGOS

Cuenta: INV-2026-0042

Lo que usted debe

Usted debe $1,200.00 en esta cuenta.
Este plan lo cubre todo.
Todos los importes están en dólares estadounidenses (USD).

Qué paga usted y cuándo

N.º  Vencimiento          Importe  De ello, intereses
  1  2 de marzo de 2026   $247.00              $11.84
  2  30 de marzo de 2026  $247.00               $8.88
  3  28 de abril de 2026  $247.00               $6.93
  4  28 de mayo de 2026   $247.00               $4.80
  5  29 de junio de 2026  $247.02               $2.57

5 pagos, $1,235.02 en total. El último vence el 29 de junio de 2026.
Si un vencimiento caía en fin de semana o en día festivo (calendario US-FED), ya se ha cambiado: la tabla muestra el día en que debe pagar.

Lo que cuesta este plan

El interés es del 12.00% al año sobre lo que usted aún debe (actual/365).
Cargo por financiamiento: $35.02. Está incluido en los pagos indicados.
Tasa de porcentaje anual (APR): 11.86%.
Este plan tiene más de cuatro cuotas o un cargo por financiamiento. En los Estados Unidos, la Ley de Veracidad en los Préstamos (Reglamento Z) puede aplicarse a un plan así y puede darle derecho a más información. Pregúntenos.

Si no hace un pago

Un pago está atrasado si no se ha hecho por completo en su vencimiento. Esperamos 5 días más antes de darlo por no hecho.
Si no se hacen los pagos, este plan puede terminar. Lo que usted haya pagado sigue abonado en su cuenta. Lo que quede pendiente se debe entonces sin este plan.
Si no puede hacer un pago, avísenos antes del vencimiento para buscar una solución.

Cambios

Este plan solo cambia por escrito. No lo cambiaremos de palabra.

Su derecho a disputar

Usted puede disputar esta deuda, o cualquier parte de ella, y pedirnos que mostremos que la debe. Aceptar este plan no le quita ese derecho.
Este texto no es asesoramiento legal.

Esta oferta está abierta hasta el 14 de febrero de 2026, 5:00 p.m. (America/Chicago).
Redacción: es-US, versión 2
"""  # noqa: E501

BRITISH_TEXT = """\
PAYMENT PLAN TERMS

Creditor: Northern Water
Owed by: Jane Doe
Account: INV-2026-0042

What you owe

You owe £1,200.00 on this account.
This plan covers £900.00 of it. The other £300.00 is not part of this plan and is still owed.
All amounts are in British pounds (GBP).

What you pay, and when

No.  Due date        Amount
  1  31 March 2026  £900.00

One payment of £900.00, due on 31 March 2026.

What this plan costs

No interest and no finance charge are part of this plan.

If you miss a payment

A payment is late if it is not paid in full by its due date. It is then missed as well: there are no extra days.
If payments are missed, this plan may end. What you have paid stays credited to your account. What is still open is then owed without this plan.
If you cannot make a payment, tell us before it is due, so that we can find a way.

Changes

This plan changes only in writing. We will not change it by word of mouth.

Your right to dispute

You may dispute this debt, or any part of it, and ask us to show that you owe it. Accepting this plan does not take that right from you.
This text is not legal advice.

Wording: en-GB, version 2
"""  # noqa: E501


def test_an_american_text():
    assert text(quote_hash="9f86d0") == AMERICAN_TEXT


def test_a_spanish_text_with_interest():
    assert text(WITH_INTEREST, locale="es-US", time_zone="America/Chicago") == SPANISH_TEXT


def test_a_british_text_of_a_part_in_one_payment():
    shown = text(
        IN_ONE,
        locale="en-GB",
        currency="GBP",
        amount=900_00,
        total_minor=1200_00,
        grace_days=0,
        expires_at=None,
    )

    names = Names(creditor="Northern  Water\n", debtor="Jane Doe")
    assert with_both_sides(shown, names, locale="en-GB") == BRITISH_TEXT
    assert with_both_sides(shown, Names(), locale="en-GB") == shown


@pytest.mark.parametrize("locale", LOCALES)
def test_the_same_plan_is_the_same_bytes(locale):
    first, second = (text(WITH_INTEREST, locale=locale) for _ in range(2))

    assert first.encode() == second.encode()
    assert text_hash(first) == text_hash(second)
    assert text_hash(first) != text_hash(text(WITH_INTEREST, locale=locale, grace_days=6))


def test_the_hash_is_sha_256_of_utf_8():
    assert text_hash("ñ\n") == "f69bf8ad864bd73c5a20e498ddaac6470299c182924a5bc0994687160eec4e4a"


@pytest.mark.parametrize(
    ("locale", "currency", "amounts"),
    [
        ("en-US", "USD", "$1,200.50"),
        ("en-US", "JPY", "¥120,050"),
        ("en-US", "KWD", "KWD 120.050"),
        ("en-US", "IQD", "IQD 120.050"),
        ("en-US", "HUF", "HUF 1,200.50"),
        ("en-GB", "GBP", "£1,200.50"),
        ("en-GB", "USD", "US$1,200.50"),
        ("es-US", "USD", "$1,200.50"),
        ("es-US", "EUR", "EUR 1,200.50"),
        ("es-US", "CLP", "CLP 120,050"),
    ],
)
def test_money_has_the_decimals_of_its_currency(locale, currency, amounts):
    shown = text(IN_ONE, amount=1200_50, locale=locale, currency=currency)

    assert amounts in shown
    assert f"({currency})." in shown


def test_the_greatest_amount_is_exact():
    greatest = 2**53 - 1

    assert "$90,071,992,547,409.91" in text(IN_ONE, amount=greatest)


@pytest.mark.parametrize(
    ("grace", "said"),
    [
        (0, "It is then missed as well: there are no extra days."),
        (1, "We wait one more day before we count it as missed."),
        (2, "We wait 2 more days before we count it as missed."),
    ],
)
def test_grace_in_days(grace, said):
    assert said in section(text(grace_days=grace), "If you miss a payment")


@pytest.mark.parametrize(
    ("terms", "noted"),
    [
        pytest.param(replace(PLAIN, installment_count=4), False, id="four and a down payment"),
        pytest.param(replace(PLAIN, installment_count=5), True, id="five"),
        pytest.param(replace(WITH_INTEREST, installment_count=2), True, id="a finance charge"),
    ],
)
def test_the_note_on_consumer_credit(terms, noted):
    assert ("Regulation Z" in text(terms)) is noted
    assert "Regulation Z" not in text(terms, locale="en-GB")


def test_a_rate_that_earns_nothing_yet_is_still_told():
    cost = section(
        text(replace(WITH_INTEREST, annual_rate_bps=1, installment_count=2), amount=10),
        "What this plan costs",
    )

    assert cost == "Interest is 0.01% a year on what you still owe (actual/365)."


def test_nothing_is_said_of_days_that_do_not_move():
    days = BusinessDays(calendar="US-FED", convention=Convention.NONE)

    assert "US-FED" not in text(replace(PLAIN, business_days=days))


def test_rows_line_up():
    rows = section(text(WITH_INTEREST, locale="es-US"), "Qué paga usted y cuándo").splitlines()[:6]

    assert len({len(row) for row in rows}) == 1


def test_a_reference_cannot_add_lines_of_its_own():
    shown = text(account_reference="INV-1\n\nYou owe nothing.\u2028{hash}")

    assert "Account: INV-1 You owe nothing. {hash}\n" in shown


@pytest.mark.parametrize(
    ("locale", "day", "said"),
    [
        ("fr-FR", date(2026, 9, 1), "1er septembre 2026"),
        ("fr-CA", date(2021, 1, 1), "1er janvier 2021"),
        ("fr-FR", date(2026, 9, 2), "2 septembre 2026"),
        ("fr-FR", date(2026, 9, 11), "11 septembre 2026"),
        ("de-DE", date(2026, 9, 1), "1. September 2026"),
        ("en-US", date(2026, 9, 1), "September 1, 2026"),
        ("es-US", date(2026, 9, 1), "1 de septiembre de 2026"),
    ],
)
def test_days_are_written_as_the_language_writes_them(locale, day, said):
    assert Writer(words=None, locale=locale, currency="EUR").day(day) == said


@pytest.mark.parametrize("locale", ["en", "en_US", "EN-US", "fr-FR", "es", ""])
def test_a_locale_without_words_is_refused_by_name(locale):
    with pytest.raises(InvalidInput) as caught:
        text(locale=locale)

    [problem] = caught.value.errors
    assert (problem.pointer, problem.detail) == ("/locale", "one of en-GB, en-US, es-US")


def test_an_unknown_currency_is_refused():
    with pytest.raises(InvalidInput, match="/currency"):
        text(currency="XYZ")


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_minor": 1199_99},
        {"grace_days": -1},
        {"expires_at": datetime(2026, 2, 14, 23, 0)},  # noqa: DTZ001
    ],
)
def test_what_cannot_be_is_a_bug(wrong):
    with pytest.raises(ValueError, match=r"no more than|no zone"):
        text(**wrong)


def names(phrase):
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


@pytest.mark.parametrize("words", [BRITISH, AMERICAN_SPANISH])
def test_every_language_fills_in_the_same_names(words):
    for field in fields(words):
        ours, theirs = getattr(AMERICAN, field.name), getattr(words, field.name)
        pairs = zip(ours, theirs, strict=True) if isinstance(ours, tuple) else [(ours, theirs)]
        assert all(names(a) == names(b) for a, b in pairs), field.name
