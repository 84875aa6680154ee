"""What shows that a consent was given, and the words of a revocation, where that tells who it was.

Revision ID: 0105
Revises: 0104
"""

from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE person_words (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        person_id uuid NOT NULL,
        ip text,
        user_agent text,
        words text,
        CONSTRAINT pk_person_words PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_person_words_tenant_id_person_id FOREIGN KEY (tenant_id, person_id)
            REFERENCES person (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_person_words_tenant_id_person_id ON person_words (tenant_id, person_id)",
    "SELECT accord_guard('person_words', true, '{ip, user_agent, words}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """The words are forgotten; what was said stays as facts."""
    _run("DROP TABLE person_words")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
