"""What a dialer's columns hold: the country's code apart from the number."""

import pytest

from app.domain.worklists.dialer import name_parts, phone_parts


@pytest.mark.parametrize(
    ("phone", "parts"),
    [
        ("+13125550100", ("1", "3125550100")),
        ("+447911123456", ("44", "7911123456")),
        ("+491701234567", ("49", "1701234567")),
        ("+79161234567", ("7", "9161234567")),
        ("+353861234567", ("353", "861234567")),
        ("+5215512345678", ("52", "15512345678")),
        ("", ("", "")),
    ],
)
def test_the_code_of_the_country_is_told_apart(phone, parts):
    assert phone_parts(phone) == parts


@pytest.mark.parametrize(
    ("name", "parts"),
    [("Ann Lee", ("Ann", "Lee")), ("Mary Jane Doe", ("Mary Jane", "Doe")), ("Cher", ("", "Cher")),
     (None, ("", ""))],
)  # fmt: skip
def test_the_last_word_is_the_last_name(name, parts):
    assert name_parts(name) == parts
