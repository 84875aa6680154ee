"""Whether the contacts that were made were within the rules, by all that is known now.

A contact counts at the instant it began, whenever it was entered. Each outbound one is judged by
the gate with those before it; a verdict told before and changed is told again, and corrects the
one before. No verdict stops a recording.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.domain.contact.gate.gate import Policy, reasons_against
from app.domain.contact.gate.reasons import Reason
from app.domain.contact.known import Asked, Contact, History, Known, history
from app.domain.contact.words import Code, Direction
from app.domain.values import Value, replace

#: What only a planned contact can be asked: it says nothing of one that was made.
_NOT_OF_THE_PAST = frozenset({
    Code.OPT_OUT_NOTICE_MISSING, Code.POINT_INVALID, Code.NO_POINT, Code.CONFIRMATION_USED,
})  # fmt: skip


class Judged(Value, kw_only=True):
    """What a contact was outside of; nothing: it was within the rules."""

    contact_id: UUID
    outside: tuple[Reason, ...] = ()

    @property
    def codes(self) -> tuple[Code, ...]:
        return tuple(one.code for one in self.outside)


class Told(Value, kw_only=True):
    """A verdict to be told; `corrects`: another was told of this contact before."""

    contact_id: UUID
    codes: tuple[Code, ...] = ()
    corrects: bool = False


def judge(
    contacts: Sequence[Contact], known: Known, policy: Policy, *, since: datetime | None = None
) -> dict[UUID, Judged]:
    """A verdict for each outbound contact. `contacts`: of one person, in order of entry.

    `known.contacts` is not looked at; voided contacts are not given. `since`: only of those that
    began then or later; what came before them counts all the same.
    """
    person_id = known.party.person_id
    made, before = history(contacts, person_id), 0
    verdicts: dict[UUID, Judged] = {}
    for one in sorted(contacts, key=lambda one: one.at):  # stable: of equal instants as entered
        if one.direction is Direction.OUT and (since is None or one.at >= since):
            outside = _outside(one, made.first(before), known, policy)
            verdicts[one.id] = Judged(contact_id=one.id, outside=outside)
        before += one.person_id == person_id
    return verdicts


def _outside(one: Contact, before: History, known: Known, policy: Policy) -> tuple[Reason, ...]:
    asked = Asked(
        at=one.at,
        channel=one.channel,
        purpose=one.purpose,
        in_reply_to=one.in_reply_to,
        initial_communication=known.debt.initial_contact_id == one.id,
    )
    found = reasons_against(asked, replace(known, contacts=before), policy)
    return tuple(reason for reason in found if reason.code not in _NOT_OF_THE_PAST)


def newly_told(
    before: Mapping[UUID, Iterable[Code]], now: Mapping[UUID, Iterable[Code]]
) -> Iterator[Told]:
    """What is told after one more entry: new contacts' verdicts, and those that changed.

    By contact the codes of its verdict about one debt, as told before and as they are now.
    """
    for contact_id, codes in now.items():
        told = Told(contact_id=contact_id, codes=tuple(sorted(set(codes))))
        earlier = before.get(contact_id)
        if earlier is None:
            yield told
        elif set(earlier) != set(told.codes):
            yield replace(told, corrects=True)
