"""The reports there are: what each asks of an account, which days it wants, and how it looks."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import partial

from app.domain.money import Component
from app.domain.overview.definitions import (
    agreements,
    aims,
    beginnings,
    concessions,
    cures,
    exceptions,
    forecasts,
    moves,
    office,
    receipts,
    receivables,
    sides,
)
from app.domain.overview.ledger import Held, Side
from app.domain.overview.question import Question, Span
from app.domain.overview.seen import Seen
from app.domain.overview.table import Column, Complete, Derive, Entry, Key, Sums
from app.domain.reports.books import Basis
from app.domain.values import Value, field
from app.domain.vocabulary import PaymentKind

Made = Callable[[Seen, Question], Iterator[Entry]]
#: A row's entries with their parts of what only all of them together come to.
Behind = Callable[[Iterable[Entry], Sums, Question, Key], Iterator[Entry]]


class Beside(StrEnum):
    """What a report tells that is of no account."""

    TARGETS = "targets"
    CASES = "cases"
    ACTS = "acts"


class Definition(Value, kw_only=True):
    """A report. `groups`: its own, before those asked for.

    `held`: the columns that are held against the ledger before anybody sees the report; `unheld`:
    why no other money of it is, which has to be said of all that is.
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
    held: tuple[Held, ...]
    unheld: str = ""
    whole: bool = False
    two_days: bool = False
    ends: Callable[[Question], tuple[date, ...]] | None = None
    tied: bool = False
    moves: bool = False
    acts: bool = False  # it counts what people did besides facts
    beside: Beside | None = None  # what it tells that no account adds
    by_bucket: bool = False  # a column a bucket: the tenant's own, when it is asked
    chart: str | None = None  # the column that is drawn

    @property
    def owed(self) -> Held | None:
        """The column that comes to what was booked as owed."""
        return next((one for one in self.held if one.side is None), None)

    @property
    def sides(self) -> tuple[tuple[str, Side], ...]:
        """The others, each with its ledger's side."""
        return tuple((one.column, one.side) for one in self.held if one.side is not None)


