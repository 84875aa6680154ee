"""Which functions statements ask where an engine that spreads tables lets them ask few.

What an upsert sets and what RETURNING tells may ask only what never varies; what an UPDATE sets
only what does not vary within a statement: that is worked out once, for the tenant's server. And an
INSERT of what is selected must tell something, or meet what is there: else it is a copy, which
row-level security refuses there.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

#: Where a function stands, and how it may vary there (`pg_proc.provolatile`).
NEVER, WITHIN_A_STATEMENT = frozenset("i"), frozenset("is")
_SETTING = r"\bUPDATE\s+[\w.]+(?:\s+AS\s+\w+|\s+(?!SET\b)\w+)?\s+SET\b"
_CLAUSES = (
    ("RETURNING", r"\bRETURNING\b(?!\s+QUERY)", (), NEVER),
    ("ON CONFLICT", r"\bON CONFLICT\b", ("RETURNING",), NEVER),
    ("SET", _SETTING, ("FROM", "WHERE", "RETURNING"), WITHIN_A_STATEMENT),
)
_SELECTED = re.compile(
    r"\bINSERT INTO\s+[\w.]+(?:\s+AS\s+\w+)?\s*(?:\([^()]*\))?\s*(?=SELECT\b)", re.IGNORECASE
)
_SAID = re.compile(r"'(?:[^']|'')*'|--[^\n]*")
_WORD = re.compile(r"[();]|\b[A-Za-z_][A-Za-z_0-9]*\b")
_CALLED = re.compile(r"\b([a-z_][a-z_0-9]*)\s*\(")


def _clause(sql: str, ends: tuple[str, ...]) -> str:
    """The text up to what ends it, on its own level of brackets."""
    depth = 0
    for found in _WORD.finditer(sql):
        word = found[0]
        if word == "(":
            depth += 1
        elif word == ")" and depth:
            depth -= 1
        elif word in {")", ";"} or (depth == 0 and word.upper() in ends):
            return sql[: found.start()]
    return sql


def asked_by(sql: str, varies: dict[str, set[str]]) -> Iterator[str]:
    """Each function that a statement asks where it may not, as `CLAUSE name`."""
    sql = _SAID.sub("''", sql)
    for name, begins, ends, may in _CLAUSES:
        for found in re.finditer(begins, sql, re.IGNORECASE):
            clause = _clause(sql[found.end() :], ends)
            called = set(_CALLED.findall(clause.lower()))
            if "current_timestamp" in clause.lower():
                called.add("now")
            yield from (
                f"{name} {one}" for one in sorted(called) if one in varies and not varies[one] & may
            )
    for found in _SELECTED.finditer(sql):
        if not re.search(r"\b(RETURNING|ON CONFLICT)\b", _clause(sql[found.end() :], ())):
            yield "INSERT SELECT"


def made_in(path: Path, varies: dict[str, set[str]]) -> Iterator[str]:
    """The same of statements that a module builds: `file:line clause name`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = dict[str, set[str]]()
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                named[name] = set(_functions(value, named))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                named[name] = set(_functions(value, named))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=clause)) if clause in _BUILT:
                parts = [*node.args, *(one.value for one in node.keywords)]
                called = {name for part in parts for name in _functions(part, named)}
                at = f"{path.name}:{node.lineno} {clause}"
                yield from (f"{at} {one}" for one in _wrong(called, varies, _BUILT[clause]))
                if clause == "values":
                    yield from (f"{at} {one}" for one in _of_values(called, varies))


#: Where SQLAlchemy is told what a clause asks.
_BUILT = {"returning": NEVER, "on_conflict_do_update": NEVER, "values": WITHIN_A_STATEMENT}


def _of_values(called: set[str], varies: dict[str, set[str]]) -> list[str]:
    """Of a SET, what builds from columns by a function that is merely stable."""
    return sorted(one for one in called if one in _BUILDING and varies.get(one) == {"s"})


_BUILDING = {"jsonb_build_object", "jsonb_build_array", "to_jsonb", "json_build_object"}


def _wrong(called: set[str], varies: dict[str, set[str]], may: frozenset[str]) -> list[str]:
    return sorted(one for one in called if one in varies and not varies[one] & may)


def _functions(value: ast.expr, named: dict[str, set[str]]) -> Iterator[str]:
    for node in ast.walk(value):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="func"), attr=name)):
                yield name
            case ast.Name(id=name) if name in named:
                yield from named[name]
