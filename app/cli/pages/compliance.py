"""`accord compliance`: docs/compliance.md, the contact rules that ship, made of themselves."""

from collections.abc import Iterator, Mapping

from app.domain.contact.law import rules as kinds
from app.domain.contact.law.purposes import HOLDS
from app.domain.contact.law.rules import Applies, RuleSet
from app.domain.contact.law.shipped import RELEASE, SHIPPED

_HEAD = f"""\
# Contact rules

<!-- Made by `accord compliance`, of `app/domain/contact/law/`. -->

Each rule that ships (release {RELEASE}), whom it binds, and where it comes from. Every set that
applies is judged by itself, and all reasons are told at once
([0042](decisions/0042-contacts-do-not-enter-the-fold.md)). Tags: S read in the source, S2 read
second-hand, M recalled, I interpretation where the text is silent, D decided by us. **This is no
legal advice**: have figures tagged S2, M and I read by counsel before you rely on them.

`tests/domain/contact/test_shipped_rules.py` holds every figure below to the decided data, and the
worked cases of `tests/domain/contact/test_cases.py` show each rule at work; what holds of all of
them (another contact never allows more, a stricter rule never allows more, the next instant is
the earliest) is in `test_gate_properties.py`.

"""
_TAIL = """
## What is not encoded, and why

* **TCPA** hours of 8 to 21: they are about telephone solicitations, not debts. Consent for
  autodialed and prerecorded calls is kept as facts (`autodialed`, `prerecorded`) and judged by no
  rule yet.
* **GDPR and UK PECR**: a demand is no marketing; legal basis, information and objection are the
  tenant's.
* Registers of states, licenses, wording in bold type, and the text of letters: the tenant's, with
  its counsel.
* Not read by us: 6 RCNY 5-77 as adopted, RCW 19.16.250 as in force, 23 NYCRR 1.6, Supplement I of
  Regulation F in full.
"""


def page() -> str:
    """The page, of the rules that ship."""
    return _HEAD + "\n".join(_rows()) + "\n" + _TAIL


def _rows() -> Iterator[str]:
    for one in SHIPPED.values():
        yield f"## {one.name}"
        yield ""
        yield f"Binds {_whom(one.applies)}."
        yield ""
        yield "| rule | says | by | source | tag |"
        yield "|---|---|---|---|---|"
        for rule in one.rules:
            by = ", ".join(sorted(rule.channels)) if rule.channels else "any channel"
            yield f"| `{one.name}.{rule.id}` | {_says(rule)} | {by} | {rule.source} | {rule.tag} |"
        yield from _consumers(one)
        yield ""
    yield "## Holds"
    yield ""
    yield "| hold | code | lets through | source |"
    yield "|---|---|---|---|"
    for kind, hold in HOLDS.items():
        passes = ", ".join(sorted(hold.passes | hold.passes_roles))
        yield f"| `{kind}` | `{hold.code}` | {passes} | {hold.source} |"


def _consumers(one: RuleSet) -> Iterator[str]:
    if one.consumer_roles is not None:
        yield ""
        yield f"The consumer is: {', '.join(sorted(one.consumer_roles))}."


def _whom(where: Applies) -> str:
    parts = [
        ", ".join(sorted(where.collector_types)) if where.collector_types else "every collector"
    ]
    if where.first_party_in:
        parts.append(f"and creditors in {', '.join(sorted(where.first_party_in))}")
    if where.consumer_only:
        parts.append("about consumer debts")
    places = sorted((where.regions or frozenset()) | (where.localities or frozenset()))
    if where.country or places:
        parts.append(f"in {where.country or ', '.join(places)}")
    if where.over_days_past_due is not None:
        parts.append(f"where the debt is over {where.over_days_past_due} days past due")
    if where.from_on is not None:
        parts.append(f"from {where.from_on} on")
    return " ".join(parts)


def _says(rule: kinds.AnyRule) -> str:
    match rule:
        case kinds.Hours():
            days = "" if rule.days == kinds.WEEK else ", Monday to Saturday"
            fallback = " where no law has hours" if rule.fallback else ""
            return f"from {rule.from_:%H:%M} to before {rule.to:%H:%M}{days}{fallback}"
        case kinds.Margin():
            told = ", ".join(f"{channel} {minutes}" for channel, minutes in rule.minutes)
            return f"automatic messages leave so many minutes before the hours close: {told}"
        case kinds.Count():
            what = "that reach or leave a message " if rule.reached_only else ""
            per = "about an account" if rule.per_account else "with a person"
            return f"at most {rule.max} {what}in {rule.days} days {per} (`{rule.code}`)"
        case kinds.AfterConversation():
            return f"none within {rule.days} days of a conversation (`{rule.code}`)"
        case kinds.Spacing():
            return f"{rule.minutes} minutes apart (`{rule.code}`)"
        case _:
            return _says_more(rule)


def _says_more(rule: kinds.AnyRule) -> str:
    match rule:
        case kinds.Basis():
            fresh = f", not older than {rule.fresh_days} days" if rule.fresh_days else ""
            return f"needs one of {', '.join(sorted(rule.any_of))}{fresh} (`{rule.code}`)"
        case kinds.ForbiddenPoint():
            unless = f" unless {', '.join(sorted(rule.unless))}" if rule.unless else ""
            return f"no address an employer provides{unless} (`{rule.code}`)"
        case kinds.Consent():
            return f"needs {'written ' if rule.written else ''}consent (`{rule.code}`)"
        case kinds.NoticeDue():
            late = f"{rule.days} days after the first communication without its notice"
            return f"no demand {late} (`{rule.code}`)"
        case kinds.Adviser():
            return f"quiet for {rule.days} days, and as long again if extended (`{rule.code}`)"
        case kinds.OptOutNotice() | kinds.NoDeadline() | kinds.ESign():
            return f"{_PLAIN[type(rule)]} (`{rule.code}`)"
        case _:
            raise TypeError(type(rule).__name__)


_PLAIN: Mapping[type[kinds.Rule], str] = {
    kinds.OptOutNotice: "says how to opt out",
    kinds.NoDeadline: "names no deadline inside the validation period",
    kinds.ESign: "a validation notice goes electronically with E-SIGN consent",
}
