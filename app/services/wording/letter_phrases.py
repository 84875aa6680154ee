"""What a language has to say in a letter about a settlement, one phrase for each thing.

Names in braces are filled in by the letter; they are the same in every language, and a test
holds them so. Those that end in `_whole` are for an offer of the whole, which forgives nothing. A
heading does not end in a full stop and a sentence does: paper tells them apart
by it.
"""

from dataclasses import dataclass

from app.services.wording.terms_phrases import Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPhrases:
    """All phrases of one language. Sentences a debtor reads: plain, short, no legal advice."""

    offer_title: str
    acceptance_title: str
    satisfaction_title: str
    paid_title: str
    creditor: str
    debtor: str
    account: str
    dated: str
    currency: str
    # what is offered, what was agreed, what was done
    offer_heading: str
    offer: str
    acceptance_heading: str
    acceptance: str
    owed: str
    forgives: str
    all_of_it: str
    satisfaction_heading: str
    satisfied: str
    forgiven: str
    nothing_owed: str
    no_more: str
    # when and how much
    payments_heading: str
    number: str
    due_on: str
    amount: str
    total: Counted
    # how long it stands
    accept_heading: str
    accept_by: str
    need_not: str
    # what ends it, and then
    void_heading: str
    void_at_once: str
    void: Counted
    late: str
    void_means: str
    void_means_whole: str
    cure: Counted
    returned: str
    then_heading: str
    then: str
    then_whole: str
    # what else follows
    else_heading: str
    tax: str
    credit_report: str
    stands_heading: str
    stands_reopen: str
    stands_void: str
    stands_whole: str
    changes_heading: str
    changes: str
    dispute: str
    keep: str
    no_advice: str
    wording: str
