"""Which rules a contact policy says: the shipped ones, made stricter, or looser with counsel named.

A document names rule sets and changes their figures; a creditor may have figures of its own. What
is made looser against a legal source is told by its pointer: saving refuses it unless a counsel
stands in the document.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any, Final

from app.domain.contact.gate.gate import Policy
from app.domain.contact.law.rules import (
    Adviser,
    AfterConversation,
    AnyRule,
    Basis,
    Count,
    Hours,
    Margin,
    NoticeDue,
    RuleSet,
    Spacing,
)
from app.domain.contact.law.shipped import SHIPPED
from app.domain.contact.words import Channel, CollectorType
from app.domain.errors import InvalidInput
from app.domain.values import Value, replace

DEFAULT: Final = "default"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_FIGURE: Final = 100_000
#: Of rules no law stands behind: whoever is bound by them made them.
_OURS: Final = "house"

#: Which way a figure is looser: more of it, or less.
_MORE, _LESS = 1, -1
_FIGURES: Final[Mapping[type, Mapping[str, int]]] = {
    Count: {"max": _MORE, "days": _LESS},
    AfterConversation: {"days": _LESS},
    Spacing: {"minutes": _LESS},
    Adviser: {"days": _LESS},
    NoticeDue: {"days": _MORE},
    Basis: {"fresh_days": _MORE, "creditor_notice_days": _LESS},
}


class ContactPolicy(Value, kw_only=True):
    """A version as it reads for a creditor. `document`: with that creditor's own members."""

    name: str = DEFAULT
    version: int = 0  # 0: what is shipped, of which nobody saved anything
    effective_from: date | None = None
    gate: Policy
    counsel: str | None = None
    document: Mapping[str, Any]

    def outcome_of(self, disposition: str | None) -> str | None:
        """The outcome a tenant's own code stands for; None where the policy maps it to none."""
        mapped: Mapping[str, str] = self.document.get("dispositions") or {}
        return None if disposition is None else mapped.get(disposition)


class _Changed(Value, kw_only=True):
    """Rule sets as a document has them, and by which pointers they are looser than a law."""

    rule_sets: tuple[RuleSet, ...]
    loosened: tuple[str, ...]


def for_creditor(document: Mapping[str, Any], creditor: str | None) -> Mapping[str, Any]:
    """The document with the creditor's members in the place of the common ones, rule by rule."""
    own: Mapping[str, Any] = (document.get("creditors") or {}).get(creditor) or {}
    said = {name: value for name, value in own.items() if value is not None}
    if "rules" in said:
        said["rules"] = {**(document.get("rules") or {}), **said["rules"]}
    return {**document, **said}


def read_policy(
    document: Mapping[str, Any],
    *,
    name: str = DEFAULT,
    version: int = 0,
    effective_from: date | None = None,
    creditor: str | None = None,
) -> ContactPolicy:
    """The policy a document says, for a creditor. Raises `InvalidInput` with the pointer."""
    merged = for_creditor(document, creditor)
    changed = _changed(merged, "")
    counsel = merged.get("counsel")
    return ContactPolicy(
        name=name,
        version=version,
        effective_from=effective_from,
        gate=Policy(
            collector_type=CollectorType(merged.get("collector_type") or "third_party"),
            rule_sets=changed.rule_sets,
        ),
        counsel=counsel["name"] if counsel else None,
        document=merged,
    )


def looser_than_law(document: Mapping[str, Any]) -> tuple[str, ...]:
    """By which pointers a document, or a creditor's part of it, allows more than a law does.

    Raises `InvalidInput` for what cannot be meant.
    """
    loosened = list(_changed(document, "").loosened)
    for creditor in document.get("creditors") or {}:
        at = f"/creditors/{creditor.replace('~', '~0').replace('/', '~1')}"
        own = for_creditor(document, creditor)
        loosened += [
            one for one in _changed(own, at).loosened if one.removeprefix(at) not in loosened
        ]
    return tuple(loosened)


