"""Forgetting a person: every column that holds words of theirs is emptied, ids and hashes stay.

What others sent of nobody in particular (replies kept for a retry, rejected lines of files, reports
that came too early) is looked through for those words.
"""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import chain
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    LargeBinary,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.domain.messages.address_list import without
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant
from app.storage.tables import (
    Annotation,
    Contact,
    ContactPoint,
    Escalation,
    EscalationFact,
    ExternalId,
    Message,
    MessageContent,
    MessageFact,
    Party,
    Person,
    PersonWords,
    PrintFile,
    PrintLetter,
    StrayFact,
    WorkFact,
    table,
)

_PERSON, _POINT, _CONTACT = table(Person), table(ContactPoint), table(Contact)
_WORK, _STRAY = table(WorkFact), table(StrayFact)
_ESCALATION, _STEP = table(Escalation), table(EscalationFact)
#: What an escalation says in words.
_SAID = ("reason", "note", "outcome", "court", "case_number")
_TOLD, _DETAIL = table(MessageFact), cast(["detail"], ARRAY(Text))
_MESSAGE, _CONTENT, _NOTE = table(Message), table(MessageContent), table(Annotation)
_PARTY, _EXTERNAL = table(Party), table(ExternalId)
_APART = table(PersonWords)
_FILE, _LETTER = table(PrintFile), table(PrintLetter)
_WORDS = ("name", "email", "phone", "time_zone", "region", "language", "vulnerable_note")


def _with(code: str, others: ColumnElement[Any]) -> ColumnElement[Any]:
    """Set by itself: where tables are spread, what builds an object of columns sets none."""
    path: ColumnElement[Any] = literal_column(f"CAST('{{{code}}}' AS text[])")
    nothing: ColumnElement[Any] = literal_column("CAST('null' AS jsonb)")
    return func.jsonb_set(others, path, func.coalesce(_CONTACT.c.more[code], nothing))


#: What no rule asks of a contact, and tells nobody who they are.
_NOTHING: ColumnElement[Any] = literal_column("CAST('{}' AS jsonb)", JSONB)
_CODES = _with("voicemail", _with("reading", _with("disclosures_given", _NOTHING)))
#: Shorter texts are looked for as a whole value, in quotes.
_TELLING = 6
#: What a reply that told of somebody says from now on.
ERASED_REPLY = b'{"erased":true}'
_REPLIES = of_tenant("""
    UPDATE idempotency_key SET body = :gone
    WHERE tenant_id = :the_tenant
        AND EXISTS (SELECT FROM unnest(:needles) AS n WHERE position(n IN body) > 0)
""").bindparams(bindparam("needles", type_=ARRAY(LargeBinary)))
_TEXTS = bindparam("needles", type_=ARRAY(Text))
_REJECTS = of_tenant("""
    UPDATE import_reject SET cells = NULL, reason = NULL
    WHERE tenant_id = :the_tenant AND cells IS NOT NULL AND EXISTS (
        SELECT FROM unnest(:needles) AS n WHERE position(n IN to_jsonb(cells)::text) > 0)
""").bindparams(_TEXTS)
#: A report keeps its codes; in words carriers like to repeat the address.
_EARLY = of_tenant("""
    UPDATE early_report SET body = jsonb_set(body, '{detail}', 'null')
    WHERE tenant_id = :the_tenant AND body->>'detail' IS NOT NULL AND EXISTS (
        SELECT FROM unnest(:needles) AS n WHERE position(n IN (body->'detail')::text) > 0)
""").bindparams(_TEXTS)


#: What of a contact others keep, and is told them when it is to be erased.
Elsewhere = Literal["recordings", "attachments"]


