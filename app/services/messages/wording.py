"""What a message says: the words of its template, or of a letter that was written."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from app.domain.contact.words import Channel, Purpose
from app.domain.errors import InvalidInput, NotFound
from app.domain.letters import LetterKind
from app.domain.messages.notices import When, statement_period
from app.domain.templates.template import Template
from app.domain.values import replace
from app.services.contacts.facts import Facts
from app.services.contacts.itemizing import dispute_values, notice_values
from app.services.context import Context
from app.services.documents.letters import letter, letter_by_id
from app.services.documents.statements import statement_values, view_statement
from app.services.messages.truth import plan_of_revision
from app.services.reading import Reading
from app.services.templates.identity import identity_of
from app.services.templates.rendering import About, locale_of, render, template_of
from app.storage.messages.messages import StoredMessage

#: Words of one channel may also go by these: a text message is cut to its own measure.
_ALSO = {
    Channel.EMAIL: (Channel.EMAIL, Channel.LETTER),
    Channel.LETTER: (Channel.LETTER, Channel.EMAIL),
    Channel.SMS: (Channel.SMS,),
}


_SENT_BY = frozenset({Channel.EMAIL.value, Channel.SMS.value, Channel.LETTER.value})
_SUBJECTS = frozenset({"plan", "installment", "payment", "promise", "settlement"})
#: Templates that a settlement's letter is written by: it is kept as said, like those asked for.
_LETTERS = {f"settlement_{kind}": kind for kind in LetterKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is sent, word for word, and what it is for."""

    key: str | None
    version: int | None
    locale: str
    channel: Channel
    purpose: Purpose
    asks_for_money: bool
    subject: str | None
    text: str
    html: str | None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """By which they may go, their own first."""
        return _ALSO.get(self.channel, (self.channel,))

    @property
    def content_hash(self) -> bytes:
        """Of every byte that is sent."""
        said = "\0".join((self.subject or "", self.text, self.html or ""))
        return sha256(said.encode()).digest()


async def words_of(ctx: Context, found: Facts, message: StoredMessage) -> Words:
    """The words of a message as the books stand.

    Raises `NotFound`, `NoWording`, `TemplateUnfit`, and `InvalidInput` where another purpose
    was asked for than the words have.
    """
    if message.letter_id is not None:
        words = await _of_letter(ctx, message, message.letter_id)
    elif message.template_key in _LETTERS and message.subject == "settlement":
        words = await _of_settlement(ctx, found, message, _LETTERS[message.template_key])
    else:
        words = await _of_template(ctx, found, message)
    if message.purpose and message.purpose != words.purpose:
        raise InvalidInput.at("/purpose", f"is fixed by the template: {words.purpose}")
    return words


async def _of_letter(ctx: Context, message: StoredMessage, letter_id: UUID) -> Words:
    letter = await letter_by_id(ctx, letter_id)
    if letter.stored.account_id != message.account_id:
        raise NotFound(resource="letter", key=str(letter_id))
    return Words(
        key=None,
        version=None,
        locale=letter.stored.locale,
        channel=Channel.LETTER,
        purpose=Purpose.COLLECTION,
        asks_for_money=True,
        subject=letter.text.strip().partition("\n")[0][:200],
        text=letter.text,
        html=None,
    )


async def _of_settlement(
    ctx: Context, found: Facts, message: StoredMessage, kind: LetterKind
) -> Words:
    """A settlement's letter, written now where it was not yet. Raises `LetterUnfit`."""
    template = await template_of(ctx, message.template_key or "", message.template_version)
    account = found.reading.account
    identity = await identity_of(ctx, account.creditor_reference, account.policy_name)
    locale = locale_of(template, found.person, identity, asked=message.locale)
    said = await letter(ctx, message.subject_id or message.id, kind, locale=locale)
    return Words(
        key=template.key,
        version=template.version,
        locale=locale,
        channel=Channel.LETTER,
        purpose=template.purpose,
        asks_for_money=template.asks_for_money,
        subject=said.text.strip().partition("\n")[0][:200],
        text=said.text,
        html=None,
    )


async def _of_template(ctx: Context, found: Facts, message: StoredMessage) -> Words:
    reading, more, about = found.reading, dict[str, object](), _about(found, message)
    if message.arises == When.EACH_MONTH and message.about_on is not None:
        first, last = statement_period(message.about_on)
        view = await view_statement(ctx, message.account_id, from_on=first, to_on=last)
        reading, more = view.reading, statement_values(view)
    elif (template := await _template(ctx, message)) is None:
        pass
    elif template.purpose is Purpose.VALIDATION_NOTICE:
        more, ends_on = await notice_values(ctx, reading)
        about = replace(about, validation_ends_on=ends_on)
    elif template.purpose is Purpose.REQUIRED_NOTICE:
        more = await _of_dispute(ctx, reading, template)
    said = await render(
        ctx,
        reading,
        found.person,
        message.template_key or "",
        version=message.template_version,
        locale=message.locale,
        about=about,
        given=message.variables,
        more=more,
    )
    if said.channel not in _SENT_BY:
        sent = ", ".join(sorted(_SENT_BY))
        raise InvalidInput.at("/template_key", f"should be a template of {sent}")
    return Words(
        key=said.key,
        version=said.version,
        locale=said.locale,
        channel=Channel(said.channel.value),
        purpose=said.purpose,
        asks_for_money=said.asks_for_money,
        subject=said.subject,
        text=said.text,
        html=said.html,
    )


async def _template(ctx: Context, message: StoredMessage) -> Template | None:
    key = message.template_key
    return None if key is None else await template_of(ctx, key, message.template_version)


async def _of_dispute(ctx: Context, reading: Reading, template: Template) -> dict[str, object]:
    """What an answer to a dispute tells, as far as its words name it."""
    said = "".join(f"{one.text}{one.html or ''}" for one in template.locales.values())
    values = dict[str, object]()
    if "dispute." in said:
        values |= await dispute_values(ctx, reading)
    if "validation." in said:
        values |= (await notice_values(ctx, reading))[0]
    return values


def _about(found: Facts, message: StoredMessage) -> About:
    """What a notice is about; by hand it is the oldest installment that is open."""
    named = {}
    if message.subject == "revision" and message.subject_id is not None:
        plan = plan_of_revision(found.reading.state, message.subject_id)
        named = {"plan_id": plan.id} if plan is not None else {}
    elif message.subject in _SUBJECTS and message.subject_id is not None:
        named[f"{message.subject}_id"] = message.subject_id
    elif message.notice is None:
        plan = found.reading.state.live_plan
        owing = plan.owing if plan is not None else ()
        named = {"installment_id": owing[0].id} if owing else {}
    account = found.reading.account
    return About(
        **named,
        first_communication=found.is_initial,
        time_barred=found.time_barred_on(found.reading.as_of),
        validation_ends_on=account.validation_ends_on,
    )
