"""A template: words in several languages, by what they are sent and what they are for."""

from collections.abc import Mapping
from enum import StrEnum

from app.domain.contact.words import Purpose
from app.domain.values import Value


class TemplateChannel(StrEnum):
    """By what a template's words are sent."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    VOICEMAIL = "voicemail"


class Wording(Value, kw_only=True):
    """The words of one language, in Liquid. `html` None: the text is all there is."""

    subject: str | None = None
    text: str
    html: str | None = None


class Template(Value, kw_only=True):
    """One version of a template; it never changes. Version 0 is the one that is shipped.

    `deadline`: its words name a day by which to pay. `sample`: values that are shown instead of
    ours when it is rendered on saving.
    """

    key: str
    version: int
    channel: TemplateChannel
    purpose: Purpose
    locales: Mapping[str, Wording]
    asks_for_money: bool
    deadline: bool = False
    sample: Mapping[str, object] = {}


class Disclosure(StrEnum):
    """What law wants said; a template marks the place with `{{ disclosures.<name> }}`."""

    COLLECTOR_IDENTITY = "collector_identity"
    OPT_OUT = "opt_out"
    TIME_BARRED = "time_barred"
    VALIDATION_RIGHTS = "validation_rights"


_SAYS_NOTHING_ELSE = frozenset(
    {Purpose.OPT_OUT_CONFIRMATION, Purpose.LOCATION_INFORMATION, Purpose.LEGAL_PROCESS}
)
_CAN_BE_OPTED_OUT = frozenset({TemplateChannel.EMAIL, TemplateChannel.SMS})


def places_wanted(template: Template) -> tuple[Disclosure, ...]:
    """The places a template must mark, whether or not its reader's law fills them.

    A confirmation of an opt-out says nothing else, a question for somebody's whereabouts no word
    of a debt, a voicemail limited content only (12 CFR 1006.2(j), .6(e), .10, .18(e), .26, .34).
    """
    if template.purpose in _SAYS_NOTHING_ELSE or template.channel is TemplateChannel.VOICEMAIL:
        return ()
    wanted = [Disclosure.COLLECTOR_IDENTITY]
    if template.channel in _CAN_BE_OPTED_OUT:
        wanted.append(Disclosure.OPT_OUT)
    if template.asks_for_money:
        wanted.append(Disclosure.TIME_BARRED)
    if template.purpose is Purpose.VALIDATION_NOTICE:
        wanted.append(Disclosure.VALIDATION_RIGHTS)
    return tuple(wanted)
