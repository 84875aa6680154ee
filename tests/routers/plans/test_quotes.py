"""Quotes: terms in writing, countered, bound by a hash, refused by name once they do not fit."""

import asyncio
from hashlib import sha256

import pytest

from app.schemas.plans.quotes import QuoteRead, WorkedOutRead
from tests.routers.lives.desk import DUE, IN_THREE, OPENING

NO_ID = "quo_01h455vb4pex5vsknk084sn02q"


async def quoted(desk, account, *, terms=IN_THREE, **more):
    return await desk.post(f"/v1/accounts/{account['id']}/quotes", {"terms": terms, **more})


def bound(account, quote, **more):
    """The body of a plan that is opened on a quote."""
    own = {"account_id": account["id"], "quote_id": quote["id"], "quote_hash": quote["hash"]}
    return {**own, **more}


async def told(desk, account):
    return len((await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200))["data"])


async def owing(desk, minor=300_00):
    await desk.at(OPENING)
    return await desk.account(minor)


async def test_a_quote_says_what_it_comes_to_and_until_when(staff):
    desk = await staff("agent", "ann")
    account = await owing(desk)
    body = {"terms": IN_THREE, "reason": "first offer", "expires_at": "2026-01-20T12:00:00-06:00"}
    made = await desk.client.post(f"/v1/accounts/{account['id']}/quotes", json=body)
    quote = made.json()

    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/v1/quotes/{quote['id']}"
    assert QuoteRead.model_validate_json(made.content)
    assert await desk.get(f"/v1/quotes/{quote['id']}") == quote
    assert (quote["currency"], quote["opens_on"], quote["policy"]) == (
        "USD", OPENING, {"name": "default", "version": 1},
    )  # fmt: skip
    assert (quote["balance_minor"], quote["amount_minor"]) == (300_00, 300_00)
    assert quote["terms"] == IN_THREE
    rows = [(row["due_on"], row["amount_minor"]) for row in quote["schedule"]["installments"]]
    assert rows == [(day, 100_00) for day in DUE]
    assert (quote["within_authority"], quote["refusals"]) == (True, [])
    assert (quote["role"], quote["actor"], quote["reason"]) == ("agent", "ann", "first offer")
    assert quote["expires_at"] == "2026-01-20T18:00:00Z"
    assert (quote["supersedes"], quote["superseded_by"], quote["plan_id"]) == (None, None, None)
    assert len(quote["hash"]) == len(quote["text_hash"]) == 64


async def test_the_text_is_what_was_stored_to_the_byte(desk):
    account = await owing(desk)
    quote = await quoted(desk, account, locale="es-US")
    path = f"/v1/quotes/{quote['id']}/text"
    first = await desk.client.get(path)
    await desk.at("2031-05-01")
    later = await desk.client.get(path)

    assert first.headers["content-type"] == "text/plain; charset=utf-8"
    assert sha256(first.content).hexdigest() == quote["text_hash"]
    assert later.content == first.content
    assert account["reference"] in first.text
    assert "enero" in first.text  # 31 de enero de 2026, in the debtor's own language
    refused = await desk.refused("GET", f"/v1/quotes/{NO_ID}/text")
    assert refused[:2] == (404, "not-found")


async def test_offers_and_counter_offers_make_a_chain(staff):
    ann, bob = await staff("agent", "ann"), await staff("supervisor", "bob")
    account = await owing(ann)
    first = await quoted(ann, account, reason="what the letter says")
    longer = {**IN_THREE, "installment_count": 6}
    second = await quoted(
        bob, account, terms=longer, supersedes=first["id"], reason="the debtor asked for six"
    )
    aside = await quoted(ann, account, reason="another idea")
    path = f"/v1/accounts/{account['id']}/quotes"
    listed = (await ann.get(path))["data"]

    assert [one["id"] for one in listed] == [first["id"], second["id"], aside["id"]]
    assert [(one["actor"], one["role"], one["reason"]) for one in listed] == [
        ("ann", "agent", "what the letter says"),
        ("bob", "supervisor", "the debtor asked for six"),
        ("ann", "agent", "another idea"),
    ]
    assert (listed[0]["superseded_by"], listed[1]["supersedes"]) == (second["id"], first["id"])
    assert (listed[1]["superseded_by"], listed[2]["superseded_by"]) == (None, None)
    assert listed[0]["created_at"] < listed[1]["created_at"]

    again = {"terms": IN_THREE, "supersedes": first["id"]}
    status, name, problem = await ann.refused("POST", path, json=again)
    assert (status, name) == (409, "quote-superseded")
    assert problem["superseding_quote_id"] == second["id"]
    assert problem["detail"] == f"The quote was superseded by {second['id']}."
    other = await ann.account()
    elsewhere = await ann.refused(
        "POST", f"/v1/accounts/{other['id']}/quotes", json={**again, "supersedes": aside["id"]}
    )
    assert elsewhere[:2] == (404, "not-found")
    types = [e["type"] for e in (await ann.get(f"/v1/accounts/{account['id']}/timeline"))["data"]]
    assert types.count("quote.created") == 3


