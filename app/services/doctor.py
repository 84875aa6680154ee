"""Is this installation well? Each thing looked at, and what was found, for whoever runs it.

Nothing is changed and nothing personal is said. What is wrong must be mended; a warning may be
as somebody wants it.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from time import perf_counter
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.vocabulary import Role
from app.services import holidays
from app.services.books.ledger import SelfCheck, self_checks
from app.services.context import Context
from app.services.day_close.daily import dates_due
from app.services.tenancy import distribution
from app.services.tenancy.readiness import newest_revision
from app.services.tenancy.tenants import TenantRecord, list_tenants
from app.storage import tenancy
from app.storage.books import chains, events
from app.storage.database import diagnosis, migrate
from app.storage.database.diagnosis import Login, Room
from app.storage.database.engine import Database, Transaction
from app.storage.database.faults import of_the_rows
from app.storage.database.unavailable import Unavailable
from app.storage.day_close import daily
from app.storage.worklists import older

MAJOR = 18  #: PostgreSQL we are tested on
_CALENDARS = ("US-FED", "US-6103A", "GB", "TARGET")
_CLOCK_WARNS_S, _CLOCK_WRONG_S = 1.0, 30.0
#: What initdb sets, and how far beyond its memory a database is read from outside all the time.
_PAGES_BYTES, _JOURNAL_BYTES, _BEYOND = 128 * 1024**2, 1024**3, 4
_FEED_WARNS_S, _FEED_WRONG_S = 10.0, 300.0


class Health(StrEnum):
    """How one thing is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, of which tenant if it is one's, and how it is, in a sentence."""

    check: str
    health: Health
    said: str
    tenant: str | None = None


async def examine(
    database: Database, now: Callable[[str], datetime], *, sweep_at: time, sample: int
) -> AsyncIterator[Finding]:
    """Everything that can be seen with the application's login. `now`: by time zone."""
    before = perf_counter()
    try:
        async with database.transaction() as tx:
            login = await diagnosis.login(tx)
            answered_s = perf_counter() - before
            instant = now("UTC")
            revision = await migrate.current(tx)
            guards = await _guards(tx) if revision else None
            spread = await _spread(tx) if revision else None
            room = server_settings(await diagnosis.room(tx))
    except Unavailable as away:
        yield _wrong("database", f"It does not answer ({away.reason}).")
        return
    yield _server(login, answered_s)
    yield room
    yield _role(login)
    yield _revision(revision)
    for finding in (guards, spread):
        if finding is not None:
            yield finding
    yield _clock(login, instant)
    yield _calendars(instant.date())
    if revision == newest_revision():
        for tenant in await list_tenants(database):
            async for finding in _of_tenant(database, tenant, now, sweep_at, sample):
                yield finding


# --- The database ------------------------------------------------------------------------------


def _server(login: Login, answered_s: float) -> Finding:
    said = f"PostgreSQL {login.version}; connecting and answering took {answered_s * 1000:.0f} ms."
    if login.major < MAJOR:
        return _warning("database", f"{said} Accord is tested on {MAJOR}.")
    return _ok("database", said)


def server_settings(room: Room) -> Finding:
    """Whether the server's settings are those of any machine, and the database is beyond them."""
    size, pages, journal = (
        f"{size_bytes / 1024**2:,.0f} MB"
        for size_bytes in (room.database_bytes, room.pages_bytes, room.journal_bytes)
    )
    said = f"The database is {size}; the server keeps up to {pages} of it in memory."
    if room.database_bytes <= _BEYOND * room.pages_bytes:
        return _ok("server settings", said)
    small = [
        f"{name} = {value}"
        for name, value, least in (
            ("shared_buffers", pages, room.pages_bytes <= _PAGES_BYTES),
            ("max_wal_size", journal, room.journal_bytes <= _JOURNAL_BYTES),
        )
        if least
    ]
    if small:
        said += f" As PostgreSQL is set up for any machine: {', '.join(small)}."
        return _warning("server settings", f"{said} Give it what yours has.")
    return _ok("server settings", said)


