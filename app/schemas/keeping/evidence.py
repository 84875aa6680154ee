"""Evidence files: what is handed to a court, an auditor, or whoever complains."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.schemas.edge.ids import AccountId, EvidenceFileId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Many, Model, Read

Section = Literal[
    "ledger", "timeline", "contacts", "decisions", "messages", "letters", "consents",
    "restrictions", "validation", "plans", "settlements", "policies", "statement",
    "recordings_list",
]  # fmt: skip
MadeFor = Literal["legal", "complaint", "subject_access", "audit"]


class EvidenceRequest(Model):
    """Which parts, as of which day, and what for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"for": "legal"}]})

    for_: MadeFor = Field(alias="for")
    as_of: Date | None = Field(None, description="Default: the business date.")
    sections: Annotated[Many[Section], Field(min_length=1, max_length=14)] | None = Field(
        None, description="Default: all."
    )
    redact: Annotated[Many[Literal["third_parties"]], Field(max_length=1)] = Field(
        (), description="Leave out the ids of whoever is not the debtor."
    )


class EvidenceRead(Read):
    """An evidence file. `root` is its manifest's SHA-256, and stands in the account's chain."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "evf_01h455vb4pex5vsknk084sn02q",
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "status": "ready",
                    "as_of": "2026-03-01",
                    "root": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "files": 20,
                    "bytes": 48213,
                    "actor": "counsel-1",
                    "recorded_at": "2026-03-01T09:00:00Z",
                }
            ]
        }
    )

    id: EvidenceFileId
    account_id: AccountId
    status: Literal["ready"]
    as_of: Date
    root: str
    files: int
    bytes: int
    actor: str | None
    recorded_at: Instant


class PartRead(Read):
    """A part of an evidence file."""

    path: str
    bytes: int
    sha256: str


class ManifestRead(Read):
    """The parts of an evidence file; their hashes decide its root."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "as_of": "2026-03-01",
                    "files": [{"bytes": 512, "path": "account.json", "sha256": "9f86d081"}],
                    "format": 1,
                }
            ]
        }
    )

    account_id: AccountId
    as_of: Date
    files: list[PartRead]
    format: int
