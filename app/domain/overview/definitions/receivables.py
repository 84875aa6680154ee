"""What is owed on a day: by account, by item, and the page of key figures."""

from collections.abc import Iterator

from app.domain.account.promise import PromiseStatus
from app.domain.money import Component
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.overview.table import Column, Entry, count, money, share
from app.domain.reports.aging import BUCKETS, NOT_DUE, Item, by_item
from app.domain.standing.promises import promise_status
from app.domain.vocabulary import CURRENT

_COMPONENTS = tuple(
    money(f"{one}_minor", f"{one.value.capitalize()} of the balance") for one in Component
)
AGING = (
    count("accounts", "Accounts"),
    money("balance_minor", "Balance"),
    *_COMPONENTS,
    money("overdue_minor", "Overdue"),
    money("unapplied_minor", "Unapplied money, beside the balance"),
)


def aging(seen: Seen, question: Question) -> Iterator[Entry]:
    """The whole balance in the account's own bucket; who owes nothing counts nowhere."""
    at = seen.at
    if not at.owes:
        return
    bucket = at.bucket(standard=question.standard)
    yield seen.entry(
        question,
        {
            "accounts": 1,
            "balance_minor": at.balance.total_minor,
            **{f"{one}_minor": at.balance[one] for one in Component},
            "overdue_minor": at.overdue_minor,
            "unapplied_minor": at.unapplied_minor,
        },
        why=f"{bucket}, {at.delinquency.delinquent_days} delinquent days",
        bucket=bucket,
    )


def age_of(bucket: str) -> str:
    """The column of what is due since as many days."""
    return f"ages.{bucket}.minor"


ITEMS = (
    count("accounts", "Accounts"),
    money("not_due_minor", "Not due"),
    *(money(age_of(one), f"Due since {one} days") for one in BUCKETS if one != CURRENT),
    money("balance_minor", "Balance"),
)


def items_of(at: Looked) -> tuple[Item, ...]:
    """The open installments and claims of an account, which come to its balance.

    What no plan holds ages from the contract's clock: charges each from its own day, then other
    claims, the oldest first; what nobody claims yet is not due.
    """
    left = at.balance.total_minor
    plan = at.state.live_plan
    held = [(one.due_on, one.open_minor) for one in plan.owing] if plan else []
    beside = [
        (one.charge_id is None, one.since_on, one.open_minor)
        for one in at.state.claims.late(at.on)
        if plan is None or one.plan_id != plan.id
    ]
    items = list[Item]()
    for due_on, minor in (*held, *((since_on, minor) for _, since_on, minor in sorted(beside))):
        take = min(left, minor)
        left -= take
        if take:
            items.append(Item(due_on=due_on, open_minor=take))
    if left:
        items.append(Item(due_on=at.on, open_minor=left))
    return tuple(items)


def aging_items(seen: Seen, question: Question) -> Iterator[Entry]:
    """Each open item in the age of its own due date; the row sums to the balance."""
    at = seen.at
    if not at.owes:
        return
    ages = by_item(items_of(at), at.on)
    yield seen.entry(
        question,
        {
            "accounts": 1,
            "not_due_minor": ages.get(NOT_DUE, 0),
            **{age_of(one): minor for one, minor in ages.items() if one != NOT_DUE},
            "balance_minor": at.balance.total_minor,
        },
    )


PORTFOLIO: tuple[Column, ...] = (
    count("accounts", "Accounts that owe"),
    money("balance_minor", "Balance"),
    money("overdue_minor", "Overdue"),
    share("overdue_bps", "Overdue, of the balance", of="overdue_minor", to="balance_minor"),
    money("unapplied_minor", "Unapplied money, beside the balance"),
    count("delinquent_accounts", "Accounts in a delinquent bucket"),
    money("delinquent_minor", "Their balance"),
    share("delinquent_bps", "Delinquent, of the balance",
          of="delinquent_minor", to="balance_minor"),
    count("charged_off_accounts", "Accounts charged off"),
    money("charged_off_minor", "Their balance"),
    count("plans", "Live plans"),
    money("plans_minor", "Open under them"),
    share("plans_bps", "Under a live plan, of the balance", of="plans_minor", to="balance_minor"),
    count("promises_open", "Promises open"),
    money("promised_minor", "Promised by them"),
)  # fmt: skip


def portfolio(seen: Seen, question: Question) -> Iterator[Entry]:
    """The key figures of who owes."""
    at = seen.at
    if not at.owes:
        return
    balance, plan = at.balance.total_minor, at.state.live_plan
    late = at.bucket(standard=question.standard) != CURRENT
    written = at.status == "charged_off"
    open_ = [
        one
        for one in at.state.promises
        if promise_status(one, on=at.on) is PromiseStatus.OPEN and one.made_on <= at.on
    ]
    under = min(balance, sum(one.open_minor for one in plan.owing)) if plan else 0
    yield seen.entry(
        question,
        {
            "accounts": 1,
            "balance_minor": balance,
            "overdue_minor": at.overdue_minor,
            "unapplied_minor": at.unapplied_minor,
            "delinquent_accounts": int(late),
            "delinquent_minor": balance * late,
            "charged_off_accounts": int(written),
            "charged_off_minor": balance * written,
            "plans": int(plan is not None),
            "plans_minor": under,
            "promises_open": len(open_),
            "promised_minor": sum(one.amount_minor for one in open_),
        },
    )
