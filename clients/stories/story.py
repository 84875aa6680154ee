"""README's session by openapi-python-client.

Held to be typed strictly by `make clients`, and played by `python -m tests.clients.play`.
"""

import json
import os
from datetime import date
from typing import TypeVar

from accord_client.api.accounts import accounts_check, accounts_place, accounts_read_timeline
from accord_client.api.payments import payments_post
from accord_client.api.plans import plans_open, plans_read, plans_read_delinquency
from accord_client.api.sandbox import sandbox_set_clock
from accord_client.client import AuthenticatedClient
from accord_client.models import (
    AccountRequest,
    BalanceRequest,
    ClockRequest,
    FrequencyRequest,
    PaymentMethod,
    PaymentRequest,
    PlanRequest,
    Problem,
    TermsRequest,
    Unit,
)

Answer = TypeVar("Answer")
api = AuthenticatedClient(
    base_url=os.environ.get("ACCORD_URL", "http://127.0.0.1:8000"),
    token=os.environ.get("ACCORD_KEY", ""),
)


def must(answer: Answer | Problem | None) -> Answer:
    """What was answered; a refusal ends the story."""
    if answer is None or isinstance(answer, Problem):
        raise SystemExit(f"refused: {answer}")
    return answer


def at(day: date) -> None:
    """Move the sandbox's clock."""
    must(sandbox_set_clock.sync(client=api, body=ClockRequest(business_date=day)))


at(date(2026, 1, 31))
placed = AccountRequest(
    reference="INV-7", currency="USD", balance=BalanceRequest(principal_minor=120000)
)
account = must(accounts_place.sync(client=api, body=placed))
terms = TermsRequest(
    down_payment_minor=30000,
    installment_count=9,
    frequency=FrequencyRequest(unit=Unit.MONTH),
    anchor_on=date(2026, 1, 31),
    first_due_on=date(2026, 2, 28),
)
plan = must(plans_open.sync(client=api, body=PlanRequest(account_id=account.id, terms=terms)))
payment = PaymentRequest(
    account_reference="INV-7",
    reference="BANK-1",
    amount_minor=30000,
    currency="USD",
    method=PaymentMethod.ACH,
)
paid = [payments_post.sync(client=api, body=payment) for _ in range(2)]
payments = {one.id for one in paid if one is not None and not isinstance(one, Problem)}
at(date(2026, 3, 10))
late = must(plans_read_delinquency.sync(plan.id, client=api))
then = must(plans_read.sync(plan.id, client=api, as_of=date(2026, 2, 28)))
timeline = accounts_read_timeline.sync(account.id, client=api)
if timeline is None or isinstance(timeline, Problem):  # of two shapes, so `must` cannot say which
    raise SystemExit(f"refused: {timeline}")
books = must(accounts_check.sync(account.id, client=api))
print(
    json.dumps(
        {
            "payments": len(payments),
            "past_due_days": late.past_due_days,
            "overdue_minor": late.overdue_minor,
            "standing_then": then.standing,
            "told": bool(timeline.data),
            "ok": books.ok,
        }
    )
)
