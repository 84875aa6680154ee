"""Does somebody's own text name a person? What leaves in an event cannot be erased.

Reasons are written by people about people. One with the debtor's name, e-mail or phone in it
stays where it was entered, and the event says that it was withheld.
"""

import re

#: What an event says in place of a reason that names the debtor.
WITHHELD = "[withheld: it names the debtor]"

_WORD = re.compile(r"\w+")
_LEAST_LETTERS = 3  # shorter ones, as `de` or `Li`, are in every text
_LEAST_DIGITS = 7


def names(text: str, *, name: str | None, email: str | None, phone: str | None) -> bool:
    """Whether a text has a word of the name in it, the e-mail, or the phone's digits."""
    folded = text.casefold()
    words = set(_WORD.findall(folded))
    parts = _WORD.findall((name or "").casefold())
    if any(len(part) >= _LEAST_LETTERS and part in words for part in parts):
        return True
    if email and email.casefold() in folded:
        return True
    digits = _digits(phone or "")
    return len(digits) >= _LEAST_DIGITS and digits in _digits(text)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
