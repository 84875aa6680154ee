"""`accord openapi`: the document is made of the code alone, and the same every time."""

import json


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
