"""The caller's own references: each names one thing, and the same command again finds it.

A command that takes a `reference` claims it for what it makes, with a hash of its content.
Sent again with the same content, it answers the thing as it stands now; with other content it
is refused, naming the thing. One mechanism for every such command.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from app.domain.refusals.commands import ReferenceTaken
from app.domain.values import plain
from app.services.context import Context
from app.storage.accounts import accounts
from app.storage.books.entry import Attachment, ReferenceClaim

#: Labels are for the caller's eye: they say nothing of what was done.
_APART = frozenset({"metadata"})
#: References of payments by other names: of a transfer split, of a payment posted anew.
_PAYMENTS = {"split": "payment", "replacement": "payment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A reference a command wants for what it will make, and what the command said."""

    kind: str
    reference: str | None
    content_hash: bytes

    @property
    def handles(self) -> tuple[ReferenceClaim, ...]:
        if self.reference is None:
            return ()
        return (ReferenceClaim(kind=self.kind, key=self.reference, content_hash=self.content_hash),)

    @property
    def beside(self) -> Attachment:
        """What is stored with the fact that makes the thing."""
        return Attachment(handles=self.handles)


#: What a command claims that was given no reference.
UNNAMED = Claim(kind="", reference=None, content_hash=b"")


def claim(kind: str, command: Any, *about: object) -> Claim:  # noqa: ANN401 - a command's dataclass
    """What a command claims; `about` is what it is for, where the command itself does not say."""
    content = [getattr(command, f.name) for f in fields(command) if f.name not in _APART]
    return claim_of_content(kind, command.reference, *about, *content)


def claim_of_content(kind: str, reference: str | None, *content: object) -> Claim:
    """A claim to a reference by a command that says all this."""
    return Claim(kind=kind, reference=reference, content_hash=content_hash(*content))


def content_hash(*content: object) -> bytes:
    """What makes two commands of one reference the same: everything they say, as sent."""
    return sha256(orjson.dumps(content, default=plain)).digest()


async def made_before(ctx: Context, wanted: Claim) -> UUID | None:
    """The id of what the same command made before; None: its reference is free.

    The account must be locked, so that what another request made of it is seen. Raises
    `ReferenceTaken` where the reference stands for something else.
    """
    if wanted.reference is None:
        return None
    known = (await accounts.claims(ctx.tx, wanted.kind, [wanted.reference])).get(wanted.reference)
    if known is None:
        return None
    if known.content_hash != wanted.content_hash:
        raise reference_taken(wanted.kind, wanted.reference, known.id)
    return known.id


def free(wanted: Claim, taken_already: Mapping[str, tuple[UUID, UUID]]) -> Claim:
    """The claim, if its reference is free. Raises `ReferenceTaken`."""
    if wanted.reference is not None and wanted.reference in taken_already:
        raise reference_taken(wanted.kind, wanted.reference, taken_already[wanted.reference][1])
    return wanted


def reference_taken(kind: str, reference: str, existing_id: UUID) -> ReferenceTaken:
    """The refusal of a reference that names something else, with the id clients may see."""
    kind = _PAYMENTS.get(kind, kind)
    name = f"existing_{kind}_id"
    shown: dict[str, Any] = {}
    if name in ReferenceTaken.__dataclass_fields__:
        shown[name] = existing_id
    return ReferenceTaken(resource=kind, reference=reference, **shown)
