"""Whether another transaction of this process is about the same thing."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID


class Company:
    """What the transactions under way are about."""

    def __init__(self) -> None:
        self._about: Counter[UUID] = Counter()

    @contextmanager
    def beside(self, about: UUID | None) -> Iterator[bool]:
        """Be about a thing, or about nothing that is known; whether others are about it already."""
        if about is None:
            yield False
            return
        others = self._about[about] > 0
        self._about[about] += 1
        try:
            yield others
        finally:
            self._about[about] -= 1
            if not self._about[about]:
                del self._about[about]
