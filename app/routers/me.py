"""Who is asking: what a client looks at first to see that its key is the one it meant."""

from fastapi import APIRouter, Request, Response

from app.routers.edge.deps import AnyKey
from app.routers.edge.route import Operation, answer
from app.schemas.me import MeRead, TenantRead
from app.services.tenancy.authentication import Identity, tenant_name

router = APIRouter(prefix="/v1", tags=["keys"], route_class=Operation)


@router.get("/me", summary="Read who a key speaks for", response_model=MeRead)
async def read(request: Request, ctx: AnyKey) -> Response:
    """The key's tenant, role and scopes, and the tenant's business date. Every key may ask."""
    identity: Identity = request.scope["state"]["identity"]
    tenant = TenantRead(
        name=await tenant_name(ctx.tx, ctx.tenant_id),
        time_zone=identity.time_zone,
        sandbox=identity.sandbox,
    )
    shown = MeRead(
        tenant=tenant,
        key_id=identity.key_id,
        role=identity.role,
        scopes=sorted(identity.scopes),
        actor=ctx.actor,
        business_date=ctx.business_date,
    )
    return answer(shown)
