"""Settings, from the environment (`ACCORD_PORT=9000`) or a file `.env` beside it.

Read where the parts are wired: `main`, `cli` and `alembic/env`. Everybody else is told.
"""

import re
from datetime import time
from importlib.metadata import PackageNotFoundError, version
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_DRIVER = "postgresql+asyncpg"


def _with_driver(url: str) -> str:
    """Accept the address as any PostgreSQL tool prints it, and name the driver we run on."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", _DRIVER}:
        msg = "must look like postgresql://user:password@host:5432/database"
        raise ValueError(msg)
    return f"{_DRIVER}://{rest}"


def _networks(said: object) -> object:
    """`127.0.0.0/8, ::1/128` as networks."""
    if not isinstance(said, str):
        return said
    return tuple(ip_network(one.strip()) for one in said.split(",") if one.strip())


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def _origins(said: object) -> object:
    """`https://crm.example, http://localhost:3000`; `*` is every origin."""
    if not isinstance(said, str):
        return said
    named = tuple(one.strip() for one in said.split(",") if one.strip())
    for one in named:
        if one != "*" and not _ORIGIN.fullmatch(one):
            msg = "should be origins by commas, as https://crm.example, without a path"
            raise ValueError(msg)
    return named


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)]
_Hidden = Field(repr=False)  # it may hold a password
DatabaseUrl = Annotated[str, AfterValidator(_with_driver)]


BounceBox = Annotated[str, Field(pattern=r"^.+/[^/]+$")]
MailboxUrl = Annotated[str, Field(pattern=r"^imaps?://[^/@:]+:[^/@]+@[^/@]+(/[ -~]*)?$")]


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

    cors_origins: Origins = ()
    """Web origins whose pages may call the API, by commas (`https://crm.example`); none without."""

    rate_limit: Annotated[int, Field(ge=0, le=10_000_000)] = 60_000
    """Requests a minute that one key may send to this server; beyond them 429. 0: no limit.
    Each server counts by itself."""

    pool_size: Annotated[int, Field(ge=1, le=500)] = 20
    """Database connections, all kept open. More requests than these wait."""

    pool_timeout_seconds: Annotated[float, Field(gt=0)] = 5
    """How long a request waits for a connection before the answer is 503."""

    lock_timeout_seconds: Annotated[float, Field(gt=0)] = 4
    """How long a command waits for its account before the answer is 503."""

    statement_timeout_seconds: Annotated[float, Field(gt=0)] = 8
    """How long one statement of a request may take; two seconds more, and the database is silent.
    Longer than a lock is waited for."""

    report_timeout_seconds: Annotated[
        float,
        Field(
            gt=0,
            validation_alias=AliasChoices(
                "ACCORD_REPORT_TIMEOUT_S", "ACCORD_REPORT_TIMEOUT_SECONDS"
            ),
        ),
    ] = 60
    """The same for reports, what-if, self-checks, sweeps, imports: what reads much at once
    (`ACCORD_REPORT_TIMEOUT_S`, or `…_SECONDS` like its siblings)."""

    scheduler: bool = True
    """Whether this server sweeps every tenant daily. Any number of servers may: each date is
    swept once. Off, somebody else runs `accord sweep`."""

    sweep_at: time = time(0, 30)
    """When the scheduler sweeps a tenant, in the tenant's own time zone."""

    workers: bool = False
    """Whether this server runs the workers, too, which send webhooks. Any number of servers may.
    Off, somebody else runs `accord work`."""

    webhooks_allowed_networks: Networks = ()
    """Networks that webhooks may go to though they are private, by `http` too: for trying things
    on one machine (`127.0.0.0/8`). Whoever may make endpoints reaches all of them."""

    smtp_url: Annotated[str | None, Field(repr=False, pattern=r"^smtps?://[^/@]*(@|)[^/]+$")] = None
    """The mail server that workers hand warnings to: `smtp://user:password@host:587`, or
    `smtps://`. Without one, warnings are in the log only."""

    mail_from: Annotated[str | None, Field(pattern=r"^[^\r\n]+@[^\r\n]+$")] = None
    """From whom their mail comes: `Accord <accord@example.com>`."""

    public_url: Annotated[
        str | None, Field(pattern=r"^https?://[^/\s?#]+(/[^\s?#]*)?$", max_length=200)
    ] = None
    """Where debtors reach this service: `https://pay.example.com`. Their links (`/l/…`) begin with
    it; without it, with the host that made them was asked by. E-mails then carry a link by which
    one click takes them back (`/u/…`); without it they name only the word to answer with."""

    files_dir: Path | None = None
    """Where workers put reports that schedules bring to a folder: `<tenant>/<folder>/<file>`."""

    min_cell: Annotated[int, Field(ge=1, le=20)] = 5
    """Figures of fewer accounts are left out of reports that are mailed or put into folders."""

    fiscal_month: Annotated[int, Field(ge=1, le=12)] = 1
    """The month in which years begin for reports by the calendar (`year_to_date`,
    `previous_quarter`): 4 for April."""

    secrets: Annotated[dict[str, str], Field(repr=False)] = {}
    """Credentials by name, as JSON: `{"postmark": "…", "mail": "user:password"}`. Providers of
    messages name them, and no answer of the API shows them."""

    bounces: Annotated[dict[BounceBox, MailboxUrl], Field(repr=False)] = {}
    """Mailboxes that workers look into for what came back, by tenant and provider, as JSON:
    `{"Northbridge/mail": "imaps://user:password@mail.example.com/Bounces"}`."""

    shutdown_seconds: Annotated[int, Field(ge=0)] = 20
    """How long a stopping server lets requests finish."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"
    metrics: bool = True
    """Whether `/metrics` answers."""


def release() -> str:
    """This release's number."""
    try:
        return version("accord")
    except PackageNotFoundError:
        return "0.0.0"
