"""Points of cohorts at the end of a month, in rows that a cache keeps, and reports made of them.

A row is the sum of what a report's own function says of plans or accounts as they were booked by
that day, with everything that they may be grouped and narrowed by. So the cache can be held against
the facts, and both ways of answering give the same figures.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from app.domain.overview.definitions import beginnings, sides
from app.domain.overview.ledger import Ledger, Told
from app.domain.overview.positions import DIMENSIONS, OF_MANY, Key, Position
from app.domain.overview.question import Question
from app.domain.overview.seen import Seen
from app.domain.overview.table import Entry
from app.domain.reports.books import Basis
from app.domain.values import Value

_DAY: Final = timedelta(days=1)
#: The figures of a row; which of them a report has, and how it calls them, say `CURVES`. Of
#: `accounts` each is counted once in a cell of its report, in the first row that it is in; of
#: `accounts_of_kind` once in a cell that is told apart by the kind of plan. One that begins with
#: `ledger_` is what the ledger's rows said of the figure that it names.
FIGURES: Final = (
    "accounts", "accounts_of_kind", "members", "base_minor", "missed", "broken", "completed",
    "paid_minor", "gross_minor", "returned_minor", "beside_minor", "written_down_minor",
    "ledger_base_minor", "ledger_paid_minor", "ledger_gross_minor", "ledger_returned_minor",
    "ledger_beside_minor", "ledger_written_down_minor",
)  # fmt: skip
#: What else a row says: of which report, cohort, point and kind of plan, and where accounts stood.
WHOSE: Final = ("curve", "cohort", "age", "kind_of_plan", *DIMENSIONS)


class Curve(Value, kw_only=True):
    """A report whose points are kept. `own`: its groups, of which `cohort` is the cohort's month.

    `cohort` None: that is the month of the account's placement, whatever its batch is called.
    `columns`: its figures by how a row calls them. `days`: what ended on a day since the beginning,
    and what was seen until it, are its points, not months. `ledger`: what its entries come to by
    the ledger, in their order; `held`: the figures that are held against it.
    """

    made: Callable[[Seen, Question], Iterator[Entry]]
    own: tuple[str, ...]
    cohort: str | None
    columns: dict[str, str]
    days: bool = False
    ledger: Callable[[Told], Sequence[sides.Figures]] | None = None
    held: tuple[str, ...] = ()

    @property
    def sides(self) -> tuple[tuple[str, str], ...]:
        """Under which name a row keeps the ledger's side of each column that is held."""
        return tuple((f"ledger_{mine}", self.columns[mine]) for mine in self.held)


CURVES: Final = {
    "vintages": Curve(
        made=beginnings.vintages, own=("cohort", "age", "plan_kind"), cohort="cohort",
        columns={
            "members": "plans", "base_minor": "agreed_minor", "missed": "missed_ever",
            "broken": "broken_ever", "completed": "completed", "paid_minor": "paid_minor",
            "written_down_minor": "written_down_minor",
        },
        ledger=sides.plan_entries, held=("paid_minor", "written_down_minor"),
    ),
    "survival": Curve(
        made=beginnings.survival, own=("cohort", "plan_kind"), cohort="cohort", days=True,
        columns={"members": "plans", "broken": "broken"},
    ),
    "liquidation": Curve(
        made=beginnings.liquidation, own=("placement_batch", "age"), cohort=None,
        columns={
            "members": "accounts", "base_minor": "placed_minor", "gross_minor": "gross_minor",
            "returned_minor": "returned_minor", "paid_minor": "net_minor",
            "beside_minor": "beside_minor",
        },
        ledger=sides.batch_entries,
        held=("base_minor", "gross_minor", "returned_minor", "paid_minor", "beside_minor"),
    ),
}  # fmt: skip
Sums = dict[Key, dict[str, int]]


