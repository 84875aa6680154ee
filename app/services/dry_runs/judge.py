"""A page of a sheet held against the books: what of each row would be stored, and what not.

Beside each verdict stands what it hung on: which accounts the rows name, whether they are there,
in which money and open. Asked again before anything is stored, a difference is noticed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, Final, TypeVar
from uuid import UUID

from app.domain import field_limits
from app.domain.account.promise import Promised
from app.domain.agreement.import_limits import SheetSize
from app.domain.field_limits import Text
from app.domain.reports.targets import Target, TargetMetric, TargetScope
from app.domain.reports.targets import problems as target_problems
from app.domain.spreadsheets.days import wrong_days
from app.domain.spreadsheets.fields import FIELDS, MONEY, SheetKind
from app.domain.spreadsheets.judging import Cell, CellProblem, Formats, read_row
from app.services.context import Context
from app.services.dry_runs import cells
from app.services.dry_runs.mapping import Columns
from app.services.files.columns import Kind, Unmatched
from app.services.files.csv_files import Line
from app.services.files.formats import Formats as FileFormats
from app.services.files.rows import Layout, Row, layout
from app.services.threads import apart
from app.storage.accounts import accounts
from app.storage.assignments import teams
from app.storage.dry_runs.standing import AccountStanding, standings

PAGE_ROWS: Final = 500
#: What the books' own columns are called where the sheet's field has another name.
_NAMES: Final[Mapping[str, str]] = {"balance_minor": "principal_minor"}
_FIELDS: Final[Mapping[str, str]] = {name: own for own, name in _NAMES.items()}
_FILES: Final[Mapping[SheetKind, Kind]] = {
    SheetKind.ACCOUNTS: Kind.ACCOUNTS,
    SheetKind.PAYMENTS: Kind.PAYMENTS,
}
_LIMITS: Final[Mapping[str, Text]] = {
    "account_reference": field_limits.REFERENCE,
    "actor": field_limits.ACTOR,
    "team": field_limits.TEAM_NAME,
    "creditor": field_limits.REFERENCE,
    "reason": field_limits.LINE,
}


Part = TypeVar("Part")


def in_pages(rows: Sequence[Part], size: int) -> Iterator[Sequence[Part]]:
    """So many at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """A row, its values by field, and what is wrong with it; `row` where a file's kind reads it."""

    number: int
    cells: Sequence[Cell]
    values: Mapping[str, str]
    problems: tuple[CellProblem, ...]
    row: Row | None = None
    account_id: UUID | None = None
    currency: str | None = None

    @property
    def verdict(self) -> str:
        if any(one.refused for one in self.problems):
            return "refused"
        return "warning" if self.problems else "ok"


