"""What a case of contacts tells, read as the facts the gate is given."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

from app.domain.contact import known
from app.domain.contact.gate.gate import Policy
from app.domain.contact.law.shipped import SHIPPED
from app.domain.contact.words import (
    BasisKind,
    Channel,
    CollectorType,
    ConsentKind,
    Direction,
    Label,
    Outcome,
    PartyRole,
    PointKind,
    Purpose,
    RestrictionKind,
    Validity,
)
from app.domain.vocabulary import HoldKind
from tests.scenarios.life import understood

T = TypeVar("T")
Input = Mapping[str, Any]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def uid(name: str) -> UUID:
    """The id that stands for a case's short name."""
    return uuid5(NAMESPACE_OID, name)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def on_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _ids(names: list[str] | None) -> frozenset[UUID] | None:
    return None if names is None else frozenset(map(uid, names))


def _one(kind: Callable[[Any], T], said: object) -> T | None:
    return None if said is None else kind(said)


def _debt(said: Input) -> known.Debt:
    understood(
        said,
        {"id", "country", "regions", "localities", "status", "consumer", "holds",
         "initial_communication_on", "validation_notice_sent_on", "validation_ends_on",
         "days_past_due"},
        what="account",
    )  # fmt: skip
    return known.Debt(
        account_id=uid(said["id"]),
        country=said.get("country"),
        regions=frozenset(said.get("regions") or ()),
        localities=frozenset(said.get("localities") or ()),
        consumer=said.get("consumer", True),
        paid_or_settled=said.get("status") in ("paid", "settled"),
        days_past_due=said.get("days_past_due"),
        holds=tuple(
            known.Hold(
                kind=HoldKind(one["kind"]),
                starts_on=date.fromisoformat(one["starts_on"]),
                ends_on=on_day(one.get("ends_on")),
            )
            for one in said.get("holds") or ()
        ),
        initial_communication_on=on_day(said.get("initial_communication_on")),
        validation_notice_sent_on=on_day(said.get("validation_notice_sent_on")),
        validation_ends_on=on_day(said.get("validation_ends_on")),
    )


def _point(said: Input | None) -> known.Point | None:
    if said is None:
        return None
    understood(
        said,
        {"id", "kind", "label", "validity", "suppressed", "employer_provided", "basis",
         "number_checked_on"},
        what="point",
    )  # fmt: skip
    return known.Point(
        id=uid(said["id"]),
        kind=PointKind(said["kind"]),
        label=Label(said.get("label") or "other"),
        validity=Validity(said.get("validity") or "unverified"),
        suppressed=bool(said.get("suppressed")),
        employer_provided=bool(said.get("employer_provided")),
        bases=tuple(
            known.PointBasis(
                kind=BasisKind(one["kind"]),
                on=date.fromisoformat(one["on"]),
                withdrawn=bool(one.get("withdrawn")),
                opt_out_until_on=on_day(one.get("opt_out_until_on")),
            )
            for one in said.get("basis") or ()
        ),
        number_checked_on=on_day(said.get("number_checked_on")),
    )


def contact(said: Input, *, person: str = "P1") -> known.Contact:
    """A recorded contact as a case tells it."""
    understood(
        said,
        {"id", "at", "channel", "direction", "person", "accounts", "outcome", "label", "purpose",
         "in_reply_to", "meaning", "read_at", "with_consent", "limited_content", "hard",
         "reserved_until"},
        what="contact",
    )  # fmt: skip
    read_at = said.get("read_at")
    return known.Contact(
        id=uid(said["id"]),
        at=_at(said["at"]),
        channel=Channel(said["channel"]),
        direction=Direction(said["direction"]),
        person_id=uid(said.get("person") or person),
        outcome=_one(Outcome, said.get("outcome")),
        account_ids=_ids(said.get("accounts")) or frozenset(),
        label=_one(Label, said.get("label")),
        purpose=Purpose(said.get("purpose") or "collection"),
        with_consent=bool(said.get("with_consent")),
        in_reply_to=uid(said["in_reply_to"]) if said.get("in_reply_to") else None,
        limited_content=bool(said.get("limited_content")),
        hard=said.get("hard", True),
        needs_reading=said.get("meaning") in ("read", "provisional"),
        read_at=_at(read_at) if read_at else None,
    )


