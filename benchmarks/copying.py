"""Making many accounts out of a few that went through the services: their rows, in SQL."""

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from app.storage.database.engine import Database, Transaction

FIRST = 100_000_000_000  # the number of the first copy: twelve digits, the end of its UUIDs
_TABLES = (
    "person", "contact_point", "account", "account_review", "handle", "fact", "quote", "plan",
    "plan_standing", "revision", "installment", "payment", "allocation", "settlement", "posting",
    "event", "annotation", "amendment", "amendment_end", "assignment", "account_work",
)  # fmt: skip
#: From how many copies on indexes are made afterwards.
_MANY = 50_000
_INDEXES = text("""
    SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS statement
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE i.indrelid = ANY(CAST(:tables AS regclass[])) AND NOT i.indisprimary
        AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)
    ORDER BY i.indrelid, c.relname""")
#: How a template's rows are found in a table; by `account_id` in all others.
_DEBTOR = "(SELECT debtor_id FROM account WHERE id = :account)"
_OWN = {
    "account": "id = :account",
    "person": f"id = {_DEBTOR}",
    "contact_point": f"person_id = {_DEBTOR}",
}


async def multiply(
    owner: Database, templates: Sequence[tuple[UUID, str]], count: int, *, first: int = FIRST,
    tables: Sequence[str] = _TABLES,
) -> None:  # fmt: skip
    """`count` copies of accounts (id, reference), taken in turn, numbered from `first`.

    With the debtor, and all that was claimed under a reference, which gets the copy's number.
    Foreign keys are not asked: those of a copy hold as its template's do. Each row of a template
    is copied for all accounts before the next: a table is as it grew, month after month. `tables`:
    which rows a copy has.
    """
    async with owner.transaction() as tx:
        await tx.execute(text("SET LOCAL session_replication_role = replica"))
        own = [await _owned(tx, account, reference) for account, reference in templates]
        many = count >= _MANY
        indexes = await _dropped(tx, tables) if many else ()
        for name in tables:
            columns = await _columns(tx, name)
            for slot, (account, _) in enumerate(templates):
                for row in await _said(tx, name, columns, account):
                    numbers = range(first + slot, first + count, len(templates))
                    await _copy(tx, name, columns, _replaced(row, own[slot]), numbers)
        await tx.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        for index in indexes:
            await tx.execute(text(index))


async def _dropped(tx: Transaction, tables: Sequence[str]) -> Sequence[str]:
    """Take off the indexes that hold no key; answers the statements that make them again.

    Sorting a million rows once takes a tenth of finding a million places.
    """
    found = await tx.execute(_INDEXES, {"tables": list(tables)})
    said = [(str(row.name), str(row.statement)) for row in found]
    for name, _ in said:
        await tx.execute(text(f'DROP INDEX "{name}"'))
    return [statement for _, statement in said]


async def _copy(
    tx: Transaction,
    name: str,
    columns: Mapping[str, str],
    row: Sequence[str | None],
    numbers: range,
) -> None:
    """One row for each number, which stands where `#` does; what has none is read once."""
    if not numbers:
        return
    values = ", ".join(
        f"CAST(replace(:v{k}, '#', n::text) AS {kind})"
        if said and "#" in said
        else f"CAST(CAST(:v{k} AS text) AS {kind})"
        for k, (kind, said) in enumerate(zip(columns.values(), row, strict=True))
    )
    given = {f"v{k}": said for k, said in enumerate(row)}
    series = "generate_series(CAST(:low AS bigint), CAST(:high AS bigint), CAST(:step AS bigint))"
    insert = f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} FROM {series} AS n"  # noqa: S608
    span = {"low": numbers.start, "high": numbers[-1], "step": numbers.step}
    await tx.execute(text(insert), {**given, **span})


async def _columns(tx: Transaction, name: str) -> dict[str, str]:
    """A table's columns and what type each has."""
    found = await tx.execute(
        text(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = CAST(:name AS regclass) AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = ''"
        ),
        {"name": name},
    )
    return {str(column): str(kind) for column, kind in found}


async def _said(
    tx: Transaction, name: str, columns: Mapping[str, str], account: UUID
) -> list[list[str | None]]:
    """A template's rows of one table, each value as text."""
    values = ", ".join(f"{column}::text" for column in columns)
    mine = _OWN.get(name, "account_id = :account")
    found = await tx.execute(
        text(f"SELECT ARRAY[{values}] FROM {name} WHERE {mine}"),  # noqa: S608
        {"account": account},
    )
    return [list(row) for (row,) in found]


async def _owned(tx: Transaction, account: UUID, reference: str) -> dict[str, str]:
    """What to write for a template's ids, the account's first, and references; `#`: the number."""
    ids = dict.fromkeys([str(account)])
    for name in _TABLES:
        columns = await _columns(tx, name)
        if name != "account" and "id" in columns:
            mine = _OWN.get(name, "account_id = :account")
            rows = await tx.execute(
                text(f"SELECT id::text FROM {name} WHERE {mine}"),  # noqa: S608
                {"account": account},
            )
            ids |= dict.fromkeys(str(one) for (one,) in rows)
    said = await tx.execute(
        text(
            "SELECT key FROM handle WHERE account_id = :account UNION SELECT p.reference"
            " FROM person p JOIN account a ON p.tenant_id = a.tenant_id AND p.id = a.debtor_id"
            " WHERE a.id = :account"
        ),
        {"account": account},
    )
    references = {str(one): f"{one}-#" for one in said.scalars() if one and one not in ids}
    numbered = {old: f"{n:08x}-0000-7000-8000-#" for n, old in enumerate(ids, start=1)}
    return {**numbered, **references, reference: "A-#"}


def _replaced(row: list[str | None], new: Mapping[str, str]) -> list[str | None]:
    """A row with a copy's own values in the place of the template's."""
    longest = sorted(new, key=len, reverse=True)
    old = re.compile("|".join(map(re.escape, longest)))
    return [value and old.sub(lambda found: new[found[0]], value) for value in row]
