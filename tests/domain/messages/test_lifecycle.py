"""A message's facts, whatever they are and in whatever order reports come."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.messages.lifecycle import (
    MAX_ATTEMPTS,
    Accepted,
    Asked,
    Cancelled,
    Claimed,
    Decided,
    Forbidden,
    LeaseExpired,
    Message,
    MessageStatus,
    Refusal,
    Refused,
    Reported,
    fold,
    step,
)

NOON = datetime(2026, 10, 6, 12, tzinfo=UTC)
ENDED = {MessageStatus.SUPPRESSED, MessageStatus.CANCELLED, MessageStatus.EXPIRED}
REPORTS = [
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.BOUNCED,
    MessageStatus.COMPLAINED,
    MessageStatus.RETURNED,
]

facts = st.one_of(
    st.builds(Claimed, at=st.just(NOON), still_true=st.booleans()),
    st.builds(Claimed, at=st.just(NOON), refusal=st.just(Refusal(code="OUTSIDE_HOURS"))),
    st.builds(Accepted, at=st.just(NOON)),
    st.builds(
        Refused,
        at=st.just(NOON),
        permanent=st.booleans(),
        code=st.just("451"),
        unheard=st.booleans(),
    ),
    st.builds(LeaseExpired, at=st.just(NOON)),
    st.builds(Reported, at=st.just(NOON), status=st.sampled_from(REPORTS)),
    st.builds(Decided, at=st.just(NOON), resend=st.booleans()),
    st.builds(Cancelled, at=st.just(NOON)),
    st.builds(Forbidden, at=st.just(NOON), code=st.just("DISPUTE_UNVERIFIED")),
)


@given(st.lists(facts, max_size=20))
def test_what_may_have_gone_never_ends_as_if_it_had_not(life):
    """The carrier knows it again, so it is tried again; stopped meanwhile, it may have gone."""
    message = Message(provider_idempotent=True)
    may_have_gone = False
    for fact in life:
        before = message
        message = step(message, fact)
        lost = isinstance(fact, LeaseExpired) or (
            isinstance(fact, Refused) and fact.unheard and not fact.permanent
        )
        if before.status is MessageStatus.SENDING and lost:
            may_have_gone = True
        if message.status is MessageStatus.FAILED or isinstance(fact, Decided):
            may_have_gone = False  # the carrier, a report or a person said what came of it
        assert not (may_have_gone and message.status in ENDED)


def test_the_last_attempt_without_an_answer_leaves_it_open():
    message = Message(provider_idempotent=True)
    for _ in range(MAX_ATTEMPTS):
        message = step(message, Claimed(at=NOON))
        message = step(message, Refused(at=NOON, permanent=False, code="timeout", unheard=True))
    assert (message.status, message.reason) == (MessageStatus.UNCERTAIN, "timeout")


@given(st.booleans(), st.lists(facts, max_size=20))
def test_what_ended_before_it_left_never_leaves(idempotent, life):
    message = step(Message(provider_idempotent=idempotent), Asked(at=NOON))
    ended = False
    for fact in life:
        message = step(message, fact)
        ended = ended or message.status in ENDED
        assert not ended or message.status in ENDED


@given(st.lists(facts, max_size=20))
def test_it_is_sent_only_after_a_claim_that_the_gate_allowed(life):
    message = step(Message(provider_idempotent=True), Asked(at=NOON))
    claimed = False
    for fact in life:
        claimed = claimed or (isinstance(fact, Claimed) and fact.still_true and not fact.refusal)
        message = step(message, fact)
        assert claimed or not message.counts_as_contact


@given(st.booleans(), st.lists(facts, max_size=30))
def test_errors_alone_are_tried_six_times(idempotent, life):
    message = step(Message(provider_idempotent=idempotent), Asked(at=NOON))
    tries = [one for one in life if not isinstance(one, Decided | LeaseExpired)]

    assert fold(message, tries).attempts <= MAX_ATTEMPTS


@pytest.mark.parametrize("reports", list(permutations(REPORTS[:4])))
def test_the_order_of_reports_is_nobodys(reports):
    sent = fold(
        Message(provider_idempotent=True), [Asked(at=NOON), Claimed(at=NOON), Accepted(at=NOON)]
    )

    told = fold(sent, (Reported(at=NOON, status=one) for one in reports))

    assert told.status is MessageStatus.COMPLAINED


def test_a_message_that_may_have_gone_is_not_sent_again_by_itself():
    gone = fold(
        Message(provider_idempotent=False),
        [Asked(at=NOON), Claimed(at=NOON), LeaseExpired(at=NOON)],
    )

    again = step(gone, Claimed(at=NOON + timedelta(days=1)))

    assert gone.needs_decision
    assert again.attempts == 1
    assert step(gone, Decided(at=NOON, resend=True)).status is MessageStatus.QUEUED
