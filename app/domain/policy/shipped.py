"""The four policies we ship, as documents. Each is version 1 and says where its figures come from.

`default` is complete, and what every other document inherits from in the end. Tags: [S] read in
the source named, [S2] read in a secondary source, [M] recalled and unverified, [I] our
interpretation or choice. An [M] or [I] figure is a starting point to configure, not a rule of law.
"""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.policy import shipped_authority as authority
from app.domain.policy import shipped_modification as modification

_FFIEC = "FFIEC Uniform Retail Credit Classification Policy, 65 FR 36903"
_NO_LIMIT = "[I] No limit: for imports and tests"
_NO_TERM_LIMITS: Mapping[str, object] = {
    "min_installment_minor": None,
    "min_installment_bps": None,
    "max_count": None,
    "max_term_months": None,
    "max_days_to_first": None,
    "max_days_between": None,
    "min_down_payment_bps": None,
    "max_rate_bps": None,
}


def _grant(
    role: str, *, max_count: int | None, min_share_bps: int | None, source: str
) -> Mapping[str, object]:
    """A settlement row for debts of every age and size."""
    return {
        "role": role,
        "from_days_past_due": 0,
        "to_days_past_due": None,
        "from_balance_minor": 0,
        "to_balance_minor": None,
        "max_count": max_count,
        "min_share_bps": min_share_bps,
        "max_forgiven_minor": None,
        "source": source,
    }


DEFAULT: Mapping[str, object] = {
    "name": "default",
    "extends": None,
    "effective_from": "2026-01-01",
    "grace_days": 5,
    "missed": {
        "method": "aggregate",
        "threshold_bps": 10000,
        "sources": {
            "method": f"[S] {_FFIEC}, partial payments: one method per loan; aggregate is (b)",
            "threshold_bps": "[I] The aggregate method counts every cent, so it reads no threshold",
        },
    },
    "broken": {
        "max_missed": 3,
        "max_consecutive_missed": 2,
        "max_delinquent_days": 60,
        "source": "[I] House default",
    },
    "buckets": [
        {"name": "1-29", "from_days": 1, "to_days": 29},
        {"name": "30-59", "from_days": 30, "to_days": 59},
        {"name": "60-89", "from_days": 60, "to_days": 89},
        {"name": "90-119", "from_days": 90, "to_days": 119},
        {"name": "120-149", "from_days": 120, "to_days": 149},
        {"name": "150-179", "from_days": 150, "to_days": 179},
        {"name": "180+", "from_days": 180, "to_days": None},
    ],
    "allocation": {
        "components": ["cost", "fee", "penalty", "interest", "principal"],
        "in_advance": None,
        "order": "horizontal",
        "future": {
            "repayment": "next",
            "goodwill": "last",
            "merchant_refund": "reamortize",
            "source": "[S] The three rules are Apache Fineract's; [I] which payment takes which",
        },
        "tolerance_minor": 0,
        "sources": {
            "components": "[I] Costs and fees first, as charged-off and legal accounts are paid",
            "in_advance": "[I] Money ahead of its time in the same order as what is due",
            "order": "[S] Apache Fineract: finish an installment before the next",
            "tolerance_minor": "[I] To the cent",
        },
    },
    "terms": {
        "agent": {
            "min_installment_minor": 500,
            "min_installment_bps": None,
            "max_count": 60,
            "max_term_months": 60,
            "max_days_to_first": 45,
            "max_days_between": 45,
            "min_down_payment_bps": None,
            "max_rate_bps": 3600,
            "sources": {
                "max_term_months": "[S2] FIL-2-2003: workouts amortize within 60 months",
                "max_count": "[I] Monthly installments over the longest term",
            },
            "source": "[I] House default",
        },
        "supervisor": {
            "min_installment_minor": 100,
            "min_installment_bps": None,
            "max_count": 120,
            "max_term_months": 84,
            "max_days_to_first": 90,
            "max_days_between": 95,
            "min_down_payment_bps": None,
            "max_rate_bps": 3600,
            "source": "[I] House default: hardship terms, up to quarterly installments",
        },
        "admin": {**_NO_TERM_LIMITS, "source": "[I] House default: the last to ask"},
    },
    "authority": authority.DEFAULT,
    "re_age": {
        "on_return": "flag",
        "min_months_on_book": 9,
        "min_payments": 3,
        "max_in_12_months": 1,
        "max_in_60_months": 2,
        "workout_max_in_60_months": 1,
        "max_lifetime": None,
        "cool_down_days": 0,
        "products": ["open_end"],
        "source": f"[S2] {_FFIEC}, open-end re-age",
        "sources": {
            "on_return": "[I] A person looks at a re-age whose payment came back",
            "workout_max_in_60_months": f"[M] {_FFIEC}, workout exception; OCC 2000-20 confirms",
            "max_lifetime": "[I] Institutions may be stricter; the policy sets no such limit",
            "cool_down_days": "[I] The 12 months are the cool-down",
        },
    },
    "modification": modification.DEFAULT,
    "settlement": {
        "offer_days": 30,
        "void_after_grace_days": 5,
        "cure_days": 0,
        "on_return": "reopen",
        "clearing_days": {},
        "matrix": [
            _grant("agent", max_count=1, min_share_bps=6000, source="[I] Lump sum"),
            _grant("agent", max_count=3, min_share_bps=7000, source="[M] Parts cost 5-10 points"),
            _grant("supervisor", max_count=12, min_share_bps=4000, source="[I] House default"),
            _grant("admin", max_count=None, min_share_bps=None, source="[I] The last to ask"),
        ],
        "tolerance_minor": 0,
        "max_open_offers": 1,
        "debt_relief": {
            "applicable_entity": False,
            "threshold_minor": 60000,
            "currency": "USD",
            "source": "[S] 26 USC 6050P: a discharge of less than $600 is exempt",
            "sources": {"applicable_entity": "[I] Unless said so, the creditor files, from ours"},
        },
        "source": "[I] Common contract practice",
        "sources": {"matrix": "[S2] terms.law: 60-80 % when recent, 40-60 % in collections"},
    },
    "promise": {
        "grace_days": 3,
        "threshold_bps": 10000,
        "max_open": 1,
        "source": "[I] House default; Oracle's promise type has the first two as parameters [S]",
    },
    "credit_report": {
        "collection": False,
        "source": "[I] The creditor's own accounts, until a policy says they are a collector's",
    },
    "holiday_calendar": "US-FED",
    "creditors": {},
    "sources": {
        "grace_days": "[I] House default",
        "buckets": "[S] Metro 2 bands",
        "holiday_calendar": "[I] The days on which the Federal Reserve Banks settle",
    },
}

