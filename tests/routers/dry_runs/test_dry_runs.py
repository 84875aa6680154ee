"""Spreadsheets over HTTP: tried, mended, stored as they were tried or not at all."""

import io
from datetime import datetime, timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from xlsxwriter import Workbook

from app.services.upkeep import forget_sheets
from tests.database import as_tenant
from tests.routers.telling import told_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT = "/v1/imports/dry-runs"


def xlsx(*rows):
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("March")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return file.getvalue()


@pytest.fixture
async def boss(desk, staff):
    await desk.at("2026-02-01")
    return await staff("supervisor", "boss-1")


async def tried(desk, kind, content, **params):
    if isinstance(content, str):
        content = content.encode()
    answer = await desk.client.post(AT, content=content, params={"kind": kind, **params})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{AT}/{answer.json()['id']}"
    return answer.json()


async def patched(desk, run, **said):
    answer = await desk.client.patch(f"{AT}/{run['id']}", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def committed(desk, run, mode="atomic", status=202, **said):
    return await desk.post(f"{AT}/{run['id']}/commit", {"mode": mode, **said}, status=status)


async def refused_commit(desk, run, mode="atomic", **said):
    status, name, document = await desk.refused(
        "POST", f"{AT}/{run['id']}/commit", json={"mode": mode, **said}
    )
    return status, name, document["detail"]


def problems(run):
    return [
        (row["row"], row["verdict"], [(cell["field"], cell["problem"]) for cell in row["cells"]])
        for row in run["rows"]
    ]


async def test_accounts_are_tried_mended_and_stored(desk, boss, owner, tenant):
    content = xlsx(
        ["Invoice", "Account No", "Saldo", "Opened", "Kunde"],
        ["INV-1", 17.0, 1234.5, "2025-12-01", "=HYPERLINK(1)"],
        ["INV-2", 18.0, "1,234", "03/04/2025", "Ann"],
    )
    run = await tried(boss, "accounts", content)
    assert run["mapping"]["reference"] == {"ambiguous": ["Invoice", "Account No"]}
    assert run["mapping"]["balance_minor"] == "Saldo"
    assert (run["missing"], run["unused"]) == (["currency", "product"], [])
    assert run["counts"] == {"ok": 0, "warning": 0, "refused": 0}  # nobody said which column
    status, name, _ = await refused_commit(boss, run)
    assert (status, name) == (409, "mapping-incomplete")

    mapping = {"reference": "Account No", "currency": {"value": "USD"},
               "product": {"value": "invoice"}}  # fmt: skip
    run = await patched(boss, run, mapping=mapping)
    assert run["unused"] == ["Invoice"]
    assert problems(run) == [
        (2, "warning", [("reference", "number_as_text")]),
        (3, "refused", [("reference", "number_as_text"), ("opened_on", "ambiguous_date"),
                        ("balance_minor", "ambiguous_separator")]),
    ]  # fmt: skip
    status, name, detail = await refused_commit(boss, run)
    assert (status, name) == (422, "cell-refused")
    assert "Row 3" in detail

    run = await patched(boss, run, formats={"decimal": ".", "date": "dmy"})
    assert run["counts"] == {"ok": 0, "warning": 2, "refused": 0}
    done = await committed(boss, run)
    assert (done["status"], done["outcome"]["stored"]) == ("committed", 2)
    page = await desk.get("/v1/accounts", reference="18")
    assert page["data"][0]["balance"]["principal_minor"] == 1234_00
    assert page["data"][0]["opened_on"] == "2025-04-03"
    (told,) = await told_of(owner, tenant, "import.committed")
    assert (told["kind"], told["mode"], told["stored"]) == ("accounts", "atomic", 2)
    assert (await refused_commit(boss, run))[1] == "dry-run-stale"

    again = await tried(boss, "accounts", content)
    again = await patched(boss, again, mapping=mapping, formats={"decimal": ".", "date": "dmy"})
    assert all(("reference", "known_already") in row[2] for row in problems(again))
    assert (await committed(boss, again))["outcome"]["already_there"] == 2


async def test_payments_go_on_past_what_is_refused_and_the_rest_comes_back_as_a_workbook(
    desk, boss
):
    account = await desk.account(reference="A-1")
    sheet = (
        "Payment ID,Account,Amount,Currency,Date\n"
        "P-1,A-1,50.00,USD,2026-02-01\n"
        "P-2,nobody's,50.00,USD,2026-02-01\n"
        "P-3,A-1,12.3456,USD,2026-02-01\n"
        "P-1,A-1,=1+1,EUR,2026-02-01\n"
    )
    run = await tried(boss, "payments", sheet)
    assert run["counts"] == {"ok": 1, "warning": 0, "refused": 3}
    assert [row["cells"][0]["problem"] for row in run["rows"]] == [
        "unknown_account", "more_decimals_than_currency", "not_a_number",
    ]  # fmt: skip
    done = await committed(boss, run, "continue")
    outcome = done["outcome"]
    assert (outcome["stored"], outcome["refused"], outcome["rejected"]) == (1, 3, 0)
    assert (await desk.get(f"/v1/accounts/{account['id']}"))["balance"]["principal_minor"] == 250_00

    answer = await boss.client.get(f"{AT}/{run['id']}/refused.xlsx")
    assert answer.headers["content-type"] == XLSX
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert head[:4] == ["row", "refused because", "Payment ID", "Account"]
    assert [row[0] for row in rows] == [3.0, 4.0, 5.0]
    assert rows[2][4] == "=1+1"  # words, never run
    assert "is no account's reference" in rows[0][1]


async def test_promises_assignments_and_targets(desk, boss):
    await desk.account(reference="A-1")
    await desk.account(reference="A-2")
    run = await tried(
        boss, "promises", "Account,Promised,By\nA-1,50.00,2026-02-20\nA-2,0,2026-02-20\n"
    )
    assert problems(run) == [(3, "refused", [("amount_minor", "not_as_should_be")])]
    assert (await committed(boss, run, "continue"))["outcome"]["stored"] == 1
    account = (await desk.get("/v1/accounts", reference="A-1"))["data"][0]
    made = await desk.get(f"/v1/accounts/{account['id']}/promises")
    assert [(one["amount_minor"], one["due_on"]) for one in made["data"]] == [(5000, "2026-02-20")]

    sheet = "Account,Agent,Why\nA-1,ann,speaks Spanish\nA-2,,back\nA-1,bob,twice\n"
    run = await tried(boss, "assignments", sheet)
    assert problems(run) == [(4, "refused", [("account_reference", "repeated")])]
    await committed(boss, run, "continue")
    found = await desk.get("/v1/accounts", assigned_to="ann")
    assert [one["reference"] for one in found["data"]] == ["A-1"]

    sheet = (
        "Team,Metric,Currency,From,To,Goal\n"
        "austin,collected,USD,2026-03-01,2026-03-31,500.00\n"
        "austin,contacts,,2026-03-01,2026-03-31,40\n"
        "austin,luck,,2026-03-01,2026-03-31,1\n"
    )
    run = await tried(boss, "targets", sheet)
    assert run["counts"]["refused"] == 3  # there is no such team
    await boss.put("/v1/teams/austin", {"actors": ["ann"]}, status=201)
    assert (await refused_commit(boss, run, "continue"))[1] == "dry-run-stale"
    run = await patched(boss, run, mapping={})
    assert problems(run) == [(4, "refused", [("metric", "not_as_should_be")])]
    await committed(boss, run, "continue")
    listed = (await boss.get("/v1/targets", team="austin"))["data"]
    assert {(one["metric"], one["value"]) for one in listed} == {
        ("collected", 50000), ("contacts", 40),
    }  # fmt: skip


async def test_what_the_books_refuse_takes_all_back_or_itself_only(desk, boss):
    await desk.account(reference="A-1", principal_minor=300_00)
    sheet = "Account,Promised,By\nA-1,50.00,2026-02-20\nA-1,60.00,2026-02-21\n"
    run = await tried(boss, "promises", sheet)
    assert run["counts"]["ok"] == 2
    status, name, detail = await refused_commit(boss, run)  # the policy lets one be open
    assert (status, name) == (422, "cell-refused")
    assert "Row 3" in detail
    account = (await desk.get("/v1/accounts", reference="A-1"))["data"][0]
    assert (await desk.get(f"/v1/accounts/{account['id']}/promises"))["data"] == []
    outcome = (await committed(boss, run, "continue"))["outcome"]
    assert (outcome["stored"], outcome["rejected"]) == (1, 1)


async def test_a_dry_run_is_of_one_file_one_state_and_one_day(desk, boss, owner, tenant):
    run = await tried(boss, "promises", "Account,Promised,By\nA-9,50.00,2026-02-20\n")
    other = "0" * 64
    assert (await refused_commit(boss, run, sha256=other))[1] == "dry-run-stale"
    await desk.account(reference="A-9")
    assert (await refused_commit(boss, run, "continue"))[1] == "dry-run-stale"
    stale = {"If-Match": '"7"'}
    answer = await boss.client.patch(f"{AT}/{run['id']}", json={"mapping": {}}, headers=stale)
    assert answer.status_code == 412
    run = await patched(boss, run, mapping={})
    assert run["counts"]["ok"] == 1

    await desk.at("2026-02-03")
    assert (await refused_commit(boss, run))[1] == "dry-run-stale"
    await tried(boss, "promises", "Account,Promised,By\nA-9,50.00,2026-02-20\n")  # and forgets
    async with as_tenant(owner, tenant) as tx:
        kept = "SELECT count(*) FROM dry_run_page WHERE cells IS NOT NULL AND tenant_id = :mine"
        left = (await tx.execute(text(kept), {"mine": tenant})).scalar_one()
    assert left == 1
    status, name, _ = await boss.refused("GET", f"{AT}/{run['id']}/refused.xlsx")
    assert (status, name) == (409, "dry-run-stale")
    assert (await boss.get(f"{AT}/{run['id']}"))["rows"] == []


async def test_a_mapping_is_kept_and_asked_for_by_name(desk, boss):
    await desk.account(reference="A-1")
    said = {
        "kind": "promises", "mapping": {"account_reference": "Wer", "amount_minor": "Was",
                                        "due_on": "Wann"},
        "formats": {"decimal": ",", "date": "dmy"},
    }  # fmt: skip
    assert (await boss.put("/v1/import-mappings/acme", said, status=201))["version"] == 1
    assert (await boss.put("/v1/import-mappings/acme", said))["version"] == 2
    assert (await boss.get("/v1/import-mappings"))["data"][0]["mapping"]["due_on"] == "Wann"
    sheet = "Wer;Was;Wann\nA-1;1.234,50;03/04/2026\n"
    run = await tried(boss, "promises", sheet, mapping="acme", delimiter=";")
    assert (run["counts"]["ok"], run["missing"]) == (1, [])
    for params, content, pointer in (
        ({"kind": "payments", "mapping": "acme", "delimiter": ";"}, sheet, "?mapping"),
        ({"kind": "promises", "mapping": "acme"}, "a,b\n1,2\n", "/mapping/due_on"),
        ({"kind": "promises", "delimiter": "ab"}, sheet, "?delimiter"),
        ({"kind": "promises", "sheet": "One"}, sheet, "?sheet"),
    ):
        _, _, document = await boss.refused("POST", AT, content=content, params=params)
        assert document["errors"][0]["pointer"] == pointer
    wrong = said | {"mapping": {"nothing": "Wer"}}
    assert await boss.pointers("/v1/import-mappings/b", wrong, method="PUT") == ["/mapping/nothing"]


async def test_cells_are_emptied_when_the_day_is_over(database, desk, boss, owner, tenant):
    content = "Agent,Metric,From,To,Goal\nann,contacts,2026-04-01,2026-04-30,40\n"
    run = await tried(boss, "targets", content)
    ends = datetime.fromisoformat(run["expires_at"])
    assert await forget_sheets(database, tenant, at=ends - timedelta(seconds=1)) == 0
    assert await forget_sheets(database, tenant, at=ends) == 1
    assert await forget_sheets(database, tenant, at=ends) == 0

    async with as_tenant(owner, tenant) as tx:
        mine = text("SELECT cells FROM dry_run_page WHERE tenant_id = :tenant_id")
        assert (await tx.execute(mine, {"tenant_id": tenant})).scalars().all() == [None]
    assert (await refused_commit(boss, run))[1] == "dry-run-stale"


@pytest.mark.parametrize(
    ("kind", "row", "field"),
    [
        ("accounts", {"reference": "N", "opened_on": "2026-02-02"}, "opened_on"),
        ("accounts",
         {"reference": "N", "opened_on": "2026-01-02", "effective_on": "2026-01-01"}, "opened_on"),
        ("payments",
         {"reference": "P", "account_reference": "INV-1", "effective_on": "2026-02-02"},
         "effective_on"),
        ("promises", {"account_reference": "INV-1", "due_on": "2026-01-31"}, "due_on"),
    ],
)  # fmt: skip
async def test_a_day_that_the_books_refuse_is_refused_when_it_is_tried(
    desk, boss, kind, row, field
):
    """The business date is 1 February: nothing is found out only when it is stored."""
    await desk.account()
    amount = "balance" if kind == "accounts" else "amount"
    row = {**row, amount: 5.0}
    if kind != "promises":
        row |= {"currency": "USD"}
    if kind == "accounts":
        row |= {"product": "other"}
    run = await tried(boss, kind, xlsx([*row], [*row.values()]))

    assert problems(run) == [(2, "refused", [(field, "not_as_should_be")])], run
    status, name, _ = await refused_commit(boss, run)
    assert (status, name) == (422, "cell-refused")
