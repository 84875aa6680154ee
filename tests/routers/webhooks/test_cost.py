"""No command pays for webhooks: it puts the same statements to the database, endpoint or none."""

import pytest

from app.storage.database.addresses import Driven


@pytest.fixture
def statements(monkeypatch):
    """Every statement that any connection is given, as the driver gets it."""
    said = []
    for name in ("execute", "fetch", "fetchrow", "fetchval", "executemany", "prepare"):
        real = getattr(Driven, name)

        def spoken(self, sql, *rest, _real=real, **named):
            said.append(sql)
            return _real(self, sql, *rest, **named)

        monkeypatch.setattr(Driven, name, spoken)
    return said


async def test_a_posting_with_endpoints_is_the_posting_without(hooks, desk, statements):
    account, _ = await desk.opened()
    await desk.pay(account, 10_00)  # so that policies and the like are known

    async def posted():
        statements.clear()
        await desk.pay(account, 10_00)
        return list(statements)

    before = await posted()
    for _ in range(3):
        await hooks.made()
    with_endpoints = await posted()
    assert with_endpoints == before
    assert not [one for one in before if "webhook" in one]
    assert len(before) >= 5
