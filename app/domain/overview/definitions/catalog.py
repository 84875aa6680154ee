"""The reports there are: what each asks of an account, which days it wants, and how it looks."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum

from app.domain.money import Component
from app.domain.overview.definitions import (
    agreements,
    aims,
    beginnings,
    cures,
    exceptions,
    forecasts,
    moves,
    office,
    receipts,
    receivables,
)
from app.domain.overview.question import Question, Span
from app.domain.overview.seen import Seen
from app.domain.overview.table import Column, Complete, Derive, Entry, Key, Sums
from app.domain.reports.books import Basis
from app.domain.values import Value, field

Made = Callable[[Seen, Question], Iterator[Entry]]
#: A row's entries with their parts of what only all of them together come to.
Behind = Callable[[Iterable[Entry], Sums, Question, Key], Iterator[Entry]]


class Beside(StrEnum):
    """What a report tells that is of no account."""

    TARGETS = "targets"
    CASES = "cases"


class Definition(Value, kw_only=True):
    """A report. `groups`: its own, before those asked for.

    `sums_to`: the column that comes to what the ledger says is owed; None: no receivable.
    `whole`: it needs the history of every account, not only how it stands. `two_days`: it looks at
    the start of its span too; `ends`: at these days instead. `tied`: it looks from the span's last
    day. `moves`: it reads what the ledger moved. `complete`: its rows need each other's sums;
    `behind`: what is then behind a cell.
    """

    name: str
    title: str
    what: str
    basis: Basis
    made: Made
    columns: tuple[Column, ...]
    span: Span = Span.NONE
    groups: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # groups that only it has, where they are asked for
    order: dict[str, tuple[str, ...]] = field(default_factory=dict)
    derive: Derive | None = None
    complete: Complete | None = None
    behind: Behind | None = None
    cohort: tuple[str, str] | None = None  # the group of its points, the column of its size
    bare: bool = False  # a row in which every sum is nothing is no row
    notes: tuple[str, ...] = ()
    sums_to: str | None = None
    whole: bool = False
    two_days: bool = False
    ends: Callable[[Question], tuple[date, ...]] | None = None
    tied: bool = False
    moves: bool = False
    acts: bool = False  # it counts what people did besides facts
    beside: Beside | None = None  # what it tells that no account adds
    by_bucket: bool = False  # a column a bucket: the tenant's own, when it is asked
    chart: str | None = None  # the column that is drawn


REPORTS: dict[str, Definition] = {
    one.name: one
    for one in (
        Definition(
            name="aging",
            title="Aging by account",
            what="What is owed by the bucket of the account that owes it.",
            basis=Basis.BOOKED,
            made=receivables.aging,
            columns=receivables.AGING,
            groups=("bucket",),
            sums_to="balance_minor",
            chart="balance_minor",
        ),
        Definition(
            name="aging-items",
            title="Aging by item",
            what="Each open installment or charge by the age of its own due date.",
            basis=Basis.BOOKED,
            made=receivables.aging_items,
            columns=receivables.ITEMS,
            sums_to="balance_minor",
            chart="balance_minor",
        ),
        Definition(
            name="flow",
            title="Flow of the balance",
            what="Opening, everything posted, closing: the journal, summed.",
            basis=Basis.BOOKED,
            made=moves.flow,
            columns=moves.FLOW,
            span=Span.DAYS,
            groups=("component",),
            order={"component": tuple(Component)},
            bare=True,
            sums_to="closing_minor",
            tied=True,
            moves=True,
            chart="closing_minor",
        ),
        Definition(
            name="roll",
            title="Roll rates",
            what="Where those who owed at one month-end stood at another.",
            basis=Basis.BOOKED,
            made=moves.roll,
            columns=moves.roll_columns(()),
            span=Span.MONTH_ENDS,
            groups=("bucket",),
            sums_to=moves.RECONCILED,
            whole=True,
            two_days=True,
            tied=True,
            by_bucket=True,
            chart="to_next_bps",
        ),
        Definition(
            name="cures",
            title="Cures",
            what="Who was late and is not, and what ended it: money, a re-age, a change.",
            basis=Basis.BOOKED,
            made=cures.cures,
            columns=cures.CURES,
            span=Span.MONTH_ENDS,
            groups=("bucket",),
            whole=True,
            two_days=True,
            tied=True,
            chart="cure_bps",
        ),
        Definition(
            name="portfolio",
            title="Portfolio",
            what="The page of key figures.",
            basis=Basis.BOOKED,
            made=receivables.portfolio,
            columns=receivables.PORTFOLIO,
            sums_to="balance_minor",
            chart="balance_minor",
        ),
        Definition(
            name="re-defaults",
            title="Re-defaults",
            what="Plans begun and re-ages of the span that were late again within months.",
            basis=Basis.RESTATED,
            made=beginnings.re_defaults,
            columns=beginnings.RE_DEFAULTS,
            span=Span.DAYS,
            groups=("cause",),
            also=("month",),
            whole=True,
            chart="re_default_12_bps",
        ),
        Definition(
            name="promises",
            title="Promises",
            what="Of the promises due in the span: kept, in part, broken.",
            basis=Basis.RESTATED,
            made=agreements.promises,
            columns=agreements.PROMISES,
            span=Span.DAYS,
            also=("month", "author"),
            whole=True,
            chart="kept_bps",
        ),
        Definition(
            name="installments",
            title="Installments",
            what="Of the installments due in the span: paid by due day and grace, later, not.",
            basis=Basis.RESTATED,
            made=agreements.installments,
            columns=agreements.INSTALLMENTS,
            span=Span.DAYS,
            also=("month", "author"),
            whole=True,
            chart="kept_bps",
        ),
        Definition(
            name="plans-kept",
            title="Plans kept",
            what="Of the plans whose last due day lies in the span: completed or broken.",
            basis=Basis.RESTATED,
            made=agreements.plans_kept,
            columns=agreements.PLANS,
            span=Span.DAYS,
            also=("month", "author"),
            whole=True,
            chart="kept_bps",
        ),
        Definition(
            name="first-payment",
            title="First payment default",
            what="Of the plans opened in the span: whose first payment was missed.",
            basis=Basis.RESTATED,
            made=agreements.first_payment,
            columns=agreements.FIRST,
            span=Span.DAYS,
            also=("month", "author"),
            whole=True,
            chart="fpd_bps",
        ),
        Definition(
            name="vintages",
            title="Vintages",
            what="Plans by the month they opened in: missed, broken, completed, paid, by month.",
            basis=Basis.RESTATED,
            made=beginnings.vintages,
            columns=beginnings.VINTAGES,
            span=Span.DAYS,
            groups=("cohort", "age"),
            order={"age": beginnings.AGES},
            cohort=("age", "plans"),
            whole=True,
            chart="missed_ever_bps",
        ),
        Definition(
            name="survival",
            title="Survival of plans",
            what="The share of plans that has not broken by a day, young cohorts included.",
            basis=Basis.RESTATED,
            made=beginnings.survival,
            columns=beginnings.SURVIVAL,
            span=Span.DAYS,
            groups=("cohort",),
            derive=beginnings.survived,
            whole=True,
            chart="survival_90_bps",
        ),
        Definition(
            name="liquidation",
            title="Liquidation",
            what="Net cash by month since placement, of all that was placed.",
            basis=Basis.RESTATED,
            made=beginnings.liquidation,
            columns=beginnings.LIQUIDATION,
            span=Span.DAYS,
            groups=("placement_batch", "age"),
            order={"age": beginnings.AGES},
            cohort=("age", "accounts"),
            whole=True,
            chart="liquidation_bps",
        ),
        Definition(
            name="recovery",
            title="Recovery after charge-off",
            what="Cash since the charge-off, of what was charged off in the span.",
            basis=Basis.RESTATED,
            made=beginnings.recovery,
            columns=beginnings.RECOVERY,
            span=Span.DAYS,
            also=("month",),
            whole=True,
            chart="recovery_bps",
        ),
        Definition(
            name="cei",
            title="Collection effectiveness index",
            what="What was collected of what could be, by whole months.",
            basis=Basis.BOOKED,
            made=receipts.receipts,
            columns=receipts.CEI,
            span=Span.MONTHS,
            derive=receipts.effectiveness,
            notes=(receipts.NOTE,),
            sums_to="closing_minor",
            tied=True,
            moves=True,
            chart="cei_bps",
        ),
        Definition(
            name="dso",
            title="Days sales outstanding",
            what="How many days of additions are owed; what it would be; by count-back.",
            basis=Basis.BOOKED,
            made=receipts.receipts,
            columns=receipts.DSO,
            span=Span.DAYS,
            derive=receipts.outstanding,
            notes=(receipts.NOTE,),
            sums_to="closing_minor",
            tied=True,
            moves=True,
            chart="dso_tenth_days",
        ),
        Definition(
            name="days-to-pay",
            title="Days to pay",
            what="How long after due the installment money of the span came, by amount.",
            basis=Basis.RESTATED,
            made=agreements.days_to_pay,
            columns=agreements.DAYS_TO_PAY,
            span=Span.DAYS,
            also=("month",),
            whole=True,
            chart="days_tenth_days",
        ),
        Definition(
            name="forecast",
            title="Cash forecast",
            what="What open installments are expected to bring, month by month.",
            basis=Basis.BOOKED,
            made=forecasts.forecast,
            columns=forecasts.FORECAST,
            groups=("month",),
            complete=forecasts.completed,
            behind=forecasts.behind_expected,
            notes=(forecasts.NOTE,),
            whole=True,
            ends=forecasts.forecast_ends,
            chart="flat_minor",
        ),
        Definition(
            name="forecast-accuracy",
            title="Accuracy of the cash forecast",
            what="What was expected on the last day before each month, and what came in it.",
            basis=Basis.BOOKED,
            made=forecasts.forecast_accuracy,
            columns=forecasts.ACCURACY,
            span=Span.MONTHS,
            groups=("month",),
            complete=forecasts.compared,
            behind=forecasts.behind_expected,
            notes=(forecasts.NOTE,),
            whole=True,
            tied=True,
            ends=forecasts.accuracy_ends,
            chart="actual_minor",
        ),
        Definition(
            name="activity",
            title="Activity",
            what="What each actor entered in the span, and whose money came in it.",
            basis=Basis.RESTATED,
            made=office.activity,
            columns=office.ACTIVITY,
            span=Span.DAYS,
            groups=("actor",),
            also=("day", "month", "rule"),
            derive=office.waited,
            notes=(office.ACTIVITY_NOTE,),
            whole=True,
            acts=True,
            chart="collected_minor",
        ),
        Definition(
            name="targets",
            title="Targets",
            what="What is to be reached, what is by now, and where the same pace ends.",
            basis=Basis.RESTATED,
            made=aims.targets,
            columns=aims.TARGETS,
            groups=aims.GROUPS,
            complete=aims.reached,
            whole=True,
            acts=True,
            beside=Beside.TARGETS,
            chart="attainment_bps",
        ),
        Definition(
            name="concessions",
            title="Concessions",
            what="What was forgiven, waived and given, of that and what was collected.",
            basis=Basis.RESTATED,
            made=office.concessions,
            columns=office.CONCESSIONS,
            span=Span.DAYS,
            whole=True,
            chart="conceded_minor",
        ),
        Definition(
            name="exceptions",
            title="Exceptions",
            what="What waits for somebody, and the figure that makes it so.",
            basis=Basis.BOOKED,
            made=exceptions.exceptions,
            columns=exceptions.EXCEPTIONS,
            groups=("exception",),
            order={"exception": tuple(exceptions.LIMITS)},
            whole=True,
            acts=True,
            beside=Beside.CASES,
            chart="accounts",
        ),
    )
}
