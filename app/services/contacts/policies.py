"""Contact policies: saved in versions that never change, read in any; which notices are wanted.

What a tenant never saved reads as version 0: the rules that are shipped.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from app.domain.agreement.acts import Office, check_office
from app.domain.contact.policies import (
    DEFAULT,
    SHIPPED_DOCUMENT,
    ContactPolicy,
    looser_than_law,
)
from app.domain.contact.validation import NOTICE_WITHIN_DAYS
from app.domain.contact.words import Purpose
from app.domain.errors import InvalidInput, NotFound
from app.domain.messages.notices import (
    FOLLOWED,
    LAST_DAY_OF_EVERY_MONTH,
    OF_EVENTS,
    OF_VALIDATION,
    NoticeRule,
    When,
)
from app.domain.refusals.contacts import RuleLoosened
from app.domain.sepa import is_iban
from app.domain.values import Value
from app.services.contact_policies import contact_policies_on, contact_policy_on
from app.services.context import Context
from app.services.etags import Expected
from app.services.paper.logos import MOST_PIXELS, logo_of
from app.services.templates.rendering import template_of
from app.services.threads import LONG, apart
from app.storage.contacts import policies
from app.storage.contacts.policies import StoredContactPolicy
from app.storage.messages import followers
from app.storage.policies import raise_epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPolicyView:
    """A version as it was saved; version 0 is what is shipped, which nobody saved."""

    name: str
    version: int
    document: Mapping[str, Any]
    effective_from: date | None = None
    business_date: date | None = None
    recorded_at: datetime | None = None
    actor: str | None = None


class WantedNotice(Value, kw_only=True):
    """A notice that a rule makes: of which template, and from what local time on it may leave."""

    rule: NoticeRule
    template: str
    at: time


_SHIPPED = ContactPolicyView(name=DEFAULT, version=0, document=SHIPPED_DOCUMENT)


async def read_contact_policy(
    ctx: Context, name: str, version: int | None = None
) -> ContactPolicyView:
    """That version, or the newest, which may not be in force yet. Raises `NotFound`."""
    if version != 0:
        found = await policies.read(ctx.tx, name, version)
        if found is not None:
            return _view(found)
    if name == DEFAULT and not version:
        return _SHIPPED
    key = name if version is None else f"{name} version {version}"
    raise NotFound(resource="contact policy", key=key)


async def find_contact_policies(
    ctx: Context, *, after: str | None, limit: int
) -> list[ContactPolicyView]:
    """The newest version of each by name, the shipped one among the tenant's own."""
    found = [_view(one) for one in await policies.find(ctx.tx, after=after, limit=limit)]
    if (after is None or after < DEFAULT) and all(one.name != DEFAULT for one in found):
        whole = found[-1].name if len(found) == limit else None
        if whole is None or whole > DEFAULT:
            found = sorted([*found, _SHIPPED], key=lambda one: one.name)
    return found[:limit]


async def save_contact_policy(
    ctx: Context, name: str, document: Mapping[str, Any], if_match: Expected | None
) -> tuple[ContactPolicyView, bool]:
    """The next version by this name, and whether it is the first. The same again makes none.

    It counts from its `effective_from`, by default the business date; a further version never for
    days before that: what was decided by the version before it stays as it was told. Raises
    `OutsideAuthority`, `InvalidInput`, `RuleLoosened`, `EtagMismatch`.
    """
    check_office(Office.SAVE_POLICY, ctx.role)
    loosened = await apart(ctx, lambda: looser_than_law(document), size=LONG)
    if loosened and not document.get("counsel"):
        raise RuleLoosened(pointers=loosened)
    await apart(ctx, lambda: _check_identities(document), size=LONG)
    of_events = await _check_notices(ctx, document)
    said = document.get("effective_from")
    effective_from = date.fromisoformat(said) if said else ctx.business_date
    await raise_epoch(ctx.tx, ctx.tenant_id)
    known = await policies.read(ctx.tx, name)
    version = known.version if known else 0
    if if_match is not None:
        if_match.check(version)
    if known is not None and _same(known, document):
        return _view(known), False
    if known is not None and effective_from < ctx.business_date:
        raise InvalidInput.at("/effective_from", f"must not lie before {ctx.business_date}")
    saved = StoredContactPolicy(
        name=name,
        version=version + 1,
        effective_from=effective_from,
        document=document,
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
    )
    await policies.add(ctx.tx, ctx.tenant_id, saved)
    if of_events:
        await followers.place_at_end(ctx.tx, ctx.tenant_id)
    return _view(saved), known is None


