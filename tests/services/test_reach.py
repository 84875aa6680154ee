"""Who cannot be reached: known since when, whatever made it so, and worked to find a point."""

from datetime import date

import pytest
from sqlalchemy import text

from app.domain.contact.words import PointKind, SuppressedBecause, SuppressedKind, Validity
from app.domain.money import Amounts
from app.domain.vocabulary import Product, Role
from app.domain.worklists.lists import SHIPPED
from app.domain.worklists.score import WorkReason
from app.services.accounts.place import OpenAccount, open_account
from app.services.contacts.merge import merge_persons
from app.services.persons.points import NewPoint, add_point, judge_point, points_of
from app.services.persons.suppressions import end_suppression, suppress
from app.services.worklists.items import asked_of
from app.services.worklists.older import keep_older
from app.storage.accounts.persons import PersonDetails, PersonRole
from app.storage.worklists import find
from tests.database import as_tenant

JAN, FEB, MARCH = date(2026, 1, 5), date(2026, 2, 10), date(2026, 3, 10)
PHONE, OTHER = "+13125550100", "+13125550199"


@pytest.fixture
def opened(at):
    """`opened(reference, phone=…)`: an account on a day, and its debtor's id."""

    async def opened(reference, day=JAN, who=None, **details):
        async with at(day) as ctx:
            debtor = PersonDetails(
                role=PersonRole.DEBTOR, reference=f"D-{who or reference}", **details
            )
            asked = OpenAccount(
                reference=reference, currency="USD", product=Product.INVOICE, opened_on=JAN,
                balance=Amounts(principal_minor=200_00), debtor=debtor,
            )  # fmt: skip
            placed = await open_account(ctx, asked)
        return placed.reading.account.id, placed.reading.account.debtor_id

    return opened


@pytest.fixture
def listed(at):
    """Accounts whose debtor cannot be reached, and since when."""

    async def listed():
        async with at(MARCH) as ctx:
            asked, _ = await asked_of(ctx)
            found = await find.find(ctx.tx, SHIPPED["data"], asked, limit=9)
        return {one.reference: one.since[WorkReason.BAD_POINT] for one in found}

    return listed


def point(value, kind=PointKind.PHONE):
    return NewPoint(kind=kind, value=value, normalized=None)


async def test_whoever_was_named_without_a_point_is_known_by_none(at, opened, listed):
    await opened("NONE")
    await opened("BOTH", phone=PHONE, email="ann@example.org")
    _, mute = await opened("UNREADABLE", phone="ask the neighbor")
    assert await listed() == {"NONE": JAN, "UNREADABLE": JAN}

    await opened("NONE-2", FEB)
    async with at(FEB) as ctx:
        await add_point(ctx, mute, point(PHONE))
    assert await listed() == {"NONE": JAN, "NONE-2": FEB}


async def test_a_point_is_none_while_it_is_known_to_be_bad(at, opened, listed):
    _, ann = await opened("ANN", phone=PHONE)
    async with at(FEB) as ctx:
        (only,) = await points_of(ctx, ann)
        await judge_point(ctx, only.point.id, validity=Validity.SUSPECT, because=None, on=None)
    assert await listed() == {}
    async with at(FEB) as ctx:
        gone = {"validity": Validity.INVALID, "because": "not_in_service", "on": None}
        await judge_point(ctx, only.point.id, **gone)
    assert await listed() == {"ANN": FEB}

    await opened("AGAIN", MARCH, "ANN", phone=PHONE)  # said once more, it is no better
    assert await listed() == {"ANN": FEB, "AGAIN": FEB}
    async with at(MARCH) as ctx:
        await add_point(ctx, ann, point("ann@example.org", PointKind.EMAIL))
    assert await listed() == {}


async def test_a_suppressed_value_reaches_nobody_until_it_is_used_again(at, opened, listed):
    await opened("ANN", phone=PHONE)
    await opened("BOB", phone=PHONE, email="bob@example.org")
    async with at(FEB, role=Role.ADMIN) as ctx:
        stands, _ = await suppress(ctx, SuppressedKind.PHONE, PHONE, SuppressedBecause.OTHER)
    assert await listed() == {"ANN": FEB}
    await opened("CY", MARCH, phone=PHONE)
    assert await listed() == {"ANN": FEB, "CY": MARCH}

    async with at(MARCH, role=Role.ADMIN) as ctx:
        await end_suppression(ctx, stands.id, "it was another's")
    assert await listed() == {}


async def test_who_was_merged_is_reached_by_the_points_of_both(at, opened, listed):
    _, ann = await opened("ANN")
    _, anna = await opened("ANNA", phone=PHONE)
    async with at(FEB) as ctx:
        await merge_persons(ctx, ann, into=anna, reason="one and the same")
    assert await listed() == {}

    async with at(MARCH) as ctx:
        (only,) = await points_of(ctx, anna)
        gone = {"validity": Validity.INVALID, "because": "wrong_party", "on": None}
        await judge_point(ctx, only.point.id, **gone)
    assert await listed() == {"ANN": MARCH, "ANNA": MARCH}


async def test_debtors_from_before_it_was_kept_are_gone_through_with_their_accounts(
    database, owner, tenant, opened, listed
):
    await opened("NONE")
    await opened("ONE", phone=OTHER)
    async with as_tenant(owner, tenant) as tx:
        unknown = text("UPDATE person SET unreachable_on = NULL WHERE tenant_id = :t")
        await tx.execute(unknown, {"t": tenant})
        again = text("UPDATE tenant SET work_kept_to = :id WHERE tenant_id = :t")
        await tx.execute(again, {"t": tenant, "id": "00000000-0000-0000-0000-000000000000"})
    assert await listed() == {}

    await keep_older(database, tenant, on=MARCH, time_zone="UTC")
    assert await listed() == {"NONE": MARCH}
