"""Workbooks of reports, opened and saved again by LibreOffice, and held against the JSON.

    python benchmarks/workbooks.py FOLDER

FOLDER holds pairs of files of the same report, NAME.json and NAME.xlsx, as `accord report NAME
--out` writes them. LibreOffice Calc (`soffice`) must be there. What it saved is read back by
calamine: every cell must be the figure of the JSON, and the sheets all three.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.domain.currencies import exponent

_PARTS = {"share": 10_000, "tenth_days": 10}
#: LibreOffice keeps 15 digits of a number.
_CLOSE = 1e-9


def main() -> None:
    folder = Path(sys.argv[1])
    names = sorted(one.stem for one in folder.glob("*.json"))
    with tempfile.TemporaryDirectory(prefix="accord-workbooks-") as saved:
        files = [str(folder / f"{name}.xlsx") for name in names]
        subprocess.run(  # noqa: S603 - the office of whoever asks
            ["soffice", "--headless", f"-env:UserInstallation=file://{saved}/profile",  # noqa: S607
             "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", saved, *files],
            check=True, capture_output=True,
        )  # fmt: skip
        wrong = [line for name in names for line in _held(folder, Path(saved), name)]
    print(*wrong, sep="\n")
    print(f"{len(names)} workbooks, {len(wrong)} cells are not what the JSON says")
    raise SystemExit(bool(wrong))


def _held(folder: Path, saved: Path, name: str) -> Iterator[str]:
    told = json.loads((folder / f"{name}.json").read_bytes())
    book = CalamineWorkbook.from_path(saved / f"{name}.xlsx")
    if book.sheet_names != ["About", "Data", "Chart"] and told["rows"]:
        yield f"{name}: sheets {book.sheet_names}"
    _, *rows = book.get_sheet_by_name("Data").to_python()
    groups = ["currency", *(one for one in told["by"] if one != "currency")]
    for number, row in enumerate(told["rows"]):
        yield from _row(f"{name} row {number + 1}", rows[number], row, told["columns"], groups)


def _row(
    where: str, found: Sequence[Any], told: Mapping[str, Any],
    columns: Sequence[Mapping[str, Any]], groups: Sequence[str],
) -> Iterator[str]:  # fmt: skip
    wanted: list[Any] = [told[one] or "" for one in groups]
    for column in columns:
        cell: Any = told
        for part in str(column["name"]).split("."):
            cell = cell.get(part, {})
        if cell == {}:  # a state that none went to is not told
            cell = None if column["type"] == "share" else 0
        parts = _PARTS.get(str(column["type"]), 1)
        if column["type"] == "money":
            parts = 10 ** exponent(told["currency"])
        wanted.append("" if cell is None else cell / parts)
    for place, (is_, should) in enumerate(zip(found, wanted, strict=True)):
        same = is_ == should if isinstance(should, str) else abs(is_ - should) < _CLOSE
        if not same:
            yield f"{where} cell {place + 1}: {is_!r}, the JSON says {should!r}"


if __name__ == "__main__":
    main()
