"""Letters about a settlement: true on their day, the same bytes for ever, never a demand after."""

import asyncio
from datetime import date
from hashlib import sha256

import pytest

from app.schemas.documents import LetterRead
from app.schemas.edge.ids import decode, encode
from app.services.documents.pdf import drawn
from app.storage import letters
from app.storage.accounts import persons
from app.storage.accounts.persons import Note
from app.storage.ids import new_id
from app.storage.letters import NewLetter
from tests.database import as_tenant
from tests.routers import settling
from tests.routers.settling import act, agree, offer, owed, settle

NO_ID = "let_01h455vb4pex5vsknk084sn02q"
PDF = {"Accept": "application/pdf"}


def path(settlement, what="letter"):
    return f"/v1/settlement-offers/{settlement['id']}/{what}"


async def letter(desk, settlement, kind, *, accept="text/plain", **params):
    answer = await desk.client.get(
        path(settlement), params={"kind": kind, **params}, headers={"Accept": accept}
    )
    assert answer.status_code == 200, answer.text
    return answer


async def unfit(desk, settlement, kind):
    """The letter that would fit, of one that is refused."""
    status, name, problem = await desk.refused("GET", path(settlement), params={"kind": kind})
    assert (status, name, problem["letter"]) == (409, "letter-unfit", kind)
    assert problem["settlement_id"] == settlement["id"]
    return problem.get("fitting")


async def listed(desk, settlement):
    return (await desk.get(path(settlement, "letters")))["data"]


async def test_an_offer_in_plain_words_and_on_paper(desk):
    account = await owed(desk, debtor={"name": "Jane Doe"})
    settlement = await offer(desk, account)
    text = await letter(desk, settlement, "offer")
    paper = await letter(desk, settlement, "offer", accept="application/pdf")

    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Accept" in text.headers["vary"].split(", ")
    assert text.headers["content-language"] == "en-US"
    for said in (
        "OFFER TO SETTLE\n\nCreditor: First Bank\nOwed by: Jane Doe\n",
        "\nAccount: INV-1\nDate: January 10, 2026\n",
        "You owe $2,000.00 on this account",
        "Pay $1,000.00 as set out below",
        "  2  February 28, 2026  $500.00\n",
        "until the end of January 20, 2026 (America/Chicago).",
        "more than 5 days late",
        "$600.00 or more is forgiven",
    ):
        assert said in text.text
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert b"D:20260110000000Z" in paper.content


async def test_what_was_said_comes_back_byte_for_byte(desk):
    account = await owed(desk)
    settlement = await offer(desk, account)
    first = await letter(desk, settlement, "offer")
    paper = await letter(desk, settlement, "offer", accept="application/pdf")
    renamed = {"creditor": {"reference": "BANK", "name": "Second Bank"}}
    assert (await desk.client.patch(f"/v1/accounts/{account['id']}", json=renamed)).is_success
    await desk.at("2026-01-20")
    again = await letter(desk, settlement, "offer")
    (kept,) = await listed(desk, settlement)
    await desk.at("2031-05-01")
    where = first.headers["content-location"]
    later = await desk.client.get(where)
    drawn = await desk.client.get(where, headers=PDF)

    assert first.content == again.content == later.content
    assert paper.content == drawn.content
    assert LetterRead.model_validate(kept)
    assert (kept["kind"], kept["language"], kept["dated_on"]) == ("offer", "en-US", "2026-01-10")
    assert where == f"/v1/letters/{kept['id']}"
    assert kept["text"] == first.text
    assert kept["text_hash"] == sha256(first.content).hexdigest()
    # A letter not written yet says who the creditor is by then.
    await desk.at("2026-01-20")
    assert (
        "Acreedor: Second Bank\n"
        in (await letter(desk, settlement, "offer", language="es-US")).text
    )
    assert [one["language"] for one in await listed(desk, settlement)] == ["en-US", "es-US"]


