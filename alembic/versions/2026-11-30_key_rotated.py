"""A key is rotated at an instant that is asked for once, before the key is changed.

Where keys lie on every server, each would ask its own clock within what is set, which is refused
there inside a choice: so no key could be rotated on a spread database.

Revision ID: 0098
Revises: 0097
"""

from alembic import op

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None

HEAD = """
    CREATE OR REPLACE FUNCTION accord_rotate_key(
        key_id uuid, key_hash bytea, overlap interval, lasts interval) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
"""
UP = """
    DECLARE
        this_instant timestamptz := now();
        old_ends timestamptz := this_instant + overlap;
        new_ends timestamptz := this_instant + lasts;
    BEGIN
        UPDATE public.api_key AS k SET former_token_hash = k.token_hash,
            former_ends_at = old_ends, token_hash = key_hash,
            expires_at = coalesce(new_ends, k.expires_at)
        WHERE k.tenant_id = public.accord_tenant_id() AND k.id = key_id AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > this_instant);
        RETURN FOUND;
    END $$
"""
DOWN = """
    BEGIN
        UPDATE public.api_key AS k SET former_token_hash = k.token_hash,
            former_ends_at = now() + overlap, token_hash = key_hash,
            expires_at = coalesce(now() + lasts, k.expires_at)
        WHERE k.tenant_id = public.accord_tenant_id() AND k.id = key_id AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > now());
        RETURN FOUND;
    END $$
"""


def upgrade() -> None:
    _run(f"{HEAD}{UP}")


def downgrade() -> None:
    _run(f"{HEAD}{DOWN}")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
