"""What a stretch of load costs: processor time of Python and PostgreSQL, WAL, in-page updates.

Rates move with whatever else a machine does; these do not. Processor time is read from /proc, of
the API's process and of the database's, those that ended meanwhile included.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from app.storage.embedded import embedded
from benchmarks.load import Place

_TICKS = os.sysconf("SC_CLK_TCK")
_FIGURES = text("""
SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS wal,
    n_tup_upd AS updated, n_tup_hot_upd AS hot
FROM pg_stat_user_tables WHERE schemaname = 'public' AND relname = 'account'""")


POSTMASTER = text("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Counted from some beginning: seconds of processor time, bytes, updates of `account`."""

    python_s: float
    postgres_s: float
    wal_bytes: int
    updated: int
    hot: int

    def __sub__(self, before: "Usage") -> "Usage":
        return Usage(
            python_s=self.python_s - before.python_s,
            postgres_s=self.postgres_s - before.postgres_s,
            wal_bytes=self.wal_bytes - before.wal_bytes,
            updated=self.updated - before.updated,
            hot=self.hot - before.hot,
        )


async def usage(at: Place, *servers: int) -> Usage:
    """What was used until now. `servers`: the API's processes, where they are to be counted."""
    async with at.owner.transaction() as tx:
        row = (await tx.execute(_FIGURES)).one()
        postmaster = (await tx.execute(POSTMASTER)).scalar_one()
    return Usage(
        python_s=sum(map(process_seconds, servers)),
        postgres_s=server_seconds(postmaster),
        wal_bytes=int(row.wal),
        updated=row.updated,
        hot=row.hot,
    )


def server_seconds(postmaster: int) -> float:
    """Processor time of a database server: all its processes, those that ended included."""
    own = process_seconds(postmaster, ended=True)
    return own + sum(map(process_seconds, _children(postmaster)))


_TOTAL = re.compile(r"^Total +\d+ +\d+ \[[\d.]+%\] +(\d+) \[", re.MULTILINE)


def image_bytes(at: Place, before: Usage, after: Usage) -> int:
    """Of the WAL written between, what was images of whole pages: the server's own tool says it."""
    since, until = (f"{b >> 32:X}/{b & 0xFFFFFFFF:X}" for b in (before.wal_bytes, after.wal_bytes))
    journal = at.folder / "data" / "postgres" / "pg_wal"
    said = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [embedded._programs() / "pg_waldump", "--stats",  # noqa: SLF001 - where it lies
         f"--path={journal}", f"--start={since}", f"--end={until}"],
        check=False, capture_output=True, text=True,  # its end may be being written still
    )  # fmt: skip
    found = _TOTAL.search(said.stdout)
    if found is None:
        raise SystemExit(said.stdout + said.stderr)
    return int(found[1])


def process_seconds(process: int, *, ended: bool = False) -> float:
    """Processor time of a process; with `ended`, that of children which are gone too."""
    try:
        said = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except (
        FileNotFoundError,
        ProcessLookupError,
    ):  # ended a moment ago; its parent counted it
        return 0.0
    fields = said.rpartition(")")[2].split()
    own = fields[11:15] if ended else fields[11:13]
    return sum(map(int, own)) / _TICKS


def _children(process: int) -> Iterator[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    yield from map(int, listed.split())