async def test_only_the_letter_that_is_true_is_given(desk):
    account = await owed(desk)
    settlement = await offer(desk, account)
    assert await unfit(desk, settlement, "acceptance") == "offer"
    assert await unfit(desk, settlement, "satisfaction") == "offer"
    offered = await letter(desk, settlement, "offer")
    await act(desk, settlement, "accept")
    assert await unfit(desk, settlement, "offer") == "acceptance"
    agreed = await letter(desk, settlement, "acceptance")
    assert "You pay $1,000.00" in agreed.text
    await desk.at("2026-01-31")
    await desk.pay(account, 1000_00)
    assert await unfit(desk, settlement, "offer") == "satisfaction"
    assert await unfit(desk, settlement, "acceptance") == "satisfaction"
    done = await letter(desk, settlement, "satisfaction")

    assert "On January 31, 2026 you had paid $1,000.00" in done.text
    assert "We have forgiven the rest: $1,000.00." in done.text
    assert "$500.00" not in done.text
    assert [one["kind"] for one in await listed(desk, settlement)] == [
        "offer", "acceptance", "satisfaction",
    ]  # fmt: skip
    assert (await desk.client.get(offered.headers["content-location"])).text == offered.text


async def test_unasked_it_is_the_letter_that_is_true(desk):
    settlement = await offer(desk, await owed(desk))
    first = await desk.client.get(path(settlement))
    await act(desk, settlement, "decline")
    status, name, problem = await desk.refused("GET", path(settlement))

    assert first.text.startswith("OFFER TO SETTLE")
    assert (status, name, problem["settlement_status"]) == (409, "letter-unfit", "declined")
    assert "letter" not in problem
    assert "fitting" not in problem


@pytest.mark.parametrize("ending", ["decline", "withdraw", "expire", "miss"])
async def test_of_what_is_over_no_letter_is_true(desk, ending):
    settlement = await offer(desk, await owed(desk))
    if ending == "miss":
        await act(desk, settlement, "accept")
    if ending in {"expire", "miss"}:
        await desk.at("2026-02-10")
    else:
        await act(desk, settlement, ending)

    for kind in ("offer", "acceptance", "satisfaction"):
        assert await unfit(desk, settlement, kind) is None


async def test_an_offer_nobody_can_accept_any_more_is_none(desk):
    settlement = await offer(desk, await owed(desk), expires_on="2026-02-05")
    await desk.at("2026-01-31")
    assert (await letter(desk, settlement, "offer")).text
    await desk.at("2026-02-01")  # the first part was due yesterday

    assert await unfit(desk, settlement, "offer") is None


async def test_under_a_dispute_no_offer_is_told_but_what_was_agreed_is(desk):
    account, other = await owed(desk), await owed(desk)
    settlement, agreed = await offer(desk, account), await agree(desk, other)
    for one in (account, other):
        body = {"kind": "dispute", "starts_on": "2026-01-10", "reason": "not mine"}
        await desk.post(f"/v1/accounts/{one['id']}/holds", body)
    refused = await desk.refused("GET", path(settlement), params={"kind": "offer"})

    assert refused[:2] == (409, "account-on-hold")
    assert (await letter(desk, agreed, "acceptance")).text


async def test_an_offer_that_waits_is_no_offer_yet(staff):
    ann, bob = await staff("agent", "ann"), await staff("supervisor", "bob")
    settlement = await offer(ann, await owed(ann))
    assert settlement["status"] == "pending_approval"
    assert await unfit(ann, settlement, "offer") is None
    await act(bob, settlement, "approve")

    assert "Pay $1,000.00" in (await letter(ann, settlement, "offer")).text
    assert (await listed(ann, settlement))[0]["actor"] == "ann"


async def test_a_returned_payment_takes_its_letter_back_and_another_is_written(desk):
    account = await owed(desk)
    settlement, payment = await settle(desk, account)
    first = await letter(desk, settlement, "satisfaction")
    await desk.reverse(payment)
    assert await unfit(desk, settlement, "satisfaction") == "acceptance"
    agreed = await letter(desk, settlement, "acceptance")
    assert "You owe $2,000.00" in agreed.text
    await desk.at("2026-01-31")
    await desk.pay(account, 1000_00)
    second = await letter(desk, settlement, "satisfaction")

    assert "On January 10, 2026 you had paid" in first.text
    assert "On January 31, 2026 you had paid" in second.text
    assert (await desk.client.get(first.headers["content-location"])).content == first.content
    kinds = [one["kind"] for one in await listed(desk, settlement)]
    assert kinds == ["satisfaction", "acceptance", "satisfaction"]


