"""For which currency there are household standards, and what happens where there are none."""

import json
from pathlib import Path

import pytest

from app.domain.errors import InvalidInput
from app.domain.options.household_standards import SHIPPED, standards_for

CASES = Path(__file__).parents[2] / "cases" / "affordability_cases.json"


def test_the_shipped_figures_are_those_of_the_source():
    meta = json.loads(CASES.read_text())["_meta"]["irs_national_standards_2025"]

    assert [100 * total for total in meta["total"]] == list(SHIPPED["USD"].by_size_minor)
    assert SHIPPED["USD"].each_additional_minor == 100 * meta["each_additional"]
    assert all(standards.source for standards in SHIPPED.values())


@pytest.mark.parametrize("size", [None, 1, 7])
def test_a_currency_with_standards_has_them_whoever_asks(size):
    assert standards_for("USD", household_size=size) is SHIPPED["USD"]


def test_another_currency_has_none_and_says_so_to_who_asks():
    assert standards_for("EUR", household_size=None) is None
    with pytest.raises(InvalidInput, match=r"configured for EUR \(there are: USD\)"):
        standards_for("EUR", household_size=2)
    with pytest.raises(InvalidInput, match=r"configured for USD \(there are: none\)"):
        standards_for("USD", household_size=2, known={})
