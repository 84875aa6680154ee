"""What others keep of a contact: its recording and attachments, named, shown, never lost."""

from tests.routers.contacts.test_contacts import account, ann, call

__all__ = ["account", "ann"]  # fixtures

RECORDING = {"ref": "s3://calls/1.wav", "sha256": "a" * 64, "keep_until_on": "2029-01-14"}
STATEMENT = {"name": "bank statement.pdf", "ref": "s3://files/1", "sha256": "b" * 64}
LETTER = {"name": "letter.pdf", "ref": "s3://files/2", "sha256": None}


async def test_what_others_keep_is_shown_with_the_contact(ann, account):
    said = call(account, reference="d:1", recording=RECORDING, attachments=[STATEMENT, LETTER])
    made = await ann.post("/v1/contacts", said)

    assert (made["recording"], made["attachments"]) == (RECORDING, [STATEMENT, LETTER])
    assert await ann.get(f"/v1/contacts/{made['id']}") == made
    (listed,) = (await ann.get(f"/v1/accounts/{account['id']}/contacts"))["data"]
    assert listed == made
    assert await ann.post("/v1/contacts", said, status=200) == made
    taken = await ann.refused("POST", "/v1/contacts", json={**said, "attachments": [LETTER]})
    assert taken[:2] == (409, "reference-taken")


async def test_what_was_said_before_there_were_such_is_still_the_same(ann, account):
    said = call(account, reference="d:2")
    made = await ann.post("/v1/contacts", said)

    again = {**said, "recording": None, "attachments": []}
    assert await ann.post("/v1/contacts", again, status=200) == made
    assert (made["recording"], made["attachments"]) == (None, [])


async def test_many_are_recorded_with_theirs(ann, account):
    items = [call(account, recording=RECORDING), call(account, attachments=[LETTER])]
    done = await ann.post("/v1/contacts/batch", {"mode": "atomic", "items": items}, status=200)

    shown = [one["contact"] for one in done["results"]]
    assert [one["recording"] for one in shown] == [RECORDING, None]
    assert [one["attachments"] for one in shown] == [[], [LETTER]]


async def test_a_correction_names_more_and_loses_none(ann, account):
    made = await ann.post("/v1/contacts", call(account, attachments=[STATEMENT]))
    path, why = f"/v1/contacts/{made['id']}/corrections", {"reason": "the dialer was late"}

    now = await ann.post(path, {"recording": RECORDING, **why})
    assert (now["recording"], now["attachments"]) == (RECORDING, [STATEMENT])
    now = await ann.post(path, {"attachments": [LETTER, STATEMENT], **why})
    assert now["attachments"] == [STATEMENT, LETTER]
    assert await ann.post(path, {"recording": RECORDING, **why})

    other = {**RECORDING, "ref": "s3://calls/2.wav"}
    assert await ann.pointers(path, {"recording": other, **why}) == ["/recording"]
    assert await ann.pointers(path, {"attachments": [LETTER], **why}) == ["/attachments"]
    (event, *_) = (await ann.get("/v1/events", types="contact.corrected", wait=20))["data"]
    assert event["data"]["changed"] == ["recording"]


async def test_what_cannot_be_is_refused(ann, account):
    wrong = [
        ({"recording": {**RECORDING, "sha256": "A" * 64}}, "/recording/sha256"),
        ({"recording": {"sha256": "a" * 64}}, "/recording/ref"),
        ({"attachments": [{"ref": "s3://files/1"}]}, "/attachments/0/name"),
        ({"attachments": [LETTER] * 21}, "/attachments"),
    ]
    for said, pointer in wrong:
        assert await ann.pointers("/v1/contacts", call(account, **said)) == [pointer]