def points_of(accounts: Iterable[tuple[Seen, Position, Ledger]], on: date) -> Sums:
    """The points of accounts at the end of a day, by `WHOSE`; `age` is a number."""
    sums = Sums()
    asked = [
        (name, curve, tuple(curve.columns.items()), Question(
            report=name, as_of=on, known_on=on, basis=Basis.BOOKED, from_on=date.min, to_on=on,
            by=curve.own,
        ))
        for name, curve in CURVES.items()
    ]  # fmt: skip
    for seen, stood, ledger in accounts:
        placed = f"{seen.at.state.placed_on:%Y-%m}"
        for name, curve, columns, question in asked:
            counted = set[Key]()
            entries = tuple(curve.made(seen, question))
            told = Told(seen=seen, ledger=ledger, question=question, entries=entries)
            booked = curve.ledger(told) if curve.ledger else ({},) * len(entries)
            for one, side in zip(entries, booked, strict=True):
                named = dict(zip(curve.own, one.key, strict=True))
                age = _days_of(one.adds) if curve.days else named["age"]
                cohort = placed if curve.cohort is None else named[curve.cohort]
                key = (name, cohort, age, named.get("plan_kind"), *stood.key)
                cell = sums.get(key)
                if cell is None:
                    cell = sums[key] = dict.fromkeys(FIGURES, 0)
                adds = one.adds
                for mine, theirs in columns:
                    if minor := adds[theirs]:
                        cell[mine] += minor
                for mine, theirs in curve.sides:
                    cell[mine] += side.get(theirs, 0)
                mine_in = (cohort, named.get("age"))
                _count_once(cell, "accounts", mine_in, counted)
                of_kind = (*mine_in, named.get("plan_kind"))
                _count_once(cell, "accounts_of_kind", of_kind, counted)
    return sums


def _count_once(cell: dict[str, int], figure: str, place: Key, counted: set[Key]) -> None:
    """Count an account in a row, unless it is in one of the same place already."""
    if (figure, *place) not in counted:
        counted.add((figure, *place))
        cell[figure] += 1


def _days_of(adds: Mapping[str, int]) -> str:
    """How long a plan was observed, as survival says it: `broke.31`, `left.31`."""
    return next(name.partition(".")[2] for name in adds if name.startswith(("broke.", "left.")))


def cohorts_of(question: Question) -> tuple[str, str] | None:
    """The first and the last cohort of a span; None: it is not of whole months."""
    first, last = question.begins, question.ends
    if first.day != 1 or (last < question.as_of and (last + _DAY).day != 1):
        return None
    return f"{first:%Y-%m}", f"{last:%Y-%m}"


def columns_of(question: Question) -> dict[str, str]:
    """Under which name a row has each group that the report's entries are told apart by."""
    curve = CURVES[question.report]
    own = {"age": "age", "plan_kind": "kind_of_plan"}
    if curve.cohort is not None:
        own[curve.cohort] = "cohort"
    groups = dict.fromkeys(("currency", *question.by, *(("age",) if curve.days else ())))
    return {
        name: own[name] if name in own and (name in curve.own or name == "age") else name
        for name in groups
    }


def curve_entries(sums: Mapping[Key, Mapping[str, int]], question: Question) -> Iterator[Entry]:
    """The report, of sums by `columns_of`."""
    curve, groups = CURVES[question.report], tuple(columns_of(question))
    by_kind = "plan_kind" in question.by and "plan_kind" in curve.own
    for key, cell in sums.items():
        named = dict(zip(groups, key, strict=True))
        adds = {theirs: cell[mine] for mine, theirs in curve.columns.items()}
        if curve.days:
            broke, left = cell["broken"], cell["members"] - cell["broken"]
            ended = {f"broke.{named['age']}": broke, f"left.{named['age']}": left}
            adds |= {name: number for name, number in ended.items() if number}
        yield Entry(
            id=OF_MANY,
            currency=named["currency"],
            key=tuple(named[name] for name in question.by),
            adds=adds,
            accounts=cell["accounts_of_kind" if by_kind else "accounts"],
            again=curve.cohort is not None,  # it may have a plan in more than one cohort
        )


def curve_sides(
    sums: Mapping[Key, Mapping[str, int]], question: Question
) -> dict[str, dict[str, int]]:
    """What the ledger said of the same sums, by column and currency, as it was kept with them."""
    curve, place = CURVES[question.report], tuple(columns_of(question)).index("currency")
    found: dict[str, dict[str, int]] = {}
    for key, cell in sums.items():
        for mine, theirs in curve.sides:
            mine_of, currency = found.setdefault(theirs, {}), str(key[place])
            mine_of[currency] = mine_of.get(currency, 0) + cell[mine]
    return found
