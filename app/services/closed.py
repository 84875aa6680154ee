"""A closed account takes no commands: asked by each before it decides anything."""

from app.domain.money_refusals import AccountClosed
from app.services.entering import Work


def refuse_closed(work: Work) -> None:
    """Refuse what would go on with an account whose collection has ended."""
    if work.state.closed_on is not None:
        raise AccountClosed(account_id=work.account.id)
