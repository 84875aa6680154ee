"""How accounts stand by their rows, and what they come to by groups: as text that statements share.

An account goes on where nothing of it came after the day and no day of it is to be judged: then its
row says how it stood.
"""

from collections.abc import Sequence
from typing import Final

from app.domain.overview.positions import COMPONENTS, DIMENSIONS, FIGURES

_OWED: Final = " + ".join(f"a.{one}" for one in COMPONENTS)
#: Of `STANDS`. A month's name takes long to write: it is written of a group, not of an account.
BATCH: Final = "coalesce(batch, to_char(placed_in, 'YYYY-MM'))"
SUMMED: Final = ", ".join(f"sum({one}) AS {one}" for one in FIGURES)
STANDS: Final = f"""
    SELECT a.id AS account_id,
        a.latest_business_date <= CAST(:on AS date) AND a.latest_on <= CAST(:on AS date)
            AND (a.next_review_on IS NULL OR a.next_review_on > CAST(:on AS date))
            AND (s.account_id IS NULL OR s.business_date <= CAST(:on AS date)) AS goes_on,
        w.placed_on IS NULL AS unkept,
        a.currency, a.creditor_reference AS creditor, a.product, a.policy_name AS policy,
        w.batch, CASE WHEN w.batch IS NULL
            THEN date_trunc('month', CAST(w.placed_on AS timestamp)) END AS placed_in,
        a.bucket, a.status,
        p.standing, p.kind AS plan_kind, s.assigned_actor AS assigned_to, s.assigned_team AS team,
        1 AS accounts, {", ".join(f"a.{one}" for one in COMPONENTS)}, a.unapplied_minor,
        least(w.overdue_minor, {_OWED}) AS overdue_minor,
        least(coalesce(p.outstanding_minor, 0), {_OWED}) AS plans_minor,
        w.promises_open, w.promised_minor
    FROM account AS a
    LEFT JOIN account_work AS w ON w.tenant_id = :the_tenant AND w.account_id = a.id
    LEFT JOIN plan AS p
        ON p.tenant_id = :the_tenant AND p.account_id = a.id AND p.id = a.active_plan_id
    LEFT JOIN assignment AS s
        ON s.tenant_id = :the_tenant AND s.account_id = a.id AND NOT s.replaced
    WHERE a.tenant_id = :the_tenant
"""
#: `aging.OWING_STATUSES`, with a balance.
OWES: Final = f"status IN ('open', 'charged_off') AND {' + '.join(COMPONENTS)} > 0"
#: Accounts are told apart by groups, not by a condition that each sum asks. They are plain truths,
#: of which the database knows that there are two each: so it lets workers sum their parts.
_GROUPED: Final = f"""
    SELECT {{told}}, unkept, goes_on, {OWES} AS owes, count(*) AS number, {{sums}}
    FROM ({STANDS} {{narrowed}}) AS stands GROUP BY {{groups}}, unkept, goes_on, owes
"""


def grouped(groups: Sequence[str], *, sums: str, narrowed: str = "") -> str:
    """The statement that sums by groups of `DIMENSIONS`; two of its rows may be of one batch."""
    told = [f"{BATCH} AS {one}" if one == "placement_batch" else one for one in groups]
    apart = ["batch, placed_in" if one == "placement_batch" else one for one in groups]
    return _GROUPED.format(
        told=", ".join(told), groups=", ".join(apart), sums=sums, narrowed=narrowed
    )


#: What a day is summed of, in a union with no rows at all. Of so many columns of four tables the
#: database expects a group for each account, and has one process sum them all; of as many columns
#: of a union, of which it knows nothing, a tenth of that: so workers sum their parts. `marks` is
#: one number for the same reason.
GOES_ON, UNKEPT, OWING = 1, 2, 4
_APART: Final = ", ".join(DIMENSIONS).replace("placement_batch", "batch, placed_in")
_COLUMNS: Final = f"account_id, {_APART}, {', '.join(FIGURES)}"
_IN_PARTS: Final = f"""
    SELECT {_COLUMNS}, CAST(goes_on AS integer) * {GOES_ON} + CAST(unkept AS integer) * {UNKEPT}
        + CAST({OWES} AS integer) * {OWING} AS marks
    FROM ({STANDS}) AS one
    UNION ALL
    SELECT {", ".join("NULL" for _ in _COLUMNS.split(","))}, NULL WHERE false
"""
_TOLD: Final = ", ".join(DIMENSIONS).replace("placement_batch", f"{BATCH} AS placement_batch")
EVERY: Final = f"""
    SELECT {_TOLD}, marks, count(*) AS number, {SUMMED},
        array_agg(account_id) FILTER (WHERE marks & {GOES_ON} = 0) AS others
    FROM ({_IN_PARTS}) AS stands GROUP BY {_APART}, marks
"""
