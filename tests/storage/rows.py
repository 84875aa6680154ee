"""Rows as small as the database allows, for tests of the tables themselves."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import insert

from app.domain.overview import ages, points
from app.storage import tables
from app.storage.books.telling import tell_apart
from app.storage.database.engine import Transaction
from app.storage.database.prepared import driver
from app.storage.ids import new_id
from app.storage.tables import table
from tests.storage.sheet_rows import add_dry_run, add_report_schedule
from tests.storage.work_rows import add_work

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
    row = {"account_id": account_id, "id": event_id, "sequence": sequence, **told}
    if driver(tx).spread and "tx" not in given:  # its server numbers it
        await tell_apart(tx, tenant_id, [row])
    else:
        await add(tx, tables.Event, tenant_id=tenant_id, **row)
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
    mine = {"tenant_id": tenant_id, "account_id": (account_id := await add_account(tx, tenant_id))}
    await add(tx, tables.AccountReview, **mine, review_on=DAY)
    await add(tx, tables.SandboxClock, tenant_id=tenant_id, business_date=DAY)
    await add(
        tx, tables.DaySpending, tenant_id=tenant_id, business_date=DAY, key_id=new_id(),
        actor="ann", spending="waive", currency="USD", sum_minor=100,
    )  # fmt: skip
    await add(tx, tables.ReportingLogin, tenant_id=tenant_id, login=f"tool_{tenant_id}")
    await _add_person(tx, tenant_id, account_id)
    await add(tx, tables.EventStream, tenant_id=tenant_id, event_sequence=0, epoch=0, tx=0)
    await _add_assignment(tx, tenant_id, account_id)
    await _add_keeping(tx, tenant_id, account_id)
    await _add_template(tx, tenant_id)
    await add_dry_run(add, tx, tenant_id)
    await add_report_schedule(add, tx, tenant_id)
    await _add_message(tx, tenant_id, account_id)
    await _add_link(tx, tenant_id, account_id)
    await _add_import(tx, tenant_id)
    await add_work(add, tx, tenant_id, account_id)
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
    await add(
        tx, tables.ReportRun, tenant_id=tenant_id, id=new_id(), report="aging", parameters={},
        form="csv", business_date=DAY, created_at=NOW, expires_at=NOW, role="agent",
        status="queued", progress_bps=0,
    )  # fmt: skip
    await _add_caches(tx, tenant_id, account_id)
    await _add_suspense(tx, tenant_id, account_id)
    await _add_webhook(tx, tenant_id)
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
    await add(tx, tables.PlanStanding, **mine, plan_id=plan_id, standing="current")
    await add(
        tx, tables.Revision, **mine, plan_id=plan_id, number=1, fact_id=plan_id, cause="opened",
        effective_on=DAY, terms={}, schedule={},
    )  # fmt: skip
    amendment_id = new_id()
    await add(
        tx, tables.Amendment, **mine, id=amendment_id, plan_id=plan_id, number=2,
        cause="deferral", asked={}, terms={}, schedule=SCHEDULE,
        refusals={"rules": []}, role="agent", business_date=DAY,
        decided=True,
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


async def _add_person(tx: Transaction, tenant_id: UUID, account_id: UUID) -> None:
    person_id, contact_id = new_id(), new_id()
    whose = {"tenant_id": tenant_id, "person_id": person_id}
    said = {"body": {}, "recorded_at": NOW, "business_date": DAY, "role": "agent"}
    await add(tx, tables.Person, tenant_id=tenant_id, id=person_id, role="debtor", name="Ada")
    await add(
        tx, tables.ContactPoint, **whose, id=new_id(), kind="phone", value="+13125550100",
        normalized="+13125550100", label="mobile", priority=1, shared=False,
        employer_provided=False, source="creditor", version=1,
    )  # fmt: skip
    await add(tx, tables.PersonFact, **whose, sequence=1, id=new_id(), kind="location", **said)
    await add(
        tx, tables.Contact, **whose, id=contact_id, account_ids=[account_id], channel="call",
        direction="out", purpose="collection", started_at=NOW, limited_content=False, more={},
        outside=[], corrections=0, content_hash=b"h", entered_at=NOW,
    )  # fmt: skip
    await add(
        tx, tables.Party, **whose, account_id=account_id, id=new_id(), party_role="guarantor",
        from_on=DAY, business_date=DAY, recorded_at=NOW, role="agent",
    )  # fmt: skip
    of = {"tenant_id": tenant_id, "contact_id": contact_id}
    await add(
        tx, tables.StrayFact, **of, id=new_id(), worklist="desk", kind="claimed", body={}, at=NOW,
        business_date=DAY, role="agent",
    )  # fmt: skip
    await add(tx, tables.ContactAccount, **of, account_id=account_id)
    await add(tx, tables.ContactFact, **of, sequence=1, kind="recorded", **said)
    await add(
        tx, tables.ContactDecision, **whose, account_id=account_id, id=new_id(), channel="call",
        purpose="collection", asked_at=NOW, decided_at=NOW, allowed=False, answer={}, role="agent",
    )  # fmt: skip


async def _add_message(tx: Transaction, tenant_id: UUID, account_id: UUID) -> None:
    person_id, message_id = new_id(), new_id()
    await add(tx, tables.Person, tenant_id=tenant_id, id=person_id, role="debtor", name="Bo")
    await add(
        tx, tables.Message, tenant_id=tenant_id, id=message_id, account_id=account_id,
        person_id=person_id, channel="email", purpose="reminder", variables={}, asked_hash=b"h",
        automatic=False, status="sent", attempts=1, unheard=False, provider_idempotent=False,
        sequence=1,
        asked_at=NOW, role="agent",
    )  # fmt: skip
    await add(
        tx, tables.NoticeFollower, tenant_id=tenant_id, epoch=0, tx=0, after_account=new_id(),
        sequence=0, given_in=0,
    )  # fmt: skip
    await add(
        tx, tables.NoticeDay, tenant_id=tenant_id, account_id=account_id, arises="before_promise",
        subject_id=new_id(), about_on=DAY,
    )  # fmt: skip
    of = {"tenant_id": tenant_id, "message_id": message_id}
    await add(
        tx, tables.MessageFact, **of, sequence=1, kind="asked", body={}, at=NOW, recorded_at=NOW,
        business_date=DAY, role="agent",
    )  # fmt: skip
    await add(
        tx, tables.MessageProvider, tenant_id=tenant_id, name="mail", kind="smtp", channel="email",
        url="smtp://mail.example.com", headers={}, idempotent=False, version=1, changed_at=NOW,
    )  # fmt: skip
    await add(
        tx, tables.ContactPolicy, tenant_id=tenant_id, name="default", version=1,
        effective_from=DAY, document={}, business_date=DAY, recorded_at=NOW, role="admin",
    )  # fmt: skip
    await add(
        tx, tables.EarlyReport, tenant_id=tenant_id, id=new_id(), provider="mail",
        provider_message_id="1", body={}, at=NOW, received_at=NOW,
    )  # fmt: skip
    await add(tx, tables.MessageContent, **of, text="t", stored_at=NOW)
    batch_id = new_id()
    await add(
        tx, tables.PrintBatch, tenant_id=tenant_id, id=batch_id, letters=1, made_at=NOW,
        business_date=DAY, role="agent",
    )  # fmt: skip
    await add(tx, tables.PrintLetter, **of, batch_id=batch_id, number=1)
    await add(
        tx, tables.PrintFile, tenant_id=tenant_id, batch_id=batch_id, pdf=b"%PDF", addresses=b"",
        manifest=b"{}",
    )  # fmt: skip


async def _add_keeping(tx: Transaction, tenant_id: UUID, account_id: UUID) -> None:
    said = {"tenant_id": tenant_id, "business_date": DAY, "recorded_at": NOW, "role": "agent"}
    person_id = new_id()
    await add(tx, tables.Person, tenant_id=tenant_id, id=person_id, role="debtor", name="Cy")
    mine = {"tenant_id": tenant_id, "person_id": person_id}
    await add(tx, tables.PersonWords, **mine, id=new_id(), words="w")
    await add(tx, tables.SuppressionKey, tenant_id=tenant_id, secret=b"s" * 32)
    await add(
        tx, tables.Suppression, **said, id=new_id(), kind="phone", value_hash=b"h", reason="court"
    )
    await add(
        tx, tables.ExternalId, tenant_id=tenant_id, id=new_id(), system="crm", kind="account",
        external_id="1", thing_id=account_id, recorded_at=NOW, role="agent",
    )  # fmt: skip
    await add(
        tx, tables.LegalHold, **said, account_id=account_id, id=new_id(), matter="m", from_on=DAY
    )
    await add(
        tx, tables.EvidenceFile, **said, account_id=account_id, id=new_id(), as_of=DAY,
        made_for="audit", root="r", manifest=b"m", content=b"c", files=1,
    )  # fmt: skip
    await add(
        tx, tables.Erasure, tenant_id=tenant_id, person_id=person_id, reason="r", due_on=DAY,
        asked_at=NOW, role="agent",
    )  # fmt: skip


async def _add_assignment(tx: Transaction, tenant_id: UUID, account_id: UUID) -> None:
    said = {"tenant_id": tenant_id, "business_date": DAY, "recorded_at": NOW, "role": "agent"}
    await add(tx, tables.Team, **said, name="austin", version=1, actors=["ann"])
    await add(
        tx, tables.Assignment, **said, account_id=account_id, number=1, assigned_actor="ann",
        reason="hers", replaced=False,
    )  # fmt: skip
    await add(
        tx, tables.Target, **said, id=new_id(), scope="actor", whose="ann", metric="contacts",
        from_on=DAY, to_on=DAY, value=40, number=1, replaced=False,
    )  # fmt: skip


async def _add_template(tx: Transaction, tenant_id: UUID) -> None:
    said = {"tenant_id": tenant_id, "business_date": DAY, "recorded_at": NOW, "role": "agent"}
    await add(
        tx, tables.Template, **said, key="receipt", version=1, channel="email", purpose="receipt",
        locales={}, asks_for_money=False, deadline=False, sample={},
    )  # fmt: skip


async def _add_link(tx: Transaction, tenant_id: UUID, account_id: UUID) -> None:
    link_id, person_id = new_id(), new_id()
    of = {"tenant_id": tenant_id, "account_id": account_id}
    await add(tx, tables.Person, tenant_id=tenant_id, id=person_id, role="debtor", name="Bo")
    await add(
        tx, tables.DebtorLink, **of, id=link_id, person_id=person_id, token_hash=b"h",
        purposes=["view"], quote_ids=[], verify="none", locale="en-US", expires_at=NOW,
        frame_ancestors=[], wrong_answers=0, created_at=NOW, role="agent",
    )  # fmt: skip
    await add(
        tx, tables.LinkSession, **of, id=new_id(), link_id=link_id, token_hash=b"s",
        created_at=NOW, expires_at=NOW,
    )  # fmt: skip
    await add(tx, tables.LinkAttempt, **of, link_id=link_id, number=1, person_id=person_id, at=NOW)


async def _add_import(tx: Transaction, tenant_id: UUID) -> None:
    of = {"tenant_id": tenant_id, "import_id": new_id()}
    await add(
        tx, tables.ImportRun, tenant_id=tenant_id, id=of["import_id"], kind="payments",
        dry_run=False, said={}, header=["reference"], sha256=b"h", bytes=1, warnings=[],
        status="completed", bytes_read=1, line=1, counts={}, tries=0, business_date=DAY,
        created_at=NOW, role="agent",
    )  # fmt: skip
    await add(tx, tables.ImportPiece, **of, number=1, content=b"reference")
    await add(tx, tables.ImportReject, **of, line=2, reason="is needed", cells=[""])


async def _add_caches(tx: Transaction, tenant_id: UUID, account_id: UUID) -> None:
    lasting = {"currency": "USD", "product": "invoice", "policy": "default",
               "placement_batch": "2026-03", **NOTHING}  # fmt: skip
    stood = {**lasting, "bucket": "current", "status": "open", "accounts": 1, "unapplied_minor": 0,
             "overdue_minor": 0, "plans_minor": 0, "promises_open": 0,
             "promised_minor": 0}  # fmt: skip
    of = {"tenant_id": tenant_id, "day_on": DAY}
    await add(tx, tables.ReportDay, **of, accounts=1, points_kept=True, made_at=NOW)
    await add(tx, tables.RollupDay, **of, number=1, **stood)
    await add(tx, tables.FlowDay, **of, number=1, **lasting)
    await add(
        tx, tables.PositionMonth, tenant_id=tenant_id, month_on=DAY, account_id=account_id, **stood
    )
    aged = {name: value for name, value in stood.items() if name in ages.WHOSE}
    await add(
        tx, tables.AgeMonth, tenant_id=tenant_id, month_on=DAY, id=new_id(), band="current",
        **aged, **dict.fromkeys(ages.FIGURES, 0),
    )  # fmt: skip
    point = {name: value for name, value in stood.items() if name in points.WHOSE}
    await add(
        tx, tables.CohortPoint, tenant_id=tenant_id, month_on=DAY, id=new_id(), curve="vintages",
        cohort="2026-03", age=1, **point, **dict.fromkeys(points.FIGURES, 0),
    )  # fmt: skip


async def _add_webhook(tx: Transaction, tenant_id: UUID) -> None:
    webhook_id, delivery_id = new_id(), new_id()
    await add(
        tx, tables.Webhook, tenant_id=tenant_id, id=webhook_id, url="https://hooks.example.com/",
        ordering="account", rate_per_second=10, headers={}, status="enabled", secret=b"s" * 32,
        epoch=1, tx=1, after_account=UUID(int=0), sequence=0, given_in=1, swept_at=NOW, warned=0,
        paced_at=NOW, version=1,
    )  # fmt: skip
    await add(
        tx, tables.WebhookDelivery, tenant_id=tenant_id, id=delivery_id, webhook_id=webhook_id,
        event_id=new_id(), type="webhook.ping", occurred_at=NOW, body={}, status="delivered",
        waits=False, tries=1, attempts=1, finished_at=NOW,
    )  # fmt: skip
    await add(
        tx, tables.WebhookAttempt, tenant_id=tenant_id, delivery_id=delivery_id, number=1, at=NOW,
        status=204, ms=1, response_bytes=0, response_start="",
    )  # fmt: skip
    await add(
        tx, tables.WebhookNotice, tenant_id=tenant_id, id=new_id(), webhook_id=webhook_id,
        kind="failing", status="sent", tries=1,
    )  # fmt: skip
