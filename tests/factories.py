"""Small makers with fixed defaults: a test states only what matters."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from uuid import UUID

from app.domain.account.plan import Installment, Plan
from app.domain.facts.accounts import Charge, Hold, Placement
from app.domain.facts.fact import Body, Fact, installment_id
from app.domain.facts.payments import Payment
from app.domain.facts.plans import PlanOpened
from app.domain.money import Amounts
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Policy
from app.domain.policy.resolution import lineage
from app.domain.policy.shipped import DOCUMENTS
from app.domain.schedule.agreed import AgreedInstallment
from app.domain.values import replace
from app.domain.vocabulary import ChargeKind, HoldKind, MissedMethod
from app.services.policy_documents.reader import policy_of, shipped


def policy(name: str = "default", **changes: object) -> Policy:
    """A shipped policy, version 1, with some figures changed."""
    one = _resolved(name)
    return replace(one, **changes) if changes else one  # type: ignore[arg-type]


@cache
def _resolved(name: str) -> Policy:
    known = {base: shipped(base) for base in DOCUMENTS}
    return policy_of(lineage(shipped(name), known), version=1)


def book(one: Policy | None = None) -> PolicyBook:
    """What a fold needs to know of policies: one of them."""
    one = one or policy()
    return PolicyBook(name=one.ref.name, policies=(one,))


def fact_id(sequence: int) -> UUID:
    """Ids far enough apart for the installments counted on from them."""
    return UUID(int=(1 << 100) + sequence * (1 << 20))


def fact(sequence: int, body: Body, *, on: date, entered: date | None = None) -> Fact:
    """The `sequence`-th fact of an account, entered on its day unless said otherwise."""
    return Fact(
        id=fact_id(sequence),
        sequence=sequence,
        effective_on=on,
        business_date=entered or on,
        body=body,
    )


def plan_opened(
    *amounts_minor: int, first_due_on: date, every_days: int = 30, by: Policy | None = None
) -> PlanOpened:
    """A plan of these installments, evenly spaced."""
    rows: Sequence[AgreedInstallment] = [
        AgreedInstallment(
            nominal_due_on=first_due_on + timedelta(days=every_days * k),
            due_on=first_due_on + timedelta(days=every_days * k),
            principal_minor=minor,
        )
        for k, minor in enumerate(amounts_minor)
    ]
    return PlanOpened(
        amount_minor=sum(amounts_minor),
        policy=(by or policy()).ref,
        installments=tuple(rows),
    )


# Histories: what is entered for an account, fact by fact --------------------------------------


def history(*entries: tuple[date, Body]) -> tuple[Fact, ...]:
    """Facts in order of entry; one that counts in the past is entered on the latest day so far."""
    entered_on = accumulate((on for on, _ in entries), max)
    return tuple(
        fact(number, body, on=on, entered=entered)
        for number, ((on, body), entered) in enumerate(zip(entries, entered_on, strict=True), 1)
    )


def placed(minor: int = 300_00, *, past_due_minor: int | None = 0, **components: int) -> Placement:
    """An account of this much principal, placed current: its plan is the contract."""
    balance = Amounts(principal_minor=minor, **components)
    return Placement(balance=balance, past_due_minor=past_due_minor)


def plan_due(*days: date, minor: int = 100_00, by: Policy | None = None) -> PlanOpened:
    """A plan of equal installments due on these days."""
    rows = (AgreedInstallment(nominal_due_on=d, due_on=d, principal_minor=minor) for d in days)
    return PlanOpened(
        amount_minor=minor * len(days), policy=(by or policy()).ref, installments=tuple(rows)
    )


def paid(minor: int, **how: object) -> Payment:
    return Payment(amount_minor=minor, reference="bank-1", **how)  # type: ignore[arg-type]


def charged(minor: int, *, due_on: date, kind: str = "fee", plan: int | None = None) -> Charge:
    """A charge; on the plan that the `plan`-th fact opened, if one is named."""
    return Charge(
        charge=ChargeKind(kind),
        amount_minor=minor,
        due_on=due_on,
        plan_id=fact_id(plan) if plan else None,
    )


def held(kind: str, starts_on: date, ends_on: date | None = None) -> Hold:
    return Hold(hold=HoldKind(kind), starts_on=starts_on, ends_on=ends_on, reason="said so")


def row_id(ordinal: int, *, of: int = 2) -> UUID:
    """The id of the `ordinal`-th row that the `of`-th fact of an account made."""
    return installment_id(fact_id(of), ordinal)


# Plans as they stand --------------------------------------------------------------------------


def row(ordinal: int, due_on: date, minor: int = 100_00, **cells: int) -> Installment:
    """An open installment of this much principal, and what else is named."""
    due = Amounts(principal_minor=minor, **cells)
    return Installment(id=row_id(ordinal), nominal_due_on=due_on, due_on=due_on, due=due)


def plan(*rows: Installment, by: Policy | None = None, **changes: object) -> Plan:
    """A live plan of these rows, the second fact of its account; it took over principal only."""
    owing = sum(r.due.principal_minor - r.paid.principal_minor for r in rows)
    made = Plan(
        id=fact_id(2),
        opened_on=date(2026, 1, 1),
        policy=(by or policy()).ref,
        taken=Amounts(principal_minor=owing),
        installments=rows,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def ninety_percent(threshold_bps: int = 9_000, **changes: object) -> Policy:
    """The default policy, except that this share of an installment counts as all of it."""
    missed = replace(
        policy().missed, method=MissedMethod.NINETY_PERCENT, threshold_bps=threshold_bps
    )
    return policy(missed=missed, **changes)
