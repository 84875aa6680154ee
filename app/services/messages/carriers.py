"""Ways out: set up by tenants, read, and which takes a channel's messages."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from typing import Final

from app.domain.contact.words import Channel
from app.domain.errors import InvalidInput, NotFound
from app.domain.messages.carrying import SANDBOX, Carrier, CarrierKind, Parcel
from app.domain.webhooks.addresses import Network, check_url
from app.services.context import Context
from app.services.etags import Expected
from app.services.persons.persons import named_actor
from app.services.tenancy.tenants import NotPossible
from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.ids import new_id
from app.storage.messages import providers
from app.storage.messages.providers import StoredProvider
from app.storage.tenancy import TenantRecord

__all__ = [
    "SaveProvider",
    "StoredProvider",
    "carrier_for",
    "read_provider",
    "save_provider",
    "trial_of",
]

_FITTING: Final = {
    CarrierKind.SMTP: frozenset({Channel.EMAIL}),
    CarrierKind.HTTP: frozenset({Channel.EMAIL, Channel.SMS, Channel.LETTER}),
    CarrierKind.PRINT: frozenset({Channel.LETTER}),
}
SANDBOX_IS_IDEMPOTENT = True
_TRIAL_SUBJECT: Final = "A test message"
_TRIAL_TEXT: Final = "This message was sent to try a provider of {tenant}. It is about nobody.\n"
_SMTP_URL: Final = re.compile(r"(smtps?)://([A-Za-z0-9.:\[\]-]+)", re.ASCII)
_OURS: Final = frozenset({
    "authorization", "content-length", "content-type", "host", "idempotency-key", "user-agent",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveProvider:
    """How a carrier is set up. `secret_ref`, `callback_secret_ref`: names of settings."""

    kind: CarrierKind
    channel: Channel
    url: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    secret_ref: str | None = None
    callback_secret_ref: str | None = None
    idempotent: bool = False
    rate_per_second: int | None = None
    from_address: str | None = None
    return_path: str | None = None


async def read_provider(ctx: Context, name: str) -> StoredProvider:
    """A provider as it is set up. Raises `NotFound`."""
    found = await providers.read(ctx.tx, name)
    if found is None:
        raise NotFound(resource="provider", key=name)
    return found


async def save_provider(
    ctx: Context,
    name: str,
    command: SaveProvider,
    expected: Expected | None,
    *,
    allowed: Collection[Network] = (),
) -> tuple[StoredProvider, bool]:
    """The provider, and whether it is new.

    Raises `InvalidInput`, `PrivateAddress`, `EtagMismatch`.
    """
    named_actor(ctx)
    if name == SANDBOX:
        raise InvalidInput.at("/name", "sandbox is built in")
    _check(command, allowed)
    had = await providers.read(ctx.tx, name, lock=True)
    if expected is not None:
        expected.check(0 if had is None else had.version)
    given = {one.name: getattr(command, one.name) for one in fields(command)}
    stored = StoredProvider(
        **{**given, "kind": str(command.kind), "channel": str(command.channel)}
        | {"url": command.url or ""},
        name=name,
        version=1 if had is None else had.version + 1,
        changed_at=ctx.instant,
        actor=ctx.actor,
        key_id=ctx.key_id,
    )
    await providers.save(ctx.tx, ctx.tenant_id, stored)
    return stored, had is None


def _check(command: SaveProvider, allowed: Collection[Network]) -> None:
    if command.channel not in _FITTING[command.kind]:
        fitting = ", ".join(sorted(_FITTING[command.kind]))
        raise InvalidInput.at("/channel", f"should be one a {command.kind} carries: {fitting}")
    if command.kind is CarrierKind.SMTP and command.idempotent:
        raise InvalidInput.at("/idempotent", "no mail server knows a message again")
    if command.kind is CarrierKind.SMTP and command.from_address is None:
        raise InvalidInput.at("/from", "is needed for e-mail")
    if (command.kind is CarrierKind.PRINT) != (command.url is None):
        needed = "should be null for print" if command.url else "is needed"
        raise InvalidInput.at("/url", needed)
    ours = next((one for one in command.headers if one.lower() in _OURS), None)
    if ours is not None:
        raise InvalidInput.at(f"/headers/{ours}", "is a header that is not yours to set")
    if command.url is not None:
        _check_url(command, command.url, allowed)


def _check_url(command: SaveProvider, url: str, allowed: Collection[Network]) -> None:
    if command.kind is CarrierKind.HTTP:
        check_url(url, allowed)
        return
    found = _SMTP_URL.fullmatch(url)
    if found is None:
        raise InvalidInput.at(
            "/url", "should look like smtp://mail.example.com:587, without a name"
        )
    check_url(f"https://{found[2]}", allowed)


async def carrier_for(ctx: Context, channel: str) -> Carrier | None:
    """The way out for a channel; None where none is set up.

    Of a sandbox nothing leaves by itself; what is printed leaves by whoever posts it.
    """
    found = await providers.of_channel(ctx.tx, channel)
    if ctx.sandbox and (found is None or found.kind != CarrierKind.PRINT):
        return Carrier(name=SANDBOX, kind=SANDBOX, idempotent=SANDBOX_IS_IDEMPOTENT)
    if found is None:
        return None
    return _carrier(found)


async def trial_of(
    database: Database, tenant: TenantRecord, name: str, to: str
) -> tuple[Carrier, Parcel]:
    """A provider of a tenant's, and words that are nobody's to try it with. Raises `NotPossible`.

    A sandbox sends nothing, and what is printed is no letter until a person takes it to the post.
    """
    if tenant.sandbox:
        raise NotPossible(f"{tenant.name} is a sandbox: nothing leaves it.")
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant.tenant_id)
        found = await providers.read(tx, name)
    if found is None or found.kind == CarrierKind.PRINT:
        raise NotPossible(f"{tenant.name} has no provider {name!r} that sends.")
    parcel = Parcel(
        id=f"msg_{new_id().hex}", tenant_id=tenant.tenant_id, channel=found.channel, to=to,
        subject=_TRIAL_SUBJECT, text=_TRIAL_TEXT.format(tenant=tenant.name), html=None,
    )  # fmt: skip
    return _carrier(found), parcel


def _carrier(found: StoredProvider) -> Carrier:
    return Carrier(
        name=found.name,
        kind=found.kind,
        idempotent=found.idempotent,
        url=found.url,
        headers=found.headers,
        sender=found.from_address,
        return_path=found.return_path,
        secret_ref=found.secret_ref,
        rate_per_second=found.rate_per_second,
    )
