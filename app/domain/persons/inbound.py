"""What becomes of a message that a person sent us: what it takes back, and whether it waits.

A word alone revokes; a clear word among others revokes at once and waits for somebody to read it,
who may undo only that reading; `start` lifts the point's opt-out for the channel it came by; `help`
is answered; everything else waits.
"""

from app.domain.contact.opt_out_words import Meaning
from app.domain.contact.words import Channel, PointKind
from app.domain.values import Value

#: The channels people write to us by, and what kind of value they write from.
WRITTEN_FROM = {
    Channel.SMS: PointKind.PHONE, Channel.EMAIL: PointKind.EMAIL, Channel.CHAT: PointKind.CHAT,
}  # fmt: skip


class Taken(Value, kw_only=True):
    """How a message is taken. `revokes`: the channel it came by, for every point of that value."""

    revokes: bool
    provisional: bool = False
    resumes: bool = False
    needs_reading: bool = False


_TAKEN = {
    Meaning.REVOKE: Taken(revokes=True),
    Meaning.PROVISIONAL: Taken(revokes=True, provisional=True, needs_reading=True),
    Meaning.RESUME: Taken(revokes=False, resumes=True),
    Meaning.HELP: Taken(revokes=False),
    Meaning.READ: Taken(revokes=False, needs_reading=True),
}


def taken(meaning: Meaning) -> Taken:
    """What is done about a message of this meaning."""
    return _TAKEN[meaning]
