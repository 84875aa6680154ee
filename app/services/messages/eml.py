"""A message as an e-mail: the same bytes at every attempt, and for whoever reads it later."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.storage.messages.contents import StoredContent


def as_email(content: StoredContent, *, message_id: str, sender: str | None = None) -> bytes:
    """An e-mail as it is handed in. `message_id`: `msg_…`, which names it in its head."""
    mail = EmailMessage(policy=SMTP)
    if sender is not None:
        mail["From"] = sender
    mail["To"] = (content.sent_to or "").replace("\n", ", ")
    mail["Subject"] = content.subject or ""
    mail["Date"] = format_datetime(content.stored_at)
    domain = (sender or "").rpartition("@")[2].rstrip(">") or "accord.invalid"
    mail["Message-ID"] = f"<{message_id}@{domain}>"
    mail.set_content(content.text or "")
    if content.html is not None:
        mail.add_alternative(content.html, subtype="html")
        mail.set_boundary(f"=_{message_id}")
    return mail.as_bytes()
