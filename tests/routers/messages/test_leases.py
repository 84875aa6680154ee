"""A worker that died with a message in its hands, and a person who decides what became of it."""

from datetime import timedelta

import pytest

from app.domain.messages.carrying import Answer
from app.workers.messages import Messages
from tests.routers.messages.test_messages import read, told


class Silent:
    """A carrier that may have taken it."""

    def __init__(self, answer):
        self.answer, self.got = answer, []

    async def send(self, carrier, parcel):
        self.got.append(parcel.id)
        return self.answer


@pytest.fixture
async def due(ask, desk):
    made = await ask()
    await desk.at("2026-01-16")
    return made


async def test_a_lease_that_ran_out_is_queued_again_where_that_is_safe(ann, due, worker):
    await worker.claim()
    assert (await read(ann, due))["status"] == "sending"
    assert await worker.look() == 0  # it is somebody's
    worker.at += timedelta(minutes=6)
    assert await worker.look() == 1
    assert (await read(ann, due))["status"] == "queued"
    await worker.look()
    sent = await read(ann, due)
    assert (sent["status"], sent["attempts"]) == ("sent", 2)


@pytest.mark.usefixtures("unsafe")
async def test_a_message_nobody_knows_of_waits_for_a_person(ann, account, due, worker, desk):
    """Twice decided: sent once more, then given up."""
    lost = Silent(Answer(accepted=False, code="gone", uncertain=True))
    worker.messages = Messages(worker.database, {"sandbox": lost}, now=lambda: worker.at)
    await worker.look()
    now = await read(ann, due)
    assert (now["status"], now["needs_decision"]) == ("uncertain", True)
    first = await ann.get(f"/v1/contacts/{now['contact_id']}")
    assert first["outcome"] == "uncertain"
    await worker.look()
    assert lost.got == [due["id"]]  # never again by itself

    path = f"/v1/messages/{due['id']}/decide"
    again = await ann.post(path, {"what": "resend", "reason": "they heard nothing"})
    assert again["status"] == "queued"
    worker.at += timedelta(hours=11, minutes=59)  # midnight in Chicago: after any time of day
    await worker.look()  # one a day: that of today counts as made
    assert (await read(ann, due))["not_before_at"] == "2026-01-17T14:00:00Z"
    worker.at += timedelta(hours=12)
    await desk.at("2026-01-17")
    await worker.look()
    assert lost.got == [due["id"]] * 2
    await desk.at("2026-01-18")
    over = await ann.post(path, {"what": "give_up", "reason": "enough"})
    assert (over["status"], over["reason"]) == ("failed", "GIVEN_UP")
    assert len(await told(ann, account, "message.uncertain")) == 2


async def test_what_is_stopped_after_an_attempt_nobody_answered_may_have_gone(
    ann, account, due, worker
):
    """Its carrier would know it again, but a hold comes before it is asked."""
    lost = Silent(Answer(accepted=False, code="timeout", uncertain=True))
    worker.messages = Messages(worker.database, {"sandbox": lost}, now=lambda: worker.at)
    await worker.look()
    assert (await read(ann, due))["status"] == "queued"
    hold = {"kind": "dispute", "reason": "not theirs"}
    held = await ann.post(f"/v1/accounts/{account['id']}/holds", hold)
    assert (held["messages_suppressed"], held["messages_in_flight"]) == ([], [due["id"]])
    now = await read(ann, due)
    assert (now["status"], now["reason"], now["needs_decision"]) == (
        "uncertain", "DISPUTE_UNVERIFIED", True,
    )  # fmt: skip
    contact = await ann.get(f"/v1/contacts/{now['contact_id']}")
    assert (contact["outcome"], contact["decision_id"]) == ("uncertain", now["decision_id"])
    worker.at += timedelta(minutes=2)
    await worker.look()
    assert lost.got == [due["id"]]


async def test_what_is_refused_for_now_is_tried_six_times(ann, due, worker):
    busy = Silent(Answer(accepted=False, code="HTTP_503"))
    worker.messages = Messages(worker.database, {"sandbox": busy}, now=lambda: worker.at)
    waits = [timedelta(seconds=70), timedelta(minutes=6), timedelta(minutes=31)]
    for wait in waits:
        await worker.look()
        assert await worker.look() == 0
        worker.at += wait
    await worker.look()
    now = await read(ann, due)
    assert (now["status"], now["attempts"], now["contact_id"]) == ("queued", 4, None)
    busy.answer = Answer(accepted=False, code="HTTP_400", permanent=True)
    worker.at += timedelta(hours=2, minutes=1)
    await worker.look()
    now = await read(ann, due)
    assert (now["status"], now["reason"], now["attempts"]) == ("failed", "HTTP_400", 5)


async def test_a_carrier_that_says_late_that_it_failed_leaves_no_contact(ann, account, due, worker):
    """It never went, so it is none, whoever says so: the carrier at once, or its report."""
    busy = Silent(Answer(accepted=False, code="busy"))
    worker.messages = Messages(worker.database, {"sandbox": busy}, now=lambda: worker.at)
    await worker.look()
    assert (await read(ann, due))["status"] == "queued"

    failed = {"provider": "sandbox", "message_id": due["id"], "status": "failed", "code": "550",
              "at": "2026-01-16T18:00:05Z"}  # fmt: skip
    (applied,) = (await ann.post("/v1/delivery-reports", failed))["results"]

    now = await read(ann, due)
    assert (applied["applied"], now["status"], now["contact_id"]) == (True, "failed", None)
    assert (await ann.get(f"/v1/accounts/{account['id']}/contacts"))["data"] == []
