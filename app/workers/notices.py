"""Notices about endpoints as a kind of work: taken, put into words, handed to the mail server."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from app.outbound.mail import MailServer
from app.routers.edge.logs import log
from app.schemas.edge.ids import PREFIXES, encode
from app.services.webhooks import noticing
from app.services.webhooks.noticing import TakenNotice
from app.storage.database.engine import Database
from app.workers.loop import Batch

#: Longer than a mail server may take.
LEASE: Final = timedelta(minutes=5)


class Notices:
    """One process's part in writing."""

    name = "notices"

    def __init__(
        self, database: Database, mail: MailServer, *, now: Callable[[], datetime]
    ) -> None:
        self._database, self._mail, self._now = database, mail, now

    async def take(self, most: int) -> Batch[TakenNotice]:
        """What is due, leased one by one."""
        at = self._now()
        due = await noticing.notices_due(self._database, at=at, most=most)
        taken = [
            await noticing.take_notice(self._database, *one, at=at, lease=LEASE) for one in due
        ]
        return Batch(jobs=[one for one in taken if one is not None], busy=bool(due))

    async def do(self, job: TakenNotice) -> None:
        """Hand one in."""
        endpoint = encode(PREFIXES["webhook"], job.stored.webhook_id)
        letter = job.letter(endpoint)
        error = await self._mail.send(
            to=job.to,
            subject=letter.subject,
            text=letter.text,
            message_id=f"notice-{job.stored.id}",
        )
        if error is not None:
            log.warning("notice not posted", webhook=endpoint, error=error)
        await noticing.record_notice(self._database, job, error, at=self._now())
