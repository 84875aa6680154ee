"""Letters about a settlement, as they were said."""

from pydantic import ConfigDict, Field

from app.domain.letters import LetterKind
from app.schemas.edge.ids import LetterId, SettlementId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Read


class LetterRead(Read):
    """A letter that was written: it never changes, whatever became of the settlement since."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "let_01h455vb4pex5vsknk084sn02q",
                    "settlement_id": "set_01h455vb4pex5vsknk084sn02q",
                    "kind": "offer",
                    "language": "en-US",
                    "dated_on": "2026-03-15",
                    "text": "OFFER TO SETTLE\n\nCreditor: Prairie Telecom\n",
                    "text_hash": "6b7f4f7b5f1a7e2f1f0c9f3a2f6cf5a2f2ad3b5c9f0e0f3a5d1e2c4b6a798800",
                    "wording_version": 3,
                    "template_version": 0,
                    "actor": "agent-17",
                    "created_at": "2026-03-15T15:04:05.123456Z",
                }
            ]
        }
    )

    id: LetterId
    settlement_id: SettlementId
    kind: LetterKind
    language: str
    dated_on: Date = Field(description="The day it tells of: of the offer, of the acceptance, …")
    text: str
    text_hash: str = Field(description="SHA-256 of the text as it was said, in UTF-8.")
    wording_version: int
    template_version: int | None = Field(
        description="Of the template `settlement_<kind>`; null of letters from before those."
    )
    actor: str | None = Field(description="Who asked for it first.")
    created_at: Instant
