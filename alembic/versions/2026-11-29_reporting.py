"""Schema `reporting`: views for other people's tools, and logins that see one tenant by them.

A login's tenant stands in `reporting_login`, found by `session_user`, which no statement of its
own changes: the setting that the application enters a tenant by binds the application alone.
Views read with the rights of whoever asks (`security_invoker`), and the group they all belong to
may read only the columns that views show. One view, of promises, takes them out of the account's
snapshot, which nobody else may see: it reads with its owner's rights and names the tenant itself.

Revision ID: 0044
Revises: 0043
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

ROLE = "accord_reporting"
MONEY = "in minor units of the currency"

#: Roles belong to the cluster: another database's migration may have made it, or who runs it.
GROUP = f"""
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
            CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$
"""
LOGINS = (
    """
    CREATE TABLE reporting_login (
        tenant_id uuid NOT NULL,
        login text NOT NULL,
        granted_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_reporting_login PRIMARY KEY (tenant_id, login),
        CONSTRAINT uq_reporting_login_login UNIQUE (login),
        CONSTRAINT fk_reporting_login_tenant_id
            FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
    )
    """,
    "SELECT accord_guard('reporting_login', false, '{}')",
    "REVOKE SELECT ON reporting_login FROM accord_app",
    """
    CREATE FUNCTION accord_reported_tenant() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT tenant_id FROM public.reporting_login WHERE login = session_user
    $$
    """,
    "REVOKE ALL ON FUNCTION accord_reported_tenant FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION accord_reported_tenant TO {ROLE}",
)
#: How this and every later migration lets reports read columns of a table.
REPORT = f"""
    CREATE FUNCTION accord_report(reported regclass, shown name[]) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('ALTER POLICY tenant ON %s TO accord_app', reported);
        EXECUTE format('CREATE POLICY reporting ON %s FOR SELECT TO {ROLE}
            USING (tenant_id = (SELECT accord_reported_tenant()))', reported);
        EXECUTE format('GRANT SELECT (%s) ON %s TO {ROLE}',
            (SELECT string_agg(quote_ident(name), ', ') FROM unnest(shown) AS name), reported);
    END $$
"""  # noqa: S608
CELLS = "principal_minor interest_minor fees_minor penalties_minor costs_minor"
SHOWN = {
    "account": "tenant_id id reference currency product opened_on policy_name creditor_reference "
    f"status {CELLS} unapplied_minor active_plan_id bucket first_delinquency_on judged_on",
    "plan": "tenant_id account_id id reference kind policy_name policy_version opened_on status "
    "ended_on completed_on total_minor paid_minor outstanding_minor next_due_on "
    "next_due_minor revision standing",
    "installment": "tenant_id account_id id plan_id kind number due_on satisfied_on missed_on "
    f"voided_on {CELLS} " + " ".join(f"paid_{name}" for name in CELLS.split()),
    "payment": "tenant_id account_id id reference amount_minor currency effective_on method "
    "kind funded_by plan_id status unapplied_minor generation",
    "allocation": "tenant_id account_id payment_id generation line component plan_id "
    "installment_id amount_minor",
    "posting": "tenant_id account_id id sequence kind effective_on business_date amount_minor "
    f"{CELLS} unapplied_minor balance_after_minor payment_id plan_id reverses",
    "settlement": "tenant_id account_id id amount_minor balance_minor forgives_minor "
    "installment_count offered_on expires_on status plan_id accepted_on satisfied_on voided_on "
    "closed_on paid_minor forgiven_minor creditor_reference",
    "suspense": "tenant_id id why amount_minor currency effective_on business_date method",
    "suspense_end": "tenant_id suspense_id kind account_id business_date",
    "revision": "tenant_id account_id plan_id number cause effective_on",
    "assignment": "tenant_id account_id assigned_team replaced business_date",
    "sweep_run": "tenant_id business_date status examined changed finished_at",
}


def _sum(alias: str, prefix: str = "") -> str:
    return " + ".join(f"{alias}.{prefix}{name}" for name in CELLS.split())


_CELLS = {
    name: (f"x.{name}", f"of it {name.removesuffix('_minor')}, {MONEY}") for name in CELLS.split()
}
_ACCOUNT = {"account_id": ("x.account_id", "whose it is")}
#: By view: what a row is, where it comes from, and each column's expression and meaning.
VIEWS = {
    "accounts": (
        "An account as it stands now.",
        "account AS x",
        {
            "account_id": ("x.id", "its id"),
            "reference": ("x.reference", "the caller's own reference"),
            "currency": ("x.currency", "ISO 4217"),
            "product": ("x.product", "kind of debt"),
            "policy": ("x.policy_name", "under which policy it stands"),
            "creditor_reference": ("x.creditor_reference", "whose claim it is, by reference"),
            "opened_on": ("x.opened_on", "the day it counts from"),
            "status": ("x.status", "open, paid, settled, charged_off or closed"),
            "bucket": ("x.bucket", "how late it is, by the policy's buckets"),
            "balance_minor": (_sum("x"), f"what is owed, {MONEY}"),
            **_CELLS,
            "unapplied_minor": ("x.unapplied_minor", f"money that waits, {MONEY}"),
            "active_plan_id": ("x.active_plan_id", "the plan it is paid by"),
            "first_delinquency_on": ("x.first_delinquency_on", "when this lateness began"),
            "judged_on": ("x.judged_on", "the last day that was closed"),
        },
    ),
    "plans": (
        "A plan as it stands now.",
        "plan AS x",
        {
            **_ACCOUNT,
            "plan_id": ("x.id", "its id"),
            "reference": ("x.reference", "the caller's own reference"),
            "kind": ("x.kind", "installment, or settlement: it pays an agreed part"),
            "policy": ("x.policy_name", "the policy it is pinned to"),
            "policy_version": ("x.policy_version", "and its version"),
            "opened_on": ("x.opened_on", "the day it began"),
            "status": ("x.status", "pending_approval, active, completed, broken …"),
            "standing": ("x.standing", "current, due, in grace, delinquent or paused"),
            "ended_on": ("x.ended_on", "the day it ended"),
            "completed_on": ("x.completed_on", "the day all of it was paid"),
            "total_minor": ("x.total_minor", f"what was agreed, {MONEY}"),
            "paid_minor": ("x.paid_minor", f"what of it is paid, {MONEY}"),
            "outstanding_minor": ("x.outstanding_minor", f"what is open, {MONEY}"),
            "next_due_on": ("x.next_due_on", "when the next installment is due"),
            "next_due_minor": ("x.next_due_minor", f"and how much of it, {MONEY}"),
            "revision": ("x.revision", "how many schedules it has had"),
        },
    ),
    "installments": (
        "An installment as it stands now.",
        "installment AS x",
        {
            **_ACCOUNT,
            "plan_id": ("x.plan_id", "of which plan"),
            "installment_id": ("x.id", "its id"),
            "number": ("x.number", "its place in the schedule"),
            "kind": ("x.kind", "installment, down_payment, charge or chargeback"),
            "due_on": ("x.due_on", "the day it is due"),
            "due_minor": (_sum("x"), f"what is due, {MONEY}"),
            "paid_minor": (_sum("x", "paid_"), f"what of it is paid, {MONEY}"),
            "satisfied_on": ("x.satisfied_on", "the day it was paid in full"),
            "missed_on": ("x.missed_on", "the day it was judged missed"),
            "voided_on": ("x.voided_on", "the day it stopped counting"),
        },
    ),
    "payments": (
        "A payment, and what has become of it.",
        "payment AS x",
        {
            **_ACCOUNT,
            "payment_id": ("x.id", "its id"),
            "reference": ("x.reference", "the caller's own reference"),
            "amount_minor": ("x.amount_minor", f"what came, {MONEY}"),
            "currency": ("x.currency", "ISO 4217"),
            "effective_on": ("x.effective_on", "the day it counts from"),
            "method": ("x.method", "how it came"),
            "kind": ("x.kind", "repayment, goodwill …"),
            "funded_by": ("x.funded_by", "whose money it is: borrower or institution"),
            "plan_id": ("x.plan_id", "the plan it was meant for, where said"),
            "status": ("x.status", "posted, reversed, charged_back, refunded …"),
            "unapplied_minor": ("x.unapplied_minor", f"what of it waits, {MONEY}"),
        },
    ),
    "allocations": (
        "Where a part of a payment went, by the split in force.",
        (
            "allocation AS x JOIN payment AS p ON p.tenant_id = x.tenant_id "
            "AND p.account_id = x.account_id AND p.id = x.payment_id "
            "AND p.generation = x.generation"
        ),
        {
            **_ACCOUNT,
            "payment_id": ("x.payment_id", "of which payment"),
            "line": ("x.line", "its place in the split"),
            "component": ("x.component", "principal, interest, fees … or unapplied"),
            "plan_id": ("x.plan_id", "the plan it paid"),
            "installment_id": ("x.installment_id", "the installment it paid"),
            "amount_minor": ("x.amount_minor", f"how much, {MONEY}"),
        },
    ),
    "postings": (
        "A line of the ledger. Their sum is the balance; rows are only ever added.",
        "posting AS x JOIN account AS a ON a.tenant_id = x.tenant_id AND a.id = x.account_id",
        {
            **_ACCOUNT,
            "posting_id": ("x.id", "its id"),
            "sequence": ("x.sequence", "its place among the account's"),
            "kind": ("x.kind", "placement, charge, payment, reversal …"),
            "effective_on": ("x.effective_on", "the day it counts from"),
            "business_date": ("x.business_date", "the day it was booked"),
            "currency": ("a.currency", "ISO 4217"),
            "amount_minor": ("x.amount_minor", f"what it did to the balance, {MONEY}"),
            **_CELLS,
            "unapplied_minor": ("x.unapplied_minor", f"of it unapplied money, {MONEY}"),
            "balance_after_minor": ("x.balance_after_minor", f"owed after it, {MONEY}"),
            "payment_id": ("x.payment_id", "of which payment"),
            "plan_id": ("x.plan_id", "of which plan"),
            "reverses": ("x.reverses", "which line it takes back"),
        },
    ),
    "settlements": (
        "An offer to take a part for the whole, and what has become of it.",
        "settlement AS x",
        {
            **_ACCOUNT,
            "settlement_id": ("x.id", "its id"),
            "amount_minor": ("x.amount_minor", f"what is to be paid, {MONEY}"),
            "balance_minor": ("x.balance_minor", f"of what balance, {MONEY}"),
            "forgives_minor": ("x.forgives_minor", f"what is given up, {MONEY}"),
            "installment_count": ("x.installment_count", "in how many parts"),
            "offered_on": ("x.offered_on", "the day of the offer"),
            "expires_on": ("x.expires_on", "its last day"),
            "status": ("x.status", "offered, accepted, satisfied, void …"),
            "plan_id": ("x.plan_id", "the plan it is paid by"),
            "accepted_on": ("x.accepted_on", "the day it was accepted"),
            "satisfied_on": ("x.satisfied_on", "the day all was paid and cleared"),
            "voided_on": ("x.voided_on", "the day it failed"),
            "closed_on": ("x.closed_on", "the day it closed the account"),
            "paid_minor": ("x.paid_minor", f"what was paid, {MONEY}"),
            "forgiven_minor": ("x.forgiven_minor", f"what was forgiven, {MONEY}"),
            "creditor_reference": ("x.creditor_reference", "whose claim it was on that day"),
        },
    ),
    "suspense": (
        "Money that found no account, and how it left.",
        (
            "suspense AS x LEFT JOIN suspense_end AS e "
            "ON e.tenant_id = x.tenant_id AND e.suspense_id = x.id"
        ),
        {
            "payment_id": ("x.id", "its id"),
            "why": ("x.why", "why it waits"),
            "amount_minor": ("x.amount_minor", f"how much, {MONEY}"),
            "currency": ("x.currency", "ISO 4217"),
            "method": ("x.method", "how it came"),
            "effective_on": ("x.effective_on", "the day it came"),
            "business_date": ("x.business_date", "the day it was booked"),
            "left_as": ("e.kind", "assigned or refunded; null: it waits"),
            "left_on": ("e.business_date", "the day it left"),
            "account_id": ("e.account_id", "to which account"),
        },
    ),
    "changes": (
        "A schedule a plan went through, from its first.",
        "revision AS x",
        {
            **_ACCOUNT,
            "plan_id": ("x.plan_id", "of which plan"),
            "number": ("x.number", "its place among the plan's"),
            "cause": ("x.cause", "what made it"),
            "effective_on": ("x.effective_on", "the day it counts from"),
        },
    ),
    "assignments": (
        "Which team has an account now; an account given to one person shows no team.",
        "assignment AS x WHERE NOT x.replaced",
        {
            **_ACCOUNT,
            "team": ("x.assigned_team", "the team's name"),
            "assigned_on": ("x.business_date", "since when"),
        },
    ),
    "sweeps": (
        "A run of the day close. A day is closed when one of its runs is done.",
        "sweep_run AS x",
        {
            "business_date": ("x.business_date", "the day"),
            "status": ("x.status", "running, done or incomplete"),
            "examined": ("x.examined", "accounts looked at"),
            "changed": ("x.changed", "accounts changed"),
            "finished_at": ("x.finished_at", "when it ended"),
        },
    ),
}
PROMISES = (
    "A promise to pay, as the account's last closed day judges it.",
    (
        "account AS x CROSS JOIN LATERAL jsonb_array_elements(x.state -> 'promises') AS p(said) "
        "WHERE x.tenant_id = (SELECT accord_reported_tenant())"
    ),
    {
        "account_id": ("x.id", "whose it is"),
        "promise_id": ("(p.said ->> 'id')::uuid", "its id"),
        "made_on": ("(p.said ->> 'made_on')::date", "the day it was made"),
        "amount_minor": ("(p.said ->> 'amount_minor')::bigint", f"what was promised, {MONEY}"),
        "currency": ("x.currency", "ISO 4217"),
        "due_on": ("(p.said ->> 'due_on')::date", "by which day"),
        "grace_days": ("(p.said ->> 'grace_days')::integer", "days after it that still count"),
        "received_minor": (
            "coalesce((p.said ->> 'received_minor')::bigint, 0)",
            f"what came for it, {MONEY}",
        ),
        "status": ("coalesce(p.said ->> 'status', 'open')", "open, kept, partial or broken"),
        "judged_on": ("(p.said ->> 'judged_on')::date", "the day it was judged"),
    },
)
VERSIONS = (
    "Which version of each view this database has.",
    "(VALUES "
    + ", ".join(f"('{name}', 1)" for name in sorted({*VIEWS, "promises", "versions"}))
    + ") AS x(view_name, version)",
    {
        "view_name": ("x.view_name", "the view"),
        "version": ("x.version", "rises where a column's meaning changes or one goes"),
    },
)


def upgrade() -> None:
    _run(GROUP, *LOGINS, REPORT, "REVOKE ALL ON FUNCTION accord_report FROM PUBLIC")
    _run("CREATE SCHEMA reporting")
    _run(f"GRANT USAGE ON SCHEMA reporting TO {ROLE}")
    for table, columns in SHOWN.items():
        _run(f"SELECT accord_report('{table}', '{{{','.join(columns.split())}}}')")
    for name, view in VIEWS.items():
        _create(name, *view, reads_as="security_invoker")
    _create("promises", *PROMISES, reads_as="security_barrier")
    _create("versions", *VERSIONS, reads_as="security_invoker")


def downgrade() -> None:
    """What tools read is gone; their logins stay, and see nothing."""
    _run("DROP SCHEMA reporting CASCADE")
    for table, columns in SHOWN.items():
        _run(
            f"DROP POLICY reporting ON {table}",
            f"ALTER POLICY tenant ON {table} TO PUBLIC",
            f"REVOKE SELECT ({', '.join(columns.split())}) ON {table} FROM {ROLE}",  # noqa: S608
        )
    _run(
        "DROP FUNCTION accord_report, accord_reported_tenant",
        "DROP TABLE reporting_login",
    )


def _create(
    name: str, what: str, source: str, columns: dict[str, tuple[str, str]], *, reads_as: str
) -> None:
    listed = ", ".join(f"{said} AS {column}" for column, (said, _) in columns.items())
    _run(
        f"CREATE VIEW reporting.{name} WITH ({reads_as} = true) AS SELECT {listed} FROM {source}",  # noqa: S608
        f"COMMENT ON VIEW reporting.{name} IS $words${what}$words$",
        f"GRANT SELECT ON reporting.{name} TO {ROLE}",
    )
    for column, (_, meaning) in columns.items():
        _run(f"COMMENT ON COLUMN reporting.{name}.{column} IS $words${meaning}$words$")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
