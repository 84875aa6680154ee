"""Letters about a settlement: written when first asked for, kept, and read again to the letter.

A letter's text is stored, not rendered anew: wordings and the data behind dates and money change
over the years, what was said does not. One letter is told by its kind, its language and its
figures; when a reversal changes those, the next one asked for is another letter beside the first.
The names of who is owed and who owes, who wrote and where to are noted beside the letter, where
they can be erased; until then the same bytes come back. Its words are those of the template
`settlement_<kind>`; a letter from before there were templates reads and looks as it did.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from uuid import UUID

from app.domain.agreement.settlement import paid_minor
from app.domain.errors import NotFound
from app.domain.letters import LetterKind, fitting
from app.domain.policy.model import Policy
from app.domain.refusals.accounts import OnHold
from app.domain.refusals.letters import LetterUnfit
from app.services.context import Context
from app.services.documents.addresses import address_of
from app.services.documents.paper import drawn_letters, paper_letter
from app.services.documents.pdf import Sheet, drawn
from app.services.documents.settlement_letters import (
    LETTER_WORDING_VERSION,
    LetterFacts,
    LetterPayment,
    letter_text,
    with_both_sides,
)
from app.services.guards import TERMS_REFUSED
from app.services.naming import named, note_names, noted_names
from app.services.reading import reading_of
from app.services.settlements.read import SettlementView, view_settlement
from app.services.templates.identity import Identity, identity_of
from app.services.templates.rendering import template_of
from app.services.wording.locale import Names
from app.services.wording.terms import text_hash
from app.storage import letters
from app.storage.accounts import persons
from app.storage.accounts.accounts import StoredAccount
from app.storage.accounts.persons import Note
from app.storage.ids import new_id
from app.storage.letters import NewLetter, StoredLetter
from app.storage.persons import persons as debtors

__all__ = ["Letter", "LetterKind", "letter", "letter_by_id", "letters_of", "on_paper"]

_SENDER, _PHONE, _TO = "sender", "phone", "address"
_SHEETS: dict[str, Sheet] = {"en-GB": "a4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who wrote and where to, as it was when the letter was written; noted where it is erased."""

    sender: tuple[str, ...] = ()  # the name, then the lines of the address
    phone: str = ""
    to: tuple[str, ...] = ()

    @classmethod
    def noted(cls, notes: Mapping[UUID, Note], letter_id: UUID) -> "Envelope":
        """As it was noted; empty once that was erased."""
        said = notes[letter_id].metadata if letter_id in notes else {}
        return cls(
            sender=tuple(said.get(_SENDER, "").splitlines()),
            phone=said.get(_PHONE, ""),
            to=tuple(said.get(_TO, "").splitlines()),
        )

    @property
    def note(self) -> dict[str, str]:
        """As it is noted."""
        lines = {_SENDER: "\n".join(self.sender), _PHONE: self.phone, _TO: "\n".join(self.to)}
        return {name: said for name, said in lines.items() if said}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as it was said, and whom it names."""

    stored: StoredLetter
    names: Names
    envelope: "Envelope"

    @property
    def text(self) -> str:
        """All of it, to the letter."""
        return with_both_sides(self.stored.text, self.names, locale=self.stored.locale)


async def letter(
    ctx: Context, settlement_id: UUID, kind: LetterKind | None, *, locale: str
) -> Letter:
    """The letter as it was said, or written now; without a kind, the one that is true.

    It tells of the settlement on the business date: no offer that cannot be accepted, and nothing
    to pay once it is paid, satisfied or void. Raises `LetterUnfit`, `OnHold` of an offer under a
    hold that refuses new terms, `NotFound`, `InvalidInput`.
    """
    view = await view_settlement(ctx, settlement_id)
    facts = await _facts(ctx, view, _true_letter(ctx, view, kind))
    digest = _digest(facts, locale)
    account_id = view.stored.account_id
    known = await letters.find(ctx.tx, account_id, settlement_id, digest)
    if known is None:
        known = await _written(ctx, view, facts, locale=locale, digest=digest)
    return await _named(ctx, known)


async def letters_of(ctx: Context, settlement_id: UUID) -> tuple[Letter, ...]:
    """Every letter ever written about a settlement, oldest first. Raises `NotFound`."""
    view = await view_settlement(ctx, settlement_id)
    account_id = view.stored.account_id
    known = await letters.of_settlement(ctx.tx, account_id, settlement_id)
    notes = await persons.notes(ctx.tx, [account_id])
    return tuple(_with_notes(one, notes) for one in known)


async def letter_by_id(ctx: Context, letter_id: UUID) -> Letter:
    """A letter that was written, whatever became of the settlement since. Raises `NotFound`."""
    known = await letters.read(ctx.tx, letter_id)
    if known is None:
        raise NotFound(resource="letter", key=str(letter_id))
    return await _named(ctx, known)


def on_paper(letter: Letter) -> bytes:
    """The letter as a PDF, those from before templates as they were drawn. Raises `CannotDraw`."""
    stored = letter.stored
    if stored.template_version is None:
        sheet = _SHEETS.get(stored.locale, "letter")
        return drawn(letter.text, dated_on=stored.dated_on, sheet=sheet)
    title, _, text = letter.text.partition("\n\n")
    name, *address = letter.envelope.sender or ("",)
    paper = paper_letter(
        identity=Identity(name=name, address=tuple(address), phone=letter.envelope.phone),
        to=letter.envelope.to,
        title=title,
        text=text,
        locale=stored.locale,
        dated_on=stored.dated_on,
    )
    return drawn_letters([paper])


def _true_letter(ctx: Context, view: SettlementView, asked: LetterKind | None) -> LetterKind:
    """The letter that is true today, if it is the one asked for."""
    settlement, today = view.settlement, ctx.business_date
    first = view.schedule.installments[0].due_on
    remaining = view.remaining_minor
    true = fitting(settlement.status, first_due_on=first, remaining_minor=remaining, on=today)
    if true is None or asked not in {None, true}:
        raise LetterUnfit(
            settlement_id=settlement.id,
            letter=asked,
            settlement_status=settlement.status,
            fitting=true,
        )
    holds = (one for one in view.reading.state.holds if one.stands(today))
    barring = next((one.kind for one in holds if one.kind in TERMS_REFUSED), None)
    if true is LetterKind.OFFER and barring is not None:
        account_id = view.reading.account.id
        raise OnHold(account_id=account_id, hold=barring, forbids="an offer of terms")
    return true


# --- What a letter says ------------------------------------------------------------------------


async def _facts(ctx: Context, view: SettlementView, kind: LetterKind) -> LetterFacts:
    settlement, account = view.settlement, view.reading.account
    agreed = view.reading.policies.pinned(view.policy).settlement
    dated_on = {
        LetterKind.OFFER: settlement.offered_on,
        LetterKind.ACCEPTANCE: settlement.accepted_on,
        LetterKind.SATISFACTION: settlement.satisfied_on,
    }[kind]
    if dated_on is None:
        raise ValueError(f"a settlement that is {settlement.status} has no day for it")
    return LetterFacts(
        kind=kind,
        dated_on=dated_on,
        account_reference=account.reference,
        currency=account.currency,
        amount_minor=settlement.amount_minor,
        balance_minor=await _balance(ctx, view, kind),
        payments=tuple(
            LetterPayment(due_on=row.due_on, amount_minor=row.amount_minor)
            for row in view.schedule.installments
        ),
        expires_on=settlement.expires_on,
        void_after_grace_days=agreed.void_after_grace_days,
        cure_days=agreed.cure_days,
        on_return=agreed.on_return,
        tax_threshold_minor=_tax_threshold(
            view.reading.policies.in_force(dated_on), account.currency
        ),
        paid_minor=view.paid_minor if kind is LetterKind.SATISFACTION else 0,
        forgiven_minor=settlement.forgiven.total_minor,
        time_zone=ctx.time_zone,
    )


async def _balance(ctx: Context, view: SettlementView, kind: LetterKind) -> int:
    """What was owed when it was offered or accepted, before anything was paid on it."""
    accepted_on = view.settlement.accepted_on
    if kind is LetterKind.OFFER or accepted_on is None:
        return view.stored.balance_minor
    then = (await reading_of(ctx, view.reading.account, as_of=accepted_on)).state
    accepted = then.settlement(view.settlement.id)
    return then.balance.total_minor + (paid_minor(then, accepted) if accepted else 0)


def _tax_threshold(policy: Policy, currency: str) -> int | None:
    rules = policy.settlement.debt_relief
    return rules.threshold_minor if rules.currency == currency else None


def _digest(facts: LetterFacts, locale: str) -> str:
    """What tells one letter from another.

    The wording's version is no part of it, nor is the time zone that newer words tell: what was
    said is not said again in newer words.
    """
    figures = {name: value for name, value in asdict(facts).items() if name != "time_zone"}
    said = json.dumps([locale, figures], default=str, sort_keys=True)
    return sha256(said.encode()).hexdigest()


async def _written(
    ctx: Context, view: SettlementView, facts: LetterFacts, *, locale: str, digest: str
) -> StoredLetter:
    """Write it, once: of two who ask at the same time, the second reads what the first wrote."""
    account = view.reading.account
    names = (await named(ctx, account)).names
    identity = await identity_of(ctx, account.creditor_reference, account.policy_name)
    template = await template_of(ctx, f"settlement_{facts.kind}")
    text = letter_text(template, facts, locale=locale, identity=identity)
    new = NewLetter(
        id=new_id(),
        account_id=account.id,
        settlement_id=view.settlement.id,
        kind=facts.kind,
        locale=locale,
        facts_hash=digest,
        dated_on=facts.dated_on,
        text=text,
        text_hash=text_hash(with_both_sides(text, names, locale=locale)),
        wording_version=LETTER_WORDING_VERSION,
        template_version=template.version,
        actor=ctx.actor,
    )
    if await letters.add(ctx.tx, ctx.tenant_id, new):
        envelope = await _envelope(ctx, account, identity, locale)
        await note_names(ctx, account.id, new.id, names, more=envelope.note)
    stored = await letters.find(ctx.tx, account.id, view.settlement.id, digest)
    if stored is None:
        raise ValueError(f"the letter {new.id} was written and is not there")
    return stored


async def _envelope(
    ctx: Context, account: StoredAccount, identity: Identity, locale: str
) -> Envelope:
    """Who writes, and the debtor's address today."""
    person = await debtors.read(ctx.tx, account.debtor_id) if account.debtor_id else None
    return Envelope(
        sender=(identity.name, *identity.address),
        phone=identity.phone,
        to=await address_of(ctx, person, locale=locale, sent_from=identity.country),
    )


async def _named(ctx: Context, stored: StoredLetter) -> Letter:
    return _with_notes(stored, await persons.notes(ctx.tx, [stored.account_id]))


def _with_notes(stored: StoredLetter, notes: Mapping[UUID, Note]) -> Letter:
    return Letter(
        stored=stored,
        names=noted_names(notes, stored.id),
        envelope=Envelope.noted(notes, stored.id),
    )
