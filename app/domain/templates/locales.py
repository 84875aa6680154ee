"""In which of a template's languages somebody is written to. There is no silent English."""

from collections.abc import Collection, Iterable


def wanted_locale(language: str | None, country: str | None) -> str | None:
    """The person's language with the policy's country; None where no language is known."""
    if language is None:
        return None
    tongue, _, region = language.partition("-")
    place = region or country
    return f"{tongue.lower()}-{place.upper()}" if place else tongue.lower()


def chosen(
    wanted: str | None, available: Collection[str], *, fallback: Iterable[str] = ()
) -> str | None:
    """The exact one, else one of the same language, else the first of the fallback there is.

    Of several of one language, the first by name. None: no wording is to be had.
    """
    for locale in (wanted, *fallback):
        if locale is None:
            continue
        if locale in available:
            return locale
        tongue = locale.partition("-")[0].lower()
        same = sorted(one for one in available if one.partition("-")[0].lower() == tongue)
        if same:
            return same[0]
    return None
