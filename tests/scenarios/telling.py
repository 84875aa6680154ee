"""Cases of webhooks: signatures, what follows an answer, when an endpoint is disabled."""

from datetime import UTC, datetime
from typing import Any

from app.domain.webhooks.attempts import TIMEOUT_S, WAITS_S, Answer, Judged, Status, judge
from app.domain.webhooks.health import Health, hear
from app.domain.webhooks.signature import accepts, secret_bytes
from app.services.webhooks.signing import signed
from tests.scenarios.client import NotPlayable
from tests.scenarios.contacting import differ
from tests.scenarios.life import Life, Step, understood


def _at(said: str | float) -> datetime:
    if isinstance(said, str):
        return datetime.fromisoformat(said)
    return datetime.fromtimestamp(said, UTC)


def _told(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- signatures


def _is_signature(said: Step) -> bool:
    return said.get("do") in {"sign", "verify", "secret"} and bool(
        {"secret", "secrets"} & said.keys()
    )


async def signature_question(_: Life, step: Step) -> None:
    """What is signed, whether a receiver believes it, whether a secret is one."""
    said, expected = step["input"], step["expected"]
    differ(expected, {"sign": _signed, "verify": _verified, "secret": _usable}[said["do"]](said),
           said["do"])  # fmt: skip


def _signed(said: Step) -> dict[str, Any]:
    understood(said, {"do", "secrets", "id", "timestamp", "body"}, what="input")
    secrets = [secret_bytes(one) for one in said["secrets"]]
    body = said["body"].encode()
    headers = signed(secrets, event_id=said["id"], body=body, at=_at(said["timestamp"]))
    return {"signature": headers["webhook-signature"]}


def _verified(said: Step) -> dict[str, Any]:
    understood(said, {"do", "secret", "headers", "body", "now"}, what="input")
    headers = {name: str(value) for name, value in said["headers"].items() if value is not None}
    now = _at(said["now"])
    return {"accepted": accepts(said["secret"], headers, said["body"].encode(), now=now)}


def _usable(said: Step) -> dict[str, Any]:
    understood(said, {"do", "secret"}, what="input")
    try:
        secret_bytes(said["secret"])
    except ValueError:
        return {"usable": False}
    return {"usable": True}


# --- attempts


def _is_delivery(said: Step) -> bool:
    return {"created_at", "answers"} <= said.keys()


def _answer(said: Step) -> Answer:
    known = {"status", "retry_after", "error", "timeout", "seconds", "after_seconds"}
    understood(said, known, what="answer")
    took_s = said.get("seconds") or said.get("after_seconds") or 0
    if said.get("timeout") or said.get("error") or said.get("status") is None or took_s > TIMEOUT_S:
        return Answer(error=str(said.get("error") or "timeout"))
    return Answer(status=said["status"], retry_after_s=said.get("retry_after"))


async def delivery_question(_: Life, step: Step) -> None:
    """When each attempt is made, how the delivery stands, and the endpoint."""
    said, expected = step["input"], step["expected"]
    understood(said, {"created_at", "answers"}, what="input")
    at = _at(said["created_at"])
    stands, health = Judged(status=Status.PENDING, next_at=at), Health()
    attempts, enabled = [], True
    for tries, one in enumerate(said["answers"], start=1):
        if stands.next_at is None:
            raise NotPlayable("an answer to an attempt that is not made")
        at, answer = stands.next_at, _answer(one)
        attempts.append({"attempt": tries, "at": _told(at)})
        stands = judge(answer, tries=tries, at=at)
        heard = hear(health, at=at, ok=answer.ok)
        health, enabled = heard.health, not (answer.gone or heard.disables)
    assert len(attempts) <= len(WAITS_S)
    differ(
        expected,
        {
            "attempts": attempts,
            "status": str(stands.status),
            "next_at": _told(stands.next_at),
            "endpoint": "enabled" if enabled else "disabled",
        },
        "delivery",
    )


# --- disabling


def _is_disabling(said: Step) -> bool:
    attempts = said.get("attempts")
    return isinstance(attempts, list) and all({"at", "ok"} <= one.keys() for one in attempts)


async def disabling_question(_: Life, step: Step) -> None:
    """The attempt with which an endpoint that only fails is disabled, and those that warn."""
    said, expected = step["input"], step["expected"]
    understood(said, {"attempts"}, what="input")
    understood(expected, {"disabled_at", "warned_at"}, what="expected")
    health, disabled_at = Health(), None
    warned_at: list[str | None] = []
    for one in said["attempts"]:
        understood(one, {"at", "ok"}, what="attempt")
        heard = hear(health, at=_at(one["at"]), ok=one["ok"])
        health = heard.health
        if heard.warns:
            warned_at.append(one["at"])
        if heard.disables:
            disabled_at = one["at"]
            break
    ours = {"disabled_at": disabled_at, "warned_at": warned_at}
    differ(expected, {name: ours[name] for name in expected}, "disabling")


ASKED = (
    ("signature_question", _is_signature),
    ("delivery_question", _is_delivery),
    ("disabling_question", _is_disabling),
)
