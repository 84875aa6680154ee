"""What the function that writes books takes is what there is to write."""

import pytest
from sqlalchemy import text

from app.storage.books import statement
from app.storage.books.function import PARTS

TYPE = """
SELECT attname FROM pg_attribute
WHERE attrelid = to_regclass(:type) AND attnum > 0 ORDER BY attnum"""
OF_MANY = {part.parameter: {*part.key, *part.names} for part in statement.PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_a_row_brings_every_column_that_the_statement_for_many_writes(part):
    assert set(PARTS[part].columns) == OF_MANY[part] - {"account_id"}


@pytest.mark.parametrize("part", PARTS)
async def test_its_values_come_in_the_order_of_the_database(database, part):
    kind = "plan" if part == "plan_changes" else part.removesuffix("s")
    async with database.transaction() as tx:
        found = (await tx.execute(text(TYPE), {"type": f"accord_written_{kind}"})).scalars()
        assert tuple(found) == PARTS[part].columns
