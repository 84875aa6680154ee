"""Who is named in a quote or a letter, and in whose time zone its deadlines are told.

The text is stored without names. They are noted beside it, in rows that can be erased, as they
were when it was written, whatever somebody is called since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.services.context import Context
from app.services.wording.locale import Names
from app.storage.accounts import persons
from app.storage.accounts.accounts import StoredAccount
from app.storage.accounts.persons import Note

_CREDITOR, _DEBTOR = "creditor_name", "debtor_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The names of an account's two sides, and the debtor's time zone, else the tenant's."""

    names: Names
    time_zone: str


async def named(ctx: Context, account: StoredAccount) -> Named:
    """Who owes whom, as far as anybody told us."""
    ids = {account.debtor_id: None, account.creditor_id: None}
    known = await persons.read(ctx.tx, [one for one in ids if one is not None])
    debtor = known.get(account.debtor_id) if account.debtor_id else None
    creditor = known.get(account.creditor_id) if account.creditor_id else None
    names = Names(
        creditor=creditor.name if creditor else None, debtor=debtor.name if debtor else None
    )
    zone = debtor.time_zone if debtor else None
    return Named(names=names, time_zone=zone or ctx.time_zone)


async def note_names(
    ctx: Context,
    account_id: UUID,
    subject_id: UUID,
    names: Names,
    *,
    more: Mapping[str, str] | None = None,
) -> None:
    """Keep whom a text named beside it, and what else of persons goes with it."""
    given = {_CREDITOR: names.creditor, _DEBTOR: names.debtor}
    metadata = {key: name for key, name in given.items() if name is not None} | dict(more or {})
    if metadata:
        note = {subject_id: Note(metadata=metadata)}
        await persons.annotate(ctx.tx, ctx.tenant_id, account_id, note)


def noted_names(notes: Mapping[UUID, Note], subject_id: UUID) -> Names:
    """Whom a text named, as noted; nobody once that was erased."""
    noted = notes[subject_id].metadata if subject_id in notes else {}
    return Names(creditor=noted.get(_CREDITOR), debtor=noted.get(_DEBTOR))