def _restriction(said: Input) -> known.Restriction:
    understood(
        said,
        {"kind", "accounts", "channel", "point", "place", "days", "from", "to", "time_zone",
         "from_at", "until_at", "since_on", "extended", "attorney_consents", "consents",
         "attorney_silent_since_on", "silent_since_on"},
        what="restriction",
    )  # fmt: skip
    days = said.get("days")
    window = known.Window(
        days=None if days is None else frozenset(_WEEKDAYS.index(day) for day in days),
        from_=time.fromisoformat(said["from"]) if said.get("from") else None,
        to=time.fromisoformat(said["to"]) if said.get("to") else None,
        time_zone=said.get("time_zone"),
    )
    return known.Restriction(
        kind=RestrictionKind(said["kind"]),
        account_ids=_ids(said.get("accounts")),
        channel=_one(Channel, said.get("channel")),
        point_id=uid(said["point"]) if said.get("point") else None,
        place=_one(Label, said.get("place")),
        window=window,
        from_at=_at(said["from_at"]) if said.get("from_at") else None,
        until_at=_at(said["until_at"]) if said.get("until_at") else None,
        since_on=on_day(said.get("since_on")),
        extended=bool(said.get("extended")),
        attorney_consents=bool(said.get("attorney_consents") or said.get("consents")),
        attorney_silent_since_on=on_day(
            said.get("attorney_silent_since_on") or said.get("silent_since_on")
        ),
    )


def _consent(said: Input) -> known.Consent:
    understood(
        said,
        {"kind", "accounts", "channels", "at", "written", "days", "expires_on", "revoked_at"},
        what="consent",
    )
    channels = said.get("channels")
    return known.Consent(
        kind=ConsentKind(said["kind"]),
        at=_at(said["at"]),
        account_ids=_ids(said.get("accounts")),
        channels=None if channels is None else frozenset(map(Channel, channels)),
        written=bool(said.get("written")),
        days=said.get("days") or 7,
        expires_on=on_day(said.get("expires_on")),
        revoked_at=_at(said["revoked_at"]) if said.get("revoked_at") else None,
    )


def _asked(said: Input) -> known.Asked:
    understood(
        said,
        {"at", "channel", "purpose", "point", "automatic", "place", "in_reply_to", "template",
         "deadline_on", "voicemail", "revocation_at", "confirmations_sent", "initial",
         "asked_again"},
        what="ask",
    )  # fmt: skip
    template = said.get("template")
    voicemail = said.get("voicemail")
    return known.Asked(
        at=_at(said["at"]),
        channel=Channel(said["channel"]),
        purpose=Purpose(said.get("purpose") or "collection"),
        automatic=bool(said.get("automatic")),
        place=_one(Label, said.get("place")),
        in_reply_to=uid(said["in_reply_to"]) if said.get("in_reply_to") else None,
        wording=None
        if template is None
        else known.Wording(
            opt_out_notice=bool(template.get("opt_out_notice")),
            deadline_on=on_day(template.get("deadline_on") or said.get("deadline_on")),
        ),
        voicemail_elements=None if voicemail is None else frozenset(voicemail["elements"]),
        initial_communication=bool(said.get("initial")),
        asked_again=bool(said.get("asked_again")),
        revocation_at=_at(said["revocation_at"]) if said.get("revocation_at") else None,
        confirmations_sent=said.get("confirmations_sent") or 0,
    )


def situation(said: Input) -> tuple[known.Asked, known.Known, Policy]:
    """What a gate case asks, what is known, and by which policy."""
    understood(
        said,
        {"ask", "account", "person", "zones", "point", "contacts", "restrictions", "consents",
         "collector_type", "rule_sets"},
        what="input",
    )  # fmt: skip
    person = said["person"]
    understood(person, {"id", "role", "deceased", "asked_before"}, what="person")
    names = said.get("rule_sets") or SHIPPED
    policy = Policy(
        collector_type=CollectorType(said.get("collector_type") or "third_party"),
        rule_sets=tuple(SHIPPED[name] for name in names),
    )
    facts = known.Known(
        debt=_debt(said["account"]),
        party=known.Party(
            person_id=uid(person["id"]),
            role=PartyRole(person.get("role") or "debtor"),
            deceased=bool(person.get("deceased")),
            asked_before=person.get("asked_before") or 0,
        ),
        point=_point(said.get("point")),
        zones=tuple(said["zones"]),
        contacts=known.history(
            (contact(one, person=person["id"]) for one in said.get("contacts") or ()),
            uid(person["id"]),
        ),
        restrictions=tuple(_restriction(one) for one in said.get("restrictions") or ()),
        consents=tuple(_consent(one) for one in said.get("consents") or ()),
    )
    return _asked(said["ask"]), facts, policy
