"""The closed lists of words that contacts are spoken of in."""

from enum import StrEnum


class Channel(StrEnum):
    """By what a person is reached."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    CHAT = "chat"
    VISIT = "visit"
    NOTE = "note"


class Direction(StrEnum):
    OUT = "out"
    IN = "in"
    INTERNAL = "internal"


class Purpose(StrEnum):
    """What a contact is for. A template fixes it; by hand whoever asks says it."""

    COLLECTION = "collection"
    REMINDER = "reminder"
    STATEMENT = "statement"
    CONSENT_REQUEST = "consent_request"
    REPLY = "reply"
    RECEIPT = "receipt"
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"
    REQUIRED_NOTICE = "required_notice"
    VALIDATION_NOTICE = "validation_notice"
    CEASE_NOTICE = "cease_notice"
    LEGAL_PROCESS = "legal_process"
    LOCATION_INFORMATION = "location_information"
    MARKETING = "marketing"


class Outcome(StrEnum):
    """What came of a contact; which of them fits depends on channel and direction."""

    BUSY = "busy"
    NOT_IN_SERVICE = "not_in_service"
    FAILED = "failed"
    NO_ANSWER = "no_answer"
    VOICEMAIL_LEFT = "voicemail_left"
    VOICEMAIL_NO_MESSAGE = "voicemail_no_message"
    ANSWERED_DROPPED = "answered_dropped"
    THIRD_PARTY = "third_party"
    WRONG_PARTY = "wrong_party"
    CONVERSATION = "conversation"
    VOICEMAIL_RECEIVED = "voicemail_received"
    ABANDONED = "abandoned"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNCERTAIN = "uncertain"
    MAILED = "mailed"
    RETURNED = "returned"
    RECEIVED = "received"
    MET = "met"
    NOT_HOME = "not_home"
    REFUSED = "refused"
    RESERVED = "reserved"  # a decision that allowed it, and nobody has said yet what came of it


class Saying(StrEnum):
    """What somebody says in writing about the debt, by which its collection stops."""

    DISPUTE = "dispute"
    ORIGINAL_CREDITOR = "original_creditor"  # who it is, and where


class EntryKind(StrEnum):
    """What a person's timeline is made of."""

    CONTACT = "contact"
    MESSAGE = "message"
    PERSON = "person"
    ACCOUNT = "account"


class PointKind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    POSTAL = "postal"
    CHAT = "chat"


class Label(StrEnum):
    """Where a contact point reaches somebody."""

    HOME = "home"
    MOBILE = "mobile"
    WORK = "work"
    OTHER = "other"


class Validity(StrEnum):
    """What is believed of a contact point. A suspect one is used by hand only."""

    UNVERIFIED = "unverified"
    VALID = "valid"
    SUSPECT = "suspect"
    INVALID = "invalid"


class PartyRole(StrEnum):
    """What a person has to do with an account."""

    DEBTOR = "debtor"
    CO_DEBTOR = "co_debtor"
    GUARANTOR = "guarantor"
    SPOUSE = "spouse"
    PARENT_OF_MINOR = "parent_of_minor"
    GUARDIAN = "guardian"
    EXECUTOR = "executor"
    SUCCESSOR = "successor"
    ATTORNEY = "attorney"
    DEBT_ADVISER = "debt_adviser"
    AUTHORIZED_THIRD_PARTY = "authorized_third_party"
    EMPLOYER = "employer"
    RELATIVE = "relative"
    NEIGHBOR = "neighbor"
    OTHER = "other"


class ExternalKind(StrEnum):
    """What may be called something by another system."""

    ACCOUNT = "account"
    PERSON = "person"
    CONTACT = "contact"


class SuppressedKind(StrEnum):
    """What can be suppressed by its value."""

    PHONE = "phone"
    EMAIL = "email"


class SuppressedBecause(StrEnum):
    """Why a value is used for nothing."""

    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard_bounce"
    COURT = "court"
    ERASURE = "erasure"
    OTHER = "other"


class Accessibility(StrEnum):
    """How a person must be written or spoken to."""

    LARGE_PRINT = "large_print"
    BRAILLE = "braille"
    NO_VOICE = "no_voice"


class PointSource(StrEnum):
    """Where a contact point was found."""

    PERSON = "person"
    CREDITOR = "creditor"
    PRIOR_COLLECTOR = "prior_collector"
    SKIP_TRACE = "skip_trace"
    IMPORT = "import"


class InvalidBecause(StrEnum):
    """Why a contact point is not to be used."""

    BOUNCED = "bounced"
    NOT_IN_SERVICE = "not_in_service"
    WRONG_PARTY = "wrong_party"
    RETURNED_MAIL = "returned_mail"
    REASSIGNED = "reassigned"
    SAID_SO = "said_so"


