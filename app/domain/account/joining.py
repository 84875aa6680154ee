"""Which installment takes what is added to a plan: a charge, or a chargeback.

RULES part I: the first one due on or after its date. A down payment takes neither: it was agreed
as a sum to pay when the plan opens, and what comes later has a later row.
"""

from datetime import date

from app.domain.account.plan import Installment, Plan
from app.domain.vocabulary import InstallmentKind


def row_for(plan: Plan, on: date) -> Installment | None:
    """The installment what is due on a day joins; None: it needs a row of its own."""
    return next(
        (
            row
            for row in plan.installments
            if row.due_on >= on
            and row.voided_on is None
            and row.kind is not InstallmentKind.DOWN_PAYMENT
        ),
        None,
    )
