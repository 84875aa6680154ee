"""The demo's story: one debt, from the agreement to the self-check.

A missed installment is noticed, explained, cured by money that was there in time, missed again
when that money bounces, and paid at last; then the rest is settled for less. Every figure shown
is the service's answer.
"""

from dataclasses import dataclass

from app.cli.demo.calls import pay, show_events, timeline
from app.cli.demo.receiver import Receiver
from app.cli.demo.settlement_story import Settled, settle
from app.cli.demo.teller import Document, Teller, expect
from app.cli.demo.webhook_story import hear, subscribe

DOWN_PAYMENT, INSTALLMENT = 300_00, 150_00
BEGINS_ON = "2026-01-31"
MARCH_DUE_ON = "2026-03-31"
JUDGED_ON = "2026-04-10"  # the day whose verdict changes twice

_STANDING = {
    "standing": "standing",
    "31 March is": "march",
    "overdue": "delinquency.overdue_minor",
    "days past due": "delinquency.past_due_days",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtAndPlan:
    """What the story is about until the settlement: a debt, and the plan agreed for it."""

    account_id: str
    plan_id: str


def tell(teller: Teller, receiver: Receiver, *, run: str) -> Settled:
    """Play it all. `run` keeps references apart. Raises `StoryBroken`."""
    webhook_id = subscribe(teller, receiver)
    account_id = _placed(teller, run)
    debt = DebtAndPlan(account_id=account_id, plan_id=_agreed(teller, account_id, run))
    _paid_on_time(teller, debt, run)
    _missed(teller, debt)
    _as_of(teller, debt)
    check = _found_late(teller, debt, run)
    _bounced(teller, debt, check)
    _caught_up(teller, debt, run)
    settled = settle(teller, debt.account_id, run=run)
    _booked(teller, debt)
    _checked(teller, debt)
    hear(teller, receiver, webhook_id, debt.account_id)
    _in_short(teller, debt, settled)
    return settled


def _placed(teller: Teller, run: str) -> str:
    teller.clock(BEGINS_ON)
    teller.step("A debt is placed", "The sandbox's clock stands at 31 January 2026.")
    account = teller.post(
        "/v1/accounts",
        reference=f"INV-{run}",
        currency="USD",
        product="invoice",
        opened_on="2025-10-01",
        balance={"principal_minor": 1180_00, "interest_minor": 15_00, "fees_minor": 5_00},
        delinquent_since_on="2026-01-30",
        debtor={"reference": f"CUST-{run}", "name": "Jane Doe", "time_zone": "America/Chicago"},
        creditor={"name": "Prairie Telecom"},
    )
    parts = {name: f"balance.{name}_minor" for name in ("principal", "interest", "fees", "total")}
    teller.table({"reference": "reference", "status": "status", **parts}, [account])
    return str(account["id"])


def _agreed(teller: Teller, account_id: str, run: str) -> str:
    teller.step(
        "A plan is agreed",
        "300.00 today, then six months from the 31st: each date steps from that anchor, so "
        "February's is the 28th and March's the 31st again.",
    )
    plan = teller.post(
        "/v1/plans",
        account_id=account_id,
        reference=f"PLAN-{run}",
        terms={
            "down_payment_minor": DOWN_PAYMENT,
            "installment_count": 6,
            "frequency": {"every": 1, "unit": "month"},
            "anchor_on": "2026-01-31",
            "first_due_on": "2026-02-28",
            "month_end": "last_day",
        },
    )
    expect("the plan", plan["status"], "active")
    columns = {"no.": "number", "kind": "kind", "due on": "due_on", "amount": "amount_minor"}
    teller.table(columns, plan["installments"])
    return str(plan["id"])


def _paid_on_time(teller: Teller, debt: DebtAndPlan, run: str) -> None:
    teller.step(
        "Two payments come on time",
        "The bank sends the second one twice: one reference is one payment.",
    )
    first = pay(teller, debt.account_id, f"ACH-1-{run}", DOWN_PAYMENT, on="2026-01-31")
    teller.clock("2026-02-27")
    second = pay(teller, debt.account_id, f"ACH-2-{run}", INSTALLMENT, on="2026-02-27")
    again = pay(teller, debt.account_id, f"ACH-2-{run}", INSTALLMENT, on="2026-02-27", expected=200)
    expect("the payment sent twice", again["id"], second["id"])
    teller.table(
        {
            "answer": "answer",
            "reference": "reference",
            "effective on": "effective_on",
            "amount": "amount_minor",
            "plan paid": "plan.paid_minor",
            "outstanding": "plan.outstanding_minor",
            "next due": "plan.next_due_on",
        },
        [
            {**first, "answer": "201 posted"},
            {**second, "answer": "201 posted"},
            {**again, "answer": "200 known"},
        ],
    )


def _missed(teller: Teller, debt: DebtAndPlan) -> None:
    teller.clock(JUDGED_ON)
    teller.step(
        "An installment is missed, and the service can say why",
        "It is 10 April; nothing came for 31 March, and no nightly job ran. "
        "Days past due less days of grace are days delinquent.",
    )
    clock = teller.get(f"/v1/plans/{debt.plan_id}/delinquency")
    expect("what is missed on 10 April", len(clock["missed"]), 1)
    teller.table(
        {
            "as of": "as_of",
            "oldest due": "oldest_due_on",
            "past due": "past_due_days",
            "grace": "grace_days",
            "delinquent": "delinquent_days",
            "since": "delinquent_since_on",
            "overdue": "overdue_minor",
            "bucket": "bucket",
        },
        [clock],
    )


def _as_of(teller: Teller, debt: DebtAndPlan) -> None:
    teller.step("Any day can be asked for", "The same plan, read as of five days.")
    expected = {
        "2026-03-30": "current",
        "2026-03-31": "due",
        "2026-04-03": "in_grace",
        "2026-04-06": "delinquent",
        JUDGED_ON: "delinquent",
    }
    plans = [_plan(teller, debt, day) for day in expected]
    for plan in plans:
        expect(f"the standing as of {plan['day']}", plan["standing"], expected[plan["day"]])
    teller.table({"as of": "day", **_STANDING}, plans)


def _found_late(teller: Teller, debt: DebtAndPlan, run: str) -> str:
    before = _plan(teller, debt, JUDGED_ON)
    teller.clock("2026-04-13")
    teller.step(
        "A check is found that came on 30 March",
        "Entered on 13 April with its own date, it changes what was true on 10 April; "
        "who listens is told which verdict it corrects.",
    )
    check = pay(
        teller, debt.account_id, f"CHECK-{run}", INSTALLMENT, on="2026-03-30", method="check"
    )
    after = _plan(teller, debt, JUDGED_ON)
    expect("the standing on 10 April, as known on the 13th", after["standing"], "current")
    teller.table(
        {"10 April": "known", **_STANDING},
        [{**before, "known": "as known then"}, {**after, "known": "as known on 13 April"}],
    )
    events = timeline(teller, debt.account_id)
    show_events(teller, [one for one in events if one["sequence"] >= _first_of_march(events)])
    return str(check["id"])


def _first_of_march(events: list[Document]) -> int:
    """The event with which the installment of 31 March fell due, and the story turned."""
    return int(next(e["sequence"] for e in events if e["business_date"] == MARCH_DUE_ON))


def _bounced(teller: Teller, debt: DebtAndPlan, check: str) -> None:
    seen = timeline(teller, debt.account_id)
    teller.clock("2026-04-20")
    teller.step(
        "The check bounces",
        "Reversed on 20 April, it never happened: 31 March is judged again, nothing is patched.",
    )
    teller.post(f"/v1/payments/{check}/reversals", reason_code="NSF")
    plans = [_plan(teller, debt, day) for day in (JUDGED_ON, "2026-04-20")]
    expect("the standing on 20 April", plans[-1]["standing"], "delinquent")
    teller.table({"as of": "day", **_STANDING}, plans)
    show_events(teller, timeline(teller, debt.account_id)[len(seen) :])


def _caught_up(teller: Teller, debt: DebtAndPlan, run: str) -> None:
    teller.clock("2026-04-29")
    teller.step(
        "Jane catches up",
        "300.00 on 29 April pay March, a month late, and April, a day early.",
    )
    pay(teller, debt.account_id, f"CARD-{run}", 2 * INSTALLMENT, on="2026-04-29", method="card")
    plan = _plan(teller, debt, "2026-04-29")
    expect("the standing on 29 April", plan["standing"], "current")
    teller.table(
        {
            "no.": "number",
            "due on": "due_on",
            "amount": "amount_minor",
            "paid": "paid_minor",
            "early": "paid_in_advance_minor",
            "late": "paid_late_minor",
            "open": "outstanding_minor",
            "status": "status",
        },
        plan["installments"],
    )


def _booked(teller: Teller, debt: DebtAndPlan) -> None:
    teller.step(
        "The ledger",
        "In order of entry. What came back and what was forgiven are rows of their own: what "
        "corrects a row is another row.",
    )
    teller.table(
        {
            "kind": "kind",
            "effective on": "effective_on",
            "booked on": "business_date",
            "amount": "amount_minor",
            "balance": "balance_after_minor",
        },
        teller.get(f"/v1/accounts/{debt.account_id}/ledger")["data"],
    )


def _checked(teller: Teller, debt: DebtAndPlan) -> None:
    check = teller.get(f"/v1/accounts/{debt.account_id}/self-check")
    expect("the self-check", check["ok"], wanted=True)
    pairs = check["identities"]
    teller.step(
        "The self-check",
        f"Each figure is worked out in two ways; {len(pairs)} of {len(pairs)} pairs agree. "
        "Some of them:",
    )
    teller.table(
        {"identity": "name", "one way": "left_minor", "the other": "right_minor", "agree": "ok"},
        [pair for pair in pairs if pair["name"].startswith(("ledger", "received", "last"))],
    )


def _in_short(teller: Teller, debt: DebtAndPlan, settled: Settled) -> None:
    """The last lines: what each day looked like, as it is known at the end."""
    teller.step("The story in short", "Each day, as the service tells it now:")
    agreed = {
        "2026-01-31": "agreed, and 300.00 down",
        "2026-02-28": "150.00 had come the day before",
        "2026-03-31": "nothing came that stayed",
        JUDGED_ON: "missed; cured by a check; missed again",
        "2026-04-20": "the check bounced",
        "2026-04-29": "300.00 by card",
    }
    settling = {
        "2026-05-22": "settled for 315.00 in two parts",
        "2026-05-29": "157.50",
        "2026-06-30": "157.50 settled it, and bounced",
        "2026-07-03": "157.50 by card, and 135.00 forgiven",
    }
    teller.table(
        {
            "day": "day",
            "what happened": "happened",
            "plan": "stands",
            "overdue": "delinquency.overdue_minor",
            "owed": "account.balance.total_minor",
            "account": "account.status",
        },
        [
            {
                **(plan := teller.get(f"/v1/plans/{plan_id}", as_of=day)),
                "stands": plan["standing"] or plan["status"],
                "account": teller.get(f"/v1/accounts/{debt.account_id}", as_of=day),
                "day": day,
                "happened": what,
            }
            for plan_id, days in ((debt.plan_id, agreed), (settled.plan_id, settling))
            for day, what in days.items()
        ],
    )


def _plan(teller: Teller, debt: DebtAndPlan, day: str) -> Document:
    """The plan as of a day, with the day and what became of 31 March beside it."""
    plan = teller.get(f"/v1/plans/{debt.plan_id}", as_of=day)
    march = next(row for row in plan["installments"] if row["due_on"] == "2026-03-31")
    return {**plan, "day": day, "march": march["status"]}
