"""docs/threats.md names the tests that hold its answers, and pages: every one of them is there."""

import re

from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "threats.md").read_text()


def test_what_the_page_names_is_there():
    named = [ROOT / path for path in re.findall(r"`((?:tests|benchmarks)[\w/.]*)`", PAGE)]
    linked = [ROOT / "docs" / path for path in re.findall(r"\]\(([\w/.-]+)\)", PAGE)]
    assert named
    assert [str(path) for path in (*named, *linked) if not path.exists()] == []
