"""What a printer was given of a batch, byte for byte, until a person of it is forgotten.

Revision ID: 0063
Revises: 0062
"""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE print_file (
        tenant_id uuid NOT NULL,
        batch_id uuid NOT NULL,
        pdf bytea,
        addresses bytea,
        manifest bytea,
        erased_at timestamptz,
        CONSTRAINT pk_print_file PRIMARY KEY (tenant_id, batch_id),
        CONSTRAINT fk_print_file_tenant_id_batch_id
            FOREIGN KEY (tenant_id, batch_id) REFERENCES print_batch (tenant_id, id),
        CONSTRAINT ck_print_file_whole CHECK (
            (pdf IS NULL) = (erased_at IS NOT NULL)
            AND (addresses IS NULL) = (pdf IS NULL) AND (manifest IS NULL) = (pdf IS NULL)
        )
    )
    """,
    "SELECT accord_guard('print_file', true, '{pdf, addresses, manifest, erased_at}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Files are drawn anew at each download, as they were before."""
    _run("DROP TABLE print_file")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
