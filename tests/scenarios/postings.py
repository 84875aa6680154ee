"""A case's list of transactions held against our ledger, where there is a counterpart.

Theirs lists changes of the schedule and accruals too, which move no money and are no postings
of ours; those rows are left out. When a later fact changes how a payment was split, theirs
reverts the payment and books it anew, ours adds a `reallocation`: a row of theirs that is
reverted while our payment never was reversed is left out as well.
"""

from collections.abc import Iterable
from typing import Any

from tests.scenarios.client import Document
from tests.scenarios.expectations import is_won_back, won_back
from tests.scenarios.life import Life, Step, minor, money, understood
from tests.scenarios.tables import Differs, compare

_NO_COUNTERPART = ("re-age", "re-amortize", "accrual", "charge-off", "waive")
_CHANGES = ("Re-age", "Re-amortize", "Waive loan charges")
_PARTS = {
    "principal": "principal_minor",
    "interest": "interest_minor",
    "fees": "fees_minor",
    "penalties": "penalties_minor",
}
_COLUMNS = {"date", "type", "amount", *_PARTS, "balance", "reverted", "replayed"}


async def expect_transactions(life: Life, step: Step) -> None:
    understood(step, {"rows", "business_date"}, what="expect_transactions")
    for called in _CHANGES:
        _same_changes(life, step, called)
    ledger: list[Document] = []
    if life.account_id:
        ledger = await life.api.pages(f"/v1/accounts/{life.account_id}/ledger")
    mine = _transactions(life, ledger)
    gone = {_key(row) for row in mine if row["reverted"]}
    rows = []
    for row in step["rows"]:
        if row["type"].lower().startswith(_NO_COUNTERPART):
            continue
        if row.get("reverted") and _key(row) not in gone:
            continue
        unsaid = {"replayed"} | ({"reverted"} if row.get("reverted") is None else set())
        rows.append({k: v for k, v in row.items() if k not in unsaid})
    compare(rows, mine, columns=_COLUMNS, what="expect_transactions")


def _same_changes(life: Life, step: Step, called: str) -> None:
    """A change of the schedule moves no money, but it was made on its day, of its amount."""
    theirs = sorted(
        (row["date"], minor(row["amount"]))
        for row in step["rows"]
        if row["type"].lower() == called.lower() and not row.get("reverted")
    )
    mine = sorted(
        (one.on.isoformat(), one.amount_minor)
        for one in life.entries
        if one.type == called and not one.undone
    )
    if life.changed:  # theirs books the change anew, over what an earlier fact has left of it
        theirs, mine = [(on, 0) for on, _ in theirs], [(on, 0) for on, _ in mine]
    if theirs != mine:
        raise Differs(f"expect_transactions: {called} is {mine}, not {theirs}")


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return row["date"], row["type"].lower(), str(row["amount"])


def _transactions(life: Life, ledger: Iterable[Document]) -> list[dict[str, Any]]:
    """Our postings as theirs would list them: by day, then as entered."""
    called = {entry.id: entry.type for entry in life.entries if entry.id}
    rows: dict[str, dict[str, Any]] = {}
    back: list[Document] = []
    before, owed = None, 0
    for posting in ledger:
        owed += posting["components"]["principal_minor"]
        key = posting.get("payment_id") or posting["id"]
        if posting["kind"] == "payment":
            name = called.get(key, posting["kind"])
            rows[key] = _row(posting, type=name, sign=-1, then=owed)
        elif posting["kind"] in _OTHERS:
            name, sign = _OTHERS[posting["kind"]]
            back += [posting] if name == "Chargeback" else []
            rows[posting["id"]] = _row(posting, type=name, sign=sign, then=owed)
        elif posting["kind"] == "reallocation" and key in rows:
            _split_anew(rows, posting, before)
        elif posting["kind"] == "reversal":
            _take_back(rows, posting, back)
        before = before if posting["kind"] == "reallocation" else posting
    return _listed(sorted(rows.values(), key=lambda row: row["date"]))


def _split_anew(rows: dict[str, dict[str, Any]], posting: Document, cause: Document | None) -> None:
    """Unapplied money that covers a chargeback is told with the chargeback, as theirs tells it."""
    covers = (
        cause is not None
        and cause["kind"] == "chargeback"
        and posting["components"]["unapplied_minor"] > 0
    )
    row, sign = (rows[cause["id"]], 1) if covers and cause else (rows[posting["payment_id"]], -1)
    for column, part in _PARTS.items():
        row["parts"][column] += sign * posting["components"][part]


def _take_back(rows: dict[str, dict[str, Any]], posting: Document, back: list[Document]) -> None:
    key = posting.get("payment_id")
    if is_won_back(posting):
        gone = won_back(back, posting)
        back.remove(gone)
        key = gone["id"]
    if key in rows:
        rows[key]["reverted"] = True


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
