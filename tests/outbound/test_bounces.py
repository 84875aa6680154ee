"""The mailbox of bounces: what a mail says became of which message, and how the mailbox is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.messages.bouncing import Heard, of_report
from app.domain.messages.lifecycle import MessageStatus
from app.outbound.bounces import read_bounce
from app.outbound.mailbox import MOST_BYTES, Mailbox, MailboxError
from tests.outbound.imap import mailbox

OURS = "msg_01h455vb4pex5vsknk084sn02q"
OTHER = "msg_01h455vb4pex5vsknk084sn02r"
BOUNCED, DELIVERED = MessageStatus.BOUNCED, MessageStatus.DELIVERED


def report(fields, *, to=f"bounces+{OURS}@example.com", returned=OTHER, kind="delivery-status"):
    """A report as mail servers write it: for people, for programs, and what came back."""
    return f"""\
Return-Path: <>
Delivered-To: {to}
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

This is the mail system. I could not deliver your message.

--=_b
Content-Type: message/{kind}

{fields}
--=_b
Content-Type: text/rfc822-headers

From: Accord <billing@example.com>
To: jane@example.com
Message-ID: <{returned}@example.com>
Subject: Your account

--=_b--
""".replace("\n", "\r\n").encode()


def delivery(action, status, why="smtp; 550 5.1.1 <jane@example.com>: no such user"):
    return f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; jane@example.com
Action: {action}
Status: {status}
Diagnostic-Code: {why}
"""


VACATION = f"""\
From: Jane <jane@example.com>
To: bounces+{OURS}@example.com
Auto-Submitted: auto-replied
Subject: Away

Back on Monday. 5.1.1 is my room.
""".encode()
ABUSE = "Feedback-Type: abuse\nUser-Agent: Some-FBL/1.0\nVersion: 1"


@pytest.mark.parametrize(
    ("action", "status", "meant"),
    [
        ("failed", "5.1.1", (BOUNCED, True)),
        ("failed", "5.1.10", (BOUNCED, True)),
        ("failed", "5.0.0", (BOUNCED, True)),
        ("failed", "5.2.1", (BOUNCED, True)),
        ("failed", "5.2.2", (BOUNCED, False)),  # the mailbox is full
        ("failed", "5.7.1", (BOUNCED, False)),  # what it says is not liked
        ("failed", "5.1", (BOUNCED, False)),
        ("failed", "4.4.1", (BOUNCED, False)),  # tried for days
        ("failed", "", (BOUNCED, False)),
        ("delivered", "2.0.0", (DELIVERED, False)),
        ("delayed", "4.4.1", None),
        ("relayed", "2.0.0", None),
        ("", "5.1.1", None),
    ],
)
def test_what_a_report_means(action, status, meant):
    assert of_report(action, status) == meant


def test_a_report_names_its_message_and_says_why():
    heard = read_bounce(report(delivery("failed", "5.1.1 (bad destination)")))
    assert heard == Heard(
        message=OURS, status=BOUNCED, hard=True, code="5.1.1",
        detail="smtp; 550 5.1.1 <jane@example.com>: no such user",
    )  # fmt: skip
    folded = "smtp; 452 4.2.2\n  over quota " + "x" * 500
    heard = read_bounce(report(delivery("Failed", "4.2.2", folded)))
    assert (heard.hard, heard.detail[:26], len(heard.detail)) == (
        False, "smtp; 452 4.2.2 over quota", 200,
    )  # fmt: skip


def test_the_address_it_came_to_goes_before_what_was_returned():
    said = delivery("failed", "5.1.1")
    assert read_bounce(report(said)).message == OURS
    assert read_bounce(report(said, to="bounces@example.com")).message == OTHER
    assert read_bounce(report(said, to="bounces@example.com", returned="cafe")) is None
    assert read_bounce(report(said, to="bounces+msg_1@example.com", returned="cafe")) is None


def test_what_is_no_report_of_ours_says_nothing():
    assert read_bounce(VACATION) is None
    assert read_bounce(report(delivery("delayed", "4.4.1"))) is None
    assert read_bounce(b"") is None


def test_a_complaint_is_one():
    heard = read_bounce(report(ABUSE, kind="feedback-report"))
    assert (heard.message, heard.status) == (OURS, MessageStatus.COMPLAINED)
    fraud = ABUSE.replace("abuse", "not-spam")
    assert read_bounce(report(fraud, kind="feedback-report")) is None


@given(st.binary(max_size=300), st.integers(0, 1200), st.integers(0, 40))
def test_nothing_that_comes_breaks_it(junk, at, gone):
    whole = report(delivery("failed", "5.1.1"))
    for raw in (junk, whole[:at] + junk + whole[at + gone :]):
        heard = read_bounce(raw)
        assert heard is None or heard.message in {OURS, OTHER}


async def test_unread_mails_are_read_once_they_are_marked():
    whole = report(delivery("failed", "5.1.1"))
    with mailbox(whole, b"x" * (MOST_BYTES + 9), VACATION) as server:
        box = Mailbox(server.url(folder="Bounced%20mail"))
        first, long = await box.look(2)
        assert server.folder == "Bounced mail"
        assert (first.raw, first.at.isoformat()) == (whole, "2026-01-16T17:30:00+00:00")
        assert len(long.raw) == MOST_BYTES
        assert [one.uid for one in await box.look(50)] == ["7", "8", "9"]
        await box.mark({"7"}, {"8"})
        assert [one.uid for one in await box.look(50)] == ["9"]
        assert server.flags == {"7": r"(\Seen)", "8": r"(\Seen \Flagged)", "9": ""}


@pytest.mark.parametrize("verb", ["CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH"])
async def test_a_mailbox_that_hangs_up_is_told_in_a_word(verb):
    with mailbox(VACATION, breaks=verb) as server, pytest.raises(MailboxError) as caught:
        await Mailbox(server.url()).look(5)
    assert "word" not in str(caught.value)


async def test_a_wrong_password_and_a_network_in_the_clear_are_refused(monkeypatch):
    with mailbox(VACATION) as server:
        with pytest.raises(MailboxError, match="refused"):
            await Mailbox(server.url(password="wrong")).look(5)
        monkeypatch.setattr("app.outbound.mailbox._is_here", lambda host: False)
        with pytest.raises(MailboxError, match="no-tls"):
            await Mailbox(server.url()).look(5)
    with pytest.raises(MailboxError, match="connection-failed"):
        await Mailbox(server.url()).look(5)
