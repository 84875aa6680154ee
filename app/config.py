"""Settings, from the environment (`ACCORD_PORT=9000`) or a file `.env` beside it.

Read where the parts are wired: `main`, `cli` and `alembic/env`. Everybody else is told.
"""

from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_DRIVER = "postgresql+asyncpg"


def _with_driver(url: str) -> str:
    """Accept the address as any PostgreSQL tool prints it, and name the driver we run on."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", _DRIVER}:
        msg = "must look like postgresql://user:password@host:5432/database"
        raise ValueError(msg)
    return f"{_DRIVER}://{rest}"


_Hidden = Field(repr=False)  # it may hold a password
DatabaseUrl = Annotated[str, AfterValidator(_with_driver)]


class Settings(BaseSettings):
    """Everything that may differ between two installations. The defaults are a laptop's."""

    model_config = SettingsConfigDict(
        env_prefix="ACCORD_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    database_url: Annotated[DatabaseUrl | None, _Hidden] = None
    """The database as `accord_app` logs in to it. Without one the embedded PostgreSQL is used."""

    admin_database_url: Annotated[DatabaseUrl | None, _Hidden] = None
    """The same database as its owner, for migrations. Serving never uses it."""

    data_dir: Path = Path(".accord")
    """Where the embedded PostgreSQL keeps its data."""

    chart_file: Path | None = None
    """A JSON file that names the ledger accounts of the journal; the shipped chart without one."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000

    max_connections: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Connections of clients at once. Beyond them the one that waits longest is closed."""

    hsts_seconds: Annotated[int, Field(ge=0)] = 0
    """How long browsers come by HTTPS only (`Strict-Transport-Security`); 0 says nothing."""

    pool_size: Annotated[int, Field(ge=1, le=500)] = 20
    """Database connections, all kept open. More requests than these wait."""

    pool_timeout_seconds: Annotated[float, Field(gt=0)] = 5
    """How long a request waits for a connection before the answer is 503."""

    lock_timeout_seconds: Annotated[float, Field(gt=0)] = 4
    """How long a command waits for its account before the answer is 503."""

    statement_timeout_seconds: Annotated[float, Field(gt=0)] = 8
    """How long one statement of a request may take; two seconds more, and the database is silent.
    Longer than a lock is waited for."""

    report_timeout_seconds: Annotated[float, Field(gt=0)] = 60
    """The same for reports, what-if, self-checks, sweeps, imports: what reads much at once."""

    scheduler: bool = True
    """Whether this server sweeps every tenant daily. Any number of servers may: each date is
    swept once. Off, somebody else runs `accord sweep`."""

    sweep_at: time = time(0, 30)
    """When the scheduler sweeps a tenant, in the tenant's own time zone."""

    shutdown_seconds: Annotated[int, Field(ge=0)] = 20
    """How long a stopping server lets requests finish."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"
    metrics: bool = True
    """Whether `/metrics` answers."""