async def words_of(
    tx: Transaction, person_ids: Collection[UUID], account_ids: Collection[UUID]
) -> tuple[set[str], list[tuple[Elsewhere, dict[str, str]]]]:
    """Every text kept of a person, under all ids of theirs, and the files that others keep."""
    known = select(*(_PERSON.c[one] for one in _WORDS)).where(_PERSON.c.id.in_(person_ids))
    found: list[object] = []
    for person in await tx.execute(known):
        found += [person.name, person.email, person.phone, person.vulnerable_note]
    points = select(_POINT.c.value, _POINT.c.normalized, _POINT.c.postal)
    found += chain.from_iterable(await tx.execute(points.where(_POINT.c.person_id.in_(person_ids))))
    elsewhere: list[tuple[Elsewhere, dict[str, str]]] = []
    contacts = select(_CONTACT.c.id, _CONTACT.c.summary, _CONTACT.c.more)
    for contact_id, summary, more in await tx.execute(
        contacts.where(_CONTACT.c.person_id.in_(person_ids))
    ):
        recording, attachments = more.get("recording"), more.get("attachments") or []
        found += [summary, recording, attachments]
        kept: list[tuple[Elsewhere, Any]] = [("recordings", recording)] if recording else []
        kept += [("attachments", one) for one in attachments]
        elsewhere += [(of, {"contact_id": str(contact_id), "ref": one["ref"]}) for of, one in kept]
    found += await _said_and_written(tx, person_ids)
    said_of = select(_PARTY.c.note, _PARTY.c.end_reason).where(_PARTY.c.person_id.in_(person_ids))
    found += chain.from_iterable(await tx.execute(said_of))
    notes = select(_NOTE.c.metadata, _NOTE.c.ip, _NOTE.c.user_agent)
    theirs = _NOTE.c.account_id.in_(list(account_ids))
    found += chain.from_iterable(await tx.execute(notes.where(theirs)))
    done = select(_WORK.c.note).where(_WORK.c.account_id.in_(list(account_ids)))
    found += chain.from_iterable(await tx.execute(done))
    read = select(_STRAY.c.note).where(_STRAY.c.contact_id.in_(_contacts(person_ids)))
    found += chain.from_iterable(await tx.execute(read))
    raised = select(*(_ESCALATION.c[one] for one in _SAID))
    mine = _ESCALATION.c.account_id.in_(list(account_ids))
    found += chain.from_iterable(await tx.execute(raised.where(mine)))
    steps = select(_STEP.c.note).where(_STEP.c.account_id.in_(list(account_ids)))
    found += chain.from_iterable(await tx.execute(steps))
    return {said for one in found for said in _texts(one)}, elsewhere


async def _said_and_written(tx: Transaction, person_ids: Collection[UUID]) -> list[object]:
    """What they said as it was taken down, and what was written to them."""
    apart = select(_APART.c.ip, _APART.c.user_agent, _APART.c.words)
    theirs = _APART.c.person_id.in_(person_ids)
    found: list[object] = [*chain.from_iterable(await tx.execute(apart.where(theirs)))]
    said = select(_CONTENT.c.sent_to, _CONTENT.c.subject, _CONTENT.c.text, _CONTENT.c.html)
    mine = _CONTENT.c.message_id.in_(_messages(person_ids))
    return [*found, *chain.from_iterable(await tx.execute(said.where(mine)))]


async def empty(
    tx: Transaction, person_ids: Collection[UUID], account_ids: Collection[UUID], *, at: datetime
) -> None:
    """Forget the words of a locked person, their points, contacts, messages and accounts."""
    nothing = dict.fromkeys(_WORDS)
    await tx.execute(
        update(_PERSON)
        .where(_PERSON.c.id.in_(person_ids))
        .values(**nothing, accessibility=[], erased_at=at, version=_PERSON.c.version + 1)
    )
    point = {"value": "", "normalized": None, "postal": None, "extension": None, "reference": None}
    await tx.execute(update(_POINT).where(_POINT.c.person_id.in_(person_ids)).values(**point))
    theirs = update(_CONTACT).where(_CONTACT.c.person_id.in_(person_ids))
    await tx.execute(theirs.values(summary=None, more=_CODES))
    apart = update(_APART).where(_APART.c.person_id.in_(person_ids))
    await tx.execute(apart.values(ip=None, user_agent=None, words=None))
    words = {"sent_to": None, "subject": None, "text": None, "html": None, "erased_at": at}
    mine = _CONTENT.c.message_id.in_(_messages(person_ids))
    await tx.execute(update(_CONTENT).where(mine).values(**words))
    await _empty_printed(tx, person_ids, at=at)
    await tx.execute(
        update(_MESSAGE).where(_MESSAGE.c.person_id.in_(person_ids)).values(variables={})
    )
    called = update(_EXTERNAL).where(
        or_(
            (_EXTERNAL.c.kind == "person") & _EXTERNAL.c.thing_id.in_(person_ids),
            (_EXTERNAL.c.kind == "contact") & _EXTERNAL.c.thing_id.in_(_contacts(person_ids)),
        )
    )
    ended = func.coalesce(_EXTERNAL.c.ended_at, at)
    await tx.execute(called.values(external_id=None, ended_at=ended))
    parts = update(_PARTY).where(_PARTY.c.person_id.in_(person_ids))
    await tx.execute(parts.values(note=None, end_reason=None))
    noted = update(_NOTE).where(_NOTE.c.account_id.in_(list(account_ids)))
    await tx.execute(noted.values(metadata={}, ip=None, user_agent=None))
    reported = update(_TOLD).where(_TOLD.c.message_id.in_(_messages(person_ids)))
    named = reported.where(_TOLD.c.body["detail"].as_string().is_not(None))
    await tx.execute(named.values(body=func.jsonb_set(_TOLD.c.body, _DETAIL, text("'null'"))))
    await _empty_work(tx, person_ids, account_ids)


