"""Evidence files: all of an account as of a day, in parts that one root stands for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.evidence.manifest import differences, manifest, root
from app.services.context import Context
from app.services.keeping.archive import NoArchive, archive, opened
from app.services.keeping.parts import EVERY, parts_of
from app.services.telling.tell import event, tell_of
from app.services.work import begin, finish
from app.storage.books.events import linked
from app.storage.ids import new_id
from app.storage.keeping import evidence_files, evidence_rows
from app.storage.keeping.evidence_files import StoredEvidence

__all__ = ["CreateEvidence", "Examined", "StoredEvidence", "create_evidence", "examine"]

SECTIONS = EVERY
_TIMELINE = "timeline.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateEvidence:
    """What is wanted. `named`: the account's id as clients know it; `sections` None: all."""

    named: str
    made_for: str
    as_of: date | None = None
    sections: Collection[str] | None = None
    without_third_parties: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What is wrong with an evidence file; nothing: it is as it was made."""

    account_id: str
    root: str
    changed: Sequence[str]
    broken_at: int | None

    @property
    def whole(self) -> bool:
        return not self.changed and self.broken_at is None


async def create_evidence(
    ctx: Context, account_id: UUID, command: CreateEvidence
) -> StoredEvidence:
    """Make and keep one; its root goes into the account's chain.

    A pure function of the facts known by the end of `as_of`: made again later for that day it has
    the same bytes, but for what was erased or merged meanwhile. Raises `NotFound`, `InvalidInput`,
    `ClockBehindFacts`.
    """
    as_of = command.as_of or ctx.business_date
    if as_of > ctx.business_date:
        raise InvalidInput.at("/as_of", f"must not lie after the business date {ctx.business_date}")
    work = await begin(ctx, account_id)
    await finish(ctx, [work])  # what the days so far say stands in the books, and stays as it is
    account = work.account
    about = evidence_rows.About(
        account_id=account_id, debtor_id=account.debtor_id, policy_name=account.policy_name,
        as_of=as_of, time_zone=ctx.time_zone,
    )  # fmt: skip
    files = {"account.json": _bytes(_account(account))}
    parts = await parts_of(ctx, about, command.sections or SECTIONS)
    for path, found in parts.items():
        told = found
        if command.without_third_parties and isinstance(found, list):
            told = [_without_others(one, account.debtor_id) for one in found]
        files[path] = _bytes(told)
    listed = manifest(command.named, as_of, files)
    made = StoredEvidence(
        id=new_id(),
        account_id=account_id,
        as_of=as_of,
        made_for=command.made_for,
        root=root(listed),
        manifest=listed,
        content=archive(files, listed),
        files=len(files),
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
    )
    await evidence_files.add(ctx.tx, ctx.tenant_id, made)
    said = {"evidence_file_id": made.id, "root": made.root, "as_of": as_of}
    await tell_of(ctx, account_id, event(ctx, EventType.EVIDENCE_CREATED, said))
    return made


async def read_evidence(ctx: Context, account_id: UUID, file_id: UUID) -> StoredEvidence:
    """One of an account's. Raises `NotFound`."""
    found = await evidence_files.read(ctx.tx, account_id, file_id)
    if found is None:
        raise NotFound(resource="evidence file", key=str(file_id))
    return found


def examine(content: bytes) -> Examined:
    """Whether a file is as its manifest tells, and its events chain. Raises `NoArchive`."""
    files, told = opened(content)
    try:
        account_id, changed = str(orjson.loads(told)["account_id"]), differences(told, files)
    except (ValueError, KeyError, TypeError) as error:
        raise NoArchive("its manifest is none") from error
    return Examined(
        account_id=account_id, root=root(told), changed=changed, broken_at=_broken_at(files)
    )


def _broken_at(files: Mapping[str, bytes]) -> int | None:
    """The sequence of the first event that does not follow from the one before it.

    What is no list of events at all is broken from its first on.
    """
    before: str | None = None
    try:
        events = orjson.loads(files.get(_TIMELINE, b"[]"))
        for one in sorted(events, key=lambda each: each["sequence"]):
            previous = None if before is None else bytes.fromhex(before)
            if (one["previous_hash"], one["hash"]) != (before, linked(previous, one).hex()):
                return int(one["sequence"])
            before = one["hash"]
    except (ValueError, KeyError, TypeError):
        return 1
    return None


def _account(account: object) -> dict[str, Any]:
    names = (
        "id", "reference", "currency", "product", "opened_on", "policy_name", "debtor_id",
        "creditor_id",
    )  # fmt: skip
    return {name: getattr(account, name) for name in names}


def _without_others(row: dict[str, Any], debtor_id: UUID | None) -> dict[str, Any]:
    """Without the ids of whoever is not the debtor."""
    if row.get("person_id") in {None, debtor_id}:
        return row
    return {**row, "person_id": None, "point_id": None}


def _bytes(rows: object) -> bytes:
    """As JSON, keys sorted: the same rows, the same bytes."""
    return orjson.dumps(rows, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