async def test_a_plan_is_opened_on_a_quote(desk):
    account = await owing(desk)
    quote = await quoted(desk, account)
    plan = await desk.post("/v1/plans", bound(account, quote))

    assert plan["quote_id"] == quote["id"]
    assert plan["terms"] == quote["terms"]
    assert [
        (row["number"], row["due_on"], row["amount_minor"]) for row in plan["installments"]
    ] == [
        (row["number"], row["due_on"], row["amount_minor"])
        for row in quote["schedule"]["installments"]
    ]
    assert (await desk.get(f"/v1/quotes/{quote['id']}"))["plan_id"] == plan["id"]
    await desk.books_agree(account)


async def test_a_quote_accepted_at_once_by_several_opens_one_plan(desk):
    account = await owing(desk)
    quote = await quoted(desk, account)
    answers = await asyncio.gather(
        *(desk.client.post("/v1/plans", json=bound(account, quote)) for _ in range(3))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    await desk.books_agree(account)


async def test_a_plan_without_a_quote_says_so(desk):
    _, plan = await desk.opened()

    assert plan["quote_id"] is None


async def test_a_preview_stores_nothing(staff):
    desk = await staff("agent", "ann")
    account = await owing(desk)
    before = await told(desk, account), (await desk.read(account))["etag"]
    path = f"/v1/accounts/{account['id']}/quotes"
    terms = {**IN_THREE, "installment_count": 61}
    answer = await desk.client.post(f"{path}/preview", json={"terms": terms})
    shown = answer.json()

    assert answer.status_code == 200, answer.text
    assert WorkedOutRead.model_validate_json(answer.content)
    assert not {"id", "hash", "text_hash"} & shown.keys()
    assert shown["within_authority"] is False
    assert (await desk.get(path))["data"] == []
    assert (await told(desk, account), (await desk.read(account))["etag"]) == before
    quote = await quoted(desk, account, terms=terms)
    assert shown == {name: quote[name] for name in shown}


async def test_what_a_role_may_not_is_answered_rule_by_rule(staff):
    account = await owing(await staff("agent"))
    terms = {
        "installment_minor": 4_00,
        "frequency": {"every": 1, "unit": "week"},
        "first_due_on": "2026-03-20",
    }
    found = {}
    for role in ("agent", "supervisor", "admin"):
        quote = await quoted(await staff(role), account, terms=terms)
        assert quote["within_authority"] is (quote["refusals"] == [])
        found[role] = {
            one["rule"]: (one["limit"], one["actual"], one["override_role"])
            for one in quote["refusals"]
        }

    assert found == {
        "agent": {
            "min_installment_minor": (500, 400, "supervisor"),
            "max_count": (60, 75, "supervisor"),
            "max_days_to_first": (45, 69, "supervisor"),
        },
        "supervisor": {},
        "admin": {},
    }


# --- Quotes that no longer bind -----------------------------------------------------------------


async def expired(desk, account, quote):
    await desk.at("2026-01-20")
    return bound(account, quote)


async def superseded(desk, account, quote):
    await quoted(desk, account, supersedes=quote["id"])
    return bound(account, quote)


async def used(desk, account, quote):
    plan = await desk.post("/v1/plans", bound(account, quote))
    await desk.post(f"/v1/plans/{plan['id']}/cancel", {"reason": "r"}, status=200)
    return bound(account, quote)


async def paid_meanwhile(desk, account, quote):
    await desk.pay(account, 1)
    return bound(account, quote)


async def charged_meanwhile(desk, account, quote):
    await desk.post(f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": 1})
    return bound(account, quote)


async def due_before_it_opens(desk, account, quote):
    days = {"due_on": "2026-01-11", "amount_minor": 300_00}
    quote = await quoted(desk, account, terms={"installments": [days]})
    await desk.at("2026-01-12")
    return bound(account, quote)


async def altered(desk, account, quote):
    return bound(account, quote, quote_hash=quote["hash"][:-1] + "x")


async def of_another_account(desk, account, quote):
    return bound(await desk.account(), quote)


async def unknown(desk, account, quote):
    return bound(account, quote, quote_id=NO_ID)


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        pytest.param(expired, (409, "quote-expired"), id="expired"),
        pytest.param(superseded, (409, "quote-superseded"), id="superseded"),
        pytest.param(used, (409, "quote-used"), id="used"),
        pytest.param(paid_meanwhile, (409, "quote-stale"), id="money came"),
        pytest.param(charged_meanwhile, (409, "quote-stale"), id="a charge came"),
        pytest.param(due_before_it_opens, (409, "quote-stale"), id="its first due date passed"),
        pytest.param(altered, (409, "quote-altered"), id="another hash"),
        pytest.param(of_another_account, (404, "not-found"), id="of another account"),
        pytest.param(unknown, (404, "not-found"), id="no such quote"),
    ],
)
async def test_a_quote_that_does_not_bind_is_refused_by_name(desk, then, expected):
    account = await owing(desk)
    quote = await quoted(desk, account, expires_at="2026-01-19T00:00:00Z")
    body = await then(desk, account, quote)
    before = await told(desk, account)

    assert (await desk.refused("POST", "/v1/plans", json=body))[:2] == expected
    assert await told(desk, account) == before
    assert (await desk.read(account))["active_plan_id"] is None


