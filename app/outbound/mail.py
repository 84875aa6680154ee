"""Handing an e-mail to the installation's own mail server.

The server is the operator's, named in a setting, and may be on a private network.
"""

from dataclasses import dataclass
from email.message import EmailMessage
from mimetypes import guess_type
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

TIMEOUT_S: Final = 30.0
_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in, and from whom it comes.

    `smtp://user:password@host:587` goes over to TLS where the server offers it, `smtps://` begins
    with it.
    """

    url: str
    sender: str

    async def send(
        self, *, to: str, subject: str, text: str, message_id: str,
        attached: tuple[str, bytes] | None = None,
    ) -> str | None:  # fmt: skip
        """None: it was taken. Else why not, in a word that holds nobody's address.

        `attached`: a file's name, whose ending says what it is, and what is in it.
        """
        parts = urlsplit(self.url)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, to, subject
        mail["Message-ID"] = f"<{message_id}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        if attached is not None:
            name, content = attached
            kind = guess_type(name)[0] or "application/octet-stream"
            main, _, sub = kind.partition("/")
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
        try:
            await aiosmtplib.send(
                mail,
                hostname=parts.hostname,
                port=parts.port or _PORTS[parts.scheme],
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=parts.scheme == "smtps",
                timeout=TIMEOUT_S,
            )
        except aiosmtplib.SMTPException as error:
            return type(error).__name__
        return None
