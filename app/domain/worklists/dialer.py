"""Dialer lists: whom a dialer may call now, in the columns it reads. No more than it needs."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain.values import Value


class DialerFormat(StrEnum):
    """In which form a list is taken away."""

    JSON = "json"
    CSV = "csv"
    VICIDIAL = "vicidial"


#: Our own columns, in their order.
COLUMNS: Final = (
    "row_id", "reference", "decision_id", "phone", "first_name", "last_name", "language",
    "time_zone", "call_after_at", "call_before_at", "priority", "reason", "account_reference",
    "voicemail",
)  # fmt: skip
#: VICIdial's standard lead file. `gmt_offset_now` is none of it: what may be called when is ours.
VICIDIAL: Final = (
    "vendor_lead_code", "source_id", "list_id", "phone_code", "phone_number", "title",
    "first_name", "middle_initial", "last_name", "address1", "address2", "address3", "city",
    "state", "province", "postal_code", "country_code", "gender", "date_of_birth", "alt_phone",
    "email", "security_phrase", "comments", "rank", "owner",
)  # fmt: skip
#: What may be left on a voicemail, as 12 CFR 1006.2(j) has it.
VOICEMAIL: Final = "limited_content"
#: With the list's id after it: who has an item that a dialer was given.
DIALED_FOR: Final = "dialer:"
_ONE_DIGIT: Final = frozenset({"1", "7"})
_OF_TWO: Final = (
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 "
    "65 66 81 82 84 86 90 91 92 93 94 95 98"
)
_TWO_DIGITS: Final = frozenset(_OF_TWO.split(" "))


class DialerRow(Value, kw_only=True):
    """A call that may be made, between two instants, under a decision that reserves it."""

    row_id: str
    reference: str
    decision_id: str
    phone: str
    first_name: str
    last_name: str
    language: str
    time_zone: str
    call_after_at: datetime
    call_before_at: datetime
    priority: int
    reason: str
    account_reference: str

    def ours(self) -> Mapping[str, object]:
        """By our own columns."""
        own = {name: getattr(self, name) for name in COLUMNS if name != "voicemail"}
        return {**own, "voicemail": VOICEMAIL}

    def vicidial(self) -> Mapping[str, object]:
        """By VICIdial's: the row's id comes back with each result, the score is the rank."""
        code, number = phone_parts(self.phone)
        said = {
            "vendor_lead_code": self.row_id, "source_id": self.decision_id, "phone_code": code,
            "phone_number": number, "first_name": self.first_name, "last_name": self.last_name,
            "comments": self.reason, "rank": self.priority, "owner": self.account_reference,
        }  # fmt: skip
        return {name: said.get(name, "") for name in VICIDIAL}


def phone_parts(phone: str) -> tuple[str, str]:
    """The country's code of a number in E.164, and its digits after it.

    No code begins another (ITU-T E.164): 1 and 7 stand alone, of the rest those named have two
    digits and all others three.
    """
    digits = phone.removeprefix("+")
    if not phone.startswith("+"):
        return "", digits
    size = 1 if digits[:1] in _ONE_DIGIT else 2 if digits[:2] in _TWO_DIGITS else 3
    return digits[:size], digits[size:]


def name_parts(name: str | None) -> tuple[str, str]:
    """First names and the last name, as far as a name written in one says which is which."""
    words = (name or "").split()
    if len(words) < 2:  # noqa: PLR2004 - one word is a last name
        return "", " ".join(words)
    return " ".join(words[:-1]), words[-1]
