"""SEPA reason codes."""

from pydantic import ConfigDict, Field

from app.domain.sepa import Cause, Deadline, Next, RTransaction
from app.schemas.edge.types import Read


class SepaCodeRead(Read):
    """One reason code, and where it was read."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "AM04",
                    "title": "Insufficient funds",
                    "cause": "funds",
                    "comes_as": ["reject", "return"],
                    "window": "five_business_days",
                    "follows": "new_collection",
                    "fee": True,
                    "source": "documentation.lemonway.com, SEPA R-transactions",
                }
            ]
        }
    )

    code: str
    title: str
    cause: Cause = Field(description="On whose side the reason lies.")
    comes_as: list[RTransaction]
    window: Deadline = Field(description="Until when it may come, after settlement.")
    follows: Next = Field(description="What may follow.")
    fee: bool = Field(description="Whether a return fee may be charged for it.")
    source: str


class SepaCodesRead(Read):
    """The table."""

    codes: list[SepaCodeRead]
