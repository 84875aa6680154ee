"""What a person's text message says: stop, perhaps stop, help, or something to be read.

The words are those of 47 CFR 64.1200(a)(10) and their Spanish like; what stands among other words
stops at once and is put before a person, who may undo only that reading.
"""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

_ALONE = frozenset({
    "stop", "stopall", "quit", "end", "revoke", "optout", "opt out", "cancel", "unsubscribe",
    "alto", "parar", "baja",
})  # fmt: skip
_AMONG = (
    "stop", "unsubscribe", "opt out", "optout", "revoke", "remove me", "do not text", "dont text",
    "do not contact", "dont contact", "no more", "alto", "parar", "no mas", "basta",
)  # fmt: skip
_RESUME = frozenset({"start", "unstop"})
_HELP = frozenset({"help"})
_JOINED = re.compile(r"['\u2019\u02bc`\u00b4]")
_NO_WORD = re.compile(r"[^\w]+|_+")


class Meaning(StrEnum):
    REVOKE = "revoke"
    PROVISIONAL = "provisional"
    RESUME = "resume"
    HELP = "help"
    READ = "read"


def normalize(text: str) -> str:
    """The words alone: no accents, no case, no apostrophes, no punctuation."""
    bare = "".join(
        one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)
    )
    return _NO_WORD.sub(" ", _JOINED.sub("", bare).casefold()).strip()


def meaning(text: str, own_words: Collection[str] = ()) -> Meaning:
    """How the text is taken. `own_words`: a tenant's own, which count alone."""
    said = normalize(text)
    if said in _ALONE or said in {normalize(one) for one in own_words}:
        return Meaning.REVOKE
    if said in _RESUME:
        return Meaning.RESUME
    if said in _HELP:
        return Meaning.HELP
    padded = f" {said} "
    if any(f" {one} " in padded for one in _AMONG):
        return Meaning.PROVISIONAL
    return Meaning.READ
