"""Reports by the calendar: made once, of closed days, mailed once, told where they are not."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import text

from app.outbound.folders import Folders
from app.outbound.mail import MailServer
from app.workers.reports import Reports
from tests.clock import wall
from tests.routers.telling import told_of
from tests.webhooks.mailbox import mailbox

MONTHLY = {
    "name": "Aging for the board", "report": "aging", "period": "previous_month", "at": "06:30",
    "days": {"unit": "month", "on": [1]}, "business_days": "following", "format": "csv",
    "recipients": [{"kind": "mail", "to": "board@acme.example"}],
}  # fmt: skip
AT = "/v1/report-schedules"


def _early():
    """A zone in which the day has just begun: what is asked for now is due at any later hour."""
    hour = wall("UTC").hour
    behind = hour if hour <= 12 else hour - 24
    return ZoneInfo(f"Etc/GMT{behind:+d}")


@pytest_asyncio.fixture(autouse=True)
async def zone(owner, tenant):
    """The tenant's. A sandbox has its own date and the real time of day."""
    made = _early()
    async with owner.transaction() as tx:
        change = text("UPDATE tenant SET time_zone = :zone WHERE tenant_id = :tenant")
        await tx.execute(change, {"zone": made.key, "tenant": tenant})
    return made


class Turns:
    """Workers of two processes at an hour of the tenant's day, their mail, and what was told."""

    def __init__(self, database, box, owner, tenant, *, zone, root):
        self.zone = zone
        self.hour, self.box, self.tenant, self._owner = 12, box, tenant, owner
        mail = MailServer(url=box.url, sender="accord@accord.test")
        self.works = [
            Reports(
                database,
                mail,
                folders=Folders(root=root),
                min_cell=2,
                fiscal_month=4,
                now=self._now,
            )
            for _ in range(2)
        ]

    def _now(self):
        return datetime(2026, 1, 1, self.hour, 0, tzinfo=self.zone)  # the date is the sandbox's own

    async def told(self, kind):
        return await told_of(self._owner, self.tenant, kind)

    async def turn(self):
        """Each looks once and does what of it is this tenant's."""
        for one in self.works:
            batch = await one.take(50)
            for job in batch.jobs:
                if job[0].tenant_id == self.tenant:
                    await one.do(job)


@pytest_asyncio.fixture
async def box():
    async with mailbox() as made:
        yield made


@pytest.fixture
def turns(database, box, owner, tenant, zone, tmp_path):  # noqa: PLR0917 - fixtures
    return Turns(database, box, owner, tenant, zone=zone, root=tmp_path)


@pytest.fixture
async def boss(desk, staff):
    await desk.at("2026-02-10")
    await desk.account(reference="A-1")
    return await staff("supervisor", "boss-1")


async def scheduled(boss, **said):
    return await boss.post(AT, MONTHLY | said)


async def statuses(boss, made):
    found = await boss.get(f"{AT}/{made['id']}/deliveries")
    return [(one["due_on"], one["status"], one["problem"]) for one in found["data"]]


async def test_a_closed_month_is_made_and_mailed_once(desk, boss, turns, swept):
    made = await scheduled(boss)
    assert made["next_on"] == "2026-03-02"
    at = datetime.fromisoformat(made["next_at"]).astimezone(turns.zone)
    assert f"{at:%Y-%m-%d %H:%M}" == "2026-03-02 06:30"
    shown = await boss.get(f"{AT}/{made['id']}/preview", on="2026-03-02")
    assert (shown["from_on"], shown["to_on"], shown["known_on"]) == (
        "2026-02-01", "2026-02-28", "2026-03-01",
    )  # fmt: skip

    await desk.at("2026-03-02")
    turns.hour = 6  # half an hour too soon
    await turns.turn()
    assert await statuses(boss, made) == []
    turns.hour = 7
    await turns.turn()  # nobody has closed 1 March yet
    assert await statuses(boss, made) == []
    await swept("2026-03-02")
    for hour in (8, 9, 10):
        turns.hour = hour
        await turns.turn()
    assert await statuses(boss, made) == [("2026-03-02", "delivered", None)]
    ((to, letter),) = turns.box.letters
    assert to == ["board@acme.example"]
    assert letter["Subject"] == "Aging for the board, 2026-02-01 to 2026-02-28"
    (delivery,) = (await boss.get(f"{AT}/{made['id']}/deliveries"))["data"]
    run = await boss.get(f"/v1/report-runs/{delivery['run_id']}")
    assert run["hash"] in letter.get_content()
    assert f"/v1/report-runs/{run['id']}/file" in letter.get_content()
    assert run["parameters"]["as_of"] == "2026-02-28"
    assert (await boss.get(f"{AT}/{made['id']}"))["next_on"] == "2026-04-01"
    assert len(await turns.told("report.scheduled")) == 1
    (told,) = await turns.told("report.delivered")
    assert (told["hash"], told["to_on"]) == (run["hash"], "2026-02-28")