STRICT: Mapping[str, object] = {
    "name": "strict",
    "extends": None,
    "effective_from": "2026-01-01",
    "grace_days": 0,
    "broken": {
        "max_missed": 1,
        "max_consecutive_missed": 1,
        "max_delinquent_days": 30,
        "source": "[I] The first miss breaks the plan",
    },
    "terms": {
        "agent": {
            "min_installment_minor": 2500,
            "max_count": 12,
            "max_term_months": 12,
            "max_days_to_first": 30,
            "max_days_between": 31,
            "min_down_payment_bps": 1000,
            "max_rate_bps": 0,
            "source": "[I] Short plans with money down",
        },
        "supervisor": {
            "min_installment_minor": 500,
            "max_count": 60,
            "max_term_months": 60,
            "max_days_to_first": 45,
            "max_days_between": 45,
            "source": "[I] What an agent may under the default policy",
        },
    },
    "re_age": {
        "on_return": "undo",
        "max_in_60_months": 1,
        "max_lifetime": 1,
        "source": f"[M] {_FFIEC}: an institution may be stricter, once in a lifetime for one",
    },
    "modification": modification.STRICT,
    "settlement": {
        "offer_days": 14,
        "void_after_grace_days": 0,
        "on_return": "void",
        "matrix": [
            _grant("agent", max_count=1, min_share_bps=8000, source="[S2] terms.law: 60-80 %"),
            _grant("supervisor", max_count=3, min_share_bps=6000, source="[S2] terms.law: 60-80 %"),
            _grant("admin", max_count=None, min_share_bps=None, source="[I] The last to ask"),
        ],
        "source": "[I] Kept to the day, or void",
    },
    "promise": {"grace_days": 0, "source": "[I] Kept to the day"},
    "sources": {"grace_days": "[I] Late is late"},
}