def _role(login: Login) -> Finding:
    if login.sees_all:
        return _wrong("roles", f"{login.name} passes by row security: tenants are not kept apart.")
    if login.owns_tables:
        return _wrong("roles", f"{login.name} owns the tables: it could change what was written.")
    if login.makes_roles:
        return _warning("roles", f"{login.name} may make roles or databases, and need not.")
    return _ok("roles", f"{login.name} is bound by row security and owns nothing.")


def _revision(found: str) -> Finding:
    if found == (wanted := newest_revision()):
        return _ok("migrations", f"The schema is at {found}.")
    said = f"The schema is at {found or 'none'}, this version needs {wanted}: `accord migrate`."
    return _wrong("migrations", said)


async def _guards(tx: Transaction) -> Finding:
    check = "row security"
    if unguarded := await diagnosis.unguarded(tx):
        return _wrong(check, f"Tables without it: {', '.join(unguarded)}.")
    if await diagnosis.seen_without_tenant(tx):
        return _wrong(check, "Accounts are seen by a transaction that entered no tenant.")
    if removable := await diagnosis.removable(tx):
        return _wrong(check, f"This login may remove what was written: {', '.join(removable)}.")
    return _ok(check, "Every table of tenants' rows has it; without a tenant nothing is seen.")


async def _spread(tx: Transaction) -> Finding | None:
    """Of a database that has what spreads tables over servers."""
    check, servers = "distribution", await distribution.servers(tx)
    if servers is None:
        return None
    if lying := await distribution.not_spread(tx):
        return _wrong(check, f"`accord distribute` is due, for {', '.join(lying)}.")
    return _ok(check, f"Tenants are spread over {len(servers)} servers: {', '.join(servers)}.")


def _clock(login: Login, instant: datetime) -> Finding:
    apart_s = abs((login.clock - instant.astimezone(UTC)).total_seconds())
    said = f"This machine and the database are {apart_s:.1f} s apart."
    return _graded("clock", said, apart_s, _CLOCK_WARNS_S, _CLOCK_WRONG_S)


def _calendars(today: date) -> Finding:
    empty = [
        f"{name} {year}"
        for name in _CALENDARS
        for year in (today.year, today.year + 1)
        if not holidays.calendar(name).in_year(year)
    ]
    if empty:
        return _wrong("calendars", f"No holiday is known of {', '.join(empty)}.")
    return _ok("calendars", f"{', '.join(_CALENDARS)} are known to the end of {today.year + 1}.")


# --- One tenant ------------------------------------------------------------------------------


async def _of_tenant(
    database: Database,
    tenant: TenantRecord,
    now: Callable[[str], datetime],
    sweep_at: time,
    sample: int,
) -> AsyncIterator[Finding]:
    name = tenant.name
    try:
        ZoneInfo(tenant.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        said = f"This machine does not know the time zone {tenant.time_zone}."
        yield _wrong("time zone", said, tenant=name)
        return
    try:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant.tenant_id)
            yield await _sweep(tx, tenant, now(tenant.time_zone), sweep_at)
            yield await _worklists(tx, name)
            unread = await events.unread(tx)
        said = f"{unread.events} events wait for a transaction that still runs."
        if unread.events:
            said += f" The first has waited {unread.oldest_s:.0f} s."
        yield _graded("feed", said, unread.oldest_s, _FEED_WARNS_S, _FEED_WRONG_S, tenant=name)
        yield await _self_check(database, tenant, now(tenant.time_zone), sample)
    except Unavailable as away:
        yield _warning("busy", f"Not all could be looked at ({away.reason}).", tenant=name)


