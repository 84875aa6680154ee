"""Which rule sets ship with Accord: law as data, each rule with its source and tag.

Every rule is tagged by how its source was read (`rules.py`); figures tagged M or I are defaults
that a policy may replace. This is no legal advice.
"""

from collections.abc import Mapping
from datetime import date, time

from app.domain.contact.law.rules import (
    Adviser,
    AfterConversation,
    Applies,
    Basis,
    Consent,
    Count,
    ESign,
    ForbiddenPoint,
    Hours,
    Margin,
    NoDeadline,
    NoticeDue,
    OptOutNotice,
    Override,
    RuleSet,
    Spacing,
)
from app.domain.contact.words import (
    BasisKind,
    Channel,
    Code,
    CollectorType,
    Label,
    PartyRole,
    Purpose,
)

RELEASE = "2026-10"

CALL, SMS, EMAIL = Channel.CALL, Channel.SMS, Channel.EMAIL
CHAT, LETTER, VISIT = Channel.CHAT, Channel.LETTER, Channel.VISIT
_COLLECTORS = frozenset({CollectorType.THIRD_PARTY, CollectorType.DEBT_BUYER})
_LIVE = frozenset({CALL, SMS, EMAIL, CHAT, VISIT})
_ELECTRONIC = frozenset({SMS, EMAIL, CHAT})
_ANY = _LIVE | {LETTER}
_EIGHT, _NINE_PM = time(8), time(21)
_ON_REQUEST = frozenset({
    Purpose.REPLY, Purpose.RECEIPT, Purpose.OPT_OUT_CONFIRMATION, Purpose.REQUIRED_NOTICE,
    Purpose.VALIDATION_NOTICE, Purpose.CEASE_NOTICE, Purpose.LEGAL_PROCESS,
})  # fmt: skip
_AWAY = frozenset({Label.WORK, Label.OTHER})
_PRESUMPTION = Override(
    roles=("supervisor",),
    reasons=("required_by_law", "litigation", "answers_request", "time_critical"),
)
_SUPERVISOR = Override(roles=("supervisor",))
_MA = "209 CMR 18.16(1)(d)"
_WA = "RCW 19.16.250"
_DC = "D.C. Code 28-3814, applicable from 2023-01-01"
_NYC = "6 RCNY 5-77 as amended in 2026"
_PATTERN = "comment 14(b)(2)(i)-2: a pattern over all debts rebuts the presumption"
_MESSAGES = "comment 14(a)-1.i: other media can harass, too"

US_FEDERAL = RuleSet(
    name="us-federal",
    applies=Applies(
        country="US",
        collector_types=_COLLECTORS,
        first_party_in=frozenset({"US-CA"}),  # Cal. Civ. Code 1788.17
        consumer_only=True,
    ),
    consumer_roles=frozenset({
        PartyRole.DEBTOR, PartyRole.CO_DEBTOR, PartyRole.GUARANTOR, PartyRole.SPOUSE,
        PartyRole.PARENT_OF_MINOR, PartyRole.GUARDIAN, PartyRole.EXECUTOR, PartyRole.SUCCESSOR,
    }),
    rules=(
        Hours(
            id="hours", channels=_LIVE, from_=_EIGHT, to=_NINE_PM,
            source="12 CFR 1006.6(b)(1)(i); 15 USC 1692c(a)(1)", tag="S",
        ),
        Count(
            id="calls_7_in_7", channels=frozenset({CALL}), code=Code.MORE_THAN_7_IN_7,
            max=7, days=7, per_account=True, override=_PRESUMPTION,
            source="12 CFR 1006.14(b)(2)(i)(A)", tag="S",
        ),
        AfterConversation(
            id="calls_after_talk", channels=frozenset({CALL}),
            code=Code.WITHIN_7_DAYS_OF_CONVERSATION, days=7, override=_PRESUMPTION,
            source="12 CFR 1006.14(b)(2)(i)(B)", tag="S",
        ),
        ForbiddenPoint(
            id="work_email", channels=frozenset({EMAIL}), code=Code.EMPLOYER_ADDRESS,
            unless=frozenset({BasisKind.CONSUMER_USED, BasisKind.DIRECT_CONSENT}),
            source="12 CFR 1006.22(f)(3)", tag="S2",
        ),
        Basis(
            id="email_basis", channels=frozenset({EMAIL}), code=Code.EMAIL_BASIS_MISSING,
            any_of=frozenset(BasisKind), creditor_notice_days=35,
            source="12 CFR 1006.6(d)(4)(i)-(iii), a safe harbor kept as a rule", tag="S2",
        ),
        Basis(
            id="sms_basis", channels=frozenset({SMS}), code=Code.SMS_BASIS_MISSING,
            any_of=frozenset({BasisKind.CONSUMER_USED, BasisKind.DIRECT_CONSENT}),
            fresh_days=60, stale_code=Code.NUMBER_CHECK_STALE,
            source="12 CFR 1006.6(d)(5)", tag="S2",
        ),
        OptOutNotice(
            id="opt_out_notice", channels=_ELECTRONIC, code=Code.OPT_OUT_NOTICE_MISSING,
            source="12 CFR 1006.6(e)", tag="S",
        ),
        NoDeadline(
            id="overshadowing", channels=frozenset({CALL, SMS, EMAIL, CHAT, LETTER}),
            code=Code.OVERSHADOWING_RISK,
            source="15 USC 1692g(b); 12 CFR 1006.38(b)(1)", tag="I",
        ),
        NoticeDue(
            id="notice_due", code=Code.VALIDATION_NOTICE_OVERDUE, days=5,
            source="12 CFR 1006.34(a)(1)(i)(B)", tag="S",
        ),
        ESign(
            id="notice_e_sign", channels=frozenset({EMAIL, SMS}), code=Code.E_SIGN_MISSING,
            purposes=frozenset({Purpose.VALIDATION_NOTICE}), source="12 CFR 1006.42(b)", tag="S",
        ),
    ),
)  # fmt: skip

