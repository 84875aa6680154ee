"""No demand leaves under a hold, whatever else happens to an account and the messages about it.

The account is a whole life of its own, folded as the service folds it; what the gate is told of
its holds comes from there. Which days a hold stands on is worked out here a second time, plainly.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import event, given
from hypothesis import strategies as st

from app.domain.contact import known
from app.domain.contact.gate.gate import decide
from app.domain.contact.law.purposes import DEMANDS
from app.domain.contact.words import BasisKind, Channel, Direction, Outcome, PointKind, Purpose
from app.domain.facts.accounts import Hold, HoldRelease, Placement
from app.domain.messages.lifecycle import (
    Accepted,
    Asked,
    Claimed,
    Decided,
    Forbidden,
    LeaseExpired,
    Message,
    MessageStatus,
    Refusal,
    Refused,
    Reported,
    step,
)
from app.domain.standing.holds import gate_holds
from app.domain.vocabulary import HoldKind
from tests.domain.contact.test_gate_properties import ACCOUNT, EVERYTHING, PERSON
from tests.domain.lives.test_random import PLACED, POLICIES, Life, Step
from tests.factories import book
from tests.scenarios.contact_facts import uid

CHICAGO = ZoneInfo("America/Chicago")
EMAIL = known.Point(
    id=uid("CP1"), kind=PointKind.EMAIL,
    bases=(known.PointBasis(kind=BasisKind.DIRECT_CONSENT, on=date(2026, 1, 5)),),
)  # fmt: skip
#: What passes some hold, and what passes none.
PURPOSES = (*sorted(DEMANDS), Purpose.RECEIPT, Purpose.REQUIRED_NOTICE, Purpose.VALIDATION_NOTICE)
#: These forbid no contact.
ALLOWING = {HoldKind.HARDSHIP, HoldKind.MILITARY}
ANSWERS = {
    "accept": lambda at: Accepted(at=at),
    "refuse": lambda at: Refused(at=at, permanent=False, code="451"),
    "die": lambda at: LeaseExpired(at=at),
    "report": lambda at: Reported(at=at, status=MessageStatus.DELIVERED),
    "resend": lambda at: Decided(at=at, resend=True),
}
OFTEN = ["ask", "ask", "claim", "claim", "claim", "claim", "stop", "free", "free"]
DEEDS = [*OFTEN, *ANSWERS, "pay", "plan", "cancel", "reverse", "chargeback", "charge", "waive"]
lives = st.lists(
    st.tuples(
        st.sampled_from(DEEDS),
        st.integers(1, 400_00),  # how much
        st.integers(0, 9),  # days that pass before it
        st.integers(0, 9),  # days it is dated back
        st.integers(0, 1000),  # which one, where there is a choice
    ),
    min_size=10,
    max_size=40,
)


@dataclass
class Placed:
    """A hold as somebody placed it: the days it stands, by nobody's code but this."""

    id: object
    kind: HoldKind
    first: date
    last: date | None

    def stands(self, day):
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass
class Correspondence(Life):
    """An account's life, its messages, and what went."""

    holds: list[Placed] = field(default_factory=list)
    messages: list[tuple[Purpose, Message]] = field(default_factory=list)
    contacts: list[known.Contact] = field(default_factory=list)
    began: list[tuple[Purpose, datetime]] = field(default_factory=list)
    hour: int = 12

    @property
    def at(self):
        return datetime(*self.today.timetuple()[:3], self.hour, tzinfo=CHICAGO)

    def take(self, what, minor, days, back, which):
        self.hour = 6 + minor % 16  # the hours of a day, and an evening and a morning beside
        super().take(what, minor, days, back, which)

    def refusal(self, purpose):
        """What the gate has against an e-mail now; None: it may go."""
        facts = known.Known(
            debt=known.Debt(
                account_id=ACCOUNT, country="US", regions=frozenset({"US-TX"}),
                holds=gate_holds(self.state), paid_or_settled=not self.state.balance.total_minor,
            ),
            party=known.Party(person_id=PERSON), point=EMAIL, zones=("America/Chicago",),
            contacts=known.history(self.contacts, PERSON),
        )  # fmt: skip
        asked = known.Asked(
            at=self.at, channel=Channel.EMAIL, purpose=purpose, automatic=True,
            wording=known.Wording(opt_out_notice=True),
        )  # fmt: skip
        found = decide(asked, facts, EVERYTHING)
        if found.allowed:
            return None
        return Refusal(code=str(found.reasons[0].code), next_allowed_at=found.next_allowed_at)

    def change(self, step_, made_of):
        """One message, moved on; what begins to leave is written down, and counts as a contact."""
        if not self.messages:
            return
        place = step_.which % len(self.messages)
        purpose, before = self.messages[place]
        after = step(before, made_of(purpose))
        self.messages[place] = (purpose, after)
        if after.attempts > before.attempts:
            self.began.append((purpose, self.at))
            self.contacts.append(known.Contact(
                id=uid(f"C{len(self.contacts)}"), at=self.at, channel=Channel.EMAIL,
                direction=Direction.OUT, person_id=PERSON, outcome=Outcome.SENT,
                account_ids=frozenset({ACCOUNT}), purpose=purpose,
            ))  # fmt: skip

    def ask(self, step_):
        purpose = step_.pick(PURPOSES)
        message = Message(
            provider_idempotent=step_.minor % 2 == 0, max_wait=timedelta(days=step_.minor % 40)
        )
        asked = step(message, Asked(at=self.at, refusal=self.refusal(purpose)))
        self.messages.append((purpose, asked))

    def claim(self, step_):
        self.change(step_, lambda why: Claimed(at=self.at, refusal=self.refusal(why)))

    def stop(self, step_):
        kind = step_.pick(sorted(HoldKind))
        last = None if step_.minor % 2 else self.today + timedelta(days=step_.minor % 20)
        if self.state.held(self.today, kind):
            return
        self.enter(Hold(hold=kind, starts_on=self.today, ends_on=last, reason="x"))
        self.holds.append(Placed(self.facts[-1].id, kind, self.today, last))
        for place, (purpose, message) in enumerate(self.messages):
            refusal = self.refusal(purpose)
            if refusal is not None and refusal.next_allowed_at is None:
                forbidden = Forbidden(at=self.at, code=refusal.code)
                self.messages[place] = (purpose, step(message, forbidden))

    def free(self, step_):
        standing = [one for one in self.holds if one.stands(self.today)]
        if standing:
            one = step_.pick(standing)
            self.enter(HoldRelease(hold_id=one.id))
            one.last = self.today - timedelta(days=1)

    @property
    def disputed(self):
        return any(one.stands(self.today) for one in self.holds)

    @property
    def forbids(self):
        """Whether a hold stands today under which nothing may ask for money."""
        return any(one.kind not in ALLOWING and one.stands(self.today) for one in self.holds)


