"""Whole lives at the API: anything is done, in any order, and the books agree after it.

Each seed is one tenant's life. To look further, add seeds or deeds here; what a seed found is
pinned where it belongs, beside the tests of what was wrong.
"""

import pytest

from app.domain.vocabulary import Role
from tests.routers.lives.life import Life
from tests.routers.samples import published

STEPS = 30
LOOK_EVERY = 4


@pytest.fixture
async def lives(app, staff):
    """`await lives(seed)`: a tenant with one person of each role."""

    async def opened(seed):
        people = {role.value: (await staff(role, f"the {role}")).client for role in Role}
        return Life(seed, people, published())

    return opened


@pytest.mark.parametrize("seed", [504, 515, 517, 524])
async def test_whatever_is_done_the_books_agree(lives, seed):
    life = await lives(seed)
    await life.start()
    for number in range(STEPS):
        await life.step()
        if number % LOOK_EVERY == 0:
            await life.look()
    await life.sweep()
    for account in life.accounts:
        await life.look(account)
        await life.read(account)
