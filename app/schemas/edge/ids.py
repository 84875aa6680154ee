"""How ids look outside: a prefix that says what it names, and the UUID in 26 letters.

`acc_01h455vb4pex5vsknk084sn02q` is TypeID's form: Crockford base32, lower case, of the 128
bits behind two zero bits. Order is kept: ids sort as their UUIDs do. The tables make both
ways cost about a microsecond; every row of every answer passes here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Annotated, Any
from uuid import UUID

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(a + b for a, b in product(_ALPHABET, repeat=2))  # ten bits at a time
_LENGTH = 26
_UUID_LENGTH = 36
_BAD = ord("!")  # what `int` will refuse
_TO_DIGITS = bytes(
    b"0123456789abcdefghijklmnopqrstuv"[_ALPHABET.index(chr(c))] if chr(c) in _ALPHABET else _BAD
    for c in range(256)
)

#: The prefix of every kind of thing that has an id. Members named `<noun>_id` follow it.
PREFIXES: Mapping[str, str] = {
    "account": "acc",
    "adjustment": "adj",
    "amendment": "amd",
    "charge": "chg",
    "chargeback": "cbk",
    "consent": "cns",
    "contact": "ctc",
    "correction": "cor",
    "cycle": "cyc",
    "decision": "dec",
    "delivery": "whd",
    "dialer_list": "dl",
    "dialer_row": "dlr",
    "escalation": "esc",
    "entered_fact": "fct",
    "event": "evt",
    "evidence_file": "evf",
    "hold": "hold",
    "import": "imp",
    "installment": "ins",
    "pause": "pau",
    "legal_hold": "lgh",
    "letter": "let",
    "message": "msg",
    "link": "lnk",
    "target": "tgt",
    "schedule": "rps",
    "report_delivery": "rpd",
    "party": "pty",
    "payment": "pay",
    "person": "per",
    "plan": "plan",
    "point": "cp",
    "posting": "pst",
    "print_batch": "pb",
    "promise": "prm",
    "quote": "quo",
    "re_age": "rea",
    "refund": "rfd",
    "replay": "rpl",
    "restriction": "rst",
    "reversal": "rev",
    "revision": "rvn",
    "revocation": "cns",
    "run": "run",
    "settlement": "set",
    "suppression": "sup",
    "sweep": "swp",
    "webhook": "wh",
    "work_item": "wi",
    "workout": "wko",
}


def encode(prefix: str, value: UUID) -> str:
    """The text of an id: `encode("acc", uuid)` → `acc_01h4…`."""
    pairs, i = _PAIRS, value.int
    return (
        f"{prefix}_{pairs[i >> 120]}{pairs[i >> 110 & 1023]}{pairs[i >> 100 & 1023]}"
        f"{pairs[i >> 90 & 1023]}{pairs[i >> 80 & 1023]}{pairs[i >> 70 & 1023]}"
        f"{pairs[i >> 60 & 1023]}{pairs[i >> 50 & 1023]}{pairs[i >> 40 & 1023]}"
        f"{pairs[i >> 30 & 1023]}{pairs[i >> 20 & 1023]}{pairs[i >> 10 & 1023]}{pairs[i & 1023]}"
    )


def decode(prefix: str, text: str) -> UUID:
    """The UUID in an id's text; `ValueError` for another prefix, length, letter or size."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != _LENGTH or tail[0] > "7":
        raise ValueError(f"not an id that starts with {prefix}_")
    return UUID(int=int(tail.encode("latin-1").translate(_TO_DIGITS), 32))


def length(prefix: str) -> int:
    """How long such an id's text is."""
    return len(prefix) + 1 + _LENGTH


def pattern(prefix: str) -> str:
    """What OpenAPI says of such an id."""
    return f"^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$"


#: Members of reasons against a contact that are lists of ids, and of what.
_LISTS = {"counted": "contact", "reserved": "decision"}


def prefix_of(member: str) -> str | None:
    """The prefix for a member by its name: `plan_id`, `existing_plan_id`, `missed_plan_ids`."""
    if member in _LISTS:
        return PREFIXES[_LISTS[member]]
    noun, _, kind = member.rpartition("_")
    if kind not in {"id", "ids"}:
        return None
    while noun:
        if noun in PREFIXES:
            return PREFIXES[noun]
        noun = noun.partition("_")[2]
    return None


