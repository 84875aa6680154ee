"""What the story does again and again: pay, and read what is new."""

from app.cli.demo.teller import Document, Teller


def pay(
    teller: Teller,
    account_id: str,
    reference: str,
    amount_minor: int,
    *,
    on: str,
    method: str = "ach",
    expected: int = 201,
) -> Document:
    """The debtor pays, and the service answers with the payment."""
    return teller.post(
        "/v1/payments",
        expected=expected,
        account_id=account_id,
        reference=reference,
        amount_minor=amount_minor,
        currency="USD",
        effective_on=on,
        method=method,
    )


def timeline(teller: Teller, account_id: str) -> list[Document]:
    """Everything that happened; what corrects an event says which, and how."""
    events = teller.get(f"/v1/accounts/{account_id}/timeline", limit=200)["data"]
    number = {event["id"]: event["sequence"] for event in events}
    return [{**event, "correction": _correction(event, number)} for event in events]


def show_events(teller: Teller, events: list[Document]) -> None:
    """A row for each event, and which one it corrects."""
    columns = {"event": "sequence", "type": "type", "for": "business_date", "": "correction"}
    teller.table(columns, events)


def how_many_stand(events: list[Document], kind: str) -> int:
    """How many events of a type are in force: each counts one, a withdrawal takes one off."""
    found = (event for event in events if event["type"] == kind)
    return sum(-1 if event["corrects"] and not event["data"]["after"] else 1 for event in found)


def _correction(event: Document, number: dict[str, int]) -> str | None:
    if event["corrects"] is None:
        return None
    verb = "takes back" if event["data"]["after"] else "withdraws"
    return f"{verb} event {number[event['corrects']]}"
