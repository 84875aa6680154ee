"""Does a cluster's server live? By the number in its pid file, which may be another's by now."""

import os
import subprocess
from pathlib import Path


def runs(cluster: Path) -> bool:
    """Whether the process that `postmaster.pid` names is a live PostgreSQL server.

    After a crash of the machine that number may belong to anything, ourselves included. Where the
    folder was copied from one whose server runs, that one's number came with it.
    """
    pid = pid_of(cluster)
    return pid is not None and _is_of(cluster) and _command(pid).startswith("postgres")


def pid_of(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_of(cluster: Path) -> bool:
    """Whether the pid file is not that of a server of another folder which is still there."""
    _, *more = (cluster / "postmaster.pid").read_text().splitlines()
    try:
        return not more or Path(more[0]).samefile(cluster)
    except OSError:  # the folder was moved, with its server
        return True


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command(pid: int) -> str:
    """The name of the program that runs under this number; empty if none, or a dead one."""
    if Path("/proc/self/stat").exists():
        try:
            _, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")
        except (FileNotFoundError, ProcessLookupError):
            return ""
        name, _, state = rest.rpartition(")")
        return "" if state.split()[0] in "ZX" else name
    shown = subprocess.run(
        ["/bin/ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False
    )
    return Path(shown.stdout.strip()).name
