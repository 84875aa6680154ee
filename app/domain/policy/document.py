"""Policy documents: what a tenant writes. `resolution` makes one `Policy` of a chain of them.

A document is partial. A figure it leaves out is inherited from the document it extends, and a
document that extends nothing inherits from the shipped `default` version 1; a figure set to
null has no limit, and null is taken only where a limit may be absent (a role's whole authority
is such a figure). `creditors` holds partial documents by creditor reference, which win field by
field over the tenant's.

A list (buckets, components, products, the settlement matrix) and the map of clearing days are
one figure each: set, they replace what was inherited as a whole.

Any figure may say where it comes from, in one of three ways: `{"value": 5, "source": "…"}`,
`"sources": {"grace_days": "…"}` beside it, or one `"source"` for the whole section.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from app.domain.errors import FieldProblem, InvalidInput
from app.domain.policy import lists
from app.domain.policy import readers as read
from app.domain.policy.readers import Reader, noting, pointer_to, refuse_if
from app.domain.vocabulary import (
    AllocationOrder,
    FutureRule,
    MissedMethod,
    ReAgeReturn,
    Role,
    SettlementReturn,
    Spending,
)

#: Creditors with figures of their own in one policy; more are policies of their own.
MAX_CREDITORS = 1_000

_THRESHOLD = read.whole(1, 10_000)
_LIMIT = read.or_null(read.whole(0, read.MAX_COUNT))
_TERM_LIMITS: Mapping[str, Reader[Any]] = {
    "min_installment_minor": read.or_null(read.MINOR),
    "min_installment_bps": read.or_null(read.SHARE_BPS),
    "max_count": read.or_null(read.COUNT),
    "max_term_months": read.or_null(read.whole(0, read.MAX_MONTHS)),
    "max_days_to_first": read.or_null(read.DAYS),
    "max_days_between": read.or_null(read.DAYS),
    "min_down_payment_bps": read.or_null(read.SHARE_BPS),
    "max_rate_bps": read.or_null(read.whole(0, read.MAX_RATE_BPS)),
}
_AUTHORITY: Mapping[str, Reader[Any]] = {
    **{f"{spending}_minor": read.or_null(read.MINOR) for spending in Spending},
    **{f"{spending}_per_day_minor": read.or_null(read.MINOR) for spending in Spending},
    "acts": read.or_null(lists.acts),
    "policies": read.or_null(lists.policies),
}

#: Every figure a document may set, by its path, and how it is read.
FIGURES: Mapping[str, Reader[Any]] = {
    "/grace_days": read.DAYS,
    "/missed/method": read.one_of(MissedMethod),
    "/missed/threshold_bps": _THRESHOLD,
    "/broken/max_missed": read.or_null(read.COUNT),
    "/broken/max_consecutive_missed": read.or_null(read.COUNT),
    "/broken/max_delinquent_days": read.or_null(read.DAYS),
    "/buckets": lists.buckets,
    "/allocation/components": lists.components,
    "/allocation/in_advance": read.or_null(lists.components),
    "/allocation/order": read.one_of(AllocationOrder),
    "/allocation/future/repayment": read.one_of(FutureRule),
    "/allocation/future/goodwill": read.one_of(FutureRule),
    "/allocation/future/merchant_refund": read.one_of(FutureRule),
    "/allocation/tolerance_minor": read.MINOR,
    **{f"/terms/{role}/{key}": reader for role in Role for key, reader in _TERM_LIMITS.items()},
    **{f"/authority/{role}/{key}": reader for role in Role for key, reader in _AUTHORITY.items()},
    "/re_age/on_return": read.one_of(ReAgeReturn),
    "/re_age/min_months_on_book": read.null_as(0, read.whole(0, read.MAX_MONTHS)),
    "/re_age/min_payments": read.null_as(0, read.whole(0, read.MAX_COUNT)),
    "/re_age/max_in_12_months": _LIMIT,
    "/re_age/max_in_60_months": _LIMIT,
    "/re_age/workout_max_in_60_months": _LIMIT,
    "/re_age/max_lifetime": _LIMIT,
    "/re_age/cool_down_days": read.null_as(0, read.DAYS),
    "/re_age/products": read.or_null(lists.products),
    "/modification/max_deferrals_in_12_months": _LIMIT,
    "/modification/max_extensions_lifetime": _LIMIT,
    "/modification/max_reschedules_in_12_months": _LIMIT,
    "/modification/max_reamortizations_in_12_months": _LIMIT,
    "/modification/max_due_day_changes_in_12_months": _LIMIT,
    "/modification/max_payment_holidays_in_12_months": _LIMIT,
    "/modification/max_holiday_installments": _LIMIT,
    "/modification/max_step_downs_in_12_months": _LIMIT,
    "/modification/max_rewrites_in_12_months": _LIMIT,
    "/modification/max_rewrites_lifetime": _LIMIT,
    "/modification/acceleration_min_missed": read.null_as(0, read.whole(0, read.MAX_COUNT)),
    "/modification/acceleration_role": read.one_of(Role),
    "/settlement/offer_days": read.or_null(read.DAYS),
    "/settlement/void_after_grace_days": read.DAYS,
    "/settlement/cure_days": read.DAYS,
    "/settlement/on_return": read.one_of(SettlementReturn),
    "/settlement/clearing_days": lists.clearing_days,
    "/settlement/matrix": lists.matrix,
    "/settlement/tolerance_minor": read.MINOR,
    "/settlement/max_open_offers": read.or_null(read.COUNT),
    "/settlement/debt_relief/applicable_entity": read.flag,
    "/settlement/debt_relief/threshold_minor": read.MINOR,
    "/settlement/debt_relief/currency": read.currency,
    "/promise/grace_days": read.DAYS,
    "/promise/threshold_bps": _THRESHOLD,
    "/promise/max_open": _LIMIT,
    "/credit_report/collection": read.flag,
    "/holiday_calendar": read.or_null(
        read.text(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", "a calendar's name, such as US-FED")
    ),
}
_SECTIONS = frozenset(
    path[:end] for path in FIGURES for end in range(1, len(path)) if path[end] == "/"
)
#: Sections that may be null as a whole: then no figure of theirs is a limit.
_LIFTED = frozenset(f"/authority/{role}" for role in Role)
_HEAD = frozenset({"name", "extends", "effective_from", "creditors"})

#: Typed figures by path; a path that is not there is inherited.
Figures = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A valid document: only what it says itself. `sources` goes by JSON pointer."""

    name: str
    extends: str | None
    effective_from: date
    figures: Figures
    creditors: Mapping[str, Figures]
    sources: Mapping[str, str]


