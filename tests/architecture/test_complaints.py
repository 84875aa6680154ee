"""docs/complaints.md names the test behind each guarantee: every one of them is there."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, parse

PAGE = (ROOT / "docs" / "complaints.md").read_text()
THEMES = {
    "A": "Reported late while paying",
    "B": "Plan refused or too short",
    "C": "Payment not posted",
    "D": "Changed without notice",
    "E": "Early or unauthorized debit",
    "F": "Settled debt still pursued",
    "G": "Terms not in writing",
}
NAMED = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
PROMISES, LIMITS = "**What Accord guarantees**", "**What it cannot.**"


def sections():
    """Each theme's part of the page."""
    parts = re.split(r"^## (\w)\. (.+)\n", PAGE, flags=re.MULTILINE)[1:]
    return {
        letter: (title, text)
        for letter, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }


def collected(path):
    """The names under which pytest runs what is in a file: `test_x`, `TestY::test_z`."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    for node in parse(Path(path)).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name
            case ast.ClassDef(name=name, body=body) if name.startswith("Test"):
                yield from (f"{name}::{one.name}" for one in body if isinstance(one, functions))


def test_every_theme_has_its_part():
    assert {letter: title for letter, (title, _) in sections().items()} == THEMES


@pytest.mark.parametrize("letter", THEMES)
def test_every_guarantee_names_the_tests_that_prove_it(letter):
    _, text = sections()[letter]
    promises, _, limits = text.partition(LIMITS)
    bullets = promises.partition(PROMISES)[2].strip().split("\n* ")

    assert len(bullets) >= 3
    assert [bullet for bullet in bullets if not NAMED.search(bullet)] == []
    assert limits.strip(), "what it cannot is said too"


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED.findall(PAGE)}))
def test_every_test_that_is_named_is_there(path):
    named = {name for found, name in NAMED.findall(PAGE) if found == path}

    assert all(name.rpartition("::")[2].startswith("test_") for name in named)
    assert named <= set(collected(path))


def test_no_test_is_named_in_a_way_nobody_checks():
    assert len(re.findall(r"::test_", PAGE)) == len(NAMED.findall(PAGE))
