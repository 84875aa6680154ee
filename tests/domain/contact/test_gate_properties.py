"""What holds of the gate whatever the facts: more contacts, stricter rules, other orders."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.contact import known
from app.domain.contact.gate.gate import HORIZON, Policy, decide, reasons_against
from app.domain.contact.judgement import judge
from app.domain.contact.law.rules import Count, Hours, RuleSet
from app.domain.contact.law.shipped import SHIPPED
from app.domain.contact.words import (
    BasisKind,
    Channel,
    CollectorType,
    ConsentKind,
    Direction,
    Label,
    Outcome,
    PartyRole,
    PointKind,
    Purpose,
    RestrictionKind,
)
from app.domain.values import replace
from app.domain.vocabulary import HoldKind
from tests.scenarios.contact_facts import uid

NOON = datetime(2026, 10, 6, 17, tzinfo=UTC)
PERSON, ACCOUNT = uid("P1"), uid("A1")
EVERYTHING = Policy(rule_sets=tuple(SHIPPED.values()))
_STEP = timedelta(minutes=5)

instants = st.integers(0, 45 * 24 * 60).map(lambda minutes: NOON - timedelta(minutes=minutes))
channels = st.sampled_from([Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.LETTER])
_OUTCOMES = {
    Channel.CALL: (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.CONVERSATION, Outcome.VOICEMAIL_LEFT),
    Channel.SMS: (Outcome.SENT, Outcome.BOUNCED),
    Channel.EMAIL: (Outcome.SENT, Outcome.DELIVERED),
    Channel.LETTER: (Outcome.MAILED, Outcome.RETURNED),
}


@st.composite
def contacts(draw):
    channel = draw(channels)
    return known.Contact(
        id=draw(st.uuids()),
        at=draw(instants),
        channel=channel,
        direction=Direction.OUT,
        person_id=PERSON,
        outcome=draw(st.sampled_from(_OUTCOMES[channel])),
        account_ids=frozenset(draw(st.sets(st.sampled_from([ACCOUNT, uid("A2")]), min_size=1))),
        label=draw(st.sampled_from(Label)),
        purpose=draw(st.sampled_from([Purpose.COLLECTION, Purpose.REMINDER, Purpose.REPLY])),
    )


restrictions = st.builds(
    known.Restriction,
    kind=st.sampled_from(RestrictionKind),
    channel=st.none() | channels,
    place=st.none() | st.sampled_from(Label),
    window=st.builds(
        known.Window,
        days=st.none() | st.frozensets(st.integers(0, 6), min_size=1),
        from_=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
        to=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    ),
    since_on=st.dates(NOON.date() - timedelta(days=70), NOON.date()),
    extended=st.booleans(),
)
holds = st.builds(
    known.Hold,
    kind=st.sampled_from(HoldKind),
    starts_on=st.dates(NOON.date() - timedelta(days=40), NOON.date() + timedelta(days=10)),
    ends_on=st.none() | st.dates(NOON.date(), NOON.date() + timedelta(days=30)),
)
debts = st.builds(
    known.Debt,
    account_id=st.just(ACCOUNT),
    country=st.sampled_from([None, "US", "GB", "DE"]),
    regions=st.frozensets(st.sampled_from(["US-MA", "US-WA", "US-DC", "US-NY", "US-FL", "US-TX"])),
    consumer=st.booleans(),
    paid_or_settled=st.booleans(),
    holds=st.lists(holds, max_size=2).map(tuple),
)
points = st.builds(
    known.Point,
    id=st.just(uid("CP1")),
    kind=st.just(PointKind.PHONE),
    label=st.sampled_from(Label),
    bases=st.lists(
        st.builds(
            known.PointBasis,
            kind=st.sampled_from(BasisKind),
            on=st.dates(NOON.date() - timedelta(days=90), NOON.date()),
        ),
        max_size=2,
    ).map(tuple),
)
_ZONES = ["America/New_York", "America/Denver", "Pacific/Honolulu", "Europe/London"]


@st.composite
def situations(draw):
    asked = known.Asked(
        at=NOON + draw(st.integers(0, 24 * 60)) * timedelta(minutes=1),
        channel=draw(channels),
        purpose=draw(st.sampled_from(sorted(Purpose))),
        automatic=draw(st.booleans()),
        wording=known.Wording(opt_out_notice=True),
    )
    facts = known.Known(
        debt=draw(debts),
        party=known.Party(person_id=PERSON, role=draw(st.sampled_from(PartyRole))),
        point=draw(points),
        zones=tuple(draw(st.lists(st.sampled_from(_ZONES), unique=True, max_size=2))),
        contacts=known.history(
            draw(st.lists(contacts(), max_size=12, unique_by=lambda one: one.id)), PERSON
        ),
        restrictions=tuple(draw(st.lists(restrictions, max_size=2))),
    )
    return asked, facts


def keys(reasons):
    return {(one.code, one.rule_set, one.rule) for one in reasons}


policies = st.builds(
    Policy,
    collector_type=st.sampled_from(CollectorType),
    rule_sets=st.sets(st.sampled_from(sorted(SHIPPED))).map(
        lambda names: tuple(SHIPPED[name] for name in sorted(names))
    ),
)


@given(situations(), contacts(), policies)
def test_another_contact_never_allows_more(situation, more, policy):
    asked, facts = situation
    before = reasons_against(asked, facts, policy)

    after = reasons_against(
        asked,
        replace(facts, contacts=known.history((*facts.contacts.contacts, more), PERSON)),
        policy,
    )

    assert keys(before) <= keys(after)


@given(situations(), policies)
def test_the_reasons_of_fewer_sets_are_fewer(situation, policy):
    asked, facts = situation
    everything = replace(EVERYTHING, collector_type=policy.collector_type)
    fewer = {one for one in keys(reasons_against(asked, facts, policy)) if one[1] in SHIPPED}
    all_ = keys(reasons_against(asked, facts, everything))

    # a fallback is judged only where nothing else is: more sets may silence the house's hours
    assert fewer - {("OUTSIDE_HOURS", "house", "hours")} <= all_


def stricter(rule):
    if isinstance(rule, Count):
        return replace(rule, max=rule.max - 1)
    if isinstance(rule, Hours):
        return replace(rule, from_=rule.from_.replace(hour=rule.from_.hour + 1))
    return rule


def tightened(one: RuleSet) -> RuleSet:
    return replace(one, rules=tuple(stricter(rule) for rule in one.rules))


@given(situations(), policies)
def test_a_stricter_policy_never_allows_more(situation, policy):
    asked, facts = situation
    strict = replace(policy, rule_sets=tuple(map(tightened, policy.rule_sets)))

    assert keys(reasons_against(asked, facts, policy)) <= keys(
        reasons_against(asked, facts, strict)
    )


@given(situations(), policies)
def test_the_next_instant_is_allowed_and_none_before_it(situation, policy):
    asked, facts = situation
    decision = decide(asked, facts, policy)
    if decision.next_allowed_at is None:
        return

    assert not decision.allowed
    assert decision.next_allowed_at <= asked.at + HORIZON
    assert not reasons_against(replace(asked, at=decision.next_allowed_at), facts, policy)
    tried = decision.next_allowed_at - _STEP
    looked = 0
    while tried > asked.at and looked < 300:
        assert reasons_against(replace(asked, at=tried), facts, policy), tried
        tried -= _STEP if looked < 100 else 7 * _STEP
        looked += 1


@given(st.lists(contacts(), max_size=12, unique_by=lambda one: (one.id, one.at)), st.integers())
def test_the_order_of_entry_changes_no_verdict(entered, seed):
    facts = known.Known(
        debt=known.Debt(account_id=ACCOUNT, country="US"),
        party=known.Party(person_id=PERSON),
        point=None,
        zones=("America/Chicago",),
    )
    distinct = list({one.at: one for one in entered}.values())
    shuffled = Random(seed).sample(distinct, len(distinct))

    def verdicts(order):
        return {one: found.codes for one, found in judge(order, facts, EVERYTHING).items()}

    assert verdicts(shuffled) == verdicts(distinct)


def test_a_consent_for_more_calls_lifts_the_federal_rules_and_no_others():
    asked = known.Asked(at=NOON, channel=Channel.CALL)
    talk = known.Contact(
        id=uid("X1"), at=NOON - timedelta(hours=1), channel=Channel.CALL, direction=Direction.IN,
        person_id=PERSON, outcome=Outcome.CONVERSATION, account_ids=frozenset({ACCOUNT}),
    )  # fmt: skip
    asked_for = known.Consent(kind=ConsentKind.MORE_CALLS, at=talk.at)
    facts = known.Known(
        debt=known.Debt(account_id=ACCOUNT, country="US"),
        party=known.Party(person_id=PERSON),
        point=known.Point(id=uid("CP1"), kind=PointKind.PHONE),
        zones=("America/Chicago",),
        contacts=known.history([talk], PERSON),
    )

    assert keys(reasons_against(asked, facts, EVERYTHING)) == {
        ("WITHIN_7_DAYS_OF_CONVERSATION", "us-federal", "calls_after_talk")
    }
    assert not reasons_against(asked, replace(facts, consents=(asked_for,)), EVERYTHING)


@given(situations(), st.lists(contacts(), max_size=8, unique_by=lambda one: one.id), instants)
def test_what_is_judged_since_an_instant_is_judged_as_ever(situation, made, since):
    _, facts = situation
    every = judge(made, facts, EVERYTHING)

    later = {one.id for one in made if one.at >= since}
    assert judge(made, facts, EVERYTHING, since=since) == {
        id_: verdict for id_, verdict in every.items() if id_ in later
    }


@given(situations(), policies, contacts(), st.integers(40, 400))
def test_what_was_before_every_window_changes_nothing(situation, policy, old, days):
    asked, facts = situation
    old = replace(old, at=asked.at - timedelta(days=days))
    made = known.history((*facts.contacts.contacts, old), PERSON)

    assert decide(asked, replace(facts, contacts=made), policy) == decide(asked, facts, policy)


@given(st.lists(contacts(), max_size=8), instants, instants)
def test_a_window_of_a_history_is_what_lies_in_it(made, after, until):
    theirs = known.history(made, PERSON)
    in_order = sorted(made, key=lambda one: one.at)

    assert list(theirs.between(after, until)) == [
        one for one in in_order if after < one.at <= until
    ]
    assert list(theirs.after(after)) == [one for one in in_order if one.at > after]
    assert list(theirs.before(until).contacts) == [one for one in in_order if one.at < until]
    assert theirs.before(until).instants == tuple(one.at for one in theirs.before(until).contacts)
    assert known.history(made, ACCOUNT).contacts == ()
