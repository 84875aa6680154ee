"""`accord sweep` shows how far it is: a bar where somebody watches, lines in a log."""

import asyncio
import io
from datetime import date
from uuid import uuid4

import asyncpg
import pytest
from rich.console import Console

from app.cli.sweep import _summary, of_the_day_before, watched
from app.routers.edge.csv import shown_id
from app.services.day_close.report import DayKept, NotKept
from app.services.day_close.sweep import SkipReason, SweepReport
from app.services.tenancy.installation import EMBEDDED_DATABASE
from app.storage.embedded import embedded
from app.storage.ids import new_id


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


# One tenant's trouble ---------------------------------------------------------------------


async def zone(url, tenant, name):
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    try:
        await connection.execute("UPDATE tenant SET time_zone = $1 WHERE name = $2", name, tenant)
    finally:
        await connection.close()


def test_the_tenants_after_one_that_fails_are_swept(accord, data_dir):
    names = [f"{place}-{uuid4().hex[:8]}" for place in ("a", "b", "c")]
    for name in names:
        accord("tenants", "create", name)
    with embedded.start(data_dir) as server:
        url = server.url(EMBEDDED_DATABASE, embedded.SUPERUSER)
        asyncio.run(zone(url, names[1], "Nowhere/Land"))
        try:
            done = accord("sweep")
        finally:
            asyncio.run(zone(url, names[1], "UTC"))

    assert done.exit_code == 1
    assert f"{names[1]}: ZoneInfoNotFoundError" in done.stderr
    assert [f"{name}: " in done.stdout for name in names] == [True, False, True]


def test_a_day_beyond_the_horizon_is_no_day(accord):
    done = accord("sweep", "9999-12-31")
    assert done.exit_code == 2
    assert "from 1900 to" in done.stderr


def test_no_day_is_closed_before_it_is_there(accord):
    name = f"a-{uuid4().hex[:8]}"
    accord("tenants", "create", name)
    done = accord("sweep", "2100-01-01", "--tenant", name)

    assert done.exit_code == 1
    assert f"{name}: /business_date: must not lie after the business date" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("said", ["", "semicolon", "\\n"])
def test_a_delimiter_nobody_can_mean(accord, said):
    done = accord("import", "payments", "-", "--tenant", "any", "--delimiter", said)
    assert done.exit_code == 2
    assert "cannot stand between cells" in done.stderr


def test_whose_policy_is_missing_is_named():
    one = new_id()
    (why, who) = of_the_day_before(
        DayKept(why_not=NotKept.POLICY_MISSING, without_policy=(one,))
    )  # fmt: skip

    assert "is not kept (a policy is missing)" in why
    assert who == f"the policy of {shown_id('account', one)} is missing."
    assert list(of_the_day_before(DayKept())) == []
    assert list(of_the_day_before(None)) == []
