"""What no linter knows about our modules: who commits, how long they are, how they open.

Each file is parsed once, and each rule names all that break it.
"""

import ast
import functools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.tree import ROOT, functions, modules, parse

LONGEST_FILE = 399
LONGEST_FUNCTION = 60
FULLEST_FOLDER = 20
HOUSE = modules("app")
WRITTEN = modules("app", "benchmarks", "scripts", "tests")
ALL = modules("alembic", "app", "benchmarks", "scripts", "tests")

# Where a transaction begins and ends: one place for the service, one for the tables' owner.
TRANSACTIONS = {
    Path("app/storage/database/engine.py"): "transaction",
    Path("app/storage/database/migrate.py"): "_owner",
}
#: What a router may take from storage.
ENGINE = {
    f"app.storage.database.{it}"
    for it in (
        "engine.Database",
        "engine.Overtaken",
        "engine.Transaction",
        "unavailable.Unavailable",
    )
}


@dataclass
class Seen:
    """What the rules below ask of one file."""

    opening: str | None
    lines: int
    committing: set[int]
    long: dict[str, int]
    names: set[str]
    of_storage: set[str]
    code: list[ast.stmt]


@functools.cache
def seen(module):
    tree = parse(module)
    nodes = list(ast.walk(tree))  # walked once: most of what this takes
    return Seen(
        opening=ast.get_docstring(tree),
        lines=(ROOT / module).read_text().count("\n"),
        committing=said_to_begin_or_commit(nodes),
        long={
            function.name: length
            for function in nodes
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
            and (length := function.end_lineno - function.lineno + 1) > LONGEST_FUNCTION
        },
        names={
            getattr(node, "id", getattr(node, "attr", getattr(node, "name", None)))
            for node in nodes
        },
        of_storage={
            f"{node.module}.{alias.name}"
            for node in nodes
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.storage")
            for alias in node.names
        },
        code=[node for node in tree.body if not is_an_opening(node)],
    )


def said_to_begin_or_commit(nodes):
    """The lines that do, by a method of that name or by SQL's own word."""
    return {
        node.lineno
        for node in nodes
        if (isinstance(node, ast.Constant) and node.value in {"BEGIN", "COMMIT"})
        or (isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"begin", "commit"})
    }


def is_an_opening(node):
    """Whether a statement belongs into a file that only opens a folder."""
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) == "__all__"
    return isinstance(node, ast.Expr | ast.Import | ast.ImportFrom)


def allowed_lines(module):
    if module not in TRANSACTIONS:
        return set()
    return {
        line
        for function in functions(parse(module))
        if function.name == TRANSACTIONS[module]
        for line in said_to_begin_or_commit(ast.walk(function))
    }


def breaking(paths, what):
    """The files that break a rule, with what breaks it."""
    return {str(module): found for module in paths if (found := what(module))}


def test_one_function_commits():
    assert all(allowed_lines(module) for module in TRANSACTIONS)


def test_nobody_else_begins_or_commits():
    """One request is one transaction: `Database.transaction()`."""
    assert not breaking(HOUSE, lambda module: seen(module).committing - allowed_lines(module))


def test_a_module_opens_with_what_it_is_for():
    """The first line says which question it answers."""
    assert not breaking(ALL, lambda module: not seen(module).opening)


def test_no_file_is_two_ideas():
    """A longer one is split by idea."""
    long = {str(it): seen(it).lines for it in WRITTEN if seen(it).lines > LONGEST_FILE}
    assert not long


def test_no_function_is_a_chapter():
    assert not breaking(WRITTEN, lambda module: seen(module).long)


def test_no_import_is_for_types_only():
    """It would be a cycle in disguise: move the wall."""
    assert not breaking(HOUSE, lambda module: "TYPE_CHECKING" in seen(module).names)


def test_a_router_takes_the_transaction_from_storage_and_nothing_that_speaks_sql():
    """Everything else it asks a service."""
    routers = [module for module in HOUSE if module.is_relative_to("app/routers")]

    assert len(routers) > FULLEST_FOLDER
    assert not breaking(routers, lambda module: seen(module).of_storage - ENGINE)


def test_the_migrations_are_no_package():
    assert (ROOT / "alembic" / "env.py").exists()
    assert not [*Path(ROOT / "alembic").rglob("__init__.py")], "it would shadow the library"


def test_no_folder_is_a_heap():
    folders = Counter(module.parent for module in HOUSE)

    assert {folder: n for folder, n in folders.items() if n > FULLEST_FOLDER} == {}


def test_a_folder_opens_with_a_sentence_and_no_logic():
    """Code has a file of its own, with a name that says what it is."""
    opening = [module for module in HOUSE if module.name == "__init__.py"]

    assert not breaking(opening, lambda module: [ast.unparse(it) for it in seen(module).code])
