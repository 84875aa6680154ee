"""Reports by the calendar as a kind of work: made, mailed once, told."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from app.outbound.folders import Folders
from app.outbound.mail import MailServer
from app.routers.edge.logs import exception_facts, log
from app.schemas.edge.ids import PREFIXES, encode
from app.services.messages.surroundings import TenantRecord
from app.services.report_schedules import delivering, issuing
from app.services.report_schedules.delivering import Taken
from app.services.report_schedules.issuing import Issued, Ways
from app.storage.database.engine import Database
from app.workers.loop import Batch

_MOST_TENANTS: Final = 50
_NO_SERVER: Final = "no-mail-server"
_NO_FOLDER: Final = "no-files-dir"
#: Of fewer accounts nothing is told in what is sent, unless a setting says otherwise.
MIN_CELL: Final = 5


class Reports:
    """One process's part in making and bringing reports. Without `mail` nobody is written."""

    name = "reports"

    def __init__(
        self,
        database: Database,
        mail: MailServer | None,
        *,
        public_url: str | None = None,
        folders: Folders | None = None,
        min_cell: int = MIN_CELL,
        fiscal_month: int = 1,
        now: Callable[[], datetime],
    ) -> None:
        self._database, self._mail, self._now = database, mail, now
        self._folders, self._min_cell = folders, min_cell
        self._ways = Ways(partial(encode, PREFIXES["run"]), fiscal_month)
        self._at = (public_url or "").rstrip("/")

    async def take(self, most: int) -> Batch[tuple[TenantRecord, Issued | Taken]]:
        """A report to make and a mail to hand in, of each tenant that has one."""
        now = self._now()
        due = await issuing.tenants_due(self._database, now=now, most=_MOST_TENANTS)
        jobs: list[tuple[TenantRecord, Issued | Taken]] = []
        for tenant in due:
            if len(jobs) + 2 > most:
                break
            try:
                made = await issuing.issue(self._database, tenant, now=now, ways=self._ways)
                taken = await delivering.take(
                    self._database, tenant, now=now, link=self._link, called=self._ways.called,
                    min_cell=self._min_cell,
                )  # fmt: skip
            except Exception as error:  # noqa: BLE001 - one tenant's trouble is not the others'
                log.error("report", tenant=str(tenant.tenant_id), **exception_facts(error))
                continue
            jobs += [(tenant, one) for one in (made, taken) if one is not None]
        return Batch(jobs=jobs, busy=bool(due))

    async def do(self, job: tuple[TenantRecord, Issued | Taken]) -> None:
        """Make one, or hand one in."""
        tenant, one = job
        if isinstance(one, Issued):
            await one.running.go()
            return
        problem = await self._sent(tenant, one)
        if problem is not None:
            log.warning("report not brought", tenant=str(tenant.tenant_id), error=problem)
        await delivering.record(self._database, tenant, one, problem, now=self._now())

    def _link(self, run_id: UUID) -> str:
        return f"{self._at}/v1/report-runs/{self._ways.called(run_id)}/file"

    async def _sent(self, tenant: TenantRecord, one: Taken) -> str | None:
        letter = one.letter
        if letter is None:
            return await self._put(tenant, one)
        if self._mail is None:
            return _NO_SERVER
        return await self._mail.send(
            to=letter.to,
            subject=letter.subject,
            text=letter.text,
            message_id=f"report-{one.delivery.id}",
            attached=None if one.file is None else (one.file.name, one.file.content),
        )

    async def _put(self, tenant: TenantRecord, one: Taken) -> str | None:
        if self._folders is None or one.file is None:
            return _NO_FOLDER
        place = (str(tenant.tenant_id), one.delivery.address, one.file.name)
        return await self._folders.put(place, one.file.content)
