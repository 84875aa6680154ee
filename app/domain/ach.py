"""ACH returns: what a code means, when it may still come, and whether the debit may go out again.

The table and its figures are those of `tests/cases/ach_return_codes.json`, each code with where
it was read. Banking days are the Federal Reserve's; the calendar comes in as an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.domain.errors import InvalidInput
from app.domain.money import round_half_even
from app.domain.schedule.dates import LAST_YEAR, Holidays, is_business_day


class Category(StrEnum):
    """What return rates are counted by."""

    NSF = "nsf"
    ADMINISTRATIVE = "administrative"
    UNAUTHORIZED = "unauthorized"
    STOP = "stop"
    OTHER = "other"


class Window(StrEnum):
    """How long the receiver's bank may return an entry."""

    TWO_BANKING_DAYS = "two_banking_days"
    SIXTY_DAYS = "sixty_days"
    UNDEFINED = "undefined"


class Retry(StrEnum):
    """What may follow a return."""

    REINITIATE = "reinitiate"
    NEVER = "never"
    NEVER_SAME_ACCOUNT = "never_same_account"  # with other details it is a new entry
    CORRECT_AND_NEW_ENTRY = "correct_and_new_entry"
    CORRECT_ERROR_THEN_NEW_ENTRY = "correct_error_then_new_entry"
    NEW_AUTHORIZATION_REQUIRED = "new_authorization_required"
    ONLY_IF_RECEIVER_REAUTHORIZES = "only_if_receiver_reauthorizes"


class NewEntry(StrEnum):
    """What makes a new entry of a debit that may not go out again as it was."""

    CORRECTED = "corrected"
    REAUTHORIZED = "reauthorized"


#: Of the retry rules that know one; the others allow none.
_NEW_ENTRY = {
    Retry.NEVER_SAME_ACCOUNT: NewEntry.CORRECTED,
    Retry.CORRECT_AND_NEW_ENTRY: NewEntry.CORRECTED,
    Retry.CORRECT_ERROR_THEN_NEW_ENTRY: NewEntry.CORRECTED,
    Retry.NEW_AUTHORIZATION_REQUIRED: NewEntry.REAUTHORIZED,
    Retry.ONLY_IF_RECEIVER_REAUTHORIZES: NewEntry.REAUTHORIZED,
}


class Reason(StrEnum):
    """Why a returned debit may not go out again."""

    OVER_180_DAYS = "OVER_180_DAYS"
    REINITIATED_TWICE = "REINITIATED_TWICE"
    STOP_PAYMENT_NOT_REAUTHORISED = "STOP_PAYMENT_NOT_REAUTHORISED"
    NEW_AUTHORISATION_AND_NEW_ENTRY_REQUIRED = "NEW_AUTHORISATION_AND_NEW_ENTRY_REQUIRED"
    CORRECTION_AND_NEW_ENTRY_REQUIRED = "CORRECTION_AND_NEW_ENTRY_REQUIRED"
    NEVER_SAME_ACCOUNT = "NEVER_SAME_ACCOUNT"
    NEVER = "NEVER"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCode:
    """One code, and the source it was read in."""

    code: str
    title: str
    category: Category
    window: Window
    retry: Retry
    source: str

    @property
    def new_entry_if(self) -> NewEntry | None:
        """What has to be done before it may be entered anew; None: nothing helps, or need not."""
        return _NEW_ENTRY.get(self.retry)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryVerdict:
    """Whether the debit may go out again; if not, why; if so, until when and how often more."""

    allowed: bool
    reason: Reason | None = None
    until_on: date | None = None
    entries_left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRates:
    """Shares of the debits originated in 60 days or two months, and the limits they breach."""

    unauthorized_bps: int
    administrative_bps: int
    overall_bps: int
    breach: tuple[str, ...]


_TABLE = "paynearme.com and grailpay.com return code tables"
_RESUBMISSION = "vacul.org re-submission rules"
_UNAUTHORIZED = "linked2pay.com ACH returns"
_RECALLED = "[M] recalled, unverified"

