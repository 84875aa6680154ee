"""The worked cases of reports and spreadsheets, and that a wrong expectation is noticed."""

import json
from pathlib import Path

import pytest

from tests.scenarios.managing import METRICS, metric_question

HERE = Path(__file__).parents[2] / "cases"
ALL = [
    pytest.param(case, id=case["id"])
    for file in ("reports", "spreadsheet", "metrics")
    for case in json.loads((HERE / f"{file}_cases.json").read_text())["cases"]
    if case["metric"] in METRICS
]


@pytest.mark.parametrize("case", ALL)
async def test_a_case(case):
    await metric_question(None, case)


async def test_a_wrong_expectation_is_noticed():
    (case,) = (one.values[0] for one in ALL if one.id == "REP-063")

    with pytest.raises(AssertionError, match="cei"):
        await metric_question(None, {**case, "expected": {"cei_bps": 5594}})
