"""A file that was sent: looked at, kept piece by piece, and queued; what became of it.

What can be seen without reading all its lines is refused here, and then nothing is kept: a header
that does not fit, an encoding it is not in, a damaged gzip. What is wrong with a line is said of
that line, by the import.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from gzip import GzipFile
from itertools import islice
from typing import Any, BinaryIO, Final
from uuid import UUID

from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.imports import ImportsWaiting
from app.services.context import Context
from app.services.files.columns import Kind
from app.services.files.csv_files import Source, Unreadable
from app.services.files.formats import Amounts, Formats, days_of, numbers_of
from app.services.files.pages import Outcome
from app.services.files.preview import LOOKED_AT, preview, understood
from app.services.files.rows import BadColumns, Layout, Row, layout
from app.services.threads import apart
from app.storage.ids import new_id
from app.storage.imports import lines, runs
from app.storage.imports.lines import Reject
from app.storage.imports.runs import StoredImport

__all__ = [
    "QueueImport", "Reject", "StoredImport", "Understood", "cancel_import", "find_imports",
    "find_rejects", "queue_import", "read_import",
]  # fmt: skip

#: Files of one tenant that may wait: each is kept until it has ended.
MOST_WAITING: Final = 20
#: How long what was rejected of a file can be read.
REJECTS_KEPT: Final = timedelta(days=30)
#: What a gzip may hold.
MAX_UNPACKED_BYTES: Final = 256 * 1024 * 1024
_GZIP = b"\x1f\x8b"
#: How an id as clients see it is read.
ShownId = Callable[[str], UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueImport:
    """A file and what was said of it: its hash and its `size` in bytes are of what was sent."""

    kind: Kind
    formats: Formats
    sha256: bytes
    size: int
    delimiter: str = ","
    renamed: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    ignore_unknown: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A line as it is understood, and why it would be rejected, if that is seen already."""

    line: int
    values: Mapping[str, str]
    reason: str | None


async def queue_import(
    ctx: Context, asked: QueueImport, file: BinaryIO, payment_id: ShownId
) -> tuple[StoredImport, tuple[Understood, ...]]:
    """Keep it for a worker; with it the first lines as understood, which nobody keeps.

    Raises `InvalidInput` where it fits nothing, `ImportsWaiting`.
    """
    waiting = await runs.count_waiting(ctx.tx)
    if waiting >= MOST_WAITING:
        raise ImportsWaiting(waiting=waiting)
    try:
        seen = await apart(ctx, partial(_looked_at, ctx, asked, file, payment_id), size=asked.size)
    except (Unreadable, BadColumns) as problem:
        raise InvalidInput.at("", str(problem)) from None
    made = StoredImport(
        id=new_id(), kind=str(asked.kind), dry_run=asked.dry_run, said=_said(asked),
        header=seen.header, sha256=asked.sha256, bytes=asked.size, warnings=seen.warnings,
        status="queued", problem=None, bytes_read=0, line=1, counts={}, tries=0,
        next_at=None, lease_id=None, business_date=ctx.business_date,
        created_at=ctx.instant, started_at=None, finished_at=None, forget_at=None,
        actor=ctx.actor, role=str(ctx.role), key_id=ctx.key_id, origin=ctx.origin,
    )  # fmt: skip
    await runs.add(ctx.tx, ctx.tenant_id, made)
    file.seek(0)
    number = 0
    while piece := file.read(lines.PIECE):
        number += 1
        await lines.add_piece(ctx.tx, ctx.tenant_id, made.id, number, piece)
    return made, seen.understood


async def read_import(ctx: Context, import_id: UUID) -> StoredImport:
    """How an import stands. Raises `NotFound`."""
    found = await runs.read(ctx.tx, import_id)
    if found is None:
        raise NotFound(resource="import", key=str(import_id))
    return found


async def cancel_import(ctx: Context, import_id: UUID) -> StoredImport:
    """Have a file go no further; what was stored of it stays. One that is over stays as it is.

    Waits for the page at hand, which is stored whole. Raises `NotFound`.
    """
    stored = await runs.read(ctx.tx, import_id, lock=True)
    if stored is None:
        raise NotFound(resource="import", key=str(import_id))
    if stored.next_at is None:
        return stored
    ended = {
        "status": "cancelled", "problem": "it was cancelled", "next_at": None, "lease_id": None,
        "finished_at": ctx.instant,
        "forget_at": ctx.instant + REJECTS_KEPT if rejected(stored) else None,
    }  # fmt: skip
    await runs.change(ctx.tx, import_id, ended)
    await lines.empty_pieces(ctx.tx, import_id)
    return await read_import(ctx, import_id)


