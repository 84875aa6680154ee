"""A policy document read: what a tenant sends, what is stored and what we ship, all in one way.

Any figure may say where it comes from, in one of three ways: `{"value": 5, "source": "…"}`,
`"sources": {"grace_days": "…"}` beside it, or one `"source"` for the whole section.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Final, cast, get_args

from pydantic import TypeAdapter, ValidationError

from app.domain.errors import MAX_TOLD, FieldProblem, InvalidInput, pointer_to
from app.domain.policy.document import Figures, PolicyDocument
from app.domain.policy.model import Policy
from app.domain.policy.resolution import resolve
from app.domain.policy.shipped import DOCUMENTS
from app.services.policy_documents.kinds import BARE, SOURCED, Name, Sourced
from app.services.policy_documents.rows import MAX_ROWS
from app.services.policy_documents.sections import (
    MAX_CREDITORS,
    PolicyFigures,
    Section,
    WrittenPolicy,
)

_NAME = TypeAdapter[str](Name)
_NO_DAY = FieldProblem(pointer="/effective_from", detail="must be a date such as 2026-01-31")
_KEY_OF_CREDITOR = 3  # steps: the map, the reference, and that it is the reference that is wrong
#: What maps (and no others) are told when they are no objects.
_MAPS: Mapping[str | int, str] = {
    "creditors": "must be an object of partial documents by creditor reference",
    "sources": "must be an object of sources by field",
    "clearing_days": "must be an object of days by payment method",
}


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
    problems, more, written = list(_name_problems(document, name)), 0, None
    if effective_from is None and "effective_from" not in document:
        problems.append(_NO_DAY)
    try:
        unnamed = {key: value for key, value in document.items() if key != "name"}
        written = WrittenPolicy.model_validate(unnamed)
    except ValidationError as found:
        errors = found.errors(include_url=False, include_context=False, include_input=False)
        problems += map(_problem, errors[:MAX_TOLD])
        more = len(errors[MAX_TOLD:])
    if problems or written is None:
        raise InvalidInput(errors=tuple(problems), more=more)
    return _document(written, name, effective_from)


@cache
def shipped(name: str) -> PolicyDocument:
    """The document we ship under this name (always version 1); `KeyError` when we ship none."""
    return parse(DOCUMENTS[name], name=name)


def policy_of(
    chain: Sequence[PolicyDocument], *, version: int, creditor: str | None = None
) -> Policy:
    """The policy that a chain, from the base upward, comes to upon the shipped default."""
    return resolve(chain, upon=shipped("default"), version=version, creditor=creditor)


# --- What is said --------------------------------------------------------------------------


def _document(written: WrittenPolicy, name: str, effective_from: date | None) -> PolicyDocument:
    found = _Gathering(figures={}, sources={})
    found.section(written, "", "")
    creditors = dict[str, Figures]()
    for reference, partial in (written.creditors or {}).items():
        own = _Gathering(figures={}, sources=found.sources)
        own.section(partial, pointer_to("/creditors", reference), "")
        creditors[reference] = MappingProxyType(own.figures)
    dated = "effective_from" in written.model_fields_set
    return PolicyDocument(
        name=name,
        extends=written.extends,
        effective_from=written.effective_from if dated else cast("date", effective_from),
        figures=MappingProxyType(found.figures),
        creditors=MappingProxyType(creditors),
        sources=MappingProxyType(found.sources),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathering:
    """What one walk over a document finds set: figures by path, sources by JSON pointer."""

    figures: dict[str, object]
    sources: dict[str, str]

    def section(self, section: Section, pointer: str, path: str) -> None:
        """Take in what is set in a section, which stands at `pointer`. Unset is inherited."""
        said = section.model_fields_set
        if "source" in said:
            self.sources[pointer] = section.source
        for name, source in section.sources.items() if "sources" in said else ():
            self.sources[pointer_to(pointer, name)] = source
        for name, within in _members(type(section)).items():
            if name in said:
                value = getattr(section, name)
                self._member(value, within, pointer_to(pointer, name), f"{path}/{name}")

    def _member(self, value: object, within: type[Section] | None, pointer: str, path: str) -> None:
        if isinstance(value, Section):
            self.section(value, pointer, path)
        elif within is not None:  # null as a whole: none of its figures is a limit
            self.figures.update(dict.fromkeys(_paths(within, path)))
        elif isinstance(value, Sourced):
            self.figures[path] = value.value
            if "source" in value.model_fields_set:
                self.sources[pointer] = value.source
        else:
            self.figures[path] = value


@cache
def _members(section: type[Section]) -> Mapping[str, type[Section] | None]:
    """What a section may set, in order: the class of a section within, None of a figure."""
    names = section.figure_names()
    return {
        name: _section_in(field.annotation)
        for name, field in section.model_fields.items()
        if name in names
    }


def _section_in(annotation: object) -> type[Section] | None:
    kinds = get_args(annotation) or (annotation,)
    return next((one for one in kinds if isinstance(one, type) and issubclass(one, Section)), None)


def _paths(section: type[Section], path: str = "") -> Iterator[str]:
    for name, within in _members(section).items():
        if within is None:
            yield f"{path}/{name}"
        else:
            yield from _paths(within, f"{path}/{name}")


#: Every figure a document may set, by its path.
FIGURES: Final = frozenset(_paths(PolicyFigures))


# --- What is wrong -------------------------------------------------------------------------


def _name_problems(document: Mapping[str, object], name: str) -> Iterator[FieldProblem]:
    try:
        _NAME.validate_python(name)
    except ValidationError as found:
        yield FieldProblem(pointer="/name", detail=found.errors()[0]["msg"])
    if document.get("name", name) != name:
        yield FieldProblem(pointer="/name", detail=f"must be {name!r}, the name it is saved under")


def _problem(error: Mapping[str, Any]) -> FieldProblem:
    """One of pydantic's errors: its place as a JSON pointer, and its words."""
    return FieldProblem(
        pointer=pointer_to("", *_steps(error["loc"], error["type"])), detail=_words(error)
    )


def _steps(loc: tuple[str | int, ...], kind: str) -> Iterator[str | int]:
    """The members on the way: without how a figure was written, and its `value`."""
    mapped = (len(loc) == _KEY_OF_CREDITOR and loc[0] == "creditors") or _within_figure(loc)
    if mapped and loc[-1] == "[key]" and kind != "extra_forbidden":
        loc = loc[:-1]  # it is the name of a map's member that is wrong
    before: str | int | None = None
    for step in loc:
        if not ((isinstance(step, int) and step < 0) or (before == SOURCED and step == "value")):
            yield step
        before = step


def _within_figure(loc: tuple[str | int, ...]) -> bool:
    return BARE in loc or SOURCED in loc


def _words(error: Mapping[str, Any]) -> str:
    loc = error["loc"]
    within = _within_figure(loc)
    match error["type"]:
        case "extra_forbidden":
            return "is not a field here" if within else "is not a field of a policy"
        case "missing":
            return "must be given: there is nothing to inherit it from"
        case "dict_type":
            return next(_MAPS[step] for step in reversed(loc) if step in _MAPS)
        case "model_type":
            return (
                "must be an object" if within else "must be an object; leave it out to inherit it"
            )
        case "list_type" | "too_long":
            return f"must be a list of at most {MAX_ROWS}"
        case _:
            return str(error["msg"])
