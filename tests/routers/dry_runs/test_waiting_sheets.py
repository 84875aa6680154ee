"""Sheets outside their author's authority: they wait in the inbox, and somebody else decides."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.schemas.approvals import ApprovalRead
from app.schemas.edge.ids import encode
from app.services.dry_runs import commit
from app.services.upkeep import forget_sheets
from tests.routers.dry_runs.test_dry_runs import AT, committed, refused_commit, tried
from tests.routers.dry_runs.test_large_sheets import worked
from tests.routers.offers import asked
from tests.routers.telling import told_of

INBOX = "/v1/approvals"
HEAD = "Account,Promised,By\n"


@pytest.fixture
async def people(desk, staff):
    """Two accounts, an agent who stores one row by herself, and those who may decide."""
    await desk.at("2026-02-01")
    limited = {
        "effective_from": "2020-01-01",
        "authority": {"agent": {"import_rows": 1}, "supervisor": {"import_minor": 200_00}},
    }  # fmt: skip
    answer = await desk.client.put("/v1/policies/default", json=limited)
    assert answer.status_code < 300, answer.text
    for reference in ("A-1", "A-2"):
        await desk.account(reference=reference)
    return [await staff("agent", "ann"), await staff("supervisor", "bob")]


def sheet(minor=50, rows=2):
    return HEAD + "".join(f"A-{at + 1},{minor}.00,2026-02-20\n" for at in range(rows))


async def waits(ann, content=None, mode="atomic"):
    run = await tried(ann, "promises", content or sheet())
    return await committed(ann, run, mode, reason="the month's round")


async def decide(desk, one, decision="approve", **changes):
    body = {"decision": decision, "etag": one["etag"], **changes}
    return await desk.post(f"{INBOX}/import/{one['id']}/decide", body, status=200)


async def refused(desk, one, decision="approve"):
    body = {"decision": decision, "etag": one["etag"]}
    status, name, problem = await desk.refused(
        "POST", f"{INBOX}/import/{one['id']}/decide", json=body
    )
    return status, name, problem


async def promises(desk, reference="A-1"):
    account = (await desk.get("/v1/accounts", reference=reference))["data"][0]
    return (await desk.get(f"/v1/accounts/{account['id']}/promises"))["data"]


async def test_a_sheet_waits_and_is_stored_in_the_name_of_who_asked(desk, people, owner, tenant):
    ann, bob = people
    alone = await tried(ann, "promises", HEAD + "A-2,10.00,2026-02-10\n")
    assert (await committed(ann, alone))["status"] == "committed"  # within her own
    run = await waits(ann, HEAD + "A-1,50.00,2026-02-20\nA-1,1.00,2026-02-21\n", mode="continue")
    assert (run["status"], run["outcome"]) == ("pending_approval", None)
    assert run["approval"]["decision"] is None
    assert await promises(desk) == []
    assert len(await told_of(owner, tenant, "import.committed")) == 1
    (told,) = await told_of(owner, tenant, "import.proposed")
    assert (told["rows"], told["rules"]) == (2, ["import_rows"])

    (found,) = (await bob.get(INBOX))["data"]
    assert found.keys() == ApprovalRead.model_fields.keys()
    assert (found["kind"], found["id"], found["account"]) == ("import", run["id"], None)
    assert (found["asked_by"], found["reason"]) == ("ann", "the month's round")
    assert [
        (one["rule"], one["limit"], one["actual"], one["override_role"]) for one in found["asks"]
    ] == [("import_rows", 1, 2, "supervisor")]
    usd = {"currency": "USD", "amount_minor": 300_00}
    assert found["compare"]["before"] == {"count": 1, "sums": [usd]}
    assert found["compare"]["after"] == {"count": 2, "sums": [{**usd, "amount_minor": 51_00}]}
    assert (found["may_decide"], found["why_not"]) == (True, None)
    (mine,) = (await ann.get(INBOX))["data"]
    assert mine["why_not"] == "same_actor"

    said = await decide(bob, found, reason="looked at it")
    assert (said["kind"], said["decision"], said["decided_by"]) == ("import", "approve", "bob")
    done = await ann.get(f"{AT}/{run['id']}")
    assert (done["status"], done["outcome"]["stored"], done["outcome"]["rejected"]) == (
        "committed", 1, 1,
    )  # fmt: skip
    approval = done["approval"]
    assert (approval["asked_by"], approval["decision"], approval["decided_by"]) == (
        "ann", "approved", "bob",
    )  # fmt: skip
    assert approval["decided_because"] == "looked at it"
    told = (await told_of(owner, tenant, "import.committed"))[-1]
    assert (told["approved_by"], told["stored"]) == ("bob", 1)
    account = (await desk.get("/v1/accounts", reference="A-1"))["data"][0]
    events = (await desk.get("/v1/events", account_id=account["id"]))["data"]
    assert [(one["actor"], one["role"]) for one in events if one["type"] == "promise.made"] == [
        ("ann", "agent")
    ]
    assert (await bob.get(INBOX))["data"] == []
    assert (await refused(bob, found))[:2] == (404, "not-found")


async def test_rejected_it_ends_and_says_so(desk, people, owner, tenant):
    ann, bob = people
    run = await waits(ann)
    (found,) = (await bob.get(INBOX))["data"]
    assert (await refused(ann, found, "reject"))[:2] == (409, "same-actor")
    await decide(bob, found, "reject", reason="last month's file")
    done = await ann.get(f"{AT}/{run['id']}")
    assert (done["status"], done["outcome"]) == ("rejected", None)
    approval = done["approval"]
    assert (approval["decision"], approval["decided_by"], approval["decided_because"]) == (
        "rejected", "bob", "last month's file",
    )  # fmt: skip
    assert "rejected" in (await refused_commit(ann, run))[2]
    (told,) = await told_of(owner, tenant, "import.rejected")
    assert (encode("imp", UUID(told["import_id"])), told["asked_by"]) == (run["id"], "ann")
    assert await told_of(owner, tenant, "import.committed") == []
    assert await promises(desk) == []


async def test_nobody_decides_what_is_his_own_changed_or_more_than_his(desk, people, staff):
    ann, bob = people
    sue = await staff("admin", "sue")
    run = await waits(ann, sheet(minor=150))  # 300.00: a supervisor's limit is 200.00
    (found,) = (await bob.get(INBOX))["data"]
    assert found["why_not"] is None  # the rows are hers to allow; the money was no limit of ann's
    status, name, problem = await refused(bob, found)
    assert (status, name) == (409, "outside-authority")
    assert [one["rule"] for one in problem["refusals"]] == ["import_minor"]
    for status, answer in (
        (409, await bob.refused("PATCH", f"{AT}/{run['id']}", json={"mapping": {}})),
        (409, await bob.refused("POST", f"{AT}/{run['id']}/commit", json={"mode": "atomic"})),
        (412, await refused(sue, {**found, "etag": '"1"'})),
        (404, await sue.refused(
            "POST", f"{INBOX}/plan/{found['id']}/decide",
            json={"decision": "approve", "etag": found["etag"]},
        )),
    ):  # fmt: skip
        assert answer[0] == status
    same_key = await ann.client.post(
        f"{INBOX}/import/{found['id']}/decide",
        json={"decision": "approve", "etag": found["etag"]},
        headers={"Accord-Actor": "ann's other name"},
    )
    assert same_key.json()["type"] == "/problems/same-actor"
    await decide(sue, found)
    assert len(await promises(desk)) == 1


async def test_what_it_hung_on_has_changed_and_it_still_waits(desk, people):
    ann, bob = people
    await waits(ann, HEAD + "A-1,50.00,2026-02-20\nA-2,1.00,2026-02-21\n"
                "A-3,1.00,2026-02-21\n", mode="continue")  # fmt: skip
    (found,) = (await bob.get(INBOX))["data"]
    await desk.account(reference="A-3")
    assert (await refused(bob, found))[:2] == (409, "dry-run-stale")
    (again,) = (await bob.get(INBOX))["data"]
    assert again["etag"] == found["etag"]
    assert await promises(desk) == []
    await decide(bob, again, "reject")


async def test_a_week_is_waited_and_no_longer(desk, people, database, tenant):
    ann, bob = people
    run = await waits(ann)
    await desk.at("2026-02-07")
    (found,) = (await bob.get(INBOX))["data"]
    assert found["why_not"] is None
    await desk.at("2026-02-10")
    (late,) = (await bob.get(INBOX))["data"]
    assert (late["may_decide"], late["why_not"]) == (False, "expired")
    assert (await refused(bob, late))[:2] == (409, "dry-run-stale")
    await tried(ann, "promises", sheet())  # forgets what is over
    assert (await bob.get(INBOX))["data"] == []
    assert (await ann.get(f"{AT}/{run['id']}"))["status"] == "expired"
    assert (await refused_commit(ann, run))[1] == "dry-run-stale"
    over = datetime.fromisoformat(late["asked_at"]) + timedelta(days=8)
    assert await forget_sheets(database, tenant, at=over) == 0


@pytest.fixture
def small(monkeypatch):
    """Sheets of more than one row are large here."""
    monkeypatch.setattr(commit, "MOST_AT_ONCE", 1)


@pytest.mark.usefixtures("small")
async def test_a_large_one_is_stored_by_a_worker_in_the_name_of_who_asked(
    desk, people, database, owner, tenant
):
    ann, bob = people
    run = await tried(bob, "promises", sheet())  # who tried it is nobody's concern
    await committed(ann, run)
    assert await worked(database) == 0
    (found,) = (await bob.get(INBOX))["data"]
    assert found["asked_by"] == "ann"
    await decide(bob, found)
    assert (await ann.get(f"{AT}/{run['id']}"))["status"] == "storing"
    assert await worked(database) == 1
    done = await ann.get(f"{AT}/{run['id']}")
    assert (done["status"], done["outcome"]["stored"]) == ("committed", 2)
    (told,) = await told_of(owner, tenant, "import.committed")
    assert told["approved_by"] == "bob"
    account = (await desk.get("/v1/accounts", reference="A-2"))["data"][0]
    events = (await desk.get("/v1/events", account_id=account["id"]))["data"]
    assert [one["actor"] for one in events if one["type"] == "promise.made"] == ["ann"]


async def test_it_stands_among_the_others_in_the_order_it_was_asked(desk, people):
    ann, bob = people
    run = await tried(ann, "promises", sheet())
    third = await ann.account(1000_00, reference="C")
    path = f"/v1/accounts/{third['id']}/settlement-offers"
    terms = {"installment_count": 1, "first_due_on": "2026-02-28", "frequency": {"unit": "month"}}
    offer = await ann.post(path, asked(amount_minor=100_00, expires_on="2026-02-20", terms=terms))
    assert offer["status"] == "pending_approval"
    await committed(ann, run)
    found = await bob.get(INBOX, limit=1)
    assert [one["id"] for one in found["data"]] == [offer["id"]]
    rest = await bob.get(INBOX, limit=1, cursor=found["next_cursor"])
    assert ([one["id"] for one in rest["data"]], rest["next_cursor"]) == ([run["id"]], None)


async def test_what_no_higher_role_may_store_is_refused(desk, people, staff):
    everybody = {role: {"import_rows": 1} for role in ("agent", "supervisor", "admin")}
    await desk.at("2026-02-02")
    said = {"effective_from": "2026-02-02", "authority": everybody}
    await desk.put("/v1/policies/default", said)
    sue = await staff("admin", "sue")
    run = await tried(sue, "promises", sheet())
    status, name, problem = await sue.refused(
        "POST", f"{AT}/{run['id']}/commit", json={"mode": "atomic"}
    )
    assert (status, name) == (409, "outside-authority")
    assert problem["refusals"][0]["override_role"] is None
    assert (await sue.get(f"{AT}/{run['id']}"))["status"] == "open"


async def test_it_waits_too_long_and_who_decided_it_is_counted(desk, people):
    ann, bob = people
    await waits(ann)  # on a Sunday: Tuesday is the second business day
    found = {}
    for day in ("2026-02-03", "2026-02-04"):
        await desk.at(day)
        found[day] = await overdue(bob)
    assert found == {"2026-02-03": [], "2026-02-04": [(1, 3)]}
    (one,) = (await bob.get(INBOX))["data"]
    await decide(bob, one)
    span = {"from": "2026-02-04", "to": "2026-02-04"}
    rows = (await bob.get("/v1/reports/activity", **span))["rows"]
    said = {row["actor"]: (row.get("approvals"), row.get("waited_median_minutes")) for row in rows}
    assert said["bob"][0] == 1
    assert said["bob"][1] >= 3 * 24 * 60 - 24 * 60
    assert await overdue(bob) == []


async def overdue(desk):
    """What the exceptions say waits for approval: how many, and for how many days."""
    rows = (await desk.get("/v1/reports/exceptions"))["rows"]
    waiting = [one for one in rows if one["exception"] == "approval_waiting"]
    return [(one["accounts"], one["oldest_days"]) for one in waiting]
