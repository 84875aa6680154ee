"""Cases of contacts: the gate, whereabouts, effects, verdicts and words, asked of the domain.

These cases give the gate its facts one by one: zones already found, contacts without a person's
history. So they are put to the functions the service asks, not over HTTP; what is asked over HTTP
is in the lives.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from app.domain.contact import known
from app.domain.contact.effects import effects
from app.domain.contact.gate.gate import decide
from app.domain.contact.gate.hours import open_window
from app.domain.contact.gate.whereabouts import Address, Opinions, Said, candidate_zones
from app.domain.contact.judgement import Judged, judge, newly_told
from app.domain.contact.law.rules import Hours
from app.domain.contact.law.shipped import US_FEDERAL
from app.domain.contact.opt_out_words import meaning
from app.domain.contact.voicemail import is_limited_content
from app.domain.contact.words import Code
from tests.scenarios.client import NotPlayable
from tests.scenarios.contact_facts import Input, contact, on_day, situation, uid
from tests.scenarios.life import Life, Step, understood
from tests.scenarios.tables import Differs

# --- the gate


def _is_gate(said: Input) -> bool:
    return {"ask", "account", "zones"} <= said.keys()


def differ(expected: Any, ours: Any, what: str) -> None:
    """Raises `Differs` unless both are the same."""
    if expected != ours:
        raise Differs(f"{what}\nexpected {expected}\nours     {ours}")


async def gate_question(_: Life, step: Step) -> None:
    """Every reason against the contact, and when there is none."""
    said, expected = step["input"], step["expected"]
    understood(expected, {"allowed", "reasons", "next_allowed_at"}, what="expected")
    decision = decide(*situation(said))
    ours = {
        "allowed": decision.allowed,
        "reasons": [{"code": str(one.code), "rule_set": one.rule_set} for one in decision.reasons],
        "next_allowed_at": _told(decision.next_allowed_at),
    }
    differ(dict(expected), {key: ours[key] for key in expected}, "decision")


def _told(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- where and when


def _is_zones(said: Input) -> bool:
    return "day" in said and said.keys() <= {
        "day", "phones", "addresses", "region", "stated", "stated_on", "account_time_zone",
        "country",
    }  # fmt: skip


async def zones_question(_: Life, step: Step) -> None:
    """The candidate zones, and the hours that are open in all of them."""
    said, expected = step["input"], step["expected"]
    day = date.fromisoformat(said["day"])
    stated = said.get("stated")
    found = candidate_zones(
        Opinions(
            said=Said(time_zone=stated, on=on_day(said.get("stated_on")) or day)
            if stated
            else None,
            account_time_zone=said.get("account_time_zone"),
            addresses=tuple(
                Address(zones=tuple(one.get("zones") or ()), region=one.get("region"))
                for one in said.get("addresses") or ()
                if one.get("valid", True)
            ),
            phones=tuple(one["e164"] for one in said.get("phones") or () if one.get("valid", True)),
            region=said.get("region"),
        ),
        day,
    )
    hours = [rule for rule in US_FEDERAL.rules if isinstance(rule, Hours)]
    window = open_window(hours, day, found) if found else None
    shown = window and {"opens_at": _told(window[0]), "closes_at": _told(window[1])}
    differ(dict(expected), {"zones": list(found), "window": shown}, "whereabouts")


def _is_contact_time(said: Input) -> bool:
    return {"at_utc", "candidate_time_zones"} <= said.keys()


async def contact_time_question(_: Life, step: Step) -> None:
    """Whether a call is in hours in every zone, and what the clocks show."""
    said, expected = step["input"], step["expected"]
    ask = {"at": said["at_utc"], "channel": "call", "point": "CP1"}
    decision = decide(*situation({**_QUIET, "ask": ask, "zones": said["candidate_time_zones"]}))
    local = {one.time_zone: one.local.isoformat() for one in decision.zones}
    differ(dict(expected), {"allowed": decision.allowed, "local": local}, "hours")


_QUIET: dict[str, Any] = {
    "collector_type": "third_party",
    "account": {"id": "A1", "country": "US", "regions": ["US-TX"], "status": "open"},
    "person": {"id": "P1", "role": "debtor"},
    "zones": ["America/Chicago"],
    "point": {"id": "CP1", "kind": "phone", "label": "mobile", "validity": "valid"},
    "rule_sets": ["us-federal"],
}


# --- what a contact counts as


def _is_effects(said: Input) -> bool:
    return {"channel", "direction", "outcome"} <= said.keys()


async def effects_question(_: Life, step: Step) -> None:
    """Attempt, communication, call, conversation, and what becomes of the point."""
    said, expected = step["input"], step["expected"]
    found = effects(contact({**said, "id": "X1", "at": "2026-10-06T15:00:00Z"}))
    ours = {
        "attempt": found.attempt, "communication": found.communication, "counts": found.counts,
        "cooldown": found.cooldown, "point": found.point,
    }  # fmt: skip
    differ(dict(expected), ours, "effects")


def _is_voicemail(said: Input) -> bool:
    return {"medium", "content"} <= said.keys()


async def voicemail_question(_: Life, step: Step) -> None:
    """Whether the message is limited content."""
    said, expected = step["input"], step["expected"]
    understood(said, {"medium", "content", "known_to_be"}, what="input")
    ours = is_limited_content(
        frozenset(said["content"]), medium=said["medium"], known_to_be=said.get("known_to_be")
    )
    differ(dict(expected), {"limited_content": ours}, "voicemail")


def _is_text(said: Input) -> bool:
    return said.keys() <= {"text", "own_words"} and "text" in said


async def text_question(_: Life, step: Step) -> None:
    """What a text of the person means."""
    said, expected = step["input"], step["expected"]
    ours = meaning(said["text"], said.get("own_words") or ())
    differ(dict(expected), {"meaning": str(ours)}, "text")


# --- judged afterwards


def _is_judgement(said: Input) -> bool:
    return "entered" in said


def _codes(verdicts: Mapping[UUID, Judged]) -> dict[UUID, tuple[Code, ...]]:
    return {contact_id: verdict.codes for contact_id, verdict in verdicts.items()}


async def judgement_question(_: Life, step: Step) -> None:
    """The verdict on each contact, and what each entry tells."""
    said, expected = step["input"], step["expected"]
    _, facts, policy = situation({**_QUIET, "ask": {"at": "2026-10-01T15:00Z", "channel": "call"}})
    names = {uid(one["id"]): one["id"] for one in said["entered"] if "id" in one}
    entered: list[known.Contact] = []
    before: dict[UUID, Judged] = {}
    told = []
    for one in said["entered"]:
        if "voids" in one:
            entered = [had for had in entered if had.id != uid(one["voids"])]
        else:
            understood(one, {"id", "on", "outcome", "accounts", "at"}, what="entered")
            at = one.get("at") or f"{one['on']}T17:00:00Z"
            call = {"channel": "call", "direction": "out", "accounts": ["A1"], **one, "at": at}
            call.pop("on", None)
            entered.append(contact(call))
        now = judge(entered, facts, policy)
        told.append([
            {
                "contact": names[each.contact_id],
                "outside": list(map(str, each.codes)),
                "corrects": each.corrects,
            }
            for each in newly_told(_codes(before), _codes(now))
        ])  # fmt: skip
        before = now
    verdicts = {names[one]: list(map(str, found.codes)) for one, found in before.items()}
    wanted = [sorted(one, key=str) for one in expected["told"]]
    differ(expected["verdicts"], verdicts, "verdicts")
    differ(wanted, [sorted(one, key=str) for one in told], "told")


# --- call frequency (Regulation F)


def _is_frequency(said: Input) -> bool:
    return {"history", "candidate"} <= said.keys()


_RESULTS = {"voicemail": "voicemail_left"}


def _of_history(said: Input, number: int) -> dict[str, Any]:
    understood(
        said,
        {"type", "date", "person", "debts", "result", "seq", "number", "with_prior_consent"},
        what="history",
    )
    kinds = {"outbound": ("call", "out"), "inbound": ("call", "in"), "sms": ("sms", "out"),
             "email": ("email", "out")}  # fmt: skip
    if said["type"] not in kinds:
        raise NotPlayable(f"history of type {said['type']}")
    channel, direction = kinds[said["type"]]
    result = said.get("result") or "sent"
    return {
        "id": f"H{number}", "at": f"{said['date']}T12:00:{number:02d}Z", "channel": channel,
        "direction": direction, "person": said["person"], "accounts": said["debts"],
        "outcome": _RESULTS.get(result, result), "with_consent": said.get("with_prior_consent"),
    }  # fmt: skip


async def frequency_question(_: Life, step: Step) -> None:
    """The presumption of 12 CFR 1006.14(b)(2) for a call, debt by debt."""
    said, expected = step["input"], step["expected"]
    candidate = said["candidate"]
    understood(candidate, {"person", "debts", "date", "number", "purpose"}, what="candidate")
    events = list(enumerate(said["history"]))
    consents = [
        {"kind": "more_calls", "accounts": one["debts"], "at": f"{one['date']}T12:00:{n:02d}Z"}
        for n, one in events
        if one["type"] == "consent"
    ]
    contacts = [_of_history(one, n) for n, one in events if one["type"] != "consent"]
    for debt in candidate["debts"]:
        case = {
            **_QUIET,
            "account": {**_QUIET["account"], "id": debt},
            "person": {"id": candidate["person"], "role": "debtor"},
            "zones": ["UTC"],
            "ask": {"at": f"{candidate['date']}T13:00:00Z", "channel": "call"},
            "contacts": contacts,
            "consents": consents,
        }
        decision = decide(*situation(case))
        bare = decide(*situation({**case, "consents": []}))
        ours: dict[str, Any] = {
            "presumption": "compliant" if decision.allowed else "violation",
            "reasons": [str(one.code) for one in decision.reasons],
            "calls_in_window_including_this": decision.calls_in_7_days + 1,
        }
        if decision.allowed and not bare.allowed:
            ours["reasons"] = ["EXCLUDED_PRIOR_CONSENT"]
        told = expected[debt]
        differ(dict(told), {key: ours[key] for key in told}, f"presumption on {debt}")


ASKED = (
    ("gate_question", _is_gate),
    ("zones_question", _is_zones),
    ("contact_time_question", _is_contact_time),
    ("voicemail_question", _is_voicemail),
    ("judgement_question", _is_judgement),
    ("frequency_question", _is_frequency),
    ("effects_question", _is_effects),
    ("text_question", _is_text),
)
