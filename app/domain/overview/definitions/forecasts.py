"""What cash is expected of live plans, month by month, and how wrong it was.

A forecast stands on what accounts did before: the kept share by amount of each bucket, and the
roll matrix, of the twelve months closed by its day. Both are sums of the same accounts' entries, so
a booked forecast of an old day is what it was then, and none has to be kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import islice, pairwise
from uuid import UUID

from app.domain.account.promise import PromiseStatus
from app.domain.overview.definitions.agreements import dues_of
from app.domain.overview.definitions.moves import EXITS, state_at
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.overview.table import BEGINNING, Cell, Column, Entry, Key, Sums, Type, count, money
from app.domain.reports.forecast import accuracy, paying, shared_out
from app.domain.reports.kept import kept_installments
from app.domain.reports.rolls import NEW
from app.domain.reports.shares import WHOLE_BPS, share_bps
from app.domain.schedule.dates import months_later
from app.domain.standing.promises import promise_status
from app.domain.values import replace
from app.domain.vocabulary import PaymentKind

_DAY = timedelta(days=1)
_MONTHS = 12
#: A row of the matrix that fewer accounts were in takes the portfolio's.
_FEW = 30

FORECAST = (
    count("installments", "Open installments"),
    money("scheduled_minor", "Open of them"),
    money("overdue_minor", "Of it past due"),
    money("flat_minor", "Expected, as likely as the bucket keeps now"),
    money("markov_minor", "Expected, with buckets rolled on"),
    money("promised_minor", "Promised beyond installments, in no forecast"),
)
NOTE = (
    "How likely an installment is paid is a rule, not a model: the share by amount that accounts of"
    " its bucket kept in the last twelve closed months."
)
ACCURACY = (
    money("actual_minor", "Came on plans"),
    money("forecast_minor", "Expected on the last day before the month"),
    money("compared_minor", "Came, where there was a forecast"),
    money("bias_minor", "Expected less what came"),
    money("error_minor", "Absolute error"),
    Column(name="wape_bps", type=Type.SHARE, title="Absolute errors, of what came"),
    Column(name="bias_bps", type=Type.SHARE, title="Bias, of what came"),
)


def forecast_ends(question: Question) -> tuple[date, ...]:
    """The month-ends that bound the last twelve closed months."""
    return _month_ends(question.as_of, _MONTHS + 1)


def accuracy_ends(question: Question) -> tuple[date, ...]:
    """The last days before each month of the span, and those that their forecasts stand on."""
    return _month_ends(question.ends - _DAY, question.months + _MONTHS)


def _month_ends(last: date, number: int) -> tuple[date, ...]:
    """So many month-ends, the last of them no later than a day."""
    first = (last + _DAY).replace(day=1)
    return tuple(months_later(first, k - number + 1) - _DAY for k in range(number))


def forecast(seen: Seen, question: Question) -> Iterator[Entry]:
    """Open installments by the month they come in, and what its likelihood stands on."""
    yield _past(seen, question, seen.at, seen.ends)
    for month, one in _scheduled(seen, question, seen.at):
        yield replace(one, key=seen.key(question, month=month))
    for id_, due_on, minor in _promised(seen.at):
        yield seen.entry(
            question,
            {"promised_minor": minor},
            id_=id_,
            noun="promise",
            why=f"promised for {due_on}",
            month=_month(max(due_on, seen.at.on + _DAY)),
        )


def forecast_accuracy(seen: Seen, question: Question) -> Iterator[Entry]:
    """Of each month of the span: what was expected on the last day before, and what came."""
    for number in range(question.months):
        at = seen.ends[_MONTHS + number]
        month = _month(at.on + _DAY)
        yield _past(seen, question, at, seen.ends[number : number + _MONTHS + 1])
        for due, one in _scheduled(seen, question, at):
            if due == month:
                yield replace(one, key=seen.key(question, month=month))
    for id_, on, minor in _came(seen):
        if question.begins <= on <= question.ends:
            yield seen.entry(
                question,
                {"actual_minor": minor},
                id_=id_,
                noun="payment",
                why=f"came {on}" if minor > 0 else f"went back {on}",
                month=_month(on),
            )


def _scheduled(seen: Seen, question: Question, at: Looked) -> Iterator[tuple[str, Entry]]:
    """What is open of a live plan, interest to come included; overdue is expected from now on."""
    plan = at.state.live_plan
    if plan is None or not at.owes:
        return
    state = state_at(at, question)
    for one in plan.installments:
        minor = one.open_minor + one.expected_interest_minor
        if one.voided_on is None and minor > 0:
            yield _month(max(one.due_on, at.on + _DAY)), Entry(
                id=one.id,
                currency=seen.currency,
                key=(),
                adds={
                    "installments": 1, "scheduled_minor": minor, f"in.{state}": minor,
                    "overdue_minor": minor if one.due_on < at.on else 0,
                },
                noun="installment",
                reference=seen.reference,
                why=f"due {one.due_on}, {state}",
            )  # fmt: skip


def _promised(at: Looked) -> Iterator[tuple[UUID, date, int]]:
    """Of open promises what no installment due by their day covers."""
    if not at.owes:
        return
    plan = at.state.live_plan
    owing = [(one.due_on, one.open_minor) for one in plan.owing] if plan else []
    promised = beside = 0
    for one in sorted(at.state.promises, key=lambda one: (one.due_on, one.id)):
        if promise_status(one, on=at.on) is not PromiseStatus.OPEN or one.made_on > at.on:
            continue
        promised += one.amount_minor - max(0, one.received_minor)
        covered = sum(minor for due_on, minor in owing if due_on <= one.due_on)
        more = max(0, promised - covered - beside)
        beside += more
        if more:
            yield one.id, one.due_on, more


def _came(seen: Seen) -> Iterator[tuple[UUID, date, int]]:
    """Repayments as far as plans took them; what went back takes from that first, on its day."""
    fold, took = seen.at.fold, dict[UUID, int]()
    for payment_id, lines in fold.splits.items():
        body, on = fold.payments.get(payment_id), fold.effective.get(payment_id)
        minor = sum(line.amount_minor for line in lines if line.plan_id is not None)
        if body and on and minor and body.payment is PaymentKind.REPAYMENT:
            took[payment_id] = minor
            yield payment_id, on, minor
    for fact_id, back in fold.restored.items():
        on = fold.effective.get(fact_id)
        minor = min(took.get(back.payment_id, 0), back.amounts.total_minor)
        if on and minor:
            took[back.payment_id] -= minor
            yield back.payment_id, on, -minor


# --- How likely ----------------------------------------------------------------------------------


def _past(seen: Seen, question: Question, at: Looked, ends: Sequence[Looked]) -> Entry:
    """An account's part of the kept shares and of the matrix that a forecast stands on.

    It is counted and not shown: under the forecast's day instead of a month, by creditor alone.
    """
    adds: dict[str, int] = {}

    def add(name: str, minor: int) -> None:
        adds[name] = adds.get(name, 0) + minor

    for before, after in pairwise(ends):
        if before.owes:
            start, end = state_at(before, question), state_at(after, question)
            minor = before.balance.total_minor
            add(f"accounts.{start}", 1)
            add(f"owed.{start}", minor)
            add(f"moved.{start}.{end}", minor)
            if end not in EXITS:
                add(f"owed.{end}", 0)
    for _, one, due in dues_of(at):
        day = one.due_on
        first = next((each for each in reversed(ends[:-1]) if each.on < day), None)
        if first is not None and day <= ends[-1].on:
            found = kept_installments([due], from_on=day, to_on=day, as_of=at.on)
            start = state_at(first, question) if first.owes else NEW
            add(f"due.{start}", found.due_minor)
            add(f"kept.{start}", found.paid_in_time_minor)
    own = {"month": _standing_on(at.on), "creditor": seen.creditor}
    return Entry(
        id=seen.id, currency=seen.currency, key=tuple(own.get(name) for name in question.by),
        adds=adds, reference=seen.reference,
    )  # fmt: skip


def _standing_on(day: date) -> str:
    return f"{BEGINNING}{day}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


class _Likely:
    """How much of what is scheduled is paid, by currency, creditor and the forecast's day."""

    def __init__(self, sums: Sums, question: Question) -> None:
        self._sums, self._by = sums, ("currency", *question.by)
        self._month = self._by.index("month")
        self.shown = [key for key in sums if not self.month(key).startswith(BEGINNING)]
        self._portfolio: dict[tuple[str | None, str], dict[str, int]] = {}
        for key, adds in sums.items():
            if self.month(key).startswith(BEGINNING):
                whole = self._portfolio.setdefault((key[0], self.month(key)), {})
                for name, minor in adds.items():
                    whole[name] = whole.get(name, 0) + minor
        names = {name for adds in sums.values() for name in adds}
        self._states = sorted(
            {name.partition(".")[2] for name in names if name.startswith(("owed.", "in."))}
        )
        self._pays = cache(self._paying)

    def month(self, key: Key) -> str:
        return str(key[self._month])

    def pays(self, key: Key, on: date, ahead: int) -> tuple[Mapping[str, int], int] | None:
        """Of each bucket in that month; None: nothing was due of anybody, so nothing is known."""
        past = tuple(one if self._by[n] in {"currency", "creditor"} else None
                     for n, one in enumerate(key))  # fmt: skip
        past = (*past[: self._month], _standing_on(on), *past[self._month + 1 :])
        return self._pays(past, ahead)

    def _paying(self, past: Key, ahead: int) -> tuple[Mapping[str, int], int] | None:
        own: Mapping[str, int] = self._sums.get(past, {})
        whole = self._portfolio.get((past[0], self.month(past)), {})
        rates = [_kept(own, whole, state) for state in self._states]
        kept = [one for one in rates if one is not None]
        if len(kept) < len(rates) or not rates:
            return None
        matrix = [self._row(own, whole, state) for state in self._states]
        pays, unit = next(islice(paying(matrix, kept), ahead - 1, None))
        return dict(zip(self._states, pays, strict=True)), unit

    def _row(self, own: Mapping[str, int], whole: Mapping[str, int], start: str) -> list[int]:
        """Where those of a state go in a month; one that nobody was in stays."""
        source = own if own.get(f"accounts.{start}", 0) >= _FEW else whole
        owed = source.get(f"owed.{start}", 0)
        if not owed:
            return [WHOLE_BPS * (end == start) for end in self._states]
        return [share_bps(source.get(f"moved.{start}.{end}", 0), owed) or 0 for end in self._states]


