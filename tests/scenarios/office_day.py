"""What no scenario does: a day at an office, with everybody who has to say yes or no.

The debtor has a name, an e-mail and a phone, and people write them into their reasons.
"""

import httpx

from tests.scenarios.client import Api, Document

DEBTOR = {
    "name": "Zebulon Quackenbush",
    "email": "zeb@quackenbush.example",
    "phone": "+15125550199",
}
#: Whatever of a debtor must be in no event.
PERSONAL = ("zebulon", "quackenbush", "5125550199", "512 555 0199")
_MONTHLY = {"frequency": {"every": 1, "unit": "month"}, "first_due_on": "2026-02-10"}
_WHY = "Mr Quackenbush asked for it, call him on 512 555 0199"


async def office_day(api: Api) -> None:
    """Every act that nobody else plays, on 10 January 2026 and the days after."""
    assert api.staff is not None
    agent, boss = api.staff("agent", "ann"), api.staff("supervisor", "bo")
    await api.put("/v1/sandbox/clock", {"business_date": "2026-01-10"})
    account = await _placed(api)
    own = f"/v1/accounts/{account['id']}"
    await api.patch(own, {"metadata": {"desk": "7"}})
    await boss.post(f"{own}/assignments", {"actor": "ann", "reason": _WHY})
    await boss.put("/v1/targets", {
        "scope": {"actor": "ann"}, "metric": "collected", "currency": "USD",
        "from": "2026-02-01", "to": "2026-02-28", "value": 5_000_00,
    })  # fmt: skip
    await _sheets(agent, boss, account)
    await _lost_money(api, account)
    await _charges(api, own)
    rejected = await _proposed(agent, account)
    await boss.post(f"/v1/plans/{rejected['id']}/reject", {"reason": _WHY})
    plan = await _proposed(agent, account)
    await _worked(boss)
    await boss.post(f"/v1/plans/{plan['id']}/approve", {"reason": "documents seen"})
    for decision in ("reject", "approve"):
        waits = await agent.post(f"/v1/plans/{plan['id']}/reschedules", {
            "from_due_on": "2026-03-20", "to_due_on": "2026-04-10", "reason": _WHY,
        })  # fmt: skip
        number = waits["revision"]
        await boss.post(f"/v1/plans/{plan['id']}/revisions/{number}/{decision}", {"reason": _WHY})
    await _settlements(api, agent, boss)
    await _money_back(api)
    await _quote(api)
    await _person(agent, account)
    await _parties(agent, account)
    await _contacts(agent, boss, account)
    await _links(agent)
    await api.put("/v1/sandbox/clock", {"business_date": "2026-01-20"})


async def _sheets(agent: Api, boss: Api, account: Document) -> None:
    """What others are to work is a sheet that waits: turned down once, then stored as asked."""
    content = f"Account,Agent,Why\n{account['reference']},ann,{_WHY.replace(',', ';')}\n"
    for decision, status in (("reject", "rejected"), ("approve", "committed")):
        tried = await agent.upload("/v1/imports/dry-runs", content, kind="assignments")
        own = f"/v1/imports/dry-runs/{tried['id']}"
        asked = await agent.post(f"{own}/commit", {"mode": "atomic", "reason": _WHY})
        assert asked["status"] == "pending_approval"
        waits = next(one for one in await boss.pages("/v1/approvals") if one["id"] == tried["id"])
        await boss.post(
            f"/v1/approvals/import/{tried['id']}/decide",
            {"decision": decision, "etag": waits["etag"], "reason": _WHY},
        )
        assert (await agent.get(own))["status"] == status


async def _worked(boss: Api) -> None:
    """What waits for approval is on the supervisors' list: taken, put off, and done."""
    item = await boss.post("/v1/worklists/supervisors/next", {})
    path = f"/v1/work-items/{item['id']}"
    await boss.post(f"{path}/callback", {
        "at": "2026-01-12T15:00:00Z", "time_zone": "America/Chicago", "asked_for_by_person": True,
    })  # fmt: skip
    await boss.post(f"{path}/complete", {"did": "approved", "note": _WHY})
    own = f"/v1/accounts/{item['account_id']}"
    raised = await boss.post(f"{own}/escalations", {"to": "supervisor", "reason": _WHY})
    await boss.post(f"/v1/escalations/{raised['id']}/assign", {"assigned_to": "bo"})
    await boss.post(f"/v1/escalations/{raised['id']}/close", {"outcome": _WHY})


