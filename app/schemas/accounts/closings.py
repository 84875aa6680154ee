"""Charge-offs and closures: what is said when an account leaves the books, or comes back."""

from pydantic import ConfigDict, Field

from app.schemas.edge.time import Date
from app.schemas.edge.types import Model
from app.schemas.edge.words import Line


class ChargeOffRequest(Model):
    """From when the debt counts as a loss."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "180 days past due, policy 4.2"}]}
    )

    effective_on: Date | None = Field(None, description="Default: the business date.")
    reason: Line


class ClosureRequest(Model):
    """On which day collection ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "uneconomic to pursue"}]})

    effective_on: Date | None = Field(
        None,
        description="Default: the business date. Not before the latest fact of the account.",
    )
    reason: Line


class UndoClosingRequest(Model):
    """Why it is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "closed in error"}]})

    reason: Line | None = None
