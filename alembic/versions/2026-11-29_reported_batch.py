"""What an account was placed with, in the view of accounts: reports group by it.

Revision ID: 0089
Revises: 0088
"""

from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

ROLE = "accord_reporting"
MONEY = "in minor units of the currency"
WHAT = "An account as it stands now."
COLUMNS = {
    "account_id": ("x.id", "its id"),
    "reference": ("x.reference", "the caller's own reference"),
    "currency": ("x.currency", "ISO 4217"),
    "product": ("x.product", "kind of debt"),
    "policy": ("x.policy_name", "under which policy it stands"),
    "creditor_reference": ("x.creditor_reference", "whose claim it is, by reference"),
    "opened_on": ("x.opened_on", "the day it counts from"),
    "status": ("x.status", "open, paid, settled, charged_off or closed"),
    "bucket": ("x.bucket", "how late it is, by the policy's buckets"),
    "balance_minor": (
        "x.principal_minor + x.interest_minor + x.fees_minor + x.penalties_minor + x.costs_minor",
        f"what is owed, {MONEY}",
    ),
    "principal_minor": ("x.principal_minor", f"of it principal, {MONEY}"),
    "interest_minor": ("x.interest_minor", f"of it interest, {MONEY}"),
    "fees_minor": ("x.fees_minor", f"of it fees, {MONEY}"),
    "penalties_minor": ("x.penalties_minor", f"of it penalties, {MONEY}"),
    "costs_minor": ("x.costs_minor", f"of it costs, {MONEY}"),
    "unapplied_minor": ("x.unapplied_minor", f"money that waits, {MONEY}"),
    "active_plan_id": ("x.active_plan_id", "the plan it is paid by"),
    "first_delinquency_on": ("x.first_delinquency_on", "when this lateness began"),
    "judged_on": ("x.judged_on", "the last day that was closed"),
}
MORE = {
    "placement_batch": (
        "coalesce(w.batch, to_char(w.placed_on, 'YYYY-MM'))",
        "what it was placed with, else the month",
    ),
}
SHOWN = ("tenant_id", "account_id", "batch", "placed_on")
BESIDE = (
    "account AS x LEFT JOIN account_work AS w ON w.tenant_id = x.tenant_id AND w.account_id = x.id"
)


def upgrade() -> None:
    _run(f"SELECT accord_report('account_work', '{{{','.join(SHOWN)}}}')")
    _show("CREATE OR REPLACE VIEW", COLUMNS | MORE, BESIDE)


def downgrade() -> None:
    _run("DROP VIEW reporting.accounts")
    _show("CREATE VIEW", COLUMNS, "account AS x")
    _run(
        "DROP POLICY reporting ON account_work",
        "ALTER POLICY tenant ON account_work TO PUBLIC",
        f"REVOKE SELECT ({', '.join(SHOWN)}) ON account_work FROM {ROLE}",  # noqa: S608
    )


def _show(how: str, columns: dict[str, tuple[str, str]], source: str) -> None:
    listed = ", ".join(f"{said} AS {column}" for column, (said, _) in columns.items())
    _run(
        f"{how} reporting.accounts WITH (security_invoker = true) AS "  # noqa: S608
        f"SELECT {listed} FROM {source}",
        f"COMMENT ON VIEW reporting.accounts IS $words${WHAT}$words$",
        f"GRANT SELECT ON reporting.accounts TO {ROLE}",
    )
    for column, (_, meaning) in columns.items():
        _run(f"COMMENT ON COLUMN reporting.accounts.{column} IS $words${meaning}$words$")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
