"""Money of reports is held against the ledger when it is made, however it is asked, or refused."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.domain.overview.definitions.catalog import REPORTS
from app.domain.overview.question import MOST_GROUPS, Asked, Span
from app.domain.reports.books import Basis
from app.domain.values import replace
from app.domain.vocabulary import Role
from app.services.reports import look
from app.services.reports.asked import context_of
from app.services.reports.points import keep_points
from app.services.reports.report import make
from tests.database import as_tenant
from tests.routers.lives.desk import IN_THREE
from tests.routers.lives.life import Life
from tests.routers.reports.stories import report
from tests.routers.reports.test_runs import ran
from tests.routers.samples import published
from tests.routers.settling import settle
from tests.routers.telling import told_of

STEPS = 60
SPAN = {"from": "2026-01-01", "to": "2026-03-31"}
TODAY = "2026-04-10"
#: A report, the column of it, and a row of the ledger that a cent is added to.
TAMPERED = (
    ("activity", "collected_minor", "payment", "repayment"),
    ("activity", "collected_minor", "chargeback", None),
    ("targets", "actual_minor", "payment", "repayment"),
    ("concessions", "forgiven_minor", "forgiveness", None),
    ("concessions", "waived_minor", "adjustment", None),
    ("concessions", "goodwill_minor", "payment", "goodwill"),
    ("concessions", "collected_minor", "reversal", None),
    ("liquidation", "placed_minor", "placement", None),
    ("liquidation", "gross_minor", "payment", "repayment"),
    ("liquidation", "returned_minor", "refund", None),
    ("liquidation", "beside_minor", "payment", "goodwill"),
    ("recovery", "recovered_minor", "payment", "repayment"),
    ("promises", "received_minor", "payment", "repayment"),
    ("installments", "paid_in_time_minor", "payment", "repayment"),
    ("plans-kept", "paid_minor", "payment", "repayment"),
    ("vintages", "paid_minor", "payment", "repayment"),
    ("vintages", "written_down_minor", "adjustment", None),
    ("days-to-pay", "paid_minor", "payment", "goodwill"),
    ("forecast-accuracy", "actual_minor", "payment", "repayment"),
    ("forecast", "scheduled_minor", "placement", None),
    ("exceptions", "minor", "placement", None),
    ("cures", "delinquent_minor", "placement", None),
)


def asked(name, **more):
    one = REPORTS[name]
    days = {Span.NONE: {"as_of": "2026-03-31"}, Span.MONTH_ENDS: {**SPAN, "from": "2026-01-31"}}
    days = days.get(one.span, SPAN)
    return {**days, **({} if one.tied else {"as_of": "2026-03-31"}), "basis": "restated", **more}


@pytest.fixture
async def story(desk, staff):
    """Money of every kind: kept, gone back, given, forgiven, and after a charge-off."""
    ann = await staff("admin", "ann")
    await ann.at("2026-01-10")
    money = {"metric": "collected", "currency": "USD", "value": 200_00}
    span = {"from": "2026-01-01", "to": "2026-04-30"}
    await ann.put("/v1/targets", {"scope": {"actor": "ann"}, **money, **span}, status=201)
    late = await ann.account(700_00, delinquent_since_on="2026-01-06")
    planned = await ann.account(300_00, past_due_minor=0)
    await ann.plan(planned, **IN_THREE)
    promise = {"amount_minor": 50_00, "due_on": "2026-02-10"}
    await ann.post(f"/v1/accounts/{late['id']}/promises", promise)
    await settle(ann, await ann.account(2_000_00))
    gone = await ann.account(500_00)
    await ann.post(f"/v1/accounts/{gone['id']}/charge-offs", {"reason": "x"})
    await ann.at("2026-01-31")
    paid = await ann.pay(planned, 100_00, method="card")
    await ann.pay(gone, 40_00)
    await ann.pay(late, 60_00)
    await ann.reverse(await ann.pay(late, 11_00))
    await ann.pay(planned, 5_00, kind="goodwill")
    waived = {"component": "principal", "amount_minor": 7_00, "reason": "x"}
    await ann.post(f"/v1/accounts/{planned['id']}/adjustments", waived)
    await ann.at("2026-02-15")
    back = {"amount_minor": 30_00, "reference": "B-1", "reason_code": "10.4"}
    await ann.post(f"/v1/payments/{paid['id']}/chargebacks", back)
    small = await ann.account(20_00)
    over = await ann.pay(small, 25_00)
    await ann.post(f"/v1/payments/{over['id']}/refunds", {"amount_minor": 5_00})
    await ann.at(TODAY)
    return ann


class Tampering:
    """A cent in a row of the ledger that nobody's fact brought."""

    def __init__(self, owner, tenant):
        self._owner, self._tenant = owner, tenant

    async def add(self, kind, money, minor):
        paid = "AND payment_id IN (SELECT id FROM payment WHERE kind = :money)" if money else ""
        more = "amount_minor = amount_minor + :minor, principal_minor = principal_minor + :minor"
        said = {"kind": kind, "mine": self._tenant, "minor": minor, **({"money": money} if money
                                                                     else {})}  # fmt: skip
        of = f"tenant_id = :mine AND kind = :kind {paid}"
        async with as_tenant(self._owner, self._tenant) as tx:
            done = await tx.execute(text(f"UPDATE posting SET {more} WHERE {of}"), said)
            assert done.rowcount, (kind, money)


