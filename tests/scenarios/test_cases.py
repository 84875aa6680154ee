"""The questions of the conformance cases: which pass, and which wait for what.

Whoever builds it, moves the line. Whole lives, and that they pass, are in `test_mirror.py`.
"""

from pathlib import Path

import pytest

from app.domain.values import replace
from tests.scenarios import story
from tests.scenarios.files import read_cases
from tests.scenarios.runner import Verdict, play

FILES = Path(__file__).parents[1] / "cases"

#: Files of questions: the cases that are skipped, and what their reason must say. The rest passes.
QUESTIONS: dict[str, dict[str, str]] = {
    "ach": {},
    "allocation": {
        "AL-05": "set aside: Interest on a plan",
        "AL-07": "set aside: Interest on a plan",
        "AL-33": "a card's balances by rate",
        "AL-41": "a payoff by the day between due dates",
        "AL-43": "a payoff by the day between due dates",
    },
    "schedule": {},
    "amortization": {"AM-09": "set aside: 7.48 is half-even of exactly 7.475"},
    "business_day": {},
    "simple_interest": {},
    "day_count": {
        "DC-075": "part of another", "DC-077": "part of another",
    },
    "ffiec_chargeoff": {},
    "ffiec_reage": {},
    "dofd": {},
    "affordability": {
        "PRO-05": "more money than all the debts",
        "IRS-02": "no endpoint", "IRS-04": "no endpoint",
        "CONV-weekly-monthly": "no endpoint", "CONV-semimonthly-monthly": "no endpoint",
    },
    "ffiec_partial_payment": {"PART-09": "set aside: Missed"},
    "metrics": {},
    "reports": {},
    "spreadsheet": {},
    "uk_breathing_space": {
        "BS-24": "contact_to_enforce is no act of this service",
        "BS-26": "enforce is no act of this service",
    },
    "settlement": {},
    "metro2_status": {},
    "webhook_signature": {},
    "webhook_delivery": {},
    "webhook_disabling": {},
    "message_lifecycle": {},
    "notice_schedule": {},
    "validation_notices": {},
    "worklist_order": {},
    "debtor_link": {},
    "escalation_to_legal": {},
    "evidence_root": {},
    "contact_gate": {},
    "contact_zones": {},
    "contact_effects": {},
    "contact_limited_content": {},
    "contact_opt_out_words": {},
    "contact_judgement": {},
    "regf_call_frequency": {},
    "regf_communication_gate": {
        "GATE-33": "set aside: Holds",
    },
    "regf_contact_time": {},
    "regf_itemization_date": {},
    "regf_postdated": {},
    "regf_validation": {},
    "regf_multiple_debts": {
        "MULT-03": "set aside: no rule ranks the debts of one person",
    },
}  # fmt: skip
ASKED = [
    pytest.param(case, skipped.get(case.id), id=case.id)
    for file, skipped in QUESTIONS.items()
    for case in read_cases(FILES / f"{file}_cases.json")
]


@pytest.mark.parametrize(("case", "skipped"), ASKED)
async def test_a_question(api, case, skipped):
    result = await play(api, case)

    if skipped is None:
        assert result.verdict is Verdict.PASSED, str(result)
    else:
        assert result.verdict is Verdict.SKIPPED, str(result)
        assert skipped in result.why


def of(case_id, **changes):
    """A case of the allocation file, with another input or another expectation."""
    found = next(one.values[0] for one in ASKED if one.values[0].id == case_id)
    (step,) = found.steps
    said = {**step["input"], **changes.get("input", {})}
    expected = {**step["expected"], **changes.get("expected", {})}
    return replace(found, steps=({**step, "input": said, "expected": expected},))


ADVANCE = {
    "1": {"fee": "15.00", "interest": "10.00", "principal": "90.00"},
    "2": {"fee": "15.00", "interest": "9.00", "principal": "91.00"},
    "3": {"principal": "70.00"},
}


