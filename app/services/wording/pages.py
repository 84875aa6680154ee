"""In which language a debtor's page speaks, and how it writes money and days."""

from collections.abc import Mapping
from types import MappingProxyType

from app.services.wording.locale import Writer
from app.services.wording.page_phrases import PagePhrases
from app.services.wording.pages_de import GERMAN
from app.services.wording.pages_en import AMERICAN, BRITISH
from app.services.wording.pages_es import AMERICAN_SPANISH
from app.services.wording.pages_fr import FRENCH
from app.services.wording.terms import LOCALES as TERMS_LOCALES

_PHRASES: Mapping[str, PagePhrases] = MappingProxyType(
    {
        "en-US": AMERICAN,
        "en-GB": BRITISH,
        "es-US": AMERICAN_SPANISH,
        "de-DE": GERMAN,
        "fr-FR": FRENCH,
    }
)
LOCALES = tuple(_PHRASES)
#: As each calls itself.
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "es": "Español", "de": "Deutsch", "fr": "Français"}
)
_DEFAULT = "en-US"


class PageWriter(Writer[PagePhrases]):
    """A locale's words of the page."""

    @classmethod
    def of(cls, locale: str, currency: str) -> "PageWriter":
        return cls(words=phrases(locale), locale=locale, currency=currency)


def phrases(locale: str) -> PagePhrases:
    """The words of a locale of `LOCALES`."""
    return _PHRASES[locale]


def spoken(wanted: str | None) -> str:
    """The locale that comes nearest to what somebody speaks: `es-MX` is answered in `es-US`."""
    if wanted is not None and wanted in _PHRASES:
        return wanted
    language = (wanted or "").partition("-")[0].lower()
    return next((one for one in LOCALES if one.startswith(f"{language}-")), _DEFAULT)


def quote_locale(locale: str) -> str:
    """The locale of the binding words: where there are none in the page's, American English."""
    return locale if locale in TERMS_LOCALES else _DEFAULT