CODES: Mapping[str, ReturnCode] = {
    one.code: one
    for one in (
        ReturnCode(
            code="R01",
            title="Insufficient Funds",
            category=Category.NSF,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.REINITIATE,
            source=_TABLE,
        ),
        ReturnCode(
            code="R02",
            title="Account Closed",
            category=Category.ADMINISTRATIVE,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.NEVER_SAME_ACCOUNT,
            source=_TABLE,
        ),
        ReturnCode(
            code="R03",
            title="No Account / Unable to Locate",
            category=Category.ADMINISTRATIVE,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.NEVER_SAME_ACCOUNT,
            source=_TABLE,
        ),
        ReturnCode(
            code="R04",
            title="Invalid Account Number",
            category=Category.ADMINISTRATIVE,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.CORRECT_AND_NEW_ENTRY,
            source=_TABLE,
        ),
        ReturnCode(
            code="R05",
            title="Unauthorized Debit to Consumer Account Using Corporate SEC Code",
            category=Category.UNAUTHORIZED,
            window=Window.SIXTY_DAYS,
            retry=Retry.NEVER,
            source=_TABLE,
        ),
        ReturnCode(
            code="R06",
            title="Returned per ODFI Request",
            category=Category.OTHER,
            window=Window.UNDEFINED,
            retry=Retry.NEVER,
            source=_TABLE,
        ),
        ReturnCode(
            code="R07",
            title="Authorization Revoked by Customer",
            category=Category.UNAUTHORIZED,
            window=Window.SIXTY_DAYS,
            retry=Retry.NEW_AUTHORIZATION_REQUIRED,
            source=_RESUBMISSION,
        ),
        ReturnCode(
            code="R08",
            title="Payment Stopped",
            category=Category.STOP,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.ONLY_IF_RECEIVER_REAUTHORIZES,
            source=_RESUBMISSION,
        ),
        ReturnCode(
            code="R09",
            title="Uncollected Funds",
            category=Category.NSF,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.REINITIATE,
            source=_TABLE,
        ),
        ReturnCode(
            code="R10",
            title="Customer Advises Originator Not Known / Not Authorized",
            category=Category.UNAUTHORIZED,
            window=Window.SIXTY_DAYS,
            retry=Retry.NEVER,
            source=_TABLE,
        ),
        ReturnCode(
            code="R11",
            title="Entry Not in Accordance with Terms of Authorization",
            category=Category.UNAUTHORIZED,
            window=Window.SIXTY_DAYS,
            retry=Retry.CORRECT_ERROR_THEN_NEW_ENTRY,
            source=_UNAUTHORIZED,
        ),
        ReturnCode(
            code="R12",
            title="Branch/Account Sold to Another DFI",
            category=Category.ADMINISTRATIVE,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.CORRECT_AND_NEW_ENTRY,
            source=_RECALLED,
        ),
        ReturnCode(
            code="R14",
            title="Representative Payee Deceased",
            category=Category.OTHER,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.NEVER,
            source=_RECALLED,
        ),
        ReturnCode(
            code="R15",
            title="Beneficiary or Account Holder Deceased",
            category=Category.OTHER,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.NEVER,
            source=_RECALLED,
        ),
        ReturnCode(
            code="R16",
            title="Account Frozen / OFAC",
            category=Category.OTHER,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.NEVER,
            source=_RECALLED,
        ),
        ReturnCode(
            code="R17",
            title="File Record Edit Criteria",
            category=Category.OTHER,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.CORRECT_AND_NEW_ENTRY,
            source=_TABLE,
        ),
        ReturnCode(
            code="R20",
            title="Non-Transaction Account",
            category=Category.ADMINISTRATIVE,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.NEVER_SAME_ACCOUNT,
            source=_RECALLED,
        ),
        ReturnCode(
            code="R29",
            title="Corporate Customer Advises Not Authorized",
            category=Category.UNAUTHORIZED,
            window=Window.TWO_BANKING_DAYS,
            retry=Retry.NEVER,
            source=_RECALLED,
        ),
        ReturnCode(
            code="R51",
            title="Item Ineligible (RCK)",
            category=Category.UNAUTHORIZED,
            window=Window.SIXTY_DAYS,
            retry=Retry.NEVER,
            source=_TABLE,
        ),
    )
}

#: "reinitiate at most 2 more times", within 180 days of the original settlement (bankfivenine.com).
REINITIATIONS = 2
REINITIATE_WITHIN_DAYS = 180
_SIXTY = 60
_DAY = timedelta(days=1)
#: More than any window: 60 days, a weekend and holidays.
_LONGEST = timedelta(days=_SIXTY + 10)
_LAST_DAY = date(LAST_YEAR, 12, 31)
#: The limits of Nacha's rates, in basis points (pnc.com): breached when passed, not when met.
LIMITS_BPS: Mapping[str, int] = {"unauthorized": 50, "administrative": 300, "overall": 1500}
#: A return fee is for these only, once an item, told beforehand.
FEE_CODES = frozenset({"R01", "R09"})
#: Nothing allowed the debit, or no longer does; a stop payment (R08) is of one debit.
UNAUTHORIZED_CODES = frozenset({"R05", "R07", "R10", "R29"})


