"""What an endpoint is sent is under 20,000 bytes, and says so where something is left out."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID

import orjson

from app.schemas.webhooks.message import MOST_BYTES, message
from app.storage.books.events import RecordedEvent
from app.storage.database.continuity import Position

AT = datetime(2026, 4, 6, 0, 30, tzinfo=UTC)
ONE = UUID(int=1)


def event(**data):
    return RecordedEvent(
        id=ONE, type="plan.revised", occurred_at=AT, business_date=date(2026, 4, 6),
        account_id=ONE, plan_id=ONE, payment_id=None, sequence=3, data=data, corrects=None,
        position=Position(1, 1, ONE, 3),
    )  # fmt: skip


def test_an_event_is_told_as_it_is():
    said = orjson.loads(message(event(plan_id=str(ONE), amount_minor=5)))
    assert (said["type"], said["timestamp"]) == ("plan.revised", "2026-04-06T00:30:00.000000Z")
    assert said["data"]["data"] == {"plan_id": said["data"]["plan_id"], "amount_minor": 5}
    assert said["data"]["account_id"].startswith("acc_")
    assert said["data"]["sequence"] == 3
    assert {"corrects", "origin"} <= said["data"].keys()


def test_what_is_too_large_is_said_to_be_left_out():
    rows = [{"number": n, "amount_minor": 100_00, "due_on": "2026-04-06"} for n in range(1000)]
    body = message(event(installments=rows))
    said = orjson.loads(body)
    assert len(body) < MOST_BYTES
    assert said["data"]["data"] == {"left_out_bytes": len(orjson.dumps({"installments": rows}))}
    assert said["data"]["id"].startswith("evt_")


def test_what_is_no_event_of_an_account_has_the_same_members():
    own = SimpleNamespace(
        event_id=ONE, type="webhook.ping", occurred_at=AT, body={"webhook_id": str(ONE)}
    )
    said = orjson.loads(message(own))
    assert said["data"].keys() == orjson.loads(message(event()))["data"].keys()
    assert said["data"]["data"]["webhook_id"].startswith("wh_")
