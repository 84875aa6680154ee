"""The `authority` section of the shipped policies: what each role may do by itself.

No law gives these figures, so they are house figures, each to be configured (`shipped` says
what the tags mean). Amounts are minor units of whatever currency the account is kept in.
"""

from collections.abc import Mapping

#: Holds are placed as soon as somebody hears of their cause, by whoever hears of it.
_PLACING = [
    "place:dispute",
    "place:bankruptcy",
    "place:breathing_space",
    "place:deceased",
    "place:military",
    "place:hardship",
    "place:cease_communication",
]

DEFAULT: Mapping[str, object] = {
    "agent": {
        "waive_minor": 5_000,
        "waive_per_day_minor": 20_000,
        "goodwill_minor": 0,
        "goodwill_per_day_minor": 0,
        "charge_minor": 50_000,
        "charge_per_day_minor": None,
        "refund_minor": 0,
        "refund_per_day_minor": 0,
        "acts": [
            "reverse",
            "reverse_charge",
            "charge_back",
            "assign_suspense",
            "cancel_plan",
            "pause_plan",
            "undo_change",
            "release:hardship",
            *_PLACING,
        ],
        "policies": ["default"],
        "import_kinds": ["accounts", "payments", "promises"],
        "import_rows": 500,
        "import_minor": 10_000_000,
        "source": "[I] House default: one late fee on the phone, a handful a day",
        "sources": {
            "goodwill_minor": "[I] The institution's own money: somebody above gives it",
            "refund_minor": "[I] Money leaves for good: somebody above lets it go",
            "charge_per_day_minor": "[I] A servicing system charges many accounts a day",
            "acts": "[I] What is told us, and what can be taken back; holds of law end above",
            "policies": "[I] Who chooses the rules of an account chooses his own limits",
            "import_kinds": "[I] What others are to work and to reach: somebody above looks first",
            "import_rows": "[I] A day's desk work; more is a portfolio",
            "import_minor": "[I] Two hundred times what is charged in one act",
        },
    },
    "supervisor": {
        "waive_minor": 50_000,
        "waive_per_day_minor": 200_000,
        "goodwill_minor": 10_000,
        "goodwill_per_day_minor": 50_000,
        "charge_minor": 500_000,
        "charge_per_day_minor": None,
        "refund_minor": 100_000,
        "refund_per_day_minor": 500_000,
        "acts": None,
        "policies": ["default", "strict", "uk-forbearance"],
        "import_kinds": None,
        "import_rows": 5_000,
        "import_minor": 100_000_000,
        "source": "[I] House default: ten times an agent's, and what an agent may not at all",
        "sources": {"policies": "[I] Any but those that lift the limits; add those of your own"},
    },
    "admin": None,
    "sources": {"admin": "[I] House default: the last to ask"},
}

UNLIMITED: Mapping[str, object] = {"agent": None, "supervisor": None, "admin": None}