@dataclass(slots=True)
class _Gathering:
    """What one walk over a document has found so far."""

    problems: list[FieldProblem]
    sources: dict[str, str]

    def refuse(self, pointer: str, detail: str) -> None:
        self.problems.append(FieldProblem(pointer=pointer, detail=detail))

    def source(self, pointer: str, value: object, at: str) -> None:
        """Keep where the figure (or section) at `pointer` comes from; `at` is who says so."""
        with noting(self.problems):
            self.sources[pointer] = read.SOURCE(value, at)


def refuse_crowded(document: Mapping[str, object]) -> None:
    """Refuse a new document that names too many creditors, before it is read any further."""
    creditors = document.get("creditors")
    if isinstance(creditors, Mapping) and len(creditors) > MAX_CREDITORS:
        limit = f"must name at most {MAX_CREDITORS} creditors, and names {len(creditors)}"
        raise InvalidInput.at("/creditors", limit)


def parse(
    document: Mapping[str, object], *, name: str, effective_from: date | None = None
) -> PolicyDocument:
    """The document, typed; or `InvalidInput` with a JSON pointer for everything wrong in it.

    `effective_from` stands in where the document gives none: a date is not inherited, for a
    new version must not reach back to the day its base began.
    """
    found = _Gathering(problems=[], sources={})
    with noting(found.problems):
        read.NAME(name, "/name")
    if document.get("name", name) != name:
        found.refuse("/name", f"must be {name!r}, the name it is saved under")
    extends = None
    with noting(found.problems):
        extends = read.or_null(read.NAME)(document.get("extends"), "/extends")
    since = effective_from
    if since is None or "effective_from" in document:
        with noting(found.problems):
            since = _day(document.get("effective_from"), "/effective_from")
    rest = {key: value for key, value in document.items() if key not in _HEAD}
    figures = _figures(rest, "", "", found)
    creditors = _creditors(document.get("creditors", {}), found)
    refuse_if(found.problems)
    if since is None:
        raise ValueError("a document without a problem has a date")
    return PolicyDocument(
        name=name,
        extends=extends,
        effective_from=since,
        figures=MappingProxyType(figures),
        creditors=MappingProxyType(creditors),
        sources=MappingProxyType(found.sources),
    )


