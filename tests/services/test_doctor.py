"""What `accord doctor` says of a server's settings, by how large its database is."""

import pytest

from app.services.doctor import Health, server_settings
from app.storage.database.diagnosis import Room

MB = 1024**2


@pytest.mark.parametrize(
    ("database", "pages", "journal", "health"),
    [
        pytest.param(512, 128, 1024, Health.OK, id="not far beyond its memory"),
        pytest.param(513, 128, 4096, Health.WARNING, id="pages as initdb has them"),
        pytest.param(9000, 2048, 1024, Health.WARNING, id="journal as initdb has it"),
        pytest.param(9000, 2048, 4096, Health.OK, id="somebody has set both"),
    ],
)
def test_a_server_set_up_for_any_machine_is_told_of(database, pages, journal, health):
    room = Room(database_bytes=database * MB, pages_bytes=pages * MB, journal_bytes=journal * MB)
    finding = server_settings(room)

    assert finding.health is health
    assert f"{database:,} MB" in finding.said
    assert ("shared_buffers" in finding.said) == (health is Health.WARNING and pages == 128)
    assert ("max_wal_size" in finding.said) == (health is Health.WARNING and journal == 1024)