@pytest.fixture
def tampering(owner, tenant):
    return Tampering(owner, tenant)


async def test_each_report_tells_each_column_with_its_ledger(story):
    for name, one in REPORTS.items():
        room = len(one.groups) < MOST_GROUPS
        for more in ({}, {"currency": "USD"}, {"by": "creditor"} if room else {}):
            found = await report(story, name, **asked(name, **more))
            held = {each["column"] for each in found["reconciles"]}
            assert held == {each.column for each in one.held}, name
            assert not any(each["difference_minor"] for each in found["reconciles"])
    for name, column, *_ in TAMPERED:
        found = await report(story, name, **asked(name))
        (told,) = [each for each in found["reconciles"] if each["column"] == column]
        assert told["report_minor"], (name, column)
    nothing = await report(story, "activity", **asked("activity", currency="EUR"))
    assert nothing["reconciles"] == []


async def test_a_cent_that_nobody_brought_is_found_by_every_report_of_such_money(
    story, tampering, owner, tenant
):
    for name, column, kind, money in TAMPERED:
        await tampering.add(kind, money, 1)
        status, problem, said = await story.refused(
            "GET", f"/v1/reports/{name}", params=asked(name)
        )
        assert (status, problem) == (500, "report-does-not-reconcile"), (name, column)
        if name not in {"liquidation", "concessions"}:  # a row of theirs may be of two columns
            assert said["column"] == column
        assert said["ledger_minor"] != said["report_minor"]
        await tampering.add(kind, money, -1)
        await report(story, name, **asked(name))
    told = await told_of(owner, tenant, "report.failed")
    assert [one["report"] for one in told] == [name for name, *_ in TAMPERED]
    figures = (await story.client.get("/metrics")).text
    for name, *_ in TAMPERED:
        refused = f'reason="report-does-not-reconcile",report="{name}"'
        assert f"accord_report_refused_total{{{refused}}}" in figures


async def test_it_is_refused_in_every_form_and_as_a_run_and_not_narrowed_past_it(
    story, tampering, monkeypatch
):
    monkeypatch.setattr(look, "PAGE", 2)
    run = {"report": "activity", "parameters": asked("activity")}
    good = await ran(story, **run, format="xlsx")
    assert good["status"] == "done"
    await tampering.add("payment", "repayment", 1)
    for form in ("", ".csv", ".xlsx", ".pdf"):
        said = await story.refused("GET", f"/v1/reports/activity{form}", params=asked("activity"))
        assert said[:2] == (500, "report-does-not-reconcile"), form
    bad = await ran(story, **run, format="xlsx")
    assert (bad["status"], bad["problem"]) == ("failed", "report-does-not-reconcile")
    other = await report(story, "activity", **asked("activity", status="closed"))
    assert other["reconciles"] == [], "of nobody"


async def test_an_entry_that_says_more_than_the_ledger_is_refused(story, monkeypatch):
    """Whatever of the report's own path says it."""

    def more(made):
        def wrong(seen, question):
            for one in made(seen, question):
                money = {name for name in one.adds if name.endswith("_minor")}
                yield replace(one, adds={name: minor + (name in money)
                                         for name, minor in one.adds.items()})  # fmt: skip

        return wrong

    for name in ("activity", "concessions", "liquidation", "recovery"):
        one = REPORTS[name]
        monkeypatch.setitem(REPORTS, name, replace(one, made=more(one.made)))
        said = await story.refused("GET", f"/v1/reports/{name}", params=asked(name))
        assert said[:2] == (500, "report-does-not-reconcile"), name


