"""Sweeps: what is asked for, and how far a run is."""

from pydantic import ConfigDict, Field

from app.schemas.edge.ids import AccountId, SweepId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Model, Read


class SweepRequest(Model):
    """Which day's opening to judge."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"business_date": "2026-02-01"}]})

    business_date: Date


class SweepStarted(Read):
    """A run that began."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "swp_01h455vb4pex5vsknk084sn02q", "status": "running"}]
        }
    )

    id: SweepId
    status: str


class BucketMoves(Read):
    """How many accounts came into a bucket, and how many left it."""

    entered: int
    left: int


class SkippedAccounts(Read):
    """Accounts left as they were: how many, and the first of them."""

    count: int
    account_ids: list[AccountId]


class SweepRead(Read):
    """A run's report."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "swp_01h455vb4pex5vsknk084sn02q",
                    "business_date": "2026-02-01",
                    "status": "done",
                    "examined": 12,
                    "changed": 3,
                    "by_transition": {"installment.missed": 2, "account.bucket_changed": 1},
                    "buckets": {
                        "current": {"entered": 0, "left": 1},
                        "1-29": {"entered": 1, "left": 0},
                    },
                    "skipped": {},
                    "errors": {},
                    "checksum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                    "rate_per_second": 2400.0,
                    "remaining": 0,
                    "started_at": "2026-02-01T06:00:00Z",
                    "finished_at": "2026-02-01T06:00:01Z",
                }
            ]
        }
    )

    id: SweepId
    business_date: Date
    status: str = Field(description="`running`, `done`, or `incomplete`: another run goes on.")
    examined: int
    changed: int = Field(description="Accounts of which something was told; 0 the second time.")
    by_transition: dict[str, int]
    buckets: dict[str, BucketMoves]
    errors: dict[str, int] = Field(
        description="Of those skipped as `failed`: how many by kind of error."
    )
    skipped: dict[str, SkippedAccounts] = Field(
        description="By reason: `locked` (held by another transaction for longer than a lock is "
        "waited for), `policy_missing` (the version it is judged by is not there) or `failed` "
        "(nobody foresaw why; the log has it by the account's id). The run is "
        "then `incomplete`; an account waited for and closed was not skipped."
    )
    checksum: str = Field(description="Of every verdict told of that day, whoever stored it.")
    rate_per_second: float
    remaining: int = Field(description="Accounts that still have a day up to this one to close.")
    started_at: Instant
    finished_at: Instant | None
