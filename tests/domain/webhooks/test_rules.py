"""When it is tried again, when it is stopped, how fast it goes, what it wants, where it may be."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.entries.events import EventType
from app.domain.webhooks.addresses import may_connect
from app.domain.webhooks.attempts import JITTER, WAITS_S, Answer, Status, judge
from app.domain.webhooks.health import Health, hear
from app.domain.webhooks.pace import allowance, room, spent
from app.domain.webhooks.wanted import Own, is_wanted

AT = datetime(2026, 10, 6, tzinfo=UTC)


@given(st.integers(1, 12), st.floats(-1, 1), st.one_of(st.none(), st.integers(0, 10**7)))
def test_a_failure_waits_at_least_its_wait_less_the_jitter(tries, jitter, asked_s):
    judged = judge(Answer(status=500, retry_after_s=asked_s), tries=tries, at=AT, jitter=jitter)
    if tries >= len(WAITS_S):
        assert (judged.status, judged.next_at) == (Status.EXHAUSTED, None)
        return
    waited_s = (judged.next_at - AT).total_seconds()
    assert judged.status is Status.RETRYING
    assert waited_s >= WAITS_S[tries] * (1 - JITTER) - 1e-3
    assert waited_s <= max(WAITS_S[tries] * (1 + JITTER), 86_400) + 1e-3
    if asked_s is not None:
        assert waited_s >= min(asked_s, 86_400) - 1e-3


def test_all_attempts_take_75_hours_35_minutes_and_5_seconds():
    assert len(WAITS_S) == 10
    assert sum(WAITS_S) == 75 * 3600 + 35 * 60 + 5


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_success_is_2xx(status):
    assert judge(Answer(status=status), tries=1, at=AT).status is Status.DELIVERED


@pytest.mark.parametrize(
    "status", [100, 199, 300, 301, 302, 304, 400, 401, 404, 429, 500, 503, 599]
)
def test_all_else_is_tried_again(status):
    assert judge(Answer(status=status), tries=1, at=AT).status is Status.RETRYING


def after(*attempts):
    """(hours, ok) → the hours at which it warned, and the first at which it was disabled."""
    health, warned = Health(), []
    for hours, ok in attempts:
        heard = hear(health, at=AT + timedelta(hours=hours), ok=ok)
        health = heard.health
        warned += [hours] if heard.warns else []
        if heard.disables:
            return warned, hours
    return warned, None


def test_it_is_warned_of_twice_and_then_stopped():
    failing = [(hours, False) for hours in range(0, 200, 6)]
    assert after(*failing) == ([24, 96], 120)


def test_one_failure_however_old_disables_nothing():
    assert after((0, False)) == ([], None)
    assert after((0, False), (119.99, False)) == ([119.99], None)


def test_a_success_begins_anew():
    assert after((0, False), (100, False), (101, True), (110, False), (229, False))[1] is None
    assert after((0, False), (100, False), (101, True), (110, False), (230, False))[1] == 230


@given(st.lists(st.tuples(st.integers(0, 3000), st.booleans()), max_size=30))
def test_it_is_disabled_only_after_120_hours_without_a_success(found):
    attempts = sorted(found)
    _, disabled = after(*attempts)
    if disabled is not None:
        recent = [ok for hours, ok in attempts if disabled - 120 < hours < disabled]
        assert not any(recent)
        assert any(not ok for hours, ok in attempts if hours <= disabled - 120)


@given(st.integers(1, 1000), st.lists(st.integers(0, 5000), min_size=1, max_size=20))
def test_no_second_has_more_than_the_rate_and_a_seconds_worth_kept(rate, gaps_ms):
    paced_at, now, total = AT - timedelta(days=1), AT, 0
    for gap in gaps_ms:
        now += timedelta(milliseconds=gap)
        allowed = allowance(paced_at, now=now, rate_per_second=rate)
        assert 0 <= allowed <= rate
        paced_at = spent(paced_at, now=now, rate_per_second=rate, attempts=allowed)
        total += allowed
    assert total <= rate * (1 + (now - AT).total_seconds()) + 1


def test_an_endpoint_that_fails_gets_little_room():
    assert room(0, failing=False) > room(0, failing=True) > 0
    assert room(99, failing=False) == room(99, failing=True) == 0


def test_what_is_wanted():
    assert all(is_wanted(one, None) for one in [*EventType, *Own])
    assert is_wanted("installment.missed", ["installment.*"])
    assert is_wanted("plan.broken", ["installment.*", "plan.broken"])
    assert not is_wanted("plan.completed", ["installment.*", "plan.broken"])
    assert not is_wanted("installments.x", ["installment.*"])


INNER = (
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.168.0.0/16", "224.0.0.0/3", "fc00::/7", "fe80::/10", "::ffff:0:0/96", "64:ff9b::/96",
    "2002::/16", "ff00::/8",
)  # fmt: skip


@given(st.one_of([st.ip_addresses(network=one) for one in INNER]))
def test_no_inner_address_is_connected_to_unless_it_is_opened(address):
    assert not may_connect(address)
    assert may_connect(address, [ip_network("0.0.0.0/0"), ip_network("::/0")])


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses_are(address):
    assert may_connect(ip_address(address))
