"""The story's end: what is left of the debt is settled for less, and a payment of that bounces.

Forgiven with the payment that settles, owed again when that one comes back, forgiven once more
when it is made good: the account is settled by one satisfaction, whatever came and went.
"""

from dataclasses import dataclass

from app.cli.demo.calls import how_many_stand, pay, show_events, timeline
from app.cli.demo.teller import Document, Teller, expect

OWED, AMOUNT, PART = 450_00, 315_00, 157_50
FORGIVEN = OWED - AMOUNT

_SETTLEMENT = {
    "as of": "day",
    "settlement": "status",
    "paid": "paid_minor",
    "to settle": "remaining_minor",
    "forgiven": "forgiven_minor",
    "account": "account.status",
    "balance": "account.balance.total_minor",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The account, its settlement, and the plan that is paid on."""

    account_id: str
    settlement_id: str
    plan_id: str


def settle(teller: Teller, account_id: str, *, run: str) -> Settled:
    """Play it, on a debt that is paid down to `OWED`. Raises `StoryBroken`."""
    settled = _accepted(teller, account_id)
    last = _satisfied(teller, settled, run)
    _bounced(teller, settled, last)
    _made_good(teller, settled, run)
    return settled


def _accepted(teller: Teller, account_id: str) -> Settled:
    teller.clock("2026-05-20")
    teller.step(
        "Less is offered for the whole, in writing",
        "Jane lost her job. On 20 May she is offered to pay 315.00 of the 450.00 in two parts; "
        "she accepts on the 22nd, and her plan ends with that.",
    )
    offer = teller.post(
        f"/v1/accounts/{account_id}/settlement-offers",
        amount_minor=AMOUNT,
        terms={
            "installment_count": 2,
            "frequency": {"every": 1, "unit": "month"},
            "first_due_on": "2026-05-31",
        },
        expires_on="2026-05-29",
        reason="lost her job",
    )
    settlement = f"/v1/settlement-offers/{offer['id']}"
    teller.quote(_part(teller.text(f"{settlement}/letter"), "What we offer"))
    teller.clock("2026-05-22")
    accepted = teller.post(f"{settlement}/accept", expected=200)
    expect("the settlement", accepted["status"], "accepted")
    plan = teller.get(f"/v1/plans/{accepted['plan_id']}")
    columns = {"no.": "number", "due on": "due_on", "amount": "amount_minor", "status": "status"}
    teller.table(columns, plan["installments"])
    return Settled(account_id=account_id, settlement_id=offer["id"], plan_id=plan["id"])


def _satisfied(teller: Teller, settled: Settled, run: str) -> Document:
    account = settled.account_id
    teller.clock("2026-05-29")
    pay(teller, account, f"ACH-3-{run}", PART, on="2026-05-29")
    teller.clock("2026-06-30")
    teller.step(
        "The last part forgives the rest",
        "In the transaction of the payment: no job has to run for the account to be settled.",
    )
    last = pay(teller, account, f"ACH-4-{run}", PART, on="2026-06-30")
    days = _read(teller, settled, "2026-05-22", "2026-05-29", "2026-06-30")
    expect("the settlement on 30 June", days[-1]["status"], "satisfied")
    expect("what is forgiven", days[-1]["forgiven_minor"], FORGIVEN)
    paid, forgiven = teller.get(f"/v1/accounts/{account}/ledger")["data"][-2:]
    expect("the last row of the ledger", forgiven["kind"], "forgiveness")
    expect("when it was forgiven", forgiven["posted_at"], paid["posted_at"])
    teller.table(_SETTLEMENT, days)
    events = timeline(teller, account)
    posted = max(no for no, event in enumerate(events) if event["type"] == "payment.posted")
    show_events(teller, events[posted:])
    return last


def _bounced(teller: Teller, settled: Settled, last: Document) -> None:
    seen = timeline(teller, settled.account_id)
    teller.clock("2026-07-02")
    teller.step(
        "The last part comes back",
        "The bank returns it on 2 July. It never happened, so nothing was forgiven: the "
        "settlement is open again, and every verdict told is withdrawn.",
    )
    teller.post(f"/v1/payments/{last['id']}/reversals", reason_code="NSF")
    days = _read(teller, settled, "2026-06-30", "2026-07-02")
    expect("the settlement on 2 July", days[-1]["status"], "accepted")
    expect("what is forgiven on 2 July", days[-1]["forgiven_minor"], 0)
    teller.table(_SETTLEMENT, days)
    show_events(teller, timeline(teller, settled.account_id)[len(seen) :])


def _made_good(teller: Teller, settled: Settled, run: str) -> None:
    teller.clock("2026-07-03")
    teller.step(
        "Three days late, it is made good",
        "Five days of grace were agreed, so it counts: settled again, and only once. "
        "Jane's letter says so, as text or as PDF.",
    )
    pay(teller, settled.account_id, f"CARD-2-{run}", PART, on="2026-07-03", method="card")
    (now,) = _read(teller, settled, "2026-07-03")
    expect("the settlement on 3 July", now["status"], "satisfied")
    expect("the account's status", now["account"]["status"], "settled")
    events = timeline(teller, settled.account_id)
    expect("how often it is settled", how_many_stand(events, "settlement.satisfied"), 1)
    teller.table(_SETTLEMENT, [now])
    letter = teller.text(f"/v1/settlement-offers/{settled.settlement_id}/letter")
    teller.quote(_part(letter, "What you have paid"))


def _read(teller: Teller, settled: Settled, *days: str) -> list[Document]:
    """The settlement as of some days, with the day and the account beside it."""
    return [
        {
            **teller.get(f"/v1/settlement-offers/{settled.settlement_id}", as_of=day),
            "account": teller.get(f"/v1/accounts/{settled.account_id}", as_of=day),
            "day": day,
        }
        for day in days
    ]


def _part(letter: str, heading: str) -> list[str]:
    """A letter's title, and what it says under a heading."""
    title, *lines = letter.splitlines()
    start = lines.index(heading) + 2
    return [title, *lines[start : lines.index("", start)]]
