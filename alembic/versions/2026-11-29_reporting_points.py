"""Views of points of cohorts and of ages of debt; and no day is seen while it is being made.

Rows of a month's end are there once all of them are: a day says so (`points_kept`). The views of
sums, flows and positions forgot to ask whether somebody is making the day of facts (`making`), a
page at a time.

Revision ID: 0091
Revises: 0090
"""

from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

ROLE = "accord_reporting"
MONEY = "in minor units of the currency"
CELLS = ["principal_minor", "interest_minor", "fees_minor", "penalties_minor", "costs_minor"]
LASTING = {
    "currency": ("x.currency", "ISO 4217"),
    "creditor_reference": ("x.creditor", "whose claim it is, by reference"),
    "product": ("x.product", "kind of debt"),
    "policy": ("x.policy", "under which policy it stood"),
    "placement_batch": ("x.placement_batch", "what it was placed with, else the month"),
}
STANDING = {
    "bucket": ("x.bucket", "how late it was, by the policy's buckets"),
    "status": ("x.status", "open, paid, settled, charged_off or closed"),
    "standing": ("x.standing", "of its live plan; null: it had none"),
    "plan_kind": ("x.plan_kind", "of its live plan"),
    "team": ("x.team", "the team it was given to"),
}
OWED = {name: (f"x.{name}", f"{name.removesuffix('_minor')} owed, {MONEY}") for name in CELLS}
BESIDE = {
    "unapplied_minor": ("x.unapplied_minor", f"money that waited, {MONEY}"),
    "overdue_minor": ("x.overdue_minor", f"what was past due, {MONEY}"),
    "plans_minor": ("x.plans_minor", f"what was owed under a live plan, {MONEY}"),
    "promises_open": ("x.promises_open", "how many promises were open"),
    "promised_minor": ("x.promised_minor", f"what they promised, {MONEY}"),
}
POINT = {
    "accounts": ("x.accounts", "how many: of a cohort and its point, one counts in one row"),
    "members": ("x.members", "plans of the cohort (liquidation: accounts)"),
    "base_minor": (
        "x.base_minor", f"what they agreed on (liquidation: what was placed), {MONEY}"
    ),
    "missed": ("x.missed", "plans that had missed an installment"),
    "broken": ("x.broken", "plans that had broken; of survival, on that very day"),
    "completed": ("x.completed", "plans that had been completed"),
    "paid_minor": ("x.paid_minor", f"paid by then, less what went back, {MONEY}"),
    "gross_minor": ("x.gross_minor", f"received by then, {MONEY}"),
    "returned_minor": ("x.returned_minor", f"gone back by then, {MONEY}"),
    "beside_minor": ("x.beside_minor", f"goodwill and merchants' refunds, {MONEY}"),
    "written_down_minor": (
        "x.written_down_minor", f"waived, forgiven, written off or charged off, {MONEY}"
    ),
}  # fmt: skip
AGES = {
    "not_due_minor": ("x.not_due_minor", f"open and not due, {MONEY}"),
    **{
        f"due_{least}_minor": (f"x.due_{least}_minor", f"due for {days} days, {MONEY}")
        for least, days in (
            (1, "1 to 29"), (30, "30 to 59"), (60, "60 to 89"), (90, "90 to 119"),
            (120, "120 to 149"), (150, "150 to 179"), (180, "180 and more"),
        )
    },
}  # fmt: skip
ON = "JOIN report_day AS d ON d.tenant_id = x.tenant_id AND d.day_on"
MONTH = {"month_on": ("x.month_on", "the last day of the month")}
POINTED = f"{ON} = x.month_on AND d.points_kept"
VIEWS = {
    "age_month": (
        ("How old what accounts owed was at the end of a closed month, booked by then. Several "
        "rows may be of one group: add them."),
        f"age_month AS x {POINTED}",
        {
            **MONTH, **LASTING, **STANDING,
            "band": ("x.band", "the shipped bucket of the account's delinquent days"),
            "members": ("x.members", "how many, whatever they owed"),
            "accounts": ("x.accounts", "how many that owed; all that follows is of those"),
            **OWED, **BESIDE, **AGES,
        },
    ),
    "cohort_point": (
        ("What plans or accounts that began together had come to by a month of theirs, booked by "
        "the end of a closed month. Several rows may be of one group: add them."),
        f"cohort_point AS x {POINTED}",
        {
            **MONTH,
            "curve": ("x.curve", "vintages, survival or liquidation, as the report is called"),
            "cohort": ("x.cohort", "the month in which they began"),
            "age": (
                "x.age",
                ("months since; 0: the beginning, whose members all points need. "
                "Of survival: days observed"),
            ),
            "kind_of_plan": ("x.kind_of_plan", "of the plan itself (not of liquidation)"),
            **LASTING, **STANDING, **POINT,
        },
    ),
}  # fmt: skip
#: Columns that earlier views show, as they were; only whose rows they are changes.
DAYS = {"rollup_day": "day_on", "flow_day": "day_on", "position_month": "month_on"}
EARLIER = {
    "rollup_day": {
        "day_on": "x.day_on", **{name: said for name, (said, _) in {**LASTING, **STANDING}.items()},
        "accounts": "x.accounts", **{name: said for name, (said, _) in {**OWED, **BESIDE}.items()},
    },
    "flow_day": {
        "day_on": "x.day_on", **{name: said for name, (said, _) in LASTING.items()},
        "kind": "x.kind", **{name: f"x.{name}" for name in CELLS},
    },
    "position_month": {
        "month_on": "x.month_on", "account_id": "x.account_id",
        **{name: said for name, (said, _) in {**LASTING, **STANDING, **OWED, **BESIDE}.items()},
    },
}  # fmt: skip
HIDDEN = {"report_day": ["making", "points_kept"]}
SHOWN = {
    name: ["tenant_id", *(said.removeprefix("x.") for said, _ in columns.values())]
    for name, (_, _, columns) in VIEWS.items()
}
BEFORE = [
    "accounts", "allocations", "assignments", "changes", "flow_day", "installments", "payments",
    "plans", "position_month", "postings", "promises", "rollup_day", "settlements", "suspense",
    "sweeps", "versions",
]  # fmt: skip
VERSIONS = """
    CREATE OR REPLACE VIEW reporting.versions WITH (security_invoker = true) AS
    SELECT x.view_name, x.version FROM (VALUES {}) AS x(view_name, version)
"""


