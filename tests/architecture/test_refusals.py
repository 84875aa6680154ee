"""Every refusal has a name, a place in the registry at the edge, and a page to read."""

import dataclasses
import importlib
import pkgutil
import re

import pytest

import app
from app.domain.errors import DomainError
from tests.architecture.tree import ROOT

PAGE = ROOT / "docs" / "problems.md"


def refusals():
    """Every descendant of `DomainError`, wherever in the house it is written."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(module.name)
    found, waiting = [], [DomainError]
    while waiting:
        for child in waiting.pop().__subclasses__():
            if child.__module__.startswith("app."):
                found.append(child)
                waiting.append(child)
    return sorted(set(found), key=lambda refusal: refusal.__name__)


def anchors(page):
    """The names a link may end in: headings as a reader of Markdown makes them, and `<a id>`."""
    headings = re.findall(r"^#+ +(.+?) *$", page, flags=re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-") for text in headings}
    return slugs | set(re.findall(r'<a (?:id|name)="([^"]+)"', page))


def registry():
    return importlib.import_module("app.routers.edge.problem_types.registry").REGISTRY


@pytest.mark.parametrize("refusal", refusals(), ids=lambda refusal: refusal.__name__)
def test_a_refusal_is_named_mapped_and_explained(refusal):
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", getattr(refusal, "problem", "")), "kebab-case"
    assert refusal in registry()
    assert refusal.problem in anchors(PAGE.read_text()), "say in docs/problems.md what to do"


@pytest.mark.parametrize("refusal", refusals(), ids=lambda refusal: refusal.__name__)
def test_a_refusals_facts_leave_the_documents_own_members_alone(refusal):
    own_members = {"type", "title", "status", "detail", "request_id"}

    assert not own_members & {field.name for field in dataclasses.fields(refusal)}


def test_the_registry_maps_refusals_only():
    assert set(registry()) <= set(refusals())


def test_no_two_refusals_share_a_name_unless_one_is_the_other():
    by_name = {}
    for refusal in refusals():
        by_name.setdefault(refusal.problem, []).append(refusal)

    for name, namesakes in by_name.items():
        family = [one for one in namesakes if all(issubclass(other, one) for other in namesakes)]
        assert family, f"{name}: {namesakes}"