def shown(member: str, value: object) -> object:
    """A value as clients see it: UUIDs of members named `<noun>_id` with their prefix, inside too.

    A UUID that travelled through JSON is known by its member's name and its form.
    """
    if isinstance(value, Mapping):
        return {name: shown(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [shown(member, inner) for inner in value]
    prefix = prefix_of(member)
    if prefix is None:
        return value
    if isinstance(value, str) and len(value) == _UUID_LENGTH:
        try:
            return encode(prefix, UUID(value))
        except ValueError:
            return value
    return encode(prefix, value) if isinstance(value, UUID) else value


@dataclass(frozen=True, slots=True)
class Prefixed:
    """A UUID inside, a prefixed text outside. `noun` is a key of `PREFIXES`."""

    noun: str

    def _validate(self, value: object) -> UUID:
        if isinstance(value, UUID):
            return value
        if isinstance(value, str):
            try:
                return decode(PREFIXES[self.noun], value)
            except ValueError:
                pass
        words = {"noun": _an(self.noun), "prefix": PREFIXES[self.noun]}
        raise PydanticCustomError("id", "should be {noun} id, {prefix}_…", words)

    def __get_pydantic_core_schema__(
        self, _source: type[Any], _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                partial(encode, PREFIXES[self.noun]),
                return_schema=core_schema.str_schema(),
                when_used="json",
            ),
        )

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        prefix = PREFIXES[self.noun]
        return {
            "type": "string",
            "pattern": pattern(prefix),
            "maxLength": length(prefix),
            "examples": [encode(prefix, UUID("01890a5d-ac96-774b-bcce-b302099a8057"))],
        }


def _an(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun.replace('_', '-')}"


AccountId = Annotated[UUID, Prefixed("account")]
AdjustmentId = Annotated[UUID, Prefixed("adjustment")]
ChargeId = Annotated[UUID, Prefixed("charge")]
ConsentId = Annotated[UUID, Prefixed("consent")]
ContactId = Annotated[UUID, Prefixed("contact")]
ContactPointId = Annotated[UUID, Prefixed("point")]
ChargebackId = Annotated[UUID, Prefixed("chargeback")]
CorrectionId = Annotated[UUID, Prefixed("correction")]
DecisionId = Annotated[UUID, Prefixed("decision")]
CycleId = Annotated[UUID, Prefixed("cycle")]
DeliveryId = Annotated[UUID, Prefixed("delivery")]
DialerListId = Annotated[UUID, Prefixed("dialer_list")]
DialerRowId = Annotated[UUID, Prefixed("dialer_row")]
EscalationId = Annotated[UUID, Prefixed("escalation")]
EventId = Annotated[UUID, Prefixed("event")]
EvidenceFileId = Annotated[UUID, Prefixed("evidence_file")]
HoldId = Annotated[UUID, Prefixed("hold")]
ImportId = Annotated[UUID, Prefixed("import")]
InstallmentId = Annotated[UUID, Prefixed("installment")]
LegalHoldId = Annotated[UUID, Prefixed("legal_hold")]
LetterId = Annotated[UUID, Prefixed("letter")]
MessageId = Annotated[UUID, Prefixed("message")]
ScheduleId = Annotated[UUID, Prefixed("schedule")]
ReportDeliveryId = Annotated[UUID, Prefixed("report_delivery")]
TargetId = Annotated[UUID, Prefixed("target")]
LinkId = Annotated[UUID, Prefixed("link")]
PrintBatchId = Annotated[UUID, Prefixed("print_batch")]
PartyId = Annotated[UUID, Prefixed("party")]
PauseId = Annotated[UUID, Prefixed("pause")]
PaymentId = Annotated[UUID, Prefixed("payment")]
PersonId = Annotated[UUID, Prefixed("person")]
PlanId = Annotated[UUID, Prefixed("plan")]
PostingId = Annotated[UUID, Prefixed("posting")]
PromiseId = Annotated[UUID, Prefixed("promise")]
QuoteId = Annotated[UUID, Prefixed("quote")]
ReAgeId = Annotated[UUID, Prefixed("re_age")]
RefundId = Annotated[UUID, Prefixed("refund")]
ReplayId = Annotated[UUID, Prefixed("replay")]
RestrictionId = Annotated[UUID, Prefixed("restriction")]
ReversalId = Annotated[UUID, Prefixed("reversal")]
RunId = Annotated[UUID, Prefixed("run")]
SettlementId = Annotated[UUID, Prefixed("settlement")]
SuppressionId = Annotated[UUID, Prefixed("suppression")]
SweepId = Annotated[UUID, Prefixed("sweep")]
WebhookId = Annotated[UUID, Prefixed("webhook")]
WorkItemId = Annotated[UUID, Prefixed("work_item")]
WorkoutId = Annotated[UUID, Prefixed("workout")]
