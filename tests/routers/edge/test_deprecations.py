"""What will go says so in OpenAPI and in each of its answers, a refusal too; others do not."""

from datetime import UTC, datetime

import httpx
from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.main import create_app
from app.routers.edge import deprecations
from app.routers.edge import route as route_module
from app.routers.edge.route import Operation, answer
from tests.clock import wall
from tests.routers.conftest import started


async def test_a_deprecated_operation_tells_since_when_until_when_and_what_instead(
    database, monkeypatch
):
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    going = deprecations.Deprecation(since_at=since, sunset_at=until, instead="/v1/new")
    table = {"test_deprecations_old": going}
    monkeypatch.setattr(route_module, "DEPRECATED", table)
    router = APIRouter(prefix="/v1/probe", route_class=Operation)

    @router.get("/old/{what}")
    async def old(what: str) -> Response:
        if what == "gone":
            raise NotFound(resource="thing", key=what)
        return answer({})

    @router.get("/new")
    async def new() -> Response:
        return answer({})

    made = create_app(database, routers=(router,), clock=wall)
    async with started(made) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://accord.test") as client:
            for what, status in (("there", 200), ("gone", 404)):
                told = await client.get(f"/v1/probe/old/{what}")
                assert told.status_code == status
                assert told.headers["deprecation"] == "@1767225600"
                assert told.headers["sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
                assert told.headers["link"] == '</v1/new>; rel="deprecation"'
            plain = await client.get("/v1/probe/new")
    assert not {"deprecation", "sunset", "link"} & plain.headers.keys()
    assert [one.deprecated for one in router.routes] == [True, None]