async def test_nothing_is_asked_for_while_the_last_payment_has_yet_to_clear(desk):
    slow = {"extends": "default", "settlement": {"clearing_days": {"ach": 3}}}
    assert (await desk.client.put("/v1/policies/slow", json=slow)).is_success
    account = await owed(desk, policy="slow")
    settlement = await agree(desk, account)
    await desk.pay(account, 500_00, method="ach")
    agreed = await letter(desk, settlement, "acceptance")
    await desk.pay(account, 500_00, method="ach")

    assert (await desk.get(path(settlement, "")[:-1]))["status"] == "accepted"
    for kind in ("offer", "acceptance", "satisfaction"):
        assert await unfit(desk, settlement, kind) is None
    assert (await listed(desk, settlement))[0]["text"] == agreed.text
    await desk.at("2026-01-13")
    assert await unfit(desk, settlement, "acceptance") == "satisfaction"


async def test_what_is_paid_on_the_day_of_acceptance_was_owed_before(desk):
    account = await owed(desk)
    settlement = await agree(desk, account)
    await desk.pay(account, 400_00)

    assert "You owe $2,000.00" in (await letter(desk, settlement, "acceptance")).text


async def test_what_our_fonts_cannot_draw_is_named_and_the_text_is_there(desk):
    account = await owed(desk, creditor={"reference": "B", "name": "בנק Bank"})
    settlement = await offer(desk, account)
    status, name, problem = await desk.refused(
        "GET", path(settlement), params={"kind": "offer"}, headers=PDF
    )

    assert (status, name) == (406, "cannot-draw")
    assert problem["characters"] == ["U+05D1", "U+05E0", "U+05E7"]
    assert "Creditor: בנק Bank\n" in (await letter(desk, settlement, "offer")).text


@pytest.mark.parametrize(
    ("accept", "pdf"),
    [
        ("", False),
        ("*/*", False),
        ("text/plain", False),
        ("application/pdf", True),
        ("application/pdf, */*", False),
        ("application/pdf, text/plain;q=0.5", True),
        ("application/pdf;q=0.4, text/plain;q=0.5", False),
        ("application/*, text/*;q=0.9", True),
        ("application/pdf, */*;q=0.1", True),
        ("text/html", False),
        ("application/pdf;q=x, text/plain;q=0.1", False),
        ("APPLICATION/PDF", True),
    ],
)
async def test_text_unless_a_pdf_is_wanted_more(desk, accept, pdf):
    settlement = await offer(desk, await owed(desk))
    answer = await letter(desk, settlement, "offer", accept=accept)

    assert answer.content.startswith(b"%PDF-") is pdf


async def test_what_is_malformed(desk):
    settlement = await offer(desk, await owed(desk))

    async def pointers(**params):
        _, name, problem = await desk.refused("GET", path(settlement), params=params)
        assert name == "invalid-input"
        return [(error["pointer"], error["detail"]) for error in problem["errors"]]

    [(pointer, detail)] = await pointers(kind="offer", language="fr-FR")
    assert (pointer, detail) == ("?language", "one of en-GB, en-US, es-US")
    assert [pointer for pointer, _ in await pointers(kind="demand")] == ["?kind"]
    assert (await desk.refused("GET", f"/v1/letters/{NO_ID}"))[:2] == (404, "not-found")


async def test_no_letter_of_another_tenant(desk, theirs):
    settlement = await offer(desk, await owed(desk))
    mine = await letter(desk, settlement, "offer")
    for url in (path(settlement), path(settlement, "letters"), mine.headers["content-location"]):
        asked = {"kind": "offer"} if url == path(settlement) else {}
        answer = await desk.client.get(url, params=asked, headers=theirs)
        assert answer.status_code == 404, url


