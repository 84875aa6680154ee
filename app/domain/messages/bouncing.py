"""What a mail server's report on a message's way means: RFC 3464, and RFC 5965 of complaints."""

from typing import Final

from app.domain.messages.lifecycle import MessageStatus
from app.domain.values import Value


class Heard(Value, kw_only=True):
    """What a mail says became of a message. `message`: `msg_…`; `hard`: of a bounce.

    `code`: the status of RFC 3463; `detail`: the words of the server that refused it.
    """

    message: str
    status: MessageStatus
    hard: bool = False
    code: str | None = None
    detail: str | None = None


#: Subjects of RFC 3463 that speak of the address: 5.0 other, 5.1 addressing. A mailbox that is
#: full, a message that is too long, a policy that dislikes it say nothing of whether it exists.
_OF_THE_ADDRESS: Final = ("5.0.", "5.1.")
_NO_MAILBOX: Final = frozenset({"5.2.0", "5.2.1"})


def of_report(action: str, status: str) -> tuple[MessageStatus, bool] | None:
    """What a delivery report says, and whether the address is no more; None: nothing to go by.

    A delay is none: the server tries on. What failed after trying long (4.x) is a soft bounce.
    """
    if action == "delivered":
        return MessageStatus.DELIVERED, False
    if action != "failed":
        return None
    hard = status.startswith(_OF_THE_ADDRESS) or status in _NO_MAILBOX
    return MessageStatus.BOUNCED, hard
