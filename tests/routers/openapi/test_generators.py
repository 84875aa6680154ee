"""What comes or goes as no JSON has a reader in generated clients; `make clients` makes them."""

import json
import re

from tests.architecture.tree import ROOT
from tests.routers.samples import inlined, operations

#: What openapi-python-client reads without being told.
READ = {"application/json", "application/problem+json", "application/octet-stream"}
TOLD = (ROOT / "clients" / "python.yaml").read_text()


def test_each_kind_of_content_is_read_or_comes_as_bytes():
    document = inlined(json.loads((ROOT / "docs" / "openapi.json").read_text()))
    known = READ | set(re.findall(r"^  (\S+): application/octet-stream$", TOLD, re.MULTILINE))
    bodies = {
        next(iter(one["requestBody"]["content"]))
        for _, _, one in operations(document)
        if "requestBody" in one
    }
    answers = {
        next(iter(response["content"]))
        for _, _, one in operations(document)
        for response in one["responses"].values()
        if response.get("content")
    }
    assert bodies <= known
    assert {one for one in answers if not one.startswith("text/")} <= known
