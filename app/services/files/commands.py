"""From the values of an import row to the command HTTP would have made of the same."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.domain.money import Amounts, Component
from app.domain.schedule.terms import Convention
from app.services.accounts.charge import AddCharge
from app.services.accounts.correct import CorrectPlacement
from app.services.accounts.place import OpenAccount
from app.services.files.columns import METADATA
from app.services.files.rows import Row, Values
from app.services.payments.debits import ReturnOf, ReturnPayment
from app.services.payments.post import PostPayment
from app.services.plans.open import OpenPlan
from app.services.plans.terms import read_terms
from app.storage.accounts.persons import PersonDetails, PersonRole

_PERSON = ("reference", "name", "email", "phone", "time_zone", "region", "language")


def account_command(row: Row) -> OpenAccount:
    """What a line of an accounts file places."""
    said = row.values
    return OpenAccount(
        **_only(said, "reference", "currency", "product", "opened_on", "effective_on", "policy",
                "validation_ends_on", "delinquent_since_on", "charged_off_on",
                "placement_batch"),
        balance=Amounts(**{f"{c}_minor": said.get(c, 0) for c in Component}),
        past_due_minor=said.get("past_due"),
        debtor=_person(said, PersonRole.DEBTOR),
        creditor=_person(said, PersonRole.CREDITOR),
        metadata=_labels(said),
    )  # fmt: skip


def charge_command(row: Row, plan_id: UUID | None) -> AddCharge:
    """What a line of a charges file charges; the account is named beside it."""
    said = row.values
    return AddCharge(
        **_only(said, "kind", "reference", "due_on", "effective_on", "reason"),
        amount_minor=said["amount"],
        plan_id=plan_id,
    )


def payment_command(row: Row) -> PostPayment:
    """What a line of a payments file posts."""
    said = row.values
    return PostPayment(
        **_only(said, "reference", "account_reference", "currency", "effective_on", "method",
                "kind", "funded_by", "future", "component", "unmatched"),
        amount_minor=said["amount"],
        metadata=_labels(said),
    )  # fmt: skip


def plan_command(row: Row, account_id: UUID) -> OpenPlan:
    """What a line of a plans file agrees."""
    said = row.values
    return OpenPlan(
        account_id=account_id,
        terms=read_terms(terms_as_sent(said)),
        metadata=_labels(said),
        **_only(said, "reference", "effective_on"),
    )


def return_command(row: Row) -> ReturnOf:
    """What a line of a returns file takes back."""
    said = row.values
    named = _only(said, "reason_code", "reference", "effective_on", "entries_made",
                  "original_settled_on")  # fmt: skip
    return ReturnOf(
        command=ReturnPayment(return_fee_minor=said.get("return_fee"), **named),
        payment_id=said.get("payment_id"),
        payment_reference=said.get("payment_reference"),
        amount_minor=said.get("amount"),
        currency=said.get("currency"),
    )


def correction_command(row: Row) -> CorrectPlacement:
    """What a line of a corrections file corrects; the account is named beside it."""
    said = row.values
    named = {name: said[name] for name in _CORRECTED if name in said}
    if "past_due" in said:
        named["past_due_minor"] = said["past_due"]
    return CorrectPlacement(
        reason=said["reason"],
        said=frozenset(named),
        balance={f"{c}_minor": said[c] for c in Component if c in said},
        **named,
    )


_CORRECTED = ("opened_on", "product", "delinquent_since_on", "validation_ends_on")
_AMOUNTS = ("amount", "installment", "down_payment")
_NUMBERS = ("installment_count", "rounding_unit_minor", "down_payment_bps")
_WORDS = ("anchor_on", "first_due_on", "down_payment_on", "month_end", "remainder")


def terms_as_sent(said: Values) -> dict[str, Any]:
    """The row's terms as a client of the API would have written them."""
    plain: dict[str, Any] = {n: said[n] for n in _NUMBERS if n in said}
    plain |= {f"{name}_minor": said[name] for name in _AMOUNTS if name in said}
    plain |= {name: str(said[name]) for name in _WORDS if name in said}
    if "calendar" in said or "convention" in said:
        plain["business_days"] = {n: str(value) for n, value in _business_days(said).items()}
    frequency = {"every": said["every"], "unit": str(said["unit"])}
    if "days" in said:
        frequency["days"] = list(said["days"])
    return {**plain, "frequency": frequency}


def _business_days(said: Values) -> dict[str, Any]:
    convention = said.get("convention", Convention.FOLLOWING)
    return {"calendar": said.get("calendar", ""), "convention": convention}


def _person(said: Values, role: PersonRole) -> PersonDetails | None:
    known = {name: said[f"{role}_{name}"] for name in _PERSON if f"{role}_{name}" in said}
    return PersonDetails(role=role, **known) if known else None


def _labels(said: Values) -> Mapping[str, str]:
    return {
        name.removeprefix(METADATA): value
        for name, value in said.items()
        if name.startswith(METADATA)
    }


def _only(said: Values, *names: str) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}
