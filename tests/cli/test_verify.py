"""`accord verify`: whole chains, a broken one and where, in one process and in several."""

import pytest


@pytest.mark.parametrize("workers", ["1", "2"])
def test_chains_nobody_touched_are_whole(accord, books, workers):
    name, _ = books
    done = accord("verify", "--tenant", name, "--workers", workers)

    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{name}: 3 accounts, 3 events, all as they were written\n"


@pytest.mark.parametrize(
    "tampering",
    [
        """UPDATE event SET data = '{"amount_minor": 1}' WHERE account_id = $1""",
        "DELETE FROM event WHERE account_id = $1",
        "UPDATE account SET event_hash = sha256('x') WHERE id = $1",
    ],
    ids=["changed", "dropped", "another head"],
)
def test_the_first_event_that_is_not_as_it_was_written_is_named(accord, books, sql, tampering):
    name, ids = books
    sql(tampering, ids[1])

    done = accord("verify", "--tenant", name, "--workers", "1")

    assert done.exit_code == 3
    said = done.stdout.splitlines()
    assert said[0].endswith("BROKEN: 1 chains")
    at = 2 if "event_hash" in tampering else 1
    assert said[1].endswith(f"is not as it was written from event {at} on")
    assert len(said) == 2
