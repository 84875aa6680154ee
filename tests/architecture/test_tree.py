"""What the tree promises a stranger: commands that exist, and nothing of the machine it grew on."""

import ast
import importlib
import importlib.util
import re

import pytest
import typer

from tests.architecture.tree import ROOT, files, modules, parse

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
PAGES = [path for path in files() if path.suffix == ".md" and "tests" not in path.parts]
HABITS = {
    "setup", "demo", "serve", "test", "fast", "check", "fmt",
    "migrate", "migration", "openapi", "sweep", "bench", "image",
}  # fmt: skip
# The brackets keep this file from finding itself.
FOREIGN = re.compile(
    r"pyp[i]\.org|pythonhoste[d]\.|registry\.npm[j]s|de[b]\.debian|securit[y]\.debian"
    r"|(?<![\w.}])/(?:wor[k]|far[m]|roo[t]|opt/pyp[i]|opt/wheel[s])/"
    r"|/tm[p]/(?:bash_job[s]|studi[o])"
)


def commands(page):
    """What a page tells the reader to type: lines of its sh blocks, and words in backticks."""
    text = page.read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return lines + re.findall(r"`([^`\n]+)`", prose)


def said(page, program):
    return {
        found.group(1)
        for command in commands(page)
        if (found := re.match(rf"{program} ([a-z][a-z-]*)", command))
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_commands_that_exist(page):
    assert said(page, "make") <= TARGETS
    if written := said(page, "accord"):
        program = typer.main.get_command(importlib.import_module("app.cli.commands").app)
        assert written <= set(program.list_commands(None))


@pytest.mark.parametrize("module", modules("benchmarks", "scripts"), ids=str)
def test_a_program_beside_the_service_takes_only_what_is_there(module):
    """No test runs these programs, so a name that moved is noticed here."""
    taken = [
        node
        for node in ast.walk(parse(module))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "app"
    ]
    for node in taken:
        source = importlib.import_module(node.module)
        for name in node.names:
            found = hasattr(source, name.name) or importlib.util.find_spec(
                f"{node.module}.{name.name}"
            )
            assert found, f"{node.module} has no {name.name}"


def test_make_prints_every_habit():
    shown = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, flags=re.MULTILINE))

    assert HABITS | {"help"} <= shown
    assert {"demo", "test"} <= said(ROOT / "README.md", "make")


def test_ci_runs_what_the_readme_says():
    ci = (ROOT / ".ci" / "run").read_text().splitlines()

    assert {"make test", "make check"} <= {line.split("=ci ")[-1] for line in ci}


def foreign_lines(path):
    """The lines of a file that name the machine it was written on; none in what is no text."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    if not FOREIGN.search(text):
        return []
    return [
        f"{path.relative_to(ROOT)}:{number}: {line[:120]}"
        for number, line in enumerate(text.splitlines(), start=1)
        if FOREIGN.search(line)
    ]


def test_no_file_knows_of_the_machine_it_was_written_on():
    assert not [line for path in files() for line in foreign_lines(path)]


def test_nothing_is_explained_by_a_paper_that_is_not_here():
    """A source is a law, a page of docs/ or our own words; notes that nobody else has are none."""
    elsewhere = re.compile(r"\b(?:RULES|API)(?:-[a-z]+|\.md)|\b[Pp]art I{1,2}\b(?! of)")

    assert not [
        f"{path.relative_to(ROOT)}: {found}"
        for path in files()
        if path.suffix in {".json", ".liquid", ".md", ".py"} and path.name != "test_tree.py"
        for found in elsewhere.findall(path.read_text(encoding="utf-8"))
    ]


def test_links_between_pages_lead_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
        if not (page.parent / target).exists()
    ]

    assert not broken
