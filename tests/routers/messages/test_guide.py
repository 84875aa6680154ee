"""docs/guides/messages.md: what it sets up is taken as it stands there, and mail arrives."""

import json
import re
import socket
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from app.domain.values import replace
from app.outbound.carriers import SmtpCarrier
from app.workers.messages import Messages
from tests.outbound.test_carriers import HERE, Server
from tests.routers.messages.test_messages import read

GUIDE = (Path(__file__).parents[3] / "docs" / "guides" / "messages.md").read_text("utf-8")


def snippet(name):
    return json.loads(re.search(rf"```json {name}\n(.*?)```", GUIDE, re.DOTALL)[1])


async def test_the_guide_sets_up_what_it_says(ann, boss):
    for kind in ("http", "smtp", "print"):
        said = snippet(kind)
        made = await ann.put(f"/v1/providers/{kind}", said, status=201)
        assert {name: made[name] for name in said} == said
    for which, name in (("default", "policy"), ("other", "dates"), ("third", "validation")):
        said = snippet(name)
        made = await boss.put(f"/v1/contact-policies/{which}", said, status=201)
        assert made["effective_from"] == said["effective_from"]
        kept = [{**one, "at": one.get("at", "10:00"), "purpose": None} for one in said["notices"]]
        assert made["notices"] == kept


@pytest.fixture
def mailbox():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Controller(Server(), hostname="127.0.0.1", port=port)
    made.start()
    yield made
    made.stop()


class ByMail:
    """The guide's mail server, where this test's stands; a sandbox would send nothing."""

    def __init__(self, port):
        said = snippet("smtp")
        self.changes = {
            "url": f"smtp://localhost:{port}", "sender": said["from"],
            "return_path": said["return_path"],
        }  # fmt: skip

    async def send(self, carrier, parcel):
        return await SmtpCarrier(HERE).send(replace(carrier, **self.changes), parcel)


async def test_what_the_guide_sets_up_arrives_by_mail(ann, ask, desk, worker, mailbox):
    worker.messages = Messages(
        worker.database, {"sandbox": ByMail(mailbox.port)}, public_url="https://pay.example.com",
        now=lambda: worker.at,
    )  # fmt: skip
    made = await ask()
    await desk.at("2026-01-16")
    await worker.look()
    assert (await read(ann, made))["status"] == "sent"
    (got,) = mailbox.handler.got
    assert got.mail_from == f"bounces+{made['id']}@example.com"
    said = got.content.decode()
    assert f"Message-ID: <{made['id']}@example.com>" in said
    assert "List-Unsubscribe: <https://pay.example.com/u/" in said
