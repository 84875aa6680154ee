"""The `modification` section of the shipped policies: how often a schedule may change.

No federal figure exists for closed-end credit, so these are house figures, each to be
configured (`shipped` says what the tags mean).
"""

from collections.abc import Mapping

DEFAULT: Mapping[str, object] = {
    "max_deferrals_in_12_months": 2,
    "max_extensions_lifetime": 5,
    "max_reschedules_in_12_months": 3,
    "max_reamortizations_in_12_months": 2,
    "max_due_day_changes_in_12_months": 2,
    "max_payment_holidays_in_12_months": 1,
    "max_holiday_installments": 3,
    "max_step_downs_in_12_months": 1,
    "max_rewrites_in_12_months": 1,
    "max_rewrites_lifetime": 2,
    "acceleration_min_missed": 1,
    "acceleration_role": "supervisor",
    "source": "[I] House default; no federal figure exists for closed-end credit",
    "sources": {
        "max_extensions_lifetime": "[S] One bank's manual, an example only: five in a life",
        "max_rewrites_lifetime": "[M] 65 FR 36903: limit number and frequency; [I] of two",
        "acceleration_min_missed": "[I] No acceleration without a default",
        "acceleration_role": "[I] It ends an agreement: somebody above who made it",
    },
}

STRICT: Mapping[str, object] = {
    "max_deferrals_in_12_months": 1,
    "max_extensions_lifetime": 2,
    "max_reschedules_in_12_months": 1,
    "max_reamortizations_in_12_months": 1,
    "max_due_day_changes_in_12_months": 1,
    "max_payment_holidays_in_12_months": 1,
    "max_holiday_installments": 1,
    "max_step_downs_in_12_months": 1,
    "max_rewrites_in_12_months": 1,
    "max_rewrites_lifetime": 1,
    "source": "[I] Half the default",
}

UK_FORBEARANCE: Mapping[str, object] = {
    "max_deferrals_in_12_months": 6,
    "max_extensions_lifetime": None,
    "max_reschedules_in_12_months": None,
    "max_reamortizations_in_12_months": None,
    "max_due_day_changes_in_12_months": None,
    "max_payment_holidays_in_12_months": 2,
    "max_holiday_installments": 6,
    "max_step_downs_in_12_months": None,
    "max_rewrites_in_12_months": None,
    "max_rewrites_lifetime": None,
    "acceleration_min_missed": 2,
    "acceleration_role": "admin",
    "source": "[I] FCA CONC 7.3: forbearance as long as it is reasonable",
}

UNLIMITED: Mapping[str, object] = {
    "max_deferrals_in_12_months": None,
    "max_extensions_lifetime": None,
    "max_reschedules_in_12_months": None,
    "max_reamortizations_in_12_months": None,
    "max_due_day_changes_in_12_months": None,
    "max_payment_holidays_in_12_months": None,
    "max_holiday_installments": None,
    "max_step_downs_in_12_months": None,
    "max_rewrites_in_12_months": None,
    "max_rewrites_lifetime": None,
    "acceleration_min_missed": None,
    "acceleration_role": "agent",
}
