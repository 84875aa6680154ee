"""How commands are told whose data they work on, and of which day."""

from datetime import date
from typing import Annotated

import typer

from app.domain.field_limits import read_day

Tenant = Annotated[str, typer.Option(help="The tenant, by name or id.")]


def parse_day(raw: str) -> date:
    """The day that an option names. Raises `typer.BadParameter`, saying how days are written."""
    try:
        return read_day(raw)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None
