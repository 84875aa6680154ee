"""What a policy's routes take and give: the document as it is read, for OpenAPI.

A document travels as it is, for what is stored is what was sent; it is read, and everything
wrong in it told, by `app.services.policy_documents`.
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Read
from app.services.policy_documents.sections import WrittenPolicy

_STRICTER: JsonDict = {
    "extends": "default",
    "effective_from": "2026-01-01",
    "grace_days": {"value": 3, "source": "Contract, section 4.2"},
    "broken": {"max_missed": 2, "source": "Board decision of 2025-12-01"},
    "terms": {"agent": {"max_count": 12, "sources": {"max_count": "Desk manual, page 7"}}},
    "creditors": {"CRED-1": {"grace_days": 10}},
}
#: Ours to say. What was read can be sent back as it came: they are taken, and left out.
READ_ONLY = frozenset({"version", "actor", "created_at"})


def _ignored() -> Any:  # noqa: ANN401 - the default of any member
    return Field(
        default_factory=lambda: None,
        description="As it was read, if it was; it changes nothing.",
        json_schema_extra={"readOnly": True},
    )


class PolicyRequest(WrittenPolicy):
    """A policy document: figures left out are inherited from `extends`, null means no limit.

    Any figure may be `{"value": …, "source": …}`; any section may carry `source` or `sources`.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_STRICTER]})

    beside: ClassVar[frozenset[str]] = WrittenPolicy.beside | READ_ONLY

    version: Annotated[int, Field(ge=1, le=1_000_000)] = _ignored()
    actor: Annotated[str, Field(max_length=128)] | None = _ignored()
    created_at: Instant = _ignored()


class PolicyRead(WrittenPolicy, Read):
    """A policy version: the document's members as they were saved, and which version it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_STRICTER,
                    "name": "firm",
                    "version": 1,
                    "actor": "risk-office",
                    "created_at": "2026-02-01T15:04:05.123456Z",
                }
            ]
        },
    )

    beside: ClassVar[frozenset[str]] = WrittenPolicy.beside | READ_ONLY

    name: str
    version: int = Field(
        description="From 1. Plans stay pinned to the version they opened or were rewritten under."
    )
    extends: str | None
    effective_from: Date
    actor: str | None = Field(description="Who saved it.")
    created_at: Instant


@dataclass(frozen=True, slots=True)
class ShownAs:
    """A body that is taken as it comes, shown in OpenAPI as what it will be read by."""

    model: type[BaseModel]

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(self.model.__pydantic_core_schema__)


#: What a PUT sends, and a trial.
PolicyBody = Annotated[dict[str, Any], ShownAs(PolicyRequest)]
