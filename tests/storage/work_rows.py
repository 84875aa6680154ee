"""A row of each kind of work: a list, what is done of it, a dialer's list, an escalation."""

from uuid import UUID

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.ids import new_id
from tests.storage.sheet_rows import DAY, NOW, Add


async def add_work(add: Add, tx: Transaction, tenant_id: UUID, account_id: UUID) -> None:
    of = {"tenant_id": tenant_id, "account_id": account_id}
    said = {"business_date": DAY, "role": "agent"}
    await add(
        tx, tables.Worklist, tenant_id=tenant_id, name="desk", version=1, document={},
        recorded_at=NOW, **said,
    )  # fmt: skip
    await add(tx, tables.AccountWork, **of, reference="A-1", overdue_minor=0, asks=False)
    await add(
        tx, tables.DialerList, tenant_id=tenant_id, id=account_id, worklist="desk",
        purpose="collection", format="csv", made_at=NOW, valid_until_at=NOW, **said,
    )  # fmt: skip
    await add(
        tx, tables.DialerRow, **of, id=new_id(), list_id=account_id, number=1,
        person_id=account_id, point_id=account_id, decision_id=account_id, reference="A-1",
        reason="no_contact", priority=1, time_zone="UTC", call_after_at=NOW, call_before_at=NOW,
    )  # fmt: skip
    await add(
        tx, tables.Escalation, **of, id=account_id, desk="legal", urgency="normal",
        status="open", opened_on=DAY, opened_at=NOW, role="agent",
    )  # fmt: skip
    await add(
        tx, tables.EscalationFact, **of, escalation_id=account_id, number=1, step="assign",
        body={}, at=NOW, **said,
    )  # fmt: skip
    await add(tx, tables.Validation, **of, initial_on=DAY)
    await add(
        tx, tables.Itemization, **of, number=1, reference="charge_off", itemized_on=DAY,
        amount_minor=1, interest_minor=0, fees_minor=0, payments_minor=0, credits_minor=0,
        original_creditor="Prairie Telecom", recorded_at=NOW, **said,
    )  # fmt: skip
    await add(tx, tables.WorkItem, **of, worklist="desk", attempts=0)
    await add(
        tx, tables.WorkFact, **of, id=new_id(), worklist="desk", kind="claimed", body={}, at=NOW,
        **said,
    )  # fmt: skip
