"""Household standards that are shipped: for whom, in which currency, since when, from where.

A standard is a country's figure: it is held against budgets kept in that country's currency and
against no other, whatever the exchange rate. Where there is none, a budget counts as it is stated.
"""

from collections.abc import Mapping

from app.domain.errors import InvalidInput
from app.domain.options.affordability import HouseholdStandards

#: By currency: what a household is allowed for living, a month.
SHIPPED: Mapping[str, HouseholdStandards] = {
    "USD": HouseholdStandards(
        by_size_minor=(839_00, 1_481_00, 1_753_00, 2_129_00),
        each_additional_minor=394_00,
        source="[S] IRS National Standards effective 2025-04-21 (danacole.prodsr.com, 2025-10-20)",
    ),
}


def standards_for(
    currency: str,
    *,
    household_size: int | None,
    known: Mapping[str, HouseholdStandards] = SHIPPED,
) -> HouseholdStandards | None:
    """The standards for budgets in a currency; None: there are none, and nobody asked for them.

    Who names the size of a household asks for its standard. Raises `InvalidInput` where that
    cannot be given: a budget is never quietly judged without what was asked for.
    """
    found = known.get(currency)
    if found is None and household_size is not None:
        listed = ", ".join(sorted(known)) or "none"
        raise InvalidInput.at(
            "/budget/household_size",
            f"no household standards are configured for {currency} (there are: {listed}); "
            "leave it out to have the expenses count as stated",
        )
    return found
