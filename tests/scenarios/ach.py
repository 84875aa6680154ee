"""ACH cases: one question each, asked of the service's own assessments."""

from collections.abc import Mapping
from typing import Any

from tests.scenarios.client import NotPlayable
from tests.scenarios.life import Life, Step
from tests.scenarios.tables import compare_one

#: What a case's input says, and what the service calls it.
_ASKED = {
    "code": "code",
    "settlement_date": "settled_on",
    "original_settlement": "original_settled_on",
    "entries_already_made": "entries_made",
    "today": "on",
    "receiver_reauthorised": "reauthorized",
    "reason_corrected": "corrected",
}
_ANSWERED = {
    "allowed": "retry_allowed",
    "reason": "reason",
    "sixtieth_calendar_day": "sixtieth_day_on",
    "latest_return_available": "latest_return_on",
}
_RATES = {"debits_originated": "debits", "total_returns": "returns"}


def _is_meant(said: Mapping[str, Any]) -> bool:
    return (
        {"code", "settlement_date"} <= said.keys()
        or {"code", "entries_already_made"} <= said.keys()
        or "debits_originated" in said
    )


#: The op, and whether the input of a case is for it.
ASKED = (("ach_question", _is_meant),)


async def ach_question(life: Life, step: Step) -> None:
    """Ask what the case asks, and hold the answer against what it expects."""
    said, expected = step["input"], step["expected"]
    if "debits_originated" in said:
        await _rates(life, said, expected)
        return
    unknown = [name for name in said if name not in _ASKED]
    unknown += [name for name in expected if name not in _ANSWERED]
    if unknown:
        raise NotPlayable(f"ach_question.{unknown[0]}")
    asked = {_ASKED[name]: value for name, value in said.items()}
    asked.setdefault("settled_on", asked.get("original_settled_on"))
    got = await life.api.post("/v1/ach-returns/assessments", asked)
    compare_one(expected, {name: got[own] for name, own in _ANSWERED.items()}, what="ach return")


async def _rates(life: Life, said: dict[str, Any], expected: dict[str, Any]) -> None:
    asked = {_RATES.get(name, name): value for name, value in said.items()}
    got = await life.api.post("/v1/ach-returns/rates", asked)
    shown = {
        f"{name}_rate": f"{got[f'{name}_bps'] / 10_000:.4f}"
        for name in ("unauthorized", "administrative", "overall")
    }
    compare_one(expected, {**shown, "breach": got["breach"]}, what="return rates")
