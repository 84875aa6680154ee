"""The part of the story that somebody else hears: the events, sent to an endpoint and verified."""

import time

from app.cli.demo.calls import timeline
from app.cli.demo.receiver import Receiver
from app.cli.demo.teller import Document, Teller, expect

_PATIENCE_S = 60
_SHOWN = 5


def subscribe(teller: Teller, receiver: Receiver) -> str:
    """An endpoint at our own receiver; answers its id."""
    made = teller.post("/v1/webhooks", url=receiver.url, rate_per_second=1000)
    receiver.secret = str(made["secret"])
    return str(made["id"])


def hear(teller: Teller, receiver: Receiver, webhook_id: str, account_id: str) -> None:
    """Everything that happened was told, once, signed and in order. Raises `StoryBroken`."""
    wanted = [event["id"] for event in timeline(teller, account_id)]
    received = _all(receiver, account_id, wanted)
    teller.step(
        "Somebody else heard it all",
        "Before the story began, an endpoint was made for a receiver of this demo's own. It got "
        f"{len(received)} events, each signed, and verified with the endpoint's secret. The last:",
    )
    expect("what the receiver got", [one["data"]["id"] for one in received], wanted)
    expect("requests it did not believe", receiver.refused, 0)
    columns = {"event": "data.sequence", "type": "type", "for": "data.business_date"}
    rows = [{**one, "signature": "right"} for one in received[-_SHOWN:]]
    teller.table({**columns, "signature": "signature"}, rows)
    endpoint = teller.get(f"/v1/webhooks/{webhook_id}")
    expect("the endpoint's status", endpoint["status"], "enabled")


def _all(receiver: Receiver, account_id: str, wanted: list[str]) -> list[Document]:
    """What was received of the account, when all of it is there or nobody would wait longer.

    What has no account, a person's new address say, is told in a stream of its own.
    """
    until = time.monotonic() + _PATIENCE_S
    while True:
        own = [one for one in receiver.events if one["data"]["account_id"] == account_id]
        if len(own) >= len(wanted) or time.monotonic() > until:
            return own
        time.sleep(0.05)