async def _placed(api: Api) -> Document:
    return await api.post("/v1/accounts", {
        "reference": api.new_reference(), "currency": "USD", "product": "invoice",
        "opened_on": "2025-06-01", "balance": {"principal_minor": 600_00}, "debtor": DEBTOR,
    })  # fmt: skip


async def _proposed(agent: Api, account: Document) -> Document:
    terms = {**_MONTHLY, "installment_count": 6, "first_due_on": "2026-03-20"}
    return await agent.post("/v1/plans", {"account_id": account["id"], "terms": terms})


async def _lost_money(api: Api, account: Document) -> None:
    kept = [
        await api.post("/v1/payments", {
            "account_reference": "nobody", "reference": api.new_reference(), "amount_minor": 1_00,
            "currency": "USD", "unmatched": "suspense",
        })
        for _ in range(3)
    ]  # fmt: skip
    await api.post(f"/v1/suspense/{kept[0]['id']}/assign", {"account_id": account["id"]})
    await api.post(f"/v1/suspense/{kept[1]['id']}/refund", {})


async def _charges(api: Api, own: str) -> None:
    fee = await api.post(f"{own}/charges", {"kind": "fee", "amount_minor": 5_00, "reason": _WHY})
    await api.post(f"/v1/charges/{fee['id']}/reversals", {"reason": _WHY})


async def _settlements(api: Api, agent: Api, boss: Api) -> None:
    for ending in ("decline", "withdraw", "accept", None):
        account = await _placed(api)
        offered = await agent.post(f"/v1/accounts/{account['id']}/settlement-offers", {
            "share_bps": 4000, "expires_on": "2026-01-15", "reason": _WHY,
        })  # fmt: skip
        path = f"/v1/settlement-offers/{offered['id']}"
        await boss.post(f"{path}/approve", {"reason": _WHY})
        if ending is None:  # nobody answers
            continue
        await agent.post(f"{path}/{ending}", {} if ending == "accept" else {"reason": _WHY})
        if ending == "accept":
            await _paid_and_taken_back(api, account, offered)


async def _paid_and_taken_back(api: Api, account: Document, offered: Document) -> None:
    paid = await api.post("/v1/payments", {
        "account_id": account["id"], "currency": "USD", "reference": api.new_reference(),
        "amount_minor": offered["amount_minor"],
    })  # fmt: skip
    await api.post(f"/v1/payments/{paid['id']}/chargebacks", {
        "amount_minor": 10_00, "reason_code": "R10", "reference": api.new_reference(),
    })  # fmt: skip


async def _money_back(api: Api) -> None:
    account = await _placed(api)
    paid = {"account_id": account["id"], "currency": "USD"}
    more = await api.post("/v1/payments", {
        **paid, "reference": api.new_reference(), "amount_minor": 700_00,
    })  # fmt: skip
    await api.post(f"/v1/payments/{more['id']}/refunds", {
        "amount_minor": 50_00, "reference": api.new_reference(),
    })  # fmt: skip
    back = await api.post(f"/v1/payments/{more['id']}/chargebacks", {
        "amount_minor": 10_00, "reason_code": "10.4", "reference": api.new_reference(),
    })  # fmt: skip
    await api.post(f"/v1/chargebacks/{back['id']}/reversals", {"reason": "won"})


async def _quote(api: Api) -> None:
    account = await _placed(api)
    await api.post(f"/v1/accounts/{account['id']}/quotes", {
        "terms": {**_MONTHLY, "installment_count": 3}, "expires_at": "2026-01-12T00:00:00Z",
    })  # fmt: skip
    await api.post(f"/v1/accounts/{account['id']}/promises", {
        "amount_minor": 10_00, "due_on": "2026-01-12",
    })  # fmt: skip


