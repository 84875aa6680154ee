"""What others keep of a contact: its recording and its attachments, by where and by hash.

The bytes stay with their keeper, who is told when the person is erased.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from app.schemas.edge.time import Date
from app.schemas.edge.types import Many, Model, Read
from app.schemas.edge.words import Line

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]


class RecordingFields(Model):
    """Where a recording is kept, and what it was."""

    ref: Line = Field(
        description="Keep names out of it: the event that tells its keeper to erase it says it."
    )
    sha256: Sha256 | None = None
    keep_until_on: Date | None = Field(None, description="As its keeper says.")


class AttachmentFields(Model):
    """What was sent or handed over with it."""

    name: Line = Field(description="Can be erased, as `summary` can.")
    ref: Line = Field(
        description="Keep names out of it: the event that tells its keeper to erase it says it."
    )
    sha256: Sha256 | None = None


Attachments = Annotated[Many[AttachmentFields], Field(max_length=20)]


class RecordingRead(Read):
    """Where a recording is kept, and what it was."""

    ref: str
    sha256: str | None
    keep_until_on: Date | None


class AttachmentRead(Read):
    """What was sent or handed over with it."""

    name: str
    ref: str
    sha256: str | None


def kept_elsewhere(
    recording: RecordingFields | None, attachments: Iterable[AttachmentFields] = ()
) -> dict[str, Any]:
    """What was named, as it is kept; what was not is left out."""
    said: dict[str, Any] = {}
    if recording is not None:
        said["recording"] = recording.model_dump(mode="json")
    if attachments:
        said["attachments"] = [one.model_dump(mode="json") for one in attachments]
    return said
