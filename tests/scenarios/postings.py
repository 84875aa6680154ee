"""A case's list of transactions held against our ledger, where there is a counterpart.

Theirs lists changes of the schedule and accruals too, which move no money and are no postings
of ours; those rows are left out. When a later fact changes how a payment was split, theirs
reverts the payment and books it anew, ours adds a `reallocation`: a row of theirs that is
reverted while our payment never was reversed is left out as well.
"""

from collections.abc import Iterable
from typing import Any

from tests.scenarios.client import Document
from tests.scenarios.life import Life, Step, money
from tests.scenarios.tables import compare

_NO_COUNTERPART = ("re-age", "re-amortize", "accrual", "charge-off", "waive")
_PARTS = {
    "principal": "principal_minor",
    "interest": "interest_minor",
    "fees": "fees_minor",
    "penalties": "penalties_minor",
}
_COLUMNS = {"date", "type", "amount", *_PARTS, "balance", "reverted", "replayed"}


async def expect_transactions(life: Life, step: Step) -> None:
    ledger = await life.api.pages(f"/v1/accounts/{life.account_id}/ledger")
    mine = _transactions(life, ledger)
    gone = {_key(row) for row in mine if row["reverted"]}
    rows = []
    for row in step["rows"]:
        if row["type"].lower().startswith(_NO_COUNTERPART):
            continue
        if row.get("reverted") and _key(row) not in gone:
            continue
        rows.append({k: v for k, v in row.items() if v is not None and k != "replayed"})
    compare(rows, mine, columns=_COLUMNS, what="expect_transactions")


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return row["date"], row["type"].lower(), str(row["amount"])


def _transactions(life: Life, ledger: Iterable[Document]) -> list[dict[str, Any]]:
    """Our postings as theirs would list them: by day, then as entered."""
    called = {entry.id: entry.type for entry in life.entries if entry.id}
    rows: dict[str, dict[str, Any]] = {}
    owed = 0
    for posting in ledger:
        owed += posting["components"]["principal_minor"]
        key = posting.get("payment_id") or posting["id"]
        if posting["kind"] == "payment":
            name = called.get(key, posting["kind"])
            rows[key] = _row(posting, type=name, sign=-1, then=owed)
        elif posting["kind"] == "reallocation" and key in rows:
            for column, part in _PARTS.items():
                rows[key]["parts"][column] -= posting["components"][part]
        elif posting["kind"] == "reversal" and key in rows:
            rows[key]["reverted"] = True
        elif posting["kind"] in _OTHERS:
            name, sign = _OTHERS[posting["kind"]]
            rows[posting["id"]] = _row(posting, type=name, sign=sign, then=owed)
    return _listed(sorted(rows.values(), key=lambda row: row["date"]))


_OTHERS = {
    "placement": ("Disbursement", 1),
    "chargeback": ("Chargeback", 1),
    "refund": ("Credit Balance Refund", 1),
}


def _row(posting: Document, *, type: str, sign: int, then: int) -> dict[str, Any]:  # noqa: A002
    """`then`: the principal owed when it was entered, which is what a reverted row shows."""
    parts = {c: sign * posting["components"][part] for c, part in _PARTS.items()}
    return {
        "date": posting["effective_on"],
        "type": type,
        "amount_minor": sign * posting["amount_minor"],
        "parts": parts,
        "then": then,
        "reverted": False,
    }


def _listed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    owed = 0
    listed = []
    for row in rows:
        paid_out = row["type"] == "Disbursement"
        if not row["reverted"]:
            moved = row["parts"]["principal"]
            owed += moved if paid_out or row["type"] == "Chargeback" else -moved
        shown = dict.fromkeys(_PARTS, 0) if paid_out else row["parts"]
        listed.append(
            {
                "date": row["date"],
                "type": row["type"],
                "amount": money(row["amount_minor"]),
                **{column: money(part) for column, part in shown.items()},
                "balance": money(row["then"] if row["reverted"] else owed),
                "reverted": row["reverted"],
            }
        )
    return listed
