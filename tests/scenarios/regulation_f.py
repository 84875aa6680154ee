"""Cases of Regulation F in its own words: gates, validation periods, postdated payments.

They give a state of affairs and an act. The act is put to the gate that the service asks; what is
no contact, or no act of this service, is not played.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from app.domain.contact.gate.gate import decide
from app.domain.contact.postdated import notice_window
from app.domain.contact.validation import ItemizationReference, period, period_of_oral_notice
from app.domain.evidence.escalation import Case, against_legal
from app.domain.evidence.retention import until_on
from app.domain.reporting.furnishing import (
    WAITS_DAYS,
    Telling,
    against_furnishing,
    furnishable_from,
)
from app.domain.vocabulary import Role
from app.services.holidays import calendar
from tests.scenarios.client import NotPlayable
from tests.scenarios.contact_facts import Input, situation
from tests.scenarios.contacting import differ
from tests.scenarios.life import Life, Step, understood

_AT = "2026-10-06T15:00:00Z"
_CALENDAR = "US-6103A"
_ENDS_ON = "2026-10-30"


def _call(label: str = "mobile", **ask: Any) -> dict[str, Any]:
    return {
        "ask": {"at": _AT, "channel": "call", "purpose": "collection", **ask},
        "point": {"id": "CP1", "kind": "phone", "label": label, "validity": "valid",
                  "basis": [{"kind": "direct_consent", "on": "2026-09-20"}]},
    }  # fmt: skip


def _letter(purpose: str, **ask: Any) -> dict[str, Any]:
    return {
        "ask": {"at": _AT, "channel": "letter", "purpose": purpose, **ask},
        "point": {"id": "CP4", "kind": "postal", "label": "home", "validity": "valid"},
    }


_DEADLINE = {"opt_out_notice": True, "deadline_on": _ENDS_ON}
_ACTS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "call": _call,
    "call_consumer": _call,
    "collect": _call,
    "call_at_work": lambda: _call("work"),
    "sms": lambda: _call(channel="sms", template={"opt_out_notice": True}),
    "email": lambda: _letter("collection", channel="email", template={"opt_out_notice": True}),
    "letter": lambda: _letter("collection"),
    "sms_opt_out_confirmation": lambda: _call(
        channel="sms", purpose="opt_out_confirmation", revocation_at="2026-10-06T14:58:00Z"
    ),
    "notice_may_invoke_remedy": lambda: _letter("cease_notice"),
    "notice_terminating_collection": lambda: _letter("cease_notice"),
    "notice_intends_to_invoke_remedy": lambda: _letter("cease_notice"),
    "call_attorney": _call,
    "reply": lambda: _letter("reply", channel="email", in_reply_to="X1"),
    "threaten_suit": lambda: _letter("legal_process"),
    "file_suit": lambda: _letter("legal_process"),
    "offer_plan": lambda: _letter("collection"),
    "voicemail_with_extra_content": lambda: _call(voicemail={"elements": [
        "business_name", "request_to_reply", "person_name", "telephone_number", "state_text",
    ]}),
    "demand_payment_with_deadline_before_validation_end": lambda: _letter(
        "collection", template=_DEADLINE
    ),
}  # fmt: skip
#: Acts of whoever furnishes, and whether a dispute is noted in it.
_FURNISHED = {"furnish": True, "furnish_without_dispute_code": False}
_IGNORED = {"verified", "replies_sent", "consumer_initiated", "cease_oral", "today"}


def _is_act(said: Input) -> bool:
    return {"state", "action"} <= said.keys()


def _case(state: Input, action: str) -> dict[str, Any]:
    case = _ACTS[action]()
    account: dict[str, Any] = {"id": "A1", "country": "US", "regions": ["US-TX"], "holds": []}
    case |= {
        "account": account, "person": {"id": "P1", "role": "debtor"},
        "zones": ["America/Chicago"], "restrictions": [], "contacts": [],
        "rule_sets": ["us-federal"],
    }  # fmt: skip
    for name, value in state.items():
        if name in _STATES:
            _STATES[name](case, value)
        elif name not in _IGNORED:
            raise NotPlayable(f"state {name}")
    if state.get("disputed_in_writing") and not state.get("verified"):
        account["holds"].append({"kind": "dispute", "starts_on": "2026-09-20"})
    if action == "call_attorney":
        case["person"]["role"] = "attorney"
    if action == "reply":
        case["ask"]["template"] = {"opt_out_notice": True}
        case["contacts"] = _written_to(int(state.get("replies_sent") or 0))
    return case


def _written_to(answers: int) -> list[dict[str, Any]]:
    said = {"id": "X1", "at": "2026-10-06T14:00:00Z", "channel": "email", "direction": "in",
            "outcome": "received", "accounts": ["A1"]}  # fmt: skip
    answer = {**said, "direction": "out", "outcome": "sent", "purpose": "reply",
              "in_reply_to": "X1", "at": "2026-10-06T14:30:00Z"}  # fmt: skip
    return [said, *({**answer, "id": f"R{number}"} for number in range(answers))]


def _hold(kind: str) -> Callable[[dict[str, Any], Any], None]:
    def place(case: dict[str, Any], value: object) -> None:
        if value:
            case["account"]["holds"].append({"kind": kind, "starts_on": "2026-09-01"})

    return place


def _restrict(**restriction: Any) -> Callable[[dict[str, Any], Any], None]:
    def restrict(case: dict[str, Any], value: object) -> None:
        if value:
            case["restrictions"].append(restriction)

    return restrict


def _opt_out(case: dict[str, Any], channels: list[str]) -> None:
    case["restrictions"] += [{"kind": "opt_out", "channel": one} for one in channels]


def _paid(case: dict[str, Any], value: object) -> None:
    case["account"]["status"] = "paid" if value else "open"


def _in_validation(case: dict[str, Any], value: object) -> None:
    case["account"]["validation_ends_on"] = _ENDS_ON if value else None


_STATES: Mapping[str, Callable[[dict[str, Any], Any], None]] = {
    "cease_written": _hold("cease_communication"),
    "attorney_known": _restrict(kind="attorney"),
    "employer_prohibits": _restrict(kind="employer_prohibits"),
    "opt_out": _opt_out,
    "time_barred": _restrict(kind="time_barred"),
    "paid_or_settled": _paid,
    "within_validation_period": _in_validation,
    "inconvenient_now": _restrict(kind="inconvenient_time", **{"from": "09:00", "to": "12:00"}),
    "disputed_in_writing": lambda _case, _value: None,
}  # fmt: skip


async def act_question(_: Life, step: Step) -> None:
    """Whether the act may be done, and the reason where it may not.

    Where it may, the case's reason is a comment, and the gate has none.
    """
    said, expected = step["input"], step["expected"]
    state, action = said["state"], said["action"]
    if action == "purge":
        kept_until_on = until_on(date.fromisoformat(state["last_activity"]))
        erasable = date.fromisoformat(state["today"]) > kept_until_on
        ours = {"allowed": erasable, "reason": None if erasable else "RETENTION"}
    elif action == "transfer_for_collection":
        ours = _to_an_attorney(state)
    elif action in _FURNISHED:
        ours = _furnished(state, action)
    elif state.get("bankruptcy_discharged"):
        raise NotPlayable(
            "set aside: Holds: what is discharged stays under `bankruptcy`,"
            " and is refused AUTOMATIC_STAY; the closed list of codes has no other"
        )
    elif action not in _ACTS:
        raise NotPlayable(f"{action} is no act of this service")
    else:
        decision = decide(*situation(_case(state, action)))
        first = decision.reasons[0].code if decision.reasons else None
        ours = {"allowed": decision.allowed, "reason": first and str(first)}
    if expected["allowed"]:
        ours["reason"] = expected["reason"]
    differ(dict(expected), ours, action)


def _furnished(state: Input, action: str) -> dict[str, Any]:
    """What the account's credit report says of it, held against the act."""
    understood(state, {"letter_sent_days_ago", "undeliverable", "disputed"}, what="state")
    today = date.fromisoformat(_AT[:10])
    ago = int(state.get("letter_sent_days_ago") or WAITS_DAYS)
    letter = Telling(on=today - timedelta(days=ago), spoken=False)
    against = against_furnishing(
        today,
        from_on=furnishable_from(() if state.get("undeliverable") else (letter,)),
        disputed=bool(state.get("disputed")),
        notes_dispute=_FURNISHED[action],
    )
    return {"allowed": not against, "reason": str(against[0]) if against else None}


