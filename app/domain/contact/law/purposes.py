"""What each purpose passes, and what each hold lets through.

Two tables, and nowhere else.
"""

from collections.abc import Mapping

from app.domain.contact.words import Channel, Code, PartyRole, Purpose
from app.domain.values import Value
from app.domain.vocabulary import HoldKind

_BY_CHANNEL = frozenset({
    Code.OUTSIDE_HOURS, Code.INCONVENIENT, Code.MEDIUM_OPT_OUT, Code.POINT_OPT_OUT,
    Code.CONSENT_MISSING, Code.EMAIL_BASIS_MISSING, Code.SMS_BASIS_MISSING,
    Code.NUMBER_CHECK_STALE,
})  # fmt: skip

#: The reasons that do not stand against a purpose. A reply's hold only where it is one.
EXEMPT: Mapping[Purpose, frozenset[Code]] = {
    Purpose.REPLY: _BY_CHANNEL,
    Purpose.RECEIPT: frozenset({Code.PAID_OR_SETTLED}),
    Purpose.OPT_OUT_CONFIRMATION: _BY_CHANNEL
    | {Code.ATTORNEY_REPRESENTED, Code.PAID_OR_SETTLED, Code.OPT_OUT_NOTICE_MISSING},
    Purpose.REQUIRED_NOTICE: frozenset({Code.PAID_OR_SETTLED}),
    Purpose.LEGAL_PROCESS: frozenset({Code.OUTSIDE_HOURS, Code.MEDIUM_OPT_OUT}),
}
#: A receipt somebody asked for may answer at night.
EXEMPT_IN_REPLY: Mapping[Purpose, frozenset[Code]] = {
    Purpose.RECEIPT: frozenset({Code.OUTSIDE_HOURS, Code.INCONVENIENT}),
}
#: By what some purposes may be served; the others by any channel.
CHANNELS: Mapping[Purpose, frozenset[Channel]] = {
    Purpose.CEASE_NOTICE: frozenset({Channel.LETTER, Channel.EMAIL}),
    Purpose.LEGAL_PROCESS: frozenset({Channel.LETTER, Channel.VISIT}),
    Purpose.LOCATION_INFORMATION: frozenset({Channel.CALL, Channel.LETTER}),
}
#: The purposes that ask for money, or lead to it.
DEMANDS = frozenset({Purpose.COLLECTION, Purpose.REMINDER, Purpose.STATEMENT})


class HoldRule(Value, kw_only=True):
    """What a hold says against contacts, and whom and what it lets through."""

    code: Code
    passes: frozenset[Purpose]
    passes_roles: frozenset[PartyRole] = frozenset()
    source: str


_ANSWERS = frozenset({Purpose.REPLY, Purpose.RECEIPT, Purpose.OPT_OUT_CONFIRMATION})

#: Hardship and military service forbid no contact.
HOLDS: Mapping[HoldKind, HoldRule] = {
    HoldKind.DISPUTE: HoldRule(
        code=Code.DISPUTE_UNVERIFIED,
        passes=_ANSWERS | {Purpose.REQUIRED_NOTICE, Purpose.VALIDATION_NOTICE},
        source="15 USC 1692g(b)",
    ),
    HoldKind.BANKRUPTCY: HoldRule(
        code=Code.AUTOMATIC_STAY,
        passes=_ANSWERS,
        passes_roles=frozenset({PartyRole.ATTORNEY}),
        source="11 USC 362(a)(6)",
    ),
    HoldKind.BREATHING_SPACE: HoldRule(
        code=Code.BREATHING_SPACE,
        passes=_ANSWERS | {Purpose.REQUIRED_NOTICE},
        passes_roles=frozenset({PartyRole.DEBT_ADVISER}),
        source="SI 2020/1311 reg. 11",
    ),
    HoldKind.CEASE_COMMUNICATION: HoldRule(
        code=Code.CEASE_COMMUNICATION,
        passes=_ANSWERS
        | {
            Purpose.CEASE_NOTICE, Purpose.REQUIRED_NOTICE, Purpose.VALIDATION_NOTICE,
            Purpose.LEGAL_PROCESS,
        },
        source="15 USC 1692c(c); 12 CFR 1006.6(c)",
    ),
    HoldKind.DECEASED: HoldRule(
        code=Code.DECEASED,
        passes=frozenset({Purpose.RECEIPT}),
        passes_roles=frozenset({PartyRole.EXECUTOR, PartyRole.SUCCESSOR}),
        source="only whoever answers for the estate is asked to pay",
    ),
}  # fmt: skip
