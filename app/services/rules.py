"""Which policies an account's facts fold under, kept while the tenant's policies stand."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.domain.errors import InvalidInput
from app.domain.policy import Policy, PolicyBook
from app.domain.policy_chain import lineage, resolve
from app.domain.policy_document import PolicyDocument, parse
from app.services.context import Context
from app.storage import policies
from app.storage.policies import PolicyVersion

_Book = dict[tuple[str, str | None], PolicyBook]
#: One shelf a tenant: the epoch it was read at, the versions, and the books made of them.
_shelves: dict[UUID, tuple[int, tuple[PolicyVersion, ...], _Book]] = {}


async def book_of(ctx: Context, policy_name: str, creditor_reference: str | None) -> PolicyBook:
    """All policy versions an account of this policy and creditor can meet.

    Kept in memory for as long as the tenant's policy epoch, which came with its key, stands.
    Raises `InvalidInput` where the tenant has no policy by that name.
    """
    shelf = _shelves.get(ctx.tenant_id)
    if shelf is None or shelf[0] != ctx.policy_epoch:
        shelf = (ctx.policy_epoch, await policies.read_all(ctx.tx), {})
        _shelves[ctx.tenant_id] = shelf
    _, versions, books = shelf
    if not any(version.name == policy_name for version in versions):
        raise InvalidInput.at("/policy", f"no policy is named {policy_name!r}")
    key = (policy_name, creditor_reference)
    if key not in books:
        resolved = tuple(_resolved(one, versions, creditor_reference) for one in versions)
        books[key] = PolicyBook(name=policy_name, policies=resolved)
    return books[key]


def _resolved(
    one: PolicyVersion, versions: tuple[PolicyVersion, ...], creditor: str | None
) -> Policy:
    """A version with its bases as they were when it was saved: it says the same for ever."""
    document = parsed(one)
    chain = lineage(document, bases_at(versions, one.created_at))
    return resolve(chain, version=one.version, creditor=creditor)


def parsed(version: PolicyVersion) -> PolicyDocument:
    """A stored document, which was valid when it was saved."""
    return parse(version.document, name=version.name, effective_from=version.effective_from)


def bases_at(versions: tuple[PolicyVersion, ...], at: datetime) -> Mapping[str, PolicyDocument]:
    """The newest version of every policy saved by then, by name."""
    return {one.name: parsed(one) for one in versions if one.created_at <= at}