def _day(value: object, pointer: str) -> date:
    text = read.text(r"\d{4}-\d{2}-\d{2}", "a date such as 2026-01-31")(value, pointer)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput.at(pointer, "must be a day that exists") from None


def _creditors(value: object, found: _Gathering) -> dict[str, Figures]:
    if not isinstance(value, Mapping):
        found.refuse("/creditors", "must be an object of partial documents by creditor reference")
        return {}
    creditors: dict[str, Figures] = {}
    for reference, partial in value.items():
        at = pointer_to("/creditors", reference)
        with noting(found.problems):
            creditors[read.REFERENCE(reference, at)] = MappingProxyType(
                _figures(partial, at, "", found)
            )
    return creditors


def _figures(section: object, pointer: str, path: str, found: _Gathering) -> dict[str, object]:
    """The figures this section sets, by path. `pointer` is where it stands in the document."""
    if not isinstance(section, Mapping):
        found.refuse(pointer, "must be an object; leave it out to inherit it")
        return {}
    figures: dict[str, object] = {}
    for key, value in section.items():
        at, inner = pointer_to(pointer, key), f"{path}/{key}"
        if key == "source":
            found.source(pointer, value, at)
        elif key == "sources":
            _sources(value, pointer, path, found)
        elif value is None and inner in _LIFTED:
            figures |= dict.fromkeys((f"{inner}/{name}" for name in _AUTHORITY), None)
        elif inner in _SECTIONS:
            figures |= _figures(value, at, inner, found)
        elif inner in FIGURES:
            with noting(found.problems):
                figures[inner] = FIGURES[inner](_bare(value, at, found), at)
        else:
            found.refuse(at, "is not a field of a policy")
    return figures


def _sources(value: object, pointer: str, path: str, found: _Gathering) -> None:
    """`sources` beside figures names some of them (or sections), each with its source."""
    at = pointer_to(pointer, "sources")
    if not isinstance(value, Mapping):
        found.refuse(at, "must be an object of sources by field")
        return
    for key, source in value.items():
        if f"{path}/{key}" in FIGURES or f"{path}/{key}" in _SECTIONS:
            found.source(pointer_to(pointer, key), source, pointer_to(at, key))
        else:
            found.refuse(pointer_to(at, key), "is not a field of a policy")


def _bare(value: object, pointer: str, found: _Gathering) -> object:
    """The value itself where it came as `{"value": …, "source": …}`."""
    if not isinstance(value, Mapping) or "value" not in value:
        return value
    for key in value.keys() - {"value", "source"}:
        found.refuse(pointer_to(pointer, key), "is not a field here")
    if "source" in value:
        found.source(pointer, value["source"], pointer_to(pointer, "source"))
    return value["value"]
