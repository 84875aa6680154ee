"""Corrections of placements: a kind of fact more.

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KINDS = (
    "placement", "charge", "charge_reversal", "adjustment", "cycle", "workout", "charge_off",
    "charge_off_undo", "closure", "closure_undo", "hold", "hold_release", "promise", "payment",
    "reversal", "chargeback", "chargeback_reversal", "refund", "plan_proposed", "plan_approved",
    "plan_rejected", "plan_opened", "plan_cancelled", "plan_reinstated", "pause", "resume",
    "re_age", "account_re_age", "reamortization", "reschedule", "deferral", "due_day_change",
    "payment_holiday", "step_down", "acceleration", "rewrite", "revision_undo",
    "settlement_offered", "settlement_approved", "settlement_accepted", "settlement_closed",
)  # fmt: skip


#: What a correction changes in the account's own row.
COLUMNS = "opened_on, product, validation_ends_on"


def upgrade() -> None:
    _kinds("placement", "placement_correction", *KINDS[1:])
    op.execute(f"GRANT UPDATE ({COLUMNS}) ON account TO accord_app")


def downgrade() -> None:
    """Refused by the constraint where a placement was corrected."""
    op.execute(f"REVOKE UPDATE ({COLUMNS}) ON account FROM accord_app")
    _kinds(*KINDS)


def _kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("ALTER TABLE fact DROP CONSTRAINT ck_fact_kind")
    op.execute(f"ALTER TABLE fact ADD CONSTRAINT ck_fact_kind CHECK (kind IN ({listed})) NOT VALID")
    op.execute("SET LOCAL statement_timeout = '10min'")  # it reads the table, and locks nobody out
    op.execute("ALTER TABLE fact VALIDATE CONSTRAINT ck_fact_kind")
