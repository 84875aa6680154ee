"""What all tests share: how hypothesis searches. No framework here, so that rules start at once."""

import gc
import os

import pytest
from hypothesis import settings

from app.services.collector import collect_rarely

gc.disable()  # until all is collected: it would be walked again and again while it grows

# At the desk: few examples, but new ones at every run. CI: more, and the same each time; what more
# of the same would find, `thorough` finds.
settings.register_profile("dev", deadline=None, max_examples=10)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_collection_finish() -> None:
    """What was imported stays; from here on as in a process that serves."""
    collect_rarely()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where a spread database is named (`tests/database.py`), what is one server's is left out."""
    if "ACCORD_TEST_SPREAD_URL" not in os.environ:
        return
    for item in items:
        for marker in item.iter_markers("one_server"):
            item.add_marker(pytest.mark.skip(reason=f"one server: {marker.args[0]}"))
