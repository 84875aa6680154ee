"""Every table by its class: what Core statements are built on, and Alembic compares against."""

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

METADATA: MetaData = SQLModel.metadata


def table(row: type[SQLModel]) -> Table:
    """The SQLAlchemy table behind a class."""
    return METADATA.tables[str(row.__tablename__)]
