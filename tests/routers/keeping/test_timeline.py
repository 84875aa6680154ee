"""A person's timeline: contacts, messages, what they said and their accounts' events, in one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.contact.words import EntryKind
from app.services.keeping.timeline import Entry, page_of
from tests.routers.lives.desk import OPENING
from tests.routers.persons.test_persons import CONSENT, DEBTOR, point

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)


def entry(number, minutes):
    return Entry(
        at=NOON + timedelta(minutes=minutes), kind=EntryKind.CONTACT, title="t", who=None,
        id=UUID(int=number), about=(), data={},
    )  # fmt: skip


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7])
def test_pages_tell_everything_once_whatever_their_size(limit):
    entries = [entry(number, minutes) for number, minutes in enumerate((9, 8, 8, 8, 5, 5, 1))]
    told, before = [], None
    while True:
        left = [one for one in entries if before is None or one.at < before]
        page, before = page_of(left, limit)
        told += [one.id.int for one in page]
        assert len(page) <= max(limit, 3)
        if before is None:
            break
    assert sorted(told) == list(range(7))
    assert [entries[one].at for one in told] == sorted((e.at for e in entries), reverse=True)


async def test_all_accounts_are_in_one_list(desk, staff):
    await desk.at(OPENING)
    ann = await staff("supervisor", "ann")
    first = await ann.account(debtor=DEBTOR)
    second = await ann.account(debtor=DEBTOR)
    person = first["debtor"]["id"]
    email = await point(ann, person, "email")
    await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    call = {
        "account_ids": [second["id"]], "person_id": person, "channel": "call",
        "direction": "out", "outcome": "no_answer", "started_at": "2026-01-09T16:00:00Z",
    }  # fmt: skip
    made = await ann.post("/v1/contacts", call)

    path = f"/v1/persons/{person}/timeline"
    whole = await ann.get(path)
    assert whole["next_before"] is None
    titles = [one["title"] for one in whole["data"]]
    assert {"call.no_answer", "consent", "account.created"} <= set(titles)
    assert titles.count("account.created") == 2
    assert "contact.recorded" not in titles  # the call stands there itself
    account_alone = (await ann.get(path, kinds="account"))["data"]
    assert [one["title"] for one in account_alone].count("contact.recorded") == 1
    assert [one["at"] for one in whole["data"]] == sorted(
        (one["at"] for one in whole["data"]), reverse=True
    )
    (only,) = (await ann.get(path, kinds="contact"))["data"]
    assert (only["id"], only["about"], only["who"]) == (made["id"], [second["id"]], "ann")
    assert (await ann.get(path, kinds="contact", before="2026-01-09T16:00:00Z"))["data"] == []
    assert await ann.pointers(f"{path}?kinds=all", None, method="GET") == ["?kinds"]

    own = f"/v1/accounts/{second['id']}/timeline"
    joined = await ann.get(own, kinds="contact,person,account,message")
    assert joined["next_before"] is None
    mine = [one for one in whole["data"] if one["about"] in ([], [second["id"]])]
    assert joined["data"] == mine
    assert (await ann.get(own, kinds="contact"))["data"] == [only]
    types = [one["type"] for one in (await ann.get(own))["data"]]
    assert types == ["account.created", "contact.recorded"]
    for query in (f"kinds=contact&cursor={'a' * 20}", "before=2026-01-09T16:00:00Z"):
        asked = query.rpartition("&")[2].partition("=")[0]
        assert await ann.pointers(f"{own}?{query}", None, method="GET") == [f"?{asked}"]


async def test_what_was_with_somebody_else_is_told_of_the_account(desk, staff):
    await desk.at(OPENING)
    ann = await staff("supervisor", "ann")
    account = await ann.account(debtor=DEBTOR)
    spouse = {"role": "spouse", "person": {"reference": "S-1", "name": "Joe Doe"}}
    party = await ann.post(f"/v1/accounts/{account['id']}/parties", spouse)
    call = {
        "account_ids": [account["id"]], "person_id": party["person_id"], "channel": "call",
        "direction": "out", "outcome": "no_answer", "started_at": "2026-01-09T16:00:00Z",
    }  # fmt: skip
    made = await ann.post("/v1/contacts", call)
    path = f"/v1/persons/{account['debtor']['id']}/timeline"

    titles = [one["title"] for one in (await ann.get(path))["data"]]
    theirs = (await ann.get(f"/v1/persons/{party['person_id']}/timeline"))["data"]

    assert titles.count("contact.recorded") == 1
    assert "call.no_answer" not in titles
    assert [one["id"] for one in theirs if "call" in one["title"]] == [made["id"]]
    assert "contact.recorded" not in [one["title"] for one in theirs]
    own = f"/v1/accounts/{account['id']}/timeline"
    joined = [one["title"] for one in (await ann.get(own, kinds="contact,account"))["data"]]
    assert sorted(joined) == ["account.created", "call.no_answer", "party.added"]
