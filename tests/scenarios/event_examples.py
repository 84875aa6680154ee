"""Events that tests have seen, as docs/events.md shows them: of nobody, and the same every time."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from app.schemas.edge.ids import PREFIXES
from tests.scenarios.client import Document

PLACE = Path("app/schemas/events/examples.json")
_ID = re.compile(r"\b(" + "|".join(PREFIXES.values()) + r")_[0-9a-z]{26}\b")
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")


def shown(seen: Mapping[str, Document]) -> dict[str, Document]:
    """The examples by type, with ids, hashes, instants and references that are anybody's."""
    return {of: _of_nobody(seen[of]) for of in sorted(seen)}


def write(seen: Mapping[str, Document]) -> None:
    """Keep them for the page; what no scenario tells stays as it was written."""
    known = json.loads(PLACE.read_text()) | shown(seen)
    said = {of: known[of] for of in sorted(known)}
    PLACE.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def _of_nobody(event: Document) -> Document:
    text = json.dumps(event)
    text = _ID.sub(r"\1_01h455vb4pex5vsknk084sn02q", text)
    text = _UUID.sub("01890a5d-ac96-774b-bcce-b302099a8057", text)
    text = _HASH.sub("5f0c2a" + "0" * 58, text)
    made: Document = json.loads(text)
    made["occurred_at"] = f"{made['business_date']}T10:12:00Z"
    if "reference" in made["data"]:
        made["data"]["reference"] = "INV-0042" if made["payment_id"] is None else "BANK-0007"
    return made
