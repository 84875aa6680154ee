"""What a provider's own form says, in the words of delivery reports."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from pydantic import ValidationError

from app.schemas.messages.reports import DeliveryReport

#: Postmark's records (its `RecordType`), and what each says.
_RECORDS: Final[Mapping[str, str]] = {
    "Delivery": "delivered",
    "Bounce": "bounced",
    "SpamComplaint": "complained",
    "Open": "opened",
}
_INSTANTS: Final = ("DeliveredAt", "BouncedAt", "ReceivedAt")
_HARD: Final = frozenset({"HardBounce", "BadEmailAddress", "ManuallyDeactivated"})


def read_callback(body: Mapping[str, Any], *, at: datetime) -> list[dict[str, Any]]:
    """The reports in it; none where it says nothing we know. `at`: where it names no instant."""
    items = body.get("items")
    told = items if isinstance(items, list) else [body]
    return [said for one in told[:1000] if isinstance(one, dict) for said in _read(one, at)]


def _read(one: dict[str, Any], at: datetime) -> Iterator[dict[str, Any]]:
    plain = one if "status" in one else _of_postmark(one, at)
    try:
        found = DeliveryReport.model_validate_json(_json({**plain, "provider": "callback"}))
    except ValidationError:
        return
    said = {name: getattr(found, name) for name in DeliveryReport.model_fields}
    del said["provider"]
    said["at"] = min(said["at"], at)
    yield said


def _json(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, default=str)


def _of_postmark(one: dict[str, Any], at: datetime) -> dict[str, Any]:
    kind = one.get("RecordType")
    instant = next((one[name] for name in _INSTANTS if name in one), None)
    bounce = one.get("Type")
    return {
        "provider_message_id": one.get("MessageID"),
        "status": _RECORDS.get(kind, "") if isinstance(kind, str) else "",
        "at": instant or at.isoformat().replace("+00:00", "Z"),
        "code": bounce if isinstance(bounce, str) else None,
        "hard": kind != "Bounce" or bounce in _HARD,
    }
