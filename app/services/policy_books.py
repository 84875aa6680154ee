"""The policy versions an account is judged by, parsed once and kept until the tenant saves more.

A version is parsed once, however many come after it. Creditors a policy does not name read it
alike and share one book; those it names have a book each, of which the last used are kept.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar, cast
from uuid import UUID

from app.domain.errors import InvalidInput
from app.domain.policy.book import PolicyBook
from app.domain.policy.document import PolicyDocument
from app.domain.policy.model import Bucket, Policy
from app.domain.policy.resolution import lineage
from app.domain.vocabulary import CURRENT
from app.services.context import Context
from app.services.policy_documents.reader import parse, policy_of
from app.storage import policies
from app.storage.policies import PolicyVersion

_K = TypeVar("_K")
_V = TypeVar("_V")

#: Tenants whose policies are kept in memory; of one more, the least lately asked for is dropped.
SHELVES = 64
#: Books kept a tenant: one a policy, and one for each creditor that it names.
BOOKS = 256
#: Versions read or resolved before other requests have their turn: some milliseconds of work.
_TURN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A version with all it extends, as those were when it was saved, from the base upward."""

    version: int
    chain: tuple[PolicyDocument, ...]

    def names(self, creditor: str) -> bool:
        """Whether it has figures of its own for that creditor."""
        return any(creditor in link.creditors for link in self.chain)

    def resolved(self, creditor: str | None) -> Policy:
        return policy_of(self.chain, version=self.version, creditor=creditor)


@dataclass(slots=True, kw_only=True)
class _Shelf:
    """A tenant's versions as of a policy epoch, and the books made of them."""

    epoch: int
    rules: tuple[_Rule, ...]
    common: tuple[Policy, ...]  # each as it reads for a creditor that it does not name
    names: frozenset[str]
    creditors: frozenset[str]  # those that any version names
    books: OrderedDict[tuple[str, str | None], PolicyBook] = field(default_factory=OrderedDict)


_books: OrderedDict[UUID, _Shelf] = OrderedDict()


async def book_of(ctx: Context, policy_name: str, creditor_reference: str | None) -> PolicyBook:
    """All policy versions an account of this policy and creditor can meet.

    Kept in memory for as long as the tenant's policy epoch, which came with its key, stands.
    Raises `InvalidInput` where the tenant has no policy by that name.
    """
    shelf = await _shelf_of(ctx)
    if policy_name not in shelf.names:
        raise InvalidInput.at("/policy", f"no policy is named {policy_name!r}")
    creditor = creditor_reference if creditor_reference in shelf.creditors else None
    key = (policy_name, creditor)
    book = shelf.books.get(key)
    if book is None:
        book = await _bound(shelf, policy_name, creditor)
    _keep(shelf.books, key, book, at_most=BOOKS)
    return book


async def bucket_names(ctx: Context) -> tuple[str, ...]:
    """Every bucket an account may be in by any version of the tenant's policies, by age.

    Creditors' own are among them.
    """
    buckets = [bucket for ladder in await _ladders(ctx) for bucket in ladder]
    ordered = sorted(buckets, key=lambda bucket: (bucket.from_days, bucket.name))
    return tuple(dict.fromkeys((CURRENT, *(bucket.name for bucket in ordered))))


async def one_ladder(ctx: Context) -> bool:
    """Whether every version and creditor has the same buckets in the same order."""
    found = {tuple(bucket.name for bucket in ladder) for ladder in await _ladders(ctx)}
    return len(found) == 1


async def _ladders(ctx: Context) -> list[tuple[Bucket, ...]]:
    """The buckets of each version, and of each creditor that has its own."""
    shelf = await _shelf_of(ctx)
    own = [
        cast("tuple[Bucket, ...]", figures["/buckets"])
        for rule in shelf.rules
        for figures in rule.chain[-1].creditors.values()
        if "/buckets" in figures
    ]
    return [*(policy.buckets for policy in shelf.common), *own]


async def _shelf_of(ctx: Context) -> _Shelf:
    shelf = _books.get(ctx.tenant_id)
    if shelf is None or shelf.epoch != ctx.policy_epoch:
        shelf = await _shelf(ctx.policy_epoch, await policies.read_all(ctx.tx))
    _keep(_books, ctx.tenant_id, shelf, at_most=SHELVES)
    return shelf


async def _shelf(epoch: int, versions: Sequence[PolicyVersion]) -> _Shelf:
    """Every version read once, in the order they were saved, each upon the newest before it."""
    newest: dict[str, tuple[int, PolicyDocument]] = {}
    rules, common = list[_Rule](), list[Policy]()
    ordered = sorted(versions, key=lambda one: one.created_at)
    for _, group in groupby(ordered, key=lambda one: one.created_at):
        saved = list[tuple[PolicyVersion, PolicyDocument]]()
        for one in group:
            document = parsed(one)
            saved.append((one, document))
            await _others_turn(len(saved))
            if one.name not in newest or newest[one.name][0] < one.version:
                newest[one.name] = (one.version, document)
        bases = {name: document for name, (_, document) in newest.items()}
        for one, document in saved:
            rule = _Rule(version=one.version, chain=lineage(document, bases))
            rules.append(rule)
            common.append(rule.resolved(None))
            await _others_turn(len(rules))
    return _Shelf(
        epoch=epoch,
        rules=tuple(rules),
        common=tuple(common),
        names=frozenset(one.name for one in versions),
        creditors=frozenset(c for rule in rules for link in rule.chain for c in link.creditors),
    )


async def _bound(shelf: _Shelf, name: str, creditor: str | None) -> PolicyBook:
    """A book; of a creditor, with their own reading of the versions that name them."""
    resolved = list[Policy]()
    for rule, common in zip(shelf.rules, shelf.common, strict=True):
        special = creditor is not None and rule.names(creditor)
        resolved.append(rule.resolved(creditor) if special else common)
        if special:
            await _others_turn(len(resolved))
    return PolicyBook(name=name, policies=tuple(resolved))


async def _others_turn(done: int) -> None:
    """Let other requests go on after some of a long piece of work."""
    if done % _TURN == 0:
        await asyncio.sleep(0)


def _keep(kept: OrderedDict[_K, _V], key: _K, value: _V, *, at_most: int) -> None:
    """Keep a value as the latest used, and no more of them than there is room for."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > at_most:
        kept.popitem(last=False)


def parsed(version: PolicyVersion) -> PolicyDocument:
    """A stored document, which was valid when it was saved."""
    return parse(version.document, name=version.name, effective_from=version.effective_from)
