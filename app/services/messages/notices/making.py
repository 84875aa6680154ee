"""A notice as a message: made under its key, kept that it was asked for, and told."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from app.domain.books.enter import Draft
from app.domain.entries.events import EventType
from app.domain.messages.lifecycle import MessageStatus
from app.domain.messages.notices import When
from app.domain.templates.template import Template
from app.services.context import Context
from app.services.messages.ask import MAX_WAIT_DAYS
from app.services.messages.moving import fact_of, told
from app.storage.accounts.accounts import StoredAccount
from app.storage.books import write
from app.storage.books.entry import Entry
from app.storage.ids import new_id
from app.storage.messages import facts, messages
from app.storage.messages.messages import StoredMessage


def new_notice(
    ctx: Context,
    account: StoredAccount,
    template: Template,
    *,
    key: tuple[str, UUID, date],
    subject: str,
    arises: When,
    expires_at: datetime,
) -> StoredMessage:
    """A notice to the account's debtor: `key` is its rule's, its subject, the date it is about."""
    notice, subject_id, about_on = key
    if account.debtor_id is None:
        raise ValueError("a notice is made to somebody")
    return StoredMessage(
        id=new_id(), account_id=account.id, person_id=account.debtor_id, point_id=None,
        channel=template.channel.value, purpose=str(template.purpose), template_key=template.key,
        template_version=template.version, letter_id=None, locale=None, variables={},
        notice=notice, subject=subject, subject_id=subject_id,
        about_on=about_on, reference=None, asked_hash=b"", automatic=True, in_reply_to=None,
        overriding=None, status=MessageStatus.SCHEDULED.value, reason=None, not_before_at=None,
        expires_at=expires_at, max_wait_days=MAX_WAIT_DAYS, attempts=0, unheard=False,
        next_at=ctx.instant, lease_id=None, leased_until=None, provider=None,
        provider_idempotent=False, provider_message_id=None, content_hash=None, decision_id=None,
        contact_id=None, sequence=1, asked_at=ctx.instant, actor=ctx.actor, role=str(ctx.role),
        key_id=None, origin=None, arises=arises.value,
    )  # fmt: skip


async def make_and_tell(
    ctx: Context, known: Mapping[UUID, StoredAccount], made: Sequence[StoredMessage]
) -> int:
    """Store what is not there yet, of locked accounts, and tell of it; how many that are."""
    new = set(await messages.add_many(ctx.tx, ctx.tenant_id, made))
    await _tell(ctx, known, [one for one in made if one.id in new])
    return len(new)


async def keep_asked(ctx: Context, made: Sequence[StoredMessage]) -> None:
    """The first fact of each, with which it was stored."""
    asked = [fact_of(ctx, one, "asked", {"status": one.status}, after=-1) for one in made]
    await facts.append(ctx.tx, ctx.tenant_id, asked)


async def _tell(
    ctx: Context, known: Mapping[UUID, StoredAccount], made: Sequence[StoredMessage]
) -> None:
    """Keep that each was asked for, and tell of it in its account's own sequence."""
    await keep_asked(ctx, made)
    by_account: dict[UUID, list[StoredMessage]] = {}
    for one in made:
        by_account.setdefault(one.account_id, []).append(one)
    entries = [
        Entry(
            account=known[account_id],
            draft=Draft(
                state=known[account_id].state,
                events=tuple(told(ctx, EventType.MESSAGE_CREATED, one) for one in theirs),
            ),
            due_on=known[account_id].next_review_on,
        )
        for account_id, theirs in by_account.items()
    ]
    if entries:
        await write.write(ctx.tx, ctx.tenant_id, entries)
