"""Statements and invoices over HTTP: the ledger's figures, and the same on paper."""

import re
from base64 import b64encode

import pytest

from app.services.documents import statements
from tests.routers.lives.desk import OPENING
from tests.services.paper.test_logos import png


@pytest.fixture
async def account(desk):
    await desk.at(OPENING)
    debtor = {"name": "Jane Doe", "language": "en", "region": "US-TX"}
    return await desk.account(debtor=debtor)


async def test_a_statement_is_the_ledger_and_nothing_else(desk, account):
    own = f"/v1/accounts/{account['id']}"
    await desk.plan(account)
    await desk.post(f"{own}/charges", {"kind": "fee", "amount_minor": 500})
    payment = await desk.pay(account, 100_00)
    await desk.at("2026-02-03")
    await desk.post(f"/v1/payments/{payment['id']}/reversals", {"reason_code": "nsf"})
    await desk.pay(account, 400_00)  # more than is owed: some of it lies unapplied

    ledger = (await desk.get(f"{own}/ledger"))["data"]
    whole = await desk.get(f"{own}/statement")
    assert [one["posting_id"] for one in whole["lines"]] == [one["id"] for one in ledger]
    assert whole["closing_minor"] == ledger[-1]["balance_after_minor"]
    read = await desk.get(own)
    assert whole["closing_minor"] == read["balance"]["total_minor"]
    assert whole["unapplied_minor"] == read["unapplied_minor"] > 0
    sums = whole["opening_minor"] + whole["charged_minor"] - whole["paid_minor"]
    assert sums + whole["other_minor"] == whole["closing_minor"] == 0
    assert whole["charged_minor"] == 305_00

    january = await desk.get(f"{own}/statement", **{"from": OPENING, "to": "2026-01-31"})
    after = await desk.get(f"{own}/statement", **{"from": "2026-02-01"})
    assert january["closing_minor"] == after["opening_minor"] == 205_00
    assert january["due_minor"] == 100_00  # the installment of January 31 was unpaid again
    assert january["lines"] + after["lines"] == whole["lines"]
    for asked in ({"from": "2026-03-01", "to": "2026-02-01"}, {"to": "2027-01-01"}):
        status, problem, _ = await desk.refused("GET", f"{own}/statement", params=asked)
        assert (status, problem) == (422, "invalid-input")


async def test_both_are_had_on_paper(desk, account, monkeypatch):
    own = f"/v1/accounts/{account['id']}"
    plan = await desk.plan(account)
    one = plan["installments"][0]
    asked = {"installment_id": one["id"]}
    invoice = await desk.get(f"{own}/invoice", **asked)
    assert (invoice["number"], invoice["open_minor"]) == (1, 100_00)
    assert (invoice["reference"], invoice["code"]) == (account["reference"], "reference")

    for path, more in (("statement", {}), ("invoice", asked)):
        made = [
            await desk.client.get(f"{own}/{path}", params={**more, "format": "pdf", "locale": on})
            for on in ("en-US", "en-US", "es-MX")
        ]
        assert [a.headers["content-type"] for a in made] == ["application/pdf"] * 3
        assert made[0].content == made[1].content != made[2].content
        assert made[0].content.startswith(b"%PDF-")
        assert re.search(rb"/MediaBox \[\s*0 0 612 792", made[0].content)
    polish = {**asked, "format": "pdf", "locale": "pl-PL"}
    status, problem, document = await desk.refused("GET", f"{own}/invoice", params=polish)
    assert (status, problem, document["locale"]) == (409, "no-wording", "pl-PL")

    await desk.pay(account, 100_00)
    status, problem, _ = await desk.refused("GET", f"{own}/invoice", params=asked)
    assert (status, problem) == (422, "invalid-input")
    monkeypatch.setattr(statements, "MOST_LINES", 1)
    status, problem, _ = await desk.refused("GET", f"{own}/statement")
    assert (status, problem) == (422, "invalid-input")


async def test_who_writes_stands_at_the_head_and_is_paid_by_the_slip(desk, staff):
    boss = await staff("admin", "boss")
    path = "/v1/contact-policies/default"
    payee = {"name": "Nordbank", "iban": "DE89 3704 0044 0532 0130 00"}
    who = {"business_name": "Nordlicht Inkasso", "logo": b64encode(png(40, 10)).decode()}
    wrong = {"identity": {**who, "logo": b64encode(b"GIF89a").decode()}}
    assert await boss.pointers(path, wrong, method="PUT") == ["/identity/logo"]
    other = {"identity": {**who, "payee": {**payee, "iban": "DE88370400440532013000"}}}
    assert await boss.pointers(path, other, method="PUT") == ["/identity/payee/iban"]
    await desk.at(OPENING)
    await boss.put(path, {"identity": {**who, "payee": payee}}, status=201)
    account = await desk.account(currency="EUR", reference="KD-1")
    asked = {"installment_id": (await desk.plan(account))["installments"][0]["id"]}
    own = f"/v1/accounts/{account['id']}/invoice"
    assert (await desk.get(own, **asked))["code"] == "epc"
    drawn = await desk.client.get(own, params={**asked, "format": "pdf", "locale": "en-GB"})
    assert drawn.status_code == 200, drawn.text
    assert b"/Subtype /Image" in drawn.content
