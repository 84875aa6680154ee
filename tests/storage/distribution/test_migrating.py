"""What a migration may say where tables are spread already: asked of those newer than the engine's
last trial, since an older one runs before tables are spread."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

VERSIONS = Path(__file__).parents[3] / "alembic" / "versions"
TRIED = "0098"
_REVISION = re.compile(r'^revision = "(\d+)"', re.MULTILINE)
_ALTERED = re.compile(r"(?i)\bALTER TABLE\s+(?:IF EXISTS\s+)?(?:ONLY\s+)?([\w.{}%]+)\s+([^;]*)")
_APART = re.compile(r",(?![^()]*\))")
_OWN = re.compile(
    r"^ADD COLUMN\b.*\b(CHECK|REFERENCES|UNIQUE|PRIMARY KEY|AS IDENTITY)\b",
    re.IGNORECASE | re.DOTALL,
)


def refused_in(sql: str) -> Iterator[str]:
    """Changes of a table that are refused of one that is spread, as `table: why`."""
    for found in _ALTERED.finditer(sql):
        name, *said = found[1], *(one.strip() for one in _APART.split(found[2]))
        if len(said) > 1 and any(one.upper().startswith("ADD CONSTRAINT") for one in said):
            yield f"{name}: a constraint is added by a statement of its own"
        if any(map(_OWN.match, said)):
            yield f"{name}: a column's constraint has a name and a statement of its own"


def said_in(path: Path) -> Iterator[str]:
    """The texts of a migration; what is put into one is a word of no meaning."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.JoinedStr(values=parts):
                yield "".join(
                    str(one.value) if isinstance(one, ast.Constant) else "x" for one in parts
                )
            case ast.Constant(value=str(text)):
                yield text


def test_a_newer_migration_says_what_spread_tables_take():
    newer = {
        path: found[1]
        for path in VERSIONS.glob("*.py")
        if (found := _REVISION.search(path.read_text(encoding="utf-8"))) and found[1] > TRIED
    }
    wrong = {path.name: [*map(list, map(refused_in, said_in(path)))] for path in newer}
    assert {name: [one for many in found for one in many] for name, found in wrong.items()} == {
        path.name: [] for path in newer
    }


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("ALTER TABLE plan ADD COLUMN y int, ADD CONSTRAINT ck_plan_y CHECK (y > 0)", 1),
        ("ALTER TABLE plan DROP CONSTRAINT a, ADD CONSTRAINT a CHECK (y IN (1, 2))", 1),
        ("ALTER TABLE plan ADD COLUMN y int CHECK (y > 0)", 1),
        ("ALTER TABLE plan ADD COLUMN y int GENERATED ALWAYS AS IDENTITY", 1),
        ("ALTER TABLE plan ADD CONSTRAINT fk_plan FOREIGN KEY (a, b) REFERENCES c (d, e)", 0),
        ("ALTER TABLE plan ADD COLUMN y int, ADD COLUMN z numeric(4, 2) NOT NULL DEFAULT 1", 0),
    ],
)
def test_what_is_refused_is_found(sql, count):
    assert len(list(refused_in(sql))) == count


def test_an_older_migration_would_be_found():
    """The rule reads what migrations are: some of before say both at once."""
    assert any(refused for path in VERSIONS.glob("*.py") for one in said_in(path)
               for refused in refused_in(one))  # fmt: skip
