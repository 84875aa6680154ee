"""What a debtor is asked before anything personal shows, and whether the answer is right."""

from hmac import compare_digest
from uuid import UUID

from app.domain.contact.words import PointKind
from app.domain.links.link import Verify, same_answer
from app.services.context import Context
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.links.links import StoredLink
from app.storage.persons import points
from app.storage.tenancy import hash_of

_SHOWN = 4


async def can_ask(ctx: Context, verify: Verify, account: StoredAccount, person_id: UUID) -> bool:
    """Whether anything is kept that the answer could be held against.

    The four are the last of the account's reference. No year of birth is kept of anybody.
    """
    if verify in (Verify.NONE, Verify.CODE):
        return True
    if verify is Verify.POSTAL_CODE:
        return bool(await _postal_codes(ctx, person_id))
    return verify is Verify.LAST_FOUR and len(_last_four(account)) == _SHOWN


async def is_right(ctx: Context, link: StoredLink, given: str) -> bool:
    """Whether it is the answer to a link's question."""
    if link.verify == Verify.CODE:
        return compare_digest(hash_of(given.strip()), link.code_hash or b"")
    if link.verify == Verify.POSTAL_CODE:
        known = await _postal_codes(ctx, link.person_id)
        return any(same_answer(given, one) for one in known)
    if link.verify == Verify.LAST_FOUR:
        account = await accounts.read(ctx.tx, link.account_id)
        return account is not None and same_answer(given, _last_four(account))
    return link.verify == Verify.NONE


async def _postal_codes(ctx: Context, person_id: UUID) -> list[str]:
    known = await points.of_person(ctx.tx, person_id)
    postal = [one.postal or {} for one in known if one.kind == PointKind.POSTAL]
    return [str(one["postal_code"]) for one in postal if one.get("postal_code")]


def _last_four(account: StoredAccount) -> str:
    return "".join(one for one in account.reference if one.isalnum())[-_SHOWN:]
