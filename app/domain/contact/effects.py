"""What a recorded contact counts as: a table by channel, direction and outcome.

12 CFR 1006.2(b), (d), (j) and 1006.14(b)(3)(ii) say what is an attempt, a communication, a call
that connects; the rest of the table is decided.
"""

from collections.abc import Mapping

from app.domain.contact.known import Contact
from app.domain.contact.words import Channel, Direction, Outcome, Purpose
from app.domain.values import Value


class Effects(Value, kw_only=True):
    """What follows from a contact. `point`: why its contact point is invalid from now on."""

    attempt: bool = False
    communication: bool = False
    counts: bool = False  # as a call toward a limit on calls
    cooldown: bool = False  # it begins the days after a conversation
    point: str | None = None


_NOTHING = Effects()
_TRIED = Effects(attempt=True)
_RANG = Effects(attempt=True, counts=True)
_CALLS_OUT: Mapping[Outcome, Effects] = {
    Outcome.BUSY: _TRIED,
    Outcome.FAILED: _TRIED,
    Outcome.NOT_IN_SERVICE: Effects(attempt=True, point="not_in_service"),
    Outcome.NO_ANSWER: _RANG,
    Outcome.VOICEMAIL_NO_MESSAGE: _RANG,
    Outcome.ANSWERED_DROPPED: _RANG,
    Outcome.THIRD_PARTY: _RANG,
    Outcome.WRONG_PARTY: Effects(attempt=True, counts=True, point="wrong_party"),
    Outcome.RESERVED: _RANG,
}
_ARRIVED = frozenset({
    Outcome.SENT, Outcome.DELIVERED, Outcome.RECEIVED, Outcome.UNCERTAIN, Outcome.MAILED,
    Outcome.COMPLAINED, Outcome.RESERVED,
})  # fmt: skip
#: Calls of ours that count in any form. A tuple: looked through by identity, which costs no hash.
_CONNECTS = (
    *(one for one, said in _CALLS_OUT.items() if said.counts),
    Outcome.CONVERSATION,
    Outcome.VOICEMAIL_LEFT,
)
_WRITTEN = frozenset({Channel.SMS, Channel.EMAIL, Channel.CHAT, Channel.LETTER})
#: Calls that reached somebody or left something.
_REACHED = frozenset({
    Outcome.CONVERSATION, Outcome.VOICEMAIL_LEFT, Outcome.THIRD_PARTY, Outcome.WRONG_PARTY,
    Outcome.ANSWERED_DROPPED, Outcome.RESERVED,
})  # fmt: skip


def effects(contact: Contact) -> Effects:
    """What this contact counts as; an outcome that does not fit its channel counts as nothing."""
    if contact.direction is Direction.INTERNAL or contact.outcome is None:
        return _NOTHING
    if contact.direction is Direction.IN:
        return _inbound(contact)
    if contact.channel is Channel.CALL:
        return _call(contact)
    if contact.channel is Channel.VISIT:
        met = contact.outcome is Outcome.MET
        return Effects(attempt=True, communication=met, cooldown=False)
    return _message(contact)


def _inbound(contact: Contact) -> Effects:
    if contact.channel is Channel.CALL:
        talked = contact.outcome is Outcome.CONVERSATION
        return Effects(communication=talked, cooldown=talked)
    return Effects(communication=True)


def _call(contact: Contact) -> Effects:
    if contact.outcome is Outcome.CONVERSATION:
        counts = not contact.with_consent
        return Effects(attempt=True, communication=True, counts=counts, cooldown=True)
    if contact.outcome is Outcome.VOICEMAIL_LEFT:
        told = not contact.limited_content
        return Effects(attempt=True, communication=told, counts=True)
    return _CALLS_OUT.get(contact.outcome or Outcome.FAILED, _TRIED)


def _message(contact: Contact) -> Effects:
    if contact.outcome in _ARRIVED:
        return Effects(attempt=True, communication=True)
    if contact.outcome is Outcome.RETURNED:
        return Effects(attempt=True, point="returned_mail")
    if contact.outcome is Outcome.BOUNCED and contact.hard:
        return Effects(attempt=True, point="bounced")
    return _TRIED


def connected(contact: Contact) -> bool:
    """Whether it counts toward a limit on contacts in any form: it rang, or it went out.

    A talk on the person's own request counts here; only the federal limit on calls leaves it out.
    """
    if contact.direction is not Direction.OUT:
        return False
    if contact.channel is Channel.CALL:
        return contact.outcome in _CONNECTS
    if contact.channel in _WRITTEN:
        return contact.outcome in _ARRIVED
    return contact.channel is Channel.VISIT


def reached(contact: Contact) -> bool:
    """Whether it reached somebody or left a message (940 CMR 7.04(1)(f))."""
    if contact.channel is Channel.CALL:
        return contact.direction is Direction.OUT and contact.outcome in _REACHED
    return connected(contact)


def located(contact: Contact) -> bool:
    """Whether a third party was spoken to in it about where the debtor is (12 CFR 1006.10(c))."""
    asked = contact.purpose is Purpose.LOCATION_INFORMATION and contact.direction is Direction.OUT
    return asked and (effects(contact).communication or contact.outcome is Outcome.THIRD_PARTY)
