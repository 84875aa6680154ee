"""Whether another transaction of this process is about the same thing."""

from collections import Counter
from uuid import UUID


class Company:
    """What the transactions under way are about."""

    def __init__(self) -> None:
        self._about: Counter[int] = Counter()  # by their numbers, which are looked up faster

    def join(self, about: UUID | None) -> bool:
        """Be about a thing, or about nothing that is known; whether others are about it already."""
        if about is None:
            return False
        others = self._about[about.int]
        self._about[about.int] = others + 1
        return others > 0

    def part(self, about: UUID | None) -> None:
        """Be about it no more."""
        if about is not None:
            number = about.int
            self._about[number] -= 1
            if not self._about[number]:
                del self._about[number]