async def test_points_that_were_kept_are_held_against_what_the_ledger_said_then(
    desk, swept, database, owner, tenant
):
    await desk.at("2026-01-10")
    account = await desk.account(300_00, past_due_minor=0)
    await desk.plan(account, **IN_THREE)
    await desk.at("2026-01-31")
    await desk.pay(account, 100_00)
    await swept("2026-04-01")
    async with as_tenant(database, tenant) as tx:
        today = (await tx.execute(text("SELECT max(day_on) FROM report_day"))).scalar_one()
    await keep_points(database, tenant, today + timedelta(days=1), on=today)
    booked = {"from": "2026-01-01", "to": "2026-03-31", "as_of": "2026-03-31", "basis": "booked"}
    for name, column, figure in (
        ("vintages", "paid_minor", "paid_minor"),
        ("liquidation", "placed_minor", "base_minor"),
        ("liquidation", "gross_minor", "gross_minor"),
    ):
        found = await report(desk, name, **booked)
        assert {one["column"] for one in found["reconciles"]} == {
            one.column for one in REPORTS[name].held
        }
        wrong = f"UPDATE cohort_point SET {figure} = {figure} {{}} WHERE curve = '{name}'"
        async with as_tenant(owner, tenant) as tx:
            assert (await tx.execute(text(wrong.format("+ 1")))).rowcount
        status, problem, said = await desk.refused("GET", f"/v1/reports/{name}", params=booked)
        assert (status, problem, said["column"]) == (500, "report-does-not-reconcile", column)
        async with as_tenant(owner, tenant) as tx:
            await tx.execute(text(wrong.format("- 1")))


async def test_what_is_posted_meanwhile_makes_no_difference(desk, database, tenant, monkeypatch):
    """A payment between the reading of an account and that of its facts and rows."""
    await desk.at("2026-01-10")
    account = await desk.account(300_00)
    await desk.pay(account, 10_00)
    page, came = look.accounts.page, []

    async def paid_meanwhile(*said, **more):
        found = await page(*said, **more)
        if not came:
            came.append(await desk.pay(account, 20_00))
        return found

    monkeypatch.setattr(look.accounts, "page", paid_meanwhile)
    found = await report(desk, "activity", basis="restated")
    assert came
    assert found["totals"][0]["collected_minor"] == 10_00
    assert [one["report_minor"] for one in found["reconciles"]] == [10_00]


@pytest.mark.parametrize("seed", [504, 21, 33])
async def test_over_whole_lives_there_is_never_a_difference(app, staff, database, tenant, seed):
    people = {role.value: (await staff(role, f"the {role}")).client for role in Role}
    life = Life(seed, people, published())
    await life.start()
    for _ in range(STEPS):
        await life.step()
    first = life.today - timedelta(days=200)
    async with context_of(
        database, tenant, business_date=life.today, time_zone="America/Chicago"
    ) as ctx:
        for name, one in REPORTS.items():
            for basis in Basis:
                for back in (0, 20, 75):
                    last = life.today - timedelta(days=back)
                    days = {"from_on": first, "to_on": last}
                    if one.span is Span.MONTHS:
                        last = last.replace(day=1) - timedelta(days=1)
                        days = {"from_on": last.replace(day=1, month=1), "to_on": last}
                    days = {} if one.span is Span.NONE else days
                    known = {} if basis is Basis.BOOKED else {"known_on": life.today}
                    question = Asked(as_of=last, basis=basis, **days, **known)
                    made = await make(ctx, name, question)
                    held = {each.column for each in made.report.reconciles}
                    assert held <= {each.column for each in one.held}


@pytest.mark.parametrize("name", ["aging", "aging-items", "portfolio", "flow"])
async def test_what_is_posted_while_a_report_is_made_is_in_none_of_its_figures(
    desk, monkeypatch, name
):
    """Its accounts are read by one statement, and what the ledger has of them by others."""
    await desk.at("2026-03-10")
    account = await desk.account(300_00)
    read = look.accounts.page

    async def paid_then(*asked, **more):
        found = await read(*asked, **more)
        await desk.pay(account, 1_00)
        return found

    monkeypatch.setattr(look.accounts, "page", paid_then)
    span = {"from": "2026-03-01", "to": "2026-03-10"} if name == "flow" else {}
    said = await report(desk, name, standard=True, **span)

    (held,) = said["reconciles"]
    assert held["ledger_minor"] == held["report_minor"] == 300_00

    monkeypatch.undo()
    (held,) = (await report(desk, name, standard=True, **span))["reconciles"]
    assert held["ledger_minor"] == held["report_minor"] == 299_00
