"""Templates saved as the next version, read in any, and tried on an account."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.domain.account.plan import Plan
from app.domain.contact.words import Purpose
from app.domain.errors import InvalidInput
from app.domain.refusals.templates import TemplateUnfit
from app.domain.templates.checks import Defect, defects_of
from app.domain.templates.liquid import Table, named_in
from app.domain.templates.template import Template
from app.domain.templates.variables import GIVEN, Variable, variables_of
from app.domain.values import replace
from app.services.context import Context
from app.services.etags import Expected
from app.services.reading import read_account
from app.services.templates.filling import About, raw_values
from app.services.templates.identity import identity_of
from app.services.templates.rendering import Rendered, filled, locale_of, template_of
from app.services.templates.shipped import SHIPPED_VERSION, shipped_templates
from app.services.templates.written import pen_of
from app.services.threads import LONG, apart
from app.storage.persons import persons
from app.storage.templates import templates
from app.storage.templates.templates import SavedTemplate

__all__ = [
    "Previewed",
    "TemplateView",
    "find_templates",
    "preview_template",
    "read_template",
    "save_template",
    "shown_variables",
]

#: Names whose values are of a thing that a preview may take from the examples.
_THINGS_OF_EXAMPLES = frozenset(
    {"plan", "installment", "promise", "payment", "settlement", "statement", "validation", "link",
     "debit", "dispute"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateView:
    """A version, and who saved it when; nobody did of one that is shipped."""

    template: Template
    business_date: date | None = None
    recorded_at: datetime | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """How it reads. `examples`: the things that are not the account's own but made up."""

    rendered: Rendered
    examples: tuple[str, ...]


async def save_template(
    ctx: Context, template: Template, if_match: Expected | None
) -> tuple[TemplateView, bool]:
    """The next version of this key, and whether it is the tenant's first.

    The same again makes none. Raises `EtagMismatch`, `TemplateUnfit` with every defect.
    """
    await templates.lock(ctx.tx)
    known = await templates.read_saved(ctx.tx, template.key)
    if if_match is not None:
        if_match.check(known.template.version if known else SHIPPED_VERSION)
    version = known.template.version if known else SHIPPED_VERSION
    if known is not None and replace(template, version=version) == known.template:
        return _view(known), False
    defects = await apart(ctx, lambda: _defects(template), size=LONG)
    if defects:
        raise TemplateUnfit(template_key=template.key, defects=defects)
    saved = SavedTemplate(
        template=replace(template, version=version + 1),
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
    )
    await templates.add(ctx.tx, ctx.tenant_id, saved, key_id=ctx.key_id)
    return _view(saved), known is None


def _defects(template: Template) -> tuple[Defect, ...]:
    """What is wrong with it, tried in each of its languages."""
    known = variables_of(template.purpose)
    spoken, defects = {}, list[Defect]()
    for locale, words in template.locales.items():
        try:
            pen_of(locale)
        except InvalidInput as wrong:
            defects += [Defect(pointer=one.pointer, detail=one.detail) for one in wrong.errors]
        else:
            spoken[locale] = words
    fitting = replace(template, locales=spoken) if spoken else template

    def sample(locale: str) -> dict[str, object]:
        return pen_of(locale).example(known, template.sample)

    if spoken or not template.locales:
        defects += defects_of(fitting, sample)
    return tuple(defects)


async def read_template(ctx: Context, key: str, version: int | None = None) -> TemplateView:
    """That version, or the newest; 0 is the one we ship. Raises `NotFound`."""
    if version != SHIPPED_VERSION:
        saved = await templates.read_saved(ctx.tx, key, version)
        if saved is not None:
            return _view(saved)
    return TemplateView(template=await template_of(ctx, key, version))


async def find_templates(ctx: Context, *, after: str | None, limit: int) -> list[TemplateView]:
    """The newest version of each by key, the shipped ones among the tenant's own."""
    saved = await templates.find(ctx.tx, after=after, limit=limit)
    own = {one.template.key: _view(one) for one in saved}
    ours = {
        key: TemplateView(template=one)
        for key, one in shipped_templates().items()
        if after is None or key > after
    }
    merged = ours | own
    # Beyond the last of a full page of their own, theirs may stand that were not read.
    whole = saved[-1].template.key if len(saved) == limit else None
    return [merged[key] for key in sorted(merged) if whole is None or key <= whole][:limit]


async def preview_template(
    ctx: Context, key: str, account_id: UUID, *, locale: str | None
) -> Previewed:
    """How the newest version reads for this account's debtor. Raises as `render` does.

    What a message would be about and the account does not have is shown with examples, by name.
    """
    template = await template_of(ctx, key)
    reading = await read_account(ctx, account_id)
    debtor_id = reading.account.debtor_id
    person = await persons.read(ctx.tx, debtor_id) if debtor_id else None
    identity = await identity_of(
        ctx, reading.account.creditor_reference, reading.account.policy_name
    )
    found = locale_of(template, person, identity, asked=locale)
    about = About(installment_id=_next_installment(reading.state.one_plan))
    raw = await raw_values(ctx, reading, person, identity, about)
    had = {name.partition(".")[0] for name in raw}
    known = variables_of(template.purpose)
    made_up = {one.name: one.example for one in known if one.name.partition(".")[0] not in had}
    given = _given_examples(template)
    rendered = filled(template, found, identity, {**made_up, **raw}, about, given=given)
    things = {name.partition(".")[0] for name in made_up} & _THINGS_OF_EXAMPLES
    return Previewed(rendered=rendered, examples=tuple(sorted(things)))


def _view(saved: SavedTemplate) -> TemplateView:
    return TemplateView(
        template=saved.template,
        business_date=saved.business_date,
        recorded_at=saved.recorded_at,
        actor=saved.actor,
    )


def _next_installment(plan: Plan | None) -> UUID | None:
    """What a reminder would be about: the oldest with something open."""
    return plan.owing[0].id if plan is not None and plan.owing else None


def _given_examples(template: Template) -> dict[str, str]:
    """A word for everything the caller of a message is to give, the sample's where it has one."""
    prefix, names = f"{GIVEN}.", set[str]()
    for words in template.locales.values():
        for source in (words.subject, words.text, words.html):
            names |= {one for one in named_in(source or "") if one.startswith(prefix)}
    said = {name: str(value) for name, value in template.sample.items()}
    return {one.removeprefix(prefix): said.get(one, "…") for one in names}


def shown_variables(purpose: Purpose) -> list[tuple[Variable, str]]:
    """A purpose's variables, each with its example as an American reads it."""
    known = variables_of(purpose)
    values = pen_of("en-US").example(known, {})
    return [(one, _as_text(_at(values, one.name))) for one in known]


def _at(values: object, name: str) -> object:
    for part in name.split("."):
        values = values[part] if isinstance(values, dict) else None
    return values


def _as_text(value: object) -> str:
    if isinstance(value, Table):
        return value.as_text()
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
