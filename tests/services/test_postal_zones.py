"""In which zones a United States postal code lies, and who waits for the codes to be unpacked."""

import os
import subprocess
import sys

import pytest

from app.services.contacts.postal_zones import zones_of_code

_STARTED = """
import asyncio
from app.main import create_app
from app.services.contacts import postal_zones

async def start():
    app = create_app()
    async with app.router.lifespan_context(app):
        print("unpacked:", postal_zones.zones_of_code.cache_info().currsize)

asyncio.run(start())
"""


@pytest.mark.parametrize(
    ("code", "zones"),
    [
        ("60601", ("America/Chicago",)),
        ("00000", ()),
        ("99999", ()),
        ("6060", ()),
        ("6060a", ()),
        ("٦٠٦٠١", ()),
    ],
)
def test_a_code_lies_in_its_zones_and_an_unknown_one_in_none(code, zones):
    assert zones_of_code(code) == zones


def test_a_server_that_has_started_has_unpacked_them(app_url):
    env = {**os.environ, "ACCORD_DATABASE_URL": app_url, "ACCORD_SCHEDULER": "false"}
    said = subprocess.run(
        [sys.executable, "-c", _STARTED], env=env, capture_output=True, text=True, check=True
    )
    assert "unpacked: 1\n" in said.stdout
