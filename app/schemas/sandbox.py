"""The sandbox clock."""

from pydantic import Field

from app.schemas.edge.time import Date
from app.schemas.edge.types import Model, Read


class ClockRequest(Model):
    """The day it shall be."""

    business_date: Date = Field(examples=["2026-03-15"])


class ClockRead(Read):
    """The day it is for every request of this tenant that names none."""

    business_date: Date = Field(examples=["2026-03-15"])
    fixed: bool = Field(description="False while the sandbox still follows the calendar.")
