"""What begins the days of a validation notice, what provides it, and by which law it is owed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.contact.gate.gate import Policy, notice_roles
from app.domain.contact.known import Contact, Debt
from app.domain.contact.law.shipped import SHIPPED
from app.domain.contact.validation import (
    beginnings,
    begins,
    in_writing,
    lapses_on,
    period,
    period_of,
    provides,
    stops_by_itself,
)
from app.domain.contact.words import (
    Channel,
    CollectorType,
    Direction,
    Outcome,
    PartyRole,
    Purpose,
)
from app.domain.values import replace
from app.services.holidays import calendar

ONE = UUID(int=1)
TALK = Contact(
    id=ONE, at=datetime(2026, 3, 2, 15, tzinfo=UTC), channel=Channel.CALL,
    direction=Direction.OUT, person_id=ONE, outcome=Outcome.CONVERSATION,
)  # fmt: skip
LETTER = replace(
    TALK, channel=Channel.LETTER, outcome=Outcome.MAILED, purpose=Purpose.VALIDATION_NOTICE
)
DEBT = Debt(account_id=ONE, country="US", regions=frozenset({"US-TX"}))
POLICY = Policy(rule_sets=tuple(SHIPPED.values()))


@pytest.mark.parametrize(
    ("changes", "is_so"),
    [
        pytest.param({}, True, id="a talk"),
        pytest.param({"direction": Direction.IN}, True, id="whoever called"),
        pytest.param({"outcome": Outcome.NO_ANSWER}, False, id="an attempt"),
        pytest.param({"purpose": Purpose.LOCATION_INFORMATION}, False, id="a location call"),
        pytest.param({"purpose": Purpose.LEGAL_PROCESS}, False, id="a pleading"),
        pytest.param(
            {"outcome": Outcome.VOICEMAIL_LEFT, "limited_content": True}, False, id="limited"
        ),
    ],
)  # fmt: skip
def test_what_begins_it(changes, is_so):
    assert begins(replace(TALK, **changes)) is is_so


@pytest.mark.parametrize(
    ("contact", "initial", "is_so"),
    [
        pytest.param(LETTER, False, True, id="a letter"),
        pytest.param(replace(LETTER, outcome=Outcome.RETURNED), False, False, id="came back"),
        pytest.param(replace(LETTER, direction=Direction.IN), False, False, id="from them"),
        pytest.param(replace(LETTER, purpose=Purpose.COLLECTION), True, False, id="a demand"),
        pytest.param(
            replace(TALK, purpose=Purpose.VALIDATION_NOTICE), True, True, id="told in the first"
        ),
        pytest.param(
            replace(TALK, purpose=Purpose.VALIDATION_NOTICE), False, False, id="told later"
        ),
    ],
)  # fmt: skip
def test_what_provides_it(contact, initial, is_so):
    assert provides(contact, initial=initial) is is_so


def test_told_by_voice_it_arrives_at_once():
    on, holidays = date(2026, 3, 2), calendar("US-6103A")
    assert period_of(TALK, on, holidays).ends_on == date(2026, 4, 1)
    assert period_of(LETTER, on, holidays) == period(on, holidays)


@pytest.mark.parametrize(
    ("debt", "collector", "owed"),
    [
        pytest.param({}, CollectorType.THIRD_PARTY, True, id="a collector"),
        pytest.param({}, CollectorType.DEBT_BUYER, True, id="a buyer"),
        pytest.param({}, CollectorType.FIRST_PARTY, False, id="the creditor"),
        pytest.param(
            {"regions": frozenset({"US-CA"})}, CollectorType.FIRST_PARTY, False, id="in California"
        ),
        pytest.param({"country": None}, CollectorType.THIRD_PARTY, True, id="nobody knows where"),
        pytest.param({"country": "GB"}, CollectorType.THIRD_PARTY, False, id="in Britain"),
        pytest.param({"consumer": False}, CollectorType.THIRD_PARTY, False, id="a trade debt"),
    ],
)  # fmt: skip
def test_by_whom_it_is_owed(debt, collector, owed):
    roles = notice_roles(replace(DEBT, **debt), replace(POLICY, collector_type=collector))
    assert (PartyRole.DEBTOR in roles) is owed
    assert PartyRole.RELATIVE not in roles


@given(st.integers(0, 5), st.sets(st.integers(-3, 50)))
def test_a_missed_day_is_caught_up_until_it_lapses(after_days, swept):
    begun_on = date(2026, 3, 2)
    days = [begun_on + timedelta(days=one) for one in swept]
    made = [
        day for day in days
        if (span := beginnings(day, after_days=after_days)) and span[0] <= begun_on <= span[1]
    ]  # fmt: skip
    first = begun_on + timedelta(days=after_days)
    assert made == [day for day in days if first <= day < lapses_on(begun_on)]


@given(st.integers(-40, 40), st.booleans())
def test_what_is_written_stops_by_itself_through_the_last_day(after, owed):
    ends_on = date(2026, 4, 8)
    on = ends_on + timedelta(days=after)
    assert stops_by_itself(on, ends_on, owed=owed) is (after <= 0)
    assert stops_by_itself(on, None, owed=owed) is owed


def test_a_word_on_the_phone_is_not_in_writing():
    said = {one for one in Channel if in_writing(one, Direction.IN)}
    assert said == {Channel.LETTER, Channel.EMAIL, Channel.SMS, Channel.CHAT}
    assert not any(in_writing(one, Direction.OUT) for one in Channel)