def _changed(document: Mapping[str, Any], at: str) -> _Changed:
    names: Sequence[str] | None = document.get("rule_sets")
    sets = dict(SHIPPED)
    loosened = list[str]()
    if names is not None:
        unknown = next((one for one in names if one not in SHIPPED), None)
        if unknown is not None:
            raise InvalidInput.at(f"{at}/rule_sets", f"no rule set is named {unknown!r}")
        sets = {name: one for name, one in SHIPPED.items() if name in names}
        if any(name not in sets and name != _OURS for name in SHIPPED):
            loosened.append(f"{at}/rule_sets")
    for key, figures in sorted((document.get("rules") or {}).items()):
        pointer = f"{at}/rules/{key}"
        set_name, _, rule_id = key.partition(".")
        shipped = SHIPPED.get(set_name)
        rule = next((one for one in shipped.rules if one.id == rule_id), None) if shipped else None
        if rule is None:
            raise InvalidInput.at(pointer, "is no rule that is shipped, like house.calls_3_a_day")
        own = changed_rule(rule, figures, pointer)
        if set_name != _OURS:
            loosened += [f"{pointer}/{name}" for name in looser_in(rule, own)]
        if set_name in sets:
            rules = tuple(own if one.id == rule_id else one for one in sets[set_name].rules)
            sets[set_name] = replace(sets[set_name], rules=rules)
    return _Changed(rule_sets=tuple(sets.values()), loosened=tuple(loosened))


def changed_rule(rule: AnyRule, figures: Mapping[str, Any], pointer: str) -> AnyRule:
    """The rule with other figures. Raises `InvalidInput` for one it has not, or out of range."""
    fields = _fields(rule)
    changes = dict[str, Any]()
    for name, value in figures.items():
        if value is None:
            continue  # as it is shipped
        read = fields.get(name)
        if read is None:
            known = ", ".join(sorted(fields)) or "none"
            raise InvalidInput.at(
                f"{pointer}/{name}", f"is no figure of this rule; it has: {known}"
            )
        changes["from_" if name == "from" else name] = read(value, f"{pointer}/{name}")
    own: AnyRule = replace(rule, **changes)
    if isinstance(own, Hours) and own.from_ >= own.to:
        raise InvalidInput.at(pointer, "must open before it closes")
    return own


_Reader = Callable[[object, str], object]


def _fields(rule: AnyRule) -> Mapping[str, _Reader]:
    if isinstance(rule, Hours):
        return {"from": _time, "to": _time, "days": _weekdays}
    if isinstance(rule, Margin):
        return {"minutes": _minutes}
    return dict.fromkeys(_FIGURES.get(type(rule), {}), _whole)


def _whole(value: object, pointer: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_FIGURE:
        raise InvalidInput.at(pointer, f"must be a whole number from 0 to {_MOST_FIGURE:,}")
    return value


def _time(value: object, pointer: str) -> time:
    try:
        if isinstance(value, str) and len(value) == len("08:00"):
            return time.fromisoformat(value)
    except ValueError:
        pass  # told below, like everything that is no time
    raise InvalidInput.at(pointer, "must be a local time like 08:00")


def _weekdays(value: object, pointer: str) -> tuple[int, ...]:
    if not isinstance(value, list) or any(one not in WEEKDAYS for one in value):
        raise InvalidInput.at(pointer, f"must be a list of {', '.join(WEEKDAYS)}")
    return tuple(sorted({WEEKDAYS.index(one) for one in value}))


def _minutes(value: object, pointer: str) -> tuple[tuple[Channel, int], ...]:
    if not isinstance(value, Mapping) or any(one not in set(Channel) for one in value):
        raise InvalidInput.at(pointer, "must name minutes by channel")
    return tuple((Channel(one), _whole(many, f"{pointer}/{one}")) for one, many in value.items())


def looser_in(shipped: AnyRule, own: AnyRule) -> tuple[str, ...]:
    """The figures by which a rule allows more than the shipped one, by the document's names."""
    if isinstance(shipped, Hours) and isinstance(own, Hours):
        wider = {
            "from": own.from_ < shipped.from_,
            "to": own.to > shipped.to,
            "days": not set(own.days) <= set(shipped.days),
        }
        return tuple(name for name, is_so in wider.items() if is_so)
    if isinstance(shipped, Margin) and isinstance(own, Margin):
        had, has = dict(shipped.minutes), dict(own.minutes)
        return ("minutes",) if any(has.get(one, 0) < many for one, many in had.items()) else ()
    return tuple(
        name
        for name, way in _FIGURES.get(type(shipped), {}).items()
        if way * ((getattr(own, name) or 0) - (getattr(shipped, name) or 0)) > 0
    )


#: What binds a tenant that saved none.
SHIPPED_DOCUMENT: Final[Mapping[str, Any]] = {
    "effective_from": None, "collector_type": "third_party", "country": None, "identity": None,
    "rule_sets": list(SHIPPED), "rules": {}, "counsel": None, "dispositions": {},
    "channels": {"order": ["email", "sms", "letter", "call"], "max_wait_days": 3}, "notices": [],
    "opt_out_words": {}, "language_fallback": [], "retention": {"years": 3}, "escalation": None,
    "creditors": {},
}  # fmt: skip
SHIPPED_POLICY: Final = read_policy(SHIPPED_DOCUMENT)
