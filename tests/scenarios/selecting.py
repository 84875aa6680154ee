"""Which transaction a step means: the n-th of its day, the second payment, the newest of a kind."""

from collections.abc import Mapping
from typing import Any

from tests.scenarios.client import NotPlayable, Unknown
from tests.scenarios.life import Entry, Life, minor, understood

#: Where a selector may stand in a step.
NAMED = ("selector", "of", "transaction")
_SAYS = {
    "nth", "made_on", "date", "transaction_date", "on", "kind", "type", "transaction_type",
    "amount", "last",
}  # fmt: skip
DAYS = ("made_on", "date", "transaction_date", "on")
_KINDS = ("kind", "type", "transaction_type")
_ALSO_CALLED = {
    "payment": "repayment",
    "mir": "merchantissuedrefund",
    "goodwill": "goodwillcredit",
    "autodownpayment": "downpayment",
    "cbr": "creditbalancerefund",
    "reaging": "reage",
    "reamortization": "reamortize",
    "waive": "waiveloancharges",
    "waiver": "waiveloancharges",
}


def said_of(step: Mapping[str, Any]) -> dict[str, Any]:
    """What a step says of the transaction it means, wherever it says it."""
    said: dict[str, Any] = {}
    for name in NAMED:
        found = step.get(name)
        if isinstance(found, str):
            found = {"kind": found}
        said |= found or {}
    understood(said, _SAYS, what=f"{step['op']}.of")
    return {name: value for name, value in said.items() if value is not None}


def matching(life: Life, said: Mapping[str, Any]) -> list[Entry]:
    """All that fit, as they were made. A selector without a day and a kind means payments."""
    found = life.entries
    on = next((said[name] for name in DAYS if name in said), None)
    if on:
        found = [entry for entry in found if entry.on.isoformat() == on]
    named = next((said[name] for name in _KINDS if name in said), None)
    if named:
        found = [entry for entry in found if letters(entry.type) == kind_of(named)]
    elif not on:
        found = [entry for entry in found if entry.id and entry.type not in _NO_PAYMENTS]
    if "amount" in said:
        found = [entry for entry in found if entry.amount_minor == minor(said["amount"])]
    return found


_NO_PAYMENTS = ("Chargeback", "Waive loan charges")


def select(life: Life, said: Mapping[str, Any]) -> Entry:
    """The one that is meant: the n-th, else the newest that was not taken back."""
    found = matching(life, said)
    if "nth" in said and not said.get("last"):
        nth = int(said["nth"])
        chosen = found[nth - 1 : nth] if nth > 0 else []
    else:
        named = any(name in said for name in _KINDS)
        chosen = [one for one in found if not one.undone and (one.id or named)][-1:]
    if not chosen:
        raise Unknown(f"selector {dict(said)}, which names nothing of this case")
    if chosen[0].id is None:
        raise NotPlayable(f"a {chosen[0].type.lower()} cannot be taken back here")
    return chosen[0]


def letters(text: str) -> str:
    return "".join(filter(str.isalpha, text)).lower()


def kind_of(named: str) -> str:
    found = letters(named)
    return _ALSO_CALLED.get(found, found)
