"""Messages as a kind of work: picked tenant by tenant, claimed, handed over, recorded."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.domain.messages.carrying import Carrier
from app.domain.messages.lifecycle import LEASE
from app.domain.values import replace
from app.routers.edge.logs import exception_facts, log
from app.schemas.edge.ids import PREFIXES, encode
from app.services.messages import sending
from app.services.messages.sending import StoredMessage, Taken
from app.services.messages.surroundings import TenantRecord
from app.services.messages.transports import SANDBOX, Answer, Sandbox, Transport
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable
from app.workers.loop import Batch

_MOST_TENANTS: Final = 100
#: Between two attempts to record what is known already.
_PAUSE_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A message to be looked at."""

    tenant: TenantRecord
    message_id: UUID


class Messages:
    """One process's part in sending messages. `transports`: what speaks to each kind of carrier."""

    name = "messages"

    def __init__(
        self,
        database: Database,
        transports: Mapping[str, Transport] | None = None,
        *,
        secrets: Mapping[str, str] | None = None,
        public_url: str | None = None,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._transports: Mapping[str, Transport] = {SANDBOX: Sandbox(), **(transports or {})}
        self._secrets = dict(secrets or {})
        self._public_url = public_url
        self._paced: dict[tuple[UUID, str], float] = {}
        self._now = now

    async def take(self, most: int) -> Batch[Picked]:
        """What is due, each tenant's share of what there is room for."""
        now = self._now()
        tenants = await sending.tenants_due(self._database, now=now, most=_MOST_TENANTS)
        jobs: list[Picked] = []
        for place, tenant in enumerate(tenants):
            room = (most - len(jobs)) // (len(tenants) - place) or most - len(jobs)
            if room <= 0:
                break
            found = await sending.pick(self._database, tenant, now=now, most=room)
            jobs += [Picked(tenant=tenant, message_id=one) for one in found]
        return Batch(jobs=jobs, busy=bool(tenants))

    async def do(self, job: Picked) -> None:
        """Claim one, hand it over outside any transaction, and record what came of it."""
        taken = await sending.claim(
            self._database, job.tenant, job.message_id, now=self._now(), shown=_shown,
            public_url=self._public_url,
        )  # fmt: skip
        if taken is None:
            return
        transport = self._transports.get(taken.carrier.kind)
        if transport is None:
            log.error("message", message=_shown(job.message_id), error="no-such-carrier")
            return
        carrier = taken.carrier
        if carrier.secret_ref is not None:
            carrier = replace(carrier, secret=self._secrets.get(carrier.secret_ref))
        await self._wait_for_turn(job.tenant.tenant_id, carrier)
        sent_at = self._now()
        try:
            answer = await transport.send(carrier, taken.parcel)
        except Exception as error:  # noqa: BLE001 - the lease ends, and then it is known or not
            log.error("message", message=_shown(job.message_id), **exception_facts(error))
            return
        moved = await self._record(job.tenant, taken, answer, sent_at)
        if moved is not None and not answer.accepted:
            log.warning(
                "message not taken", message=_shown(job.message_id), carrier=taken.carrier.name,
                code=answer.code, status=moved.status,
            )  # fmt: skip

    async def _record(
        self, tenant: TenantRecord, taken: Taken, answer: Answer, sent_at: datetime
    ) -> StoredMessage | None:
        """What came of it. A database that is away for a while is asked again: nobody else knows.

        No longer than the lease: after it the message is another's, or uncertain.
        """
        until = time.monotonic() + LEASE.total_seconds()
        while True:
            try:
                return await sending.record(
                    self._database, tenant, taken, answer, sent_at=sent_at, now=self._now()
                )
            except Unavailable:
                if time.monotonic() + _PAUSE_S >= until:
                    raise
                await asyncio.sleep(_PAUSE_S)

    async def _wait_for_turn(self, tenant_id: UUID, carrier: Carrier) -> None:
        """No more a second than the carrier takes, as far as this process goes."""
        if carrier.rate_per_second is None:
            return
        key, now = (tenant_id, carrier.name), time.monotonic()
        turn = max(now, self._paced.get(key, 0.0))
        self._paced[key] = turn + 1 / carrier.rate_per_second
        await asyncio.sleep(turn - now)


def _shown(message_id: UUID) -> str:
    return encode(PREFIXES["message"], message_id)