def _to_an_attorney(state: Input) -> dict[str, Any]:
    """To place it for collection is here to give it to an attorney."""
    understood(state, {"paid_or_settled"}, what="state")
    case = Case(
        owed_minor=1, minimum_minor=0, role=Role.SUPERVISOR,
        paid_or_settled=bool(state.get("paid_or_settled")),
    )  # fmt: skip
    against = against_legal(case, date.fromisoformat(_AT[:10]))
    return {"allowed": not against, "reason": str(against[0]) if against else None}


def _is_validation(said: Input) -> bool:
    return "notice_sent_on" in said or said.keys() == {"oral_on"}


async def validation_question(_: Life, step: Step) -> None:
    """When the notice is taken to have arrived, and the last day to dispute."""
    said, expected = step["input"], step["expected"]
    understood(
        said, {"notice_sent_on", "returned", "second_notice_sent_on", "oral_on"}, what="input"
    )
    if said.get("oral_on"):
        found = period_of_oral_notice(date.fromisoformat(said["oral_on"]))
    else:
        sent = said["second_notice_sent_on"] if said.get("returned") else said["notice_sent_on"]
        found = period(date.fromisoformat(sent), calendar(_CALENDAR))
    ours = {
        "assumed_received_on": found.assumed_received_on.isoformat(),
        "validation_period_ends": found.ends_on.isoformat(),
    }
    differ(dict(expected), {key: ours[key] for key in expected}, "period")