@dataclass(slots=True, kw_only=True)
class Judge:
    """One pass over a sheet, page by page."""

    columns: Columns
    formats: Formats
    counts: dict[str, int] = field(default_factory=lambda: {"ok": 0, "warning": 0, "refused": 0})
    _found: list[bytes] = field(default_factory=list)
    _seen: dict[object, int] = field(default_factory=dict)
    _sums_minor: dict[str, int] = field(default_factory=dict)
    named: set[UUID] = field(default_factory=set)  # the accounts that are there already

    async def page(self, ctx: Context, rows: Sequence[Any]) -> list[JudgedRow]:
        """The verdicts on a page's rows, each `[number, [cell, …]]` as it was kept."""
        lines = [(number, [cells.read(one) for one in line]) for number, line in rows]
        known = await self._known(ctx, [line for _, line in lines])
        judged = await apart(
            ctx, lambda: [self._row(*line, known) for line in lines], size=len(lines)
        )
        self._found.append(known.digest)
        self.named |= {one.id for one in known.accounts.values()}
        for one in judged:
            self.counts[one.verdict] += 1
            if one.verdict != "refused":
                self._add(one)
        return judged

    def _add(self, one: JudgedRow) -> None:
        minor = sum(int(one.values.get(name, 0)) for name in MONEY.get(self.columns.kind, ()))
        if one.currency is not None and minor:
            self._sums_minor[one.currency] = self._sums_minor.get(one.currency, 0) + minor

    @property
    def size(self) -> SheetSize:
        """What the rows so far would store."""
        rows = self.counts["ok"] + self.counts["warning"]
        return SheetSize(kind=self.columns.kind, rows=rows, sums_minor=dict(self._sums_minor))

    @property
    def found(self) -> bytes:
        """A hash of what the verdicts hung on in the books."""
        return sha256(b"".join(self._found)).digest()

    # What the books know of a page ----------------------------------------------------------

    async def _known(self, ctx: Context, lines: Sequence[Sequence[Cell]]) -> "_Known":
        kind = self.columns.kind
        named = "reference" if kind is SheetKind.ACCOUNTS else "account_reference"
        references = set(self._texts(lines, named))
        found = await accounts.resolve(ctx.tx, "account", references)
        standing = await standings(ctx.tx, (one for one, _ in found.values()))
        promised: Mapping[UUID, Sequence[Promised]] = {}
        if kind is SheetKind.PROMISES:
            stored = await accounts.read_many(ctx.tx, standing)
            promised = {one.id: one.state.promises for one in stored.values()}
        taken: set[str] = set()
        if kind is SheetKind.PAYMENTS:
            own = set(self._texts(lines, "reference"))
            taken = set(await accounts.resolve(ctx.tx, "payment", own))
        groups = set(self._texts(lines, "team"))
        return _Known(
            business_date=ctx.business_date,
            accounts={name: standing[one] for name, (one, _) in found.items()},
            promised=promised,
            taken=frozenset(taken),
            teams=frozenset(
                [name for name in sorted(groups) if await teams.read(ctx.tx, name) is not None]
            ),
        )

    def _texts(self, lines: Sequence[Sequence[Cell]], name: str) -> Iterable[str]:
        """What rows may say there, read as references are."""
        if name in self.columns.alike:
            yield self.columns.alike[name].strip()
        elif name in self.columns.at:
            at = self.columns.at[name]
            for line in lines:
                cell = line[at]
                if isinstance(cell, str) and 0 < len(cell.strip()) <= field_limits.REFERENCE.most:
                    yield cell.strip()
                elif isinstance(cell, float) and cell.is_integer():
                    yield str(int(cell))

    # One row --------------------------------------------------------------------------------

    def _row(self, number: int, line: Sequence[Cell], known: "_Known") -> JudgedRow:
        kind = self.columns.kind
        by_field: dict[str, Cell] = {**self.columns.alike}
        by_field |= {name: line[at] for name, at in self.columns.at.items()}
        account = known.accounts.get(_text(by_field.get("account_reference")))
        said = read_row(
            kind,
            by_field,
            formats=self.formats,
            minor=self.columns.minor,
            currency=account.currency if account else None,
        )
        problems = list(said.problems)
        row = None
        if kind in _FILES:
            row, more = _as_file_row(_FILES[kind], number, said.values)
            wrong = {one.field for one in problems if one.refused}
            problems += [one for one in more if one.field not in wrong]
        problems += self._by_kind(number, said.values, account, known)
        return JudgedRow(
            number=number,
            cells=line,
            values=said.values,
            problems=tuple(problems),
            row=row,
            account_id=account.id if account else None,
            currency=said.values.get("currency", account.currency if account else None),
        )

    def _by_kind(
        self,
        number: int,
        values: Mapping[str, str],
        account: AccountStanding | None,
        known: "_Known",
    ) -> Iterable[CellProblem]:
        kind = self.columns.kind
        yield from _limits(kind, values)
        yield from wrong_days(kind, values, business_date=known.business_date)
        if kind is SheetKind.ACCOUNTS:
            yield from _accounts(values, known)
        elif kind is SheetKind.TARGETS:
            yield from _targets(values)
        else:
            yield from _of_account(kind, values, account, known)
        if values.get("team") and values["team"] not in known.teams:
            yield _problem("team", "unknown_team", "is no team; PUT /v1/teams/{name} makes one")
        yield from self._repeated(number, values)

    def _repeated(self, number: int, values: Mapping[str, str]) -> Iterable[CellProblem]:
        """Two rows about the same: which of them is meant, nobody says."""
        names = {
            SheetKind.ACCOUNTS: ("reference",),
            SheetKind.PAYMENTS: ("reference",),
            SheetKind.PROMISES: ("account_reference", "amount_minor", "due_on"),
            SheetKind.ASSIGNMENTS: ("account_reference",),
            SheetKind.TARGETS: ("actor", "team", "creditor", "metric", "currency", "from", "to"),
        }.get(self.columns.kind)
        if names is None or (names[0] not in values and self.columns.kind is not SheetKind.TARGETS):
            return
        key = tuple(values.get(name) for name in names)
        first = self._seen.setdefault(key, number)
        if first != number:
            yield _problem(names[0], "repeated", f"is said in row {first} already")
        elif self.columns.kind is SheetKind.PROMISES:
            day = (values["account_reference"], values.get("due_on"))
            other = self._seen.setdefault(day, number)
            if other != number:
                detail = f"is of row {other} already: this promise is stored beside that one"
                yield _problem("due_on", "another_promise", detail, refused=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the books know of the accounts, payments and teams that a page names."""

    business_date: date
    accounts: Mapping[str, AccountStanding]
    promised: Mapping[UUID, Sequence[Promised]]
    taken: frozenset[str]
    teams: frozenset[str]

    @property
    def digest(self) -> bytes:
        said = [f"{name} {one}" for name, one in sorted(self.accounts.items())]
        said += [f"payment {name}" for name in sorted(self.taken)]
        said += [f"team {name}" for name in sorted(self.teams)]
        return sha256("\n".join(said).encode()).digest()


def _problem(name: str, code: str, detail: str, *, refused: bool = True) -> CellProblem:
    return CellProblem(field=name, code=code, detail=detail, refused=refused)


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.strip() if isinstance(cell, str) else ""


def layout_of(kind: Kind) -> Layout:
    """How a row of values is read as a line of such a file: minor units, days as YYYY-MM-DD."""
    return _LAYOUTS[kind]


def _made(kind: Kind) -> Layout:
    sheet = next(one for one, file in _FILES.items() if file is kind)
    names = [_NAMES.get(name, name) for name in FIELDS[sheet]]
    return layout(kind, names, formats=FileFormats(), renamed={}, constants={})


_LAYOUTS: Final[Mapping[Kind, Layout]] = {kind: _made(kind) for kind in _FILES.values()}


def _as_file_row(
    kind: Kind, number: int, values: Mapping[str, str]
) -> tuple[Row, list[CellProblem]]:
    shape = layout_of(kind)
    line = tuple(values.get(_FIELDS.get(name, name), "") for name in shape.header)
    row = shape.read(Line(number=number, cells=line))
    problems = [
        _problem(_FIELDS.get(one.pointer, one.pointer), "not_as_should_be", one.detail)
        for one in row.problems
    ]
    return row, problems


def _limits(kind: SheetKind, values: Mapping[str, str]) -> Iterable[CellProblem]:
    if kind in _FILES:
        return
    for name, limit in _LIMITS.items():
        detail = limit.problem(values[name]) if name in values else None
        if detail is not None:
            yield _problem(name, "not_as_should_be", detail)


def _accounts(values: Mapping[str, str], known: _Known) -> Iterable[CellProblem]:
    if values.get("reference") in known.accounts:
        detail = "is an account already: nothing is stored where it says the same"
        yield _problem("reference", "known_already", detail, refused=False)


def _of_account(
    kind: SheetKind, values: Mapping[str, str], account: AccountStanding | None, known: _Known
) -> Iterable[CellProblem]:
    if "account_reference" in values and values.get("unmatched") != Unmatched.SUSPENSE:
        yield from _named(kind, values, account)
    if kind is SheetKind.PAYMENTS and values.get("reference") in known.taken:
        detail = "is a payment already: nothing is stored where it says the same"
        yield _problem("reference", "known_already", detail, refused=False)
    if kind is SheetKind.PROMISES:
        yield from _promised(values, known.promised.get(account.id, ()) if account else ())
    if kind is SheetKind.ASSIGNMENTS and {"actor", "team"} <= values.keys():
        yield _problem("team", "not_as_should_be", "stands beside an actor: one of them")


def _promised(values: Mapping[str, str], stands: Sequence[Promised]) -> Iterable[CellProblem]:
    """What is wrong with a promise, or stands already: a row has no reference that tells it."""
    if "amount_minor" not in values or "due_on" not in values:
        return
    minor, due_on = int(values["amount_minor"]), date.fromisoformat(values["due_on"])
    if minor <= 0:
        yield _problem("amount_minor", "not_as_should_be", "should be more than nothing")
    said = values.get("effective_on")
    made_on = date.fromisoformat(said) if said else None
    if any(one.says(amount_minor=minor, due_on=due_on, made_on=made_on) for one in stands):
        detail = "is promised by that day already: nothing is stored"
        yield _problem("amount_minor", "known_already", detail, refused=False)
    elif any(one.due_on == due_on for one in stands):
        detail = "has a promise by that day already: this one is stored beside it"
        yield _problem("due_on", "another_promise", detail, refused=False)


def _named(
    kind: SheetKind, values: Mapping[str, str], account: AccountStanding | None
) -> Iterable[CellProblem]:
    """What stands against the account that a row is about."""
    if account is None:
        yield _problem("account_reference", "unknown_account", "is no account's reference")
        return
    if account.status == "closed" and kind is not SheetKind.ASSIGNMENTS:
        yield _problem("account_reference", "closed_account", "is of a closed account")
    if values.get("currency", account.currency) != account.currency:
        detail = f"is not {account.currency}, in which the account is kept"
        yield _problem("currency", "other_currency", detail)


_SCOPES = ("actor", "team", "creditor")


def target_of(values: Mapping[str, str]) -> Target:
    """The target of a row that has no problems."""
    (scope,) = (name for name in _SCOPES if name in values)
    return Target(
        scope=TargetScope(scope),
        whose=values[scope],
        metric=TargetMetric(values["metric"]),
        currency=values.get("currency"),
        from_on=date.fromisoformat(values["from"]),
        to_on=date.fromisoformat(values["to"]),
        value=int(values["value"]),
    )


def _wrong_in_target(values: Mapping[str, str]) -> CellProblem | None:
    scopes = [name for name in _SCOPES if name in values]
    if len(scopes) != 1:
        detail = "should be said by exactly one of actor, team and creditor"
        return _problem(scopes[-1] if scopes else "actor", "not_as_should_be", detail)
    if values["metric"] not in set(TargetMetric):
        detail = f"should be one of {', '.join(TargetMetric)}"
        return _problem("metric", "not_as_should_be", detail)
    return None


def _targets(values: Mapping[str, str]) -> Iterable[CellProblem]:
    if not {"metric", "from", "to", "value"} <= values.keys():
        return  # said already
    wrong = _wrong_in_target(values)
    if wrong is not None:
        yield wrong
        return
    for one in target_problems(target_of(values)):
        yield _problem(one.pointer.strip("/"), "not_as_should_be", one.detail)