async def _empty_printed(tx: Transaction, person_ids: Collection[UUID], *, at: datetime) -> None:
    """Forget the files with letters to somebody; of the other letters it stays where they went."""
    theirs = select(_LETTER.c.batch_id, _LETTER.c.number)
    theirs = theirs.where(_LETTER.c.message_id.in_(_messages(person_ids)))
    numbers: dict[UUID, set[int]] = {}
    for batch_id, number in await tx.execute(theirs):
        numbers.setdefault(batch_id, set()).add(number)
    mine = _FILE.c.batch_id.in_(list(numbers))
    kept = select(_FILE.c.batch_id, _FILE.c.addresses).where(mine).order_by(_FILE.c.batch_id)
    for batch_id, addresses in (await tx.execute(kept.with_for_update())).all():
        others = None if addresses is None else without(addresses, numbers[batch_id])
        emptied = {"pdf": None, "addresses": others, "manifest": None}
        erased = func.coalesce(_FILE.c.erased_at, at)
        change = update(_FILE).where(_FILE.c.batch_id == batch_id)
        await tx.execute(change.values(**emptied, erased_at=erased))


async def _empty_work(
    tx: Transaction, person_ids: Collection[UUID], account_ids: Collection[UUID]
) -> None:
    """Forget what people wrote while they worked the accounts, and messages of no account."""
    worked = update(_WORK).where(_WORK.c.account_id.in_(list(account_ids)))
    await tx.execute(worked.values(note=None))
    read = update(_STRAY).where(_STRAY.c.contact_id.in_(_contacts(person_ids)))
    await tx.execute(read.values(note=None))
    raised = update(_ESCALATION).where(_ESCALATION.c.account_id.in_(list(account_ids)))
    await tx.execute(raised.values(**dict.fromkeys(_SAID)))
    steps = update(_STEP).where(_STEP.c.account_id.in_(list(account_ids)))
    await tx.execute(steps.values(note=None))


async def empty_found(tx: Transaction, words: Iterable[str]) -> None:
    """What tells any of these texts says no more: kept replies, rejected lines, early reports."""
    needles = [_needle(one) for one in words]
    if not needles:
        return
    await tx.execute(_REPLIES, {"needles": [n.encode() for n in needles], "gone": ERASED_REPLY})
    await tx.execute(_REJECTS, {"needles": needles})
    await tx.execute(_EARLY, {"needles": needles})


def _contacts(person_ids: Collection[UUID]) -> Select[tuple[UUID]]:
    return select(_CONTACT.c.id).where(_CONTACT.c.person_id.in_(person_ids))


def _messages(person_ids: Collection[UUID]) -> Select[tuple[UUID]]:
    return select(_MESSAGE.c.id).where(_MESSAGE.c.person_id.in_(person_ids))


def _texts(value: object) -> Iterable[str]:
    """The texts in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _needle(said: str) -> str:
    """A text as JSON writes it; a short one with its quotes, or it would be found in everything."""
    quoted = json.dumps(said, ensure_ascii=False)
    return quoted[1:-1] if len(said) >= _TELLING else quoted
