"""An account with a settlement, kept as the service keeps it, its books checked at every step.

2,000.00 was placed past due on 1 January 2026. 1,000.00 is offered to be taken for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.domain.account.settlement import Settlement
from app.domain.account.state import State
from app.domain.account.verdicts import Verdict, VerdictType
from app.domain.books.enter import Draft, close_draft
from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import Adjustment, Charge
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Chargeback, Payment, Refund
from app.domain.facts.settlements import SettlementAccepted, SettlementOffered
from app.domain.money import NOTHING, Amounts
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Policy
from app.domain.replay.replay import fold, in_force
from app.domain.schedule.agreed import AgreedInstallment
from app.domain.values import replace
from app.domain.vocabulary import SettlementStatus
from tests.domain.support.entering import enter
from tests.factories import book, fact, placed, policy

JAN, FEB, MAR, APR, MAY = (date(2026, month, 1) for month in (1, 2, 3, 4, 5))
OWED, TAKEN = 2000_00, 1000_00


def parts(*dated: tuple[date, int]) -> tuple[AgreedInstallment, ...]:
    return tuple(
        AgreedInstallment(nominal_due_on=on, due_on=on, principal_minor=minor)
        for on, minor in dated
    )


def offered(
    *dated: tuple[date, int],
    expires_on: date | None = None,
    by: Policy | None = None,
    **more: object,
) -> SettlementOffered:
    """An offer of these parts; by default 1,000.00 on 1 February."""
    rows = parts(*(dated or ((FEB, TAKEN),)))
    return SettlementOffered(
        amount_minor=sum(row.principal_minor for row in rows),
        policy=(by or policy()).ref,
        expires_on=expires_on or rows[-1].due_on,
        installments=rows,
        **more,  # type: ignore[arg-type]
    )


def accepted(offer: Fact) -> SettlementAccepted:
    body: SettlementOffered = offer.body  # type: ignore[assignment]
    return SettlementAccepted(
        settlement_id=offer.id,
        amount_minor=body.amount_minor,
        policy=body.policy,
        installments=body.installments,
    )


def settling(**changes: object) -> Policy:
    """The default policy with some figures of its settlement section changed."""
    return policy(settlement=replace(policy().settlement, **changes))  # type: ignore[arg-type]


@dataclass
class Books:
    """What a service would have stored of one account, and the day it is."""

    policies: PolicyBook
    today: date = JAN
    facts: list[Fact] = field(default_factory=list)
    draft: Draft = field(default_factory=lambda: Draft(state=State()))

    @property
    def state(self) -> State:
        return self.draft.state

    @property
    def one(self) -> Settlement:
        """The newest settlement."""
        return self.state.settlements[-1]

    def wait(self, until: date) -> "Books":
        """Days pass and are closed."""
        self.today = until
        self.draft = close_draft(self.draft, self.policies, business_date=until)
        return self

    def enter(self, body: object, on: date | None = None) -> Fact:
        """Enter a fact today, counting from a day."""
        self.draft = close_draft(self.draft, self.policies, business_date=self.today)
        made = fact(len(self.facts) + 1, body, on=on or self.today, entered=self.today)  # type: ignore[arg-type]
        drafted = enter(self.draft, made, self.policies, history=tuple(self.facts))
        self.draft = replace(drafted, facts=())
        self.facts.append(made)
        check_books(self)
        return made

    def pay(self, minor: int, on: date | None = None, **how: object) -> Fact:
        body = Payment(amount_minor=minor, reference=f"p{len(self.facts)}", **how)  # type: ignore[arg-type]
        return self.enter(body, on)

    def told(self, *kinds: str) -> list[tuple[str, date, bool]]:
        """The events of these types: what, of which day, and whether it withdraws one."""
        return [
            (event.type.value, event.business_date, event.withdrawn)
            for event in self.draft.events
            if event.type in kinds or (not kinds and event.type.startswith("settlement."))
        ]

    def rows(self, *kinds: PostingKind) -> list[tuple[PostingKind, date, int]]:
        return [
            (row.kind, row.effective_on, row.amount_minor)
            for row in self.draft.postings
            if row.kind in kinds
        ]


def begun(by: Policy | None = None, *, owed: Amounts | None = None, on: date = JAN) -> Books:
    """An account placed, nothing offered yet."""
    books = Books(policies=book(by or policy()), today=on)
    body = placed(OWED, past_due_minor=None)
    books.enter(body if owed is None else replace(body, balance=owed))
    return books


def agreed(
    *dated: tuple[date, int], by: Policy | None = None, owed: Amounts | None = None
) -> Books:
    """An account with a settlement accepted the day it was placed."""
    books = begun(by, owed=owed)
    offer = books.enter(offered(*dated, by=by))
    books.enter(accepted(offer))
    return books


def check_books(books: Books) -> None:
    """State, fold, ledger and arithmetic agree; what is forgiven stands on a satisfaction."""
    state, facts = books.state, books.facts
    folded = fold(facts, books.policies, through=max(books.today, state.judged_on))
    assert state == folded.state
    for payment_id, lines in folded.splits.items():
        assert books.draft.splits[payment_id] == lines
    _check_ledger(books)
    _check_events(books, folded.verdicts)

    counting = in_force(facts)
    owed = sum(f.body.balance.total_minor for f in counting if hasattr(f.body, "balance"))
    owed += sum(f.body.amount_minor for f in counting if isinstance(f.body, Charge))
    owed -= sum(f.body.amount_minor for f in counting if isinstance(f.body, Adjustment))
    owed -= sum(one.amounts.total_minor for one in folded.barred.values())
    money = sum(f.body.amount_minor for f in counting if isinstance(f.body, Payment))
    money -= sum(f.body.amount_minor for f in counting if isinstance(f.body, Chargeback | Refund))
    recovered = money - state.unapplied_minor
    forgiven = sum(one.forgiven.total_minor for one in state.settlements)
    outstanding = state.balance.total_minor + state.written_off.total_minor
    assert forgiven + recovered + outstanding == owed

    satisfied = [s for s in state.settlements if s.status is SettlementStatus.SATISFIED]
    for one in state.settlements:
        plan = state.plan(one.plan_id) if one.plan_id else None
        assert bool(one.satisfied_on) is (one in satisfied)
        if one not in satisfied:
            assert not one.forgiven
        assert (one.status is SettlementStatus.ACCEPTED) is bool(plan and plan.live)
        assert (one.status is SettlementStatus.SATISFIED) is bool(
            plan and plan.status == "completed"
        )
    _check_plans(state)


def _check_ledger(books: Books) -> None:
    """The rows sum to the fold, and each row of forgiveness taken back is so once, by its id."""
    sums, unapplied, forgiven = NOTHING, 0, NOTHING
    given, taken_back = dict[object, Amounts](), list[object]()
    for row in books.draft.postings:
        sums += row.components
        unapplied += row.unapplied_minor
        assert row.balance_after_minor == sums.total_minor >= 0
        if row.kind is PostingKind.FORGIVENESS:
            given[row.id] = row.components
            forgiven -= row.components
        if row.reverses in given:
            assert row.kind is PostingKind.REVERSAL
            assert row.components == -given[row.reverses]
            taken_back.append(row.reverses)
            forgiven -= row.components
    ids = [row.id for row in books.draft.postings]
    assert len(ids) == len(set(ids))
    assert len(taken_back) == len(set(taken_back))
    assert sums == books.state.balance
    assert -unapplied == books.state.unapplied_minor
    for one in books.state.settlements:
        forgiven -= one.forgiven
        assert bool(one.forgiven) is (one.forgiveness_id in given)
        assert one.forgiveness_id not in taken_back
    assert not forgiven


def _check_plans(state: State) -> None:
    assert sum(plan.live for plan in state.plans) <= 1
    for plan in state.plans:
        for row in plan.installments:
            assert all(0 <= paid <= due for paid, due in zip(row.paid, row.due, strict=True))
        if plan.live:
            owing = sum(r.due.principal_minor - r.paid.principal_minor for r in plan.installments)
            assert owing == plan.taken.total_minor


def _check_events(books: Books, verdicts: Sequence[Verdict]) -> None:
    """What was told and not withdrawn is what the fold judges; satisfied once until reopened."""
    told, said = dict[str, date](), dict[str, object]()
    for event in books.draft.events:
        if event.key is not None:
            told[event.key], said[event.key] = event.business_date, event.data
            if event.withdrawn:
                del told[event.key]
    assert told == {verdict.key: verdict.on for verdict in verdicts}

    in_force = dict[object, int]()
    for verdict in verdicts:
        if verdict.type is VerdictType.SETTLEMENT_SATISFIED:
            assert verdict.subject not in in_force
            in_force[verdict.subject] = said[verdict.key]["forgiven_minor"]  # type: ignore[index]
        elif verdict.type in {VerdictType.SETTLEMENT_REOPENED, VerdictType.SETTLEMENT_VOIDED}:
            in_force.pop(verdict.subject, None)
    satisfied = (s for s in books.state.settlements if s.satisfied_on)
    assert in_force == {s.id: s.forgiven.total_minor for s in satisfied}


def days(count: int) -> timedelta:
    return timedelta(days=count)
