"""Which column is which field, as it is guessed at by nobody: found, said, kept under a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import FieldProblem, InvalidInput, NotFound
from app.domain.spreadsheets.fields import FIELDS, SheetKind
from app.domain.spreadsheets.headings import map_columns, normalize
from app.domain.spreadsheets.judging import Formats
from app.services.context import Context
from app.services.etags import Expected
from app.storage.dry_runs import mappings
from app.storage.dry_runs.mappings import StoredMapping

__all__ = [
    "Columns", "StoredMapping", "changed", "columns_of", "find_mappings", "found_columns",
    "read_mapping", "save_mapping",
]  # fmt: skip

#: By field: `{"heading": …}`, `{"value": …}` for all rows, or `{"ambiguous": [heading, …]}`.
Said = Mapping[str, Mapping[str, Any]]
_MINOR = "minor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A mapping held against the headings of a sheet."""

    kind: SheetKind
    headings: Sequence[str]
    said: Said
    at: Mapping[str, int] = field(init=False)
    alike: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        at = {
            name: self.headings.index(one["heading"])
            for name, one in self.said.items()
            if "heading" in one
        }
        alike = {name: one["value"] for name, one in self.said.items() if "value" in one}
        object.__setattr__(self, "at", at)
        object.__setattr__(self, "alike", alike)

    @property
    def ambiguous(self) -> list[str]:
        """Fields that several columns may say, and nobody chose."""
        return [name for name, one in self.said.items() if "ambiguous" in one]

    @property
    def missing(self) -> list[str]:
        """Fields each row must say, and no column or value does."""
        fields = FIELDS[self.kind].items()
        return [name for name, one in fields if one.needed and name not in self.said]

    @property
    def unused(self) -> list[str]:
        """Headings that say nothing."""
        used = {self.headings[at] for at in self.at.values()}
        used |= {one for said in self.said.values() for one in said.get("ambiguous", ())}
        return [heading for heading in self.headings if heading and heading not in used]

    @property
    def complete(self) -> bool:
        """Whether rows can be read by it."""
        return not self.ambiguous and not self.missing

    @property
    def minor(self) -> frozenset[str]:
        """Fields whose own heading says that they are in minor units."""
        return frozenset(
            name for name, at in self.at.items()
            if normalize(self.headings[at]).split()[-1:] == [_MINOR]
        )  # fmt: skip


def found_columns(kind: SheetKind, headings: Sequence[str]) -> Columns:
    """What the headings themselves say."""
    mapped = map_columns([one for one in headings if one], kind)
    said: dict[str, Mapping[str, Any]] = {
        name: {"heading": heading} for name, heading in mapped.columns.items()
    }
    said |= {name: {"ambiguous": list(found)} for name, found in mapped.ambiguous.items()}
    return Columns(kind=kind, headings=headings, said=said)


def columns_of(kind: str, headings: Sequence[str], said: Said) -> Columns:
    """A mapping as it was kept."""
    return Columns(kind=SheetKind(kind), headings=headings, said=said)


def changed(columns: Columns, wanted: Mapping[str, Mapping[str, str] | str | None]) -> Columns:
    """The mapping with these fields said otherwise; None: no column says it.

    Raises `InvalidInput`, naming fields and headings that are not there.
    """
    said = dict(columns.said)
    problems = []
    for name, one in wanted.items():
        if name not in FIELDS[columns.kind]:
            detail = f"is no field of {columns.kind}: {', '.join(FIELDS[columns.kind])}"
            problems.append(FieldProblem(pointer=f"/mapping/{name}", detail=detail))
        elif one is None:
            said.pop(name, None)
        elif isinstance(one, str):
            if not one or one not in columns.headings:
                detail = "is no heading of the sheet"
                problems.append(FieldProblem(pointer=f"/mapping/{name}", detail=detail))
            said[name] = {"heading": one}
        else:
            said[name] = {"value": one["value"]}
    if problems:
        raise InvalidInput(errors=tuple(problems))
    return Columns(kind=columns.kind, headings=columns.headings, said=said)


async def read_mapping(ctx: Context, name: str) -> StoredMapping:
    """A kept mapping. Raises `NotFound`."""
    found = await mappings.read(ctx.tx, name)
    if found is None:
        raise NotFound(resource="import mapping", key=name)
    return found


async def find_mappings(ctx: Context, *, after: str | None, limit: int) -> list[StoredMapping]:
    """Kept mappings by name."""
    return await mappings.find(ctx.tx, after=after, limit=limit)


async def save_mapping(
    ctx: Context,
    name: str,
    *,
    kind: SheetKind,
    columns: Mapping[str, Any],
    formats: Formats,
    if_match: Expected | None,
) -> tuple[StoredMapping, bool]:
    """Keep a mapping under a name, and whether there was none. Raises `InvalidInput`."""
    unknown = [one for one in columns if one not in FIELDS[kind]]
    if unknown:
        detail = f"is no field of {kind}: {', '.join(FIELDS[kind])}"
        raise InvalidInput(
            errors=tuple(FieldProblem(pointer=f"/mapping/{one}", detail=detail) for one in unknown)
        )
    known = await mappings.read(ctx.tx, name, lock=True)
    if if_match is not None:
        if_match.check(known.version if known else 0)
    made = StoredMapping(
        name=name,
        kind=str(kind),
        columns=dict(columns),
        formats={"decimal": formats.decimal, "date": formats.date},
        version=known.version + 1 if known else 1,
        changed_at=ctx.instant,
        actor=ctx.actor,
    )
    said = {one: getattr(made, one) for one in StoredMapping.__dataclass_fields__}
    await mappings.save(
        ctx.tx, ctx.tenant_id, {**said, "role": str(ctx.role), "key_id": ctx.key_id}
    )
    return made, known is None
