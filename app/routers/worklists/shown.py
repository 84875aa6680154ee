"""Items as they are answered."""

from typing import Any
from uuid import UUID

from app.domain.contact.words import Channel
from app.domain.worklists.dialer import DIALED_FOR
from app.domain.worklists.score import Points, WorkReason
from app.schemas.approvals import PREFIXES
from app.schemas.edge.ids import PREFIXES as IDS
from app.schemas.edge.ids import encode
from app.schemas.worklists.items import ClaimedItemRead, WorkItemRead, WorkItemStateRead
from app.services.worklists.held import ItemState
from app.services.worklists.items import ItemView

_WRITTEN = (Channel.SMS, Channel.EMAIL, Channel.CHAT)
#: What the subject of a reason is, by its prefix.
_SUBJECTS = {
    WorkReason.QUOTE_EXPIRING: "quo",
    WorkReason.UNCERTAIN_MESSAGE: "msg",
    WorkReason.ESCALATED: "esc",
    WorkReason.VALIDATION_DUE: "ctc",
    WorkReason.UNKNOWN_SENDER: "ctc",
    WorkReason.REPLY_TO_READ: "ctc",  # of a message about no account
}


def shown(view: ItemView) -> WorkItemRead:
    """An item as one looks at it."""
    return WorkItemRead.model_validate(_told(view))


def claimed(view: ItemView) -> ClaimedItemRead:
    """An item somebody has now, with what must be said."""
    allowed = [channel for channel, judged in view.contactability if judged.decision.allowed]
    disclosures = ["collector_identity"] if allowed else []
    if any(channel in _WRITTEN for channel in allowed):
        disclosures.append("opt_out_notice")
    script = {"language": view.language, "disclosures": disclosures}
    return ClaimedItemRead.model_validate({**_told(view), "script": script})


def state_shown(state: ItemState) -> WorkItemStateRead:
    """How an item stands after an act."""
    stored = state.stored
    own = ("claimed_by", "claimed_until_at", "skipped_until_at", "callback_at", "assigned_to",
           "attempts")  # fmt: skip
    return WorkItemStateRead.model_validate(
        {
            "id": state.id,
            "worklist": state.worklist.name,
            "account_id": state.account_id,
            **{name: getattr(stored, name) for name in own},
            "claimed_by": claimant_shown(stored.claimed_by),
        }
    )


def claimant_shown(claimed_by: str | None) -> str | None:
    """Who has an item, as clients know them: an actor, or the dialer list it is on."""
    if claimed_by is None or not claimed_by.startswith(DIALED_FOR):
        return claimed_by
    return encode(IDS["dialer_list"], UUID(claimed_by.removeprefix(DIALED_FOR)))


def _told(view: ItemView) -> dict[str, Any]:
    found = view.found
    return {
        "id": view.id,
        "worklist": view.worklist.name,
        "account_id": None if found.stray else found.account_id,
        "account_reference": None if found.stray else found.reference,
        "person_id": view.person_id,
        "score": sum(one.points for one in view.because),
        "because": [_because(view, one) for one in view.because],
        "overdue_minor": found.overdue_minor,
        "workable": view.waiting is None,
        "waiting": view.waiting,
        "callback_at": found.callback_at,
        "claimed_by": claimant_shown(found.claimed_by),
        "claimed_until_at": found.claimed_until_at,
        "assigned_to": found.assigned_to,
        "attempts": found.attempts,
        "last_contact": view.last_contact,
        "contactability": [
            {
                "channel": channel,
                "allowed": judged.decision.allowed,
                "codes": sorted({str(one.code) for one in judged.decision.reasons}),
                "next_allowed_at": judged.decision.next_allowed_at,
                "closes_at": judged.decision.closes_at,
            }
            for channel, judged in view.contactability
        ],
        "suggested": [{"act": one.act, "with": one.by} for one in view.suggested],
    }


def _because(view: ItemView, one: Points) -> dict[str, Any]:
    prefix = next((each for reason, each in _SUBJECTS.items() if one.code == reason), None)
    if one.code == WorkReason.APPROVAL_WAITING and view.waiting_kind is not None:
        prefix = PREFIXES[view.waiting_kind]
    about = next((id_ for reason, id_ in view.found.subjects.items() if one.code == reason), None)
    subject = None if prefix is None or about is None else encode(prefix, about)
    on = None if one.on is None else one.on.isoformat()
    return {"code": one.code, "points": one.points, "on": on, "subject": subject}
