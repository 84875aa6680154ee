"""A row that fails as nobody foresaw is rejected and told of; its page is stored without it."""

import io
from datetime import date

import pytest
from sqlalchemy import text

from app.services.files.columns import Kind
from app.services.files.csv_files import Source
from app.services.files.formats import Formats
from app.services.files.imports import Importer, run
from app.services.files.rows import layout
from tests.database import as_tenant

DAY = date(2026, 6, 30)
HEADERS = {
    Kind.ACCOUNTS: "reference,currency,product,opened_on,effective_on,principal_minor,policy",
    Kind.PAYMENTS: "reference,account_reference,amount_minor,currency,effective_on",
}


@pytest.fixture
def bring(database, tenant):
    """Import lines; answers the summary, and what became of each by its reference."""

    async def bring(kind, lines, *, page_size=100, failed=None):
        raw = "\n".join((HEADERS[kind], *lines)).encode()
        source = Source(io.BytesIO(raw), size=len(raw))
        shape = layout(kind, source.header, formats=Formats(), renamed={}, constants={})
        found = {}
        summary = await run(
            database,
            Importer(tenant_id=tenant, kind=kind, today=lambda _: DAY),
            (shape.read(line) for line in source),
            page_size=page_size,
            after_page=lambda results: found.update({r.row.reference: r for r in results}),
            failed=failed,
        )
        assert summary.reconciles
        return found

    return bring


@pytest.mark.parametrize("page_size", [1, 3, 100])
async def test_a_row_that_nobody_foresaw_takes_no_other_with_it(bring, owner, tenant, page_size):
    numbers = range(5)
    await bring(
        Kind.ACCOUNTS,
        [f"B-{n},USD,invoice,2025-01-01,2026-01-05,100,unlimited" for n in numbers],
    )
    async with as_tenant(owner, tenant) as tx:  # the next fact has no number left
        spoilt = "UPDATE account SET fact_sequence = 2147483647 WHERE reference = 'B-2'"
        await tx.execute(text(spoilt))
    failures = []
    found = await bring(
        Kind.PAYMENTS,
        [f"X-{n},B-{n},100,USD,2026-02-05" for n in numbers],
        page_size=page_size,
        failed=failures.append,
    )

    stored = [name for name, result in found.items() if result.outcome == "stored"]
    assert stored == ["X-0", "X-1", "X-3", "X-4"]
    assert [one.row.reference for one in failures] == ["X-2"]
    assert "nobody foresaw" in found["X-2"].reason
    assert type(failures[0].error).__name__ in found["X-2"].reason