def _is_postdated(said: Input) -> bool:
    return {"accepted_on", "instrument_date"} <= said.keys()


async def postdated_question(_: Life, step: Step) -> None:
    """The days on which the deposit of a postdated payment must be announced."""
    said, expected = step["input"], step["expected"]
    accepted_on = date.fromisoformat(said["accepted_on"])
    found = notice_window(
        accepted_on, date.fromisoformat(said["instrument_date"]), calendar(_CALENDAR)
    )
    ours: dict[str, Any] = {"notice_required": found is not None}
    if found is not None:
        ours["latest_notice"] = found.latest_on.isoformat()
        ours["effective_earliest_notice"] = found.earliest_on.isoformat()
        if found.earliest_on > accepted_on:
            ours["earliest_notice"] = found.earliest_on.isoformat()
    known = {key: value for key, value in expected.items() if key in ours}
    if expected.keys() - known.keys() - {"earliest_notice"}:
        raise NotPlayable(f"expected {', '.join(expected.keys() - known.keys())}")
    differ(known, {key: ours[key] for key in known}, "window")


def _is_reference(said: Input) -> bool:
    return said.keys() == {"reference"}


async def itemization_question(_: Life, step: Step) -> None:
    """Whether a debt may be itemized from this date."""
    said, expected = step["input"], step["expected"]
    ours = said["reference"].removesuffix("_date") in tuple(ItemizationReference)
    differ(dict(expected), {"allowed": ours}, "reference")


ASKED = (
    ("act_question", _is_act),
    ("validation_question", _is_validation),
    ("postdated_question", _is_postdated),
    ("itemization_question", _is_reference),
)
