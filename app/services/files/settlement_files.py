"""A settlement file that was sent: read whole, and held against the books within one request."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.domain.errors import InvalidInput
from app.services.context import Context
from app.services.files.csv_files import Source, Unreadable
from app.services.files.formats import Formats
from app.services.files.reconcile import (
    Columns,
    Entry,
    Finding,
    Reconciliation,
    Verdict,
    columns,
    pages_within,
    reconcile,
)
from app.services.files.rows import BadColumns
from app.services.threads import apart

MAX_LINES: Final = 20_000
#: Differences that are named; all are counted.
_NAMED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFile:
    """A file as it was sent, and what was said of it."""

    content: bytes
    formats: Formats
    delimiter: str = ","
    renamed: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """The whole, and the first of the differences."""

    total: Reconciliation
    count: int  # of all differences
    differences: tuple[Finding, ...]


async def reconcile_file(
    ctx: Context,
    sent: SettlementFile,
    *,
    since: date | None,
    until: date | None,
    method: str | None,
) -> Reconciled:
    """Hold a file against the books. Raises `InvalidInput` where it cannot be read to its end."""
    total = Reconciliation()
    try:
        entries = await apart(ctx, lambda: _entries(sent, total), size=len(sent.content))
    except (Unreadable, BadColumns) as problem:
        raise InvalidInput.at("", str(problem)) from None
    differences, count = list[Finding](), 0
    pages = pages_within(ctx.tx)
    found = reconcile(pages, entries, total, since=since, until=until, method=method)
    async for finding in found:
        if finding.verdict is not Verdict.MATCHED:
            count += 1
            if len(differences) < _NAMED:
                differences.append(finding)
    return Reconciled(total=total, count=count, differences=tuple(differences))


def _entries(sent: SettlementFile, total: Reconciliation) -> list[Entry]:
    source = Source(
        io.BytesIO(sent.content),
        size=len(sent.content),
        delimiter=sent.delimiter,
        encoding=sent.formats.encoding,
    )
    shape = columns(
        source.header, formats=sent.formats, renamed=sent.renamed, constants=sent.constants
    )
    found = list(_bounded(source, shape))
    total.blank = source.blank
    return found


def _bounded(source: Source, shape: Columns) -> Iterator[Entry]:
    for count, line in enumerate(source, start=1):
        if count > MAX_LINES:
            raise Unreadable(f"It has more than {MAX_LINES:,} lines: send it in parts.")
        yield shape.read(line)
