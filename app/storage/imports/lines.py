"""What an import was sent, piece by piece, and the lines of it that were rejected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, update

from app.storage.database.engine import Transaction
from app.storage.tables import ImportPiece, ImportReject, table

_PIECE, _REJECT = table(ImportPiece), table(ImportReject)
#: Bytes of a piece: so much of a file is in memory at a time.
PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A line that was rejected; `reason`, `cells` None: what they said is forgotten."""

    line: int
    reason: str | None
    cells: Sequence[str] | None


async def add_piece(
    tx: Transaction, tenant_id: UUID, import_id: UUID, number: int, content: bytes
) -> None:
    """Keep the next piece of a file; the first is 1."""
    kept = {"tenant_id": tenant_id, "import_id": import_id, "number": number, "content": content}
    await tx.execute(insert(_PIECE).values(kept))


async def read_piece(tx: Transaction, import_id: UUID, number: int) -> bytes | None:
    """A piece of a file; None after the last."""
    query = select(_PIECE.c.content).where(
        _PIECE.c.import_id == import_id, _PIECE.c.number == number
    )
    content = (await tx.execute(query)).scalar_one_or_none()
    return None if content is None else bytes(content)


async def empty_pieces(tx: Transaction, import_id: UUID) -> None:
    """Forget what was sent."""
    sent = update(_PIECE).where(_PIECE.c.import_id == import_id, _PIECE.c.content.is_not(None))
    await tx.execute(sent.values(content=None))


async def add_rejects(
    tx: Transaction, tenant_id: UUID, import_id: UUID, rejects: Sequence[Reject]
) -> None:
    """Keep rejected lines."""
    if rejects:
        rows = [
            {"tenant_id": tenant_id, "import_id": import_id, "line": one.line,
             "reason": one.reason, "cells": list(one.cells or ())}
            for one in rejects
        ]  # fmt: skip
        await tx.execute(insert(_REJECT), rows)


async def find_rejects(tx: Transaction, import_id: UUID, *, after: int, limit: int) -> list[Reject]:
    """Rejected lines behind a line, in the order of the file."""
    query = (
        select(_REJECT.c.line, _REJECT.c.reason, _REJECT.c.cells)
        .where(_REJECT.c.import_id == import_id, _REJECT.c.line > after)
        .order_by(_REJECT.c.line)
        .limit(limit)
    )
    return [Reject(**row) for row in (await tx.execute(query)).mappings()]


async def empty_rejects(tx: Transaction, import_ids: Sequence[UUID]) -> int:
    """Forget what rejected lines said, and why; how many there were."""
    kept = update(_REJECT).where(_REJECT.c.import_id.in_(import_ids), _REJECT.c.cells.is_not(None))
    return int((await tx.execute(kept.values(cells=None, reason=None))).rowcount)
