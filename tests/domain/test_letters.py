"""Which letter is true: one at most, and none that asks for what cannot be, or was, paid."""

from datetime import date, timedelta

import pytest

from app.domain.letters import LetterKind, fitting
from app.domain.refusals.letters import CannotDraw, LetterUnfit
from app.domain.vocabulary import SettlementStatus
from tests.factories import fact_id

DUE = date(2026, 1, 31)
DAY = timedelta(days=1)
OWING = {"first_due_on": DUE, "remaining_minor": 1}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("offered", LetterKind.OFFER),
        ("accepted", LetterKind.ACCEPTANCE),
        ("satisfied", LetterKind.SATISFACTION),
        ("pending_approval", None),
        ("void", None),
        ("expired", None),
        ("declined", None),
        ("withdrawn", None),
    ],
)
def test_by_status(status, expected):
    assert fitting(SettlementStatus(status), **OWING, on=DUE) is expected


def test_every_status_was_thought_of():
    assert len(SettlementStatus) == 8


@pytest.mark.parametrize(("on", "told"), [(DUE - DAY, True), (DUE, True), (DUE + DAY, False)])
def test_an_offer_whose_first_payment_is_due_already_is_none(on, told):
    offered = fitting(SettlementStatus.OFFERED, **OWING, on=on)
    accepted = fitting(SettlementStatus.ACCEPTED, **OWING, on=on)

    assert (offered is LetterKind.OFFER) is told
    assert accepted is LetterKind.ACCEPTANCE


def test_what_is_paid_and_has_not_cleared_is_not_asked_for():
    accepted = SettlementStatus.ACCEPTED

    assert fitting(accepted, first_due_on=DUE, remaining_minor=0, on=DUE) is None


def test_a_refusal_says_which_letter_would_be_true():
    said = {"settlement_id": fact_id(1), "letter": "offer"}
    over = LetterUnfit(**said, settlement_status="expired", fitting=None)
    paid = LetterUnfit(**said, settlement_status="satisfied", fitting="satisfaction")

    assert over.detail == (
        "The settlement is expired: no letter would be true of it today, and the offer letter "
        "would not."
    )
    assert "satisfied: the satisfaction letter would be true of it today" in paid.detail
    assert "U+05D0, U+05D1" in CannotDraw(characters=("U+05D0", "U+05D1")).detail
