"""`accord mail`: one message by a tenant's provider, to see that it arrives. No debtor's words."""

import asyncio
from typing import Annotated

import typer

from app.cli.console import as_application, explained, out, say, the_installation
from app.cli.options import Tenant
from app.config import Settings
from app.domain.messages.carrying import Answer
from app.domain.values import replace
from app.services.messages.carriers import trial_of
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import find_tenant
from app.workers.running import sender, transports


def mail(
    to: Annotated[str, typer.Argument(help="To whom: an e-mail address, or a number.")],
    *,
    tenant: Tenant,
    provider: Annotated[str, typer.Option(help="By which of the tenant's providers.")],
) -> None:
    """Send one test message, and say what the provider answered. Nothing is kept of it."""
    with explained():
        settings = Settings()
        with the_installation(settings) as place:
            answer = asyncio.run(_mail(place, settings, tenant, provider, to))
    if answer.accepted:
        out.print(f"{provider} took it, and calls it {answer.provider_message_id or 'nothing'}.")
        return
    what = "may have taken it, and did not say so" if answer.uncertain else "did not take it"
    say(f"{provider} {what}: {answer.code}.")
    raise typer.Exit(1)


async def _mail(
    place: Installation, settings: Settings, tenant: str, provider: str, to: str
) -> Answer:
    async with as_application(place, pool_size=1) as database:
        whose = await find_tenant(database, tenant)
        carrier, parcel = await trial_of(database, whose, provider, to)
    if carrier.secret_ref is not None:
        carrier = replace(carrier, secret=settings.secrets.get(carrier.secret_ref))
    speaks = sender(settings.webhooks_allowed_networks)
    try:
        ways = transports(speaks, settings.webhooks_allowed_networks)
        return await ways[carrier.kind].send(carrier, parcel)
    finally:
        await speaks.close()
