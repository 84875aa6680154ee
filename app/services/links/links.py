"""Links made, read, revoked, and let into a creditor's own portal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.links.link import (
    MAX_DAYS,
    MAX_WRONG_A_DAY,
    SESSION_MINUTES,
    Link,
    LinkPurpose,
    LinkStatus,
    Verify,
    as_of,
)
from app.domain.refusals.links import LinkEnded
from app.domain.values import replace
from app.services.context import Context
from app.services.guards import known_account
from app.services.links.questions import can_ask
from app.services.persons.parties import part_of
from app.services.persons.persons import locked
from app.services.plans.quote import view_quote
from app.services.settlements.read import view_settlement
from app.services.telling.tell import event, tell_of
from app.services.wording.pages import spoken
from app.storage.accounts import accounts
from app.storage.ids import new_id
from app.storage.links import links
from app.storage.links.links import StoredLink
from app.storage.tenancy import hash_of

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeLink:
    """What one debtor may do alone, and how it is asked whether it is them."""

    account_id: UUID
    person_id: UUID
    purposes: tuple[LinkPurpose, ...]
    verify: Verify
    expires_at: datetime
    quote_ids: tuple[UUID, ...] = ()
    settlement_id: UUID | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    locale: str | None = None
    return_url: str | None = None
    frame_ancestors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A link and how it stands."""

    link: StoredLink
    status: LinkStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMade:
    """A new link with its secrets, which nobody can read again."""

    view: LinkView
    token: str
    code: str | None


async def make_link(ctx: Context, command: MakeLink) -> LinkMade:
    """Make a link for a debtor of an account. Raises `NotFound`, `InvalidInput`."""
    account = await accounts.lock(ctx.tx, command.account_id)
    if account is None:
        raise NotFound(resource="account", key=str(command.account_id))
    person = await locked(ctx, command.person_id)
    part = await part_of(ctx, account, person, ctx.business_date)
    if part is None or part.named_id != account.debtor_id:
        raise NotFound(resource="person", key=str(person.id))
    _check(ctx, command)
    await _check_offered(ctx, command)
    wrong = await links.attempts_since(ctx.tx, person.id, ctx.instant - A_DAY)
    if wrong >= MAX_WRONG_A_DAY:
        said = f"was answered for wrongly {wrong} times in 24 hours; make a link tomorrow"
        raise InvalidInput.at("/person_id", said)
    if not await can_ask(ctx, command.verify, account, person.id):
        raise InvalidInput.at("/verify", f"cannot be asked: no {command.verify} of theirs is kept")
    code = links.new_code() if command.verify is Verify.CODE else None
    token = links.new_token()
    link = _stored(ctx, command, spoken(command.locale or person.language), code)
    await links.add(ctx.tx, ctx.tenant_id, link, token)
    told = {
        "link_id": link.id, "person_id": person.id, "purposes": list(link.purposes),
        "expires_at": link.expires_at,
    }  # fmt: skip
    await tell_of(ctx, link.account_id, event(ctx, EventType.LINK_CREATED, told))
    return LinkMade(view=view(ctx, link), token=token, code=code)


def _check(ctx: Context, command: MakeLink) -> None:
    if not ctx.instant < command.expires_at <= ctx.instant + timedelta(days=MAX_DAYS):
        raise InvalidInput.at("/expires_at", f"should lie within {MAX_DAYS} days from now")
    if LinkPurpose.UPLOAD in command.purposes:
        raise InvalidInput.at("/purposes", "upload has no page: use message")
    if LinkPurpose.ACCEPT_SETTLEMENT in command.purposes and command.settlement_id is None:
        raise InvalidInput.at("/settlement_id", "is needed to accept a settlement")
    least, most = command.least_minor, command.most_minor
    if least is not None and most is not None and least > most:
        raise InvalidInput.at("/options/affordable_minor/max", "must not be below min")


async def _check_offered(ctx: Context, command: MakeLink) -> None:
    """What it offers must be this account's."""
    for number, quote_id in enumerate(command.quote_ids):
        if (await view_quote(ctx, quote_id)).quote.account_id != command.account_id:
            raise InvalidInput.at(f"/quote_ids/{number}", "is a quote of another account")
    if command.settlement_id is not None:
        found = await view_settlement(ctx, command.settlement_id)
        if found.stored.account_id != command.account_id:
            raise InvalidInput.at("/settlement_id", "is a settlement of another account")


