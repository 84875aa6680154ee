"""What stands beside an account amended: who owes, who is owed, the caller's labels."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from uuid import UUID

from app.domain.entries.events import Event, EventType
from app.domain.errors import InvalidInput
from app.domain.values import replace
from app.services.accounts.read import AccountView, person_ids, view_account
from app.services.context import Context
from app.services.etags import Expected
from app.services.persons.debtors import add_and_tell_points
from app.services.work import begin, finish
from app.storage.accounts import accounts, persons
from app.storage.accounts.persons import Note, PersonDetails, PersonRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendAccount:
    """What may be amended: who owes, who is owed, the caller's labels. None: as it was."""

    debtor: PersonDetails | None = None
    creditor: PersonDetails | None = None
    metadata: Mapping[str, str] | None = None


async def amend_account(
    ctx: Context, account_id: UUID, command: AmendAccount, if_match: Expected | None
) -> AccountView:
    """Change the people or labels of an account. Raises `NotFound`, `EtagMismatch`.

    The creditor's reference stays: it chose the rules everything was folded under.
    """
    work = await begin(ctx, account_id)
    account = work.account
    if if_match is not None:
        if_match.check(account.version)
    people = await persons.read(ctx.tx, person_ids([account]))
    debtor = _amended(people, account.debtor_id, command.debtor)
    creditor = _amended(people, account.creditor_id, command.creditor)
    if creditor is not None and creditor.reference != account.creditor_reference:
        raise InvalidInput.at("/creditor/reference", "cannot be changed")
    named = [p for p in (debtor, creditor) if p is not None]
    saved = await persons.save(ctx.tx, ctx.tenant_id, named)
    await add_and_tell_points(ctx, zip(saved, named, strict=True))
    ids = iter(saved)
    await accounts.change_persons(
        ctx.tx,
        account,
        debtor_id=next(ids) if debtor else account.debtor_id,
        creditor_id=next(ids) if creditor else account.creditor_id,
    )
    if command.metadata is not None:
        note = {account_id: Note(metadata=command.metadata)}
        await persons.annotate(ctx.tx, ctx.tenant_id, account_id, note)
    changed = [name for name in _AMENDABLE if getattr(command, name) is not None]
    event = Event(
        type=EventType.ACCOUNT_UPDATED,
        business_date=ctx.business_date,
        data={"changed": changed},
    )
    work.tell(event)
    await finish(ctx, [work])
    return await view_account(ctx, account_id)


_AMENDABLE = ("debtor", "creditor", "metadata")


def _amended(
    people: Mapping[UUID, PersonRecord], person_id: UUID | None, given: PersonDetails | None
) -> PersonDetails | None:
    """The person as given; what is left out is taken from the same person as known."""
    known = people.get(person_id) if person_id else None
    if given is None or known is None or given.reference not in {None, known.reference}:
        return given
    silent = (f.name for f in fields(given) if getattr(given, f.name) is None)
    return replace(given, **{name: getattr(known, name) for name in silent})
