"""Rows as small as the database allows, for tests of the tables themselves."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import insert

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.ids import new_id
from app.storage.tables import table

DAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMPONENTS = ("principal", "interest", "fees", "penalties", "costs")
SCHEDULE = {
    "total_minor": 300,
    "finance_charge_minor": 0,
    "apr_bps": 0,
    "last_due_on": "2026-01-31",
    "installments": [],
}
NOTHING = {f"{name}_minor": 0 for name in COMPONENTS}
CACHED = {"fact_sequence": 1, "posting_sequence": 1, "event_sequence": 1, "version": 1}


async def add(tx: Transaction, row: type, /, **values: object) -> None:
    await tx.execute(insert(table(row)).values(**values))


async def add_account(tx: Transaction, tenant_id: UUID) -> UUID:
    account_id = new_id()
    await add(
        tx, tables.Account, tenant_id=tenant_id, id=account_id, reference=str(account_id),
        currency="USD", product="invoice", opened_on=DAY, policy_name="default", status="open",
        unapplied_minor=0, bucket="current", state={}, latest_on=DAY, latest_business_date=DAY,
        replays=0,
        **NOTHING, **CACHED,
    )  # fmt: skip
    return account_id


async def add_event(
    tx: Transaction, tenant_id: UUID, account_id: UUID, /, *, sequence: int = 1, **given: object
) -> UUID:
    event_id = new_id()
    told = {"type": "account.created", "business_date": DAY, "data": {}, "hash": b"h", **given}
    await add(
        tx, tables.Event, tenant_id=tenant_id, account_id=account_id, id=event_id,
        sequence=sequence, **told,
    )  # fmt: skip
    return event_id


async def add_fact(
    tx: Transaction, tenant_id: UUID, account_id: UUID, *, sequence: int, kind: str
) -> UUID:
    fact_id = new_id()
    await add(
        tx, tables.Fact, tenant_id=tenant_id, account_id=account_id, id=fact_id, kind=kind,
        sequence=sequence, effective_on=DAY, business_date=DAY, body={"kind": kind},
    )  # fmt: skip
    return fact_id


async def add_one_of_each(tx: Transaction, tenant_id: UUID) -> UUID:
    """A row in every table of a tenant that has its keys and policies already."""
    account_id = await add_account(tx, tenant_id)
    mine = {"tenant_id": tenant_id, "account_id": account_id}
    await add(tx, tables.SandboxClock, tenant_id=tenant_id, business_date=DAY)
    await add(
        tx, tables.DaySpending, tenant_id=tenant_id, business_date=DAY, key_id=new_id(),
        actor="ann", spending="waive", currency="USD", sum_minor=100,
    )  # fmt: skip
    await add(tx, tables.Person, tenant_id=tenant_id, id=new_id(), role="debtor", name="Ada")
    await add(tx, tables.Annotation, **mine, subject_id=account_id, metadata={})
    await add(tx, tables.Handle, **mine, kind="account", key="A-1", id=account_id)
    await add(
        tx, tables.IdempotencyKey, tenant_id=tenant_id, key="k", fingerprint=b"f", status=201,
        headers={}, body=b"{}",
    )  # fmt: skip
    await add(
        tx, tables.SweepRun, tenant_id=tenant_id, id=new_id(), business_date=DAY,
        status="running", examined=0, changed=0, counts={},
    )  # fmt: skip
    await _add_suspense(tx, tenant_id, account_id)
    await add_event(tx, tenant_id, account_id)
    await add(
        tx, tables.Quote, **mine, id=new_id(), hash="h", currency="USD", opens_on=DAY,
        balance_minor=500, amount_minor=500, policy_name="default", policy_version=1, terms={},
        schedule=SCHEDULE, refusals={"rules": []}, role="agent", locale="en-US", text="t",
        text_hash="h", created_at=NOW, expires_at=NOW,
    )  # fmt: skip
    await _add_plan_and_payment(tx, mine)
    await _add_settlement(tx, mine)
    return account_id


async def _add_plan_and_payment(tx: Transaction, mine: dict[str, UUID]) -> None:
    plan_id = await add_fact(tx, *mine.values(), sequence=1, kind="plan_opened")
    payment_id = await add_fact(tx, *mine.values(), sequence=2, kind="payment")
    installment_id = new_id()
    await add(
        tx, tables.Plan, **mine, id=plan_id, kind="installment", policy_name="default",
        policy_version=1, opened_on=DAY, terms={}, status="active", total_minor=500,
        paid_minor=0, outstanding_minor=500, revision=1,
    )  # fmt: skip
    await add(
        tx, tables.Revision, **mine, plan_id=plan_id, number=1, fact_id=plan_id, cause="opened",
        effective_on=DAY, terms={}, schedule={},
    )  # fmt: skip
    amendment_id = new_id()
    await add(
        tx, tables.Amendment, **mine, id=amendment_id, plan_id=plan_id, number=2,
        cause="deferral", asked={}, terms={}, schedule=SCHEDULE,
        refusals={"rules": []}, role="agent", business_date=DAY,
    )  # fmt: skip
    await add(
        tx, tables.AmendmentEnd, **mine, amendment_id=amendment_id, outcome="rejected",
        role="agent", actor="bob", business_date=DAY,
    )  # fmt: skip
    await add(
        tx, tables.Installment, **mine, id=installment_id, plan_id=plan_id, kind="installment",
        nominal_due_on=DAY, number=1, due_on=DAY, paid_in_advance_minor=0, paid_late_minor=0,
        **NOTHING | {"principal_minor": 500}, **{f"paid_{k}": 0 for k in NOTHING},
    )  # fmt: skip
    await add(
        tx, tables.Payment, **mine, id=payment_id, reference="P-1", amount_minor=500,
        currency="USD", effective_on=DAY, method="ach", kind="repayment", funded_by="borrower",
        content_hash=b"c", status="posted", unapplied_minor=0, generation=1,
    )  # fmt: skip
    await add(
        tx, tables.Allocation, **mine, payment_id=payment_id, generation=1, line=1,
        component="principal", plan_id=plan_id, installment_id=installment_id, cell="principal",
        amount_minor=500, rule="oldest first",
    )  # fmt: skip
    await add(
        tx, tables.Posting, **mine, id=new_id(), sequence=1, fact_id=payment_id, kind="payment",
        effective_on=DAY, business_date=DAY, amount_minor=-500, unapplied_minor=0,
        balance_after_minor=0, payment_id=payment_id, **NOTHING | {"principal_minor": -500},
    )  # fmt: skip


async def _add_settlement(tx: Transaction, mine: dict[str, UUID]) -> None:
    settlement_id = await add_fact(tx, *mine.values(), sequence=3, kind="settlement_offered")
    await add(
        tx, tables.Settlement, **mine, id=settlement_id, amount_minor=300, balance_minor=500,
        forgives_minor=200, installment_count=1, offered_on=DAY, expires_on=DAY,
        policy_name="default", policy_version=1, terms={}, schedule=SCHEDULE,
        refusals={"rules": []}, role="agent", status="offered", paid_minor=0, forgiven_minor=0,
    )  # fmt: skip
    await add(
        tx, tables.Letter, **mine, id=new_id(), settlement_id=settlement_id, kind="offer",
        locale="en-US", facts_hash="h", dated_on=DAY, text="t", text_hash="h", wording_version=1,
    )  # fmt: skip


async def _add_suspense(tx: Transaction, tenant_id: UUID, account_id: UUID) -> None:
    item = new_id()
    await add(
        tx, tables.Suspense, tenant_id=tenant_id, id=item, reference="S-1", why="unknown_account",
        amount_minor=500, currency="USD", effective_on=DAY, method="ach", kind="repayment",
        funded_by="borrower", content_hash=b"c", business_date=DAY, metadata={},
    )  # fmt: skip
    await add(
        tx, tables.SuspenseEnd, tenant_id=tenant_id, suspense_id=item, id=new_id(),
        kind="assigned", account_id=account_id, effective_on=DAY, business_date=DAY,
    )  # fmt: skip