async def test_the_facts_that_decided_are_in_the_problem(desk):
    account = await owing(desk)
    quote = await quoted(desk, account)
    await desk.pay(account, 50_00)

    _, _, problem = await desk.refused("POST", "/v1/plans", json=bound(account, quote))
    assert (problem["quote_id"], problem["quoted"], problem["actual"]) == (
        quote["id"], "30000", "25000",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"terms": IN_THREE}, "/terms", id="terms beside it"),
        pytest.param({"quote_hash": None}, "/quote_hash", id="no hash"),
        pytest.param({"quote_id": "plan_01h455vb4pex5vsknk084sn02q"}, "/quote_id", id="no quote"),
    ],
)
async def test_a_quote_is_named_in_full_and_alone(desk, change, pointer):
    account = await owing(desk)
    quote = await quoted(desk, account)

    assert await desk.pointers("/v1/plans", bound(account, quote, **change)) == [pointer]


async def test_interest_is_quoted_and_the_plan_is_what_was_quoted(desk):
    account = await owing(desk)
    terms = {**IN_THREE, "annual_rate_bps": 1200}
    quote = await quoted(desk, account, terms=terms)

    assert quote["schedule"]["finance_charge_minor"] > 0
    assert "12.00" in (await desk.client.get(f"/v1/quotes/{quote['id']}/text")).text
    plan = await desk.post("/v1/plans", bound(account, quote))
    assert plan["total_minor"] == quote["schedule"]["total_minor"]


async def test_accounts_that_get_no_terms(desk):
    await desk.at(OPENING)
    clear, disputed = await desk.account(balance={}), await desk.account()
    hold = {"kind": "dispute", "reason": "contested"}
    await desk.post(f"/v1/accounts/{disputed['id']}/holds", hold)
    paths = {
        clear["id"]: (409, "nothing-owed"),
        disputed["id"]: (409, "account-on-hold"),
        "acc_01h455vb4pex5vsknk084sn02q": (404, "not-found"),
    }
    for account_id, expected in paths.items():
        path, body = f"/v1/accounts/{account_id}/quotes", {"terms": IN_THREE}
        assert (await desk.refused("POST", path, json=body))[:2] == expected
        assert (await desk.refused("POST", f"{path}/preview", json=body))[:2] == expected
    unknown = await desk.refused("GET", path)
    assert unknown[:2] == (404, "not-found")


async def test_a_quote_is_nobody_elses(desk, theirs):
    account = await owing(desk)
    quote = await quoted(desk, account)
    for path in (f"/v1/quotes/{quote['id']}", f"/v1/quotes/{quote['id']}/text"):
        assert (await desk.client.get(path, headers=theirs)).status_code == 404


async def test_an_idempotency_key_makes_one_quote(desk):
    account = await owing(desk)
    path, key = f"/v1/accounts/{account['id']}/quotes", {"Idempotency-Key": "q-1"}
    body = {"terms": IN_THREE}
    first, again = [await desk.client.post(path, json=body, headers=key) for _ in range(2)]

    assert first.content == again.content
    assert len((await desk.get(path))["data"]) == 1
