"""What a settlement's letter says: its figures, by the names that templates know them under.

A letter is stored without names: those are noted beside it, where they can be erased, and stand
below its title when it is read.
"""

from dataclasses import dataclass
from datetime import date

from app.domain.errors import InvalidInput
from app.domain.letters import LetterKind
from app.domain.templates.template import Template
from app.domain.vocabulary import SettlementReturn
from app.services.templates.filling import About
from app.services.templates.identity import Identity
from app.services.templates.rendering import filled
from app.services.templates.written import pen_of
from app.services.wording.locale import Names, with_names

#: Of letters by templates; those before them were worded by the program, in versions 1 and 2.
LETTER_WORDING_VERSION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPayment:
    """One payment a letter asks for."""

    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """Everything a letter says, as figures. `balance_minor` is what is owed on its date.

    `forgiven_minor`: what stands forgiven, of a satisfied settlement. `tax_threshold_minor`:
    from where on a form goes to the tax office; None where none does in this currency.
    """

    kind: LetterKind
    dated_on: date
    account_reference: str
    currency: str
    amount_minor: int
    balance_minor: int
    payments: tuple[LetterPayment, ...]
    expires_on: date
    void_after_grace_days: int
    cure_days: int
    on_return: SettlementReturn
    tax_threshold_minor: int | None
    paid_minor: int = 0
    forgiven_minor: int = 0
    time_zone: str = "UTC"  # in which the day begins by which to accept

    @property
    def forgives_minor(self) -> int:
        """What is forgiven, or will be; paid in full, nobody is told of forgiveness."""
        if self.kind is LetterKind.SATISFACTION:
            return self.forgiven_minor
        return max(0, self.balance_minor - self.amount_minor)

    @property
    def tells_tax(self) -> bool:
        """Whether the tax office is spoken of.

        Before the day what is forgiven can still grow, so its threshold is told as an if; after
        it, only where it was reached.
        """
        least = self.tax_threshold_minor
        if least is None or not self.forgives_minor:
            return False
        return self.kind is not LetterKind.SATISFACTION or self.forgives_minor >= least

    @property
    def raw(self) -> dict[str, object]:
        """The same by the names of templates' variables."""
        return {
            "message.dated_on": self.dated_on,
            "account.reference": self.account_reference,
            "account.currency": self.currency,
            "settlement.amount": self.amount_minor,
            "settlement.balance": self.balance_minor,
            "settlement.rest": self.forgives_minor,
            "settlement.forgives": self.forgives_minor > 0,
            "settlement.forgiven": self.forgiven_minor,
            "settlement.paid": self.paid_minor,
            "settlement.dated_on": self.dated_on,
            "settlement.expires_on": self.expires_on,
            "settlement.time_zone": self.time_zone,
            "settlement.payments": len(self.payments),
            "settlement.total": sum(one.amount_minor for one in self.payments),
            "settlement.last_due_on": self.payments[-1].due_on,
            "settlement.schedule": (
                "schedule",
                [(n, one.due_on, one.amount_minor) for n, one in enumerate(self.payments, start=1)],
            ),
            "settlement.void_after_days": self.void_after_grace_days,
            "settlement.cure_days": self.cure_days,
            "settlement.reopens": self.on_return is SettlementReturn.REOPEN,
            "settlement.zero": 0,
            "settlement.tells_tax": self.tells_tax,
            "settlement.tax_threshold": self.tax_threshold_minor,
        }


def with_both_sides(text: str, names: Names, *, locale: str) -> str:
    """A letter with the lines that say who is owed and who owes."""
    words = pen_of(locale).phrases["paper"]
    return with_names(text, names, creditor=words["creditor"], debtor=words["debtor"])


def letter_text(template: Template, facts: LetterFacts, *, locale: str, identity: Identity) -> str:
    """The letter without names, its title first.

    Raises `InvalidInput` at `?language` for one the template does not have, `TemplateUnfit`.
    """
    if locale not in template.locales:
        known = ", ".join(sorted(template.locales))
        raise InvalidInput.at("?language", f"one of {known}")
    raw = {
        **facts.raw,
        "collector.name": identity.name,
        "collector.phone": identity.phone,
        "collector.address": identity.address,
        "creditor.name": "",
        "person.name": "",
        "account.balance": facts.balance_minor,
        "account.past_due": facts.balance_minor,
    }
    said = filled(template, locale, identity, raw, About())
    return f"{said.subject}\n\n{said.text}"
