"""What Alembic runs: the migrations, on the connection that `migrate` brings."""

from alembic import context
from sqlalchemy import Connection

from app.storage.tables import METADATA


def _connection() -> Connection:
    """The migrator's connection: it holds the lock and the transaction these run in."""
    connection = context.config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise SystemExit("Use `accord migrate` (or `make migration`): it brings the connection.")
    return connection


context.configure(
    connection=_connection(),
    target_metadata=METADATA,
    compare_type=True,
    compare_server_default=True,
    on_version_apply=context.config.attributes.get("heard"),
)
with context.begin_transaction():
    context.run_migrations()