UK_FORBEARANCE: Mapping[str, object] = {
    "name": "uk-forbearance",
    "extends": None,
    "effective_from": "2026-01-01",
    "grace_days": 14,
    "broken": {
        "max_missed": None,
        "max_consecutive_missed": None,
        "max_delinquent_days": None,
        "source": "[I] FCA CONC 7.3, due consideration: a person ends forbearance, no sweep does",
    },
    "allocation": {
        "components": ["principal", "interest", "fee", "penalty", "cost"],
        "sources": {"components": "[I] Token payments lower the debt before its charges"},
    },
    "terms": {
        "agent": {
            "min_installment_minor": 100,
            "max_count": 120,
            "max_term_months": 120,
            "max_days_to_first": 60,
            "max_days_between": 92,
            "max_rate_bps": 0,
            "sources": {
                "min_installment_minor": "[S] FCA CONC 7.3: accept token payments; [I] of 1.00",
                "max_days_to_first": "[M] FCA CONC 7.3.11-12: pursuit pauses for 30 + 30 days",
                "max_rate_bps": "[S] FCA CONC 7.3: suspend, reduce or waive interest; [I] wholly",
            },
            "source": "[S] FCA CONC 7.3: longer terms; [I] the figures",
        },
        "supervisor": {
            "min_installment_minor": None,
            "max_count": 240,
            "max_term_months": 240,
            "max_days_to_first": 90,
            "max_days_between": 183,
            "max_rate_bps": 0,
            "source": "[S] FCA CONC 7.3: longer terms; [I] the figures",
        },
    },
    "re_age": {
        "min_months_on_book": 0,
        "max_in_12_months": 2,
        "max_in_60_months": None,
        "workout_max_in_60_months": None,
        "products": None,
        "source": "[I] The FFIEC limits do not bind in the United Kingdom",
    },
    "modification": modification.UK_FORBEARANCE,
    "settlement": {
        "offer_days": 60,
        "void_after_grace_days": 14,
        "cure_days": 14,
        "source": "[I] FCA CONC 7.3: no pressure to pay in unreasonably short time",
    },
    "promise": {"grace_days": 7, "source": "[I] FCA CONC 7.3, due consideration"},
    "holiday_calendar": "GB",
    "sources": {
        "grace_days": "[M] Consumer Credit Act 1974 s. 88: 14 days to remedy a default",
        "holiday_calendar": "[I] Bank holidays",
    },
}

UNLIMITED: Mapping[str, object] = {
    "name": "unlimited",
    "extends": None,
    "effective_from": "2026-01-01",
    "grace_days": 0,
    "broken": {
        "max_missed": None,
        "max_consecutive_missed": None,
        "max_delinquent_days": None,
    },
    "terms": {
        "agent": _NO_TERM_LIMITS,
        "supervisor": _NO_TERM_LIMITS,
        "admin": _NO_TERM_LIMITS,
    },
    "authority": authority.UNLIMITED,
    "re_age": {
        "min_months_on_book": None,
        "min_payments": None,
        "max_in_12_months": None,
        "max_in_60_months": None,
        "workout_max_in_60_months": None,
        "max_lifetime": None,
        "cool_down_days": None,
        "products": None,
    },
    "modification": modification.UNLIMITED,
    "settlement": {
        "offer_days": None,
        "void_after_grace_days": 0,
        "max_open_offers": None,
        "matrix": [
            _grant(role, max_count=None, min_share_bps=None, source=_NO_LIMIT)
            for role in ("agent", "supervisor", "admin")
        ],
    },
    "promise": {"grace_days": 0, "max_open": None},
    "holiday_calendar": None,
    "source": _NO_LIMIT,
}

#: By name, ready for `document.parse`.
DOCUMENTS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "default": DEFAULT,
        "strict": STRICT,
        "uk-forbearance": UK_FORBEARANCE,
        "unlimited": UNLIMITED,
    }
)
