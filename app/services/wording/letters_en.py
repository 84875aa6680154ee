"""Letters about a settlement in English: for the United States, and as written in Britain."""

from app.domain.values import replace
from app.services.wording.letter_phrases import LetterPhrases

AMERICAN_LETTERS = LetterPhrases(
    offer_title="OFFER TO SETTLE",
    acceptance_title="YOUR SETTLEMENT IS AGREED",
    satisfaction_title="YOUR ACCOUNT IS SETTLED",
    paid_title="YOUR ACCOUNT IS PAID",
    creditor="Creditor: {name}",
    debtor="Owed by: {name}",
    account="Account: {reference}",
    dated="Date: {day}",
    currency="All amounts are in {name} ({code}).",
    offer_heading="What we offer",
    offer=(
        "Pay {amount} as set out below, and we will take it as payment in full for this account."
    ),
    acceptance_heading="What we agreed",
    acceptance=(
        "You pay {amount} as set out below, and we take it as payment in full for this account."
    ),
    owed="You owe {balance} on this account as of the date of this letter.",
    forgives=(
        "The rest is then forgiven, with whatever has been added to it by then. "
        "As of the date of this letter the rest is {forgives}."
    ),
    all_of_it="This is all of what you owe.",
    satisfaction_heading="What you have paid",
    satisfied="On {day} you had paid {paid}, and we took it as payment in full for this account.",
    forgiven="We have forgiven the rest: {forgiven}.",
    nothing_owed="You owe nothing on this account. Its balance is {zero}.",
    no_more="We will not ask you for more money on it, and nobody may do so for us.",
    payments_heading="What is to be paid, and when",
    number="No.",
    due_on="Due date",
    amount="Amount",
    total=(
        "One payment of {total}, due on {last}.",
        "{count} payments, {total} in total. The last is due on {last}.",
    ),
    accept_heading="How long this offer is open",
    accept_by=(
        "You may accept it until the end of {day} ({zone}). After that day it is no longer open, "
        "and nothing else changes."
    ),
    need_not="You need not accept it.",
    void_heading="What ends the settlement",
    void_at_once="The settlement ends if a payment is not here in full on its due date.",
    void=(
        "The settlement ends if a payment is more than one day late.",
        "The settlement ends if a payment is more than {days} days late.",
    ),
    late="A payment is late if it is not here in full on its due date.",
    void_means=(
        "If it ends, nothing is forgiven. What you have paid stays credited to your account, and "
        "the rest of the whole balance is owed."
    ),
    void_means_whole=(
        "If it ends, what you have paid stays credited to your account, and the rest of the whole "
        "balance is owed."
    ),
    cure=(
        "You can restore it on the day after it ended, by paying all that is overdue then.",
        "You can restore it within {days} days after it ended, by paying all that is overdue then.",
    ),
    returned="A payment that comes back from your bank counts as not paid.",
    then_heading="When all of it is paid",
    then=(
        "When the payments are here and have cleared, we forgive the rest at once. The balance is "
        "then {zero}, and we confirm that to you in writing. We will then not ask you for more "
        "money on this account, and nobody may do so for us."
    ),
    then_whole=(
        "When the payments are here and have cleared, the balance is {zero}, and we confirm that "
        "to you in writing. We will then not ask you for more money on this account, and nobody "
        "may do so for us."
    ),
    else_heading="What else may follow",
    tax=(
        "In the United States, forgiven debt may count as income. If {threshold} or more is "
        "forgiven, a Form 1099-C may be sent to you and to the Internal Revenue Service. Ask "
        "somebody who knows about taxes."
    ),
    credit_report=(
        "If this account is on your credit report, it may be shown there as paid in full for "
        "less than the full balance."
    ),
    stands_heading="What this rests on",
    stands_reopen=(
        "This letter rests on your payments. If one of them comes back from your bank, what was "
        "forgiven is owed again until that payment is made good."
    ),
    stands_void=(
        "This letter rests on your payments. If one of them comes back from your bank, the "
        "settlement ends and what was forgiven is owed again."
    ),
    stands_whole=(
        "This letter rests on your payments. If one of them comes back from your bank, what it "
        "had paid is owed again."
    ),
    changes_heading="Your rights",
    changes="This settlement changes only in writing. We will not change it by word of mouth.",
    dispute=(
        "You may dispute this debt, or any part of it, and ask us to show that you owe it. "
        "Accepting a settlement does not take that right from you."
    ),
    keep="Keep this letter.",
    no_advice="This text is not legal advice.",
    wording="Wording: {locale}, version {version}",
)

BRITISH_LETTERS = replace(
    AMERICAN_LETTERS,
    credit_report=(
        "If this account is on your credit file, it may be shown there as partially settled."
    ),
)