def _kept(own: Mapping[str, int], whole: Mapping[str, int], state: str) -> int | None:
    """The kept share of a bucket: the creditor's own, else the portfolio's, else of all buckets."""
    for source in (own, whole):
        if source.get(f"due.{state}"):
            return share_bps(source.get(f"kept.{state}", 0), source[f"due.{state}"])
    every = {
        part: sum(minor for name, minor in whole.items() if name.startswith(f"{part}."))
        for part in ("due", "kept")
    }
    return share_bps(every["kept"], every["due"])


def _weights(adds: Mapping[str, int], likely: Mapping[str, int]) -> int:
    return sum(minor * likely[name[3:]] for name, minor in adds.items() if name.startswith("in."))


def _expected(adds: Mapping[str, int], pays: tuple[Mapping[str, int], int] | None) -> Cell:
    """Rounded once, of everything in a row; of nothing scheduled nothing is expected."""
    if not adds.get("scheduled_minor"):
        return 0
    if pays is None:
        return None
    (minor,) = shared_out([_weights(adds, pays[0])], pays[1])
    return minor


def _methods(question: Question, month: str) -> Mapping[str, tuple[date, int]]:
    """Each figure of a month: the day it is expected from, and how many months ahead it rolls."""
    starts = date.fromisoformat(f"{month}-01")
    if question.report == "forecast-accuracy":
        return {"forecast_minor": (starts - _DAY, 1)}
    from_on = question.as_of + _DAY
    ahead = (starts.year - from_on.year) * _MONTHS + starts.month - from_on.month + 1
    return {"flat_minor": (question.as_of, 1), "markov_minor": (question.as_of, ahead)}


