"""Evidence files: the same facts, the same bytes; one byte changed is refused."""

import io
import json
import zipfile
from hashlib import sha256

import pytest
from typer.testing import CliRunner

from app.cli.commands import app
from app.services.keeping.evidence import examine
from tests.routers.lives.desk import OPENING


@pytest.fixture
async def boss(desk, staff):
    await desk.at(OPENING)
    return await staff("supervisor", "boss")


async def made(boss, account, **asked):
    own = f"/v1/accounts/{account['id']}/evidence-files"
    told = await boss.post(own, {"for": "legal", **asked}, status=202)
    got = await boss.client.get(f"{own}/{told['id']}/content")
    return told, got.content


async def test_a_file_is_verified_and_one_byte_changed_is_refused(boss, tmp_path):
    account = await boss.account(debtor={"name": "Jane Doe", "phone": "+13125550100"})
    await boss.plan(account)
    call = {
        "account_ids": [account["id"]], "person_id": account["debtor"]["id"], "channel": "call",
        "direction": "out", "outcome": "no_answer", "started_at": "2026-01-09T16:00:00Z",
        "summary": "Jane's neighbor says hello",
    }  # fmt: skip
    await boss.post("/v1/contacts", call)
    told, content = await made(boss, account)

    own = f"/v1/accounts/{account['id']}"
    assert await boss.get(f"{own}/evidence-files/{told['id']}") == told
    assert (told["status"], told["bytes"]) == ("ready", len(content))
    listed = (await boss.client.get(f"{own}/evidence-files/{told['id']}/manifest")).content
    assert sha256(listed).hexdigest() == told["root"]
    events = (await boss.get(f"{own}/timeline"))["data"]
    (event,) = [one for one in events if one["type"] == "evidence.created"]
    assert event["data"]["root"] == told["root"]
    # The whole number: three of its digits stand in some hash of every few files.
    assert b"Jane" not in content
    assert b"3125550100" not in content
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        assert len(json.loads(zipped.read("contacts.json"))) == 1
        assert len(json.loads(zipped.read("timeline.json"))) == len(events) - 1
        assert json.loads(zipped.read("plans.json"))[0]["number"] == 1

    assert examine(content).whole
    path, say = tmp_path / "evidence.zip", CliRunner().invoke
    path.write_bytes(content)
    assert say(app, ["verify-evidence", str(path)]).exit_code == 0
    at = [content.index(word) for word in (b'"amount_minor"', b'"occurred_at"', b'"format"')]
    for place in (*at, len(content) // 2):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert say(app, ["verify-evidence", str(path)]).exit_code == 3


async def test_the_same_facts_make_the_same_bytes(boss, desk):
    account = await boss.account()
    as_of = {"as_of": OPENING, "sections": ["ledger", "contacts", "policies"]}
    first, one = await made(boss, account, **as_of)
    await desk.at("2026-03-01")
    again, other = await made(boss, account, **as_of)
    assert (one, first["root"]) == (other, again["root"])
    late, another = await made(boss, account, sections=["ledger"])
    assert another != one
    assert late["as_of"] == "2026-03-01"
    path = f"/v1/accounts/{account['id']}/evidence-files"
    assert await boss.pointers(path, {"for": "legal", "as_of": "2026-03-02"}) == ["/as_of"]
