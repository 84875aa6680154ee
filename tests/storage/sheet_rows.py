"""A row of a sheet that was tried, of a kept mapping, of a schedule of reports and a delivery."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.ids import new_id

DAY, NOW = date(2026, 3, 1), datetime(2026, 3, 1, 9, tzinfo=UTC)
Add = Callable[..., Awaitable[object]]


async def add_report_schedule(add: Add, tx: Transaction, tenant_id: UUID) -> None:
    mine, schedule_id = {"tenant_id": tenant_id, "created_at": NOW}, new_id()
    await add(
        tx, tables.ReportSchedule, **mine, id=schedule_id, name="Aging", report="aging",
        parameters={}, period="previous_day", at="06:30", every="day", on_days=[],
        business_days="none", form="csv", recipients=[], max_wait_hours=6, attach=False,
        active=False, version=1, changed_at=NOW, role="agent",
    )  # fmt: skip
    await add(
        tx, tables.ReportDelivery, **mine, id=new_id(), schedule_id=schedule_id, due_on=DAY,
        recipient=0, kind="mail", address="a@b.example", from_on=DAY, to_on=DAY, known_on=DAY,
        status="failed", tries=0,
    )  # fmt: skip


async def add_dry_run(add: Add, tx: Transaction, tenant_id: UUID) -> None:
    mine, run_id = {"tenant_id": tenant_id, "role": "agent", "kind": "targets"}, new_id()
    read = {"columns": {}, "formats": {}, "version": 1}
    await add(
        tx, tables.DryRun, **mine, **read, id=run_id, sha256=b"s", sheets=[""], sheet="",
        headings=["Team"], rows=1, blank_rows=0, hidden_rows=0, counts={}, found=b"f",
        status="open", pages_stored=0, tries=0, business_date=DAY, created_at=NOW, expires_at=NOW,
    )  # fmt: skip
    await add(tx, tables.DryRunPage, tenant_id=tenant_id, dry_run_id=run_id, number=1, cells=[])
    await add(tx, tables.ImportMapping, **mine, **read, name="acme", changed_at=NOW)
