"""What a settlement case says, read: what is offered, whether it is accepted, what is paid.

Parts fall due by its `schedule`; without one, all of it on `expires_on` or, where no such day is
said, on the last day the case names. What has a schedule, a grace or a default was accepted with
the offer. Any other offer is accepted with the first payment that comes in time: one that is not
paid expires. The case begins the day before the first of its dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.scenarios.client import NotPlayable
from tests.scenarios.life import minor, money, understood

_DAY = timedelta(days=1)
_OF_AGREEMENTS = {"schedule", "grace_days", "void_on_default"}
_RETURNED = ("returned", "reversed", "returned_on", "reversed_on")
_PAYMENT_SAYS = {"date", "amount", "method", "cleared", *_RETURNED}


@dataclass(slots=True, kw_only=True)
class Payment:
    """Money of the case. `returned_on` None: it stays."""

    on: date
    amount_minor: int
    method: str | None
    returned_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """What was offered, whether it was accepted, and until when the case is lived."""

    offered_on: date
    expires_on: date
    rows: tuple[tuple[date, int], ...]
    accepted_on: date | None
    read_on: date


def payments_of(said: Mapping[str, Any]) -> list[Payment]:
    """By date. An amount below zero is the return of the newest payment of that amount."""
    found: list[Payment] = []
    listed = said.get("payments") or ()
    for one in listed:
        understood(one, _PAYMENT_SAYS, what="input.payments")
    for one in sorted(listed, key=lambda one: one["date"]):
        on, amount = date.fromisoformat(one["date"]), minor(one["amount"])
        if amount < 0:
            _same(found, -amount).returned_on = on
            continue
        method = "check" if one.get("cleared") is False else one.get("method")
        payment = Payment(on=on, amount_minor=amount, method=method, returned_on=None)
        for name in _RETURNED:
            payment.returned_on = payment.returned_on or _day_of(one.get(name), on, name)
        found.append(payment)
    return found


def _same(payments: list[Payment], amount_minor: int) -> Payment:
    for one in reversed(payments):
        if one.amount_minor == amount_minor and one.returned_on is None:
            return one
    raise NotPlayable(f"the return of {money(amount_minor)}, which no payment was")


def _day_of(returned: object, paid_on: date, name: str) -> date | None:
    """The day money came back; where a case only says that it did, the day it was paid."""
    if returned in {None, False}:
        return None
    if returned is True:
        return paid_on
    try:
        return date.fromisoformat(str(returned))
    except ValueError:
        raise NotPlayable(f"input.payments.{name} that is {returned}") from None


def deal_of(said: Mapping[str, Any], payments: list[Payment]) -> Deal:
    """The days of the offer. Raises `NotPlayable` for a case without any."""
    days = {name: _date(said, name) for name in ("expires_on", "as_of", "offered_on")}
    days["accepted_on"] = _date(said, "accepted_on")
    parts = _parts(said)
    named = {day for day in days.values() if day} | {on for on, _ in parts}
    named |= {one.on for one in payments}
    named |= {one.returned_on for one in payments if one.returned_on}
    if not named:
        raise NotPlayable("a settlement without any date")
    offered_on = days["offered_on"] or min(named) - _DAY
    rows = parts or ((days["expires_on"] or max(named), minor(said["settlement_amount"])),)
    happened = [one.returned_on or one.on for one in payments]
    return Deal(
        offered_on=offered_on,
        expires_on=min(days["expires_on"] or rows[-1][0], rows[-1][0]),
        rows=rows,
        accepted_on=_accepted_on(said, offered_on, payments),
        read_on=days["as_of"] or (max(happened) if happened else max(named) + _DAY),
    )


def _date(said: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(said[name]) if said.get(name) else None


def _parts(said: Mapping[str, Any]) -> tuple[tuple[date, int], ...]:
    """As written out; or equal on those days, rounded half-even, the remainder on the last."""
    listed = said.get("schedule") or ()
    if all(isinstance(one, dict) for one in listed):
        for one in listed:
            understood(one, {"date", "amount"}, what="input.schedule")
        rows = ((date.fromisoformat(one["date"]), minor(one["amount"])) for one in listed)
        return tuple(sorted(rows))
    days = [date.fromisoformat(day) for day in listed]
    whole = minor(said["settlement_amount"])
    each = round(Fraction(whole, len(days)))
    amounts = [each] * (len(days) - 1)
    return tuple(zip(sorted(days), [*amounts, whole - sum(amounts)], strict=True))


def _accepted_on(said: Mapping[str, Any], offered_on: date, payments: list[Payment]) -> date | None:
    """None: the debtor never accepts it."""
    if said.get("accepted") is False:
        return None
    if said.get("accepted_on"):
        return _date(said, "accepted_on")
    expires_on = _date(said, "expires_on")
    agreed = said.keys() & _OF_AGREEMENTS and (payments or not expires_on)
    if said.get("accepted") or agreed:
        return offered_on
    first = payments[0].on if payments else None
    return first if first and (expires_on is None or first <= expires_on) else None
