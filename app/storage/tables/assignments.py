"""Who works an account, who belongs to which team, what they are to reach: the newest counts."""

# pyright: reportAssignmentType=false

from datetime import date
from typing import Annotated

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    Computed,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    text,
)
from sqlalchemy.schema import SchemaItem
from sqlmodel import Field

from app.domain.reports.targets import TargetMetric, TargetScope
from app.domain.vocabulary import Role
from app.domain.worklists.groups import BANDS, BANDS_MINOR
from app.storage.tables.columns import (
    Entered,
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeMinor,
    MaybeString,
    Minor,
    Name,
    Number,
    Owned,
    String,
    Strings,
    Tenanted,
    not_negative,
    of_account,
    one_of,
    positive,
    stored,
)


class Team(Entered, Tenanted, table=True):
    """Who belonged to a team from then on. The highest `version` of a name counts."""

    __tablename__ = "team"
    __table_args__ = (one_of("role", Role), *positive("version"))

    name: Name
    version: Number
    actors: Strings
    recorded_at: Instant


class Assignment(Entered, Owned, table=True):
    """An account given to somebody or to a team, or taken back (neither). `replaced`: not the last.

    Beside the account, not in its row: a payment never touches it.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        one_of("role", Role),
        *positive("number"),
        CheckConstraint("assigned_actor IS NULL OR assigned_team IS NULL", name="one"),
        of_account(),
        Index(
            "ix_assignment_actor",
            "tenant_id",
            "assigned_actor",
            "account_id",
            postgresql_where=text("NOT replaced AND assigned_actor IS NOT NULL"),
        ),
        Index(
            "ix_assignment_team",
            "tenant_id",
            "assigned_team",
            "account_id",
            postgresql_where=text("NOT replaced AND assigned_team IS NOT NULL"),
        ),
        Index(
            "ix_assignment_last",
            "tenant_id",
            "account_id",
            unique=True,
            postgresql_where=text("NOT replaced"),
        ),
    )

    number: Number
    assigned_actor: MaybeString
    assigned_team: MaybeString
    reason: String
    replaced: bool
    recorded_at: Instant
    origin: MaybeString


class Target(Entered, Tenanted, table=True):
    """What somebody, a team or a creditor's accounts are to reach in a span of days.

    `value` null: taken back. `replaced`: said otherwise since, by one of a higher `number`.
    """

    __tablename__ = "target"
    __table_args__ = (
        one_of("scope", TargetScope),
        one_of("metric", TargetMetric),
        one_of("role", Role),
        *positive("number"),
        *not_negative("value"),
        CheckConstraint("from_on <= to_on", name="span"),
        Index(
            "ix_target_last",
            "tenant_id",
            "scope",
            "whose",
            "metric",
            "from_on",
            "to_on",
            text("coalesce(currency, '')"),
            unique=True,
            postgresql_where=text("NOT replaced"),
        ),
        Index(
            "ix_target_standing",
            "tenant_id",
            "id",
            postgresql_where=text("NOT replaced AND value IS NOT NULL"),
        ),
    )

    id: Key
    scope: String
    whose: String
    metric: String
    currency: Annotated[str | None, Field(sa_type=CHAR(3))]
    from_on: date
    to_on: date
    value: MaybeMinor
    number: int
    replaced: bool
    recorded_at: Instant
    origin: MaybeString


#: As PostgreSQL writes it back.
_SILENT = (
    "CASE WHEN quiet_since_on IS NOT NULL THEN GREATEST(quiet_since_on, last_communication_on)"
    " ELSE NULL::date END"
)
_Silent = Annotated[
    date | None, Field(sa_type=Date, sa_column_args=[Computed(_SILENT, persisted=True)])
]
_GROUPED = (
    "promise_broken_on", "first_payment_default_on", "installment_missed_on", "unread_since_on",
    "plan_broken_on", "settlement_expires_on", "quiet_since_on",
)  # fmt: skip
_BITS = " + ".join(
    f"{1 << bit} * ({name} IS NOT NULL)::integer" if bit else f"({name} IS NOT NULL)::integer"
    for bit, name in enumerate(_GROUPED)
)
#: The group as `domain/worklists/groups.py` numbers it, and the day that leads in it.
_WORK_GROUP = (
    f"CASE WHEN COALESCE({', '.join(_GROUPED)}) IS NOT NULL THEN {BANDS} * ({_BITS})"
    f" + width_bucket(overdue_minor, '{{{','.join(map(str, BANDS_MINOR))}}}'::bigint[])"
    " ELSE NULL::integer END"
)
_LEADING = (
    f"COALESCE(LEAST({', '.join(_GROUPED[:4])}), plan_broken_on, {_SILENT}, settlement_expires_on)"
)
_WorkGroup = Annotated[
    int | None, Field(sa_type=Integer, sa_column_args=[Computed(_WORK_GROUP, persisted=True)])
]
_Leading = Annotated[
    date | None, Field(sa_type=Date, sa_column_args=[Computed(_LEADING, persisted=True)])
]
WORK_FACT_KINDS = ("claimed", "released", "completed", "skipped", "called_back", "assigned")


class Worklist(Entered, Tenanted, table=True):
    """A version of a worklist; the highest of a name counts."""

    __tablename__ = "worklist"
    __table_args__ = (one_of("role", Role), *positive("version"))

    name: Name
    version: Number
    document: Json
    recorded_at: Instant


#: What a worklist is worked out by, so that it is read from an index alone.
_DAYS = (
    "promise_broken_on", "first_payment_default_on", "plan_broken_on", "installment_missed_on",
    "settlement_expires_on", "plan_ends_on", "unread_since_on", "overdue_minor",
)  # fmt: skip


class AccountWork(Owned, table=True):
    """The days of an account that are reasons to work it, as its books and contacts have them.

    A cache of both, rewritten with them. `asks`: a day stands here that may be a reason at once;
    nobody reads it since there is `work_group`, but servers of before that.
    """

    __tablename__ = "account_work"
    __table_args__ = (
        *not_negative("overdue_minor"),
        of_account(),
        Index(
            "ix_account_work_group", "tenant_id", "work_group", "leading_on",
            postgresql_include=("account_id", "reference", *_DAYS, "silent_since_on"),
            postgresql_where=text("work_group IS NOT NULL"),
        ),
        Index(
            "ix_account_work_ends", "tenant_id", "plan_ends_on",
            postgresql_where=text("plan_ends_on IS NOT NULL AND work_group IS NULL"),
        ),
        Index(
            "ix_account_work_ends_besides", "tenant_id", "plan_ends_on",
            postgresql_where=text("plan_ends_on IS NOT NULL AND work_group IS NOT NULL"),
        ),
        stored(rewritten=True),
    )  # fmt: skip

    reference: String
    promise_broken_on: date | None
    first_payment_default_on: date | None
    plan_broken_on: date | None
    installment_missed_on: date | None
    settlement_expires_on: date | None
    plan_ends_on: date | None
    quiet_since_on: date | None
    overdue_minor: Minor
    unread_since_on: date | None
    last_communication_on: date | None
    #: Since when nobody spoke with somebody whom it is time to speak with.
    silent_since_on: _Silent
    asks: bool
    #: What reports ask of a position and the account's row does not say; null: not kept yet.
    placed_on: date | None
    batch: MaybeString
    promises_open: int | None
    promised_minor: MaybeMinor
    #: Where it is looked for; null where no day stands here but the end of a plan.
    work_group: _WorkGroup
    leading_on: _Leading


class WorkItem(Owned, table=True):
    """What was done about an account on one list: who has it, until when it waits, and why."""

    __tablename__ = "work_item"
    __table_args__ = (
        *not_negative("attempts"),
        of_account(),
        Index("ix_work_item_list", "tenant_id", "worklist", "account_id"),
        Index(
            "ix_work_item_callback", "tenant_id", "worklist", "account_id",
            postgresql_where=text("callback_at IS NOT NULL"),
        ),
        stored(rewritten=True),
    )  # fmt: skip

    worklist: Name
    claimed_by: MaybeString
    claimed_until_at: MaybeInstant
    skipped_until_at: MaybeInstant
    callback_at: MaybeInstant
    callback_time_zone: MaybeString
    assigned_to: MaybeString
    attempts: int
    gate_until_at: MaybeInstant


class Done(Entered):
    """One thing done about an item. Never changed but for its note, which can be erased."""

    id: Key
    worklist: String
    kind: String
    body: Json
    note: MaybeString
    at: Instant


def _done(table: str) -> tuple[SchemaItem, ...]:
    """What holds of each such thing, whatever its item is of."""
    return (
        one_of("kind", WORK_FACT_KINDS),
        one_of("role", Role),
        Index(f"ix_{table}_day", "tenant_id", "worklist", "business_date", "id"),
    )


class OfContact(Tenanted):
    """A row of a message that is about no account."""

    contact_id: Key


class WorkFact(Done, Owned, table=True):
    """Of an account's item."""

    __tablename__ = "work_fact"
    __table_args__ = (*_done("work_fact"), of_account(), stored(rewritten=False))


class StrayFact(Done, OfContact, table=True):
    """Of a message about no account: no row of an account holds it, so it is a table by itself."""

    __tablename__ = "stray_fact"
    __table_args__ = (
        *_done("stray_fact"),
        ForeignKeyConstraint(["tenant_id", "contact_id"], ["contact.tenant_id", "contact.id"]),
        Index("ix_stray_fact_worked", "tenant_id", "business_date",
              postgresql_where=text("kind = 'completed'")),
        stored(rewritten=False),
    )  # fmt: skip
