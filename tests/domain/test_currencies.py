"""Our table of currencies against a kept copy of ISO 4217, and against what is asked of it."""

import pytest
from iso4217 import Currency

from app.domain.currencies import CURRENCIES, RETIRED, exponent
from app.domain.errors import InvalidInput

# What list one has beside money: funds, metals, testing codes, units of account.
NO_MONEY = {
    "BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "XAD", "XAG", "XAU", "XBA",
    "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX",
}  # fmt: skip
LISTED = {currency.code: currency.exponent for currency in Currency}


def test_every_currency_of_the_list_is_known_and_no_other_but_the_retired():
    assert set(LISTED) - NO_MONEY - RETIRED == CURRENCIES - RETIRED


@pytest.mark.parametrize("code", sorted(set(LISTED) & CURRENCIES))
def test_its_decimals_are_the_lists(code):
    assert exponent(code) == LISTED[code]


@pytest.mark.parametrize("code", sorted(RETIRED))
def test_a_debt_in_a_retired_currency_can_still_be_kept(code):
    assert exponent(code) == 2


@pytest.mark.parametrize("code", ["XXX", "DEM", "usd", ""])
def test_what_names_no_money_is_refused_at_its_field(code):
    with pytest.raises(InvalidInput) as refused:
        exponent(code)

    assert refused.value.errors[0].pointer == "/currency"
