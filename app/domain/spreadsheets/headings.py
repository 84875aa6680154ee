"""Which column of somebody's sheet is which field: named where sure, asked where not.

Headings are compared without case, accents and punctuation, in the languages of `fields`.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from app.domain.spreadsheets.fields import FIELDS, SheetKind
from app.domain.values import Value

_NO_WORD = re.compile(r"[^a-z0-9]+")


class Mapped(Value, kw_only=True):
    """Which heading each field has: one, or several to choose among.

    `missing`: fields that must be there; `unused`: headings nobody knows.
    """

    columns: Mapping[str, str]
    ambiguous: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]
    unused: tuple[str, ...]


def normalize(heading: str) -> str:
    """The words of a heading alone."""
    bare = "".join(
        one for one in unicodedata.normalize("NFKD", heading) if not unicodedata.combining(one)
    )
    return _NO_WORD.sub(" ", bare.casefold().replace("\u00df", "ss")).strip()


def map_columns(headings: Sequence[str], kind: SheetKind = SheetKind.ACCOUNTS) -> Mapped:
    """The mapping of these headings. Nothing is chosen where two could be meant."""
    known = {
        word: name
        for name, field in FIELDS[kind].items()
        for word in (*field.words, normalize(name))
    }
    meant: dict[str, list[str]] = {}
    unused = []
    for heading in headings:
        field = known.get(normalize(heading))
        if field is None:
            unused.append(heading)
        else:
            meant.setdefault(field, []).append(heading)
    return Mapped(
        columns={name: found[0] for name, found in meant.items() if len(found) == 1},
        ambiguous={name: tuple(found) for name, found in meant.items() if len(found) > 1},
        missing=tuple(
            name for name, field in FIELDS[kind].items() if field.sought and name not in meant
        ),
        unused=tuple(unused),
    )
