"""Where the steps are played: a service of our own in this process, or one that runs elsewhere."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import insert

from app.domain.vocabulary import Role
from app.main import create_app
from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database, Transaction
from app.storage.embedded import embedded
from app.storage.ids import new_id
from app.storage.tables import ApiKey, table
from tests.clock import wall
from tests.scenarios.client import Api

_PATIENCE_S = 30
_PEOPLE = 5


def over(
    transport: httpx.AsyncBaseTransport | None, *, base_url: str, key: str, actor: str | None = None
) -> Api:
    """The API behind a transport (None: the network), as the bearer of a key."""
    client = httpx.AsyncClient(
        transport=transport,
        base_url=base_url,
        headers={"Authorization": f"Bearer {key}"} | ({"Accord-Actor": actor} if actor else {}),
        timeout=_PATIENCE_S,
    )
    return Api(client, run=uuid4().hex[:12])


def staffed(
    transport: httpx.AsyncBaseTransport, *, base_url: str, tokens: Mapping[str, Sequence[str]]
) -> Api:
    """The API as an admin who can call people of other roles.

    Each acts by a name and with a key of their own.
    """
    admin = over(transport, base_url=base_url, key=tokens[Role.ADMIN][0])
    left = {role: iter(some[1:]) for role, some in tokens.items()}
    theirs = dict[tuple[str, str], str]()

    def person(role: str, name: str) -> Api:
        if (role, name) not in theirs:
            theirs[role, name] = next(left[role])
        return over(transport, base_url=base_url, key=theirs[role, name], actor=name)

    admin.staff = person
    return admin


async def role_keys(tx: Transaction, tenant: UUID) -> dict[str, list[str]]:
    """Some keys of each role, by the role: no story has more people of one.

    One is made as the command line makes it; the others are rows like its own, written at once.
    """
    made = await tenancy.create_key(tx, tenant, name=Role.ADMIN, role=Role.ADMIN, scopes=["*"])
    kind, _, secret = made.rpartition("_")
    tokens = {
        role: [f"{kind}_{secrets.token_hex(len(secret) // 2)}" for _ in range(_PEOPLE)]
        for role in Role
    }
    rows = [
        {
            "tenant_id": tenant, "id": new_id(), "token_hash": tenancy.hash_of(token),
            "name": role, "role": role, "scopes": ["*"],
        }
        for role, some in tokens.items()
        for token in some
    ]  # fmt: skip
    await tx.execute(insert(table(ApiKey)), rows)
    tokens[Role.ADMIN].insert(0, made)
    return tokens


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
            tokens = await _sandbox_keys(owner_url)
            database = Database(server.url(database="postgres", user=migrate.APP_ROLE))
            try:
                async with running(create_app(database, clock=wall)) as transport:
                    yield staffed(transport, base_url="http://accord.test", tokens=tokens)
            finally:
                await database.dispose()


async def _sandbox_keys(owner_url: str) -> dict[str, list[str]]:
    owner = Database(owner_url, pool_size=1)
    try:
        async with owner.transaction() as tx:
            tenant = await tenancy.create_tenant(tx, name="play", time_zone="UTC", sandbox=True)
            return await role_keys(tx, tenant)
    finally:
        await owner.dispose()
