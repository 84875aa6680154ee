"""Decisions are numbered once each: two pages of one number are one decision too many."""

from collections import Counter

from tests.architecture.tree import ROOT


def test_no_two_decisions_share_a_number():
    pages = (ROOT / "docs" / "decisions").glob("[0-9]*.md")
    numbers = Counter(page.name[:4] for page in pages)

    assert {number for number, pages in numbers.items() if pages > 1} == set()
