"""What a debtor's link answers, and how it stands afterwards.

Looking changes nothing, whoever looks. A wrong answer is counted, five lock the link; accepting
is a POST with the hash of the words that were shown, once.
"""

from datetime import datetime
from enum import StrEnum

from app.domain.values import Value, replace

MAX_WRONG_ANSWERS = 5
#: Over all links of a person, in 24 hours: then no question is asked and no link is made.
MAX_WRONG_A_DAY = 10
MAX_DAYS = 30
#: How long a browser is known that answered the question, or a frame of a portal.
SESSION_MINUTES = 15


class Verify(StrEnum):
    """What a debtor is asked before anything personal shows."""

    POSTAL_CODE = "postal_code"
    BIRTH_YEAR = "birth_year"
    LAST_FOUR = "last_four"
    CODE = "code"
    NONE = "none"


class LinkPurpose(StrEnum):
    """What a link is good for."""

    VIEW = "view"
    CHOOSE = "choose"
    ACCEPT_SETTLEMENT = "accept_settlement"
    CONSENT = "consent"
    PREFERENCES = "preferences"
    UPDATE_POINTS = "update_points"
    MESSAGE = "message"
    UPLOAD = "upload"


class LinkStatus(StrEnum):
    ACTIVE = "active"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    LOCKED = "locked"


class Shown(StrEnum):
    """What the debtor gets to see."""

    QUESTION = "question"
    PAGE = "page"
    ACCEPTED = "accepted"
    NOTHING = "nothing"
    ENDED = "ended"
    LOCKED = "locked"
    USED = "used"
    OTHER_WORDS = "consent-mismatch"


class Link(Value, kw_only=True):
    """A link as it stands. `asks`: a question must be answered before anything personal shows."""

    expires_at: datetime  # exclusive
    text_hash: str
    asks: bool = True
    status: LinkStatus = LinkStatus.ACTIVE
    wrong_answers: int = 0
    verified: bool = False

    @property
    def opened(self) -> bool:
        return self.verified or not self.asks


class Answer(Value, kw_only=True):
    """An HTTP status, what is shown, and how the link stands now."""

    link: Link
    status: int
    shown: str


def view(link: Link, at: datetime) -> Answer:
    """A page that changes nothing but what time has."""
    link = as_of(link, at)
    if link.status in (LinkStatus.EXPIRED, LinkStatus.REVOKED, LinkStatus.LOCKED):
        return _gone(link)
    return Answer(link=link, status=200, shown=Shown.PAGE if link.opened else Shown.QUESTION)


def answer(link: Link, at: datetime, *, right: bool) -> Answer:
    """The answer to the question; the fifth wrong one locks."""
    link = as_of(link, at)
    if link.status in (LinkStatus.EXPIRED, LinkStatus.REVOKED, LinkStatus.LOCKED):
        return _gone(link)
    if right:
        return Answer(link=replace(link, verified=True), status=200, shown=Shown.PAGE)
    link = replace(link, wrong_answers=link.wrong_answers + 1)
    if link.wrong_answers >= MAX_WRONG_ANSWERS:
        return _gone(replace(link, status=LinkStatus.LOCKED))
    return Answer(link=link, status=401, shown=Shown.QUESTION)


def accept(
    link: Link, at: datetime, *, method: str, text_hash: str, refusal: str | None = None
) -> Answer:
    """The agreement. `refusal`: what the API would refuse it for now, in its words."""
    link = as_of(link, at)
    if method != "POST":
        return Answer(link=link, status=405, shown=Shown.NOTHING)
    if link.status not in (LinkStatus.ACTIVE, LinkStatus.USED):
        return _gone(link)
    if not link.opened:
        return Answer(link=link, status=401, shown=Shown.QUESTION)
    stands_against = _conflict(link, text_hash) or refusal
    if stands_against is not None:
        return Answer(link=link, status=409, shown=stands_against)
    return Answer(link=replace(link, status=LinkStatus.USED), status=201, shown=Shown.ACCEPTED)


def _conflict(link: Link, text_hash: str) -> str | None:
    if link.status is LinkStatus.USED:
        return Shown.USED
    return None if text_hash == link.text_hash else Shown.OTHER_WORDS


def revoke(link: Link) -> Link:
    """Whoever holds it sees nothing from now on; one that is used up stays so."""
    return replace(link, status=LinkStatus.REVOKED) if link.status is LinkStatus.ACTIVE else link


def as_of(link: Link, at: datetime) -> Link:
    """How it stands at an instant: at its last one it is over."""
    if link.status in (LinkStatus.ACTIVE, LinkStatus.USED) and at >= link.expires_at:
        return replace(link, status=LinkStatus.EXPIRED)
    return link


def is_answer(given: str) -> bool:
    """Whether anything was answered: machines press buttons, and an empty form is no try."""
    return _bare(given) != ""


def same_answer(given: str, known: str) -> bool:
    """Whether two answers are the same but for case, spaces and marks: `sw1a 1aa` is `SW1A1AA`."""
    return _bare(given) == _bare(known) != ""


def _bare(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def _gone(link: Link) -> Answer:
    shown = Shown.LOCKED if link.status is LinkStatus.LOCKED else Shown.ENDED
    return Answer(link=link, status=410, shown=shown)
