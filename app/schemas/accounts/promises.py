"""Promises to pay."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.domain.account.promise import PromiseStatus
from app.schemas.edge.acts import ActRead
from app.schemas.edge.ids import PromiseId
from app.schemas.edge.money import Days, Minor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Model, Read

_Threshold = Annotated[int, Field(strict=True, ge=1, le=10_000, examples=[10_000])]


class PromiseRequest(Model):
    """What the debtor promises to pay, and by when."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount_minor": 5000, "due_on": "2026-04-01"}]}
    )

    amount_minor: Minor
    due_on: Date
    grace_days: Days | None = Field(None, description="Default: the policy's.")
    threshold_bps: _Threshold | None = Field(
        None, description="The share that counts as kept. Default: the policy's."
    )
    effective_on: Date | None = Field(
        None, description="The day it was made. Default: the business date."
    )


class PromiseRead(Read):
    """A promise as it stands on a day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "prm_01h455vb4pex5vsknk084sn02q",
                    "made_on": "2026-03-15",
                    "amount_minor": 5000,
                    "due_on": "2026-04-01",
                    "grace_days": 3,
                    "threshold_bps": 10000,
                    "received_minor": 0,
                    "status": "open",
                    "judged_on": None,
                    "acts": [],
                }
            ]
        }
    )

    id: PromiseId
    made_on: Date
    amount_minor: int
    due_on: Date
    grace_days: int
    threshold_bps: int
    received_minor: int = Field(
        description="Repayments from the day it was made to its due date plus grace, less what "
        "was reversed or charged back of them."
    )
    status: PromiseStatus
    judged_on: Date | None = Field(description="The day its status last changed.")
    acts: list[ActRead] = Field(description="Who did what to it, and why, oldest first.")
