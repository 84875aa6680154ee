"""A few routes that exist in tests only, to see what surrounds every route."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response
from sqlalchemy import text

from app.domain.errors import DomainError, NotFound
from app.routers.edge.deps import CanReadAccounts, CanWritePayments
from app.routers.edge.etags import IfMatch
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import AccountId, PaymentId
from app.schemas.edge.money import Minor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Reference

router = APIRouter(prefix="/v1/probe", tags=["probe"], route_class=Operation)

KEYSET = Keyset("probe", int)

_WRITE = text(
    "INSERT INTO person (tenant_id, id, role, name) VALUES (:tenant_id, :id, 'debtor', :name)"
)


class NoteRequest(Model):
    name: Reference
    amount_minor: Minor = 1
    then: str = "answer"


class NoteRead(Read):
    id: PaymentId
    amount_minor: int


@dataclass(eq=False, kw_only=True)
class Forgotten(DomainError):
    """A refusal that nobody gave a problem type."""

    problem: ClassVar[str] = "forgotten"

    @property
    def detail(self) -> str:
        return "forgotten"


@router.post("/notes", status_code=201, response_model=NoteRead, responses=problems(NotFound))
async def write(
    body: NoteRequest, ctx: CanWritePayments, dry: Annotated[str | None, Query()] = None
) -> Response:
    """Write a person's row, and then do as the request says."""
    assert dry in {None, "1"}
    note_id = uuid4()
    await ctx.tx.execute(_WRITE, {"tenant_id": ctx.tenant_id, "id": note_id, "name": body.name})
    match body.then:
        case "refuse":
            raise NotFound(resource="account", key=str(note_id))
        case "forget":
            raise Forgotten
        case "break":
            raise RuntimeError(f"a secret: {body.name}")
        case "dawdle":
            await asyncio.sleep(0.05)
        case "lose the connection":
            pid = (await ctx.tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await _LOSE(pid)
    return answer(NoteRead(id=note_id, amount_minor=body.amount_minor), status=201, version=1)


@router.post("/modelled", status_code=201)
async def write_modelled(body: NoteRequest, ctx: CanWritePayments) -> NoteRead:
    """The same, with the framework rendering the answer."""
    note_id = uuid4()
    await ctx.tx.execute(_WRITE, {"tenant_id": ctx.tenant_id, "id": note_id, "name": body.name})
    return NoteRead(id=note_id, amount_minor=body.amount_minor)


@router.get("/accounts/{account_id}")
async def read(
    account_id: AccountId,
    ctx: CanReadAccounts,
    as_of: Annotated[Date | None, Query()] = None,
) -> Response:
    """What the context holds."""
    return answer(
        {
            "account": str(account_id),
            "as_of": as_of,
            "tenant": str(ctx.tenant_id),
            "business_date": ctx.business_date,
            "actor": ctx.actor,
            "role": ctx.role,
        }
    )


@router.get("/numbers")
async def numbers(
    ctx: CanReadAccounts, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """The numbers from 1 to 5, in pages."""
    key = KEYSET.read(cursor)
    first = key[0] + 1 if key else 1
    rows = list(range(first, 6))[: limit + 1]
    page, next_cursor = KEYSET.cut(rows, limit, key=lambda row: (row,))
    return answer({"data": page, "next_cursor": next_cursor})


@router.patch("/versioned")
async def patch(ctx: CanReadAccounts, if_match: IfMatch = None) -> Response:
    """Version 3 of something."""
    if if_match is not None:
        if_match.check(3)
    return answer({"id": UUID(int=1).hex}, version=3)


async def _lose(pid: int) -> None:
    raise AssertionError("set probe._LOSE")


_LOSE = _lose
