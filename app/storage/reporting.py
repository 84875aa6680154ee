"""Logins of other people's tools: each sees one tenant, by the views of schema `reporting`.

As the tables' owner, who may make roles. Logins are roles of the whole cluster: a name that is
somebody's already is never taken over.
"""

from uuid import UUID

from sqlalchemy import TextClause, delete, insert, text

from app.storage.database.engine import Transaction
from app.storage.tables import ReportingLogin, table
from app.storage.tenancy import enter_tenant

_LOGIN = table(ReportingLogin)
GROUP = "accord_reporting"
CONNECTIONS = 5
_WHOSE_LOGIN = text("SELECT tenant_id FROM reporting_login WHERE login = :login")
_EXISTS = text("SELECT 1 FROM pg_roles WHERE rolname = :login")
#: Names and secrets are no parameters of such statements: the server itself quotes them.
_MAKE = text(
    "SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE INHERIT "
    f"CONNECTION LIMIT {CONNECTIONS} IN ROLE {GROUP}', CAST(:login AS text))"
)
_KEEP = text(
    "SELECT format('ALTER ROLE %I PASSWORD %L', CAST(:login AS text), CAST(:password AS text))"
)
_SET = text(
    "SELECT format('ALTER ROLE %I SET ' || CAST(:setting AS text) || ' = %L', "
    "CAST(:login AS text), CAST(:value AS text))"
)
#: What a login made for itself (a session may lift "read-only": then temporary tables and large
#: objects are its own) would keep it from being dropped. In other databases of the cluster that is
#: out of reach: it stays there, as nobody's who can log in.
_END = tuple(
    text(f"SELECT format('{one}', CAST(:login AS text))")
    for one in (
        "ALTER ROLE %I NOLOGIN PASSWORD NULL",
        "GRANT %I TO CURRENT_USER",
        "DROP OWNED BY %I",
        """DO $end$ BEGIN DROP ROLE %I;
            EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $end$""",
    )
)


async def tenant_of(tx: Transaction, login: str) -> UUID | None:
    """Which tenant a login sees; None: it is no login of this database's reports.

    Over all tenants: a name is one login's in the whole cluster.
    """
    tenant_id: UUID | None = (await tx.execute(_WHOSE_LOGIN, {"login": login})).scalar_one_or_none()
    return tenant_id


async def is_role(tx: Transaction, login: str) -> bool:
    """Whether the cluster knows anybody by this name."""
    return (await tx.execute(_EXISTS, {"login": login})).first() is not None


async def make_login(tx: Transaction, tenant_id: UUID, login: str) -> None:
    """A login of the group that sees the tenant. Its name is nobody's yet."""
    await enter_tenant(tx, tenant_id)
    await _run(tx, _MAKE, login=login)
    await tx.execute(insert(_LOGIN).values(tenant_id=tenant_id, login=login))


async def furnish_login(
    tx: Transaction, login: str, *, password: str, statement_timeout_s: int
) -> None:
    """Give a login its password, and how it begins: reading only, each statement timed."""
    await _run(tx, _KEEP, login=login, password=password)
    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": f"{statement_timeout_s}s",
        "idle_in_transaction_session_timeout": f"{statement_timeout_s}s",
        "search_path": "reporting",
    }
    for setting, value in settings.items():
        await _run(tx, _SET, login=login, setting=setting, value=value)


async def drop_login(tx: Transaction, tenant_id: UUID, login: str) -> bool:
    """End a login of the tenant; whether there was one."""
    await enter_tenant(tx, tenant_id)
    gone = delete(_LOGIN).where(_LOGIN.c.tenant_id == tenant_id, _LOGIN.c.login == login)
    if (await tx.execute(gone)).rowcount == 0:
        return False
    if await is_role(tx, login):
        for one in _END:
            await _run(tx, one, login=login)
    return True


async def _run(tx: Transaction, quoted: TextClause, **said: str) -> None:
    statement = (await tx.execute(quoted, said)).scalar_one()
    await tx.execute(text(statement.replace(":", "\\:")))
