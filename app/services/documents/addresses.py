"""Where a letter goes: a person's postal address as its country writes it."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from babel import Locale, UnknownLocaleError

from app.domain.contact.words import PointKind, Validity
from app.domain.persons.standing import standing
from app.services.context import Context
from app.services.persons.points import view_of
from app.storage.persons import facts, points
from app.storage.persons.persons import StoredPerson

_REGION_BEFORE_CODE = frozenset({"US", "CA", "AU"})
_CODE_AFTER_CITY = frozenset({"GB", "IE"})


async def address_of(
    ctx: Context,
    person: StoredPerson | None,
    *,
    locale: str,
    sent_from: str | None,
    point_id: UUID | None = None,
) -> tuple[str, ...]:
    """Name and address by the best postal point that is not invalid, as far as they are known.

    `point_id`: the one that was decided on goes before all. The country is named where it is
    another than that of the sender.
    """
    if person is None or person.erased_at is not None:
        return ()
    name = (person.name,) if person.name else ()
    known = [
        one for one in await points.of_person(ctx.tx, person.id)
        if one.kind == PointKind.POSTAL and one.postal
    ]  # fmt: skip
    if not known:
        return name
    stands = standing(await facts.of_person(ctx.tx, person.id))
    for one in sorted(known, key=lambda one: one.id != point_id):
        if view_of(ctx, one, stands).validity is not Validity.INVALID:
            return (*name, *address_lines(one.postal or {}, locale=locale, sent_from=sent_from))
    return name


def address_lines(
    postal: Mapping[str, Any], *, locale: str, sent_from: str | None
) -> Iterator[str]:
    """The lines of an address, its last a country named in the letter's language."""
    country = postal.get("country")
    yield from (str(line) for line in postal.get("lines") or () if line)
    city, code = postal.get("city"), postal.get("postal_code")
    region = (postal.get("region") or "").rpartition("-")[2]
    if country in _REGION_BEFORE_CODE:
        yield from _joined((city, " ".join(part for part in (region, code) if part)), ", ")
    elif country in _CODE_AFTER_CITY:
        yield from (part for part in (city, code) if part)
    else:
        yield from _joined((code, city), " ")
    if country and sent_from and country != sent_from:
        yield _country(country, locale)


def _joined(parts: tuple[str | None, ...], between: str) -> Iterator[str]:
    line = between.join(part for part in parts if part)
    if line:
        yield line


def _country(code: str, locale: str) -> str:
    try:
        named = Locale.parse(locale, sep="-").territories.get(code)
    except UnknownLocaleError:
        named = None
    return str(named or code).upper()
