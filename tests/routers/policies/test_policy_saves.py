"""Policies saved in the middle of lives: what is stored, read and swept stays one."""

import pytest

from app.domain.vocabulary import Role
from tests.routers.lives.life import Life
from tests.routers.samples import published

STEPS = 16
ALL = [{"name": "all", "from_days": 1, "to_days": None}]
FINE = [{"name": f"from-{n}", "from_days": n, "to_days": n + 9} for n in range(1, 200, 10)]
FINE[-1]["to_days"] = None


async def late_account(desk):
    await desk.at("2026-01-31")
    return await desk.account(delinquent_since_on="2025-12-15")


async def save(desk, document, status=200):
    answer = await desk.client.put("/v1/policies/default", json=document)
    assert answer.status_code == status, answer.text
    return answer.json()


async def checked(desk, account):
    check = await desk.get(f"/v1/accounts/{account['id']}/self-check")
    assert check["ok"], [one for one in check["identities"] if not one["ok"]]
    return (await desk.get(f"/v1/accounts/{account['id']}"))["delinquency"]["bucket"]


async def test_other_buckets_take_force_on_their_day_for_reads_sweeps_and_the_fold(desk, swept):
    account = await late_account(desk)
    await swept("2026-02-20")
    saved = await save(desk, {"extends": None, "buckets": ALL})

    assert saved["effective_from"] == "2026-02-21"  # the 20th is closed
    assert await checked(desk, account) == "60-89"
    await desk.at("2026-02-21")
    assert await checked(desk, account) == "all"
    assert await swept("2026-02-21") == {"account.bucket_changed": 1}
    assert await checked(desk, account) == "all"


async def test_a_version_may_not_reach_back_to_a_closed_day(desk, swept):
    await late_account(desk)
    await swept("2026-02-20")
    document = {"effective_from": "2026-02-20", "buckets": ALL}
    status, name, told = await desk.refused("PUT", "/v1/policies/default", json=document)

    assert (status, name) == (409, "days-closed")
    assert told["closed_through_on"] == "2026-02-20"
    assert told["earliest_effective_from"] == "2026-02-21"
    await save(desk, {**document, "effective_from": "2026-02-21"})


async def test_a_policy_without_accounts_begins_whenever_it_says(desk):
    await late_account(desk)
    for status in (201, 200):
        answer = await desk.client.put("/v1/policies/own", json={"effective_from": "2020-01-01"})
        assert answer.status_code == status, answer.text


async def test_a_policy_names_at_most_a_thousand_creditors(desk):
    crowd = {f"C{n}": {"grace_days": 1} for n in range(1_001)}
    document = {"extends": "default", "creditors": crowd}

    assert await desk.pointers("/v1/policies/crowd", document, method="PUT") == ["/creditors"]


class SavedLife(Life):
    """A life in which somebody saves policies, for that day or a later one."""

    async def save(self):
        document = {
            "buckets": self.one((ALL, FINE)),
            "grace_days": self.dice.randint(0, 9),
            **({"effective_from": self.day(1, 40)} if self.often(0.6) else {}),
        }
        for policy in {one["policy"] for one in self.accounts}:
            client = self.staff["admin"]
            answer = await client.put(f"/v1/policies/{policy}", json=document)
            assert answer.status_code in {200, 409}, answer.text


@pytest.fixture
async def lives(app, staff):
    async def opened(seed):
        people = {role.value: (await staff(role, f"the {role}")).client for role in Role}
        return SavedLife(seed, people, published())

    return opened


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_is_saved_the_books_agree(lives, seed):
    life = await lives(seed)
    await life.start()
    for _ in range(STEPS):
        await life.step()
        if life.often(0.4):
            await life.save()
        for account in life.accounts:
            await life.look(account)
