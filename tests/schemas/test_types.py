"""What a request may say: amounts are JSON integers, days exist, words are one line."""

from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from pydantic import TypeAdapter, ValidationError

from app.schemas.edge import ids as edge_ids
from app.schemas.edge import money, time, types, words


class Colour(StrEnum):
    RED = "red"


class Everything(types.Model):
    amount_minor: money.Minor = 1
    fee_minor: money.NonNegativeMinor = 0
    currency: money.Currency = "USD"
    due_on: time.Date = date(2026, 1, 1)
    captured_at: time.Instant | None = None
    colour: types.Choice[Colour] = Colour.RED
    amounts: types.Many[money.Minor] = ()
    zone: time.TimeZone = "UTC"
    reference: words.Reference = "r"
    metadata: words.Metadata | None = None


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"amount_minor": 2**53 - 1}, 2**53 - 1),
        ({"fee_minor": 0}, 0),
        ({"currency": "JPY"}, "JPY"),
        ({"due_on": "2024-02-29"}, date(2024, 2, 29)),
        ({"captured_at": "2026-03-01T01:30:00+02:00"}, datetime(2026, 2, 28, 23, 30, tzinfo=UTC)),
        ({"captured_at": "2026-03-01T01:30:00.5Z"}, datetime(2026, 3, 1, 1, 30, 0, 500000, UTC)),
        ({"colour": "red"}, Colour.RED),
        ({"amounts": [1, 2]}, (1, 2)),
        ({"zone": "America/Chicago"}, "America/Chicago"),
        ({"reference": "Ü 1/2"}, "Ü 1/2"),
        ({"metadata": {"a": ""}}, {"a": ""}),
    ],
)
def test_what_is_meant(given, meant):
    (name,) = given
    assert getattr(Everything.model_validate(given), name) == meant


@pytest.mark.parametrize(
    "given",
    [
        {"amount_minor": 0},
        {"amount_minor": -1},
        {"amount_minor": 2**53},
        {"amount_minor": 5.0},
        {"amount_minor": "5"},
        {"amount_minor": True},
        {"amount_minor": None},
        {"fee_minor": -1},
        {"fee_minor": False},
        {"currency": "usd"},
        {"currency": "XXX"},
        {"currency": "US"},
        {"due_on": "2026-02-29"},
        {"due_on": "20260228"},
        {"due_on": "2026-W09-1"},
        {"due_on": "2026-02-28T00:00:00"},
        {"due_on": "٢٠٢٦-02-28"},
        {"due_on": 1},
        {"captured_at": "2026-03-01T01:30:00"},
        {"captured_at": "2026-03-01"},
        {"captured_at": "0001-01-01T00:00:00+02:00"},
        {"captured_at": 1},
        {"colour": "blue"},
        {"amounts": [1, "2"]},
        {"amounts": 1},
        {"zone": "Mars/Olympus"},
        {"reference": ""},
        {"reference": "a\nb"},
        {"reference": "a\x00b"},
        {"reference": "\ud800"},
        {"reference": "x" * 256},
        {"metadata": {"a": 1}},
        {"metadata": {"": "a"}},
        {"metadata": {"a": "\x00"}},
        {"metadata": {str(n): "" for n in range(51)}},
        {"nobody_knows": 1},
    ],
    ids=lambda given: ascii(given)[:60],
)
def test_what_cannot_be_meant(given):
    with pytest.raises(ValidationError):
        Everything.model_validate(given)


def test_an_instant_is_written_in_utc_with_z():
    instants = TypeAdapter(time.Instant)
    moment = instants.validate_python("2026-03-01T01:30:00+02:00")

    assert instants.dump_json(moment) == b'"2026-02-28T23:30:00Z"'


def test_an_id_is_a_uuid_inside_and_a_text_outside():
    ids = TypeAdapter(edge_ids.AccountId)
    uuid = ids.validate_python("acc_01h455vb4pex5vsknk084sn02q")

    assert str(uuid) == "01890a5d-ac96-774b-bcce-b302099a8057"
    assert ids.validate_python(uuid) is uuid
    assert ids.dump_json(uuid) == b'"acc_01h455vb4pex5vsknk084sn02q"'
    assert ids.json_schema()["pattern"].startswith("^acc_")
    with pytest.raises(ValidationError, match="should be an account id, acc_"):
        ids.validate_python("plan_01h455vb4pex5vsknk084sn02q")
