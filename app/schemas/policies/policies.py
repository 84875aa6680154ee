"""Policy documents as tenants write and read them.

A document is open in shape (any figure may be left out, or carry its source), so it travels as
it is; `app.domain.policy.document` says what is wrong in it, with a pointer for each.
"""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from app.domain.policy.document import MAX_CREDITORS
from app.domain.policy.readers import MAX_ROWS
from app.schemas.edge.types import Date, Instant, Read

_STRICTER: JsonDict = {
    "extends": "default",
    "effective_from": "2026-01-01",
    "grace_days": 3,
    "broken": {"max_missed": 2, "source": "Board decision of 2025-12-01"},
    "creditors": {"CRED-1": {"grace_days": 10}},
}
_SECTIONS = {
    "missed": "When an installment counts as missed: `method`, `threshold_bps`.",
    "broken": "When the day close breaks a plan; null: never.",
    "allocation": "`components` (first paid first), `in_advance` (that order for money ahead of "
    "its time; null: the same), `order`, `future`, `tolerance_minor`.",
    "terms": "What each role may agree to: `agent`, `supervisor`, `admin`.",
    "authority": "What each role may do by itself: amounts an act (`waive_minor`, "
    "`goodwill_minor`, `charge_minor`, `refund_minor`) and, by key and actor, a day "
    "(`waive_per_day_minor` …), `acts`, `policies` for accounts. A role that is null has no limit.",
    "re_age": "When an account may be re-aged, and how often.",
    "modification": "How often a schedule may be changed; who may accelerate a plan, and when.",
    "settlement": "What may be forgiven: offers, voids, the `matrix` by role.",
    "promise": "When a promise is kept.",
}
_MOST_MEMBERS = 50  # more than any section has, its sources counted
_DOCUMENT: JsonDict = {
    "type": "object",
    "title": "PolicyDocument",
    "description": "Figures left out are inherited from `extends` (at last from the shipped "
    "default); null means no limit. Any figure may be `{value, source}`, any section may carry "
    "`source` or `sources`.",
    "properties": {
        "name": {"type": "string", "maxLength": 64, "description": "As in the path."},
        "extends": {
            "type": ["string", "null"],
            "maxLength": 64,
            "description": "Another policy, by name.",
        },
        "effective_from": {
            "type": "string",
            "format": "date",
            "maxLength": 10,
            "description": "From which day on facts fold under it. Default: the business date.",
        },
        "grace_days": {
            "type": ["integer", "object"],
            "maxProperties": _MOST_MEMBERS,
            "description": "Days after a due date.",
        },
        "buckets": {
            "type": ["array", "object"],
            "maxItems": MAX_ROWS,
            "maxProperties": _MOST_MEMBERS,
            "description": "By delinquent days.",
        },
        "holiday_calendar": {
            "type": ["string", "null", "object"],
            "maxLength": 32,
            "maxProperties": _MOST_MEMBERS,
        },
        **{
            name: {"type": "object", "maxProperties": _MOST_MEMBERS, "description": text}
            for name, text in _SECTIONS.items()
        },
        "creditors": {
            "type": "object",
            "maxProperties": MAX_CREDITORS,
            "description": "Partial documents by creditor reference; they win field by field.",
        },
    },
    "examples": [_STRICTER],
}

#: What a PUT sends: the members of a document, none of them required.
PolicyDocument = Annotated[dict[str, Any], WithJsonSchema(_DOCUMENT)]


class PolicyRead(Read):
    """A policy version: the document's members as they were saved, and which version it is."""

    model_config = ConfigDict(
        extra="allow",
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

    name: str
    version: int = Field(
        description="From 1. Plans stay pinned to the version they opened or were rewritten under."
    )
    extends: str | None
    effective_from: Date
    actor: str | None = Field(description="Who saved it.")
    created_at: Instant
