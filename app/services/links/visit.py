"""A visit to a link: who came, whether they answered its question, and what a wrong answer does."""

from dataclasses import dataclass
from datetime import timedelta

from app.domain.entries.events import EventType
from app.domain.links import link as rules
from app.domain.links.link import MAX_WRONG_A_DAY, MAX_WRONG_ANSWERS, Answer, LinkStatus, Shown
from app.domain.refusals.links import LinkEnded, VerificationWrong
from app.domain.values import replace
from app.domain.vocabulary import Role
from app.services.context import Context
from app.services.links.links import A_DAY, ruled, standing
from app.services.links.questions import is_right
from app.services.telling.tell import event, tell_of
from app.storage.accounts import accounts
from app.storage.links import links
from app.storage.links.links import Opened, StoredLink, open_by
from app.storage.messages import messages
from app.storage.persons import persons

__all__ = ["Opened", "Visit", "answer", "begin_visit", "open_by", "refuse_unopened"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody at a link. `verified`: this visitor answered, or came from the portal.

    `ctx` acts as the link: with the role of who made it, and by its name.
    """

    ctx: Context
    link: StoredLink
    opened: Opened
    verified: bool
    ip: str | None = None
    user_agent: str | None = None

    @property
    def status(self) -> LinkStatus:
        return standing(self.link, self.ctx.instant)

    @property
    def in_frame(self) -> str | None:
        """The origin of the portal whose frame this is in."""
        return self.opened.frame_origin


async def begin_visit(
    ctx: Context,
    opened: Opened,
    *,
    cookie: str | None,
    lock: bool = False,
    ip: str | None = None,
    user_agent: str | None = None,
) -> Visit | None:
    """Who comes to a link; None where a portal's session is over. Nothing is changed."""
    link = await links.read(ctx.tx, opened.link_id)
    if lock and link is not None:
        # Accounts before what they own, as everybody locks them: those of what waits to be sent,
        # too, which a word of the debtor's may stop.
        waiting = await messages.accounts_waiting(ctx.tx, link.person_id)
        await accounts.lock_many(ctx.tx, {link.account_id, *waiting})
        link = await links.read(ctx.tx, opened.link_id, lock=True)
    if link is None or (opened.session_ends_at and ctx.instant >= opened.session_ends_at):
        return None
    known = opened.frame_origin is not None or link.verify == rules.Verify.NONE
    if not known and cookie is not None:
        known = await links.has_session(ctx.tx, link, cookie, ctx.instant)
    own = replace(ctx, role=Role(link.role))
    return Visit(ctx=own, link=link, opened=opened, verified=known, ip=ip, user_agent=user_agent)


async def refuse_unopened(visit: Visit) -> None:
    """What only the debtor may see or do. Raises `LinkEnded`, `VerificationWrong`."""
    seen = rules.view(ruled(visit.link, verified=visit.verified), visit.ctx.instant)
    if seen.shown in (Shown.ENDED, Shown.LOCKED):
        raise LinkEnded(link_id=visit.link.id, link_status=str(seen.link.status))
    if seen.shown == Shown.QUESTION:
        raise VerificationWrong(tries_left=MAX_WRONG_ANSWERS - visit.link.wrong_answers)


async def answer(visit: Visit, given: str) -> tuple[Visit, Answer, str | None]:
    """Answer the question of a locked link: how it stands now, and the session of who was right.

    After ten wrong answers in 24 hours over all links of the person nothing is compared any more:
    the person is held, so that those who answer several links at once are counted, too. An empty
    answer is no try.
    """
    ctx, link = visit.ctx, visit.link
    if visit.status in (LinkStatus.ACTIVE, LinkStatus.USED):
        if not rules.is_answer(given):
            return visit, Answer(link=ruled(link), status=401, shown=Shown.QUESTION), None
        await persons.read(ctx.tx, link.person_id, lock=True)
        spent = await links.attempts_since(ctx.tx, link.person_id, ctx.instant - A_DAY)
        if spent >= MAX_WRONG_A_DAY:
            return visit, Answer(link=ruled(link), status=429, shown=Shown.QUESTION), None
    right = await is_right(ctx, link, given)
    found = rules.answer(ruled(link), ctx.instant, right=right)
    if visit.status not in (LinkStatus.ACTIVE, LinkStatus.USED):
        return visit, found, None
    opened_at = link.opened_at or ctx.instant
    if not right:
        return await _wrong(visit, found)
    first = link.verified_at is None
    token = links.new_token()
    marked = await links.mark(
        ctx.tx, link, opened_at=opened_at, verified_at=link.verified_at or ctx.instant
    )
    await links.add_session(
        ctx.tx, ctx.tenant_id, link, token, frame_origin=None, created_at=ctx.instant,
        expires_at=ctx.instant + timedelta(minutes=rules.SESSION_MINUTES),
    )  # fmt: skip
    if first:
        await _tell(visit, EventType.LINK_VERIFIED)
    return replace(visit, link=marked, verified=True), found, token


async def _wrong(visit: Visit, found: Answer) -> tuple[Visit, Answer, None]:
    ctx, link = visit.ctx, visit.link
    await links.add_attempt(ctx.tx, ctx.tenant_id, link, ctx.instant)
    locked = ctx.instant if found.link.status is LinkStatus.LOCKED else None
    marked = await links.mark(
        ctx.tx, link, opened_at=link.opened_at or ctx.instant,
        wrong_answers=found.link.wrong_answers, locked_at=locked,
    )  # fmt: skip
    if locked:
        await _tell(visit, EventType.LINK_LOCKED)
    return replace(visit, link=marked), found, None


async def _tell(visit: Visit, kind: EventType) -> None:
    told = {"link_id": visit.link.id, "person_id": visit.link.person_id}
    await tell_of(visit.ctx, visit.link.account_id, event(visit.ctx, kind, told))
