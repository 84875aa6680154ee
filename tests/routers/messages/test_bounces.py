"""What comes back to the mailbox of bounces: reported of its message, once, and of no other's."""

import pytest

from app.outbound.mailbox import Mailbox
from app.workers.bounces import Bounces, Box
from tests.outbound.imap import mailbox
from tests.outbound.test_bounces import OURS, delivery, report
from tests.routers.messages.test_messages import read, told
from tests.routers.persons.test_persons import point


@pytest.fixture
async def sent(ann, ask, desk, worker):
    made = await ask()
    await desk.at("2026-01-16")
    await worker.look()
    assert (await read(ann, made))["status"] == "sent"
    return made


@pytest.fixture
def look(worker):
    """A look into a mailbox of that provider's."""

    async def looked(server, provider="sandbox"):
        box = Box(tenant=str(worker.tenant), provider=provider, mailbox=Mailbox(server.url()))
        work = Bounces(worker.database, [box], now=lambda: worker.at)
        assert (await work.take(5)).jobs == [box]
        assert (await work.take(5)).jobs == []  # not again within the minute
        return await work.look(box)

    return looked


def bounce(message, status="5.1.1"):
    return report(delivery("failed", status), to=f"bounces+{message}@example.com")


async def test_a_bounce_makes_its_message_bounced_and_the_address_invalid(ann, account, sent, look):
    with mailbox(bounce(sent["id"])) as server:
        found = await look(server)
        assert (found.mails, found.reports, found.applied) == (1, 1, 1)
        assert (await look(server)).mails == 0
        server.flags["7"] = ""  # another process read it at the same time
        assert (await look(server)).applied == 0
    now = await read(ann, sent)
    assert (now["status"], now["reason"]) == ("bounced", "5.1.1")
    (heard, _) = now["reports"]
    assert (heard["at"], heard["detail"]) == (
        "2026-01-16T17:30:00Z", "smtp; 550 5.1.1 <[address]>: no such user",
    )  # fmt: skip
    assert (await point(ann, account["debtor"]["id"], "email"))["validity"] == "invalid"
    assert len(await told(ann, account, "message.undeliverable")) == 1


async def test_a_full_mailbox_is_no_reason_to_give_an_address_up(ann, account, sent, look):
    with mailbox(bounce(sent["id"], "5.2.2")) as server:
        await look(server)
    assert (await read(ann, sent))["status"] == "bounced"
    assert (await point(ann, account["debtor"]["id"], "email"))["validity"] != "invalid"


async def test_what_is_not_of_that_providers_messages_is_left_for_a_person(ann, sent, look):
    with mailbox(bounce(sent["id"]), bounce(OURS), b"Hello") as server:
        found = await look(server, provider="other")
        assert (found.mails, found.reports) == (3, 0)
        assert set(server.flags.values()) == {r"(\Seen \Flagged)"}
    assert (await read(ann, sent))["status"] == "sent"


async def test_what_cannot_be_looked_into_is_logged_without_a_name(worker, capsys):
    for tenant, why in ((str(worker.tenant), "connection-failed"), ("Nobody", "no-such-tenant")):
        box = Box(tenant=tenant, provider="mail", mailbox=Mailbox("imap://u:p@127.0.0.1:9/"))
        await Bounces(worker.database, [box], now=lambda: worker.at).do(box)
        said = capsys.readouterr().out
        assert why in said
        assert "Nobody" not in said