def rejected(stored: StoredImport) -> int:
    """How many of its lines were rejected so far."""
    return int(stored.counts.get(str(Outcome.REJECTED), {}).get("rows", 0))


async def find_imports(ctx: Context, *, after: UUID | None, limit: int) -> list[StoredImport]:
    """Imports, the newest first."""
    return await runs.find(ctx.tx, after=after, limit=limit)


async def find_rejects(
    ctx: Context, import_id: UUID, *, after: int, limit: int
) -> tuple[StoredImport, list[Reject]]:
    """An import and its rejected lines behind a line. Raises `NotFound`."""
    found = await read_import(ctx, import_id)
    return found, await lines.find_rejects(ctx.tx, import_id, after=after, limit=limit)


# What is seen beforehand --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    header: list[str]
    warnings: list[str]
    understood: tuple[Understood, ...]


def _looked_at(ctx: Context, asked: QueueImport, file: BinaryIO, payment_id: ShownId) -> _Seen:
    """Header and first lines. Raises `Unreadable`, `BadColumns`."""
    unpack_through(file)
    source = source_of(file, asked.size, said=_said(asked))
    shape = layout_of(asked.kind, source.header, _said(asked), payment_id)
    first = tuple(shape.read(line) for line in islice(source, LOOKED_AT))
    found = preview(shape, first, business_date=ctx.business_date)
    return _Seen(
        header=[storable(name) for name in source.header],
        warnings=[storable(warning) for warning in found.warnings],
        understood=tuple(_understood(shape, row) for row in found.rows),
    )


def _understood(shape: Layout, row: Row) -> Understood:
    values = {name: storable(said) for name, said in understood(shape, row).items()}
    reason = storable(row.reason) if row.problems else None
    return Understood(line=row.line.number, values=values, reason=reason)


def storable(cell: str) -> str:
    """A cell as the database can hold it: a byte that is no sign, and a NUL, as what they are."""
    readable = cell.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return readable.replace("\0", "\\x00")


def unpack_through(file: BinaryIO) -> None:
    """Make sure that a gzip ends, within bounds. Raises `Unreadable`."""
    file.seek(0)
    packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    if not packed:
        return
    size = 0
    try:
        with GzipFile(fileobj=file, mode="rb") as unpacked:
            while piece := unpacked.read(lines.PIECE):
                size += len(piece)
                if size > MAX_UNPACKED_BYTES:
                    raise Unreadable(
                        f"Unpacked it has more than {MAX_UNPACKED_BYTES:,} bytes: send it in parts."
                    )
    except (EOFError, OSError, zlib.error) as error:
        raise Unreadable(f"Its compression is damaged: {error}.") from error


def source_of(file: BinaryIO, size: int, *, said: Mapping[str, Any]) -> Source:
    """The file, opened as it was said to be. Raises `Unreadable`."""
    file.seek(0)
    encoding = formats_said(said).encoding
    return Source(file, size=size, delimiter=said["delimiter"], encoding=encoding)


def layout_of(
    kind: Kind, header: tuple[str, ...], said: Mapping[str, Any], payment_id: ShownId
) -> Layout:
    """Where the file keeps what. Raises `BadColumns`."""
    return layout(
        kind,
        header,
        formats=formats_said(said),
        renamed=said["renamed"],
        constants=said["constants"],
        ignore_unknown=said["ignore_unknown"],
        payment_id=payment_id,
    )


def _said(asked: QueueImport) -> dict[str, Any]:
    """What was said of the file, to be read by `formats_said` and the above."""
    formats = asked.formats
    return {
        "amounts": str(formats.amounts),
        "decimal": formats.numbers.decimal,
        "thousands": formats.numbers.thousands,
        "date": formats.days.written,
        "encoding": formats.encoding,
        "null": sorted(formats.nulls),
        "delimiter": asked.delimiter,
        "renamed": dict(asked.renamed),
        "constants": dict(asked.constants),
        "ignore_unknown": asked.ignore_unknown,
    }


def formats_said(said: Mapping[str, Any]) -> Formats:
    """How the file writes things, of what was kept."""
    return Formats(
        amounts=Amounts(said["amounts"]),
        numbers=numbers_of(said["decimal"], said["thousands"]),
        days=days_of(said["date"]),
        nulls=frozenset(said["null"]),
        encoding=said["encoding"],
    )
