"""What a contact is linked to: a promise, a plan, a quote of one of the accounts it is about."""

from collections.abc import Collection, Mapping
from uuid import UUID

from app.domain.errors import FieldProblem, InvalidInput
from app.services.context import Context
from app.storage.accounts.accounts import StoredAccount
from app.storage.plans import quotes

Links = Mapping[str, UUID]
#: What may be linked, by the field that names it.
LINKED = {"promise_id": "promise", "plan_id": "plan", "quote_id": "quote"}


async def quotes_named(ctx: Context, said: Collection[Links]) -> Mapping[UUID, UUID]:
    """Of the quotes that are named, whose each is: read at once."""
    named = {links["quote_id"] for links in said if "quote_id" in links}
    return await quotes.accounts_of(ctx.tx, named) if named else {}


def check_links(
    links: Links, about: Collection[StoredAccount], quoted: Mapping[UUID, UUID]
) -> None:
    """Raises `InvalidInput` for each that belongs to none of these accounts.

    `quoted`: of the quotes that are named, the account of each.
    """
    ids = {account.id for account in about}
    theirs = {
        "promise_id": {one.id for account in about for one in account.state.promises},
        "plan_id": {one.id for account in about for one in account.state.plans},
        "quote_id": {quote_id for quote_id, account_id in quoted.items() if account_id in ids},
    }
    wrong = [
        FieldProblem(pointer=f"/links/{name}", detail=f"is no {LINKED[name]} of these accounts")
        for name in LINKED
        if name in links and links[name] not in theirs[name]
    ]
    if wrong:
        raise InvalidInput(errors=tuple(wrong))


def as_kept(links: Links) -> Mapping[str, str] | None:
    """Links as they are stored; None: there are none."""
    return {name: str(links[name]) for name in LINKED if name in links} or None


def as_named(kept: Mapping[str, str] | None) -> Links:
    """The ids of stored links."""
    return {name: UUID(value) for name, value in (kept or {}).items()}
