"""Keeping the debtor's name out of the events that a command is about to write."""

from collections.abc import Iterable

from app.domain.entries.events import Event
from app.domain.entries.words import WITHHELD, names
from app.domain.values import replace
from app.services.context import Context
from app.storage.accounts import persons
from app.storage.accounts.persons import PersonRecord
from app.storage.books.entry import Entry


async def without_names(ctx: Context, entries: Iterable[Entry]) -> list[Entry]:
    """The entries, a reason that names its account's debtor withheld from their events.

    Debtors are read only where a reason was given: a posting has none.
    """
    written = list(entries)
    debtors = {
        entry.account.debtor_id
        for entry in written
        if entry.account.debtor_id and any(event.reason for event in entry.draft.events)
    }
    if not debtors:
        return written
    known = await persons.read(ctx.tx, debtors)
    return [_checked(one, known.get(one.account.debtor_id or one.account.id)) for one in written]


def _checked(entry: Entry, debtor: PersonRecord | None) -> Entry:
    if debtor is None:
        return entry
    events = tuple(_said(event, debtor) for event in entry.draft.events)
    return replace(entry, draft=replace(entry.draft, events=events))


def _said(event: Event, debtor: PersonRecord) -> Event:
    who = {"name": debtor.name, "email": debtor.email, "phone": debtor.phone}
    if event.reason is None or not names(event.reason, **who):
        return event
    return replace(event, reason=WITHHELD)
