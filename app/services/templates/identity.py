"""In whose name a debtor is written to, and how they are reached by answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.contact.words import CollectorType
from app.services.contact_policies import contact_policy_on
from app.services.context import Context
from app.services.paper.logos import logo_of
from app.services.paper.slips import Payee
from app.services.tenancy.authentication import tenant_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who writes. `for_others`: a debt collector.

    `address`: lines of a postal address. `logo`: an image. `payee`: the account to pay to.
    """

    name: str
    phone: str = ""
    address: tuple[str, ...] = ()
    country: str | None = None
    for_others: bool = True
    logo: bytes | None = None
    payee: Payee | None = None
    fallback: tuple[str, ...] = ()


async def identity_of(
    ctx: Context, creditor_reference: str | None, policy_name: str | None = None
) -> Identity:
    """Who writes about accounts of this creditor, as the contact policy in force says.

    Where it says nobody, the tenant by its own name. `policy_name`: of the account's plan policy.
    """
    policy = await contact_policy_on(ctx, policy_name, creditor_reference, ctx.business_date)
    said = policy.document
    who = said.get("identity")
    return Identity(
        name=who["business_name"] if who else await tenant_name(ctx.tx, ctx.tenant_id),
        phone=(who and who.get("reply_phone")) or "",
        address=_lines(who.get("postal")) if who else (),
        country=said.get("country"),
        logo=logo_of(who["logo"]) if who and who.get("logo") else None,
        payee=Payee(**who["payee"]) if who and who.get("payee") else None,
        for_others=policy.gate.collector_type is not CollectorType.FIRST_PARTY,
        fallback=tuple(said.get("language_fallback") or ()),
    )


def _lines(postal: Mapping[str, Any] | None) -> tuple[str, ...]:
    """As an envelope has them; the country only of an address abroad, which nobody knows here."""
    if not postal:
        return ()
    region = str(postal.get("region") or "").rpartition("-")[2]
    town = " ".join(filter(None, (region, postal.get("postal_code"))))
    last = ", ".join(filter(None, (postal.get("city"), town)))
    return (*postal["lines"], *([last] if last else ()))
