"""Where types are not checked: seldom, and with a reason."""

import re

from tests.architecture.tree import ROOT, modules

MOST = 12
IGNORED = re.compile(r"# type: ignore(?P<rest>.*)")
REASONED = re.compile(r"\[[a-z-]+\]  # \w+")


def ignored():
    for module in modules("app"):
        for number, line in enumerate((ROOT / module).read_text().splitlines(), start=1):
            if found := IGNORED.search(line):
                yield f"{module}:{number}", found["rest"]


def test_checks_of_types_are_seldom_turned_off():
    assert len(list(ignored())) <= MOST


def test_whoever_turns_one_off_says_why():
    assert [where for where, rest in ignored() if not REASONED.match(rest)] == []
