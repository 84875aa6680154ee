"""The places for words of a debtor's page: what each language has to fill."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePhrases:
    """The words of one language."""

    title: str
    question_heading: str
    question_why: str
    ask_postal_code: str
    ask_last_four: str
    ask_code: str
    go_on: str
    wrong: str  # {tries}
    again: str  # of who answered so long ago that nothing is known of it any more
    tomorrow: str
    enough: str  # of one thing done too often
    ended: str
    failed: str
    account: str
    owed: str
    past_due: str
    schedule: str
    no_schedule: str
    due_on: str
    amount: str
    paid: str
    status: str
    statuses: dict[str, str]
    choose_heading: str
    choose_why: str
    can_pay: str  # {currency}
    how_often: str
    weekly: str
    biweekly: str
    monthly: str
    first_on: str
    show_options: str
    no_options: str
    payments: str  # {count} {first} {last}
    take: str
    offer_heading: str
    offer_in: str  # of a text in another language
    read_it: str
    agree: str
    agree_button: str
    settlement_heading: str
    settlement_text: str  # {reference} {amount} {forgives} {expires} {parts}
    accept_button: str
    preferences_heading: str
    language: str
    preferred: str
    unchanged: str
    call: str
    sms: str
    email: str
    letter: str
    stop: str
    allow_email: str  # {value}
    save: str
    points_heading: str
    points_known: str
    phone: str
    new_value: str
    add: str
    message_heading: str
    message_label: str
    send: str
    back: str
    done_agreed: str
    done_saved: str
    done_sent: str
    used: str
    other_words: str
    refused: str
    refusals: dict[str, str]  # by the problem's name
