"""A listing on paper: its summary with a chart, then the rows, as wide as what stands in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from app.domain.overview.table import CURRENCY, Column, Report, Row
from app.services.paper.fonts import BOLD, PLAIN, Style
from app.services.paper.sheets import Sheet
from app.services.reports.paper import (
    MARGIN,
    Painter,
    Pen,
    bound,
    cut,
    painters,
    refuse_words,
    said,
)

_HEAD: Final = Style(BOLD, 5.5)
_CELL: Final = Style(PLAIN, 5.5)
_LINE: Final = 8.0
_GAP: Final = 6.0
_WIDEST: Final = 150.0

#: A column of the list: its name, and what it is where it is a figure.
_Place = tuple[str, Column | None]
_Texts = Sequence[Mapping[str, str]]


def listing_pdf(
    report: Report, summary: Report, chart: str, sheet: Sheet, *, lead: Sequence[str]
) -> bytes:
    """The file; `lead`: the columns that say on each page which row it is.

    Raises `CannotDraw` naming every character that our fonts do not have.
    """
    refuse_words(report, {value or "" for row in report.rows for value in row.key})
    pages = [*painters(summary, chart, sheet), *_pages(report, sheet, lead)]
    return bound(report, pages, sheet)


def _pages(report: Report, sheet: Sheet, lead: Sequence[str]) -> Iterator[Painter]:
    figures = {one.name: one for one in report.columns}
    names = [CURRENCY, *report.question.by, *figures]
    texts = [_texts(row, names, figures) for row in report.rows]
    full = [name for name in names if any(one[name] for one in texts)]
    heads = {one: figures[one].title if one in figures else one for one in full}
    wide = {one: _width(one, heads[one], texts) for one in full}
    lines = int((sheet.width - 2 * MARGIN - 2 * _LINE) // _LINE)
    for band in _bands(full, wide, sheet.height - 2 * MARGIN, [one for one in lead if one in wide]):
        for begins in range(0, len(texts), lines):
            yield _painter(band, wide, texts[begins : begins + lines], heads)


def _texts(row: Row, names: Sequence[str], figures: Mapping[str, Column]) -> Mapping[str, str]:
    words = dict(zip(names, row.key, strict=False))
    return {
        name: said(figures[name], row.key[0], row.cells[name]) if name in figures
        else words[name] or ""
        for name in names
    }  # fmt: skip


def _width(name: str, head: str, texts: _Texts) -> float:
    cells = {one[name] for one in texts}
    longest = sorted(cells, key=len)[-20:]  # of proportional letters nearly the widest
    return min(_WIDEST, max(_HEAD.width(head), *(_CELL.width(one) for one in longest)) + _GAP)


def _bands(
    names: Sequence[str], wide: Mapping[str, float], room: float, lead: Sequence[str]
) -> Iterator[Sequence[str]]:
    """As many columns as lie side by side; each further band says first which row it is."""
    band, used = list[str](), 0.0
    for name in names:
        if band and used + wide[name] > room:
            yield band
            band = [one for one in lead if one != name]
            used = sum(wide[one] for one in band)
        if name not in band:
            band.append(name)
            used += wide[name]
    if band:
        yield band


def _painter(
    band: Sequence[str], wide: Mapping[str, float], texts: _Texts, heads: Mapping[str, str]
) -> Painter:
    def paint(pen: Pen) -> None:
        x = MARGIN
        for name in band:
            end = heads[name] != name  # a figure has a title, and ends where the others do
            at = x + wide[name] - _GAP if end else x
            pen.put(at, MARGIN, cut(heads[name], wide[name], _HEAD), _HEAD, end=end)
            for number, one in enumerate(texts):
                y = MARGIN + (number + 2) * _LINE
                pen.put(at, y, cut(one[name], wide[name] - 1, _CELL), _CELL, end=end)
            x += wide[name]
        pen.rule(MARGIN + 0.5 * _LINE)

    return paint
