"""Which installment takes what is added to a plan: a charge, or a chargeback.

The first one due on or after its date. A down payment takes neither: it was agreed
as a sum to pay when the plan opens, and what comes later joins a later installment.
"""

from datetime import date

from app.domain.account.plan import Installment, Plan
from app.domain.vocabulary import InstallmentKind


def installment_for(plan: Plan, on: date) -> Installment | None:
    """The installment what is due on a day joins; None: it needs an installment of its own."""
    return next(
        (
            installment
            for installment in plan.installments
            if installment.due_on >= on
            and installment.voided_on is None
            and installment.kind is not InstallmentKind.DOWN_PAYMENT
        ),
        None,
    )
