"""Messages that persons send us: taken in, and done as they say."""

from fastapi import APIRouter, Response

from app.domain.contact.words import Channel
from app.routers.edge.deps import CanReportMessages
from app.routers.edge.route import Operation, answer
from app.schemas.messages.inbound import InboundRead, InboundRequest
from app.services.messages.incoming import inbound
from app.services.messages.incoming.inbound import ReceiveMessage

router = APIRouter(prefix="/v1", tags=["messages"], route_class=Operation)


@router.post(
    "/inbound",
    status_code=201,
    summary="Take in a message",
    response_model=InboundRead,
    responses={200: {"model": InboundRead}},
)
async def post(body: InboundRequest, ctx: CanReportMessages) -> Response:
    """What a person wrote. It becomes a contact, and what it says is done in the same commit.

    A word such as `stop`, alone, revokes the channel for every point with the sender's value; a
    clear one among others does so until somebody has read it; `start` lifts the sender's own
    opt-out. All else waits to be read, and until then, for at most 72 hours, nothing automatic
    answers. The same message of a provider again answers 200.
    """
    given = {
        name: getattr(body, name) for name in InboundRequest.model_fields
        if name not in ("channel", "from_", "to")
    }  # fmt: skip
    command = ReceiveMessage(
        channel=Channel(body.channel), sender=body.from_, recipient=body.to, **given
    )
    received, new = await inbound.receive(ctx, command)
    return answer(InboundRead.model_validate(received), status=201 if new else 200)