async def test_a_name_can_be_erased_and_the_letter_stands(desk, database, tenant):
    account = await owed(desk)
    settlement = await offer(desk, account)
    said = await letter(desk, settlement, "offer")
    (kept,) = await listed(desk, settlement)
    forgotten = {decode("let", kept["id"]): Note(metadata={})}
    async with as_tenant(database, tenant) as tx:
        await persons.annotate(tx, tenant, decode("acc", account["id"]), forgotten)
    after = await letter(desk, settlement, "offer")

    assert after.text == said.text.replace("Creditor: First Bank\n", "")
    assert (await listed(desk, settlement))[0]["text_hash"] == kept["text_hash"]


async def test_what_was_written_before_templates_reads_and_looks_as_it_did(desk, database, tenant):
    account = await owed(desk)
    settlement = await offer(desk, account)
    body = "OFFER TO SETTLE\n\nAccount: INV-1\nDate: May 1, 2025\n\nWording: en-US, version 2\n"
    old = NewLetter(
        id=new_id(), account_id=decode("acc", account["id"]),
        settlement_id=decode("set", settlement["id"]), kind="offer", locale="en-US",
        facts_hash="of then", dated_on=date(2025, 5, 1), text=body,
        text_hash=sha256(body.encode()).hexdigest(), wording_version=2, template_version=None,
        actor=None,
    )  # fmt: skip
    async with as_tenant(database, tenant) as tx:
        assert await letters.add(tx, tenant, old)
        names = {old.id: Note(metadata={"creditor_name": "First Bank"})}
        await persons.annotate(tx, tenant, old.account_id, names)
    said = body.replace("Account", "Creditor: First Bank\nAccount", 1)
    where = f"/v1/letters/{encode('let', old.id)}"

    assert (await desk.client.get(where)).text == said
    paper = (await desk.client.get(where, headers=PDF)).content
    assert paper == drawn(said, dated_on=old.dated_on, sheet="letter")
    (kept,) = await listed(desk, settlement)
    assert (kept["wording_version"], kept["template_version"]) == (2, None)


async def test_a_letter_is_worded_by_the_tenants_own_template(desk, staff):
    account = await owed(desk, debtor={"name": "Jane Doe"})
    home = {"lines": ["123 Main St"], "city": "Austin", "region": "US-TX", "postal_code": "78701",
            "country": "US"}  # fmt: skip
    point = {"kind": "postal", "value": "123 Main St, Austin", "postal": home}
    boss = await staff("supervisor", "boss-1")
    await boss.post(f"/v1/persons/{account['debtor']['id']}/contact-points", point)
    settlement = await offer(desk, account)
    first = await letter(desk, settlement, "offer")
    words = {"subject": "An offer", "text": "Pay {{ settlement.amount }}.\n\n"
             "{{ disclosures.collector_identity }} {{ disclosures.time_barred }}"}  # fmt: skip
    body = {"channel": "letter", "purpose": "collection", "asks_for_money": True,
            "locales": {"en-US": words}}  # fmt: skip
    await boss.put("/v1/templates/settlement_offer", body, status=201)

    assert (await letter(desk, settlement, "offer")).text == first.text  # said once is said
    other = await offer(desk, await owed(desk))
    said = (await letter(desk, other, "offer")).text
    assert said.startswith("An offer\n\nCreditor: First Bank\nPay $1,000.00.\n\nThis comm")
    assert [(await listed(desk, one))[0]["template_version"] for one in (settlement, other)] == [
        0, 1,
    ]  # fmt: skip
    paper = await desk.client.get(first.headers["content-location"], headers=PDF)
    bare = (await desk.client.get(path(other), headers=PDF)).content
    assert len(paper.content) > len(bare)


async def test_one_letter_however_many_ask_at_once(desk):
    settlement = await offer(desk, await owed(desk))
    told = await asyncio.gather(*(letter(desk, settlement, "offer") for _ in range(8)))

    assert len({one.content for one in told}) == 1
    assert len({one.headers["content-location"] for one in told}) == 1
    assert len(await listed(desk, settlement)) == 1


async def test_a_creditor_nobody_named_is_not_made_up(desk):
    settlement = await offer(desk, await owed(desk, creditor=None))
    said = (await letter(desk, settlement, "offer")).text

    assert said.startswith("OFFER TO SETTLE\n\nAccount: ")
    assert settling.BANK["name"] not in said
