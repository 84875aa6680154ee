"""What a policy document says, typed. `resolution` makes one `Policy` of a chain of them.

A document is partial. A figure it leaves out is inherited from the document it extends, and a
document that extends nothing inherits from the shipped `default` version 1; a figure set to
null has no limit (a role's whole authority may be null: then none of its figures is a limit).
`creditors` holds partial documents by creditor reference, which win figure by figure over the
tenant's.

A list (buckets, components, products, the settlement matrix) and the map of clearing days are
one figure each: set, they replace what was inherited as a whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

#: Typed figures by path, such as `/missed/method`; a path that is not there is inherited.
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
