"""How promises change: made, and paid toward or taken back from by whatever money moves."""

from app.domain.account.fold import Fold
from app.domain.account.promise import Promised
from app.domain.day_close.close import judge_promises
from app.domain.facts.accounts import PromiseMade
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Chargeback, Payment
from app.domain.policy.book import PolicyBook
from app.domain.standing.promises import received, taken_back
from app.domain.values import replace
from app.domain.vocabulary import PaymentKind


def promise(made: Fold, fact: Fact[PromiseMade], _: PolicyBook) -> Fold:
    body = fact.body
    given = Promised(
        id=fact.id,
        made_on=fact.effective_on,
        amount_minor=body.amount_minor,
        due_on=body.due_on,
        grace_days=body.grace_days,
        threshold_bps=body.threshold_bps,
    )
    return made.with_state(replace(made.state, promises=(*made.state.promises, given)))


def counted(made: Fold, fact: Fact) -> Fold:
    """The fold after a fact's money counted for the promises there are, and they were judged."""
    promises, body, on = made.state.promises, fact.body, fact.effective_on
    if not promises:
        return made
    if isinstance(body, Payment) and body.payment is PaymentKind.REPAYMENT:
        ids = tuple(one.id for one in promises if one.counts(on))
        made = replace(made, promised={**made.promised, fact.id: ids})
        promises = received(promises, body.amount_minor, on=on)
    elif isinstance(body, Chargeback):
        ids = made.promised.get(body.payment_id, ())
        promises = taken_back(promises, body.amount_minor, ids)
    else:
        return made
    state, verdicts = judge_promises(replace(made.state, promises=promises), on=on)
    return made.with_state(state, *verdicts)
