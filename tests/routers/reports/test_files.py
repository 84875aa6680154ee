"""Reports as files: the workbook read back, the page drawn, the same bytes for the same figures."""

import csv
import io
import re
import zipfile
from datetime import date

from python_calamine import CalamineWorkbook

from tests.routers.reports.stories import report, three

ASKED = {"as_of": "2026-02-20", "by": "creditor"}


async def exported(desk, name, suffix, **params):
    answer = await desk.client.get(f"/v1/reports/{name}.{suffix}", params=params)
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_workbook_read_back_has_the_figures_of_the_page(desk):
    await three(desk, creditor="=1+1")
    await desk.account(99_000, currency="JPY", creditor={"reference": "+81", "name": "J"})
    await desk.at("2026-02-20")
    found = await report(desk, "portfolio", **ASKED)
    answer = await exported(desk, "portfolio", "xlsx", **ASKED)
    again = await exported(desk, "portfolio", "xlsx", **ASKED)

    assert answer.content == again.content
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["About", "Data", "Chart"]
    about = dict(row[:2] for row in book.get_sheet_by_name("About").to_python())
    assert about["Hash"] == found["hash"] == answer.headers["Accord-Report-Hash"]
    head, *rows = book.get_sheet_by_name("Data").to_python()
    assert head[2:] == [one["title"] for one in found["columns"]]
    digits = {"USD": 100, "JPY": 1}
    for row, told in zip(rows, found["rows"], strict=False):
        assert row[:2] == [told["currency"], told["creditor"] or ""]
        for cell, column in zip(row[2:], found["columns"], strict=True):
            by = {"money": digits[told["currency"]], "share": 10_000}.get(column["type"], 1)
            told_cell = told[column["name"]]
            assert cell == ("" if told_cell is None else told_cell / by), column
    assert {row[1] for row in rows[: len(found["rows"])]} >= {"=1+1", "+81"}


async def test_a_day_in_a_workbook_is_a_day(desk):
    """Not words that look like one: a reader sorts and reckons with it."""
    await three(desk)
    desk.client.headers["Accord-Actor"] = "ann"
    account = await desk.account(past_due_minor=0)
    promise = {"amount_minor": 5_00, "due_on": "2026-01-20"}
    await desk.post(f"/v1/accounts/{account['id']}/promises", promise)
    asked = {"from": "2026-01-01", "to": "2026-01-10", "by": "day"}
    answer = await exported(desk, "activity", "xlsx", **asked)
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    about = dict(row[:2] for row in book.get_sheet_by_name("About").to_python())
    assert (about["From"], about["To"]) == (date(2026, 1, 1), date(2026, 1, 10))
    head, row, *_ = book.get_sheet_by_name("Data").to_python()
    assert dict(zip(head, row, strict=True))["day"] == date(2026, 1, 10)


async def test_a_page_is_drawn_with_its_question_at_the_foot_and_always_the_same(desk):
    await three(desk)
    await desk.at("2026-02-20")
    for name in ("aging", "roll"):
        pages = [(await exported(desk, name, "pdf")).content for _ in range(2)]
        assert pages[0] == pages[1]
        assert pages[0].startswith(b"%PDF")
    assert (
        date(2026, 2, 20).isoformat().encode()
        in (await exported(desk, "aging", "csv")).headers["Accord-Report-As-Of"].encode()
    )


async def test_nothing_is_drawn_across_currencies_or_told_twice(desk):
    await three(desk)
    await desk.account(99_000, currency="JPY")
    await desk.at("2026-02-20")
    asked = {"as_of": "2026-02-20"}
    found = await report(desk, "portfolio", **asked)
    book = (await exported(desk, "portfolio", "xlsx", **asked)).content
    page = (await exported(desk, "portfolio", "pdf", **asked)).content

    data = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("Data").to_python()
    told = [row for row in data[1:] if any(row)]
    assert len(told) == len(found["rows"]) == 2, "without groups a row is its total"
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        charts = [
            parts.read(name).decode()
            for name in sorted(parts.namelist())
            if re.fullmatch(r"xl/charts/chart\d+\.xml", name)
        ]
    assert [re.findall(r"Data!\$\w+\$(\d+)", one)[0] for one in charts] == ["2", "3"]
    bars = [float(one) for one in re.findall(rb"([\d.]+) 6\.5 re", page)]
    assert len(bars) == 2
    assert bars[0] == bars[1] > 0, "each is the largest of its currency"


async def test_words_of_others_are_no_formulas_in_a_csv(desk):
    await three(desk, creditor="=1+1")
    await desk.at("2026-02-20")
    rows = csv.DictReader(io.StringIO((await exported(desk, "portfolio", "csv", **ASKED)).text))

    assert [row["creditor"] for row in rows] == ["'=1+1", ""]
