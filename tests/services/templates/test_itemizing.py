"""A validation notice's figures add up to the ledger's balance, or there is no notice."""

from datetime import date
from types import SimpleNamespace

import pytest

from app.domain.contact.validation import ItemizationReference
from app.domain.errors import InvalidInput
from app.domain.templates.variables import variables_of
from app.domain.values import replace
from app.services.templates.filling import About
from app.services.templates.identity import Identity
from app.services.templates.itemizing import Itemization, itemized
from app.services.templates.rendering import filled
from app.services.templates.shipped import shipped_templates

SAID = Itemization(
    reference=ItemizationReference.CHARGE_OFF, on=date(2026, 3, 1), amount_minor=1_100_00,
    interest_minor=15_00, fees_minor=35_00, payments_minor=20_00, credits_minor=5_00,
    original_creditor="First Bank",
)  # fmt: skip
ENDS_ON = date(2026, 12, 4)


def read(minor):
    return SimpleNamespace(state=SimpleNamespace(balance=SimpleNamespace(total_minor=minor)))


def test_what_adds_up_is_told_to_the_cent():
    raw = itemized(read(1_125_00), SAID, ends_on=ENDS_ON)
    notice = shipped_templates()["validation_notice"]
    known = {one.name: one.example for one in variables_of(notice.purpose)}
    about = About(first_communication=True, validation_ends_on=ENDS_ON)
    said = filled(notice, "en-US", Identity(name="Prairie Recovery"), {**known, **raw}, about)
    for row in ("You owed on the date named below  $1,100.00",
                "Payments since then                  $20.00",
                "You owe now                       $1,125.00"):  # fmt: skip
        assert row in said.text
    assert "on March 1, 2026, the day of the charge-off" in said.text
    assert said.text.count("by December 4, 2026") == 2
    assert "This is an attempt to collect a debt" in said.text


def test_what_does_not_add_up_is_no_notice():
    with pytest.raises(InvalidInput) as caught:
        itemized(read(1_125_01), SAID, ends_on=ENDS_ON)
    assert caught.value.errors[0].pointer == "/itemization"
    assert "112500" in caught.value.errors[0].detail
    hidden = replace(SAID, payments_minor=-20_00, credits_minor=45_00)
    with pytest.raises(InvalidInput) as caught:
        itemized(read(1_125_00), hidden, ends_on=ENDS_ON)
    assert [one.pointer for one in caught.value.errors] == ["/itemization/payments_minor"]
