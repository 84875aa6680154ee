"""`accord sweep` shows how far it is: a bar where somebody watches, lines in a log."""

import io
from datetime import date
from uuid import uuid4

import pytest
from rich.console import Console

from app.cli.sweeping import _summary, watched
from app.services.sweeps import SkipReason, SweepReport


def report(examined, **more):
    return SweepReport(business_date=date(2026, 2, 28), examined=examined, **more)


@pytest.fixture
def page():
    """Something printed to, and what stands there."""

    def made(*, terminal):
        return Console(file=io.StringIO(), force_terminal=terminal, width=100)

    return made


def test_on_a_terminal_a_bar_moves(page):
    screen = page(terminal=True)
    with watched("shop: 2026-02-28", 1200, page=screen) as progress:
        progress(report(500))
        progress(report(1200))

    shown = screen.file.getvalue()
    assert "shop: 2026-02-28" in shown
    assert "0 examined, 1,200 to go" in shown
    assert "1,200 examined, 0 to go" in shown


def test_in_a_log_there_are_lines_and_not_too_many(page):
    log = page(terminal=False)
    with watched("shop: 2026-02-28", 1200, page=log, line_every_s=0) as progress:
        progress(report(500))
        progress(report(1300))
    assert log.file.getvalue().splitlines() == [
        "shop: 2026-02-28: 500 examined, 700 to go",
        "shop: 2026-02-28: 1300 examined, 0 to go",
    ]

    quiet = page(terminal=False)
    with watched("shop: 2026-02-28", 1200, page=quiet) as progress:
        progress(report(500))
    assert quiet.file.getvalue() == ""


def test_a_quiet_day_has_nothing_to_go(page):
    screen = page(terminal=True)
    with watched("shop: 2026-02-28", 0, page=screen):
        pass
    assert "0 examined, 0 to go" in screen.file.getvalue()


def test_what_was_skipped_is_said():
    held = report(3, skipped={SkipReason.LOCKED: [uuid4(), uuid4()]})

    assert _summary(report(3)) == "2026-02-28, 3 examined, 0 changed"
    assert _summary(held).endswith("; incomplete: 2 skipped (locked)")
