"""Evidence files: the same facts, the same bytes; one byte changed is refused."""

import io
import json
import zipfile
from datetime import date
from hashlib import sha256

import pytest
from typer.testing import CliRunner

from app.cli.commands import app
from app.domain.evidence.manifest import manifest
from app.services.keeping.archive import archive
from app.services.keeping.evidence import examine
from tests.routers.lives.desk import OPENING
from tests.routers.messages.conftest import NUDGE


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


@pytest.mark.parametrize("forged", [
    {"manifest.json": b"{}"}, {"manifest.json": b"[]"}, {"manifest.json": b"no"}, {},
    {"manifest.json": b'{"account_id": "acc_1", "files": [{}]}'},
])  # fmt: skip
def test_what_is_no_evidence_file_is_refused_and_not_stumbled_over(forged, tmp_path):
    path = tmp_path / "forged.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in forged.items():
            zipped.writestr(name, content)

    assert CliRunner().invoke(app, ["verify-evidence", str(path)]).exit_code == 3


@pytest.mark.parametrize("events", [b"{}", b"[{}]", b"[1]", b"no", b'[{"sequence": 1}]'])
def test_what_is_no_list_of_events_is_broken_from_the_first_on(events):
    files = {"timeline.json": events}

    found = examine(archive(files, manifest("acc_1", date(2026, 1, 10), files)))

    assert (found.changed, found.broken_at) == ([], None if events == b"{}" else 1)


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


def read(content):
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {name: json.loads(zipped.read(name)) for name in zipped.namelist()}


async def test_what_comes_later_changes_nothing_of_a_day_that_is_over(
    boss, desk, staff, owner, tenant
):
    jane = {"name": "Jane Doe", "region": "US-IL", "language": "en", "phone": "(312) 555-0100"}
    account = await boss.account(debtor={**jane, "reference": "D-1"})
    await boss.plan(account)
    own, person = f"/v1/accounts/{account['id']}", account["debtor"]["id"]
    home = {"kind": "email", "value": "jane@example.com"}
    point = await boss.post(f"/v1/persons/{person}/contact-points", home)
    consent = {"kind": "electronic", "channels": ["email"], "given_at": "2026-01-01T15:00:00Z",
               "channel_given": "web", "evidence": {"text_hash": "9f86"}}  # fmt: skip
    await boss.post(f"/v1/contact-points/{point['id']}/consents", consent)
    await boss.put("/v1/templates/nudge", NUDGE, status=201)
    nudge = {"account_id": account["id"], "template_key": "nudge", "channel": "email",
             "not_before_at": "2026-01-20T18:00:00Z"}  # fmt: skip
    await boss.post("/v1/messages", nudge)
    call = {"account_ids": [account["id"]], "person_id": person, "channel": "call",
            "direction": "out", "started_at": f"{OPENING}T00:00:00Z"}  # fmt: skip
    recording = {"ref": "s3://calls/jane.wav", "sha256": "a" * 64}
    spoken = {**call, "outcome": "conversation", "recording": recording}
    talk = await boss.post("/v1/contacts", spoken)
    missed = await boss.post("/v1/contacts", {**call, "outcome": "no_answer"})
    await boss.post(f"{own}/contact-decisions", {"channel": "letter"})

    async def of_the_first_day():
        return await made(boss, account, as_of=OPENING)

    await desk.at("2026-03-01")
    first, content = await of_the_first_day()
    changed = {"outcome": "voicemail_left", "reason": "heard again"}
    await boss.post(f"/v1/contacts/{talk['id']}/corrections", changed)
    await boss.post(f"/v1/contacts/{missed['id']}/void", {"reason": "another person"})
    await boss.post("/v1/contacts", {**call, "outcome": "busy"})  # entered late
    await boss.post(f"{own}/holds", {"kind": "dispute", "reason": "told"})
    admin = await staff("admin", "root")
    await admin.put("/v1/contact-policies/default", {"effective_from": "2026-03-01"}, status=201)
    await boss.pay(account, 50_00)
    await desk.at("2026-03-05")
    again, other = await of_the_first_day()

    one, two = read(content), read(other)
    assert {name for name in one if one[name] != two[name]} == set()
    assert first["root"] == again["root"]
    assert content == other
    assert {each["outcome"] for each in one["contacts.json"]} == {"conversation", "no_answer"}
    (recorded,) = one["recordings.json"]
    assert (recorded["sha256"], recorded["keep_until_on"]) == ("a" * 64, None)
    assert "jane.wav" not in str(one)
    assert one["statement.json"]["closing_minor"] == 300_00
    assert [each["status"] for each in one["messages.json"]] == ["scheduled"]
    assert [each["id"] for each in one["decisions.json"]] != []
    _, today = await made(boss, account)
    assert {each["outcome"] for each in read(today)["contacts.json"]} == {
        "voicemail_left", "no_answer", "busy",
    }  # fmt: skip


async def test_what_others_keep_is_listed_by_its_hash_from_the_day_it_was_named_on(boss, desk):
    account = await boss.account(debtor={"name": "Jane Doe"})
    sheet = {"name": "Jane's budget.pdf", "ref": "s3://files/1", "sha256": "b" * 64}
    call = {"account_ids": [account["id"]], "person_id": account["debtor"]["id"], "channel": "call",
            "direction": "out", "outcome": "conversation", "attachments": [sheet],
            "started_at": f"{OPENING}T00:00:00Z"}  # fmt: skip
    talk = await boss.post("/v1/contacts", call)
    await desk.at("2026-03-01")
    first, content = await made(boss, account, as_of=OPENING)
    other = {"name": "another", "ref": "s3://files/2"}
    found = {"recording": {"ref": "s3://calls/2.wav"}, "attachments": [sheet, other]}
    path = f"/v1/contacts/{talk['id']}/corrections"
    await boss.post(path, {**found, "reason": "the dialer was late"})
    await desk.at("2026-03-02")

    again, same = await made(boss, account, as_of=OPENING)
    assert (again["root"], same) == (first["root"], content)
    assert read(content)["recordings.json"] == []
    (attached,) = read(content)["attachments.json"]
    assert attached["sha256"] == "b" * 64
    _, today = await made(boss, account, as_of="2026-03-01")
    assert [each["sha256"] for each in read(today)["attachments.json"]] == ["b" * 64, None]
    assert len(read(today)["recordings.json"]) == 1
    assert not any(name in today for name in (b"budget", b"s3://"))
    assert "budget" not in str(read(today))