US_MA = RuleSet(
    name="us-ma",
    applies=Applies(regions=frozenset({"US-MA"})),
    source="940 CMR 7.04(1)(f); 209 CMR 18.16(1)(d)",
    rules=(
        Hours(
            id="hours", channels=frozenset({CALL, SMS}), from_=_EIGHT, to=_NINE_PM,
            source="209 CMR 18.16(1)(a)", tag="S",
        ),
        Count(
            id="phone_2_in_7", channels=frozenset({CALL, SMS}), code=Code.STATE_LIMIT,
            max=2, days=7, per_account=True, reached_only=True, labels_not=_AWAY,
            not_purposes=_ON_REQUEST,
            source="940 CMR 7.04(1)(f); what reaches nobody and leaves nothing is not counted",
            tag="S2",
        ),
        Count(
            id="elsewhere_2_in_30", channels=frozenset({CALL, SMS}), code=Code.STATE_LIMIT,
            max=2, days=30, per_account=True, reached_only=True, labels=_AWAY,
            not_purposes=_ON_REQUEST, source=_MA, tag="S",
        ),
    ),
)  # fmt: skip

US_WA = RuleSet(
    name="us-wa",
    applies=Applies(regions=frozenset({"US-WA"}), collector_types=_COLLECTORS),
    rules=(
        Hours(
            id="hours", channels=_LIVE, from_=time(7, 30), to=_NINE_PM, source=_WA, tag="S2",
        ),
        Count(
            id="any_3_in_week", channels=_ANY, code=Code.STATE_LIMIT, max=3, days=7,
            per_account=False, not_purposes=_ON_REQUEST,
            source=f"{_WA}: more than three times in a week, any form; rolling days are ours",
            tag="I",
        ),
        Count(
            id="work_1_in_week", channels=frozenset({CALL, SMS, EMAIL, VISIT}),
            code=Code.STATE_LIMIT, max=1, days=7, per_account=False,
            labels=frozenset({Label.WORK}), not_purposes=_ON_REQUEST, source=_WA, tag="S2",
        ),
    ),
)  # fmt: skip

US_DC = RuleSet(
    name="us-dc",
    applies=Applies(regions=frozenset({"US-DC"}), over_days_past_due=30),
    rules=(
        Count(
            id="calls_4_in_7", channels=frozenset({CALL}), code=Code.STATE_LIMIT, max=4, days=7,
            per_account=True, not_purposes=_ON_REQUEST, source=_DC, tag="S2",
        ),
        Count(
            id="electronic_5_in_7", channels=_ELECTRONIC, code=Code.STATE_LIMIT, max=5, days=7,
            per_account=True, not_purposes=_ON_REQUEST, source=_DC, tag="S2",
        ),
        Consent(
            id="electronic_consent", channels=_ELECTRONIC, code=Code.CONSENT_MISSING,
            except_purposes=frozenset({Purpose.CONSENT_REQUEST}), source=_DC, tag="S2",
        ),
        Count(
            id="consent_request_1_in_7", channels=_ELECTRONIC, code=Code.STATE_LIMIT,
            max=1, days=7, per_account=True,
            only_purposes=frozenset({Purpose.CONSENT_REQUEST}), source=_DC, tag="S2",
        ),
    ),
)  # fmt: skip

