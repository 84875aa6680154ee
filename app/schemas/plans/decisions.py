"""Approval of plans by somebody else, and consent as evidence."""

from pydantic import ConfigDict, Field

from app.schemas.edge.ids import PlanId, QuoteId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line


class DecisionRequest(Model):
    """Why a plan that waits is approved, or is not."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "hardship, documents seen"}]}
    )

    reason: Line | None = None


class ConsentRead(Read):
    """How, when and by whom the debtor agreed, and to which words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "plan_id": "plan_01h455vb4pex5vsknk084sn02q",
                    "channel": "phone",
                    "captured_at": "2026-02-01T15:04:05Z",
                    "captured_by": "agent-17",
                    "text_hash": "9f2c41",
                    "ip": None,
                    "user_agent": None,
                    "quote_id": "quo_01h455vb4pex5vsknk084sn02q",
                    "quote_hash": "5f0c2a",
                    "locale": "en-US",
                    "text": "PAYMENT PLAN TERMS\n",
                }
            ]
        }
    )

    plan_id: PlanId
    channel: str
    captured_at: Instant
    captured_by: str
    text_hash: str
    ip: str | None = Field(description="Null where none was sent, or it was erased.")
    user_agent: str | None
    quote_id: QuoteId | None
    quote_hash: str | None
    locale: str | None
    text: str | None = Field(
        description="The words agreed to, as stored: the quote's text, or the letter of the offer "
        "that was accepted. Null where there is neither: then nobody here knows what was shown."
    )
