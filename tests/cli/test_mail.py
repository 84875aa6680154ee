"""`accord mail`: a real mail server gets one message about nobody, and its answer is said."""

import json
import socket
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller

from tests.outbound.imap import mailbox
from tests.outbound.test_carriers import Server

HERE = {"ACCORD_WEBHOOKS_ALLOWED_NETWORKS": "127.0.0.0/8"}
PROVIDER = """
    INSERT INTO provider (tenant_id, name, kind, channel, url, headers, idempotent, from_address,
        version, changed_at)
    SELECT tenant_id, 'mail', 'smtp', 'email', $2, '{}', false, 'Accord <b@example.com>', 1, now()
    FROM tenant WHERE name = $1
"""


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Controller(Server(), hostname="127.0.0.1", port=port)
    made.start()
    yield made
    made.stop()


def test_a_provider_is_tried_by_one_message_and_its_answer_is_said(accord, sql, server):
    name = f"sends-{uuid4().hex[:8]}"
    accord("tenants", "create", name)
    words = ("mail", "me@example.com", "--tenant", name, "--provider", "mail")
    assert "no provider 'mail'" in accord(*words, **HERE).stderr
    sql(PROVIDER, name, f"smtp://localhost:{server.port}")
    done = accord(*words, **HERE)
    assert done.exit_code == 0, done.stderr
    assert "mail took it" in done.stdout
    (got,) = server.handler.got
    assert got.rcpt_tos == ["me@example.com"]
    assert b"It is about nobody." in got.content
    server.handler.does = "550 no such user"
    refused = accord(*words, **HERE)
    assert (refused.exit_code, "SMTP_550" in refused.stderr) == (1, True)


def test_a_sandbox_sends_nothing(accord):
    name = f"sandbox-{uuid4().hex[:8]}"
    accord("tenants", "create", name, "--sandbox")
    done = accord("mail", "me@example.com", "--tenant", name, "--provider", "mail")
    assert (done.exit_code, "nothing leaves it" in done.stderr) == (1, True)


def test_a_mailbox_of_bounces_is_looked_into_and_what_was_there_is_said(accord):
    assert "names no mailbox" in accord("bounces").stderr
    name = f"bounces-{uuid4().hex[:8]}"
    accord("tenants", "create", name)
    with mailbox(b"Subject: hello\r\n\r\nNo report.\r\n") as server:

        def bounces(url):
            return accord("bounces", ACCORD_BOUNCES=json.dumps({f"{name}/mail": url}))

        done = bounces(server.url())
        assert (done.exit_code, f"{name}/mail: 1 unread, 0 reports, 0 applied." in done.stdout) == (
            0, True,
        )  # fmt: skip
        assert server.flags == {"7": r"(\Seen \Flagged)"}
        refused = bounces(server.url(password="wrong"))
        assert (refused.exit_code, "could not be looked into (refused)" in refused.stderr) == (
            1, True,
        )  # fmt: skip
