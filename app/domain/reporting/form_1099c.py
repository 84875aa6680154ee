"""What a satisfied settlement means for the debtor's taxes: the figures of a form 1099-C.

The form is due for a discharge of $600 or more by an applicable entity (26 USC 6050P(a)-(c): "any
discharge of less than $600" is exempt). Where the entity is the creditor and not us, the creditor
gets the same figures and files. Nothing is stored: when the satisfaction goes, so do they.

Not decided here, for it is the taxpayer's matter: insolvency, bankruptcy and other exclusions.
"""

from dataclasses import dataclass
from datetime import date

from app.domain.money import Amounts
from app.domain.policy.model import DebtReliefRules

#: Box 6 of the form: a discharge by agreement. What we discharge, we discharge by settlement.
BY_AGREEMENT = "F"


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtRelief:
    """One discharge. All of `forgiven` is the amount of box 2; its interest is that of box 3.

    A lender may leave interest out of the form [M]; so the components stand beside the total.
    """

    forgiven: Amounts
    discharged_on: date
    tax_year: int
    event_code: str
    reportable: bool  # large enough, whoever files
    form_1099c: bool  # ours to file
    client_feed: bool  # the creditor's to file: hand these figures over


def debt_relief(
    forgiven: Amounts, *, satisfied_on: date, currency: str, rules: DebtReliefRules
) -> DebtRelief:
    """The figures of what was forgiven when a settlement was satisfied.

    The year is that of the satisfaction, not of the agreement [M]. A debt in another currency
    than the threshold's is not reportable here: nobody told us a rate. ValueError for nothing.
    """
    if forgiven.total_minor <= 0:
        raise ValueError("nothing was forgiven")
    enough = currency == rules.currency and forgiven.total_minor >= rules.threshold_minor
    return DebtRelief(
        forgiven=forgiven,
        discharged_on=satisfied_on,
        tax_year=satisfied_on.year,
        event_code=BY_AGREEMENT,
        reportable=enough,
        form_1099c=enough and rules.applicable_entity,
        client_feed=enough and not rules.applicable_entity,
    )
