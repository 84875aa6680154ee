"""A row as it stood at the end of a day, whatever came later."""

from datetime import UTC, date, datetime

import pytest

from app.domain.evidence.as_of import contact_as_of, decision_as_of, message_as_of

DAY, LATER = date(2026, 1, 10), date(2026, 1, 11)
AT = datetime(2026, 1, 9, 16, tzinfo=UTC)


def contact(**changes):
    return {"id": 1, "outcome": "busy", "started_at": AT, "voided_on": None, "corrections": 0,
            "outside": [{"code": "X"}], "read_at": AT, "read_actor": "ann", **changes}  # fmt: skip


def fact(kind, on, **body):
    return {"kind": kind, "business_date": on, "body": body}


CORRECTED = fact("corrected", LATER, outcome="conversation", started_at=str(AT), reason="misheard")
AGAIN = fact("corrected", LATER, outcome="no_answer", reason="heard again")
JUDGED = fact("judged", DAY, outside=["OUTSIDE_HOURS"], corrects=False)


@pytest.mark.parametrize(
    ("row", "facts", "expected"),
    [
        (contact(), [], {"outcome": "busy", "outside": [], "corrections": 0}),
        (contact(), [JUDGED], {"outside": ["OUTSIDE_HOURS"]}),
        (contact(corrections=2), [CORRECTED, AGAIN], {"outcome": "conversation", "corrections": 0}),
        (
            contact(corrections=1),
            [fact("corrected", DAY, outcome="no_answer", reason="misheard")],
            {"outcome": "busy", "corrections": 1},
        ),
        (contact(voided_on=DAY), [JUDGED], {"voided_on": DAY, "outside": []}),
        (contact(voided_on=LATER), [JUDGED], {"voided_on": None, "outside": ["OUTSIDE_HOURS"]}),
    ],
    ids=["untouched", "judged", "corrected later", "corrected by then", "voided", "voided later"],
)
def test_a_contact_is_as_it_was_said_by_then(row, facts, expected):
    found = contact_as_of(row, facts, DAY)

    assert {name: found[name] for name in expected} == expected
    assert found["started_at"] == AT
    assert "read_at" not in found


def test_a_message_says_what_left_once_it_had():
    row = {"id": 1, "status": "delivered", "content_hash": "9f", "attempts": 2, "asked_at": AT}
    waits, sent = {"status": "scheduled", "reason": None}, {"status": "sent", "contact_id": "c"}

    assert message_as_of(row, [waits]) == {
        "id": 1, "asked_at": AT, "status": "scheduled", "reason": None, "contact_id": None,
    }  # fmt: skip
    assert message_as_of(row, [waits, sent]) == {
        "id": 1, "asked_at": AT, "content_hash": "9f", "status": "sent", "reason": None,
        "contact_id": "c",
    }  # fmt: skip


def test_a_decision_that_ended_later_stands():
    row = {"id": 1, "ended_because": "used", "end_reason": None, "ended_at": AT, "contact_id": 2}

    assert decision_as_of(row, DAY, DAY) == row
    assert decision_as_of(row, LATER, DAY) == {
        "id": 1, "ended_because": None, "end_reason": None, "ended_at": None, "contact_id": None,
    }  # fmt: skip
