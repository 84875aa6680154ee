"""What no linter knows about our modules: who commits, how long they are, how they open."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, calls, functions, modules, parse

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
FULLEST_FOLDER = 20
HOUSE = modules("app")
WRITTEN = modules("app", "benchmarks", "scripts", "tests")
ALL = modules("alembic", "app", "benchmarks", "scripts", "tests")


def each(paths):
    return pytest.mark.parametrize("module", paths, ids=str)


# Where a transaction begins and ends: one place for the service, one for the tables' owner.
TRANSACTIONS = {
    Path("app/storage/database/engine.py"): "transaction",
    Path("app/storage/database/migrate.py"): "_owner",
}


def said_to_begin_or_commit(tree):
    """The lines that do, by a method of that name or by SQL's own word."""
    by_name = {call.lineno for call in calls(tree, "begin", "commit")}
    return by_name | {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in {"BEGIN", "COMMIT"}
    }


def allowed_lines(module):
    return {
        line
        for function in functions(parse(module))
        if function.name == TRANSACTIONS.get(module)
        for line in said_to_begin_or_commit(function)
    }


def test_one_function_commits():
    assert all(allowed_lines(module) for module in TRANSACTIONS)


@each(HOUSE)
def test_nobody_else_begins_or_commits(module):
    found = said_to_begin_or_commit(parse(module))

    assert found <= allowed_lines(module), "one request is one transaction: Database.transaction()"


@each(ALL)
def test_a_module_opens_with_what_it_is_for(module):
    assert ast.get_docstring(parse(module)), "the first line says which question it answers"


@each(WRITTEN)
def test_no_file_is_two_ideas(module):
    lines = (ROOT / module).read_text().count("\n")

    assert lines <= LONGEST_FILE, f"{lines} lines: split it by idea"


@each(WRITTEN)
def test_no_function_is_a_chapter(module):
    long = {
        function.name: length
        for function in functions(parse(module))
        if (length := function.end_lineno - function.lineno + 1) > LONGEST_FUNCTION
    }

    assert not long


@each(HOUSE)
def test_no_import_is_for_types_only(module):
    names = {
        getattr(node, "id", getattr(node, "attr", getattr(node, "name", None)))
        for node in ast.walk(parse(module))
    }

    assert "TYPE_CHECKING" not in names, "a cycle in disguise: move the wall"


@each([path for path in HOUSE if path.is_relative_to("app/routers")])
def test_a_router_takes_the_transaction_from_storage_and_nothing_that_speaks_sql(module):
    taken = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(parse(module))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.storage")
        for alias in node.names
    }
    engine = {
        f"app.storage.database.engine.{name}" for name in ("Database", "Transaction", "Unavailable")
    }

    assert taken <= engine, "ask a service"


def test_the_migrations_are_no_package():
    assert (ROOT / "alembic" / "env.py").exists()
    assert not [*Path(ROOT / "alembic").rglob("__init__.py")], "it would shadow the library"


def test_no_folder_is_a_heap():
    folders = Counter(module.parent for module in HOUSE)

    assert {folder: n for folder, n in folders.items() if n > FULLEST_FOLDER} == {}


@each([module for module in HOUSE if module.name == "__init__.py"])
def test_a_folder_opens_with_a_sentence_and_no_logic(module):
    said = (ast.Expr, ast.Import, ast.ImportFrom)
    body = parse(module).body
    code = [
        node
        for node in body
        if not isinstance(node, said)
        and not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__")
    ]

    assert not code, "code has a file of its own, with a name that says what it is"
