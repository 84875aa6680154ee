"""The page of all figures says what the code says, and misses none."""

from pathlib import Path

import pytest

from app.domain.policy.shipped import DOCUMENTS
from app.services.policy_documents.page import page
from app.services.policy_documents.reader import FIGURES, shipped

PAGE = Path(__file__).parents[3] / "docs" / "policies.md"
MADE = page()


def section(title):
    """The lines of a section of the page that are rows of figures."""
    _, _, rest = MADE.partition(f"\n## {title}\n")
    return [line for line in rest.partition("\n## ")[0].splitlines() if line.startswith("| `")]


def test_the_page_in_the_repository_is_the_one_that_is_made():
    assert PAGE.read_text(encoding="utf-8") == MADE, "run `accord figures`"


@pytest.mark.parametrize("path", sorted(FIGURES))
def test_every_figure_of_the_default_stands_in_its_section_with_its_source(path):
    within, _, name = path.removeprefix("/").rpartition("/")
    (row,) = (
        line
        for line in section(within.replace("/", ".") or "By themselves")
        if line.startswith(f"| `{name}` |")
    )
    *_, source = [cell.strip() for cell in row.strip("|").split("|")]

    assert source in shipped("default").sources.values()


@pytest.mark.parametrize("name", list(DOCUMENTS)[1:])
def test_every_figure_that_another_policy_says_itself_is_shown(name):
    assert len(section(f"Shipped: {name}")) == len(shipped(name).figures)
