"""Whether a voicemail is limited content, which tells nobody of a debt (12 CFR 1006.2(j))."""

REQUIRED = frozenset({"business_name", "request_to_reply", "person_name", "telephone_number"})
OPTIONAL = frozenset({
    "salutation", "date_and_time", "suggested_times", "any_representative",
})  # fmt: skip


def is_limited_content(
    elements: frozenset[str], *, medium: str = "voicemail", known_to_be: str | None = None
) -> bool:
    """All that must be said and nothing beyond what may be, on a voicemail of the consumer's.

    `business_name` is one that does not reveal collecting; `known_to_be`: whose number it is
    known to be, where that is not the consumer's.
    """
    if medium != "voicemail" or known_to_be not in (None, "consumer"):
        return False
    return elements >= REQUIRED and elements <= REQUIRED | OPTIONAL
