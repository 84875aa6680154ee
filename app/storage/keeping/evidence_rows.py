"""What an evidence file tells of an account: rows as they lie, but for words that can be erased.

What a contact or a message said is here as its hash and its codes. Of a row that is rewritten as
its facts come in, the facts stand beside it; how it stood by the day is the service's to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Table, cast, func, or_, select

from app.domain.evidence.as_of import NAMED_ON
from app.domain.persons.facts import Kind
from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.tables import table
from app.storage.tables.people.persons import is_one_of

#: Whose they are, how the feed and workers find them, and words that can be erased.
_LEFT_OUT = frozenset({
    "tenant_id", "epoch", "tx", "natural_key", "summary", "more", "variables", "next_at",
    "lease_id", "leased_until", "key_id", "generation",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The account, its debtor and policy, and the day it is told of, in the tenant's zone."""

    account_id: UUID
    debtor_id: UUID | None
    policy_name: str
    as_of: date
    time_zone: str


Rows = Callable[[About], Select[Any]]


def _shown(of: Table) -> Select[Any]:
    """All but what is left out, in the order of the key: the same rows, the same order."""
    query = select(*(one for one in of.columns if one.name not in _LEFT_OUT))
    return query.order_by(*of.primary_key.columns)


def _by_then(of: Table, day: str, about: About) -> ColumnElement[bool]:
    """Whether a row is of that day or an earlier one: an instant, by the tenant's clocks."""
    column = of.c[day]
    if isinstance(column.type, Date):
        return column <= about.as_of
    return cast(func.timezone(about.time_zone, column), Date) <= about.as_of


def _of_account(of: Table, day: str, *conditions: Any) -> Rows:  # noqa: ANN401 - a column's
    return lambda about: _shown(of).where(
        of.c.account_id == about.account_id, _by_then(of, day, about), *conditions
    )


_EVENT, _POSTING, _FACT = table(tables.Event), table(tables.Posting), table(tables.Fact)
_CONTACT, _SAID = table(tables.Contact), table(tables.ContactFact)
_ABOUT = table(tables.ContactAccount)
_MESSAGE, _STEP = table(tables.Message), table(tables.MessageFact)
_PERSON_FACT, _POLICY = table(tables.PersonFact), table(tables.Policy)
_REVISION, _VALIDATION = table(tables.Revision), table(tables.Validation)
_CONTACT_POLICY = table(tables.ContactPolicy)


def _contacts(about: About) -> Select[Any]:
    return select(_ABOUT.c.contact_id).where(_ABOUT.c.account_id == about.account_id)


def _revisions(about: About) -> Select[Any]:
    """By the day they were entered: one entered later for an earlier day is not known yet."""
    entered = select(_FACT.c.id).where(
        _FACT.c.account_id == about.account_id, _FACT.c.business_date <= about.as_of
    )
    mine = _REVISION.c.account_id == about.account_id
    return _shown(_REVISION).where(mine, _REVISION.c.fact_id.in_(entered))


def _messages(about: About) -> Select[Any]:
    return select(_MESSAGE.c.id).where(_MESSAGE.c.account_id == about.account_id)


def _person_facts(*kinds: Kind) -> Rows:
    return lambda about: _shown(_PERSON_FACT).where(
        is_one_of(_PERSON_FACT.c.person_id, about.debtor_id or about.account_id),
        _PERSON_FACT.c.kind.in_(kinds),
        _PERSON_FACT.c.business_date <= about.as_of,
    )


