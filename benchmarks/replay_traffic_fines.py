"""Every Italian traffic fine of the shared data through `accord import`, held against its log.

    python benchmarks/replay_traffic_fines.py DIR [CASES]

An account is a case: the fine at its creation is the principal, placed on that day. Postage is
a fee on the day the fine was sent, a penalty the amount by which the fine rose, a payment a
payment. Afterwards, for every case, balance minus unapplied money must be the log's balance.
"""

import asyncio
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.replaying import Replay, folder_of, minor, read, replay

#: After the last event of the log, 2013-06-18.
BUSINESS_DATE = date(2013, 12, 31)
_BALANCES = text(
    "SELECT id, reference, principal_minor + interest_minor + fees_minor + penalties_minor"
    " + costs_minor - unapplied_minor AS net_minor FROM account ORDER BY id"
)
#: The ledger, the cached columns and the allocations in force, of all accounts at once.
_CONSERVED = text("""
WITH ledger AS (
    SELECT tenant_id, account_id, sum(principal_minor) AS principal, sum(fees_minor) AS fees,
        sum(penalties_minor) AS penalties, sum(unapplied_minor) AS unapplied,
        sum(amount_minor) AS net
    FROM posting GROUP BY tenant_id, account_id),
allocated AS (
    SELECT p.tenant_id, p.account_id, sum(p.amount_minor) AS received,
        sum(p.unapplied_minor) AS unapplied, sum(coalesce(x.minor, 0)) AS minor
    FROM payment p LEFT JOIN (
        SELECT tenant_id, account_id, payment_id, generation, sum(amount_minor) AS minor
        FROM allocation GROUP BY tenant_id, account_id, payment_id, generation) x
    ON (x.tenant_id, x.account_id, x.payment_id, x.generation)
     = (p.tenant_id, p.account_id, p.id, p.generation)
    WHERE p.status <> 'reversed' GROUP BY p.tenant_id, p.account_id)
SELECT count(*) AS accounts, count(*) FILTER (WHERE
    (a.principal_minor, a.fees_minor, a.penalties_minor, -a.unapplied_minor)
        IS DISTINCT FROM (l.principal, l.fees, l.penalties, l.unapplied)
    OR a.principal_minor + a.interest_minor + a.fees_minor + a.penalties_minor + a.costs_minor
        - a.unapplied_minor IS DISTINCT FROM l.net
    OR coalesce(p.received, 0) <> coalesce(p.minor, 0) + a.unapplied_minor
    OR coalesce(p.unapplied, 0) <> a.unapplied_minor) AS broken
FROM account a
LEFT JOIN ledger l ON (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
LEFT JOIN allocated p ON (p.tenant_id, p.account_id) = (a.tenant_id, a.id)""")


def main() -> None:
    folder = folder_of(sys.argv[1], "traffic_fines")
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else None  # noqa: PLR2004 - DIR [CASES]
    asyncio.run(run(folder, cases))


async def run(folder: Path, limit: int | None) -> None:
    cases = {row["case_id"]: row for row in islice(read(folder / "cases.csv.gz"), limit)}
    async with replay(BUSINESS_DATE) as books:
        files = {"accounts": accounts, "charges": charges, "payments": payments}
        for kind, rows in files.items():
            logged = (row for row in read(folder / "events.csv.gz") if row["case_id"] in cases)
            books.bring_in(kind, rows(logged), *_CONSTANTS[kind])
        await compare(books, cases)
        books.finish()


_CONSTANTS = {
    "accounts": ("--set", "currency=EUR", "--set", "product=legal", "--set", "policy=unlimited"),
    "charges": ("--set", "currency=EUR"),
    "payments": ("--set", "currency=EUR"),
}


def accounts(events: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    """One account a case, placed on the day the fine was made."""
    for event in events:
        if event["activity"] == "Create Fine":
            yield {
                "reference": event["case_id"],
                "opened_on": event["date"],
                "effective_on": event["date"],
                "principal": event["fine_amount"],
            }


def charges(events: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Postage, and by how much a penalty raised the fine."""
    fine = Decimal(0)
    for event in events:
        charged = _about(event)
        match event["activity"]:
            case "Create Fine":
                fine = Decimal(event["fine_amount"])
            case "Send Fine":
                yield {**charged, "kind": "fee", "amount": event["expense"]}
            case "Add penalty":
                raised = Decimal(event["fine_amount"])
                yield {**charged, "kind": "penalty", "amount": str(raised - fine)}
                fine = raised
            case _:
                pass


def payments(events: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Every payment of the log, those of 0.00 too."""
    for event in events:
        if event["activity"] == "Payment":
            yield {**_about(event), "amount": event["payment_amount"]}


def _about(event: dict[str, str]) -> dict[str, str]:
    return {
        "reference": f"{event['case_id']}-{event['seq']}",
        "account_reference": event["case_id"],
        "effective_on": event["date"],
    }


async def compare(books: Replay, cases: dict[str, dict[str, str]]) -> None:
    async with books.owner.transaction() as tx:
        found = (await tx.execute(_BALANCES)).all()
        accounts_, broken = (await tx.execute(_CONSERVED)).one()
    net = {row.reference: row.net_minor for row in found}
    expected = {name: minor(case["balance_eur"]) for name, case in cases.items()}
    books.compare(
        "balance - unapplied = balance_eur",
        ((name, expected.get(name), net.get(name)) for name in expected.keys() | net.keys()),
    )
    books.failures += broken
    books.say(f"ledger = cached columns = allocations: {accounts_:,} accounts, {broken:,} broken")
    await books.check_conservation([row.id for row in found])


if __name__ == "__main__":
    main()
