"""Files that commands write: beside the place first, and put there whole or not at all.

Who reads a file while we write it sees the old one. What goes wrong before the end leaves it as
it was. A file that is read in the same command, by whatever name, is never written.
"""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from app.services.tenancy.tenants import NotPossible

TERMINAL = Path("-")


def keep_apart(outputs: Iterable[Path | None], *, inputs: Iterable[str | Path | None]) -> None:
    """See that no output is an input or another output, by link neither.

    Raises `NotPossible`. To be asked before anything is opened.
    """
    taken = [(name, _identity(Path(name))) for name in inputs if name is not None]
    for path in outputs:
        if path is None or path == TERMINAL:
            continue
        identity = _identity(path)
        for name, other in taken:
            if identity == other:
                raise NotPossible(f"{path} is {_named(name)}: write to another file.")
        taken.append((path, identity))


def _named(name: str | Path) -> str:
    return "what is piped in" if str(name) == "-" else f"the same file as {name}"


def _identity(path: Path) -> object:
    """What tells files apart: device and inode, or where one is going to be."""
    try:
        found = os.fstat(sys.stdin.fileno()) if path == TERMINAL else path.stat()
    except (OSError, ValueError):  # not there yet, or no stream of the system's
        return None if path == TERMINAL else path.resolve()
    return found.st_dev, found.st_ino


@contextmanager
def output(path: Path, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Where to write a file's text; `-` is this terminal. Raises `OSError`.

    The bytes of `surrogateescape` come out as they were read, and line ends as they are written.
    """
    if path == TERMINAL:
        yield sys.stdout
        sys.stdout.flush()
        return
    if path.exists() and not path.is_file():  # a pipe or a device: there is nothing to keep
        with path.open("w", encoding=encoding, errors="surrogateescape", newline="") as there:
            yield there
        return
    place = path.resolve()  # of a link, what it points to
    if not place.parent.is_dir():  # else the draft's name is what is said
        raise FileNotFoundError(f"There is no folder {place.parent}.")
    draft = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with draft.open("x", encoding=encoding, errors="surrogateescape", newline="") as there:
            yield there
            there.flush()
            os.fsync(there.fileno())
        if place.exists():
            draft.chmod(stat.S_IMODE(place.stat().st_mode))
        draft.replace(place)
    except BaseException:
        with suppress(FileNotFoundError):
            draft.unlink()
        raise
