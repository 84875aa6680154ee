"""The problem document (RFC 9457) as OpenAPI shows it."""

from pydantic import BaseModel, ConfigDict, Field


class FieldError(BaseModel):
    """One malformed field.

    `pointer` is a JSON pointer into the body (`/balance/principal_minor`, empty for the whole
    of it), `?name` for a query parameter, `Name:` for a header.
    """

    pointer: str = Field(examples=["/amount_minor"])
    detail: str = Field(examples=["Input should be greater than or equal to 1"])


class Problem(BaseModel):
    """Why a request was refused. Members beyond these are the problem type's own facts."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(
        description="Where the problem type is explained.", examples=["/problems/not-found"]
    )
    title: str = Field(description="The problem type in a few words; always the same.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened here, for a person, with figures.")
    request_id: str = Field(description="Find the request in the logs by this.")
    errors: list[FieldError] = Field(
        default=[],
        description="Every malformed field, of more than 100 the first; with `invalid-input` only.",
    )
    more: int | None = Field(
        default=None, description="How many malformed fields there are beyond `errors`."
    )
