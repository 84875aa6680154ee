"""Who stands on which side, whose part stands when, and what a merge makes of consents."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.domain.contact.words import ConsentKind, PartyRole
from app.domain.persons.facts import ConsentGiven, Merged, PersonFact
from app.domain.persons.parties import Party, PersonRole, outgrown, role_on, side_of, unmergeable

ANN, BOB, CY = (UUID(int=number) for number in (1, 2, 3))
POINT, DEBT = UUID(int=8), UUID(int=9)
DAY = date(2026, 3, 10)


def fact(number, who, hour, body):
    return PersonFact(
        id=UUID(int=100 + number), sequence=number, person_id=who, actor="ann", role="agent",
        recorded_at=datetime(2026, 3, 1, hour, tzinfo=UTC), business_date=DAY, body=body,
    )  # fmt: skip


def agreed(number, who, hour, account_ids=None):
    body = ConsentGiven(
        consent=ConsentKind.E_SIGN, point_id=POINT, given_at=datetime(2026, 3, 1, tzinfo=UTC),
        channel_given="web", evidence={"text_hash": "9f"}, account_ids=account_ids,
    )  # fmt: skip
    return fact(number, who, hour, body)


def same(number, who, hour, into):
    return fact(number, who, hour, Merged(into_person_id=into, reason="one"))


def numbers(found):
    return sorted(one.int - 100 for one in found)


def test_a_part_stands_until_the_day_it_ends_and_the_nearest_to_the_debt_counts():
    def has(role, from_on, ended_on=None):
        return Party(person_id=ANN, role=role, from_on=from_on, ended_on=ended_on)

    parts = [has(PartyRole.EMPLOYER, date(2026, 1, 1)), has(PartyRole.SPOUSE, DAY, DAY)]
    assert role_on(parts, ANN, DAY) is PartyRole.EMPLOYER
    parts.append(has(PartyRole.GUARANTOR, DAY, date(2026, 3, 11)))
    assert [role_on(parts, ANN, date(2026, 3, day)) for day in (9, 10, 11)] == [
        PartyRole.EMPLOYER, PartyRole.GUARANTOR, PartyRole.EMPLOYER,
    ]  # fmt: skip
    assert role_on(parts, BOB, DAY) is None
    assert side_of(PartyRole.EXECUTOR) is PersonRole.DEBTOR
    assert side_of(PartyRole.ATTORNEY) is PersonRole.THIRD_PARTY


@pytest.mark.parametrize("one", PersonRole)
@pytest.mark.parametrize("into", PersonRole)
def test_only_two_of_one_side_that_owes_nothing_to_creditors_are_one(one, into):
    may = one is into and one is not PersonRole.CREDITOR
    assert (unmergeable(one, into) is None) is may


def test_no_consent_grows_by_a_merge_and_one_given_afterwards_is_of_both():
    told = [
        agreed(1, ANN, 8), agreed(2, ANN, 8, (DEBT,)), agreed(3, BOB, 9),
        same(4, ANN, 10, BOB), agreed(5, BOB, 11), same(6, BOB, 12, CY), agreed(7, CY, 11),
        agreed(8, CY, 13),
    ]  # fmt: skip
    assert numbers(outgrown(told, ANN)) == [3, 7]
    assert numbers(outgrown(told, BOB)) == [1, 7]
    assert numbers(outgrown(told, CY)) == [1, 3, 5]
