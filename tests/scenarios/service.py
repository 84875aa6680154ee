"""Where the steps are played: a service of our own in this process, or one that runs elsewhere."""

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
from fastapi import FastAPI

from app.domain.policy import Role
from app.main import create_app
from app.storage import embedded, keys, migrate
from app.storage.engine import Database
from tests.scenarios.client import Api

_PATIENCE_S = 30


def over(transport: httpx.AsyncBaseTransport | None, *, base_url: str, key: str) -> Api:
    """The API behind a transport (None: the network), as the bearer of a key."""
    client = httpx.AsyncClient(
        transport=transport,
        base_url=base_url,
        headers={"Authorization": f"Bearer {key}"},
        timeout=_PATIENCE_S,
    )
    return Api(client, run=uuid4().hex[:12])


@contextlib.asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.ASGITransport]:
    """A transport into the application after its startup, with the state a server passes on."""
    async with app.router.lifespan_context(app) as state:

        async def served(scope, receive, send):
            await app({**scope, "state": dict(state)}, receive, send)

        yield httpx.ASGITransport(served)


@contextlib.asynccontextmanager
async def in_process() -> AsyncIterator[Api]:
    """A fresh PostgreSQL, a sandbox tenant and the application, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="accord-play-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - the server may run as another user
        with embedded.start(Path(folder) / "data", durable=False) as server:
            owner_url = server.url(database="postgres", user=embedded.SUPERUSER)
            await migrate.upgrade(owner_url)
            key = await _sandbox_key(owner_url)
            database = Database(server.url(database="postgres", user=migrate.APP_ROLE))
            try:
                async with running(create_app(database)) as transport:
                    yield over(transport, base_url="http://accord.test", key=key)
            finally:
                await database.dispose()


async def _sandbox_key(owner_url: str) -> str:
    owner = Database(owner_url, pool_size=1)
    try:
        async with owner.transaction() as tx:
            tenant = await keys.create_tenant(tx, name="play", time_zone="UTC", sandbox=True)
            return await keys.create_key(tx, tenant, name="play", role=Role.ADMIN, scopes=["*"])
    finally:
        await owner.dispose()
