"""Cases of messages and notices, asked of the domain: a message's facts, and a day's notices."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.domain.contact.validation import beginnings, lapses_on
from app.domain.messages import lifecycle
from app.domain.messages.lifecycle import Message, MessageStatus, Refusal, fold
from app.domain.messages.notices import Installment, NoticeRule, When, notices_of
from tests.scenarios.client import NotPlayable
from tests.scenarios.contact_facts import Input
from tests.scenarios.contacting import differ
from tests.scenarios.life import Life, Step, understood


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _refusal(gate: Any) -> Refusal | None:
    if gate in (None, "allowed"):
        return None
    until = gate.get("next_allowed_at") if gate.get("timed") else None
    return Refusal(code=gate["code"], next_allowed_at=_at(until) if until else None)


_FACTS: Mapping[str, Callable[[datetime, Input], lifecycle.Fact | None]] = {
    "asked": lambda at, said: lifecycle.Asked(at=at, refusal=_refusal(said.get("gate"))),
    "claimed": lambda at, said: lifecycle.Claimed(
        at=at, refusal=_refusal(said.get("gate")), still_true=said.get("still_true", True)
    ),
    "accepted": lambda at, _: lifecycle.Accepted(at=at),
    "error": lambda at, said: lifecycle.Refused(
        at=at, permanent=said["permanent"], code=said["code"]
    ),
    "lease_expired": lambda at, _: lifecycle.LeaseExpired(at=at),
    "report": lambda at, said: lifecycle.Reported(
        at=at, status=MessageStatus(said["status"]), code=said.get("code")
    ),
    "decided": lambda at, said: lifecycle.Decided(at=at, resend=said["what"] == "resend"),
    "cancel": lambda at, _: lifecycle.Cancelled(at=at),
    "hold_placed": lambda at, said: (
        None if said["passes"] else lifecycle.Forbidden(at=at, code=said["code"])
    ),
}


def _is_message(said: Input) -> bool:
    return {"provider_idempotent", "facts"} <= said.keys()


async def message_question(_: Life, step: Step) -> None:
    """How a message stands after all its facts."""
    said, expected = step["input"], step["expected"]
    understood(said, {"provider_idempotent", "expires_at", "facts"}, what="input")
    expires_at = said.get("expires_at")
    facts = []
    for one in said["facts"]:
        if one["fact"] not in _FACTS:
            raise NotPlayable(f"fact {one['fact']}")
        facts.append(_FACTS[one["fact"]](_at(one["at"]), one))
    message = fold(
        Message(
            provider_idempotent=said["provider_idempotent"],
            expires_at=_at(expires_at) if expires_at else None,
        ),
        (one for one in facts if one is not None),
    )
    not_before = message.not_before_at
    ours = {
        "status": str(message.status), "reason": message.reason, "attempts": message.attempts,
        "counts_as_contact": message.counts_as_contact, "ignored": message.ignored,
        "not_before_at": not_before and not_before.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip
    differ(dict(expected), {key: ours[key] for key in expected}, "message")


def _is_notices(said: Input) -> bool:
    return {"business_date", "notices", "installments"} <= said.keys()


async def notices_question(_: Life, step: Step) -> None:
    """The notices a day makes."""
    said, expected = step["input"], step["expected"]
    plan = said["plan"]
    made = notices_of(
        date.fromisoformat(said["business_date"]),
        [NoticeRule(key=one["key"], when=When(one["when"]), days=one["days"])
         for one in said["notices"]],
        [_installment(one) for one in said["installments"]],
        reminds=plan["status"] == "active" and plan["standing"] != "paused",
        already={(key, about, date.fromisoformat(on)) for key, about, on in said["already"]},
    )  # fmt: skip
    ours = [
        {
            "key": [one.key[0], one.key[1], one.key[2].isoformat()],
            "for_on": one.for_on.isoformat(),
            "amount_minor": one.amount_minor,
        }
        for one in made
    ]
    differ(expected["created"], ours, "created")


def _installment(said: Input) -> Installment:
    understood(said, {"id", "due_on", "outstanding_minor", "missed_on"}, what="installment")
    missed = said.get("missed_on")
    return Installment(
        id=said["id"],
        due_on=date.fromisoformat(said["due_on"]),
        outstanding_minor=said["outstanding_minor"],
        missed_on=date.fromisoformat(missed) if missed else None,
    )


def _is_validation_notice(said: Input) -> bool:
    return {"begun_on", "looked_on"} <= said.keys()


async def validation_notice_question(_: Life, step: Step) -> None:
    """On which of the days that were closed the notice is made, and until when it may leave."""
    said, expected = step["input"], step["expected"]
    understood(said, {"begun_on", "days", "looked_on"}, what="input")
    begun_on = date.fromisoformat(said["begun_on"])
    spans = {one: beginnings(date.fromisoformat(one), after_days=said["days"])
             for one in said["looked_on"]}  # fmt: skip
    made = [one for one, (first, last) in spans.items() if first <= begun_on <= last]
    ours = {
        "made_on": min(made, default=None), "leaves_before": lapses_on(begun_on).isoformat(),
    }  # fmt: skip
    differ(dict(expected), ours, "notice")


ASKED = (
    ("message_question", _is_message),
    ("notices_question", _is_notices),
    ("validation_notice_question", _is_validation_notice),
)
