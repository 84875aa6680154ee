"""Whether another transaction of this process is about the same thing."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID


class Company:
    """What the transactions under way are about."""

    def __init__(self) -> None:
        self._about: Counter[int] = Counter()  # by their numbers, which are looked up faster

    @contextmanager
    def beside(self, about: UUID | None) -> Iterator[bool]:
        """Be about a thing, or about nothing that is known; whether others are about it already."""
        if about is None:
            yield False
            return
        number = about.int
        others = self._about[number]
        self._about[number] = others + 1
        try:
            yield others > 0
        finally:
            self._about[number] -= 1
            if not self._about[number]:
                del self._about[number]
