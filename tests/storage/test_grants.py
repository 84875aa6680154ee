"""Which re-ages were flagged is read from the events that told of it, old ones too."""

from datetime import date
from uuid import UUID

from app.storage import reages
from app.storage.ids import new_id
from app.storage.reages import Flag
from tests.database import as_tenant
from tests.storage.rows import DAY, add_account, add_event


async def test_an_event_that_does_not_say_when_is_flagged_on_its_own_day(owner, tenant):
    old, new, payment_id = UUID(int=1), UUID(int=2), new_id()
    said = (
        {"re_age_id": str(old), "flagged": "payment_returned"},
        {"re_age_id": str(new), "flagged": "payment_returned", "flagged_on": "2026-04-20"},
    )
    async with as_tenant(owner, tenant) as tx:
        account_id = await add_account(tx, tenant)
        for sequence, after in enumerate(said, 1):
            await add_event(
                tx, tenant, account_id, sequence=sequence, type="re_age.granted",
                corrects=new_id(), payment_id=payment_id, data={"before": {}, "after": after},
            )  # fmt: skip
        found = await reages.flags(tx, account_id=account_id)

    assert found == {
        old: Flag(on=DAY, payment_id=payment_id),
        new: Flag(on=date(2026, 4, 20), payment_id=payment_id),
    }
