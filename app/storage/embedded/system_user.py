"""As root: the user the embedded PostgreSQL runs as, and the places that user can reach.

PostgreSQL refuses to run as root. The user it runs as instead may be shut out from a home of mode
0700, where root keeps its Python and perhaps its data. Nobody's folders are opened for it: the
programs are copied to, and a new cluster is made in, a folder of ours that it can reach.

    /var/lib/accord/programs-<version>-<hash>/   copied once, for all of root's servers
    /var/lib/accord/data-<random>/postgres/      a cluster; `<data_dir>/postgres` links to it

What belongs to a data folder in the folder for temporary files lies there too, and is removed
some time after that data folder.
"""

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Final

SYSTEM_USER: Final = "pgserver"
LASTING: Final = Path("/var/lib/accord")
_OF = "of"  # in a place for data: the link that leads to it
_FORGOTTEN_SECONDS = 60  # a place is linked to long before it is so old


class NoPlace(RuntimeError):
    """The system user cannot be had, or cannot reach what it must; the message says what to do."""


def owner_of(cluster: Path) -> pwd.struct_passwd:
    """Whom the server runs as: the cluster's owner, else a system user made for it."""
    if cluster.exists() and (owner := cluster.stat().st_uid):
        return pwd.getpwuid(owner)
    make = ["/usr/sbin/useradd", "--system", "--shell", "/bin/false", SYSTEM_USER]
    for attempt in range(20):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        time.sleep(0.1 * bool(attempt))  # another process may be making it just now
        with contextlib.suppress(FileNotFoundError):
            subprocess.run(make, capture_output=True, check=False)
    msg = (
        f"PostgreSQL does not run as root, and a system user {SYSTEM_USER!r} cannot be made "
        "here. Run as an ordinary user, or name a server in ACCORD_DATABASE_URL."
    )
    raise NoPlace(msg)


def programs_for(user: pwd.struct_passwd, programs: Path) -> Path:
    """The wheel's programs where `user` can run them: there, or a copy made once."""
    if _runs(user, programs):
        return programs
    wheel = programs.parent.parent
    number = sha256((programs / "postgres").read_bytes()).hexdigest()[:12]
    for base in (LASTING, Path(tempfile.gettempdir()).resolve()):
        with contextlib.suppress(OSError):
            copy = _copied(wheel, base / f"{'accord-' * (base != LASTING)}programs-{number}")
            found = copy / programs.relative_to(wheel.parent)
            if _runs(user, found):
                return found
    msg = (
        f"{user.pw_name}, who runs PostgreSQL for root, cannot run {programs}/postgres, nor a copy "
        f"in {LASTING}. Install Accord where others may read it, run it as an ordinary user, or "
        "name a server in ACCORD_DATABASE_URL."
    )
    raise NoPlace(msg)


def place_for(user: pwd.struct_passwd, cluster: Path) -> Path:
    """Where the cluster called `cluster` is: there, or behind a link in a place `user` reaches."""
    if cluster.is_symlink():
        return cluster.readlink()
    if _reaches(user, cluster.parent):
        return cluster
    if cluster.exists():
        msg = (
            f"{user.pw_name}, who owns {cluster}, cannot pass to it. Open the folders on the way "
            "(chmod o+x), move it and name its new folder in ACCORD_DATA_DIR, or run as "
            f"{user.pw_name}."
        )
        raise NoPlace(msg)
    temporary = Path(tempfile.gettempdir()).resolve()
    passing = temporary in cluster.parents
    base = temporary if passing else LASTING
    base.mkdir(mode=0o755, parents=True, exist_ok=True)
    if passing:
        _forget(base)
    made = Path(tempfile.mkdtemp(prefix=f"{'accord-' * passing}data-", dir=base))
    (made / _OF).write_text(str(cluster))
    made.chmod(0o711)
    if not _reaches(user, made):
        shutil.rmtree(made)
        msg = f"{user.pw_name}, who runs PostgreSQL for root, reaches neither {cluster} nor {base}."
        raise NoPlace(f"{msg} Run as an ordinary user, or name a server in ACCORD_DATABASE_URL.")
    cluster.symlink_to(made / "postgres")
    return made / "postgres"


def _runs(user: pwd.struct_passwd, programs: Path) -> bool:
    return _may(user, programs / "postgres", "--version")


def _reaches(user: pwd.struct_passwd, folder: Path) -> bool:
    return _may(user, "/bin/sh", "-c", 'cd -- "$1"', "sh", folder)


def _may(user: pwd.struct_passwd, *command: str | Path) -> bool:
    """Whether `user` can do this. Modes, lists of rights and mounts have their say: it is tried."""
    try:
        tried = subprocess.run(
            command,
            capture_output=True,
            cwd="/",
            env={"PATH": os.defpath},
            check=False,
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=(),
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _copied(wheel: Path, place: Path) -> Path:
    """The wheel's files in `place`, readable by all. Half a copy never counts."""
    if not place.exists():
        place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="programs.new.", dir=place.parent))
        try:
            for part in (wheel, wheel.with_name(wheel.name + ".libs")):
                if part.exists():
                    shutil.copytree(
                        part, draft / part.name, ignore=shutil.ignore_patterns("*.py*", "include")
                    )
            for path in (draft, *draft.rglob("*")):
                executable = path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if executable else 0o644)
            with contextlib.suppress(OSError):  # another process was first
                draft.rename(place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    found = place.lstat()
    if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
        raise PermissionError(f"{place} is another user's, or open to others: remove it.")
    return place


def _forget(base: Path) -> None:
    """Remove the data of temporary folders that are gone, unless a server still has them."""
    for place in base.glob("accord-data-*"):
        with contextlib.suppress(OSError):
            link = Path((place / _OF).read_text())
            old = time.time() - place.stat().st_mtime > _FORGOTTEN_SECONDS
            ours = place.stat().st_uid == os.geteuid() and not place.is_symlink()
            if old and ours and not link.is_symlink() and not _served(place / "postgres"):
                shutil.rmtree(place)


def _served(cluster: Path) -> bool:
    """Whether some process has the number that the cluster's server had."""
    try:
        os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return True
