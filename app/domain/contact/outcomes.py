"""Which outcomes a contact may have, by channel and direction."""

from collections.abc import Mapping

from app.domain.contact.words import Channel, Direction, Outcome

_SENT = frozenset({
    Outcome.SENT, Outcome.DELIVERED, Outcome.BOUNCED, Outcome.FAILED, Outcome.COMPLAINED,
    Outcome.UNCERTAIN,
})  # fmt: skip
_RECEIVED = frozenset({Outcome.RECEIVED})

OUTCOMES: Mapping[tuple[Channel, Direction], frozenset[Outcome]] = {
    (Channel.CALL, Direction.OUT): frozenset({
        Outcome.BUSY, Outcome.NOT_IN_SERVICE, Outcome.FAILED, Outcome.NO_ANSWER,
        Outcome.VOICEMAIL_LEFT, Outcome.VOICEMAIL_NO_MESSAGE, Outcome.ANSWERED_DROPPED,
        Outcome.THIRD_PARTY, Outcome.WRONG_PARTY, Outcome.CONVERSATION,
    }),
    (Channel.CALL, Direction.IN): frozenset({
        Outcome.CONVERSATION, Outcome.VOICEMAIL_RECEIVED, Outcome.ABANDONED, Outcome.THIRD_PARTY,
    }),
    (Channel.SMS, Direction.OUT): _SENT,
    (Channel.EMAIL, Direction.OUT): _SENT,
    (Channel.CHAT, Direction.OUT): _SENT,
    (Channel.SMS, Direction.IN): _RECEIVED,
    (Channel.EMAIL, Direction.IN): _RECEIVED,
    (Channel.CHAT, Direction.IN): _RECEIVED,
    (Channel.LETTER, Direction.OUT): frozenset({Outcome.MAILED, Outcome.RETURNED}),
    (Channel.LETTER, Direction.IN): _RECEIVED,
    (Channel.VISIT, Direction.OUT): frozenset({
        Outcome.MET, Outcome.NOT_HOME, Outcome.REFUSED, Outcome.THIRD_PARTY,
    }),
    (Channel.VISIT, Direction.IN): frozenset({Outcome.MET}),
}  # fmt: skip


def problem(channel: Channel, direction: Direction, outcome: Outcome | None) -> str | None:
    """What is wrong with an outcome, in words; None: nothing. A note has none."""
    if channel is Channel.NOTE:
        fits = direction is Direction.INTERNAL and outcome is None
        return None if fits else "a note is internal and has no outcome"
    known = OUTCOMES.get((channel, direction))
    if known is None:
        return f"a {channel} is no {direction} contact"
    return None if outcome in known else f"should be one of {', '.join(sorted(known))}"
