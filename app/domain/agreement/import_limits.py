"""May this role store a spreadsheet by itself? Every limit that says no, and who may say yes.

A sheet does at once what nobody would do by hand so often: one column taken for another is wrong
in every row. So a policy says how many rows, how much money and which kinds a role stores by
itself; what passes that waits for a role that may (decision 0069).
"""

from collections.abc import Callable, Mapping

from app.domain.limits import LimitBreach
from app.domain.policy.model import Authority, AuthorityByRole
from app.domain.spreadsheets.fields import SheetKind
from app.domain.values import Value
from app.domain.vocabulary import Role


class SheetSize(Value, kw_only=True):
    """What a sheet would store: rows that are not refused, and their money by currency."""

    kind: SheetKind
    rows: int
    sums_minor: Mapping[str, int]

    @property
    def most_minor(self) -> int:
        """The largest sum of one currency: money of two is not added up."""
        return max(self.sums_minor.values(), default=0)


def check_import(
    size: SheetSize, authority: AuthorityByRole, role: Role
) -> tuple[LimitBreach, ...]:
    """Every limit of this role that the sheet passes; empty when the role may store it."""
    own, found = authority.of(role), list[LimitBreach]()

    def breach(
        rule: str, limit: int, actual: int, message: str, may: Callable[[Authority], bool]
    ) -> None:
        if not may(own):
            override = next((one for one in Role if may(authority.of(one))), None)
            found.append(
                LimitBreach(
                    rule=rule, limit=limit, actual=actual, message=message, override_role=override
                )
            )

    breach(
        "import_kinds", 0, 1, f"The policy does not let this role store a sheet of {size.kind}.",
        lambda one: one.import_kinds is None or size.kind in one.import_kinds,
    )  # fmt: skip
    breach(
        "import_rows", own.import_rows or 0, size.rows,
        f"Rows of a sheet: {size.rows}, at most {own.import_rows} allowed.",
        lambda one: one.import_rows is None or size.rows <= one.import_rows,
    )  # fmt: skip
    breach(
        "import_minor", own.import_minor or 0, size.most_minor,
        f"Money in a sheet, minor units: {size.most_minor}, at most {own.import_minor} allowed.",
        lambda one: one.import_minor is None or size.most_minor <= one.import_minor,
    )  # fmt: skip
    return tuple(found)