async def _contacts(agent: Api, boss: Api, account: Document) -> None:
    """Calls as they were made, one at night, one refused, one on a supervisor's word; a notice."""
    about = {"account_ids": [account["id"]], "person_id": account["debtor"]["id"]}
    rang = {**about, "channel": "call", "direction": "out", "outcome": "no_answer"}
    for hour in (16, 18, 20):
        await agent.post("/v1/contacts", {**rang, "started_at": f"2026-01-08T{hour}:00:00Z"})
    night = await agent.post("/v1/contacts", {**rang, "started_at": "2026-01-09T08:00:00Z"})
    day = {"started_at": "2026-01-09T18:00:00Z", "reason": _WHY}
    await agent.post(f"/v1/contacts/{night['id']}/corrections", day)
    await agent.post(f"/v1/contacts/{night['id']}/void", {"reason": _WHY})
    asked = {"channel": "call", "at": "2026-01-08T21:00:00Z"}
    own = f"/v1/accounts/{account['id']}/contact-decisions"
    refused = await agent.post(own, asked)
    codes = [one["code"] for one in refused["reasons"]]
    passed = {"codes": codes, "reason": "time_critical", "note": _WHY}
    await boss.post(own, {**asked, "override": passed})
    letter = {"channel": "letter", "outcome": "mailed", "purpose": "validation_notice"}
    sent = await agent.post(
        "/v1/contacts", {**rang, **letter, "started_at": "2026-01-08T15:00:00Z"}
    )
    back = {"outcome": "returned", "reason": _WHY}
    await agent.post(f"/v1/contacts/{sent['id']}/corrections", back)
    disputed = await _placed(agent)
    await agent.post("/v1/contacts", {
        "account_ids": [disputed["id"]], "person_id": disputed["debtor"]["id"],
        "channel": "letter", "direction": "in", "outcome": "received", "says": ["dispute"],
        "started_at": "2026-01-09T15:00:00Z", "summary": _WHY,
    })  # fmt: skip


async def _parties(agent: Api, account: Document) -> None:
    """Somebody answers for the debt and is released; one who was known twice is one."""
    own = f"/v1/accounts/{account['id']}/parties"
    guarantor = {"reference": agent.new_reference(), "name": "Max Roe"}
    added = await agent.post(own, {"role": "guarantor", "person": guarantor})
    await agent.post(f"{own}/{added['id']}/end", {"on": "2026-01-10", "reason": _WHY})
    twin = await agent.post(own, {"role": "co_debtor", "person": {"name": "M. Roe"}})
    same = {"into": added["person_id"], "reason": _WHY}
    await agent.post(f"/v1/persons/{twin['person_id']}/merge", same)


async def _links(agent: Api) -> None:
    """A debtor agrees alone; another link is closed, and one is guessed at."""
    account = await _placed(agent)
    own = f"/v1/accounts/{account['id']}"
    quote = await agent.post(f"{own}/quotes", {"terms": {**_MONTHLY, "installment_count": 3}})
    asked = {
        "person_id": account["debtor"]["id"], "purposes": ["consent"], "verify": "code",
        "quote_ids": [quote["id"]], "expires_at": "2026-01-15T00:00:00Z",
    }  # fmt: skip
    used, closed, locked = [await agent.post(f"{own}/links", asked) for _ in range(3)]
    at = httpx.URL(used["url"]).path
    right = await agent.submit(f"{at}/verify", answer=used["code"])
    cookie = {"cookie": right.headers["set-cookie"].partition(";")[0]}
    words = {"quote_id": quote["id"], "quote_hash": quote["hash"], "text_hash": quote["text_hash"]}
    await agent.submit(f"{at}/accept", **words, headers=cookie)
    await agent.post(f"/v1/links/{closed['id']}/revoke", {"reason": _WHY})
    for _ in range(5):
        await agent.submit(f"{httpx.URL(locked['url']).path}/verify", answer="no")


async def _person(agent: Api, account: Document) -> None:
    """What the debtor says of how to be reached, and what becomes of it."""
    own = f"/v1/persons/{account['debtor']['id']}"
    point = await agent.post(f"{own}/contact-points", {
        "kind": "phone", "value": DEBTOR["phone"].replace("0199", "0142"), "source": "person",
    })  # fmt: skip
    at = f"/v1/contact-points/{point['id']}"
    await agent.patch(at, {"label": "mobile"})
    given = {"given_at": "2026-01-09T15:00:00Z", "channel_given": "web"}
    evidence = {"evidence": {"text_hash": "5f0c"}}
    await agent.post(f"{at}/consents", {"kind": "electronic", **given, **evidence})
    back = {"channels": ["sms"], "received_at": "2026-01-09T16:00:00Z", "how": "reply"}
    await agent.post(f"{at}/revocations", back)
    placed = await agent.post(f"{own}/restrictions", {"kind": "no_visits", "reason": _WHY})
    await agent.post(f"/v1/restrictions/{placed['id']}/lift", {
        "reason": _WHY, "said_by_person": True,
    })  # fmt: skip
    await agent.post(f"{at}/validity", {"validity": "invalid", "because": "said_so"})