def latest_return_on(code: ReturnCode, settled_on: date, holidays: Holidays) -> date | None:
    """The last day on which a return by this code reaches the originator; None: any day.

    At the opening of the second banking day after settlement, or of the banking day after the
    60th calendar day. `InvalidInput` where that would lie past the days that are known.
    """
    if settled_on + _LONGEST > _LAST_DAY:
        raise InvalidInput.at("/settled_on", f"so early that it may come back by {_LAST_DAY}")
    match code.window:
        case Window.TWO_BANKING_DAYS:
            return _banking_day_after(_banking_day_after(settled_on, holidays), holidays)
        case Window.SIXTY_DAYS:
            return _banking_day_after(sixtieth_day(settled_on), holidays)
        case Window.UNDEFINED:
            return None


def sixtieth_day(settled_on: date) -> date:
    """The 60th calendar day after settlement."""
    return settled_on + timedelta(days=_SIXTY)


def _banking_day_after(day: date, holidays: Holidays) -> date:
    day += _DAY
    while not is_business_day(day, holidays):
        day += _DAY
    return day


def may_retry(
    code: ReturnCode,
    *,
    entries_made: int,
    original_settled_on: date,
    today: date,
    reauthorized: bool = False,
    corrected: bool = False,
) -> RetryVerdict:
    """Whether the debit may go out again. `entries_made` counts the first one.

    Only a reinitiation is bound by number and time; what was corrected or authorized anew is a
    new entry.
    """
    match code.retry:
        case Retry.REINITIATE:
            return _reinitiation(entries_made, original_settled_on, today)
        case Retry.ONLY_IF_RECEIVER_REAUTHORIZES:
            return _new_entry(reauthorized, Reason.STOP_PAYMENT_NOT_REAUTHORISED)
        case Retry.NEW_AUTHORIZATION_REQUIRED:
            return _new_entry(reauthorized, Reason.NEW_AUTHORISATION_AND_NEW_ENTRY_REQUIRED)
        case Retry.CORRECT_AND_NEW_ENTRY | Retry.CORRECT_ERROR_THEN_NEW_ENTRY:
            return _new_entry(corrected, Reason.CORRECTION_AND_NEW_ENTRY_REQUIRED)
        case Retry.NEVER_SAME_ACCOUNT:
            return _new_entry(corrected, Reason.NEVER_SAME_ACCOUNT)
        case Retry.NEVER:
            unauthorized = code.category is Category.UNAUTHORIZED
            new_one = Reason.NEW_AUTHORISATION_AND_NEW_ENTRY_REQUIRED
            return RetryVerdict(allowed=False, reason=new_one if unauthorized else Reason.NEVER)


def _reinitiation(entries_made: int, original_settled_on: date, today: date) -> RetryVerdict:
    until = original_settled_on + timedelta(days=REINITIATE_WITHIN_DAYS)
    left = max(0, REINITIATIONS + 1 - entries_made)
    if left == 0:
        return RetryVerdict(allowed=False, reason=Reason.REINITIATED_TWICE)
    if today > until:
        return RetryVerdict(allowed=False, reason=Reason.OVER_180_DAYS)
    return RetryVerdict(allowed=True, until_on=until, entries_left=left)


def _new_entry(ready: bool, otherwise: Reason) -> RetryVerdict:
    if not ready:
        return RetryVerdict(allowed=False, reason=otherwise)
    return RetryVerdict(allowed=True, entries_left=1)


def return_rates(
    *, debits: int, unauthorized: int, administrative: int, returns: int
) -> ReturnRates:
    """The three rates of debits originated, and those above their limit, exactly judged."""
    counted = {"unauthorized": unauthorized, "administrative": administrative, "overall": returns}
    breach = tuple(
        name for name, count in counted.items() if count * 10_000 > LIMITS_BPS[name] * debits
    )
    bps = {
        name: round_half_even(count * 10_000, debits) if debits else 0
        for name, count in counted.items()
    }
    return ReturnRates(breach=breach, **{f"{name}_bps": value for name, value in bps.items()})
