"""Who a key speaks for, and what it may do."""

from uuid import UUID

from pydantic import ConfigDict, Field

from app.domain.vocabulary import Role
from app.schemas.edge.time import Date
from app.schemas.edge.types import Read


class TenantRead(Read):
    """Whose rows a key sees."""

    name: str
    time_zone: str = Field(description="In which its days begin.")
    sandbox: bool = Field(description="Whether its owner may move its business date.")


class MeRead(Read):
    """The key that asks."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "tenant": {"name": "my-shop", "time_zone": "America/Chicago", "sandbox": True},
                    "key_id": "0199c0f3-a5b8-7c1e-9d0a-5b3c2f1e4a6d",
                    "role": "supervisor",
                    "scopes": ["accounts:read", "plans:*"],
                    "actor": "agent-17",
                    "business_date": "2026-03-15",
                }
            ]
        }
    )

    tenant: TenantRead
    key_id: UUID = Field(description="As `accord keys list` shows it; a rotated key keeps it.")
    role: Role = Field(description="How far it may go by itself.")
    scopes: list[str] = Field(description="What it may do; `*` is all of it.")
    actor: str | None = Field(description="Who acts, as `Accord-Actor` of this request said.")
    business_date: Date = Field(description="The day on which commands count that name none.")