def _stored(ctx: Context, command: MakeLink, locale: str, code: str | None) -> StoredLink:
    return StoredLink(
        id=new_id(),
        account_id=command.account_id,
        person_id=command.person_id,
        purposes=tuple(dict.fromkeys(map(str, command.purposes))),
        quote_ids=command.quote_ids,
        settlement_id=command.settlement_id,
        least_minor=command.least_minor,
        most_minor=command.most_minor,
        verify=str(command.verify),
        code_hash=hash_of(code) if code else None,
        locale=locale,
        expires_at=command.expires_at,
        return_url=command.return_url,
        frame_ancestors=command.frame_ancestors,
        wrong_answers=0,
        opened_at=None,
        verified_at=None,
        used_at=None,
        locked_at=None,
        revoked_at=None,
        created_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
        origin=ctx.origin,
    )


def view(ctx: Context, link: StoredLink) -> LinkView:
    """A link as it stands at the instant of the request."""
    return LinkView(link=link, status=standing(link, ctx.instant))


def standing(link: StoredLink, at: datetime) -> LinkStatus:
    """How a link stands at an instant."""
    return as_of(ruled(link), at).status


def ruled(link: StoredLink, *, text_hash: str = "", verified: bool = False) -> Link:
    """A link as the rules see it. `verified`: whoever is at it now has answered."""
    marks: Mapping[LinkStatus, datetime | None] = {
        LinkStatus.REVOKED: link.revoked_at,
        LinkStatus.LOCKED: link.locked_at,
        LinkStatus.USED: link.used_at,
    }
    return Link(
        expires_at=link.expires_at,
        text_hash=text_hash,
        asks=link.verify != Verify.NONE,
        status=next((status for status, at in marks.items() if at), LinkStatus.ACTIVE),
        wrong_answers=link.wrong_answers,
        verified=verified,
    )


async def read_link(ctx: Context, link_id: UUID) -> LinkView:
    """A link as it stands. Raises `NotFound`."""
    return view(ctx, await _known(ctx, link_id))


async def links_of(
    ctx: Context, account_id: UUID, *, after: UUID | None, limit: int
) -> list[LinkView]:
    """An account's links, the first first. Raises `NotFound`."""
    await known_account(ctx, account_id)
    found = await links.of_account(ctx.tx, account_id, after=after, limit=limit)
    return [view(ctx, link) for link in found]


async def revoke_link(ctx: Context, link_id: UUID, *, reason: str) -> LinkView:
    """Close a link, whoever holds it; one that has ended stays as it is. Raises `NotFound`."""
    link = await _known(ctx, link_id, lock=True)
    if standing(link, ctx.instant) in (LinkStatus.ACTIVE, LinkStatus.USED):
        link = await links.mark(ctx.tx, link, revoked_at=ctx.instant)
        told = event(ctx, EventType.LINK_REVOKED, {"link_id": link.id, "person_id": link.person_id})
        await tell_of(ctx, link.account_id, replace(told, reason=reason))
    return view(ctx, link)


async def open_session(
    ctx: Context, link_id: UUID, *, origin: str
) -> tuple[StoredLink, str, datetime]:
    """A token of fifteen minutes for a frame in a portal that knows who its visitor is.

    Raises `NotFound`, `LinkEnded`, and `InvalidInput` for an origin the link does not name.
    """
    link = await _known(ctx, link_id, lock=True)
    status = standing(link, ctx.instant)
    if status not in (LinkStatus.ACTIVE, LinkStatus.USED):
        raise LinkEnded(link_id=link.id, link_status=str(status))
    if origin not in link.frame_ancestors:
        raise InvalidInput.at("/origin", "is none of the link's frame_ancestors")
    token = links.new_token()
    expires_at = min(ctx.instant + timedelta(minutes=SESSION_MINUTES), link.expires_at)
    await links.add_session(
        ctx.tx, ctx.tenant_id, link, token, frame_origin=origin,
        created_at=ctx.instant, expires_at=expires_at,
    )  # fmt: skip
    return link, token, expires_at


async def _known(ctx: Context, link_id: UUID, *, lock: bool = False) -> StoredLink:
    """A link. `lock`: its account before it, as everybody locks them."""
    link = await links.read(ctx.tx, link_id)
    if lock and link is not None:
        await accounts.lock(ctx.tx, link.account_id)
        link = await links.read(ctx.tx, link_id, lock=True)
    if link is None:
        raise NotFound(resource="link", key=str(link_id))
    return link
