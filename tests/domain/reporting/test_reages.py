"""What an examiner counts: granted, undone, overridden, in default again within so many months."""

from datetime import date

import pytest

from app.domain.facts.changes import Override, ReAgeKind
from app.domain.reporting.reages import GrantedReAge, figures

ON = date(2026, 1, 31)


def grant(**how):
    return GrantedReAge(**{"on": ON, "kind": ReAgeKind.STANDARD, "of_account": False,
                       "moved_minor": 100_00, **how})  # fmt: skip


@pytest.mark.parametrize(
    ("defaulted_on", "expected"),
    [
        pytest.param(None, (0, 0, 0), id="never"),
        pytest.param(date(2026, 1, 31), (0, 0, 0), id="the day itself"),
        pytest.param(date(2026, 4, 30), (1, 1, 1), id="three months, clipped to the month"),
        pytest.param(date(2026, 5, 1), (0, 1, 1), id="a day later"),
        pytest.param(date(2026, 7, 31), (0, 1, 1), id="six months"),
        pytest.param(date(2026, 8, 1), (0, 0, 1), id="more than six"),
        pytest.param(date(2027, 1, 31), (0, 0, 1), id="twelve"),
        pytest.param(date(2027, 2, 1), (0, 0, 0), id="more than twelve"),
    ],
)
def test_in_default_again(defaulted_on, expected):
    told = figures([grant(defaulted_on=defaulted_on)]).re_defaults

    assert told == tuple(zip((3, 6, 12), expected, strict=True))


def test_what_was_undone_is_granted_and_counts_no_further():
    failed = ("ACCOUNT_TOO_NEW", "INSUFFICIENT_PAYMENTS")
    told = figures(
        [
            grant(),
            grant(kind=ReAgeKind.WORKOUT, of_account=True, moved_minor=0),
            grant(override=Override(failed=failed, reason="r", approved_by="a")),
            grant(undone_on=ON, defaulted_on=date(2026, 2, 20)),
        ]
    )

    assert (told.granted, told.of_plans, told.of_accounts, told.undone) == (4, 3, 1, 1)
    assert (told.standard, told.workout, told.overridden) == (3, 1, 1)
    assert told.moved_minor == 200_00
    assert told.overridden_by_reason == tuple((one, 1) for one in failed)
    assert told.re_defaults == ((3, 0), (6, 0), (12, 0))
