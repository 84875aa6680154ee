"""`accord verify-evidence`: whether an evidence file is as it was made, and who says so."""

import os
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from app.cli.console import explained, out, say
from app.services.keeping.archive import NoArchive
from app.services.keeping.evidence import Examined, examine

BROKEN = 3  #: exit code; 1 is: it could not be looked at
_PATIENCE_S = 30
KEY = "ACCORD_API_KEY"


def verify_evidence(
    file: Annotated[Path, typer.Argument(help="The ZIP.", exists=True, dir_okay=False)],
    *,
    url: Annotated[
        str | None,
        typer.Option(help=f"Ask this server, too, whether it told the root; the key is in {KEY}."),
    ] = None,
) -> None:
    """Hold an evidence file against its hashes, and its events against each other.

    Exits 3 where one byte is another, or the server never told of it.
    """
    with explained():
        try:
            found = examine(file.read_bytes())
        except NoArchive as error:
            say(f"{file} is no whole evidence file: {error}")
            raise typer.Exit(BROKEN) from error
        for path in found.changed:
            say(f"{path} is not as the manifest tells")
        if found.broken_at is not None:
            say(f"the chain of events is broken at event {found.broken_at}")
        told = found.whole and (url is None or _told(url, found))
        if found.whole and not told:
            say(f"{url} never told of a file with the root {found.root}")
    if not told:
        raise typer.Exit(BROKEN)
    out.print(f"{found.account_id}: as it was made, root {found.root}")


def _told(url: str, found: Examined) -> bool:
    """Whether the account's own chain has the root."""
    headers = {"Authorization": f"Bearer {os.environ.get(KEY, '')}"}
    asked: dict[str, Any] = {"limit": 200}
    path = f"/v1/accounts/{found.account_id}/timeline"
    with httpx.Client(base_url=url, headers=headers, timeout=_PATIENCE_S) as client:
        while True:
            page = client.get(path, params=asked).raise_for_status().json()
            for one in page["data"]:
                if one["type"] == "evidence.created" and one["data"]["root"] == found.root:
                    return True
            if page["next_cursor"] is None:
                return False
            asked["cursor"] = page["next_cursor"]
