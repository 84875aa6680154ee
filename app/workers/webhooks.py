"""Webhooks as a kind of work: deliveries taken endpoint by endpoint, signed, sent, recorded."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.domain.webhooks.attempts import Answer, Outgoing
from app.routers.edge.logs import exception_facts, log
from app.schemas.edge.ids import PREFIXES, encode
from app.schemas.webhooks.message import message
from app.services.webhooks import attempting
from app.services.webhooks.attempting import Recorded, Taken
from app.services.webhooks.sending import Sender
from app.services.webhooks.signing import signed
from app.storage.database.engine import Database
from app.workers.loop import Batch

#: Longer than an attempt and its record can take.
LEASE: Final = timedelta(seconds=60)


class Webhooks:
    """One process's part in sending."""

    name = "webhooks"

    def __init__(
        self,
        database: Database,
        sender: Sender,
        *,
        now: Callable[[], datetime],
        lease: timedelta = LEASE,
        jitter: Callable[[], float] = lambda: random.uniform(-1, 1),  # noqa: S311 - no secret
    ) -> None:
        self._database = database
        self._sender = sender
        self._now = now
        self._lease = lease
        self._jitter = jitter

    async def take(self, most: int) -> Batch[Taken]:
        """Follow the feed for every endpoint that is behind, and lease what is due."""
        due = await attempting.endpoints_due(self._database, at=self._now())
        jobs: list[Taken] = []
        for tenant_id, webhook_id in due:
            if len(jobs) >= most:
                break
            jobs += await self._of_one(tenant_id, webhook_id, most - len(jobs))
        return Batch(jobs=jobs, busy=bool(due))

    async def do(self, job: Taken) -> None:
        """One attempt at one endpoint."""
        sent_at = self._now()
        answer = await self._sender.send(outgoing(job, at=sent_at))
        recorded = await attempting.record(
            self._database, job, answer, at=sent_at, jitter=self._jitter()
        )
        _tell(job, answer, recorded)

    async def _of_one(self, tenant_id: UUID, webhook_id: UUID, most: int) -> tuple[Taken, ...]:
        try:
            return await attempting.take(
                self._database,
                tenant_id,
                webhook_id,
                at=self._now(),
                lease=self._lease,
                most=most,
            )
        except Exception as error:  # noqa: BLE001 - one endpoint's trouble is not the others'
            log.error("webhook", webhook=_shown(webhook_id), **exception_facts(error))
            return ()


def outgoing(taken: Taken, *, at: datetime) -> Outgoing:
    """What is sent at this attempt: the event as the feed tells it, signed now."""
    webhook, delivery = taken.webhook, taken.delivery
    body = message(taken.told)
    event_id = encode(PREFIXES["event"], delivery.event_id)
    headers = signed(webhook.secrets(at), event_id=event_id, body=body, at=at)
    return Outgoing(url=webhook.url, headers={**webhook.headers, **headers}, body=body)


def _tell(job: Taken, answer: Answer, recorded: Recorded) -> None:
    """What somebody who looks after this installation should know; no address, no body."""
    facts = {
        "tenant": str(job.webhook.tenant_id),
        "webhook": _shown(job.webhook.id),
        "status": answer.status,
        "error": answer.error,
    }
    if not recorded.known:
        log.warning("webhook lease lost", **facts)
    if recorded.warned:
        log.warning("webhook failing", **facts)
    if recorded.disabled:
        log.warning("webhook disabled", because=recorded.disabled.value, **facts)


def _shown(webhook_id: UUID) -> str:
    return encode(PREFIXES["webhook"], webhook_id)