def upgrade() -> None:
    for table, shown in SHOWN.items():
        _run(f"SELECT accord_report('{table}', '{{{','.join(shown)}}}')")
    for table, columns in HIDDEN.items():
        _run(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {ROLE}")
    _earlier(" AND d.making IS NULL")
    for name, (what, source, shows) in VIEWS.items():
        listed = ", ".join(f"{said} AS {column}" for column, (said, _) in shows.items())
        _run(
            f"CREATE VIEW reporting.{name} WITH (security_invoker = true) AS "  # noqa: S608
            f"SELECT {listed} FROM {source}",
            f"COMMENT ON VIEW reporting.{name} IS $words${what}$words$",
            f"GRANT SELECT ON reporting.{name} TO {ROLE}",
        )
        for column, (_, meaning) in shows.items():
            _run(f"COMMENT ON COLUMN reporting.{name}.{column} IS $words${meaning}$words$")
    _run(_versions([*BEFORE, *VIEWS]))


def downgrade() -> None:
    _run(_versions(BEFORE))
    for name in VIEWS:
        _run(f"DROP VIEW reporting.{name}")
    _earlier("")
    for table, columns in HIDDEN.items():
        _run(f"REVOKE SELECT ({', '.join(columns)}) ON {table} FROM {ROLE}")  # noqa: S608
    for table, columns in SHOWN.items():
        _run(
            f"DROP POLICY reporting ON {table}",
            f"ALTER POLICY tenant ON {table} TO PUBLIC",
            f"REVOKE SELECT ({', '.join(columns)}) ON {table} FROM {ROLE}",  # noqa: S608
        )


def _earlier(kept: str) -> None:
    for name, columns in EARLIER.items():
        listed = ", ".join(f"{said} AS {column}" for column, said in columns.items())
        _run(
            f"CREATE OR REPLACE VIEW reporting.{name} WITH (security_invoker = true) AS "  # noqa: S608
            f"SELECT {listed} FROM {name} AS x {ON} = x.{DAYS[name]}{kept}"
        )


def _versions(names: list[str]) -> str:
    return VERSIONS.format(", ".join(f"('{name}', 1)" for name in sorted(names)))


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