def completed(sums: Sums, question: Question) -> Mapping[Key, Mapping[str, Cell]]:
    """The figures of every row that is shown, and of each currency the sum of its rows."""
    likely = _Likely(sums, question)
    found: dict[Key, dict[str, Cell]] = {}
    for key in likely.shown:
        cells: dict[str, Cell] = {
            name: _expected(sums[key], likely.pays(key, on, ahead))
            for name, (on, ahead) in _methods(question, likely.month(key)).items()
        }
        total = found.setdefault((key[0],), dict.fromkeys(cells, 0))
        for name, cell in cells.items():
            before = total[name]
            total[name] = None if cell is None or before is None else before + cell
        found[key] = cells
    return found


def compared(sums: Sums, question: Question) -> Mapping[Key, Mapping[str, Cell]]:
    """What was expected held against what came; a month without a forecast is in no rate."""
    pairs: dict[Key, list[tuple[int, int]]] = {}
    for key, cells in completed(sums, question).items():
        if key in sums:
            pairs.setdefault((key[0],), [])
            pairs[key] = []
            if (expected := cells["forecast_minor"]) is not None:
                one = (sums[key].get("actual_minor", 0), expected)
                pairs[key].append(one)
                pairs[key[0],].append(one)
    return {key: _accuracy(those) for key, those in pairs.items()}