async def test_a_change_of_words_takes_no_day_away_that_waits(desk, boss, turns, swept):
    made = await scheduled(boss, at="00:00")
    await desk.at("2026-03-02")  # its hour is past, and nobody has closed 1 March yet
    await boss.client.patch(f"{AT}/{made['id']}", json={"name": "Aging, anew"})
    shown = await boss.get(f"{AT}/{made['id']}")
    assert (shown["name"], shown["next_on"]) == ("Aging, anew", "2026-03-02")
    await swept("2026-03-02")
    for hour in (8, 9, 10):
        turns.hour = hour
        await turns.turn()
    assert await statuses(boss, made) == [("2026-03-02", "delivered", None)]


async def test_a_day_that_is_not_closed_in_time_is_told_and_not_made(desk, boss, turns):
    made = await scheduled(boss, max_wait_hours=2)
    await desk.at("2026-03-02")
    for hour in (7, 8):
        turns.hour = hour
        await turns.turn()
    assert await statuses(boss, made) == []
    turns.hour = 9
    await turns.turn()
    assert await statuses(boss, made) == [("2026-03-02", "failed", "report-day-open")]
    assert [one["problem"] for one in await turns.told("report.failed")] == ["report-day-open"]
    assert (await boss.get(f"{AT}/{made['id']}"))["next_on"] == "2026-04-01"
    status, name, _ = await boss.refused("POST", f"{AT}/{made['id']}/run-now")
    assert (status, name) == (409, "report-day-open")
    assert turns.box.letters == []


async def test_a_mail_that_is_refused_for_a_day_is_given_up_at_the_fifth_try(
    desk, boss, turns, swept
):
    made = await scheduled(boss, period="previous_day")
    await swept("2026-02-10")
    turns.box.refusing = True
    await boss.post(f"{AT}/{made['id']}/run-now", {}, status=202)
    for turns.hour in (13, 14, 16, 21):
        await turns.turn()
    await desk.at("2026-02-11")
    said = []
    for turns.hour in (15, 16):
        await turns.turn()
        said += [one[1:] for one in await statuses(boss, made)]
    assert said == [("pending", "SMTPDataError"), ("failed", "SMTPDataError")]
    (told,) = await turns.told("report.failed")
    assert told["problem"] == "SMTPDataError"


async def test_a_refused_mail_is_tried_again_and_brought_once(desk, boss, turns, swept):
    daily = {"period": "previous_day", "days": {"unit": "day"}, "business_days": "none"}
    made = await scheduled(boss, **daily)
    await swept("2026-02-10")
    turns.box.refusing = True
    await boss.post(f"{AT}/{made['id']}/run-now", {}, status=202)
    turns.hour = 13
    await turns.turn()
    assert [one[1:] for one in await statuses(boss, made)] == [("pending", "SMTPDataError")]
    turns.hour = 14
    turns.box.refusing = False
    await turns.turn()
    await turns.turn()
    assert [one[1:] for one in await statuses(boss, made)] == [("delivered", None)]
    await boss.post(f"{AT}/{made['id']}/run-now", {}, status=202)  # whoever has it gets no second
    turns.hour = 20
    await turns.turn()
    assert len(turns.box.letters) == 1


async def test_years_begin_in_the_month_that_workers_were_told(boss, turns, swept):
    made = await scheduled(
        boss, period="year_to_date", days={"unit": "day"}, business_days="none", report="flow",
        at="00:00",
    )  # fmt: skip
    await swept("2026-02-11")
    turns.hour = 13
    await turns.turn()
    (brought,) = (await boss.get(f"{AT}/{made['id']}/deliveries"))["data"]
    assert (brought["from_on"], brought["to_on"]) == ("2025-04-01", "2026-02-10")