#: The parts of each section, by path.
SECTIONS: Mapping[str, Mapping[str, Rows]] = {
    "ledger": {
        "ledger.json": _of_account(_POSTING, "business_date"),
        "facts.json": _of_account(_FACT, "business_date"),
    },
    "timeline": {"timeline.json": _of_account(_EVENT, "business_date")},
    "contacts": {
        "contacts.json": lambda about: _shown(_CONTACT).where(
            _CONTACT.c.id.in_(_contacts(about)),
            _by_then(_CONTACT, "started_at", about),
            _by_then(_CONTACT, "entered_at", about),
        ),
        "contact_facts.json": lambda about: _shown(_SAID).where(
            _SAID.c.contact_id.in_(_contacts(about)), _SAID.c.business_date <= about.as_of
        ),
    },
    "decisions": {"decisions.json": _of_account(table(tables.ContactDecision), "decided_at")},
    "messages": {
        "messages.json": _of_account(_MESSAGE, "asked_at"),
        "message_facts.json": lambda about: _shown(_STEP).where(
            _STEP.c.message_id.in_(_messages(about)), _STEP.c.business_date <= about.as_of
        ),
    },
    "letters": {"letters.json": _of_account(table(tables.Letter), "dated_on")},
    "consents": {"consents.json": _person_facts(Kind.CONSENT, Kind.REVOCATION)},
    "restrictions": {"restrictions.json": _person_facts(Kind.RESTRICTION, Kind.LIFT)},
    "validation": {
        "itemizations.json": _of_account(table(tables.Itemization), "business_date"),
        "validation.json": lambda about: _shown(_VALIDATION).where(
            _VALIDATION.c.account_id == about.account_id
        ),
    },
    "plans": {"plans.json": _revisions},
    "settlements": {
        "settlements.json": _of_account(
            _FACT, "business_date", _FACT.c.kind.startswith("settlement", autoescape=True)
        )
    },
    "policies": {
        "policies.json": lambda about: _shown(_POLICY).where(
            _POLICY.c.name == about.policy_name, _POLICY.c.effective_from <= about.as_of
        ),
        "contact_policies.json": lambda about: _shown(_CONTACT_POLICY).where(
            _CONTACT_POLICY.c.name.in_((about.policy_name, "default")),
            _CONTACT_POLICY.c.effective_from <= about.as_of,
            _CONTACT_POLICY.c.business_date <= about.as_of,
        ),
    },
}


async def contact_facts(tx: Transaction, about: About) -> list[dict[str, Any]]:
    """All facts of the account's contacts in their order, those of later days too."""
    query = _shown(_SAID).where(_SAID.c.contact_id.in_(_contacts(about)))
    return await read(tx, query)


async def told_of_messages(tx: Transaction, about: About) -> list[Mapping[str, Any]]:
    """What events about the account's messages told by the day, in their order."""
    query = (
        select(_EVENT.c.data)
        .where(
            _EVENT.c.account_id == about.account_id,
            _EVENT.c.type.startswith("message.", autoescape=True),
            _EVENT.c.business_date <= about.as_of,
        )
        .order_by(_EVENT.c.sequence)
    )
    return list((await tx.execute(query)).scalars())


async def recordings(tx: Transaction, about: About) -> list[dict[str, Any]]:
    """Which of the account's calls were recorded: each by its hash, and until when it is kept.

    Where a recording lies may name somebody, so it is not told; after an erasure nobody knows it.
    """
    recording = _CONTACT.c.more["recording"]
    named_on = recording[NAMED_ON].as_string()
    query = select(
        _CONTACT.c.id.label("contact_id"),
        recording["sha256"].as_string().label("sha256"),
        recording["keep_until_on"].as_string().label("keep_until_on"),
    ).where(
        _CONTACT.c.id.in_(_contacts(about)),
        recording["ref"].as_string().is_not(None),
        or_(named_on.is_(None), cast(named_on, Date) <= about.as_of),
        _by_then(_CONTACT, "started_at", about),
        _by_then(_CONTACT, "entered_at", about),
    )
    return await read(tx, query.order_by(_CONTACT.c.id))


async def attachments(tx: Transaction, about: About) -> list[dict[str, Any]]:
    """What was handed over in the account's contacts: each by its hash, as recordings are told."""
    query = select(_CONTACT.c.id, _CONTACT.c.more["attachments"].label("attachments")).where(
        _CONTACT.c.id.in_(_contacts(about)),
        _CONTACT.c.more.has_key("attachments"),
        _by_then(_CONTACT, "started_at", about),
        _by_then(_CONTACT, "entered_at", about),
    )
    return [
        {"contact_id": contact_id, "sha256": one["sha256"]}
        for contact_id, named in await tx.execute(query.order_by(_CONTACT.c.id))
        for one in named
        if one.get(NAMED_ON) is None or date.fromisoformat(one[NAMED_ON]) <= about.as_of
    ]


async def read(tx: Transaction, query: Select[Any]) -> list[dict[str, Any]]:
    """The rows, bytes in hexadecimal."""
    return [
        {
            name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()
        }
        for row in (await tx.execute(query)).mappings()
    ]  # fmt: skip
