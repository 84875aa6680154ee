"""What a mail in the mailbox of bounces says, of which message: a report, a complaint, or neither.

The message is named by the address the mail came to (VERP), else by the `Message-ID` of what was
returned. An answer of a person, or of their holiday, is no report, whatever address it came to.
"""

import email
import re
from collections.abc import Iterator, Sequence
from email.message import Message
from typing import Final

from app.domain.messages.bouncing import Heard, of_report
from app.domain.messages.carrying import message_of
from app.domain.messages.lifecycle import MessageStatus

#: Headers by which servers say to which address a mail came.
_CAME_TO: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_ADDRESS: Final = re.compile(r"[^\s<>,]+@[^\s<>,]+")
_OURS: Final = re.compile(r"msg_[0-9a-z]{26}")
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_MOST_DETAIL: Final = 200
#: Parts of a mail that are looked at: a report has three.
_MOST_PARTS: Final = 20


def read_bounce(raw: bytes) -> Heard | None:
    """What it says became of a message of ours; None where it says nothing, or of none."""
    mail = email.message_from_bytes(raw)
    parts = [part for part, _ in zip(mail.walk(), range(_MOST_PARTS), strict=False)]
    named = _named(mail, parts)
    if named is None:
        return None
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            return _of_delivery(named, part)
        if kind == "message/feedback-report":
            return _of_feedback(named, part)
    return None


def _of_delivery(named: str, part: Message) -> Heard | None:
    """Of each recipient it has a block of fields; a message of ours has one recipient."""
    for block in _blocks(part):
        found = _STATUS.search(_field(block, "Status"))
        meant = of_report(_field(block, "Action").lower(), found[0] if found else "")
        if meant is not None:
            detail = _field(block, "Diagnostic-Code")
            return Heard(
                message=named, status=meant[0], hard=meant[1], code=found[0] if found else None,
                detail=" ".join(detail.split())[:_MOST_DETAIL] or None,
            )  # fmt: skip
    return None


def _of_feedback(named: str, part: Message) -> Heard | None:
    """Somebody called it spam (RFC 5965)."""
    kinds = {_field(block, "Feedback-Type").lower() for block in _blocks(part)}
    if not kinds & {"abuse", "opt-out"}:
        return None
    return Heard(message=named, status=MessageStatus.COMPLAINED, code="FEEDBACK")


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields in a part that a program reads."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))
    elif isinstance(payload, str):
        yield email.message_from_string(payload)


def _field(block: Message, name: str) -> str:
    """A field's value on one line."""
    return " ".join(str(block.get(name, "")).split())


def _named(mail: Message, parts: Sequence[Message]) -> str | None:
    """The message it is about."""
    for header in _CAME_TO:
        for value in mail.get_all(header, ()):
            for address in _ADDRESS.findall(str(value)):
                named = message_of(address)
                if named is not None and _OURS.fullmatch(named):
                    return named
    for part in parts[1:]:
        said = str(part.get("Message-ID", ""))
        if part.get_content_type() == "text/rfc822-headers":
            returned = email.message_from_string(str(part.get_payload()))
            said = str(returned.get("Message-ID", ""))
        found = _OURS.match(said.strip().lstrip("<"))
        if found is not None:
            return found[0]
    return None
