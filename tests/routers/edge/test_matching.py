"""Which operation a path is of: most are passed by at its first letters, and none wrongly."""

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match

from app.main import ROUTERS
from app.routers.edge.route import Operation

OPERATIONS = [it for router in ROUTERS for it in router.routes if isinstance(it, Operation)]
WORDS = {it.path.replace("{", "").replace("}", "") for it in OPERATIONS}


@pytest.mark.parametrize(("root", "found"), [("", len(OPERATIONS)), ("/v1", 0)])
def test_an_operation_that_is_passed_by_would_not_have_matched(root, found):
    matched = 0
    for path in WORDS | {f"{word}x" for word in WORDS}:
        scope = {"type": "http", "method": "GET", "path": path, "root_path": root}
        for operation in OPERATIONS:
            match, taken = operation.matches(scope)
            assert (match, taken) == APIRoute.matches(operation, scope), (path, operation.path)
            matched += match is not Match.NONE

    assert matched >= found
