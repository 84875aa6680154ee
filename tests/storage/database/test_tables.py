"""The shape every table keeps to: whose a row is is in every key there is, nearly always first."""

import pytest
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

from app.storage.tables import METADATA, Account, Handle, table

#: No tenant's: which cluster this is.
OF_NO_TENANT = {"feed_epoch", "feed_end"}
#: Unique across tenants on purpose: a tenant is found by them.
UNIQUE_EVERYWHERE = {
    "uq_tenant_name",
    "uq_api_key_token_hash",
    "uq_api_key_former_token_hash",
    "uq_reporting_login_login",
}
#: Whoever has a link's token names no tenant: it is found by the hash, over all of them.
BY_A_SECRET = {"ix_debtor_link_token_hash", "ix_link_session_token_hash"}
#: Not under an account's lock: tenants' own, people, sums of a day, references.
OF_THE_TENANT = {
    "account", "api_key", "day_spending", "event_stream", "handle", "idempotency_key", "person",
    "policy", "report_run", "reporting_login",
    "report_day", "rollup_day", "flow_day", "position_month", "age_month", "cohort_point",
    "sandbox_clock", "suspense", "suspense_end", "sweep_run", "target", "team",
    "template", "tenant", "dry_run", "dry_run_page", "import_mapping",
    "report_schedule", "report_delivery",
    "contact", "contact_decision", "contact_fact", "contact_point", "person_fact", "person_words",
    "message", "message_content", "message_fact", "notice_follower",
    "print_batch", "print_file", "print_letter", "provider", "early_report",
    "contact_policy", "import_piece", "import_reject", "import_run",
    "worklist", "dialer_list", "stray_fact",
    "erasure", "external_id", "suppression", "suppression_key",
    "webhook", "webhook_attempt", "webhook_delivery", "webhook_notice",
}  # fmt: skip
#: Many are added under any account: a new key is the last, and the account comes after the id.
BY_ID = {"fact", "posting"}
TABLES = [t for t in METADATA.sorted_tables if t.name not in OF_NO_TENANT]


def columns(constraint) -> list[str]:
    return [column.name for column in constraint.columns]


@pytest.mark.parametrize("row", TABLES, ids=lambda t: t.name)
def test_keys_begin_with_the_tenant_and_the_account(row):
    first = ["tenant_id"] if row.name in OF_THE_TENANT else ["tenant_id", "account_id"]

    key = ["tenant_id", "id", "account_id"] if row.name in BY_ID else first
    assert columns(row.primary_key)[: len(key)] == key
    for constraint in row.constraints:
        unique = isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
        if row.name in BY_ID and constraint is row.primary_key:
            continue
        if unique and constraint.name not in UNIQUE_EVERYWHERE:
            assert columns(constraint)[: len(first)] == first, constraint.name
    for index in row.indexes:
        if index.name in BY_A_SECRET:
            continue
        begins = first if index.unique else ["tenant_id"]
        assert columns(index)[: len(begins)] == begins, index.name


@pytest.mark.parametrize("row", TABLES, ids=lambda t: t.name)
def test_a_foreign_key_cannot_leave_its_tenant_or_account(row):
    for constraint in row.constraints:
        if not isinstance(constraint, ForeignKeyConstraint):
            continue
        pairs = {e.parent.name: e.column.name for e in constraint.elements}
        assert pairs.pop("tenant_id") == "tenant_id", constraint.name
        target = constraint.referred_table.name
        if target not in OF_THE_TENANT or target == "account":
            wanted = "id" if target == "account" else "account_id"
            assert pairs["account_id"] == wanted, constraint.name


@pytest.mark.parametrize("row", TABLES, ids=lambda t: t.name)
def test_money_is_whole_and_wide_and_the_time_has_a_zone(row):
    for column in row.columns:
        sql = str(column.type.compile(postgresql.dialect()))
        if column.name.endswith("_minor"):
            assert sql == "BIGINT", column
        if column.name.endswith("_on") or column.name == "business_date":
            assert sql == "DATE", column
        if column.name.endswith("_at"):
            assert sql == "TIMESTAMP WITH TIME ZONE", column


def test_only_the_handle_makes_a_reference_unique():
    assert columns(table(Handle).primary_key) == ["tenant_id", "kind", "key"]
    assert not [c for c in table(Account).constraints if isinstance(c, UniqueConstraint)]


def test_every_table_class_is_in_the_metadata():
    classes = {c.__tablename__ for c in _descendants(SQLModel) if hasattr(c, "__table__")}

    assert classes == set(METADATA.tables)


def _descendants(cls):
    for child in cls.__subclasses__():
        yield child
        yield from _descendants(child)
