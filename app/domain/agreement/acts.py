"""May this role do this act by itself? What the policy says, what it costs, and who may instead.

Acts on an account are judged by its policy in force on the business date; what concerns the
whole tenant, or ends an account, has a least role that no policy changes.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from app.domain.limits import LimitBreach
from app.domain.policy.model import Authority, AuthorityByRole
from app.domain.refusals.commands import OutsideAuthority
from app.domain.vocabulary import Act, Role, Spending


class Office(StrEnum):
    """What is decided by an office and never by a policy."""

    SAVE_POLICY = "save_policy"
    SAVE_WORKLIST = "save_worklist"
    SWEEP = "sweep"
    SET_CLOCK = "set_clock"
    CHARGE_OFF = "charge_off"
    CLOSE_ACCOUNT = "close_account"
    CORRECT_PLACEMENT = "correct_placement"
    MANAGE_KEYS = "manage_keys"


#: The least role that may; everybody above may too.
LEAST_ROLE: Mapping[Office, Role] = {
    Office.SAVE_POLICY: Role.ADMIN,
    Office.SAVE_WORKLIST: Role.SUPERVISOR,
    Office.SWEEP: Role.SUPERVISOR,
    Office.SET_CLOCK: Role.SUPERVISOR,
    Office.CHARGE_OFF: Role.SUPERVISOR,
    Office.CLOSE_ACCOUNT: Role.SUPERVISOR,
    Office.CORRECT_PLACEMENT: Role.SUPERVISOR,
    Office.MANAGE_KEYS: Role.ADMIN,
}
_OFFICES = {
    Office.SAVE_POLICY: "Saving a policy",
    Office.SAVE_WORKLIST: "Saving a worklist",
    Office.SWEEP: "A sweep",
    Office.SET_CLOCK: "The sandbox's clock",
    Office.CHARGE_OFF: "A charge-off",
    Office.CLOSE_ACCOUNT: "A closure",
    Office.CORRECT_PLACEMENT: "A correction of a placement",
    Office.MANAGE_KEYS: "Who has a key",
}
_SPENDINGS = {
    Spending.WAIVE: "Waived",
    Spending.GOODWILL: "Given by the institution",
    Spending.CHARGE: "Charged",
    Spending.REFUND: "Refunded",
}


def check_office(office: Office, role: Role) -> None:
    """Raises `OutsideAuthority` where the role is below the office's."""
    least = LEAST_ROLE[office]
    if role.rank >= least.rank:
        return
    refusal = LimitBreach(
        rule="least_role",
        limit=least.rank,
        actual=role.rank,
        message=f"{_OFFICES[office]} is decided by a role of {least} or above.",
        override_role=least,
    )
    raise OutsideAuthority(role=role, refusals=(refusal,))


def check_act(act: Act, authority: AuthorityByRole, role: Role) -> None:
    """Raises `OutsideAuthority` where the policy does not let the role do it."""

    def may(one: Authority) -> bool:
        return one.acts is None or act in one.acts

    if not may(authority.of(role)):
        message = f"The policy does not let this role do {act}."
        raise _none_of("acts", message, authority, role, may)


def check_choice(policy: str, authority: AuthorityByRole, role: Role) -> None:
    """Whether the role may place an account under a policy. Raises `OutsideAuthority`."""

    def may(one: Authority) -> bool:
        return one.policies is None or policy in one.policies

    if not may(authority.of(role)):
        message = f"The default policy does not let this role choose {policy!r}."
        raise _none_of("policies", message, authority, role, may)


def check_spending(
    spending: Spending, amount_minor: int, authority: AuthorityByRole, role: Role
) -> None:
    """Whether one act may cost as much. Raises `OutsideAuthority`."""

    def may(one: Authority) -> bool:
        limit = one.limit_of(spending)
        return limit is None or amount_minor <= limit

    limit = authority.of(role).limit_of(spending)
    if limit is not None and amount_minor > limit:
        what = f"{_SPENDINGS[spending]}, minor units"
        raise OutsideAuthority(
            role=role,
            refusals=(
                LimitBreach(
                    rule=f"{spending}_minor",
                    limit=limit,
                    actual=amount_minor,
                    message=f"{what}: {amount_minor}, at most {limit} allowed.",
                    override_role=_who(authority, may),
                ),
            ),
        )


def day_exceeded(
    spending: Spending, amount_minor: int, sum_minor: int, authority: AuthorityByRole, role: Role
) -> OutsideAuthority:
    """The refusal of an act that, with what was spent on the day, passes the day's limit."""
    limit = authority.of(role).day_limit_of(spending)
    total = sum_minor + amount_minor

    def may(one: Authority) -> bool:
        own = one.day_limit_of(spending)
        alone = one.limit_of(spending)
        return (own is None or total <= own) and (alone is None or amount_minor <= alone)

    what = f"{_SPENDINGS[spending]} on the business date, minor units"
    refusal = LimitBreach(
        rule=f"{spending}_per_day_minor",
        limit=limit or 0,
        actual=total,
        message=f"{what}: {total}, at most {limit} allowed.",
        override_role=_who(authority, may),
    )
    return OutsideAuthority(role=role, refusals=(refusal,))


def _none_of(
    rule: str,
    message: str,
    authority: AuthorityByRole,
    role: Role,
    may: Callable[[Authority], bool],
) -> OutsideAuthority:
    """What a closed list does not name is allowed no time, and asked for once."""
    refusal = LimitBreach(
        rule=rule, limit=0, actual=1, message=message, override_role=_who(authority, may)
    )
    return OutsideAuthority(role=role, refusals=(refusal,))


def _who(authority: AuthorityByRole, may: Callable[[Authority], bool]) -> Role | None:
    """The least role that may."""
    return next((one for one in Role if may(authority.of(one))), None)
