"""What somebody did about an item, in SQL, beside the accounts `b`: as `i`, null where nobody did.

Looked up of each account where they are few, however many items somebody touched and whatever the
planner knows of them: joined, few with many may be compared each with each. Joined where all are.
"""

from typing import Final

WORK: Final = (
    "claimed_by", "claimed_until_at", "skipped_until_at", "callback_at", "callback_time_zone",
    "assigned_to", "gate_until_at",
)  # fmt: skip
_COLUMNS = ", ".join(f"i.{name}" for name in (*WORK, "attempts"))
_MINE = "i.tenant_id = :the_tenant AND i.account_id = b.account_id AND i.worklist = :worklist"
LOOKED_UP: Final = f"""LEFT JOIN LATERAL (
    SELECT {_COLUMNS} FROM work_item AS i WHERE {_MINE} OFFSET 0) AS i ON true"""
JOINED: Final = f"LEFT JOIN work_item AS i ON {_MINE}"
