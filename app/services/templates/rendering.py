"""A template's words in somebody's language, filled from the books: what a message then keeps."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.contact.words import Purpose
from app.domain.errors import NotFound
from app.domain.refusals.templates import NoWording, TemplateUnfit
from app.domain.templates.checks import Defect
from app.domain.templates.liquid import Unrenderable, rendered
from app.domain.templates.locales import chosen, wanted_locale
from app.domain.templates.template import Template, TemplateChannel
from app.domain.templates.variables import GIVEN, variables_of
from app.services.context import Context
from app.services.reading import Reading
from app.services.templates.filling import About, raw_values
from app.services.templates.identity import Identity, identity_of
from app.services.templates.shipped import shipped_templates
from app.services.templates.written import pen_of
from app.storage.persons.persons import StoredPerson
from app.storage.templates import templates

_GAP = re.compile(r"\n[ \t]*(\n[ \t]*)+\n")

__all__ = ["About", "Rendered", "render", "template_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What is sent, word for word; the same bytes at every attempt."""

    key: str
    version: int
    locale: str
    channel: TemplateChannel
    purpose: Purpose
    asks_for_money: bool
    deadline: bool
    subject: str | None
    text: str
    html: str | None


async def template_of(ctx: Context, key: str, version: int | None = None) -> Template:
    """That version, or the newest; version 0 is the one we ship. Raises `NotFound`."""
    found = None if version == 0 else await templates.read(ctx.tx, key, version)
    if found is None and not version:
        found = shipped_templates().get(key)
    if found is None:
        name = key if version is None else f"{key} version {version}"
        raise NotFound(resource="template", key=name)
    return found


async def render(
    ctx: Context,
    reading: Reading,
    person: StoredPerson | None,
    key: str,
    *,
    version: int | None = None,
    locale: str | None = None,
    about: About | None = None,
    given: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Rendered:
    """The words as they are to be sent, to this person about this account as it was read.

    `locale` None: the person's language, with the country of who writes. `given`: the caller's own
    values, as `{{ given.<name> }}`. `more`: raw values by their dotted names, over the books' own.
    Raises `NotFound`, `NoWording` where the language is none of the template's, and `TemplateUnfit`
    where it names what this message is not about.
    """
    template = await template_of(ctx, key, version)
    identity = await identity_of(
        ctx, reading.account.creditor_reference, reading.account.policy_name
    )
    found = locale_of(template, person, identity, asked=locale)
    on = about or About()
    raw = await raw_values(ctx, reading, person, identity, on)
    return filled(template, found, identity, {**raw, **(more or {})}, on, given=given)


def locale_of(
    template: Template, person: StoredPerson | None, identity: Identity, *, asked: str | None
) -> str:
    """Which of its locales. Raises `NoWording`: there is no silent English."""
    wanted = asked
    if wanted is None and person is not None:
        region = person.region.partition("-")[0] if person.region else None
        wanted = wanted_locale(person.language, identity.country or region)
    found = chosen(wanted, template.locales.keys(), fallback=identity.fallback)
    if found is None:
        raise NoWording(
            template_key=template.key,
            version=template.version,
            locale=wanted,
            locales=tuple(sorted(template.locales)),
        )
    return found


def filled(
    template: Template,
    locale: str,
    identity: Identity,
    raw: Mapping[str, object],
    about: About,
    *,
    given: Mapping[str, str] | None = None,
) -> Rendered:
    """The words of one locale with raw values. Raises `TemplateUnfit`."""
    pen = pen_of(locale, str(raw["account.currency"]))
    values = pen.values(
        {**raw, "account.currency_name": pen.writer.currency_name}, variables_of(template.purpose)
    )
    values["disclosures"] = pen.disclosures(
        identity,
        template.channel,
        first=about.first_communication,
        time_barred=about.time_barred,
        ends_on=about.validation_ends_on,
    )
    values[GIVEN] = dict(given or {})
    words, said, defects = template.locales[locale], dict[str, str](), list[Defect]()
    for name, source in (("subject", words.subject), ("text", words.text), ("html", words.html)):
        if source is None:
            continue
        try:
            said[name] = rendered(source, values, html=name == "html")
        except Unrenderable as wrong:
            defects.append(Defect(pointer=f"/locales/{locale}/{name}", detail=str(wrong)))
    if defects:
        raise TemplateUnfit(template_key=template.key, defects=tuple(defects))
    return Rendered(
        key=template.key,
        version=template.version,
        locale=locale,
        channel=template.channel,
        purpose=template.purpose,
        asks_for_money=template.asks_for_money,
        deadline=template.deadline,
        subject=said.get("subject"),
        text=_closed_up(said["text"]),
        html=said.get("html"),
    )


def _closed_up(text: str) -> str:
    """Without the gaps that places leave in which nothing is said."""
    return _GAP.sub("\n\n", text).strip("\n") + "\n"
