"""The terms text in English: for the United States, and as it is written in Britain."""

from app.domain.values import replace
from app.services.wording.terms_phrases import Phrases

AMERICAN = Phrases(
    title="PAYMENT PLAN TERMS",
    account="Account: {reference}",
    creditor="Creditor: {name}",
    debtor="Owed by: {name}",
    owed_heading="What you owe",
    currency="All amounts are in {name} ({code}).",
    owed="You owe {total} on this account.",
    covers_all="This plan covers all of it.",
    covers_part=(
        "This plan covers {covered} of it. The other {rest} is not part of this plan and is "
        "still owed."
    ),
    payments_heading="What you pay, and when",
    number="No.",
    due_on="Due date",
    amount="Amount",
    of_which_interest="Of which interest",
    down_payment="down payment",
    charge="charge",
    chargeback="payment taken back",
    total=(
        "One payment of {total}, due on {last}.",
        "{count} payments, {total} in total. The last is due on {last}.",
    ),
    business_days=(
        "A due date that would fall on a weekend or holiday (calendar {calendar}) has been moved "
        "already: the table shows the day to pay."
    ),
    cost_heading="What this plan costs",
    no_interest="No interest and no finance charge are part of this plan.",
    interest="Interest is {rate}% a year on what you still owe ({day_count}).",
    finance_charge="Finance charge: {charge}. It is included in the payments above.",
    apr="Annual percentage rate (APR): {apr}%.",
    regulated=(
        "This plan has more than four installments or a finance charge. In the United States the "
        "Truth in Lending Act (Regulation Z) may apply to such a plan and may give you a right to "
        "more information. Ask us about it."
    ),
    missed_heading="If you miss a payment",
    late="A payment is late if it is not paid in full by its due date.",
    no_grace="It is then missed as well: there are no extra days.",
    grace=(
        "We wait one more day before we count it as missed.",
        "We wait {days} more days before we count it as missed.",
    ),
    ends=(
        "If payments are missed, this plan may end. What you have paid stays credited to your "
        "account. What is still open is then owed without this plan."
    ),
    trouble="If you cannot make a payment, tell us before it is due, so that we can find a way.",
    changes_heading="Changes",
    changes="This plan changes only in writing. We will not change it by word of mouth.",
    dispute_heading="Your right to dispute",
    dispute=(
        "You may dispute this debt, or any part of it, and ask us to show that you owe it. "
        "Accepting this plan does not take that right from you."
    ),
    no_advice="This text is not legal advice.",
    expires="This offer is open until {day}, {time} ({zone}).",
    quote="Quote: {hash}",
    wording="Wording: {locale}, version {version}",
)

BRITISH = replace(
    AMERICAN,
    regulated=(
        "This plan has more than four instalments or a finance charge. Rules on consumer credit "
        "may apply to such a plan and may give you a right to more information. Ask us about it."
    ),
)
