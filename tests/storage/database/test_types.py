"""What is stored of a fact is what comes back, and not a word more."""

from datetime import date

import pytest
from msgspec import ValidationError

from app.domain.facts.accounts import Charge, Placed, Placement, PlacementCorrected
from app.domain.facts.payments import Payment
from app.domain.facts.plans import PlanOpened
from app.domain.facts.settlements import (
    SettlementAccepted,
    SettlementApproved,
    SettlementClosed,
    SettlementOffered,
    SettlementOutcome,
)
from app.domain.money import Amounts
from app.domain.schedule.agreed import AgreedInstallment
from app.domain.vocabulary import ChargeKind, FutureRule, PaymentMethod, PolicyRef, Product
from app.storage.database.types import (
    fact_body_from_json,
    fact_body_to_json,
    json_loads,
)
from app.storage.ids import new_id

DAY = date(2026, 3, 1)
ROW = AgreedInstallment(nominal_due_on=DAY, due_on=DAY, principal_minor=500)


@pytest.mark.parametrize(
    "body",
    [
        Placement(),
        Placement(balance=Amounts(principal_minor=5), charged_off_on=DAY),
        PlacementCorrected(
            placement_id=new_id(),
            was=Placed(opened_on=DAY, product=Product.INVOICE),
            now=Placed(
                opened_on=DAY,
                product=Product.TAX,
                balance=Amounts(fees_minor=3),
                past_due_minor=0,
                validation_ends_on=DAY,
            ),
            reason="é",
        ),
        Charge(charge=ChargeKind.LATE_FEE, amount_minor=2, due_on=DAY, plan_id=new_id()),
        Payment(amount_minor=3, reference="é", method=PaymentMethod.ACH, future=FutureRule.LAST),
        PlanOpened(
            amount_minor=500, policy=PolicyRef(name="default", version=1), installments=(ROW, ROW)
        ),
        SettlementOffered(
            amount_minor=500,
            policy=PolicyRef(name="default", version=1),
            expires_on=DAY,
            installments=(ROW,),
            waits=True,
            supersedes=new_id(),
            reason="asked for",
        ),
        SettlementApproved(settlement_id=new_id()),
        SettlementAccepted(
            settlement_id=new_id(),
            amount_minor=500,
            policy=PolicyRef(name="default", version=1),
            installments=(ROW,),
        ),
        SettlementClosed(settlement_id=new_id(), outcome=SettlementOutcome.VOID, reason="returned"),
    ],
)
def test_a_body_survives_the_database(body):
    assert fact_body_from_json(fact_body_to_json(body)) == body


def test_defaults_are_not_stored():
    assert json_loads(fact_body_to_json(Placement())) == {"kind": "placement"}
    assert json_loads(fact_body_to_json(Payment(amount_minor=3, reference="r"))) == {
        "kind": "payment",
        "amount_minor": 3,
        "reference": "r",
    }


def test_a_kind_of_a_later_version_is_refused():
    with pytest.raises(ValidationError, match="telepathy"):
        fact_body_from_json(b'{"kind": "telepathy"}')


def test_ids_are_in_order_of_time():
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert {i.version for i in made} == {7}