def _answer(make):
    return lambda life, step_: life.change(step_, lambda _: make(life.at))


for _name, _make in ANSWERS.items():
    setattr(Correspondence, _name, _answer(_make))


@given(st.sampled_from(POLICIES), lives)
def test_no_demand_begins_under_a_hold(rules, deeds):
    life = Correspondence(policies=book(rules))
    life.enter(Placement(balance=PLACED))
    for which in range(len(PURPOSES)):
        life.ask(Step(minor=1, back=0, which=which))
    for what, *how in deeds:
        before = len(life.began)
        life.take(what, *how)
        for purpose, at in life.began[before:]:
            assert what == "claim"
            if purpose in DEMANDS:
                assert not life.forbids, (purpose, at, life.holds)
                assert life.state.balance.total_minor
            event(f"left: {'a demand' if purpose in DEMANDS else 'an answer'}")
            if any(one.stands(life.today) for one in life.holds):
                event("left beside a hold that lets it through")


def test_the_lives_hold_what_the_property_is_about():
    """A demand goes before the hold and after it; under it only what the hold lets through."""
    life = Correspondence(policies=book())
    life.enter(Placement(balance=PLACED))
    demand, receipt = PURPOSES.index(Purpose.REMINDER), PURPOSES.index(Purpose.RECEIPT)
    dispute = sorted(HoldKind).index(HoldKind.DISPUTE)
    minor = 71  # an hour after noon, a long wait, and a hold that stands until it is released

    def do(what, which, days=1):
        life.take(what, minor, days, 0, which)
        return [why for why, _ in life.began]

    do("ask", demand)
    do("ask", receipt)
    assert do("claim", 0) == [Purpose.REMINDER]
    do("ask", demand + len(PURPOSES) * 2)
    do("stop", dispute)
    assert life.messages[2][1].status is MessageStatus.SUPPRESSED
    assert do("claim", 2) == [Purpose.REMINDER]
    assert do("claim", 1) == [Purpose.REMINDER, Purpose.RECEIPT]
    do("ask", demand)
    assert life.messages[3][1].status is MessageStatus.SUPPRESSED
    do("free", 0)
    assert do("claim", 3) == [Purpose.REMINDER, Purpose.RECEIPT]  # what was forbidden stays so
    do("ask", demand)
    assert do("claim", 4)[2:] == [Purpose.REMINDER]
