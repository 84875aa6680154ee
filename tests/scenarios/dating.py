"""Schedule cases: on which days installments fall, asked of `POST /v1/schedules`."""

from collections.abc import Mapping
from typing import Any

from tests.scenarios.client import NotPlayable
from tests.scenarios.life import CURRENCY, Life, Step, understood
from tests.scenarios.tables import compare

_FREQUENCIES: Mapping[str, dict[str, Any]] = {
    "daily": {"unit": "day"},
    "weekly": {"unit": "week"},
    "biweekly": {"every": 2, "unit": "week"},
    "every_2_weeks": {"every": 2, "unit": "week"},
    "every_4_weeks": {"every": 4, "unit": "week"},
    "semimonth": {"unit": "semimonth"},
    "semimonthly": {"unit": "semimonth"},
    "monthly": {"unit": "month"},
    "bimonthly": {"every": 2, "unit": "month"},
    "quarterly": {"every": 3, "unit": "month"},
    "semiannual": {"every": 6, "unit": "month"},
    "annual": {"every": 12, "unit": "month"},
}
_AMOUNT_MINOR = 100_00  # an installment; the cases name none


def _names_dates(said: Mapping[str, Any]) -> bool:
    return {"frequency", "start", "count"} <= said.keys()


ASKED = (("dates_question", _names_dates),)


async def dates_question(life: Life, step: Step) -> None:
    """The nominal and due dates of so many installments. `start` is the first due date."""
    said, expected = step["input"], step["expected"]
    known = {"frequency", "start", "count", "days", "adjust", "calendar", "month_end"}
    understood(said, known, what="input")
    understood(expected, {"dates"}, what="expected")
    if said["frequency"] not in _FREQUENCIES:
        raise NotPlayable(f"frequency {said['frequency']}")
    frequency = dict(_FREQUENCIES[said["frequency"]])
    if said.get("days"):
        frequency["days"] = said["days"]
    terms: dict[str, Any] = {
        "amount_minor": int(said["count"]) * _AMOUNT_MINOR,
        "installment_count": int(said["count"]),
        "frequency": frequency,
        "first_due_on": said["start"],
    }
    if said.get("month_end"):
        terms["month_end"] = said["month_end"]
    if said.get("adjust"):
        calendar = said.get("calendar") or "US-FED"
        terms["business_days"] = {"calendar": calendar, "convention": said["adjust"]}
    asked = {"currency": CURRENCY, "terms": terms, "starts_on": said["start"]}
    made = await life.api.post("/v1/schedules", asked)
    ours = [
        {"nominal": row["nominal_due_on"], "due": row["due_on"]} for row in made["installments"]
    ]
    compare(expected["dates"], ours, columns=("nominal", "due"), what="the dates")
