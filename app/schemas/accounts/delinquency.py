"""The explained clock: how late something is on a day, and what every number was made of."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.schemas.edge.ids import InstallmentId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Read


class CountedPauseRead(Read):
    """A span in which the clock stood still, and how many of its days were taken off."""

    starts_on: Date
    ends_on: Date | None = Field(description="Null while it lasts.")
    counted_days: int = Field(description="Only days after the oldest open due date count.")


class ContractRead(Read):
    """The contract's own clock. No plan and no re-age resets it, no hold stops it."""

    since_on: Date | None
    days: int


CLOCK: JsonDict = {
    "as_of": "2026-04-15",
    "oldest_due_on": "2026-03-31",
    "overdue_minor": 12000,
    "past_due_days": 15,
    "grace_days": 5,
    "paused_days": 0,
    "pauses": [],
    "delinquent_days": 10,
    "delinquent_since_on": "2026-04-05",
    "missed": ["ins_01h455vb4pex5vsknk084sn02r"],
    "consecutive_missed": 1,
    "missed_total": 1,
    "full_installments_past_due": 1,
    "bucket": "1-29",
    "policy_version": 1,
    "contract": {"since_on": "2026-02-01", "days": 73},
}


class DelinquencyRead(Read):
    """`delinquent_days` = max(0, `past_due_days` - `grace_days` - `paused_days`)."""

    model_config = ConfigDict(json_schema_extra={"examples": [CLOCK]})

    as_of: Date
    oldest_due_on: Date | None = Field(description="The oldest due date with something open.")
    overdue_minor: int
    past_due_days: int
    grace_days: int
    paused_days: int
    pauses: list[CountedPauseRead]
    delinquent_days: int
    delinquent_since_on: Date | None = Field(description="`oldest_due_on` plus grace.")
    missed: list[InstallmentId] = Field(description="The missed installments still open.")
    consecutive_missed: int = Field(description="How many `missed` names.")
    missed_total: int = Field(description="All that were ever missed, paid since or not.")
    full_installments_past_due: int = Field(description="Overdue ÷ the regular installment.")
    bucket: str = Field(description="By `delinquent_days`, from the policy; 0 is `current`.")
    policy_version: int
    contract: ContractRead
