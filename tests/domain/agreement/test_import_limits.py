"""An agent stores 500 rows, 100,000.00 of a currency, no targets; a supervisor ten times that."""

import pytest

from app.domain.agreement.import_limits import SheetSize, check_import
from app.domain.spreadsheets.fields import SheetKind
from app.domain.vocabulary import Role
from app.services.policy_documents.reader import parse, policy_of, shipped

DEFAULT = policy_of([shipped("default")], version=1).authority


def size(kind=SheetKind.PAYMENTS, rows=1, **sums_minor):
    return SheetSize(kind=kind, rows=rows, sums_minor=sums_minor)


def rules(sheet, role=Role.AGENT, authority=DEFAULT):
    return [(one.rule, one.limit, one.actual, one.override_role)
            for one in check_import(sheet, authority, role)]  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "role", "expected"),
    [
        pytest.param(size(rows=500, USD=10_000_000), Role.AGENT, [], id="all of it, no more"),
        pytest.param(
            size(rows=501), Role.AGENT, [("import_rows", 500, 501, Role.SUPERVISOR)], id="a row"
        ),
        pytest.param(
            size(USD=1, EUR=10_000_001), Role.AGENT,
            [("import_minor", 10_000_000, 10_000_001, Role.SUPERVISOR)], id="a cent of one",
        ),
        pytest.param(
            size(USD=6_000_000, EUR=6_000_000), Role.AGENT, [], id="two currencies are no sum"
        ),
        pytest.param(
            size(SheetKind.TARGETS), Role.AGENT, [("import_kinds", 0, 1, Role.SUPERVISOR)],
            id="what others are to reach",
        ),
        pytest.param(size(SheetKind.ASSIGNMENTS, 5_000), Role.SUPERVISOR, [], id="a supervisor"),
        pytest.param(
            size(SheetKind.TARGETS, 5_001, USD=100_000_001), Role.AGENT,
            [("import_kinds", 0, 1, Role.SUPERVISOR), ("import_rows", 500, 5_001, Role.ADMIN),
             ("import_minor", 10_000_000, 100_000_001, Role.ADMIN)],
            id="every limit, each with the least role",
        ),
        pytest.param(size(rows=10**6, USD=10**15), Role.ADMIN, [], id="the last to ask"),
    ],
)  # fmt: skip
def test_what_a_role_stores_by_itself(sheet, role, expected):
    assert rules(sheet, role) == expected


def test_a_limit_that_binds_all_is_set_aside_by_nobody():
    said = {one: {"import_rows": 10} for one in Role}
    document = parse({"effective_from": "2026-01-01", "authority": said}, name="house")
    authority = policy_of([document], version=1).authority

    assert rules(size(rows=11), Role.ADMIN, authority) == [("import_rows", 10, 11, None)]
