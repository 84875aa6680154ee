"""A debtor who may be written to, and a worker whose clock the test holds."""

from datetime import UTC, datetime

import pytest

from app.services.messages import sending
from app.workers.messages import Messages
from tests.routers.persons.test_persons import CONSENT, DEBTOR, point

#: It is noon in Chicago.
NOON = "2026-01-16T18:00:00Z"


class Worker:
    """One process's part in sending, one look at a time."""

    def __init__(self, database, tenant, transports=None):
        self.tenant = tenant
        self.at = datetime(2026, 1, 16, 18, 0, tzinfo=UTC)
        self.database = database
        self.messages = Messages(database, transports, now=lambda: self.at)

    async def take(self):
        """What is due of this test's tenant: others' tests leave theirs in the same database."""
        jobs = (await self.messages.take(500)).jobs
        return [one for one in jobs if one.tenant.tenant_id == self.tenant]

    async def claim(self):
        """Take what is due, and die before it is handed over."""
        for job in await self.take():
            await sending.claim(self.database, job.tenant, job.message_id, now=self.at, shown=str)

    async def look(self):
        """Whatever is due now, done; how many there were."""
        jobs = await self.take()
        for job in jobs:
            await self.messages.do(job)
        return len(jobs)


@pytest.fixture
def worker(database, tenant):
    return Worker(database, tenant)


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-10")
    return await staff("supervisor", "ann")


@pytest.fixture
async def boss(staff, ann):
    """Whose office it is to save policies."""
    return await staff("admin", "boss")


@pytest.fixture
async def account(ann, desk):
    """Whose debtor agreed to be written to."""
    await ann.put("/v1/templates/nudge", NUDGE, status=201)
    made = await ann.account(debtor=DEBTOR)
    email = await point(ann, made["debtor"]["id"], "email")
    await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    await desk.at("2026-01-15")
    return made


NUDGE = {
    "channel": "email", "purpose": "reminder", "asks_for_money": True,
    "locales": {"en-US": {
        "subject": "Your account",
        "text": "{{ person.name }}: {{ account.balance }} {{ disclosures.collector_identity }} "
        "{{ disclosures.time_barred }} {{ disclosures.opt_out }}",
    }},
}  # fmt: skip


@pytest.fixture
def ask(ann, account):
    """A reminder by e-mail, at noon of the next day."""

    async def asked(status=201, **changes):
        body = {
            "account_id": account["id"], "template_key": "nudge", "channel": "email",
            "not_before_at": NOON, **changes,
        }  # fmt: skip
        return await ann.post("/v1/messages", body, status=status)

    return asked


@pytest.fixture
def unsafe(monkeypatch):
    """The sandbox's carrier knows no message again, like a mail server."""
    monkeypatch.setattr("app.services.messages.carriers.SANDBOX_IS_IDEMPOTENT", False)
