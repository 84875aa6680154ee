"""What events of debtors' links carry: what was made, and what was done with it."""

from app.domain.links.link import LinkPurpose
from app.schemas.edge.ids import LinkId, PersonId, PlanId, SettlementId
from app.schemas.edge.time import Instant
from app.schemas.events.base import Data, absent


class LinkData(Data):
    """Of a debtor's link."""

    link_id: LinkId
    person_id: PersonId


class LinkCreatedData(LinkData):
    """A debtor was given a link. Its token is told to nobody but whoever made it."""

    purposes: list[LinkPurpose]
    expires_at: Instant


class LinkVerifiedData(LinkData):
    """Somebody answered its question rightly for the first time."""


class LinkUsedData(LinkData):
    """The debtor agreed to something by it: a plan, or a settlement."""

    plan_id: PlanId | None = absent("The plan that opened.")
    settlement_id: SettlementId | None = absent("The settlement that was accepted.")


class LinkLockedData(LinkData):
    """Five wrong answers locked it."""


class LinkRevokedData(LinkData):
    """It was closed."""
