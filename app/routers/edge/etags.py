"""`ETag` and `If-Match`: a version goes out with a read and comes back with a write.

A route takes `if_match: IfMatch` and hands it to its service, which calls
`if_match.check(version)` once it holds the lock. Without the header nothing is expected.
Weak tags match nothing, as RFC 9110 §13.1.1 says; so does whatever is not a tag.
"""

from typing import Annotated

from fastapi import Header
from pydantic import BeforeValidator

from app.services.etags import Expected


def _parse(header: object) -> Expected | None:
    if not isinstance(header, str):
        return None
    return Expected(frozenset(tag.strip() for tag in header.split(",")))


IfMatch = Annotated[
    Expected | None,
    BeforeValidator(_parse, json_schema_input_type=str | None),
    Header(
        alias="If-Match",
        description="The `ETag` you read. If the resource changed since, the answer is 412.",
        examples=['"3"'],
    ),
]
