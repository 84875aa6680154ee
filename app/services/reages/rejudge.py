"""What becomes of re-ages and settlements when a payment that earned them is returned.

By the policy of the plan (or of the day) the re-age is undone, where it is the newest change in
force, or else flagged. Either way an event corrects the one that told of the grant. A settlement
reopens by itself; where its policy says so, it is void instead.
"""

from collections.abc import Mapping
from uuid import UUID

from app.domain.agreement.reage import Eligibility, Failing, assess
from app.domain.entries.changes import granted_event
from app.domain.facts.changes import AccountReAge, ReAge, RevisionUndo
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.payments import Chargeback
from app.domain.facts.settlements import SettlementClosed, SettlementOutcome
from app.domain.policy.model import Policy
from app.domain.replay.replay import changes_of, in_force
from app.domain.values import replace
from app.domain.vocabulary import ReAgeReturn, SettlementReturn, SettlementStatus
from app.services.reages.grant import evidence_of
from app.services.threads import folded
from app.services.work import Work, enter_fact

Granted = Fact[ReAge] | Fact[AccountReAge]


async def rejudge(work: Work, payment_id: UUID) -> None:
    """Look again at every re-age that a payment just returned had helped to earn, newest first.

    The account's history must have been read before the return was entered.
    """
    before = in_force(work.history.facts) if work.history else ()
    granted = tuple(facts_of(before, ReAge, AccountReAge))
    if not granted:
        return
    after = in_force((*before, *work.draft.facts))
    for fact in reversed(granted):
        policy, was = await _found(work, before, fact)
        if payment_id not in was.qualifying or Failing.INSUFFICIENT_PAYMENTS in was.failed:
            continue
        _, now = await _found(work, after, fact)
        if Failing.INSUFFICIENT_PAYMENTS in now.failed:
            await _judged(work, fact, policy, payment_id)


async def _found(
    work: Work, facts: tuple[Fact, ...], granted: Granted
) -> tuple[Policy, Eligibility]:
    """What the tests say of the day of a re-age, by what counted before it.

    A chargeback takes money away whenever it came: the payment no longer qualifies.
    """
    on, place = granted.effective_on, (granted.effective_on, granted.sequence)
    known = tuple(f for f in facts if (f.effective_on, f.sequence) < place)
    state = await folded(work.ctx, known, work.policies, on)
    plan = state.live_plan
    policy = work.policies.of(plan) if plan else work.policies.in_force(on)
    seen = {fact.id for fact in known}
    returned = tuple(f for f in facts if isinstance(f.body, Chargeback) and f.id not in seen)
    evidence = evidence_of(
        work, (*known, *returned), state, documented=True, on=on, later_returns=True
    )
    return policy, assess(evidence, policy.re_age, kind=granted.body.re_age, on=on)


async def _judged(work: Work, granted: Granted, policy: Policy, payment_id: UUID) -> None:
    event = replace(granted_event(granted), reason=None)  # the grant's own
    if policy.re_age.on_return is ReAgeReturn.UNDO and _newest(work, granted):
        plan_id = None if isinstance(granted.body, AccountReAge) else granted.body.plan_id
        body = RevisionUndo(
            plan_id=plan_id, undoes=granted.id, undone=granted.kind, reason="payment returned"
        )
        await enter_fact(work, body)
        work.tell(replace(event, before=event.data, corrects=True, withdrawn=True))
        return
    flagged: Mapping[str, object] = {
        **event.data,
        "flagged": "payment_returned",
        "flagged_on": work.ctx.business_date,
        "returned_payment_id": payment_id,
    }
    work.tell(replace(event, data=flagged, before=event.data, corrects=True, payment_id=payment_id))


def _newest(work: Work, granted: Granted) -> bool:
    """Whether it can be undone: no later change of its plan stands, and the plan does."""
    body = granted.body
    if isinstance(body, AccountReAge):
        return True
    facts = (*(work.history.facts if work.history else ()), *work.draft.facts)
    counting = changes_of(in_force(facts), body.plan_id)
    plan = work.state.plan(body.plan_id)
    return bool(counting) and counting[-1].id == granted.id and plan is not None and plan.live


# --- Settlements --------------------------------------------------------------------------------


def satisfied(work: Work) -> frozenset[UUID]:
    """The settlements that stand satisfied: to be known before money goes back."""
    return frozenset(
        one.id for one in work.state.settlements if one.status is SettlementStatus.SATISFIED
    )


async def void_reopened(work: Work, before: frozenset[UUID]) -> None:
    """End what a return has reopened, where the policy it was agreed under has it void."""
    for one in work.state.settlements:
        rules = work.policies.pinned(one.policy).settlement
        reopened = one.id in before and one.status is SettlementStatus.ACCEPTED
        if reopened and rules.on_return is SettlementReturn.VOID:
            body = SettlementClosed(settlement_id=one.id, outcome=SettlementOutcome.VOID)
            await enter_fact(work, body)