async def test_files_are_attached_and_put_into_folders_without_cells_of_few_accounts(
    desk, boss, turns, swept, tmp_path
):
    """Two accounts owe dollars, 1 each to two creditors but none; one owes euros."""
    theirs = {"creditor": {"reference": "C-1", "name": "C"}}
    for number, said in enumerate(({}, theirs, {"currency": "EUR"}), 2):
        await desk.account(reference=f"A-{number}", **said)
    made = await scheduled(
        boss, period="previous_day", days={"unit": "day"}, business_days="none", attach=True,
        parameters={"by": ["creditor"]}, format="json", at="00:00",
        recipients=[*MONTHLY["recipients"], {"kind": "folder", "to": "board"}],
    )  # fmt: skip
    assert (made["attach"], made["recipients"][1]) == (True, {"kind": "folder", "to": "board"})
    await swept("2026-02-11")
    await boss.post(f"{AT}/{made['id']}/run-now", {}, status=202)
    for hour in (13, 14):
        turns.hour = hour
        await turns.turn()
    assert [one[1:] for one in await statuses(boss, made)] == [("delivered", None)] * 2
    ((_, letter),) = turns.box.letters
    (attached,) = letter.iter_attachments()
    (put,) = (tmp_path / str(turns.tenant) / "board").iterdir()
    told = json.loads(put.read_bytes())
    run = (await boss.get(f"{AT}/{made['id']}/deliveries"))["data"][0]["run_id"]
    words = letter.get_body().get_content()

    assert attached.get_filename() == put.name
    assert json.loads(attached.get_content())["rows"] == told["rows"]
    assert told["hash"] == (await boss.get(f"/v1/report-runs/{run}"))["hash"]
    assert told["run_id"] == run
    figures = {
        (row["currency"], row["creditor"]): (row["balance_minor"], row.get("suppressed"))
        for row in told["rows"]
    }
    assert figures == {
        ("EUR", None): (None, True), ("USD", "C-1"): (None, True), ("USD", None): (600_00, None),
    }  # fmt: skip
    assert [one["balance_minor"] for one in told["totals"]] == [None, 900_00]
    assert "Balance: 900.00" in words
    assert "EUR: too few accounts" in words
    whole = json.loads((await boss.client.get(f"/v1/report-runs/{run}/file")).content)
    assert [row["balance_minor"] for row in whole["rows"]] == [300_00, 300_00, 600_00]


async def test_where_there_is_no_folder_it_is_tried_and_told(desk, boss, turns, swept):
    made = await scheduled(
        boss, period="previous_day", days={"unit": "day"}, business_days="none",
        recipients=[{"kind": "folder", "to": "board"}],
    )  # fmt: skip
    for one in turns.works:
        one._folders = None
    await swept("2026-02-10")
    await boss.post(f"{AT}/{made['id']}/run-now", {}, status=202)
    turns.hour = 13
    await turns.turn()
    assert [one[1:] for one in await statuses(boss, made)] == [("pending", "no-files-dir")]
    said = {**MONTHLY, "recipients": [{"kind": "folder", "to": "../else"}]}
    status, name, _ = await boss.refused("POST", AT, json=said)
    assert (status, name) == (422, "invalid-input")


async def test_what_may_have_been_taken_is_not_sent_again(desk, boss, turns, swept):
    daily = {"period": "previous_day", "days": {"unit": "day"}, "business_days": "none"}
    made = await scheduled(boss, **daily)
    await swept("2026-02-10")
    await boss.post(f"{AT}/{made['id']}/run-now", {}, status=202)
    turns.hour = 13
    first = turns.works[0]
    batch = await first.take(50)
    assert [job for job in batch.jobs if job[0].tenant_id == turns.tenant]
    turns.hour = 14
    await turns.turn()
    assert [one[1:] for one in await statuses(boss, made)] == [("uncertain", "uncertain")]
    assert len(await turns.told("report.failed")) == 1
    assert turns.box.letters == []


async def test_a_schedule_is_changed_and_ended(desk, boss):
    made = await scheduled(boss, calendar="US-FED")
    changed = await boss.client.patch(
        f"{AT}/{made['id']}", json={"at": "23:15", "active": False, "calendar": None}
    )
    assert changed.status_code == 200, changed.text
    said = changed.json()
    assert (said["at"], said["active"], said["next_on"], said["calendar"]) == (
        "23:15", False, None, None,
    )  # fmt: skip
    assert (said["days"], said["version"]) == ({"unit": "month", "on": [1]}, 2)
    assert [one["id"] for one in (await boss.get(AT))["data"]] == [made["id"]]
    assert (await boss.client.delete(f"{AT}/{made['id']}")).status_code == 204
    assert (await boss.get(AT))["data"] == []
    assert (await boss.refused("GET", f"{AT}/{made['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"days": {"unit": "week", "on": [9]}}, "/days/on"),
        ({"days": {"unit": "month", "on": []}}, "/days/on"),
        ({"period": "last_month"}, "/period"),
        ({"calendar": "Moon"}, "/calendar"),
        ({"at": "24:00"}, "/at"),
        ({"recipients": []}, "/recipients"),
        ({"parameters": {"by": ["height"]}}, "/parameters/by"),
        ({"recipients": [{"kind": "webhook", "to": "wh_01h455vb4pex5vsknk084sn02q"}]},
         "/recipients/0/to"),
    ],
)  # fmt: skip
async def test_what_cannot_be_meant_is_named(boss, said, pointer):
    assert await boss.pointers(AT, MONTHLY | said) == [pointer]
