"""Why money is refused: a closed account, another currency, suspense that has ended."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class AccountClosed(DomainError):
    """A closed account takes no commands and no money."""

    problem: ClassVar[str] = "account-closed"
    account_id: UUID

    @property
    def detail(self) -> str:
        return f"The account {self.account_id} is closed."


@dataclass(eq=False, kw_only=True)
class SuspenseEnded(DomainError):
    """The money left suspense already."""

    problem: ClassVar[str] = "suspense-ended"
    payment_id: UUID
    suspense_status: str
    account_id: UUID | None = None

    @property
    def detail(self) -> str:
        return f"The payment {self.payment_id} was {self.suspense_status} already."


@dataclass(eq=False, kw_only=True)
class ReturnFeeBarred(DomainError):
    """A return fee is for insufficient and uncollected funds only."""

    problem: ClassVar[str] = "return-fee-barred"
    reason_code: str
    allowed_codes: tuple[str, ...]

    @property
    def detail(self) -> str:
        allowed = ", ".join(self.allowed_codes)
        return f"A return by {self.reason_code} bears no fee; only {allowed} do."


@dataclass(eq=False, kw_only=True)
class BalanceTooLarge(DomainError):
    """More would be owed, or kept, than every JSON client can read exactly (2^53 - 1)."""

    problem: ClassVar[str] = "balance-too-large"
    what: str
    limit_minor: int
    actual_minor: int

    @property
    def detail(self) -> str:
        return (
            f"{self.what} would be {self.actual_minor}; at most {self.limit_minor} is kept, so "
            "that every client reads it exactly."
        )


@dataclass(eq=False, kw_only=True)
class NotReplaceable(DomainError):
    """Only a payment that was reversed, under the same reference, is posted anew, and once."""

    problem: ClassVar[str] = "not-replaceable"
    payment_id: UUID
    reference: str
    payment_status: str
    replaced_by_payment_id: UUID | None = None

    @property
    def detail(self) -> str:
        if self.replaced_by_payment_id is not None:
            return f"The payment {self.payment_id} was posted anew already."
        return (
            f"The payment {self.payment_id} is {self.payment_status} under the reference "
            f"{self.reference!r}; only a reversed one of the same reference is posted anew."
        )


@dataclass(eq=False, kw_only=True)
class AlreadyReversed(DomainError):
    """What is to be reversed was reversed before."""

    problem: ClassVar[str] = "already-reversed"
    resource: str
    payment_id: UUID | None = None
    charge_id: UUID | None = None

    @property
    def detail(self) -> str:
        return f"This {self.resource} was reversed before."


@dataclass(eq=False, kw_only=True)
class PaymentReturned(DomainError):
    """Money of the payment was charged back or refunded; those must be undone first."""

    problem: ClassVar[str] = "payment-returned"
    payment_id: UUID
    returned_minor: int

    @property
    def detail(self) -> str:
        return f"{self.returned_minor} of this payment was charged back or refunded already."


@dataclass(eq=False, kw_only=True)
class CurrencyMismatch(DomainError):
    """Money of one currency does not pay a debt in another."""

    problem: ClassVar[str] = "currency-mismatch"
    expected: str
    actual: str

    @property
    def detail(self) -> str:
        return f"The account is kept in {self.expected}, the payment came in {self.actual}."
