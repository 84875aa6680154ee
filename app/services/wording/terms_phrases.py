"""The phrases of the terms text in one language, one for each thing it says.

A phrase in two forms is for one and for many. Names in braces are filled in by the text; they
are the same in every language, and a test holds them so.
"""

from dataclasses import dataclass

#: For one, and for many.
Counted = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """All phrases of one language. Sentences a debtor reads: plain, short, no legal advice."""

    title: str
    account: str
    creditor: str
    debtor: str
    owed_heading: str
    currency: str
    owed: str
    covers_all: str
    covers_part: str
    payments_heading: str
    number: str
    due_on: str
    amount: str
    of_which_interest: str
    down_payment: str
    charge: str
    chargeback: str
    total: Counted
    business_days: str
    cost_heading: str
    no_interest: str
    interest: str
    finance_charge: str
    apr: str
    regulated: str
    missed_heading: str
    late: str
    no_grace: str
    grace: Counted
    ends: str
    trouble: str
    changes_heading: str
    changes: str
    dispute_heading: str
    dispute: str
    no_advice: str
    expires: str
    quote: str
    wording: str
