"""Whether the process is alive (`/healthz`), and whether it can serve (`/readyz`)."""

from fastapi import APIRouter, Request, Response

from app.routers.edge.route import answer
from app.services.tenancy.readiness import readiness
from app.storage.database.engine import Database

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> Response:
    """Always 200 while the process runs; it asks nobody, so a restart is never its advice."""
    return answer(b'{"status":"ok"}')


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """200 when the database answers and its schema is the one this version was made for."""
    database: Database = request.scope["state"]["database"]
    state = await readiness(database)
    return answer({"status": state}, status=200 if state == "ok" else 503)
