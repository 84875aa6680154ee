"""What became of payments that were sent together: posted, in suspense, or refused."""

from pydantic import ConfigDict, Field

from app.schemas.edge.problems import Problem
from app.schemas.edge.types import Read
from app.schemas.payments.payments import PAYMENT, PaymentRead
from app.schemas.payments.suspense import SuspenseRead


class PaymentBatchItem(Read):
    """What became of one item: its payment, or the problem that kept it out."""

    status: int = Field(description="201, 200 where it was posted before, or the problem's status.")
    payment: PaymentRead | SuspenseRead | None = None
    problem: Problem | None = None


class PaymentBatchRead(Read):
    """One result an item, in their order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"results": [{"status": 201, "payment": PAYMENT}]}]}
    )

    results: list[PaymentBatchItem]
