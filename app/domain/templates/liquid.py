"""Words with variables, rendered: strict, within limits, and nothing of Python to reach.

Strangers write these, so only what cannot grow is allowed: no includes, no clock, no filter that
multiplies its input. A table is put in after rendering: its length costs no template anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import escape
from typing import Any, Final

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from app.domain.values import Value

#: Bytes of a text as written, and as rendered before its tables.
MOST_BYTES: Final = 20_000
MOST_LOOP_STEPS: Final = 500
_MOST_TAGS: Final = 200

_TAGS = frozenset({
    "#", "assign", "break", "capture", "case", "comment", "content", "continue", "cycle", "echo",
    "for", "if", "illegal", "output", "raw", "unless",
})  # fmt: skip
_FILTERS = frozenset({
    "append", "capitalize", "default", "downcase", "first", "last", "lstrip", "prepend", "rstrip",
    "size", "strip", "upcase",
})  # fmt: skip
_MARK: Final = "\x1a"
_RIGHT: Final = ' align="right"'


class Unrenderable(ValueError):
    """Why words cannot be rendered, in one line for whoever wrote them."""


class Table(Value, kw_only=True):
    """Rows of cells, its heading first; all have as many. `right`: columns that hold figures."""

    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()

    def as_text(self) -> str:
        """Lines of plain text whose columns stand two spaces apart."""
        wide = [max(len(row[at]) for row in self.rows) for at in range(len(self.rows[0]))]
        return "\n".join(
            "  ".join(
                cell.rjust(width) if at in self.right else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, wide, strict=True))
            ).rstrip()
            for row in self.rows
        )

    def as_html(self) -> str:
        """The same as a table."""
        head, *body = self.rows
        lines = [self._row("th", head), *(self._row("td", row) for row in body)]
        return f"<table>{''.join(lines)}</table>"

    def _row(self, tag: str, cells: Iterable[str]) -> str:
        made = (
            f"<{tag}{_RIGHT if at in self.right else ''}>{escape(cell)}</{tag}>"
            for at, cell in enumerate(cells)
        )
        return f"<tr>{''.join(made)}</tr>"


class _Strict(Environment):
    loop_iteration_limit = MOST_LOOP_STEPS
    output_stream_limit = MOST_BYTES
    local_namespace_limit = MOST_BYTES

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for name in set(self.tags) - _TAGS:
            del self.tags[name]
        for name in set(self.filters) - _FILTERS:
            del self.filters[name]


_TEXT: Final = _Strict(undefined=StrictUndefined)
_HTML: Final = _Strict(undefined=StrictUndefined, autoescape=True)


def rendered(source: str, values: Mapping[str, object], *, html: bool = False) -> str:
    """The words with these values, which are text, lists, flags and tables, nested by name.

    Raises `Unrenderable`: no Liquid, a variable nobody knows or that is missing, a limit.
    """
    tables = list[Table]()
    try:
        said = _parsed(source, html=html).render(**_plain(values, tables))
    except LiquidError as wrong:
        raise Unrenderable(_reason(wrong)) from None
    for number, table in enumerate(tables):
        put_in = table.as_html() if html else table.as_text()
        said = said.replace(f"{_MARK}{number}{_MARK}", put_in)
    if _MARK in said:
        raise Unrenderable("a table is put in as a whole, or not at all")
    return said


def named_in(source: str) -> Iterator[str]:
    """Every variable the words name, as `plan.paid`, in whichever branch. Raises `Unrenderable`."""
    try:
        analysis = _parsed(source).analyze()
    except LiquidError as wrong:
        raise Unrenderable(_reason(wrong)) from None
    for uses in analysis.globals.values():
        for one in uses:
            yield ".".join(str(segment) for segment in one.segments)


@lru_cache(maxsize=512)
def _parsed(source: str, *, html: bool = False) -> BoundTemplate:
    if len(source.encode()) > MOST_BYTES:
        raise Unrenderable(f"should be {MOST_BYTES} bytes at most")
    if source.count("{%") > _MOST_TAGS:
        raise Unrenderable(f"should have {_MOST_TAGS} tags at most")
    if _MARK in source:
        raise Unrenderable("should have no control characters")
    return (_HTML if html else _TEXT).from_string(source)


def _plain(values: Mapping[str, object], tables: list[Table]) -> dict[str, Any]:
    """The values, each table as a mark."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Table):
            made[name] = f"{_MARK}{len(tables)}{_MARK}"
            tables.append(value)
        elif isinstance(value, Mapping):
            made[name] = _plain(value, tables)
        else:
            made[name] = value
    return made


def _reason(wrong: LiquidError) -> str:
    token = wrong.token
    if token is None or not token.source:
        return str(wrong.message)
    line = token.source.count("\n", 0, max(0, token.start_index)) + 1
    return f"{wrong.message} (line {line})"
