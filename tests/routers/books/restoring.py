"""Databases that are dumped, copied and put back, and a reader of their feed."""

import subprocess
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx

from app.domain.vocabulary import Role
from app.main import create_app
from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database
from app.storage.embedded import embedded
from tests.clock import wall
from tests.routers.lives.desk import Desk

_numbers = count(1)  # of references: no two services of a test use the same


def tool(name, *arguments):
    """One of PostgreSQL's own programs."""
    program = embedded._programs() / name
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def named(url):
    """An address as PostgreSQL's programs take it: host, user, database."""
    parts = urlsplit(url)
    host = parse_qs(parts.query)["host"][0]
    return f"--host={host}", f"--username={parts.username}", f"--dbname={parts.path[1:]}"


async def query(url, statement):
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def as_application(owner_url):
    user = urlsplit(owner_url).username
    return owner_url.replace(f"//{user}@", f"//{migrate.APP_ROLE}@")


class Service(Desk):
    """Accord on one database, as a server would run it, and one reader's place in its feed."""

    def __init__(self, client, database):
        super().__init__(client, database)
        self._numbers = _numbers

    async def read(self, after=None):
        """All events from there on, in pages of three, and where the reader stands then."""
        seen = []
        while True:
            page = await self.get("/v1/events", limit=3, **({"after": after} if after else {}))
            after = page["next_cursor"]
            if not page["data"]:
                return seen, after
            seen += page["data"]

    async def told_to_go_back(self, after):
        """Where a reader is sent who read what was lost."""
        status, name, problem = await self.refused("GET", "/v1/events", params={"after": after})
        assert (status, name) == (409, "feed-restored"), problem
        return problem["restart_after"]

    async def checked(self):
        """Every account's self-check, which must be good."""
        found = {}
        for account in (await self.get("/v1/accounts"))["data"]:
            check = await self.get(f"/v1/accounts/{account['id']}/self-check")
            assert check["ok"] is True, check
            found[account["id"]] = check
        return found


@asynccontextmanager
async def service(owner_url, key):
    """The application in process, on this database."""
    database = Database(as_application(owner_url), pool_size=3)
    app = create_app(database, clock=wall)
    try:
        async with app.router.lifespan_context(app) as state:

            async def running(scope, receive, send):
                await app({**scope, "state": dict(state)}, receive, send)

            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(running),
                base_url="http://accord.test",
                headers={"Authorization": f"Bearer {key}"},
            ) as client:
                yield Service(client, database)
    finally:
        await database.dispose()


async def a_key(owner_url):
    """A sandbox's, which may do everything."""
    owner = Database(owner_url, pool_size=1)
    try:
        async with owner.transaction() as tx:
            tenant = await tenancy.create_tenant(tx, name="shop", time_zone="UTC", sandbox=True)
            return await tenancy.create_key(tx, tenant, name="k", role=Role.ADMIN, scopes=["*"])
    finally:
        await owner.dispose()


def copied(cluster: Path, to: Path) -> None:
    """A stopped cluster's files in another place, with their owner."""
    subprocess.run(["cp", "-a", cluster, to], check=True)


def based(url, cluster: Path, to: Path) -> None:
    """A base backup of a running cluster, owned as it is."""
    host, user, _ = named(url)
    tool("pg_basebackup", host, user, f"--pgdata={to}", "--checkpoint=fast")
    subprocess.run(["chown", "-R", f"--reference={cluster}", to], check=True)
