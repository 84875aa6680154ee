"""Payments under one reference: the one a command sends again, or posts anew after a reversal.

A reference is one payment's, until that is reversed: then a retry under the same reference may
post it anew by naming it in `replaces`. So a reference has a chain of payments, each but the
newest reversed; every one of them answers the command that made it.
"""

from collections.abc import Sequence

from app.domain.errors import InvalidInput
from app.domain.refusals.payments import NotReplaceable
from app.services.payments.command import PostPayment
from app.services.references import reference_taken
from app.storage.books.entry import ReferenceClaim
from app.storage.payments.payments import StoredPayment


def posted_before(command: PostPayment, known: Sequence[StoredPayment]) -> StoredPayment | None:
    """The payment this very command made, of those with its reference; None: it is a new one.

    Raises `ReferenceTaken`, `NotReplaceable`, `InvalidInput`.
    """
    for payment in known:
        if payment.content_hash == command.content_hash:
            return payment
    if command.replaces is None:
        if known:
            raise reference_taken("payment", command.reference, known[-1].id)
        return None
    named = next((n for n, one in enumerate(known) if one.id == command.replaces), None)
    if named is None:
        raise InvalidInput.at("/replaces", "should be a reversed payment of the same reference")
    by = known[named + 1].id if named + 1 < len(known) else None
    if by is not None or known[named].status != "reversed":
        raise NotReplaceable(
            payment_id=command.replaces,
            reference=command.reference,
            payment_status=known[named].status,
            replaced_by_payment_id=by,
        )
    return None


def handles_of(command: PostPayment) -> tuple[ReferenceClaim, ...]:
    """What a new payment claims: its reference or, posted anew, the place of the one before.

    A part of a transfer claims its place there too, and the first of them the transfer's name.
    """
    if command.replaces is None:
        kind, key = "payment", command.reference
    else:
        kind, key = "replacement", str(command.replaces)
    own = ReferenceClaim(kind=kind, key=key, content_hash=command.content_hash)
    if (whole := command.part_of) is None:
        return (own,)
    keys = (command.reference, whole.reference)[: 2 if whole.number == 1 else 1]
    places = (ReferenceClaim(kind="split", key=k, content_hash=whole.content_hash) for k in keys)
    return (own, *places)
