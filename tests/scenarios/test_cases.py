"""The conformance cases: which pass, and which wait for what. Whoever builds it, moves the line."""

from pathlib import Path

import pytest

from tests.scenarios.files import read_cases
from tests.scenarios.runner import Verdict, play

HERE = Path(__file__).parent
CASES = {case.id: case for case in read_cases(HERE.parent / "cases" / "plan_lifecycle_cases.json")}
LIVES = [read_cases(path)[0] for path in sorted((HERE / "lives").glob("*.md"))]

PASSED = {"Loan:2303", "LoanChargeback:646"}
#: What a case waits for: the first step nobody can play, and why.
WAITING = {
    "IT-reage-1": "re_age: POST /v1/plans/{id}/re-ages is not built (step 6)",
    "LoanReAging:5": "re_age: POST /v1/plans/{id}/re-ages is not built (step 9)",
    "LoanReAmortization:5":
        "re_amortize: POST /v1/plans/{id}/reamortizations is not built (step 9)",
    "LoanDelinquency:608": "pause: POST /v1/plans/{id}/pauses is not built (step 5)",
    "LoanReschedule:101": "reschedule: POST /v1/plans/{id}/reschedules is not built (step 7)",
}  # fmt: skip


def test_every_case_is_accounted_for():
    assert CASES.keys() == PASSED | WAITING.keys()
    assert len(LIVES) >= 8


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_a_case_of_the_conformance_suite(api, case):
    result = await play(api, case)

    assert result.verdict is not Verdict.FAILED, str(result)
    assert result.why == WAITING.get(case.id, "")
    assert (result.verdict is Verdict.PASSED) == (case.id in PASSED)


@pytest.mark.parametrize("case", LIVES, ids=[case.id for case in LIVES])
async def test_a_life(api, case):
    result = await play(api, case)

    assert result.verdict is Verdict.PASSED, str(result)