@pytest.mark.parametrize(
    ("case", "why"),
    [
        pytest.param(of("AL-01", expected={"unapplied": "0.01"}), "the rest, row 1", id="rest"),
        pytest.param(
            of("AL-01", expected={"allocations": {"1": {"fee": "15.00"}}}), "allocations, row 1",
            id="cents elsewhere",
        ),
        pytest.param(of("AL-31", input={"payment": "100.00"}), "late_fee_allowed", id="late fee"),
        pytest.param(of("AL-20", expected={"installment": "125.01"}), "row 1", id="re-age"),
        pytest.param(
            of("SCH-01", expected={"dates": []}), "the dates, row 1", id="dates",
        ),
        pytest.param(of("AM-05", expected={"level_payment": "120.57"}), "the level", id="level"),
        pytest.param(of("AM-05", input={"annual_rate": "0.25"}), "schedule, row", id="rate"),
        pytest.param(of("SPLIT-03", input={"residual": "last"}), "the split, row 1", id="split"),
        pytest.param(of("DC-001", input={"end": "2007-02-21"}), "fraction", id="day count"),
        pytest.param(of("DC-069", expected={"exact": "31/73"}), "fraction", id="a year's days"),
        pytest.param(of("SI-05", expected={"interest_8dp": "34.17094939"}), "simple", id="accrual"),
        pytest.param(of("BD-11", input={"convention": "preceding"}), "the business", id="weekend"),
        pytest.param(of("BS-11", expected={"chargeable_days": 1}), "moratorium", id="moratorium"),
        pytest.param(of("MET-30", expected={"status": "BROKEN"}), "the promise", id="promise"),
        pytest.param(of("REAGE-01", input={"as_of": "2023-02-15"}), "eligible", id="too new"),
        pytest.param(of("DOFD-03", expected={"dofd_month": "2024-07"}), "first", id="moved"),
        pytest.param(of("REAGE-01", expected={"failed": ["CHARGED_OFF"]}), "failed", id="reason"),
        pytest.param(of("STL-01", expected={"forgiven": "0.00"}), "the settlement", id="forgiven"),
        pytest.param(of("STL-05", input={"as_of": "2026-03-21"}), "the settlement", id="grace"),
        pytest.param(of("STL-11", expected={"form_1099c": True}), "the settlement", id="entity"),
        pytest.param(of("M2-03", input={"dpd": 29}), "the credit report", id="a day earlier"),
        pytest.param(
            of("M2-11", input={"scheduled_payment": "100.01"}), "the credit report", id="pays less",
        ),
    ],
)  # fmt: skip
async def test_a_question_can_be_answered_otherwise(api, case, why):
    result = await play(api, case)

    assert result.verdict is Verdict.FAILED, str(result)
    assert why in result.why


async def test_money_ahead_that_follows_the_rule_is_played(api):
    case = of("AL-05", expected={"allocations": ADVANCE, "unapplied": "0.00"})

    result = await play(api, case)

    assert result.verdict is Verdict.PASSED, str(result)


@pytest.mark.parametrize(
    ("file", "said", "lie"),
    [
        ("reaching_a_debtor", "until 2026-02-10 08:00", "until 2026-02-10 08:05"),
        ("reaching_a_debtor", "C-9 was within the rules", "C-9 was outside: HOUSE_LIMIT"),
        ("reaching_a_debtor", "disputed until 2026-03-21", "disputed until 2026-03-20"),
        ("reaching_a_debtor", "contact.judged 1", "contact.judged 2"),
        ("a_written_dispute", "since 2026-03-12 by W-2", "since 2026-03-12 by W-1"),
        ("a_day_of_an_office", "stand 18, 13 to be worked", "stand 18, 12 to be worked"),
        ("a_day_of_an_office", "claimed 2, on the list 8", "claimed 1, on the list 9"),
    ],
)
async def test_a_life_of_people_that_tells_a_lie_fails(api, file, said, lie):
    text = (FILES / f"{file}.md").read_text()
    assert said in text

    result = await play(api, story.read(text.replace(said, lie, 1), name=file))

    assert result.verdict is Verdict.FAILED, str(result)