async def _sweep(tx: Transaction, tenant: TenantRecord, local: datetime, at: time) -> Finding:
    check, name = "last sweep", tenant.name
    if tenant.business_date is not None:
        return _ok(check, "A sandbox with a clock of its own is swept by hand.", tenant=name)
    done = await daily.newest_done(tx, local.date())
    if done is None:
        if not await chains.count(tx):
            return _ok(check, "Never, and there is no account.", tenant=name)
        return _warning(check, "Never.", tenant=name)
    owed = len(dates_due(done, local, at=at))
    if owed > 1:
        return _wrong(check, f"{done}: {owed} days are owed.", tenant=name)
    if owed:
        return _warning(check, f"{done}: today's is owed since {at:%H:%M}.", tenant=name)
    return _ok(check, f"{done}.", tenant=name)


async def _worklists(tx: Transaction, name: str) -> Finding:
    check = "worklists"
    if await older.kept_to(tx) == older.ALL:
        return _ok(check, "Every account stands on those it has a reason for.", tenant=name)
    said = "Some older accounts stand on none yet; the next sweep goes on through them."
    return _warning(check, said, tenant=name)


async def _self_check(
    database: Database, tenant: TenantRecord, local: datetime, sample: int
) -> Finding:
    check, name = "self-check", tenant.name
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant.tenant_id)
        account_ids = await chains.some_ids(tx, most=sample)
    checked, unread = await _checked(database, tenant, local, account_ids)
    failed = [one for one in checked if not one.ok]
    said = []
    if failed:
        names = {identity.name for one in failed for identity in one.identities if not identity.ok}
        said.append(
            f"{len(failed)} of {len(account_ids)} accounts fail: {'; '.join(sorted(names))}."
        )
    if unread:
        which = ", ".join(f"{account_id} ({error})" for account_id, error in unread)
        said.append(f"{len(unread)} of {len(account_ids)} accounts cannot be checked: {which}.")
    if said:
        return _wrong(check, " ".join(said), tenant=name)
    return _ok(check, f"{len(checked)} accounts taken at random add up.", tenant=name)


async def _checked(
    database: Database, tenant: TenantRecord, local: datetime, account_ids: Sequence[UUID]
) -> tuple[list[SelfCheck], list[tuple[UUID, str]]]:
    """The checks of these accounts; and those that cannot be checked, by the name of the error.

    Where they fail together they are checked one by one, so that one keeps no other from it.
    """
    try:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant.tenant_id)
            ctx = Context(
                tx=tx,
                tenant_id=tenant.tenant_id,
                role=Role.ADMIN,
                business_date=tenant.business_date or local.date(),
                sandbox=tenant.sandbox,
                policy_epoch=tenant.policy_epoch,
                now=local,
                time_zone=tenant.time_zone,
            )
            return [*await self_checks(ctx, account_ids)], []
    except Exception as error:
        if isinstance(error, Unavailable) or not of_the_rows(error):
            raise
        if len(account_ids) == 1:
            return [], [(account_ids[0], type(error).__name__)]
    apart = [await _checked(database, tenant, local, [one]) for one in account_ids]
    return (
        [one for checked, _ in apart for one in checked],
        [one for _, unread in apart for one in unread],
    )


# --- Findings --------------------------------------------------------------------------------


def _graded(
    check: str, said: str, seconds: float, warns: float, wrong: float, *, tenant: str | None = None
) -> Finding:
    health = Health.OK if seconds < warns else Health.WARNING if seconds < wrong else Health.WRONG
    return Finding(check=check, health=health, said=said, tenant=tenant)


def _ok(check: str, said: str, *, tenant: str | None = None) -> Finding:
    return Finding(check=check, health=Health.OK, said=said, tenant=tenant)


def _warning(check: str, said: str, *, tenant: str | None = None) -> Finding:
    return Finding(check=check, health=Health.WARNING, said=said, tenant=tenant)


def _wrong(check: str, said: str, *, tenant: str | None = None) -> Finding:
    return Finding(check=check, health=Health.WRONG, said=said, tenant=tenant)