_BALANCE, _CLOSING = (Held(column="balance_minor"),), (Held(column="closing_minor"),)
_UNHELD = (
    "Components and what is late are parts of the balance. Money that waits is beside it: days keep"
    " no sums of its postings."
)
#: What the books of a day said.
_books = partial(Definition, basis=Basis.BOOKED)
#: What became of promises, plans and people in some days, by all that is known since.
_lives = partial(Definition, basis=Basis.RESTATED, span=Span.DAYS, whole=True)
REPORTS: dict[str, Definition] = {
    one.name: one
    for one in (
        _books(
            name="aging", title="Aging by account",
            what="What is owed by the bucket of the account that owes it.",
            made=receivables.aging, columns=receivables.AGING, groups=("bucket",),
            held=_BALANCE, unheld=_UNHELD,
            chart="balance_minor",
        ),
        _books(
            name="aging-items", title="Aging by item",
            what="Each open installment or charge by the age of its own due date.",
            made=receivables.aging_items, columns=receivables.ITEMS, held=_BALANCE,
            unheld="Ages are parts of the balance, which each row sums to.",
            chart="balance_minor",
        ),
        _books(
            name="flow", title="Flow of the balance",
            what="Opening, everything posted, closing: the journal, summed.",
            made=moves.flow, columns=moves.FLOW, span=Span.DAYS, groups=("component",),
            order={"component": tuple(Component)}, bare=True,
            held=_CLOSING, unheld="Opening and each kind are sums of ledger rows themselves.",
            tied=True, moves=True,
            chart="closing_minor",
        ),
        _books(
            name="roll", title="Roll rates",
            what="Where those who owed at one month-end stood at another.",
            made=moves.roll, columns=moves.roll_columns(()), span=Span.MONTH_ENDS,
            groups=("bucket",), held=(Held(column=moves.RECONCILED),),
            unheld="Each row sums to its opening, which is held but for new placements.",
            whole=True, two_days=True, tied=True, by_bucket=True, chart="to_next_bps",
        ),
        _books(
            name="cures", title="Cures",
            what="Who was late and is not, and what ended it: money, a re-age, a change.",
            made=cures.cures, columns=cures.CURES, span=Span.MONTH_ENDS, groups=("bucket",),
            held=(Held(column="delinquent_minor", counted=True),),
            unheld="What was cured, and by what, are parts of the balance at the start.",
            whole=True, two_days=True, tied=True, chart="cure_bps",
        ),
        _books(
            name="portfolio", title="Portfolio",
            what="The page of key figures.",
            made=receivables.portfolio, columns=receivables.PORTFOLIO, held=_BALANCE,
            unheld=f"{_UNHELD} What is promised moved no money.",
            chart="balance_minor",
        ),
        _lives(
            name="re-defaults", title="Re-defaults",
            what="Plans begun, re-ages and cures by a change that were late again within months.",
            made=beginnings.re_defaults, columns=beginnings.RE_DEFAULTS, groups=("cause",),
            held=(),
            also=("month",), chart="re_default_12_bps",
        ),
        _lives(
            name="promises", title="Promises",
            what="Of the promises due in the span: kept, in part, broken.",
            made=agreements.promises, columns=agreements.PROMISES, also=("month", "author"),
            held=(Held(column="received_minor", side=sides.received),),
            unheld="What was promised moved no money.",
            chart="kept_bps",
        ),
        _lives(
            name="installments", title="Installments",
            what="Of the installments due in the span: paid by due day and grace, later, not.",
            made=agreements.installments, columns=agreements.INSTALLMENTS, also=("month", "author"),
            held=(Held(column="paid_in_time_minor", side=sides.paid("paid_in_time_minor")),),
            unheld="What was due is of schedules: it moved no money.",
            chart="kept_bps",
        ),
        _lives(
            name="plans-kept", title="Plans kept",
            what="Of the plans whose last due day lies in the span: completed or broken.",
            made=agreements.plans_kept, columns=agreements.PLANS, also=("month", "author"),
            held=(Held(column="paid_minor", side=sides.paid("paid_minor")),),
            unheld="What was agreed moved no money.",
            chart="kept_bps",
        ),
        _lives(
            name="first-payment", title="First payment default",
            what="Of the plans opened in the span: whose first payment was missed.",
            made=agreements.first_payment, columns=agreements.FIRST, also=("month", "author"),
            held=(),
            chart="fpd_bps",
        ),
        _lives(
            name="vintages", title="Vintages",
            what="Plans by the month they opened in: missed, broken, completed, paid, by month.",
            made=beginnings.vintages, columns=beginnings.VINTAGES, groups=("cohort", "age"),
            held=tuple(Held(column=one, side=sides.of_plans(one))
                       for one in ("paid_minor", "written_down_minor")),
            unheld="What was agreed moved no money.",
            order={"age": beginnings.AGES}, cohort=("age", "plans"), chart="missed_ever_bps",
        ),
        _lives(
            name="survival", title="Survival of plans",
            what="The share of plans that has not broken by a day, young cohorts included.",
            made=beginnings.survival, columns=beginnings.SURVIVAL, groups=("cohort",),
            held=(),
            derive=beginnings.survived, chart="survival_90_bps",
        ),
        _lives(
            name="liquidation", title="Liquidation",
            what="Net cash by month since placement, of all that was placed.",
            made=beginnings.liquidation, columns=beginnings.LIQUIDATION,
            held=tuple(Held(column=one, side=sides.of_batch(one)) for one in (
                "placed_minor", "gross_minor", "returned_minor", "net_minor", "beside_minor",
            )),
            groups=("placement_batch", "age"), order={"age": beginnings.AGES},
            cohort=("age", "accounts"), chart="liquidation_bps",
        ),
        _lives(
            name="recovery", title="Recovery after charge-off",
            what="Cash since the charge-off, of what was charged off in the span.",
            made=beginnings.recovery, columns=beginnings.RECOVERY, also=("month",),
            held=(Held(column="recovered_minor", side=sides.recovered),),
            unheld="A charge-off posts nothing: its balance is that of its day as known since.",
            chart="recovery_bps",
        ),
        _books(
            name="cei", title="Collection effectiveness index",
            what="What was collected of what could be, by whole months.",
            made=receipts.receipts, columns=receipts.CEI, span=Span.MONTHS,
            derive=receipts.effectiveness, notes=(receipts.NOTE,), held=_CLOSING,
            unheld="Opening, additions: sums of ledger rows; not due is a verdict on the end.",
            tied=True, moves=True, chart="cei_bps",
        ),
        _books(
            name="dso", title="Days sales outstanding",
            what="How many days of additions are owed; what it would be; by count-back.",
            made=receipts.receipts, columns=receipts.DSO, span=Span.DAYS,
            derive=receipts.outstanding, notes=(receipts.NOTE,), held=_CLOSING, tied=True,
            unheld="Opening, additions: sums of ledger rows; not due is a verdict on the end.",
            moves=True, chart="dso_tenth_days",
        ),
        _lives(
            name="days-to-pay", title="Days to pay",
            what="How long after due the installment money of the span came, by amount.",
            made=agreements.days_to_pay, columns=agreements.DAYS_TO_PAY, also=("month",),
            held=(Held(column="paid_minor", side=sides.paid("paid_minor", ever=False)),),
            chart="days_tenth_days",
        ),
        _books(
            name="forecast", title="Cash forecast",
            what="What open installments are expected to bring, month by month.",
            made=forecasts.forecast, columns=forecasts.FORECAST, groups=("month",),
            held=(Held(column="scheduled_minor", side=sides.scheduled),),
            unheld="What is expected or promised has not come.",
            complete=forecasts.completed, behind=forecasts.behind_expected, notes=(forecasts.NOTE,),
            whole=True, ends=forecasts.forecast_ends, chart="flat_minor",
        ),
        _books(
            name="forecast-accuracy", title="Accuracy of the cash forecast",
            what="What was expected on the last day before each month, and what came in it.",
            made=forecasts.forecast_accuracy, columns=forecasts.ACCURACY, span=Span.MONTHS,
            held=(Held(column="actual_minor", side=sides.came_on_plans),),
            unheld="What was expected, and how wrong that was, moved no money.",
            groups=("month",), complete=forecasts.compared, behind=forecasts.behind_expected,
            notes=(forecasts.NOTE,), whole=True, tied=True, ends=forecasts.accuracy_ends,
            chart="actual_minor",
        ),
        _lives(
            name="activity", title="Activity",
            what="What each actor entered in the span, and whose money came in it.",
            made=office.activity, columns=office.ACTIVITY, groups=("actor",),
            held=(Held(column="collected_minor", side=sides.net_of(*sides.REPAID)),),
            unheld="What plans agreed on moved no money.",
            also=("day", "month", "rule"), derive=office.waited, notes=(office.ACTIVITY_NOTE,),
            acts=True, beside=Beside.ACTS, chart="collected_minor",
        ),
        Definition(
            name="targets", title="Targets",
            what="What is to be reached, what is by now, and where the same pace ends.",
            basis=Basis.RESTATED, made=aims.targets, columns=aims.TARGETS, groups=aims.GROUPS,
            held=(Held(column="actual_minor", side=sides.reached),),
            unheld="What is to be reached, and where a pace ends, has not come.",
            complete=aims.reached, behind=aims.behind_reached, whole=True, acts=True,
            beside=Beside.TARGETS, chart="attainment_bps",
        ),
        _lives(
            name="concessions", title="Concessions",
            what="What was forgiven, waived and given, of that and what was collected.",
            made=concessions.concessions, columns=concessions.CONCESSIONS, also=concessions.GROUPS,
            held=(Held(column="forgiven_minor", side=sides.forgiven),
                  Held(column="waived_minor", side=sides.waived),
                  Held(column="goodwill_minor", side=sides.net_of(PaymentKind.GOODWILL)),
                  Held(column="collected_minor", side=sides.net_of(*sides.REPAID))),
            unheld="Conceded and both are sums of these; interest foregone was never earned.",
            notes=(concessions.NOTE,), chart="conceded_minor",
        ),
        _books(
            name="exceptions", title="Exceptions",
            what="What waits for somebody, and the figure that makes it so.",
            made=exceptions.exceptions, columns=exceptions.EXCEPTIONS, groups=("exception",),
            held=(Held(column="minor", side=sides.waiting),),
            order={"exception": tuple(exceptions.LIMITS)}, whole=True, acts=True,
            beside=Beside.CASES, chart="accounts",
        ),
    )
}  # fmt: skip
