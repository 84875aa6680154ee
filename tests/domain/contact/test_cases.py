"""The worked cases of contacts, each a question to the domain."""

import json
from pathlib import Path

import pytest

from tests.scenarios import contacting, regulation_f
from tests.scenarios.client import NotPlayable

CASES = Path(__file__).parents[2] / "cases"
FILES = (
    "contact_gate", "contact_zones", "contact_effects", "contact_limited_content",
    "contact_opt_out_words", "contact_judgement", "regf_call_frequency",
    "regf_communication_gate", "regf_contact_time", "regf_itemization_date", "regf_postdated",
    "regf_validation",
)  # fmt: skip
#: Cases that ask for no contact, and what the refusal to play them must say.
SET_ASIDE = {
    "GATE-33": "what is discharged stays under `bankruptcy`",
}
_ASKERS = {op: (asker, is_meant) for asker in (contacting, regulation_f)
           for op, is_meant in asker.ASKED}  # fmt: skip
ALL = [
    pytest.param(case, id=case["id"])
    for file in FILES
    for case in json.loads((CASES / f"{file}_cases.json").read_text())["cases"]
]


async def ask(case):
    for op, (asker, is_meant) in _ASKERS.items():
        if is_meant(case["input"]):
            return await getattr(asker, op)(None, {**case, "op": op})
    raise AssertionError(f"nobody asks {case['id']}")


@pytest.mark.parametrize("case", ALL)
async def test_a_case(case):
    if case["id"] in SET_ASIDE:
        with pytest.raises(NotPlayable, match=SET_ASIDE[case["id"]]):
            await ask(case)
    else:
        await ask(case)


async def test_a_wrong_expectation_is_noticed():
    (case,) = (one.values[0] for one in ALL if one.id == "CG-003")
    wrong = {**case, "expected": {**case["expected"], "next_allowed_at": "2026-10-07T13:05:00Z"}}

    with pytest.raises(AssertionError, match="decision"):
        await ask(wrong)
