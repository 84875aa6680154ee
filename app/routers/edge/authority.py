"""What each operation asks of a key's role, besides its scope: one table, for code and docs.

Operations that are not here ask nothing of a role. OpenAPI shows the table beside each operation
(`x-authority`), and `accord roles` writes docs/roles.md from it.
"""

from collections.abc import Mapping
from enum import StrEnum

from app.domain.agreement.acts import Office
from app.domain.vocabulary import Act, Spending


class Other(StrEnum):
    """What is asked that is no one act and no amount."""

    PLACE_HOLD = "place:*"
    RELEASE_HOLD = "release:*"
    CHOOSE_POLICY = "policies"
    AGREE = "limits"
    DECIDE = "four_eyes"
    IMPORT = "import"


Rule = Office | Act | Spending | Other

#: By operation, in the order they are asked.
RULES: Mapping[str, tuple[Rule, ...]] = {
    "accounts_place": (Other.CHOOSE_POLICY,),
    "accounts_place_many": (Other.CHOOSE_POLICY,),
    "charges_add": (Spending.CHARGE,),
    "charges_reverse": (Act.REVERSE_CHARGE, Spending.WAIVE),
    "charges_adjust": (Spending.WAIVE,),
    "closings_charge_off": (Office.CHARGE_OFF,),
    "closings_undo_charge_off": (Office.CHARGE_OFF,),
    "closings_close": (Office.CLOSE_ACCOUNT,),
    "closings_undo_closure": (Office.CLOSE_ACCOUNT,),
    "placements_correct": (Office.CORRECT_PLACEMENT,),
    "holds_place": (Other.PLACE_HOLD,),
    "holds_release": (Other.RELEASE_HOLD,),
    "payments_post": (Spending.GOODWILL,),
    "payments_post_many": (Spending.GOODWILL,),
    "payments_reverse": (Act.REVERSE, Spending.CHARGE),
    "reversals_reverse_many": (Act.REVERSE, Spending.CHARGE),
    "splits_reverse": (Act.REVERSE,),
    "returns_charge_back": (Act.CHARGE_BACK,),
    "returns_refund": (Spending.REFUND,),
    "chargebacks_reverse": (Act.WIN_CHARGEBACK,),
    "suspense_assign": (Act.ASSIGN_SUSPENSE, Spending.GOODWILL),
    "suspense_refund": (Spending.REFUND,),
    "plans_open": (Other.AGREE,),
    "plans_cancel": (Act.CANCEL_PLAN,),
    "reinstatements_reinstate": (Act.REINSTATE_PLAN,),
    "pauses_set": (Act.PAUSE_PLAN,),
    "pauses_resume": (Act.PAUSE_PLAN,),
    "changes_reamortize": (Other.AGREE,),
    "changes_reschedule": (Other.AGREE,),
    "changes_defer": (Other.AGREE,),
    "hardship_change_due_day": (Other.AGREE,),
    "hardship_take_holiday": (Other.AGREE,),
    "hardship_step_down": (Other.AGREE,),
    "rewrites_rewrite": (Other.AGREE,),
    "rewrites_accelerate": (Other.AGREE,),
    "reages_grant": (Other.AGREE,),
    "changes_undo_revision": (Act.UNDO_CHANGE,),
    "reages_undo_re_age": (Act.UNDO_CHANGE,),
    "account_reages_undo": (Act.UNDO_CHANGE,),
    "settlements_offer": (Other.AGREE,),
    "dry_runs_commit": (Other.IMPORT,),
    "approvals_approve": (Other.DECIDE, Other.AGREE),
    "approvals_reject": (Other.DECIDE,),
    "approvals_decide": (Other.DECIDE, Other.AGREE),
    "amendments_approve": (Other.DECIDE, Other.AGREE),
    "amendments_reject": (Other.DECIDE,),
    "settlements_approve": (Other.DECIDE, Other.AGREE),
    "settlements_reject": (Other.DECIDE,),
    "policies_save": (Office.SAVE_POLICY,),
    "worklists_save": (Office.SAVE_WORKLIST,),
    "sweeps_start": (Office.SWEEP,),
    "sandbox_set_clock": (Office.SET_CLOCK,),
    "keys_create": (Office.MANAGE_KEYS,),
    "keys_find": (Office.MANAGE_KEYS,),
    "keys_read": (Office.MANAGE_KEYS,),
    "keys_rotate": (Office.MANAGE_KEYS,),
    "keys_revoke": (Office.MANAGE_KEYS,),
}

#: What waits for somebody else where the role may not, and so is not refused for it.
_WAITS = {Other.AGREE, Other.DECIDE}


def refuses(operation_id: str) -> bool:
    """Whether an operation can be refused as outside the role's authority."""
    asked = set(RULES.get(operation_id, ()))
    return bool(asked - _WAITS) or {Other.DECIDE, Other.AGREE} <= asked
