"""Making many accounts out of a few that went through the services: their rows, in SQL."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from app.storage.database.engine import Database, Transaction

FIRST = 100_000_000_000  # the number of the first copy: twelve digits, the end of its UUIDs
_TABLES = ("account", "handle", "fact", "plan", "revision", "installment", "posting", "event")


async def multiply(owner: Database, templates: Sequence[tuple[UUID, str]], count: int) -> None:
    """`count` copies of accounts (id, reference), taken in turn, numbered from `FIRST`.

    Foreign keys are not asked: those of a copy hold as its template's do.
    """
    async with owner.transaction() as tx:
        await tx.execute(text("SET LOCAL session_replication_role = replica"))
        await tx.execute(text("CREATE TEMP TABLE template (slot bigint, said text[])"))
        ids = [await _numbered(tx, account) for account, _ in templates]
        for name in _TABLES:
            columns = await _columns(tx, name)
            for slot, (account, reference) in enumerate(templates):
                said = await _said(tx, name, columns, account)
                copied = [_replaced(row, {**ids[slot], reference: "A-#"}) for row in said]
                for row in copied:
                    await tx.execute(
                        text("INSERT INTO template VALUES (:slot, CAST(:said AS text[]))"),
                        {"slot": slot, "said": row},
                    )
            await _copy(tx, name, columns, slots=len(templates), count=count)
            await tx.execute(text("TRUNCATE template"))
        await tx.execute(text("DROP TABLE template"))


async def _copy(
    tx: Transaction, name: str, columns: Mapping[str, str], *, slots: int, count: int
) -> None:
    values = ", ".join(
        f"CAST(replace(t.said[{k}], '#', n::text) AS {kind})"
        for k, kind in enumerate(columns.values(), start=1)
    )
    await tx.execute(
        text(
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values}"  # noqa: S608
            " FROM generate_series(CAST(:low AS bigint), CAST(:high AS bigint)) AS n"
            " JOIN template AS t ON t.slot = (n - :low) % :slots"
        ),
        {"low": FIRST, "high": FIRST + count - 1, "slots": slots},
    )


async def _columns(tx: Transaction, name: str) -> dict[str, str]:
    """A table's columns and what type each has."""
    found = await tx.execute(
        text(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = CAST(:name AS regclass) AND attnum > 0 AND NOT attisdropped"
        ),
        {"name": name},
    )
    return {str(column): str(kind) for column, kind in found}


async def _said(
    tx: Transaction, name: str, columns: Mapping[str, str], account: UUID
) -> list[list[str | None]]:
    """A template's rows of one table, each value as text."""
    own = "id" if name == "account" else "account_id"
    values = ", ".join(f"{column}::text" for column in columns)
    found = await tx.execute(
        text(f"SELECT ARRAY[{values}] FROM {name} WHERE {own} = :account"),  # noqa: S608
        {"account": account},
    )
    return [list(row) for (row,) in found]


async def _numbered(tx: Transaction, account: UUID) -> dict[str, str]:
    """What to write for each of a template's ids, the account's first; `#` is the number."""
    found = dict.fromkeys([str(account)])
    for name in _TABLES:
        if name != "account" and "id" in await _columns(tx, name):
            rows = await tx.execute(
                text(f"SELECT id::text FROM {name} WHERE account_id = :account"),  # noqa: S608
                {"account": account},
            )
            found |= dict.fromkeys(str(one) for (one,) in rows)
    return {old: f"{n:08x}-0000-7000-8000-#" for n, old in enumerate(found, start=1)}


def _replaced(row: list[str | None], new: Mapping[str, str]) -> list[str | None]:
    """A row with a copy's own values in the place of the template's."""
    copied = list[str | None]()
    for given in row:
        value = given
        for old, own in new.items():
            value = value and value.replace(old, own)
        copied.append(value)
    return copied
