"""The templates we ship: each fit to be sent in every language it has."""

import pytest

from app.domain.templates.checks import defects_of
from app.domain.templates.variables import variables_of
from app.services.templates.shipped import phrases_of, shipped_templates
from app.services.templates.written import pen_of

EVERYWHERE = {"en-US", "en-GB", "es-US"}
ALSO = {"due_reminder", "missed", "plan_agreed", "receipt", "statement"}


@pytest.mark.parametrize("key", sorted(shipped_templates()))
def test_what_we_ship_is_fit_to_be_sent_in_every_language(key):
    template = shipped_templates()[key]
    known = variables_of(template.purpose)
    assert defects_of(template, lambda locale: pen_of(locale).example(known, {})) == ()
    wanted = EVERYWHERE | ({"de-DE", "fr-FR"} if key in ALSO else set())
    assert set(template.locales) >= wanted
    words = [one.text for one in template.locales.values()]
    of_english = template.locales["en-GB"].text != template.locales["en-US"].text
    assert len(set(words)) >= len(words) - (not of_english)  # no language stands in for another


def test_every_language_has_the_same_phrases():
    ours = phrases_of("en-US")
    for locale in (*EVERYWHERE, "de-DE", "fr-FR"):
        theirs = phrases_of(locale)
        assert {name: set(group) for name, group in theirs.items()} == {
            name: set(group) for name, group in ours.items()
        }
    assert phrases_of("pl-PL") is None
