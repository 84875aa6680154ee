"""Is a template fit to be sent? Every defect, where it is and what it is."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from app.domain.contact.law.purposes import DEMANDS
from app.domain.templates.liquid import Unrenderable, named_in, rendered
from app.domain.templates.segments import MOST_SEGMENTS, segments
from app.domain.templates.template import Template, TemplateChannel, Wording, places_wanted
from app.domain.templates.variables import GIVEN, unknown_among, variables_of
from app.domain.values import Value

_SUBJECTS = frozenset({TemplateChannel.EMAIL, TemplateChannel.LETTER})
#: What a voicemail may name: limited content tells nobody of a debt (12 CFR 1006.2(j)).
_LIMITED = frozenset({"collector.name", "collector.phone", "person.name"})
_MOST_SUBJECT: Final = 200

#: The values a locale's words are tried with, by name; disclosures are given by the checks.
Sample = Mapping[str, object]


class Defect(Value, kw_only=True):
    """What is wrong and where, as a JSON pointer into what was sent."""

    pointer: str
    detail: str


def defects_of(template: Template, sample: Callable[[str], Sample]) -> tuple[Defect, ...]:
    """All that is wrong with it. `sample` gives a locale's example values, nested by thing."""
    found = list(_of_purpose(template))
    for locale, wording in template.locales.items():
        found += _of_wording(template, f"/locales/{locale}", wording, sample(locale))
    return tuple(found)


def _of_purpose(template: Template) -> Iterator[Defect]:
    if template.asks_for_money and template.purpose not in DEMANDS:
        asks = ", ".join(sorted(DEMANDS))
        yield Defect(
            pointer="/purpose",
            detail=f"asks for money as {template.purpose}: only {asks} may",
        )
    if template.deadline and not template.asks_for_money:
        yield Defect(pointer="/deadline", detail="names a day to pay by and asks for no money")
    for name in unknown_among(template.sample, template.purpose):
        yield Defect(pointer=f"/sample/{name}", detail=f"is no variable of a {template.purpose}")
    if not template.locales:
        yield Defect(pointer="/locales", detail="should have one locale at least")


def _of_wording(template: Template, at: str, wording: Wording, sample: Sample) -> Iterator[Defect]:
    yield from _of_parts(template, at, wording)
    parts = (("subject", wording.subject), ("text", wording.text), ("html", wording.html))
    for name, source in parts:
        if source is None:
            continue
        pointer = f"{at}/{name}"
        try:
            unknown = _unknown(template, source)
            if unknown:
                detail = f"names what a {template.purpose} does not have: {', '.join(unknown)}"
                yield Defect(pointer=pointer, detail=detail)
                continue
            said = rendered(source, _with_given(source, sample), html=name == "html")
        except Unrenderable as wrong:
            yield Defect(pointer=pointer, detail=str(wrong))
            continue
        yield from _of_said(template, pointer, source, said, sample, name)


def _of_parts(template: Template, at: str, wording: Wording) -> Iterator[Defect]:
    has_subject = wording.subject is not None
    if has_subject != (template.channel in _SUBJECTS):
        detail = "should not be there" if has_subject else "should be there"
        yield Defect(pointer=f"{at}/subject", detail=f"{detail}, for an {template.channel}")
    if wording.html is not None and template.channel is not TemplateChannel.EMAIL:
        yield Defect(pointer=f"{at}/html", detail=f"should be null for a {template.channel}")


def _unknown(template: Template, source: str) -> tuple[str, ...]:
    named = tuple(named_in(source))
    if template.channel is TemplateChannel.VOICEMAIL:
        return tuple(sorted({one for one in named if one not in _LIMITED}))
    return unknown_among(named, template.purpose)


def _of_said(  # noqa: PLR0917 - all of one text
    template: Template, pointer: str, source: str, said: str, sample: Sample, name: str
) -> Iterator[Defect]:
    if not said.strip():
        yield Defect(pointer=pointer, detail="says nothing")
    if name == "subject":
        if "\n" in said or len(said) > _MOST_SUBJECT:
            yield Defect(
                pointer=pointer, detail=f"should be one line of {_MOST_SUBJECT} characters at most"
            )
        return
    if template.channel is TemplateChannel.SMS and segments(said) > MOST_SEGMENTS:
        yield Defect(
            pointer=pointer,
            detail=f"takes {segments(said)} segments, and {MOST_SEGMENTS} at most may be sent",
        )
    yield from _missing_places(template, pointer, source, sample, html=name == "html")


def _missing_places(
    template: Template, pointer: str, source: str, sample: Sample, *, html: bool
) -> Iterator[Defect]:
    """A place counts where it is said: with all there is, and with what is always there alone."""
    wanted = places_wanted(template)
    marks = {one.value: f"[[{one.value}]]" for one in wanted}
    known = sample.get("disclosures")
    disclosures = {**(known if isinstance(known, Mapping) else {}), **marks}
    least = {one.name.partition(".")[0] for one in variables_of(template.purpose) if one.always}
    bare = {name: value if name in least else None for name, value in sample.items()}
    for values in (sample, bare):
        try:
            said = rendered(
                source, _with_given(source, {**values, "disclosures": disclosures}), html=html
            )
        except Unrenderable:  # about something that is not there: nothing is sent
            continue
        for place in wanted:
            if marks[place.value] not in said:
                yield Defect(
                    pointer=pointer,
                    detail=f"should say {{{{ disclosures.{place.value} }}}} whatever it is about",
                )
        wanted = tuple(place for place in wanted if marks[place.value] in said)


def _with_given(source: str, sample: Sample) -> Sample:
    """With a word for everything the caller is to give."""
    prefix = f"{GIVEN}."
    names = {one.removeprefix(prefix) for one in named_in(source) if one.startswith(prefix)}
    return {**sample, GIVEN: dict.fromkeys(names, "…") | _given(sample)}


def _given(sample: Sample) -> dict[str, object]:
    known = sample.get(GIVEN)
    return dict(known) if isinstance(known, Mapping) else {}
