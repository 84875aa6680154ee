"""Terms are read by one reader, from the edge and from storage, and hashes of them stay theirs."""

from datetime import UTC, date, datetime
from uuid import UUID

from app.domain.agreement.settlement import parts_of
from app.domain.schedule.build import build
from app.domain.schedule.terms import (
    BusinessDays,
    Convention,
    ExplicitInstallment,
    Frequency,
    StepUp,
    Terms,
    Unit,
)
from app.routers.edge.bodies import as_sent
from app.schemas.plans.terms import TermsRequest
from app.services import holidays
from app.services.plans.open import Consent, OpenPlan, claim_of
from app.services.plans.quote import hash_of
from app.services.plans.terms import (
    cadence_of,
    frequency_as_sent,
    read_frequency,
    read_terms,
)
from app.storage.plans.quotes import StoredQuote

SENT = {
    "amount_minor": 90000,
    "down_payment_minor": 10000,
    "installment_count": 4,
    "frequency": {"unit": "semimonth", "days": [1, 15]},
    "first_due_on": "2026-02-01",
    "business_days": {"calendar": "US-FED"},
}
STEPPED = {**SENT, "step_ups": [{"from_number": 2, "installment_minor": 30000}]}
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_what_a_client_leaves_out_has_its_default():
    read = read_terms(as_sent(TermsRequest.model_validate(STEPPED)))

    assert read.as_sent == STEPPED
    assert read.parsed == Terms(
        amount_minor=90000,
        down_payment_minor=10000,
        installment_count=4,
        frequency=Frequency(every=1, unit=Unit.SEMIMONTH, days=(1, 15)),
        first_due_on=date(2026, 2, 1),
        business_days=BusinessDays(calendar="US-FED", convention=Convention.FOLLOWING),
        step_ups=(StepUp(from_number=2, installment_minor=30000),),
    )


def test_the_edge_and_the_reader_have_the_same_defaults():
    body = TermsRequest.model_validate(STEPPED)

    assert read_terms(as_sent(body)).parsed == read_terms(body.model_dump(mode="json")).parsed


def test_a_stored_null_and_a_name_of_a_later_version_say_nothing():
    stored = {**SENT, "month_end": None, "down_payment_bps": None, "of_a_later_version": 1}

    assert read_terms(stored).parsed == read_terms(SENT).parsed


def test_dates_go_by_the_cadence_alone():
    cadence = cadence_of(read_terms({**STEPPED, "annual_rate_bps": 1200}).parsed)

    assert cadence == Terms(
        frequency=Frequency(unit=Unit.SEMIMONTH, days=(1, 15)),
        anchor_on=date(2026, 2, 1),
        business_days=BusinessDays(calendar="US-FED"),
    )


def test_a_frequency_is_read_as_it_was_written():
    frequency = Frequency(every=1, unit=Unit.SEMIMONTH, days=(5, 20))
    holiday = {"installments": 2, "frequency": frequency_as_sent(frequency)}

    assert read_frequency(holiday) == frequency
    assert read_frequency({"installments": 2}) is None


def test_an_offer_of_which_nothing_is_said_is_paid_at_once_on_its_last_day():
    once = parts_of(Terms(), expires_on=date(2026, 2, 5))

    assert (once.installment_count, once.first_due_on) == (1, date(2026, 2, 5))
    assert once.frequency == Frequency(unit=Unit.MONTH)


def test_parts_written_out_are_all_that_counts():
    written = (ExplicitInstallment(due_on=date(2026, 2, 1), amount_minor=100_00),)
    terms = Terms(installment_count=3, installments=written)

    assert parts_of(terms, expires_on=date(2026, 2, 5)) == Terms(installments=written)


def test_a_reference_claimed_before_is_claimed_by_the_same_hash_for_ever():
    consent = Consent(channel="web", captured_at=NOON, captured_by="d", text_hash="ab")
    on_terms = OpenPlan(
        account_id=UUID(int=1),
        terms=read_terms(STEPPED),
        reference="P-1",
        effective_on=date(2026, 1, 5),
        consent=consent,
    )
    on_a_quote = OpenPlan(
        account_id=UUID(int=1), quote_id=UUID(int=2), quote_hash="cd", reference="P-2"
    )

    assert claim_of(on_terms).content_hash.hex() == (
        "e14a8d665de14b45a71305b5c958c6fbf40fa1ecbabc88e1a4e4e77b9f2ad029"
    )
    assert claim_of(on_a_quote).content_hash.hex() == (
        "888da8a16fb96a5c80af8389e78f704e1a670316b630adaef3247fdbc446c85f"
    )


def test_a_quote_given_before_has_the_same_hash_for_ever():
    terms = read_terms(SENT).parsed
    schedule = build(
        terms,
        opens_on=NOON.date(),
        amount_minor=90000,
        holidays=holidays.for_terms(terms),
    )
    quote = StoredQuote(
        id=UUID(int=3), account_id=UUID(int=1), hash="", currency="USD", opens_on=NOON.date(),
        balance_minor=90000, amount_minor=90000, policy_name="default", policy_version=1,
        terms=SENT, schedule=schedule, refusals=(), role="agent", actor=None, locale="en-US",
        text="t", text_hash="th", supersedes=None, reason=None, created_at=NOON,
        expires_at=datetime(2026, 2, 5, 12, tzinfo=UTC),
    )  # fmt: skip

    assert hash_of(quote) == "ab61e2a483a61875c660b99174bc598d1b236a507b8e3ff5217d08648ab9aecd"
