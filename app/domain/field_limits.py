"""What may be written in a field: days, names, labels, sums; one answer for the API and for files.

The edge builds its types from these and imports check their cells with them, so that neither
takes what the other refuses. A limit that needs a policy or a database is not here.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from app.domain.money import MAX_MINOR
from app.domain.schedule.dates import LAST_YEAR
from app.domain.schedule.problems import FIRST_YEAR

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CONTROLS = r"\u0000-\u001f\u007f"
#: Unicode's White_Space: what `str.strip` takes off, less the controls.
_BLANKS = r"\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

NO_DAY = "should be a day that exists, as YYYY-MM-DD"
NO_YEAR = f"should be a day from {FIRST_YEAR} to {LAST_YEAR}"


def day_problem(day: date) -> str | None:
    """What is wrong with a day; the years end long before the calendar of the machine does."""
    return None if FIRST_YEAR <= day.year <= LAST_YEAR else NO_YEAR


def read_day(text: str) -> date:
    """A day as it is written in requests and files. Raises `ValueError` with the limit."""
    if not _ISO_DATE.fullmatch(text):
        raise ValueError(NO_DAY)
    if not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise ValueError(NO_YEAR)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(NO_DAY) from None


@dataclass(frozen=True, slots=True)
class Text:
    """A kind of text: its length, its pattern (as JSON Schema writes it) and both in words."""

    most: int
    pattern: str
    words: str
    least: int = 1
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", re.compile(self.pattern.removesuffix("$") + r"\Z"))

    def problem(self, text: str) -> str | None:
        """What is wrong with a text; None: nothing."""
        fits = self.least <= len(text) <= self.most and self._compiled.match(text)
        return None if fits else f"should be {self.words}"

    def read(self, text: str) -> str:
        """The text as it is. Raises `ValueError` with the limit."""
        if problem := self.problem(text):
            raise ValueError(problem)
        return text


#: Another system, as it calls itself: in `Accord-Origin`, and before its ids.
SYSTEM = Text(
    64, r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "1 to 64 letters, digits, dots, hyphens or underscores"
)
#: Somebody's own id for something. Blanks inside stay; none at its ends, where nobody sees them.
REFERENCE = Text(
    255,
    rf"^[^{_CONTROLS}{_BLANKS}]([^{_CONTROLS}]*[^{_CONTROLS}{_BLANKS}])?$",
    "1 to 255 printable characters, no blank at either end",
)
#: What an account was placed with: reports group by it.
PLACEMENT_BATCH = Text(64, REFERENCE.pattern, "1 to 64 printable characters, no blank at an end")
#: One line for people: a name, a reason.
LINE = Text(500, rf"^[^{_CONTROLS}]+$", "1 to 500 printable characters")
#: A word that marks or groups: a bucket, a skill, a field of a sheet.
TAG = Text(40, LINE.pattern, "1 to 40 printable characters")
#: A heading of a sheet, or what stands in each of its cells.
HEADING = Text(2_000, r"^[^\u0000]+$", "1 to 2,000 characters")
#: What was said in a contact, in words.
#: Where a consent was given from, as a server sees it.
IP = Text(64, r"^[0-9A-Fa-f:.]+$", "an address of up to 64 characters")
USER_AGENT = Text(255, r"^[^\u0000]+$", "1 to 255 characters")
SUMMARY = Text(4_000, r"^[^\u0000]+$", "1 to 4,000 characters")
#: Somebody who works here, as a header can say it.
ACTOR = Text(
    128, r"^[!-~]([ -~]*[!-~])?$", "1 to 128 visible ASCII characters, no blank at either end"
)
TEAM_NAME = Text(64, r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "letters, digits, dots, hyphens, 1 to 64")
TEMPLATE_KEY = Text(
    64, r"^[a-z][a-z0-9_]*$", "small letters, digits and underscores, 1 to 64, a letter first"
)
LOCALE = Text(6, r"^[a-z]{2,3}-[A-Z]{2}$", "a language with its country, like en-US")
POLICY_NAME = Text(64, r"^[^\u0000]+$", "a policy's name, of 1 to 64 characters")
CALENDAR_NAME = Text(32, r"^[^\u0000]+$", "a calendar's name, of 1 to 32 characters")
REGION = Text(6, r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$", "a region of ISO 3166-2, like US-TX, or a country")
LANGUAGE = Text(
    35, r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "a language of BCP 47, like en, in 35 characters"
)
LABEL_NAME = Text(40, r"^[^\u0000]+$", "a label's name, of 1 to 40 characters")
LABEL = Text(500, r"^[^\u0000]*$", "0 to 500 characters", 0)
MAX_LABELS = 50


def labels_problem(labels: Collection[str]) -> str | None:
    """What is wrong with how many labels there are; each is checked on its own."""
    return None if len(labels) <= MAX_LABELS else f"should be {MAX_LABELS} labels at most"


def sum_problem(amounts: Iterable[int]) -> str | None:
    """What is wrong with amounts taken together."""
    return None if sum(amounts) <= MAX_MINOR else f"should sum to {MAX_MINOR} at most"