class GivenBy(StrEnum):
    """How a consent was given."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    WEB = "web"
    IN_PERSON = "in_person"


class RevokedBy(StrEnum):
    """How a consent was taken back."""

    REPLY = "reply"
    ONE_CLICK = "one_click"
    LINK = "link"
    ORAL = "oral"
    LETTER = "letter"
    PROVIDER = "provider"
    PERSON_IN_CHARGE = "person_in_charge"


class CollectorType(StrEnum):
    """Whose debt the collector collects; laws bind them differently."""

    FIRST_PARTY = "first_party"
    THIRD_PARTY = "third_party"
    DEBT_BUYER = "debt_buyer"


class RestrictionKind(StrEnum):
    """What a person, an employer or the house has said against contacts."""

    OPT_OUT = "opt_out"
    INCONVENIENT_TIME = "inconvenient_time"
    INCONVENIENT_PLACE = "inconvenient_place"
    EMPLOYER_PROHIBITS = "employer_prohibits"
    ATTORNEY = "attorney"
    DEBT_ADVISER = "debt_adviser"
    PREFERRED_CHANNEL = "preferred_channel"
    TIME_BARRED = "time_barred"
    NO_VISITS = "no_visits"
    HOUSE = "house"


class ConsentKind(StrEnum):
    """What a person has agreed to, with evidence."""

    ELECTRONIC = "electronic"
    AUTODIALED = "autodialed"
    PRERECORDED = "prerecorded"
    MORE_CALLS = "more_calls"
    INCONVENIENT_TIME = "inconvenient_time"
    WORK_PLACE = "work_place"
    E_SIGN = "e_sign"
    THIRD_PARTY = "third_party"
    CREDITOR_NOTICE = "creditor_notice"
    RECORDING = "recording"


class BasisKind(StrEnum):
    """Why a value may be used by an electronic channel at all (12 CFR 1006.6(d)(4), (5))."""

    CONSUMER_USED = "consumer_used"
    DIRECT_CONSENT = "direct_consent"
    CREDITOR_NOTICE = "creditor_notice"
    PRIOR_COLLECTOR = "prior_collector"


class Code(StrEnum):
    """Why a contact is refused; reasons are told in the order of these words."""

    ADVISER_REPRESENTED = "ADVISER_REPRESENTED"
    ATTORNEY_REPRESENTED = "ATTORNEY_REPRESENTED"
    AUTOMATIC_STAY = "AUTOMATIC_STAY"
    BREATHING_SPACE = "BREATHING_SPACE"
    CEASE_COMMUNICATION = "CEASE_COMMUNICATION"
    CHANNEL_NOT_FOR_PURPOSE = "CHANNEL_NOT_FOR_PURPOSE"
    CONFIRMATION_LATE = "CONFIRMATION_LATE"
    CONFIRMATION_USED = "CONFIRMATION_USED"
    CONSENT_MISSING = "CONSENT_MISSING"
    DECEASED = "DECEASED"
    DISPUTE_UNVERIFIED = "DISPUTE_UNVERIFIED"
    EMAIL_BASIS_MISSING = "EMAIL_BASIS_MISSING"
    EMPLOYER_ADDRESS = "EMPLOYER_ADDRESS"
    E_SIGN_MISSING = "E_SIGN_MISSING"
    HOUSE_LIMIT = "HOUSE_LIMIT"
    INCONVENIENT = "INCONVENIENT"
    INCONVENIENT_PLACE = "INCONVENIENT_PLACE"
    LOCATION_INFORMATION_USED = "LOCATION_INFORMATION_USED"
    LOCATION_UNKNOWN = "LOCATION_UNKNOWN"
    MEDIUM_OPT_OUT = "MEDIUM_OPT_OUT"
    MORE_THAN_7_IN_7 = "MORE_THAN_7_IN_7"
    NOT_A_REPLY = "NOT_A_REPLY"
    NOT_LIMITED_CONTENT = "NOT_LIMITED_CONTENT"
    NO_POINT = "NO_POINT"
    NUMBER_CHECK_STALE = "NUMBER_CHECK_STALE"
    OPT_OUT_NOTICE_MISSING = "OPT_OUT_NOTICE_MISSING"
    OUTSIDE_HOURS = "OUTSIDE_HOURS"
    OVERSHADOWING_RISK = "OVERSHADOWING_RISK"
    PAID_OR_SETTLED = "PAID_OR_SETTLED"
    PLACE_OF_EMPLOYMENT = "PLACE_OF_EMPLOYMENT"
    POINT_INVALID = "POINT_INVALID"
    POINT_OPT_OUT = "POINT_OPT_OUT"
    PURPOSE_NOT_SERVED = "PURPOSE_NOT_SERVED"
    SMS_BASIS_MISSING = "SMS_BASIS_MISSING"
    STATE_LIMIT = "STATE_LIMIT"
    SUPPRESSED = "SUPPRESSED"
    THIRD_PARTY = "THIRD_PARTY"
    TIME_BARRED = "TIME_BARRED"
    UNREAD_REPLY = "UNREAD_REPLY"
    VALIDATION_NOTICE_OVERDUE = "VALIDATION_NOTICE_OVERDUE"
    WITHIN_7_DAYS_OF_CONVERSATION = "WITHIN_7_DAYS_OF_CONVERSATION"
