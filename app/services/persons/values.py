"""Values of contact points as people write them, normalized so that one thing is one value.

Phones by E.164 (phonenumberslite), e-mail with its domain in lower case (email-validator), postal
addresses by their lines and code. Nothing is sent to a value that does not parse.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import phonenumbers
from babel.core import get_global
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberType

from app.domain.contact.law.area_codes import AREA_CODE_ZONES
from app.domain.contact.words import PointKind

_NANP = "+1"
_COUNTRIES = 300  # more than there are
_OF_A_PLACE = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
)


def normalized(
    kind: PointKind,
    value: str,
    *,
    country: str | None = None,
    postal: Mapping[str, Any] | None = None,
) -> str | None:
    """The value by which it is known again; None where it does not parse.

    `country`: ISO 3166-1, for numbers that do not begin with a plus.
    """
    if kind is PointKind.PHONE:
        return _phone(value, country)
    if kind is PointKind.EMAIL:
        return email(value)
    if kind is PointKind.POSTAL:
        return _postal(postal or {})
    return value.strip() or None


def _phone(value: str, country: str | None) -> str | None:
    try:
        number = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone(value: str, country: str | None = None) -> str | None:
    """A number in E.164; None where it is none."""
    return _phone(value, country)


def email(value: str) -> str | None:
    """An address with its domain in lower case, the local part as given; None where it is none."""
    try:
        return validate_email(value.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _postal(postal: Mapping[str, Any]) -> str | None:
    parts = [*postal.get("lines", ()), postal.get("postal_code"), postal.get("country")]
    said = [" ".join(str(one).split()).casefold() for one in parts if one]
    return "|".join(said) or None


def zones_of_phone(normalized_value: str) -> tuple[str, ...]:
    """The zones in which a number of one place may ring; none for numbers of no place.

    Of the North American plan by area code; of other plans all zones of the country, by CLDR.
    """
    if normalized_value.startswith(_NANP):  # no other country's code begins so
        return AREA_CODE_ZONES.get(normalized_value[2:5], ())
    number = phonenumbers.parse(normalized_value)
    if phonenumbers.number_type(number) not in _OF_A_PLACE:
        return ()
    return zones_of_country(phonenumbers.region_code_for_number(number) or "")


@lru_cache(maxsize=_COUNTRIES)
def zones_of_country(country: str) -> tuple[str, ...]:
    """The zones CLDR knows in a country of ISO 3166-1."""
    territories = get_global("zone_territories")
    return tuple(sorted(zone for zone, where in territories.items() if where == country))