async def wanted_notices(
    ctx: Context, policy_name: str | None = DEFAULT, creditor_reference: str | None = None
) -> tuple[WantedNotice, ...]:
    """What the policy in force on the business date wants said, in its order; none without one.

    `policy_name`, `creditor_reference`: of the account it is asked of.
    """
    policy = await contact_policy_on(ctx, policy_name, creditor_reference, ctx.business_date)
    said = policy.document.get("notices") or ()
    return tuple(
        WantedNotice(rule=rule, template=one["template"], at=time.fromisoformat(one["at"]))
        for rule, one in zip(_rules(policy), said, strict=True)
    )


async def rules_of_all(ctx: Context) -> tuple[NoticeRule, ...]:
    """Every notice that a policy in force on the business date wants said of anybody's account."""
    found = await contact_policies_on(ctx, ctx.business_date)
    return tuple(dict.fromkeys(rule for one in found for rule in _rules(one)))


def _rules(policy: ContactPolicy) -> Iterator[NoticeRule]:
    for one in policy.document.get("notices") or ():
        yield NoticeRule(key=one["key"], when=When(one["when"]), days=one["days"])


def _check_identities(document: Mapping[str, Any]) -> None:
    """Raises `InvalidInput` for a logo that cannot be drawn, and an account that is none."""
    for at, part in _parts(document):
        who = part.get("identity") or {}
        logo, payee = who.get("logo"), who.get("payee")
        if logo is not None and logo_of(logo) is None:
            limit = f"should be a PNG or JPEG of {MOST_PIXELS} pixels at most"
            raise InvalidInput.at(f"{at}/identity/logo", limit)
        if payee is not None and not is_iban(payee["iban"]):
            raise InvalidInput.at(f"{at}/identity/payee/iban", "has not the check digits of one")


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What it says for all and for each creditor, by pointer."""
    yield "", document
    for name, one in (document.get("creditors") or {}).items():
        yield f"/creditors/{_escaped(name)}", one


async def _check_notices(ctx: Context, document: Mapping[str, Any]) -> bool:
    """Whether any needs the events followed. Raises `InvalidInput` for one that cannot be made."""
    of_events = False
    for at, part in _parts(document):
        for place, one in enumerate(part.get("notices") or ()):
            here = f"{at}/notices/{place}"
            when = When(one["when"])
            of_events = of_events or when in FOLLOWED
            if when in OF_EVENTS and one["days"]:
                raise InvalidInput.at(f"{here}/days", f"should be 0 of {when}")
            if when is When.EACH_MONTH and not 1 <= one["days"] <= LAST_DAY_OF_EVERY_MONTH:
                limit = f"should be a day of the month from 1 to {LAST_DAY_OF_EVERY_MONTH}"
                raise InvalidInput.at(f"{here}/days", limit)
            if when in OF_VALIDATION and one["days"] > NOTICE_WITHIN_DAYS:
                raise InvalidInput.at(f"{here}/days", f"should be at most {NOTICE_WITHIN_DAYS}")
            try:
                template = await template_of(ctx, one["template"])
            except NotFound as unknown:
                raise InvalidInput.at(f"{here}/template", "names no template") from unknown
            if when in OF_VALIDATION and template.purpose != Purpose.VALIDATION_NOTICE:
                raise InvalidInput.at(f"{here}/template", "should be of a validation notice")
    return of_events


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _same(known: StoredContactPolicy, document: Mapping[str, Any]) -> bool:
    return dict(known.document) == dict(document)


def _view(stored: StoredContactPolicy) -> ContactPolicyView:
    return ContactPolicyView(
        name=stored.name,
        version=stored.version,
        document=stored.document,
        effective_from=stored.effective_from,
        business_date=stored.business_date,
        recorded_at=stored.recorded_at,
        actor=stored.actor,
    )
