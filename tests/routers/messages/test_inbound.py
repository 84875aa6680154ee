"""What persons write to us: done at once, read by somebody, and stopped by a click."""

import httpx
import pytest

from tests.routers.lives.desk import OPENING
from tests.routers.persons.test_persons import DEBTOR, point

SMS = {
    "channel": "sms", "from": "312-555-0100", "to": "+13125550111", "provider": "texts",
    "received_at": "2026-01-10T00:00:00Z",
}  # fmt: skip


@pytest.fixture
async def ann(staff, desk):
    await desk.at(OPENING)
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann):
    return await ann.account(debtor=DEBTOR)


@pytest.fixture
def wrote(ann):
    async def sent(text, *, number, status=201, **more):
        body = {**SMS, "text": text, "provider_id": f"M{number}", **more}
        return await ann.post("/v1/inbound", body, status=status)

    return sent


async def opted_out(ann, person):
    return (await point(ann, person, "phone"))["opted_out"]


async def codes(ann, account, channel="sms"):
    path = f"/v1/accounts/{account['id']}/contact-decisions/preview"
    asked = {"channel": channel, "at": "2026-01-11T18:00:00Z"}  # later than any hour of today
    found = await ann.post(path, asked, status=200)
    return {one["code"] for one in found["reasons"]}


async def test_stop_binds_at_once_for_everybody_with_the_number_and_start_lifts_ones_own(
    ann, account, wrote
):
    person = account["debtor"]["id"]
    twin = await ann.account(debtor={**DEBTOR, "reference": "CUST-78"})
    assert "SMS_BASIS_MISSING" in await codes(ann, account)
    told = await wrote("¡Alto!", number=1)
    assert (told["meaning"], len(told["done"])) == ("revoke", 2)
    assert await wrote("¡Alto!", number=1, status=200) == told
    for one in (account, twin):
        assert "POINT_OPT_OUT" in await codes(ann, one)
        assert "POINT_OPT_OUT" not in await codes(ann, one, "call")
    contact = await ann.get(f"/v1/contacts/{told['contact_id']}")
    assert (contact["direction"], contact["summary"]) == ("in", "¡Alto!")
    assert contact["needs_reading"] is False
    assert "SMS_BASIS_MISSING" not in await codes(ann, account)  # they wrote from it
    for path in (f"/v1/persons/{told['person_id']}", f"/v1/accounts/{contact['account_ids'][0]}"):
        (listed,) = (await ann.get(f"{path}/contacts"))["data"]
        assert listed["id"] == told["contact_id"]
    nobody = "/v1/persons/per_01h455vb4pex5vsknk084sn02q/contacts"
    assert (await ann.refused("GET", nobody))[0] == 404

    mine = account if told["person_id"] == person else twin
    other = twin if mine is account else account
    assert (await wrote("START", number=2))["meaning"] == "resume"
    assert "POINT_OPT_OUT" not in await codes(ann, mine)
    assert "POINT_OPT_OUT" in await codes(ann, other)


async def test_a_clear_word_among_others_stops_until_somebody_read_it(ann, account, wrote):
    person = account["debtor"]["id"]
    told = await wrote("please stop by my office", number=1)
    assert told["meaning"] == "provisional"
    assert await opted_out(ann, person) == ["sms"]
    path = f"/v1/contacts/{told['contact_id']}/read"
    undo = {"undo_provisional": True, "reason": "an invitation"}
    read = await ann.post(path, undo, status=200)
    assert read["read_actor"] == "ann"
    assert await opted_out(ann, person) == []

    plain = await wrote("STOP", number=2)
    assert (await ann.refused("POST", f"/v1/contacts/{plain['contact_id']}/read", json=undo))[
        :2
    ] == (404, "not-found")
    asks = await wrote("who are you?", number=3)
    assert (asks["meaning"], asks["done"]) == ("read", [])
    path = f"/v1/contacts/{asks['contact_id']}/read"
    assert await ann.pointers(path, undo) == ["/undo_provisional"]


async def test_who_is_not_known_is_kept_and_nothing_lies_ahead(ann, account, wrote):
    told = await wrote("STOP", number=1, **{"from": "+13125550177"})
    assert (told["person_id"], told["meaning"], told["done"]) == (None, "revoke", [])
    contact = await ann.get(f"/v1/contacts/{told['contact_id']}")
    assert (contact["account_ids"], contact["needs_reading"]) == ([], True)
    ahead = {**SMS, "text": "hi", "provider_id": "M9", "received_at": "2026-01-12T00:00:00Z"}
    assert await ann.pointers("/v1/inbound", ahead) == ["/received_at"]


async def test_what_somebody_writes_makes_their_point_valid_again(ann, account, wrote):
    phone = await point(ann, account["debtor"]["id"], "phone")
    gone = {"validity": "invalid", "because": "not_in_service"}
    await ann.post(f"/v1/contact-points/{phone['id']}/validity", gone)
    await wrote("hello", number=1)
    again = await point(ann, account["debtor"]["id"], "phone")
    assert (again["validity"], again["last_inbound_on"]) == ("valid", "2026-01-10")
    assert [one["kind"] for one in again["basis"]] == ["consumer_used"]


async def test_only_a_post_unsubscribes_without_a_question_and_twice_is_once(
    ann, account, app, capfd
):
    person = account["debtor"]["id"]
    path = (await point(ann, person, "email"))["unsubscribe_path"]
    public = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://accord.test")
    for _ in range(2):
        page = await public.get(path)
        assert (page.status_code, "<form" in page.text) == (200, True)
        assert page.headers["cache-control"] == "no-store"
    assert (await point(ann, person, "email"))["opted_out"] == []

    one_click = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        assert (await public.post(path, data=one_click)).status_code == 200
    assert (await point(ann, person, "email"))["opted_out"] == ["email"]
    history = await ann.get(
        f"/v1/contact-points/{(await point(ann, person, 'email'))['id']}/history"
    )
    assert [one["data"]["how"] for one in history["data"]] == ["one_click"]
    done = await public.get(path, headers={"accept-language": "es"})
    assert ("<form" in done.text, "Hecho" in done.text) == (False, True)

    forged = path[:-2] + ("AA" if path[-2:] != "AA" else "BB")
    for wrong in (forged, "/u/x", "/u/" + "A" * 64):
        assert (await public.post(wrong)).status_code == 404
        assert (await public.get(wrong)).status_code == 404
    told = capfd.readouterr()
    assert path not in told.out + told.err