def _accuracy(pairs: Sequence[tuple[int, int]]) -> Mapping[str, Cell]:
    actual, expected = [one for one, _ in pairs], [one for _, one in pairs]
    found = accuracy(actual, expected)
    if not pairs:
        return dict.fromkeys(("forecast_minor", "bias_minor", "error_minor", "wape_bps",
                              "bias_bps"))  # fmt: skip
    return {
        "forecast_minor": sum(expected),
        "compared_minor": sum(actual),
        "bias_minor": sum(expected) - sum(actual),
        "error_minor": found.absolute_error_minor,
        "wape_bps": found.wape_bps,
        "bias_bps": found.bias_bps,
    }


def behind_expected(
    entries: Iterable[Entry], sums: Sums, question: Question, key: Key
) -> Iterator[Entry]:
    """A row's entries, each with its part of what is expected: the parts sum to the cell."""
    likely = _Likely(sums, question)
    those = [one for one in entries if (one.currency, *one.key) == key]
    parts: list[dict[str, int]] = [{} for _ in those]
    for name, (on, ahead) in _methods(question, likely.month(key)).items():
        pays = likely.pays(key, on, ahead)
        if _expected(sums[key], pays) is None:
            continue
        likelihood, unit = pays or ({}, 1)  # of nothing scheduled nothing has to be known
        weights = (_weights(one.adds, likelihood) for one in those)
        for part, minor in zip(parts, shared_out(weights, unit), strict=True):
            part[name] = minor
    if all("forecast_minor" in part for part in parts):
        _hold_against(those, parts)
    for one, part in zip(those, parts, strict=True):
        yield replace(one, adds={**one.adds, **part})


def _hold_against(those: Sequence[Entry], parts: Sequence[dict[str, int]]) -> None:
    """Each entry's part of what came and of the error, which has the sign of the row's bias."""
    for one, part in zip(those, parts, strict=True):
        part["compared_minor"] = one.adds.get("actual_minor", 0)
        part["bias_minor"] = part["forecast_minor"] - part["compared_minor"]
    sign = -1 if sum(part["bias_minor"] for part in parts) < 0 else 1
    for part in parts:
        part["error_minor"] = sign * part["bias_minor"]
