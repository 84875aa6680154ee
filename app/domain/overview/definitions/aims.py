"""How near targets are: what counts for each, and where the same pace ends."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.domain.account.promise import PromiseStatus
from app.domain.overview.acts import ActKind, Aim
from app.domain.overview.definitions.agreements import actors_of, dues_of
from app.domain.overview.definitions.office import collected_by, opened_by
from app.domain.overview.question import Question
from app.domain.overview.seen import Seen
from app.domain.overview.table import Cell, Column, Entry, Key, Sums, Type, count, money, share
from app.domain.reports.forecast import shared_out
from app.domain.reports.kept import kept_installments
from app.domain.reports.people import projected
from app.domain.reports.shares import share_bps
from app.domain.reports.targets import TargetMetric
from app.domain.standing.promises import promise_status
from app.domain.values import replace

GROUPS = ("whose", "metric", "span")
TARGETS = (
    money("target_minor", "Target, of money"),
    money("actual_minor", "Reached"),
    money("projected_minor", "At the same pace"),
    count("target_count", "Target, of a number"),
    count("actual_count", "Reached"),
    count("projected_count", "At the same pace"),
    Column(name="target_bps", type=Type.SHARE, title="Target, of a share"),
    share("actual_bps", "Reached", of="kept", to="judged"),
    Column(name="attainment_bps", type=Type.SHARE, title="Reached, of the target"),
    count("business_days", "Business days of the span"),
    count("elapsed_business_days", "Business days by the day looked from"),
)
_UNITS = {TargetMetric.COLLECTED: "minor", TargetMetric.KEPT_BPS: "bps"}


class _Counted(NamedTuple):
    """Something that may count for a target: whose, when, how much, and what it is."""

    actor: str | None
    on: date
    adds: Mapping[str, int]
    id: UUID
    noun: str = "account"


def targets(seen: Seen, _: Question) -> Iterator[Entry]:
    """What of an account counts for each target that stands."""
    metrics = {aim.target.metric for aim in seen.aims}
    counted = {metric: list(_COUNTED[metric](seen)) for metric in metrics}
    for aim in seen.aims:
        if aim.target.currency not in (None, seen.currency):
            continue
        for one in counted[aim.target.metric]:
            if aim.counts(seen.creditor, one.actor, one.on):
                yield Entry(
                    id=one.id, currency=aim.target.currency, key=aim.key, adds=dict(one.adds),
                    noun=one.noun, reference=seen.reference,
                    why=f"{one.on}, {one.actor or 'nobody'}",
                )  # fmt: skip


def aimed(aim: Aim) -> Entry:
    """A target's own part of its row: what is to be reached, in how many days."""
    unit = _unit(str(aim.target.metric))
    return Entry(
        id=aim.id,
        currency=aim.target.currency,
        key=aim.key,
        adds={
            f"target_{unit}": aim.target.value or 0,
            "business_days": aim.business_days,
            "elapsed_business_days": aim.elapsed_business_days,
        },
        noun="target",
        why=f"set to {aim.target.value}",
    )


def _collected(seen: Seen) -> Iterator[_Counted]:
    for (actor, on), minor in collected_by(seen).items():
        yield _Counted(actor, on, {"actual_minor": minor}, seen.id)


def _opened(seen: Seen) -> Iterator[_Counted]:
    for one in opened_by(seen.facts):
        yield _Counted(one.author, one.on, {"actual_count": 1}, one.plan_id, "plan")


def _contacts(seen: Seen) -> Iterator[_Counted]:
    for act in seen.acts:
        if act.kind is ActKind.CONTACT:
            yield _Counted(act.actor, act.on, {"actual_count": 1}, act.id, act.noun)


def _promises(seen: Seen) -> Iterator[_Counted]:
    authors = actors_of(seen.facts)
    if seen.at.status != "closed":  # there they are not judged
        for one in seen.at.state.promises:
            if promise_status(one, on=seen.at.on) is PromiseStatus.KEPT:
                yield _Counted(
                    authors.get(one.id), one.due_on, {"actual_count": 1}, one.id, "promise"
                )


def _installments(seen: Seen) -> Iterator[_Counted]:
    authors = actors_of(seen.facts)
    for plan, row, due in dues_of(seen.at):
        day = row.due_on
        found = kept_installments([due], from_on=day, to_on=day, as_of=seen.at.on)
        if found.judged:
            adds = {"kept": found.kept, "judged": found.judged}
            yield _Counted(authors.get(plan.id), day, adds, row.id, "installment")


_COUNTED: Mapping[TargetMetric, Callable[[Seen], Iterator[_Counted]]] = {
    TargetMetric.COLLECTED: _collected,
    TargetMetric.PLANS_OPENED: _opened,
    TargetMetric.CONTACTS: _contacts,
    TargetMetric.PROMISES_KEPT: _promises,
    TargetMetric.KEPT_BPS: _installments,
}


def _unit(metric: str) -> str:
    return _UNITS.get(TargetMetric(metric), "count")


def reached(sums: Sums, question: Question) -> Mapping[Key, Mapping[str, Cell]]:
    """Every target's row; none is added to another, and of a share no pace is told."""
    metric = 1 + question.by.index("metric")
    return {key: _reached(adds, _unit(str(key[metric]))) for key, adds in sums.items()}


def _reached(adds: Mapping[str, int], unit: str) -> Mapping[str, Cell]:
    cells: dict[str, Cell] = {
        one.name: None for one in TARGETS if one.name.endswith(("_minor", "_count", "_bps"))
    }
    if unit == "bps":
        actual = share_bps(adds.get("kept", 0), adds.get("judged", 0))
    else:
        actual = adds.get(f"actual_{unit}", 0)
        cells[f"projected_{unit}"] = projected(
            actual, business_days=adds["business_days"],
            elapsed_business_days=adds["elapsed_business_days"],
        )  # fmt: skip
    target = adds[f"target_{unit}"]
    cells[f"target_{unit}"], cells[f"actual_{unit}"] = target, actual
    cells["attainment_bps"] = None if actual is None else share_bps(actual, target)
    return cells


def behind_reached(
    entries: Iterable[Entry], sums: Sums, question: Question, key: Key
) -> Iterator[Entry]:
    """A target's entries, each with its part of where the same pace ends: they sum to the cell.

    A pace is rounded once, of all that was reached; the parts are each what their sum so far adds
    to the rounded sum. How much was reached, of the target, leads to what was.
    """
    unit = _unit(str(key[1 + question.by.index("metric")]))
    actual = "kept" if unit == "bps" else f"actual_{unit}"
    those = [one for one in entries if (one.currency, *one.key) == key]
    parts = [{"attainment_bps": one.adds.get(actual, 0)} for one in those]
    days, elapsed = (sums[key][name] for name in ("business_days", "elapsed_business_days"))
    if unit != "bps" and elapsed:
        weights = (one.adds.get(actual, 0) * days for one in those)
        for part, more in zip(parts, shared_out(weights, elapsed), strict=True):
            part[f"projected_{unit}"] = more
    for one, part in zip(those, parts, strict=True):
        yield replace(one, adds={**one.adds, **part})
