"""Whoever looks after an endpoint is written at 24 h, at 96 h, and when it is disabled."""

import pytest
import pytest_asyncio

from app.outbound.mail import MailServer
from app.workers.notices import Notices
from tests.webhooks.mailbox import mailbox


@pytest_asyncio.fixture
async def box():
    async with mailbox() as made:
        yield made


@pytest.fixture
def post(hooks, box, database, tenant):
    """`await post()`: what is due is handed in; how many."""
    mail = MailServer(url=box.url, sender="Accord <accord@accord.test>")
    work = Notices(database, mail, now=hooks.clock)

    async def posted():
        batch = await work.take(50)
        mine = [job for job in batch.jobs if job.stored.tenant_id == tenant]
        for job in mine:
            await work.do(job)
        return len(mine)

    return posted


async def test_it_is_written_at_24_hours_at_96_and_when_it_is_disabled(hooks, desk, post, box):
    made = await hooks.made(contact_email="ops@example.com")
    hooks.receiver.answers = [500]
    await desk.account(reference="A")
    hooks.clock.forward(seconds=1)
    subjects = {}
    for hour in range(0, 126, 2):
        await hooks.turn()
        await post()
        subjects.setdefault(len(box.letters), hour)
        hooks.clock.forward(hours=2)
        if len(box.letters) < 3 and hour and hour % 20 == 0:
            await desk.account(reference=f"A{hour}")
    said = [letter["Subject"] for _, letter in box.letters]
    assert said == [
        f"Webhook endpoint {made['id']} fails",
        f"Webhook endpoint {made['id']} fails",
        f"Webhook endpoint {made['id']} is disabled",
    ]
    assert all(to == ["ops@example.com"] for to, _ in box.letters)
    assert len({letter["Message-ID"] for _, letter in box.letters}) == 3
    assert f"/v1/webhooks/{made['id']}/enable" in box.letters[-1][1].get_content()
    assert 24 <= subjects[1] < 96 <= subjects[2] < 120 <= subjects[3]


async def test_410_is_written_at_once_and_who_named_nobody_is_not(hooks, desk, post, box):
    await hooks.made(contact_email="ops@example.com")
    await hooks.made()
    hooks.receiver.answers = [410]
    await desk.account(reference="A")
    await hooks.turns()
    assert await post() == 1
    ((_, letter),) = box.letters
    assert "410" in letter.get_content()
    assert await post() == 0


async def test_a_letter_nobody_takes_is_tried_again_and_given_up(hooks, desk, post, box):
    made = await hooks.made(contact_email="ops@example.com")
    await desk.post(f"/v1/webhooks/{made['id']}/disable", {}, status=200)
    box.refusing = True
    hooks.clock.forward(seconds=1)
    tried = 0
    for _ in range(60):
        tried += await post()
        hooks.clock.forward(minutes=30)
    assert tried == 6
    assert box.letters == []


async def test_old_news_is_not_sent(hooks, desk, post, box):
    made = await hooks.made(contact_email="ops@example.com")
    await desk.post(f"/v1/webhooks/{made['id']}/disable", {}, status=200)
    hooks.clock.forward(hours=49)
    assert await post() == 0
    assert box.letters == []


async def test_a_mail_server_that_is_away_is_a_word(tmp_path):
    nobody = MailServer(url="smtp://127.0.0.1:1", sender="accord@accord.test")
    said = await nobody.send(to="a@example.com", subject="s", text="t", message_id="m")
    assert said == "SMTPConnectError"
