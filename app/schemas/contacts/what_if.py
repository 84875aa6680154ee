"""What contacts and decisions would have been judged under another contact policy."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.schemas.contacts.policies import ContactPolicyRequest
from app.schemas.edge.ids import AccountId, ContactId, DecisionId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Model, Read

_CHANGE: JsonDict = {"before": 3, "after": 5, "change": 2}


class ContactWhatIfRequest(Model):
    """A document as it would be saved, and the days judged by it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "document": {"rules": {"house.calls_3_a_day": {"max": 2}}},
                    "from": "2026-01-01",
                    "to": "2026-01-31",
                }
            ]
        }
    )

    document: ContactPolicyRequest
    from_: Date = Field(alias="from")
    to: Date = Field(description="The last day, at most a year after the first.")


class ContactChangeRead(Read):
    """A figure by the policy as it is, and by the changed one."""

    before: int
    after: int
    change: int = Field(description="`after` less `before`.")


class ContactDiffersRead(Read):
    """What would be judged otherwise about an account; codes as they are told."""

    contact_id: ContactId | None = Field(description="Of contacts.")
    decision_id: DecisionId | None = Field(description="Of decisions.")
    account_id: AccountId
    before: list[str]
    after: list[str]


class ContactWhatIfRead(Read):
    """What was judged under the policy, and would have been, had it always said what was sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "policy": "default",
                    "contacts": 40,
                    "decisions": 0,
                    "skipped": 0,
                    "outside": _CHANGE,
                    "refused": {"before": 0, "after": 0, "change": 0},
                    "codes": {"HOUSE_LIMIT": _CHANGE},
                    "differing": [],
                    "next_cursor": None,
                }
            ]
        }
    )

    policy: str
    contacts: int = Field(description="Looked at.")
    decisions: int = Field(description="Looked at.")
    skipped: int = Field(description="Voided, with nobody, or under another policy.")
    outside: ContactChangeRead = Field(description="Contacts outside of any rule, by account.")
    refused: ContactChangeRead = Field(description="Decisions with any reason against.")
    codes: dict[str, ContactChangeRead]
    differing: list[ContactDiffersRead]
    next_cursor: str | None
