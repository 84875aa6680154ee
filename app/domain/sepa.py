"""SEPA direct debits that come back: what a reason code means, until when, and what may follow.

The sibling of `ach`. Codes and the transactions they come in are those of the EPC's guidance on
reason codes; the deadlines are the Core rulebook's. Business days are TARGET's; the calendar
comes in as an argument. A code alone does not say whether a refund was claimed as unauthorized:
MD06 is one of an authorized debit, MD01 after settlement one of an unauthorized.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from app.domain.errors import InvalidInput
from app.domain.schedule.dates import LAST_YEAR, Holidays, is_business_day

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
#: What ISO 13616 leaves over of every number that is written right.
_OVER, _MODULUS = 1, 97


def is_iban(said: str) -> bool:
    """Whether it has the form and the check digits of an IBAN (ISO 13616); spaces do not count.

    Whether there is such an account, nobody but its bank knows.
    """
    number = said.replace(" ", "")
    if _IBAN.fullmatch(number) is None:
        return False
    turned = number[4:] + number[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % _MODULUS == _OVER


class RTransaction(StrEnum):
    """By which message a debit comes back."""

    REJECT = "reject"  # before it settles, by a bank
    REFUSAL = "refusal"  # before it settles, by the debtor
    RETURN = "return"  # after, by the debtor's bank
    REFUND = "refund"  # after, asked for by the debtor
    REVERSAL = "reversal"  # after, by the creditor


class Cause(StrEnum):
    """On whose side the reason lies."""

    FUNDS = "funds"
    ACCOUNT = "account"
    MANDATE = "mandate"
    DEBTOR = "debtor"
    DECEASED = "deceased"
    TECHNICAL = "technical"
    REGULATORY = "regulatory"
    UNSPECIFIED = "unspecified"


class Deadline(StrEnum):
    """Until when it may come."""

    FIVE_BUSINESS_DAYS = "five_business_days"
    EIGHT_WEEKS = "eight_weeks"
    THIRTEEN_MONTHS = "thirteen_months"


class Next(StrEnum):
    """What may follow."""

    NEW_COLLECTION = "new_collection"
    CORRECT_THEN_NEW_COLLECTION = "correct_then_new_collection"
    NEW_MANDATE_REQUIRED = "new_mandate_required"
    ASK_THE_DEBTOR = "ask_the_debtor"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class RCode:
    """One reason code. `fee`: whether a return fee may be charged for it."""

    code: str
    title: str
    cause: Cause
    comes_as: tuple[RTransaction, ...]
    window: Deadline
    follows: Next
    source: str

    @property
    def fee(self) -> bool:
        return self.code in FEE_CODES


_GUIDANCE = "EPC, Guidance on Reason Codes for SEPA Direct Debit R-transactions (EPC173-14)"
_FEES = "documentation.lemonway.com, SEPA R-transactions"
_BOTH = (RTransaction.REJECT, RTransaction.RETURN)
_ANY = (*_BOTH, RTransaction.REFUSAL, RTransaction.REVERSAL)
_CORRECT = Next.CORRECT_THEN_NEW_COLLECTION

#: A fee is for want of funds only, as ACH's R01 and R09 are [I]: the other codes do not say that
#: the debtor caused it. MS03 often stands for AM04 where a bank may not tell; it does not say so.
FEE_CODES = frozenset({"AM04"})

#: There is no mandate, or none that the debtor's bank could find.
MANDATE_CODES = frozenset({"MD01", "MD02"})


def _code(
    code: str,
    title: str,
    cause: Cause,
    follows: Next,
    comes_as: tuple[RTransaction, ...] = _BOTH,
    *,
    window: Deadline = Deadline.FIVE_BUSINESS_DAYS,
    source: str = _GUIDANCE,
) -> RCode:
    return RCode(
        code=code,
        title=title,
        cause=cause,
        comes_as=comes_as,
        window=window,
        follows=follows,
        source=source,
    )


CODES: Mapping[str, RCode] = {
    one.code: one
    for one in (
        _code("AC01", "Account identifier incorrect", Cause.ACCOUNT, _CORRECT),
        _code("AC04", "Account closed", Cause.ACCOUNT, _CORRECT),
        _code("AC06", "Account blocked", Cause.ACCOUNT, Next.ASK_THE_DEBTOR),
        _code("AC13", "Debtor account is a consumer's", Cause.ACCOUNT, _CORRECT),
        _code("AG01", "Transaction forbidden on this account", Cause.ACCOUNT, Next.NEVER),
        _code("AG02", "Bank operation code incorrect", Cause.TECHNICAL, _CORRECT),
        _code("AM04", "Insufficient funds", Cause.FUNDS, Next.NEW_COLLECTION, source=_FEES),
        _code(
            "AM05", "Duplicate collection", Cause.TECHNICAL, Next.NEVER,
            (*_BOTH, RTransaction.REVERSAL), source=_FEES,
        ),
        _code("BE05", "Creditor identifier incorrect", Cause.TECHNICAL, _CORRECT),
        _code("CNOR", "Creditor's bank is not registered", Cause.TECHNICAL, _CORRECT),
        _code("DNOR", "Debtor's bank is not registered", Cause.TECHNICAL, _CORRECT),
        _code("FF01", "File format invalid", Cause.TECHNICAL, _CORRECT),
        _code("FF05", "Direct debit type incorrect", Cause.TECHNICAL, _CORRECT),
        _code(
            "MD01", "No valid mandate", Cause.MANDATE, Next.NEW_MANDATE_REQUIRED,
            (*_BOTH, RTransaction.REFUND), window=Deadline.THIRTEEN_MONTHS,
        ),
        _code("MD02", "Mandate data missing or incorrect", Cause.MANDATE, _CORRECT),
        _code(
            "MD06", "Refund of an authorized debit asked for by the debtor", Cause.DEBTOR,
            Next.ASK_THE_DEBTOR, (RTransaction.REFUND,), window=Deadline.EIGHT_WEEKS, source=_FEES,
        ),
        _code("MD07", "Debtor deceased", Cause.DECEASED, Next.NEVER, source=_FEES),
        _code(
            "MS02", "Refused by the debtor", Cause.DEBTOR, Next.ASK_THE_DEBTOR, _ANY, source=_FEES,
        ),
        _code(
            "MS03", "Reason not specified", Cause.UNSPECIFIED, Next.ASK_THE_DEBTOR, _ANY,
            source=_FEES,
        ),
        _code("RC01", "Bank identifier incorrect", Cause.TECHNICAL, _CORRECT),
        _code("RR01", "Regulatory: debtor's account or id missing", Cause.REGULATORY, _CORRECT),
        _code("RR02", "Regulatory: debtor's name or address missing", Cause.REGULATORY, _CORRECT),
        _code("RR03", "Regulatory: creditor's name or address missing", Cause.REGULATORY, _CORRECT),
        _code("RR04", "Regulatory reason", Cause.REGULATORY, Next.ASK_THE_DEBTOR),
        _code("SL01", "Specific service of the debtor's bank", Cause.DEBTOR, Next.ASK_THE_DEBTOR),
    )
}  # fmt: skip

#: "at the latest 5 interbank working days after" settlement (api.s-money.fr); a refund within
#: 8 weeks of the debit, of an unauthorized one within 13 months (docs.adyen.com).
RETURN_BUSINESS_DAYS = 5
REFUND_WEEKS = 8
UNAUTHORIZED_MONTHS = 13
_LAST_DAY = date(LAST_YEAR, 12, 31)
_DAY = timedelta(days=1)


def latest_on(code: RCode, settled_on: date, holidays: Holidays) -> date:
    """The last day on which a debit may come back by this code.

    `InvalidInput` where that would lie past the days that are known.
    """
    if settled_on + relativedelta(months=UNAUTHORIZED_MONTHS) > _LAST_DAY:
        raise InvalidInput.at("/settled_on", f"so early that it may come back by {_LAST_DAY}")
    match code.window:
        case Deadline.FIVE_BUSINESS_DAYS:
            return _business_days_after(settled_on, RETURN_BUSINESS_DAYS, holidays)
        case Deadline.EIGHT_WEEKS:
            return settled_on + timedelta(weeks=REFUND_WEEKS)
        case Deadline.THIRTEEN_MONTHS:
            return settled_on + relativedelta(months=UNAUTHORIZED_MONTHS)


def _business_days_after(day: date, count: int, holidays: Holidays) -> date:
    while count:
        day += _DAY
        count -= is_business_day(day, holidays)
    return day
