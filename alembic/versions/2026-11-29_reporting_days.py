"""Views of what closed days came to: sums, flows, and positions at the ends of months.

Reports answer from the same rows, so what other people's tools read comes to what reports say. A
day whose sums are being made again is not there until they are. Nobody's name is shown: an account
given to one person shows no team, and to whom it was given stays out.

Revision ID: 0079
Revises: 0078
"""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

ROLE = "accord_reporting"
MONEY = "in minor units of the currency"
CELLS = ["principal_minor", "interest_minor", "fees_minor", "penalties_minor", "costs_minor"]
LASTING = ["currency", "creditor", "product", "policy", "placement_batch"]
STANDING = ["bucket", "status", "standing", "plan_kind", "team"]
FIGURES = ["accounts", *CELLS, "unapplied_minor", "overdue_minor", "plans_minor", "promises_open",
           "promised_minor"]  # fmt: skip
SHOWN = {
    "report_day": ["tenant_id", "day_on"],
    "rollup_day": ["tenant_id", "day_on", *LASTING, *STANDING, *FIGURES],
    "flow_day": ["tenant_id", "day_on", *LASTING, "kind", *CELLS],
    "position_month": ["tenant_id", "month_on", "account_id", *LASTING, *STANDING, *FIGURES[1:]],
}
_LASTING = {
    "currency": ("x.currency", "ISO 4217"),
    "creditor_reference": ("x.creditor", "whose claim it is, by reference"),
    "product": ("x.product", "kind of debt"),
    "policy": ("x.policy", "under which policy it stood"),
    "placement_batch": ("x.placement_batch", "what it was placed with, else the month"),
}
_STANDING = {
    "bucket": ("x.bucket", "how late it was, by the policy's buckets"),
    "status": ("x.status", "open, paid, settled, charged_off or closed"),
    "standing": ("x.standing", "of its live plan; null: it had none"),
    "plan_kind": ("x.plan_kind", "of its live plan"),
    "team": ("x.team", "the team it was given to"),
}
_CELLS = {name: (f"x.{name}", f"{name.removesuffix('_minor')} owed, {MONEY}") for name in CELLS}
_BESIDE = {
    "unapplied_minor": ("x.unapplied_minor", f"money that waited, {MONEY}"),
    "overdue_minor": ("x.overdue_minor", f"what was past due, {MONEY}"),
    "plans_minor": ("x.plans_minor", f"what was owed under a live plan, {MONEY}"),
    "promises_open": ("x.promises_open", "how many promises were open"),
    "promised_minor": ("x.promised_minor", f"what they promised, {MONEY}"),
}
_DAY = {"day_on": ("x.day_on", "the closed day")}
_KEPT = "JOIN report_day AS d ON d.tenant_id = x.tenant_id AND d.day_on"
VIEWS = {
    "rollup_day": (
        "Who owed at the end of a closed day, summed. Several rows may be of one group: add them.",
        f"rollup_day AS x {_KEPT} = x.day_on",
        {
            **_DAY, **_LASTING, **_STANDING, "accounts": ("x.accounts", "how many"),
            **_CELLS, **_BESIDE,
        },
    ),
    "flow_day": (
        "What a closed day posted, by kind; and everything booked by its end.",
        f"flow_day AS x {_KEPT} = x.day_on",
        {
            **_DAY, **_LASTING,
            "kind": ("x.kind", "of posting; null: all that was booked by the end of the day"),
            **{
                name: (f"x.{name}", f"what it did to {name.removesuffix('_minor')}, {MONEY}")
                for name in CELLS
            },
        },
    ),
    "position_month": (
        "An account at the end of a closed month, whether it owed or not.",
        f"position_month AS x {_KEPT} = x.month_on",
        {
            "month_on": ("x.month_on", "the last day of the month"),
            "account_id": ("x.account_id", "which account"),
            **_LASTING, **_STANDING, **_CELLS, **_BESIDE,
        },
    ),
}  # fmt: skip
VERSIONS = """
    CREATE OR REPLACE VIEW reporting.versions WITH (security_invoker = true) AS
    SELECT x.view_name, x.version FROM (VALUES {}) AS x(view_name, version)
"""
BEFORE = [
    "accounts", "allocations", "assignments", "changes", "installments", "payments", "plans",
    "postings", "promises", "settlements", "suspense", "sweeps", "versions",
]  # fmt: skip


def upgrade() -> None:
    for table, shown in SHOWN.items():
        _run(f"SELECT accord_report('{table}', '{{{','.join(shown)}}}')")
    for name, (what, source, columns) in VIEWS.items():
        listed = ", ".join(f"{said} AS {column}" for column, (said, _) in columns.items())
        _run(
            f"CREATE VIEW reporting.{name} WITH (security_invoker = true) AS "  # noqa: S608
            f"SELECT {listed} FROM {source}",
            f"COMMENT ON VIEW reporting.{name} IS $words${what}$words$",
            f"GRANT SELECT ON reporting.{name} TO {ROLE}",
        )
        for column, (_, meaning) in columns.items():
            _run(f"COMMENT ON COLUMN reporting.{name}.{column} IS $words${meaning}$words$")
    _run(_versions([*BEFORE, *VIEWS]))


def downgrade() -> None:
    _run(_versions(BEFORE))
    for name in VIEWS:
        _run(f"DROP VIEW reporting.{name}")
    for table, columns in SHOWN.items():
        _run(
            f"DROP POLICY reporting ON {table}",
            f"ALTER POLICY tenant ON {table} TO PUBLIC",
            f"REVOKE SELECT ({', '.join(columns)}) ON {table} FROM {ROLE}",  # noqa: S608
        )


def _versions(names: list[str]) -> str:
    return VERSIONS.format(", ".join(f"('{name}', 1)" for name in sorted(names)))


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
