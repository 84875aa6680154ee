"""What may be written in a field: the same for the API, for imports and for reconciliation."""

import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.domain import field_limits
from app.domain.schedule.dates import later
from app.schemas.accounts import accounts
from app.schemas.contacts import contacts
from app.schemas.edge import time, words
from app.schemas.persons import consents
from app.schemas.plans import terms
from app.schemas.templates import templates

EDGE = {
    "REFERENCE": words.Reference,
    "PLACEMENT_BATCH": words.PlacementBatch,
    "LINE": words.Line,
    "POLICY_NAME": accounts.PolicyName,
    "REGION": accounts.Region,
    "LANGUAGE": accounts.Language,
    "ACTOR": words.Actor,
    "TEAM_NAME": words.TeamName,
    "TEMPLATE_KEY": templates.TemplateKey,
    "LOCALE": templates.Locale,
    "SYSTEM": words.System,
    "SUMMARY": contacts.Summary,
    "TAG": words.Tag,
    "IP": consents.Ip,
    "USER_AGENT": consents.UserAgent,
}
ODD = "\u00a0\u3000\u00ad\u200b\ufeff\u2028\x00\x1f\x7f\x85\n "


def takes(kind, value):
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@given(
    st.sampled_from(sorted(EDGE)),
    st.text(st.one_of(st.sampled_from(ODD + "US-TXen"), st.characters(exclude_categories=["Cs"]))),
    st.integers(0, 520),
)
def test_the_edge_and_the_files_take_the_same(name, text, times):
    text = text or "x" * times
    assert takes(EDGE[name], text) == (getattr(field_limits, name).problem(text) is None)


def test_every_text_of_the_edge_is_one_of_these():
    of_others = {"LABEL", "LABEL_NAME", "CALENDAR_NAME", "HEADING"}
    assert set(EDGE) | of_others == {
        name for name, one in vars(field_limits).items() if isinstance(one, field_limits.Text)
    }
    assert not takes(terms.BusinessDaysRequest, {"calendar": "x" * 33})
    assert takes(words.Metadata, {"x": ""})
    assert not takes(words.Metadata, {"x" * 41: ""})


def test_a_reference_ends_where_one_sees_it_end():
    blanks = [chr(n) for n in range(sys.maxunicode + 1) if chr(n).isspace()]
    assert all(field_limits.REFERENCE.problem(f"a{one}") for one in blanks)
    assert all(field_limits.REFERENCE.problem(f"{one}a") for one in blanks)
    assert not any(
        field_limits.REFERENCE.problem(f"a{one}b") for one in "\u00a0\u3000\u00ad\u200b "
    )


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("9999-12-30", field_limits.NO_YEAR), ("1899-12-31", field_limits.NO_YEAR),
        ("0026-01-05", field_limits.NO_YEAR), ("2026-02-30", field_limits.NO_DAY),
        ("20260230", field_limits.NO_DAY), ("2026-02-1", field_limits.NO_DAY),
    ],
)  # fmt: skip
def test_days_have_a_horizon(text, detail):
    with pytest.raises(ValueError, match=detail):
        field_limits.read_day(text)
    assert not takes(time.Date, text)


def test_the_last_day_has_no_other_after_it():
    assert later(date(2026, 2, 28)) == date(2026, 3, 1)
    assert later(date(9999, 12, 30), 5) == later(date.max) == date.max
