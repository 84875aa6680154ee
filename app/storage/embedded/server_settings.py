"""What the embedded server takes of its machine: memory for pages, disk for its journal.

initdb writes settings that start anywhere: 128 MB for pages, and a checkpoint as soon as some 500
MB of journal were written. With more data than that a posting reads pages from outside and writes
others out in their place, and after each checkpoint the first change of a page puts all of it into
the journal once more. So both are taken by what the machine has; on a small one initdb's stay.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

#: Of every embedded server.
CONFIG: Final = """\
# Written at every start by Accord; change app/storage/embedded/server_settings.py instead.
listen_addresses = ''
port = 5432
unix_socket_permissions = 0700
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
"""
THROWAWAY: Final = """\
# Tests only: a power cut may cost the whole cluster.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
"""

_MB: Final = 1024**2
#: Of the memory: the server is not alone on its machine.
_PAGES_SHARE: Final = 8
_CACHED_SHARE: Final = 2
_LEAST_PAGES: Final = 256 * _MB  # below that initdb's are as good
_MOST_PAGES: Final = 8192 * _MB
#: Of the free disk. What is replayed after a crash is half of the journal, some 20 s of it.
_JOURNAL_SHARE: Final = 10
_LEAST_JOURNAL, _MOST_JOURNAL = 2048 * _MB, 4096 * _MB
_CHECKPOINT: Final = "15min"
#: Where a container's limit stands.
_LIMITS: Final = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def memory_bytes(limits: tuple[Path, ...] = _LIMITS) -> int:
    """What there is for all programs here: the machine's memory, or its container's limit."""
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in limits:
        with suppress(OSError, ValueError):  # none, or no number: `max`
            found.append(int(path.read_text(encoding="ascii")))
    return min(found)


def sized(*, memory_bytes: int, free_bytes: int) -> str:
    """Lines of PostgreSQL's settings for a machine of this memory, with this much free disk."""
    return "".join(f"{name} = {value}\n" for name, value in _sized(memory_bytes, free_bytes))


def _sized(memory_bytes: int, free_bytes: int) -> Iterator[tuple[str, str]]:
    pages = min(memory_bytes // _PAGES_SHARE, _MOST_PAGES)
    if pages >= _LEAST_PAGES:
        yield "shared_buffers", f"{pages // _MB}MB"
        yield "effective_cache_size", f"{memory_bytes // _CACHED_SHARE // _MB}MB"
    journal = min(free_bytes // _JOURNAL_SHARE, _MOST_JOURNAL)
    if journal >= _LEAST_JOURNAL:
        yield "max_wal_size", f"{journal // _MB}MB"
        yield "min_wal_size", f"{journal // 4 // _MB}MB"  # kept, not made anew
        yield "checkpoint_timeout", _CHECKPOINT
