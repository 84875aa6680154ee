"""Files for another program of this machine: put into a folder whole, and the same ones once.

The folder is the operator's, named in a setting; a tenant's files have a folder of their own there.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

#: How putting a file there ends where it cannot be.
UNWRITABLE: Final = "folder-unwritable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where files go. Parts of a place are names without a separator: their callers see to it."""

    root: Path

    async def put(self, place: tuple[str, ...], content: bytes) -> str | None:
        """None: it is there. Else why not, in a word."""
        try:
            await asyncio.to_thread(self._put, self.root.joinpath(*place), content)
        except OSError:
            return UNWRITABLE
        return None

    def _put(self, path: Path, content: bytes) -> None:
        """Beside its place first: who reads the folder never sees half a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as beside:
            beside.write(content)
            beside.flush()
            os.fsync(beside.fileno())
        Path(beside.name).replace(path)
