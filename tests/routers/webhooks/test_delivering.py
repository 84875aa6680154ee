"""An endpoint is told what the feed tells: signed, at least once, each account in order."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.domain.webhooks.signature import accepts
from tests.feed import feed_at_rest

WAITS = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


async def story(desk):
    """A debt, a plan, money: several events of one account."""
    account, plan = await desk.opened()
    await desk.pay(account, 100_00)
    return account, plan


async def feed_of(desk):
    return (await desk.get("/v1/events", limit=200))["data"]


async def test_what_the_feed_tells_is_told_in_order_and_signed(hooks, desk):
    made = await hooks.made()
    await story(desk)
    await hooks.turns()
    told = await feed_of(desk)

    got = hooks.receiver.got
    assert [one.id for one in got] == [one["id"] for one in told]
    for request, event in zip(got, told, strict=True):
        said = request.event
        assert said["type"] == event["type"]
        assert said["timestamp"][:19] == event["occurred_at"][:19]
        assert len(said["timestamp"]) == len("2026-04-06T00:30:00.000000Z")
        inner = {k: v for k, v in event.items() if k not in {"type", "occurred_at"}}
        assert {**said["data"], **inner} == said["data"]
        assert request.headers["user-agent"].startswith("accord/")
        assert accepts(made["secret"], request.headers, request.body, now=hooks.clock())
    shown = await hooks.read(made)
    assert (shown["lag_seconds"], shown["failing_since_at"]) == (0.0, None)
    assert "secret" not in shown


async def test_each_event_is_told_once_however_often_it_is_looked(hooks, desk):
    await hooks.made()
    await story(desk)
    await hooks.turns()
    before = len(hooks.receiver.got)
    assert before
    assert await hooks.turns() == 0


async def test_only_what_was_asked_for(hooks, desk):
    made = await hooks.made(types=["payment.*", "plan.activated"])
    await story(desk)
    await hooks.turns()

    assert set(hooks.receiver.types) == {"payment.posted", "plan.activated"}
    assert {one["type"] for one in await hooks.deliveries(made)} == set(hooks.receiver.types)


async def test_what_happened_before_it_was_made_is_not_told(hooks, desk, database):
    await story(desk)
    await feed_at_rest(database)
    await hooks.made()
    assert await hooks.turns() == 0


async def test_an_accounts_next_event_waits_and_others_do_not(hooks, desk):
    await hooks.made()
    first = await desk.account(reference="A")
    await desk.account(reference="B")
    await desk.post(f"/v1/accounts/{first['id']}/charges", {"kind": "fee", "amount_minor": 5})
    hooks.receiver.answers = [500, 204]
    hooks.clock.forward(seconds=1)
    assert await hooks.turn() == 2  # one of each: A's failed, B's went
    assert await hooks.turn() == 0
    hooks.clock.forward(seconds=5)
    assert await hooks.turns() == 2
    of_first = [o.event["data"]["sequence"] for o in hooks.receiver.got
                if o.event["data"]["account_id"] == first["id"]]  # fmt: skip
    assert of_first == [1, 1, 2]


async def test_unordered_ones_wait_for_nobody(hooks, desk):
    await hooks.made(ordering="none")
    account = await desk.account(reference="A")
    await desk.post(f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": 5})
    hooks.receiver.answers = [500, 204]
    hooks.clock.forward(seconds=1)
    assert await hooks.turn() == 2


async def test_it_is_tried_ten_times_and_then_exhausted(hooks, desk):
    made = await hooks.made()
    await desk.account(reference="A")
    hooks.receiver.answers = [500]
    hooks.clock.forward(seconds=1)
    for wait_s in (*WAITS, 0):
        assert await hooks.turn() == 1
        (one,) = await hooks.deliveries(made)
        tried_at = datetime.fromisoformat(one["attempts"][-1]["at"])
        if wait_s:
            next_at = datetime.fromisoformat(one["next_at"])
            waited_s = (next_at - tried_at).total_seconds() - one["attempts"][-1]["ms"] / 1000
            assert one["status"] == "retrying"
            assert waited_s == pytest.approx(wait_s, abs=0.001)
        hooks.clock.forward(seconds=wait_s + 1)
    assert (one["status"], one["next_at"], len(one["attempts"])) == ("exhausted", None, 10)
    assert len({got.id for got in hooks.receiver.got}) == 1
    stamps = [int(got.headers["webhook-timestamp"]) for got in hooks.receiver.got]
    assert stamps == sorted(set(stamps))  # each attempt signs its own instant
    assert await hooks.turns() == 0


async def test_retry_after_is_kept(hooks, desk):
    made = await hooks.made()
    await desk.account(reference="A")
    hooks.receiver.answers = [
        b"HTTP/1.1 429 X\r\nretry-after: 600\r\ncontent-length: 0\r\n\r\n", 204,
    ]  # fmt: skip
    hooks.clock.forward(seconds=1)
    assert await hooks.turn() == 1
    hooks.clock.forward(seconds=599)
    assert await hooks.turn() == 0
    hooks.clock.forward(seconds=3)
    assert await hooks.turn() == 1
    (one,) = await hooks.deliveries(made)
    assert [attempt["status"] for attempt in one["attempts"]] == [429, 204]


async def test_a_redirect_fails_and_is_not_followed(hooks, desk):
    made = await hooks.made()
    await desk.account(reference="A")
    away = b"HTTP/1.1 302 X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"
    hooks.receiver.answers = [away]
    hooks.clock.forward(seconds=1)
    assert await hooks.turn() == 1
    assert [one.path for one in hooks.receiver.got] == ["/hook"]
    (one,) = await hooks.deliveries(made, status="retrying")
    assert one["attempts"][0]["status"] == 302


async def test_of_an_answer_a_kilobyte_is_kept(hooks, desk):
    made = await hooks.made()
    await desk.account(reference="A")
    long = b"HTTP/1.1 500 X\r\ncontent-length: 5000\r\n\r\n" + b"a\0b" + b"x" * 4997
    hooks.receiver.answers = [long]
    hooks.clock.forward(seconds=1)
    await hooks.turn()
    ((attempt,),) = [one["attempts"] for one in await hooks.deliveries(made)]
    assert attempt["response_bytes"] == len(attempt["response_start"]) == 1024
    assert attempt["response_start"].startswith("a\ufffdbxx")


@pytest.mark.parametrize(
    ("answer", "error", "patience_s"),
    [(None, "timeout", 2), (b"\x15\x03nonsense\r\n\r\n", "no-http-answer", 30)],
)
async def test_no_answer_is_a_failure_with_a_word_for_it(hooks, desk, answer, error):
    made = await hooks.made()
    await desk.account(reference="A")
    hooks.receiver.answers = [answer]
    hooks.clock.forward(seconds=1)
    await hooks.turn()
    ((attempt,),) = [one["attempts"] for one in await hooks.deliveries(made)]
    assert (attempt["status"], attempt["error"]) == (None, error)


async def test_410_disables_at_once_and_enabling_takes_up_what_it_refused(hooks, desk):
    made = await hooks.made()
    account = await desk.account(reference="A")
    hooks.receiver.answers = [410]
    hooks.clock.forward(seconds=1)
    assert await hooks.turn() == 1
    shown = await hooks.read(made)
    assert (shown["status"], shown["disabled_because"]) == ("disabled", "gone")
    assert [one["status"] for one in await hooks.deliveries(made)] == ["failed"]
    await desk.post(f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": 5})
    assert await hooks.turns() == 0

    hooks.receiver.answers = [204]
    await desk.post(f"/v1/webhooks/{made['id']}/enable", {}, status=200)
    await hooks.turns()
    assert [one.event["data"]["sequence"] for one in hooks.receiver.got] == [1, 1, 2]
    assert (await hooks.read(made))["status"] == "enabled"


async def test_five_days_of_failures_disable_it_and_tell_the_others(hooks, desk):
    failing = await hooks.made(types=["account.*"])
    other = await hooks.made(types=["webhook.*"])
    await desk.account(reference="A")
    hooks.receiver.answers = [500]
    hooks.clock.forward(seconds=1)
    await hooks.turn()
    first_at = (await hooks.read(failing))["failing_since_at"]
    assert first_at
    hooks.clock.forward(hours=119)
    await hooks.turn()
    assert (await hooks.read(failing))["status"] == "enabled"
    hooks.clock.forward(hours=2)
    await hooks.turn()
    shown = await hooks.read(failing)
    assert (shown["status"], shown["disabled_because"]) == ("disabled", "failing")

    hooks.receiver.answers = [204]
    await hooks.turns()
    told = hooks.receiver.got[-1].event
    assert told["type"] == "webhook.disabled"
    assert told["data"]["data"]["webhook_id"] == failing["id"]
    assert told["data"]["data"]["because"] == "failing"
    assert [one["status"] for one in await hooks.deliveries(other)] == ["delivered"]


async def test_from_now_passes_over_and_replay_finds_what_was_passed_over(hooks, desk, database):
    made = await hooks.made(types=["charge.added"])
    account = await desk.account(reference="A")
    path = f"/v1/webhooks/{made['id']}"
    charges = f"/v1/accounts/{account['id']}/charges"
    await desk.post(f"{path}/disable", {}, status=200)
    await desk.post(charges, {"kind": "fee", "amount_minor": 1})
    await feed_at_rest(database)
    await desk.post(f"{path}/enable", {"resume": "now"}, status=200)
    await desk.post(charges, {"kind": "fee", "amount_minor": 2})
    await hooks.turns()
    assert len(hooks.receiver.got) == 1
    statuses = sorted(one["status"] for one in await hooks.deliveries(made))
    assert statuses == ["delivered", "skipped"]

    replayed = await desk.post(f"{path}/replay", {"only": "failed"}, status=202)
    assert replayed["count"] == 1
    await hooks.turns()
    assert len({one.id for one in hooks.receiver.got}) == len(hooks.receiver.got) == 2
    assert len(await hooks.deliveries(made, replay_id=replayed["id"])) == 1


async def test_a_replay_sends_the_same_ids_in_each_accounts_order(hooks, desk):
    made = await hooks.made()
    await story(desk)
    await hooks.turns()
    first = [one.id for one in hooks.receiver.got]
    path = f"/v1/webhooks/{made['id']}/replay"
    since = datetime(2020, 1, 1, tzinfo=UTC).isoformat()

    all_of_it = await desk.post(path, {"from": since, "only": "all"}, status=202)
    assert all_of_it["count"] == len(first)
    await hooks.turns()
    assert [one.id for one in hooks.receiver.got] == first * 2

    after = await desk.post(path, {"after_event_id": first[-2], "only": "all"}, status=202)
    assert after["count"] == 1
    nothing = await desk.post(path, {"to": since, "only": "all"}, status=202)
    assert nothing["count"] == 0


async def test_one_delivery_is_sent_again_by_hand(hooks, desk):
    made = await hooks.made()
    await desk.account(reference="A")
    await hooks.turns()
    (one,) = await hooks.deliveries(made)
    again = await desk.post(f"/v1/webhook-deliveries/{one['id']}/retry", {}, status=202)
    assert (again["status"], again["id"]) == ("pending", one["id"])
    await hooks.turns()
    (one,) = await hooks.deliveries(made)
    assert [attempt["status"] for attempt in one["attempts"]] == [204, 204]


async def test_a_worker_that_died_leaves_a_lease_that_runs_out(hooks, desk):
    await hooks.made()
    await desk.account(reference="A")
    await feed_at_rest(hooks._database)
    hooks.clock.forward(seconds=1)
    (dead,) = [j for j in (await hooks.work.take(50)).jobs if j.webhook.tenant_id == hooks._tenant]
    assert await hooks.turn() == 0
    hooks.clock.forward(seconds=61)
    assert await hooks.turn() == 1
    await hooks.work.do(dead)  # it was not dead but slow: its record changes nothing
    assert len(hooks.receiver.got) == 2
    assert await hooks.turns() == 0


async def test_the_rate_is_kept(hooks, desk):
    await hooks.made(rate_per_second=2, ordering="none")
    for name in "ABCDE":
        await desk.account(reference=name)
    hooks.clock.forward(seconds=60)
    sent = []
    for _ in range(4):
        sent.append(await hooks.turn())
        hooks.clock.forward(seconds=1)
    assert sent == [2, 2, 1, 0]


async def test_a_sweep_that_is_over_is_told_once(hooks, desk):
    made = await hooks.made(types=["sweep.done"])
    await desk.at("2026-02-01")
    started = await desk.post("/v1/sweeps", {"business_date": "2026-02-01"}, status=202)
    for _ in range(3):
        await hooks.turns()
    (got,) = hooks.receiver.got
    assert got.event["type"] == "sweep.done"
    assert got.event["data"]["data"]["sweep_id"] == started["id"]
    assert got.event["data"]["account_id"] is None
    assert len(await hooks.deliveries(made)) == 1


async def test_money_that_no_account_has_is_told_in_its_own_order(hooks, desk):
    made = await hooks.made(types=["suspense.*"])
    await desk.at("2026-01-10")
    account = await desk.account(reference="A")
    lost = {
        "account_reference": "nowhere", "reference": "L-1", "amount_minor": 5, "currency": "USD",
        "unmatched": "suspense",
    }  # fmt: skip
    waits = await desk.post("/v1/payments", lost)
    body = {"account_id": account["id"]}
    await desk.post(f"/v1/suspense/{waits['id']}/assign", body)
    await hooks.turns()
    told = [one for one in await feed_of(desk) if one["type"].startswith("suspense.")]
    assert [one.id for one in hooks.receiver.got] == [one["id"] for one in told]
    assert len(told) == 2
    assert {one.event["data"]["account_id"] for one in hooks.receiver.got} == {None}
    assert {one["account_id"] for one in await hooks.deliveries(made)} == {None}


@pytest.mark.one_server("an epoch is begun there by each tenant's own server, by itself")
async def test_after_a_restore_nothing_is_missed_and_nothing_made_twice(hooks, desk, owner):
    """The endpoint's place is of an epoch that ended: some events are read again, none is made."""
    await hooks.made()
    await desk.account(reference="A")
    await hooks.turns()
    async with owner.transaction() as tx:
        await tx.execute(text("SELECT accord_begin_epoch(true)"))
    await desk.account(reference="B")
    await hooks.turns()
    await desk.account(reference="C")
    await hooks.turns()
    assert hooks.receiver.types == ["account.created"] * 3
    assert len({one.id for one in hooks.receiver.got}) == 3