US_NY = RuleSet(
    name="us-ny",
    applies=Applies(regions=frozenset({"US-NY"}), collector_types=_COLLECTORS),
    rules=(
        Consent(
            id="email_consent", channels=frozenset({EMAIL}), code=Code.CONSENT_MISSING,
            except_purposes=frozenset(), written=True, source="23 NYCRR 1.6", tag="S2",
        ),
        ForbiddenPoint(
            id="work_email", channels=frozenset({EMAIL}), code=Code.EMPLOYER_ADDRESS,
            unless=frozenset(), source="23 NYCRR 1.6", tag="S2",
        ),
    ),
)  # fmt: skip

US_NYC = RuleSet(
    name="us-nyc",
    applies=Applies(localities=frozenset({"US-NY-NYC"}), from_on=date(2026, 9, 1)),
    rules=(
        Count(
            id="any_3_in_7", channels=_ANY, code=Code.STATE_LIMIT, max=3, days=7,
            per_account=True, not_purposes=_ON_REQUEST,
            source=f"{_NYC}, per account; that letters count is ours", tag="S2",
        ),
        Consent(
            id="electronic_consent", channels=_ELECTRONIC, code=Code.CONSENT_MISSING,
            except_purposes=frozenset(), written=True, source=_NYC, tag="S2",
        ),
    ),
)  # fmt: skip

US_FL = RuleSet(
    name="us-fl",
    applies=Applies(regions=frozenset({"US-FL"})),
    rules=(
        Hours(
            id="hours", channels=frozenset({CALL, SMS, CHAT, VISIT}), from_=_EIGHT, to=_NINE_PM,
            source="Fla. Stat. 559.72(17); e-mail is exempt since 2025-05-16", tag="S2",
        ),
    ),
)  # fmt: skip

UK = RuleSet(
    name="uk",
    applies=Applies(country="GB"),
    consumer_roles=frozenset({
        PartyRole.DEBTOR, PartyRole.CO_DEBTOR, PartyRole.GUARANTOR, PartyRole.EXECUTOR,
    }),
    rules=(
        Hours(
            id="hours", channels=_LIVE, from_=_EIGHT, to=_NINE_PM, days=(0, 1, 2, 3, 4, 5),
            source="CONC 7.9.4R forbids unreasonable times and names none: the hours are ours",
            tag="I",
        ),
        Adviser(
            id="adviser", code=Code.ADVISER_REPRESENTED, days=30,
            source="CONC 7.3.11R, 7.3.12G", tag="M",
        ),
    ),
)  # fmt: skip

HOUSE = RuleSet(
    name="house",
    applies=Applies(),
    rules=(
        Hours(
            id="hours", channels=frozenset({CALL, SMS, CHAT, VISIT}), from_=_EIGHT, to=_NINE_PM,
            fallback=True, source="where no law that applies has hours", tag="D",
        ),
        Margin(
            id="send_margin", minutes=((SMS, 15), (EMAIL, 60)),
            source="a message arrives later than it was sent", tag="D",
        ),
        Count(
            id="calls_3_a_day", channels=frozenset({CALL}), code=Code.HOUSE_LIMIT, max=3, days=1,
            per_account=False, not_purposes=_ON_REQUEST, override=_SUPERVISOR,
            source=_PATTERN, tag="D",
        ),
        Spacing(
            id="calls_apart", channels=frozenset({CALL}), code=Code.HOUSE_LIMIT, minutes=120,
            not_purposes=_ON_REQUEST, override=_SUPERVISOR, source=_PATTERN, tag="D",
        ),
        Count(
            id="sms_1_a_day", channels=frozenset({SMS}), code=Code.HOUSE_LIMIT, max=1, days=1,
            per_account=False, not_purposes=_ON_REQUEST, source=_MESSAGES, tag="D",
        ),
        Count(
            id="sms_3_in_7", channels=frozenset({SMS}), code=Code.HOUSE_LIMIT, max=3, days=7,
            per_account=False, not_purposes=_ON_REQUEST, source=_MESSAGES, tag="D",
        ),
        Count(
            id="email_1_a_day", channels=frozenset({EMAIL}), code=Code.HOUSE_LIMIT, max=1, days=1,
            per_account=False, not_purposes=_ON_REQUEST, source=_MESSAGES, tag="D",
        ),
        Count(
            id="email_4_in_7", channels=frozenset({EMAIL}), code=Code.HOUSE_LIMIT, max=4, days=7,
            per_account=False, not_purposes=_ON_REQUEST, source=_MESSAGES, tag="D",
        ),
    ),
)  # fmt: skip

SHIPPED: Mapping[str, RuleSet] = {
    one.name: one for one in (US_FEDERAL, US_MA, US_WA, US_DC, US_NY, US_NYC, US_FL, UK, HOUSE)
}
