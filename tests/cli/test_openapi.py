"""`accord openapi`, `accord roles`: made of the code alone, and the same every time."""

import json
from pathlib import Path

from app.domain.contact.law.shipped import SHIPPED


def test_it_is_written_compared_and_missed(accord, tmp_path):
    path = tmp_path / "docs" / "openapi.json"
    named = ("--path", str(path))

    assert accord("openapi", "--check", *named).exit_code == 1
    assert accord("openapi", *named, ACCORD_DATABASE_URL="nonsense").exit_code == 0
    first = path.read_text()
    assert accord("openapi", "--check", *named).exit_code == 0

    assert json.loads(first)["openapi"].startswith("3.")
    assert accord("openapi", *named).exit_code == 0
    assert path.read_text() == first

    path.write_text(first.replace('"Accord"', '"Discord"', 1))
    differing = accord("openapi", "--check", *named)
    assert differing.exit_code == 1
    assert "accord openapi" in differing.stderr


def test_the_page_of_roles_says_what_the_code_says(accord, tmp_path):
    path = tmp_path / "roles.md"

    assert accord("roles", "--path", str(path)).exit_code == 0
    assert path.read_text() == Path("docs/roles.md").read_text()
    path.write_text(path.read_text().replace("20,000 a day", "30,000 a day"))
    assert accord("roles", "--check", "--path", str(path)).exit_code == 1


def test_the_page_of_contact_rules_says_what_the_rules_say(accord, tmp_path):
    path = tmp_path / "compliance.md"

    assert accord("compliance", "--path", str(path)).exit_code == 0
    assert path.read_text() == Path("docs/compliance.md").read_text()
    for name, one in SHIPPED.items():
        for rule in one.rules:
            assert f"| `{name}.{rule.id}` |" in path.read_text()
    path.write_text("old")
    assert accord("compliance", "--check", "--path", str(path)).exit_code == 1


def test_the_page_of_roles_names_every_operation_once_or_by_each_rule():
    page = Path("docs/roles.md").read_text()
    document = json.loads(Path("docs/openapi.json").read_text())
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            if "x-required-scope" in one:
                rows = page.count(f"| `{method.upper()} {path}` | `{one['x-required-scope']}` |")
                assert rows == max(1, len(one.get("x-authority", ()))), path
