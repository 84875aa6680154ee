"""Handing messages in for real: to a mail server that breaks off, and to an HTTP provider."""

import socket
from ipaddress import ip_network
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from app.domain.messages.carrying import Carrier, Parcel, message_of
from app.outbound.carriers import HttpCarrier, SmtpCarrier
from app.outbound.http import HttpSender
from tests.clock import real_now
from tests.webhooks.receiver import receiving

HERE = (ip_network("127.0.0.0/8"),)
PARCEL = Parcel(
    id="msg_1", tenant_id=UUID(int=1), channel="email", to="jane@example.com", subject="Hé",
    text="Dear Jane\n.\nYou owe 5 €\n", html="<p>Dear Jane</p>",
    headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
)  # fmt: skip
OK, UNSURE = (True, False), (False, True)


class Server:
    """A mail server that does what it is told at DATA."""

    def __init__(self):
        self.does, self.got = "250 taken", []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.does == "break before":
            server.transport.abort()
        if self.does.startswith("55"):
            return self.does
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.does == "break during":
            server.transport.abort()
            return "451 no"
        self.got.append(envelope)
        if self.does == "break after":
            server.transport.abort()
        return self.does


@pytest.fixture(scope="module")
def server():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Controller(Server(), hostname="127.0.0.1", port=port)
    made.start()
    yield made
    made.stop()


async def test_a_mail_server_is_told_the_truth_about(server):
    """Each answer, and what it means: a break after the words were sent is uncertain."""
    port = server.server.sockets[0].getsockname()[1]
    carrier = Carrier(
        name="mail", kind="smtp", idempotent=False, url=f"smtp://localhost:{port}",
        sender="Accord <billing@example.com>", return_path="bounce@bounces.example.com",
    )  # fmt: skip
    smtp, handler = SmtpCarrier(HERE), server.handler
    expected = {
        "250 taken": (OK, None), "550 no such user": ((False, False), "SMTP_550"),
        "451 later": ((False, False), "SMTP_451"), "554 spam": ((False, False), "SMTP_554"),
        "break during": (UNSURE, "SMTPServerDisconnected"),
        "break after": (UNSURE, "SMTPServerDisconnected"),
        "break before": ((False, False), "SMTPServerDisconnected"),
    }  # fmt: skip
    for does, (outcome, code) in expected.items():
        handler.does = does
        answer = await smtp.send(carrier, PARCEL)
        assert ((answer.accepted, answer.uncertain), answer.code) == (outcome, code), does
        assert answer.permanent == (does[:2] == "55"), does
    first = handler.got[0]
    assert message_of(first.mail_from) == "msg_1"
    assert first.mail_from == "bounce+msg_1@bounces.example.com"
    body = first.content.decode()
    assert "Message-ID: <msg_1@example.com>" in body
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in body

    closed = await SmtpCarrier().send(carrier, PARCEL)
    assert (closed.code, closed.uncertain) == ("private-address", False)


async def test_an_http_provider_is_given_the_same_key_each_time():
    async with receiving(
        b'HTTP/1.1 200 OK\r\ncontent-length: 31\r\n\r\n{"provider_message_id": "pm-77"}'[:-1]
        + b"}",
        503, 422, 504, b"",
    ) as provider:  # fmt: skip
        sender = HttpSender(now=real_now, allowed=HERE, timeout_s=2)
        http = HttpCarrier(sender)
        carrier = Carrier(
            name="pm", kind="http", idempotent=True, url=provider.url, secret_ref="pm",
            secret="s3", sender="a@example.com",
        )  # fmt: skip
        told = [await http.send(carrier, PARCEL) for _ in range(5)]
        await sender.close()
    assert [(one.accepted, one.permanent, one.uncertain, one.code) for one in told] == [
        (True, False, False, None), (False, False, False, "HTTP_503"),
        (False, True, False, "HTTP_422"), (False, False, True, "HTTP_504"),
        (False, False, True, "no-http-answer"),
    ]  # fmt: skip
    heads = [one.headers for one in provider.got]
    assert {one["idempotency-key"] for one in heads} == {"msg_1"}
    assert heads[0]["authorization"] == "Bearer s3"
    assert provider.got[0].event["to"] == "jane@example.com"
