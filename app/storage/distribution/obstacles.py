"""What would keep tables from being spread by tenant: asked of the catalog before it is tried.

None of it needs the extension, so a plain database answers as well: a table that could not be
spread is found where it is made, not years later on a server that spreads.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import text

from app.storage.database.engine import Transaction

#: Alembic's own; it says nothing of any tenant and stays where commands run.
_LOCAL: Final = frozenset({"alembic_version"})

_TABLES: Final = text("""
    SELECT relname AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1
""")
_POLICIES: Final = text("""
    SELECT c.relname AS name, p.polname AS policy, p.polpermissive AS permissive,
        coalesce(p.polqual::text, '') || coalesce(p.polwithcheck::text, '') LIKE '%{SUBLINK%'
            AS asks
    FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, 2
""")
#: Of keys, and of what else allows one row only (`x`: EXCLUDE); a unique index is a key, too.
_KEYS: Final = text("""
    SELECT c.relname AS name, i.relname AS key, array_agg(a.attname::text) AS columns
    FROM pg_index AS x
    JOIN pg_class AS c ON c.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid
    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY(x.indkey::int2[])
    WHERE c.relnamespace = 'public'::regnamespace AND (x.indisunique OR x.indisexclusion)
    GROUP BY 1, 2 ORDER BY 1, 2
""")
_REFERENCES: Final = text("""
    SELECT c.relname AS name, f.conname AS key, r.relname AS other,
        ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY AS k(n, place)
            JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.n
            ORDER BY k.place) AS columns,
        ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY AS k(n, place)
            JOIN pg_attribute AS a ON a.attrelid = f.confrelid AND a.attnum = k.n
            ORDER BY k.place) AS others
    FROM pg_constraint AS f
    JOIN pg_class AS c ON c.oid = f.conrelid JOIN pg_class AS r ON r.oid = f.confrelid
    WHERE f.contype = 'f' AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2
""")
_TRIGGERS: Final = text("""
    SELECT c.relname AS name, t.tgname AS trigger FROM pg_trigger AS t
    JOIN pg_class AS c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2
""")


class Reference(NamedTuple):
    """A foreign key: whose columns name which columns of another table, in the same order."""

    name: str
    key: str
    other: str
    columns: Sequence[str]
    others: Sequence[str]


async def obstacles(tx: Transaction, wanted: Mapping[str, str]) -> list[str]:
    """Why these tables, each with the column it is spread by, could not be; none: they can.

    `wanted` is `layout.wanted()`: an empty column means that the table lies on every server.
    """
    found = [row.name for row in await tx.execute(_TABLES)]
    said = [f"{name} has no place" for name in found if name not in {*wanted, *_LOCAL}]
    said += [_of_policy(row) for row in await tx.execute(_POLICIES) if row.asks or _is_barred(row)]
    for row in await tx.execute(_KEYS):
        column = wanted.get(row.name)
        if column and column not in row.columns:
            said.append(f"{row.name}: key {row.key} has no {column}")
    references = [Reference(*row) for row in await tx.execute(_REFERENCES)]
    said += of_references(references, wanted)
    said += [
        f"{row.name}: trigger {row.trigger} on every server"
        for row in await tx.execute(_TRIGGERS)
        if wanted.get(row.name) == ""
    ]
    return said


def of_references(references: Sequence[Reference], wanted: Mapping[str, str]) -> Iterator[str]:
    """Foreign keys that would not stay on one server."""
    for one in references:
        mine, theirs = wanted.get(one.name), wanted.get(one.other)
        if mine is None:
            continue
        if theirs is None:
            yield f"{one.name}: {one.key} names {one.other}, which has no place"
        elif theirs and not mine:
            yield f"{one.name}: {one.key} names {one.other} from every server"
        elif theirs and (mine, theirs) not in zip(one.columns, one.others, strict=True):
            yield f"{one.name}: {one.key} does not tie {mine} to {theirs}"


def _is_barred(row: Any) -> bool:  # noqa: ANN401
    return not row.permissive


def _of_policy(row: Any) -> str:  # noqa: ANN401
    what = "holds a sub-select" if row.asks else "is restrictive, which shards would not keep"
    return f"{row.name}: policy {row.policy} {what}"
