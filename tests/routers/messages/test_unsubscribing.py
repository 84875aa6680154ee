"""The link every e-mail carries; and what a carrier said is recorded, whatever comes between."""

import pytest

from app.domain.messages.carrying import Answer
from app.domain.persons.unsubscribe import named
from app.schemas.edge.ids import decode
from app.services.messages import sending
from app.storage.database.unavailable import Unavailable
from app.workers import messages as working
from app.workers.messages import Messages
from tests.routers.messages.test_messages import read


class Kept:
    """A carrier that keeps what it is handed."""

    def __init__(self):
        self.got = []

    async def send(self, carrier, parcel):
        self.got.append(parcel)
        return Answer(accepted=True)


@pytest.fixture
async def kept(worker, ask, desk):
    """A message that is due, and a carrier that keeps it."""
    carrier = Kept()
    worker.messages = Messages(
        worker.database, {"sandbox": carrier}, public_url="https://pay.example.com/",
        now=lambda: worker.at,
    )  # fmt: skip
    await ask()
    await desk.at("2026-01-16")
    return carrier


async def test_an_email_names_the_link_that_takes_it_back(ann, worker, kept):
    (job,) = await worker.take()
    await worker.messages.do(job)
    (parcel,) = kept.got
    url = parcel.headers["List-Unsubscribe"].strip("<>")
    assert url.startswith("https://pay.example.com/u/")
    assert parcel.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = url.rpartition("/")[2]
    sent = await read(ann, {"id": parcel.id})
    assert named(token) == (job.tenant.tenant_id, decode("cp", sent["point_id"]))
    page = await ann.client.get(f"/u/{token}")
    other = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert (page.status_code, (await ann.client.get(f"/u/{other}")).status_code) == (200, 404)


async def test_what_a_carrier_said_is_recorded_when_the_database_is_back(
    ann, worker, kept, monkeypatch
):
    monkeypatch.setattr(working, "_PAUSE_S", 0.0)
    whole, away = sending.record, iter([Unavailable("pool"), Unavailable("connection")])

    async def away_for_a_while(*given, **more):
        for error in away:
            raise error
        return await whole(*given, **more)

    monkeypatch.setattr(sending, "record", away_for_a_while)
    await worker.look()
    (parcel,) = kept.got  # handed over once
    assert (await read(ann, {"id": parcel.id}))["status"] == "sent"
