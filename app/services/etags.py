"""Writes that mean to change what was read, and nothing newer (RFC 9110 `If-Match`)."""

from dataclasses import dataclass
from typing import ClassVar

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class EtagMismatch(DomainError):
    """The resource changed since it was read."""

    problem: ClassVar[str] = "etag-mismatch"
    current_etag: str

    @property
    def detail(self) -> str:
        return f"It changed since you read it; its ETag is now {self.current_etag}. Read it again."


def etag(version: int) -> str:
    """A resource's version as a strong entity tag: `"7"`."""
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class Expected:
    """The entity tags a writer holds; `*` for any."""

    tags: frozenset[str]

    def check(self, version: int) -> None:
        """Refuse unless `version`, read under the resource's lock, is one of them."""
        current = etag(version)
        if current not in self.tags and "*" not in self.tags:
            raise EtagMismatch(current_etag=current)
