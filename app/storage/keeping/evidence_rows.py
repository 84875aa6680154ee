"""What an evidence file tells of an account: rows as they lie, but for words that can be erased.

What a contact or a message said is here as its hash and its codes. Of a row that is rewritten as
its facts come in, the facts stand beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Table, cast, select

from app.domain.persons.facts import Kind
from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.tables import table

#: Whose they are, how the feed and workers find them, and words that can be erased.
_LEFT_OUT = frozenset({
    "tenant_id", "epoch", "tx", "natural_key", "summary", "more", "variables", "next_at",
    "lease_id", "leased_until", "key_id", "generation",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The account, its debtor and policy, and the day it is told of."""

    account_id: UUID
    debtor_id: UUID | None
    policy_name: str
    as_of: date


Rows = Callable[[About], Select[Any]]


def _shown(of: Table) -> Select[Any]:
    """All but what is left out, in the order of the key: the same rows, the same order."""
    query = select(*(one for one in of.columns if one.name not in _LEFT_OUT))
    return query.order_by(*of.primary_key.columns)


def _of_account(of: Table, day: str, *conditions: Any) -> Rows:  # noqa: ANN401 - a column's
    by_day = cast(of.c[day], Date)
    return lambda about: _shown(of).where(
        of.c.account_id == about.account_id, by_day <= about.as_of, *conditions
    )


_EVENT, _POSTING, _FACT = table(tables.Event), table(tables.Posting), table(tables.Fact)
_CONTACT, _SAID = table(tables.Contact), table(tables.ContactFact)
_ABOUT = table(tables.ContactAccount)
_MESSAGE, _STEP = table(tables.Message), table(tables.MessageFact)
_PERSON_FACT, _POLICY = table(tables.PersonFact), table(tables.Policy)
_REVISION = table(tables.Revision)


def _contacts(about: About) -> Select[Any]:
    return select(_ABOUT.c.contact_id).where(_ABOUT.c.account_id == about.account_id)


def _messages(about: About) -> Select[Any]:
    return select(_MESSAGE.c.id).where(_MESSAGE.c.account_id == about.account_id)


def _person_facts(*kinds: Kind) -> Rows:
    return lambda about: _shown(_PERSON_FACT).where(
        _PERSON_FACT.c.person_id == about.debtor_id,
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
            _CONTACT.c.id.in_(_contacts(about)), cast(_CONTACT.c.started_at, Date) <= about.as_of
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
    },
    "plans": {"plans.json": _of_account(_REVISION, "effective_on")},
    "settlements": {
        "settlements.json": _of_account(
            _FACT, "business_date", _FACT.c.kind.startswith("settlement", autoescape=True)
        )
    },
    "policies": {
        "policies.json": lambda about: _shown(_POLICY).where(_POLICY.c.name == about.policy_name)
    },
}


async def read(tx: Transaction, query: Select[Any]) -> list[dict[str, Any]]:
    """The rows, bytes in hexadecimal."""
    return [
        {
            name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()
        }
        for row in (await tx.execute(query)).mappings()
    ]  # fmt: skip
